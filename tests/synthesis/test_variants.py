import numpy as np
import pytest

from mnist_helpers.synthesis.strokes import HOOK_LENGTH, jitter, parse_template, render
from mnist_helpers.synthesis.variants import Variants, add_marks, make_synthetic_digits


def digits_of(text, count=200):
    points = jitter(parse_template(text), count, np.random.default_rng(1))
    return render(points, np.full(count, 2.4, np.float32))


@pytest.mark.parametrize(
    ("label", "text", "some", "most"),
    [(0, "~.5,0 .1,.5 .5,1 .9,.5 .5,0", 0.1, 0.3), (1, ".5,0 .5,1", 0.3, 0.7), (7, ".1,0 .9,0 .4,1", 0.05, 0.3)],
)
def test_some_zeros_ones_and_sevens_get_a_mark_and_lose_no_ink(label, text, some, most):
    images = digits_of(text)
    varied = add_marks(images, np.full(len(images), label), Variants(), np.random.default_rng(0))
    assert (varied >= images).all()
    changed = (varied != images).any((1, 2)).mean()
    assert some < changed < most


def test_other_digits_stay_as_they_are():
    images = digits_of("~.1,.2 .5,0 .85,.25 .1,1; .1,1 .9,1")
    np.testing.assert_array_equal(
        add_marks(images, np.full(len(images), 2), Variants(), np.random.default_rng(0)), images
    )


def test_the_images_given_are_not_changed():
    images = digits_of(".5,0 .5,1")
    before = images.copy()
    add_marks(images, np.ones(len(images)), Variants(), np.random.default_rng(0))
    np.testing.assert_array_equal(images, before)


def test_a_flag_goes_to_the_left_of_a_one():
    images = digits_of(".5,0 .5,1")
    varied = add_marks(images, np.ones(len(images)), Variants(), np.random.default_rng(0))
    added = (varied.astype(int) - images)[:, 4:12].sum((0, 1))
    assert added[:13].sum() > 5 * added[16:].sum()


def test_drawn_digits_are_of_all_ten_kinds_and_look_like_mnist():
    images, labels = make_synthetic_digits(1000, np.random.default_rng(0))
    assert images.shape == (1000, 28, 28)
    assert np.bincount(labels, minlength=10).min() > 60
    assert 0.1 < images.mean() / 255 < 0.17
    centre = (images.sum(0) * np.arange(28)).sum() / images.sum()
    assert abs(centre - 14) < 0.5


def bends_of(points):
    """How far each drawing (n, k, 2) is from a straight line, as a share of its size."""
    middles = points - points.mean(1, keepdims=True)
    across, along = np.linalg.svd(middles)[1].T[::-1]
    return across / along


def test_some_strokes_end_in_a_hook():
    plain, hooked = (
        jitter(parse_template(".5,0 .5,1", hooks=hooks), 500, np.random.default_rng(0)) for hooks in (False, True)
    )
    assert bends_of(plain).max() < 1e-4
    assert 0.35 < (bends_of(hooked) > 0.01).mean() < 0.65  # most of 1 - 0.65 ** 2, as some hooks go straight on
    assert np.ptp(hooked, axis=1).max() < 1.6 * np.ptp(plain, axis=1).max() + HOOK_LENGTH[1]


def test_a_hook_does_not_decide_where_a_digit_lies():
    points = jitter(parse_template(".5,0 .5,1; .2,1 .8,1", hooks=True), 300, np.random.default_rng(0))
    images = render(points, np.full(300, 2.4)).astype(float)
    for axis in (1, 2):
        places = images.sum(3 - axis) @ np.arange(28) / images.sum((1, 2))
        assert np.abs(places - 14).max() < 1.2


def test_no_drawn_digits_are_no_images():
    images, labels = make_synthetic_digits(0, np.random.default_rng(0))
    assert len(images) == len(labels) == 0
