import numpy as np
import pytest

from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.synthesis.digit_templates import DIGITS
from mnist_helpers.synthesis.negative_templates import LETTERS, SHAPES, SIGNS
from mnist_helpers.synthesis.negatives import MIRRORED, TURNED, make_negatives, pieces
from mnist_helpers.synthesis.strokes import POINTS, jitter, parse_template, render
from mnist_helpers.synthesis.variants import make_synthetic_digits


@pytest.fixture(scope="module")
def digits():
    return make_synthetic_digits(600, np.random.default_rng(5))


def test_as_many_negatives_as_wanted_with_ink_and_all_different(digits):
    images = make_negatives(203, *digits, np.random.default_rng(0))
    assert images.shape == (203, 28, 28)
    assert images.dtype == np.uint8
    assert images.sum((1, 2)).min() > 12 * 255
    assert len(np.unique(images.reshape(203, -1), axis=0)) > 195


def test_the_same_seed_gives_the_same_negatives(digits):
    first, second = (make_negatives(60, *digits, np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_digits_that_look_the_same_mirrored_or_turned_are_not_used():
    assert not {0, 1, 8} & {*MIRRORED, *TURNED}


def test_pieces_never_show_a_digit_as_it_is(digits):
    images, labels = digits
    assembled = pieces(200, images, labels, np.random.default_rng(0))
    known = {image.tobytes() for image in images}
    assert not any(image.tobytes() in known for image in assembled)


def test_pieces_want_more_than_one_kind_of_digit(digits):
    images, _ = digits
    with pytest.raises(ValueError, match="same label"):
        pieces(20, images, np.full(len(images), 3), np.random.default_rng(0))


def test_every_template_stays_in_sight():
    texts = [text for forms in DIGITS.values() for text in forms] + [*LETTERS, *SIGNS, *SHAPES]
    for text in texts:
        form = parse_template(text)
        assert form.basis.shape == (POINTS, len(form.controls))
        np.testing.assert_allclose(form.basis.sum(1), 1, atol=1e-4)
        assert np.abs(form.controls - 0.5).max() <= 1.2, text


def test_a_line_goes_straight_through_its_points():
    form = parse_template("0,0 1,0 1,1")
    points = form.basis @ form.controls
    np.testing.assert_allclose(points[[0, -1]], [[0, 0], [1, 1]], atol=1e-5)
    assert np.minimum(np.abs(points[:, 1]), np.abs(points[:, 0] - 1)).max() < 1e-5
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert steps.max() < 2 * np.median(steps)


def test_strokes_that_share_a_point_stay_joined():
    points = jitter(parse_template("0,0 0,1; 0,1 1,1"), 50, np.random.default_rng(0))
    gaps = np.linalg.norm(np.diff(points, axis=1), axis=2).min(1)
    assert gaps.max() < 1e-5


@pytest.mark.parametrize(("text", "tolerance"), [("0,0 1,0 1,1 0,1 0,0", 0.01), (".3,0 .7,0; .5,0 .5,1", 0.015)])
def test_bulk_rendering_looks_like_the_raster(text, tolerance):
    form = parse_template(text)
    points = form.basis @ form.controls
    one_by_one = rasterise([[point] for point in points.tolist()])
    in_bulk = render(points[None], np.array([2.4], np.float32))[0] / 255
    assert np.abs(in_bulk - one_by_one).mean() < tolerance
