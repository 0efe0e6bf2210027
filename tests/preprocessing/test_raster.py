"""Preprocessing removes place, size and pen: the digit image depends on the strokes' shape only."""

import random

import numpy as np
import pytest

from mnist_helpers.preprocessing.drawing import Drawing, Stroke, placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, LabelledDrawing, read_drawings
from mnist_helpers.preprocessing.raster import (
    BLANK,
    BOX_SIZE,
    CENTRE_OF_MASS,
    SIZE,
    rasterise,
    resize_whole_pad,
    stages,
)

SEVEN: Drawing = (((10.0, 10.0), (60.0, 12.0), (30.0, 90.0)),)
EACH_DIGIT = [each for each in read_drawings(SAMPLES) if each.writer == "project-1"]


@pytest.fixture(params=EACH_DIGIT, ids=lambda each: each.label)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    each: LabelledDrawing = request.param
    return each.drawing


def test_a_digit_is_what_everything_else_relies_on(drawing: Drawing) -> None:
    digit = rasterise(drawing)
    assert digit.shape == (SIZE, SIZE) and digit.dtype == np.float32
    assert digit.min() == 0 and 0.9 < digit.max() <= 1


def test_place_and_size_on_the_pad_do_not_change_the_digit(drawing: Drawing) -> None:
    chance = random.Random(1)
    digit = rasterise(drawing)
    for _ in range(5):
        moved = placed(
            drawing, centre=(chance.uniform(-500, 500), chance.uniform(0, 5000)), size=chance.uniform(1, 3000)
        )
        assert np.abs(rasterise(moved) - digit).max() < 1e-3


def test_the_centre_of_mass_is_that_of_mnist(drawing: Drawing) -> None:
    digit = rasterise(drawing)
    index = np.arange(SIZE)
    mass = np.array([digit.sum(0) @ index, digit.sum(1) @ index]) / digit.sum()
    assert mass == pytest.approx([CENTRE_OF_MASS, CENTRE_OF_MASS], abs=0.1)


def test_the_longer_side_of_the_ink_fills_the_box(drawing: Drawing) -> None:
    inked = np.argwhere(rasterise(drawing) > 0.5)
    assert np.ptp(inked, axis=0).max() + 1 == pytest.approx(BOX_SIZE, abs=1.1)


def test_how_finely_the_pen_was_sampled_does_not_change_the_digit() -> None:
    (stroke,) = SEVEN
    way = np.linspace(0, len(stroke) - 1, 2001)
    fine = np.stack([np.interp(way, range(len(stroke)), axis) for axis in zip(*stroke, strict=True)], axis=1)
    assert np.abs(rasterise([fine.tolist()]) - rasterise(SEVEN)).max() < 0.05


def test_crowded_and_very_long_strokes_are_rendered_too() -> None:
    chance = np.random.default_rng(1)
    scribble = chance.uniform(0, 840, (20_000, 2))
    digit = rasterise([scribble.tolist()])
    assert np.isfinite(digit).all() and digit[8:20, 8:20].min() == 1


@pytest.mark.parametrize("nothing", [(), ((),), ((), ())])
def test_no_ink_is_a_black_digit(nothing: Drawing) -> None:
    assert (rasterise(nothing) == BLANK).all()
    assert not any(image.any() for image in vars(stages(nothing, pad_size=840, pen_width=50)).values())
    assert not resize_whole_pad(nothing, pad_size=840, pen_width=50).any()


@pytest.mark.parametrize("dot", [(((5.0, 5.0),),), (((5.0, 5.0), (5.0, 5.0)),)])
def test_a_dot_is_a_round_spot_in_the_middle(dot: Drawing) -> None:
    digit = rasterise(dot)
    assert np.argmax(digit.sum(0)) in (13, 14) and 0 < digit.sum() < 12
    assert np.abs(digit - digit.T).max() < 1e-6


@pytest.mark.parametrize("slip", [((900.0, 300.0),), ((300.0, 900.0), (308.0, 905.0))])
def test_a_dot_far_from_the_digit_is_no_ink_of_it(drawing: Drawing, slip: Stroke) -> None:
    on_pad = placed(drawing, centre=(300, 300), size=200)
    assert (rasterise((slip, *on_pad)) == rasterise(on_pad)).all()
    found = stages((*on_pad, slip), pad_size=1000, pen_width=50)
    assert (found.cropped == stages(on_pad, pad_size=1000, pen_width=50).cropped).all()
    assert found.drawn.sum() > stages(on_pad, pad_size=1000, pen_width=50).drawn.sum(), (
        "the slip is not shown where it was drawn"
    )


@pytest.mark.parametrize(
    "second", [((300.0, 170.0),), ((300.0, 480.0), (300.0, 560.0)), ((300.0, 420.0), (308.0, 425.0))]
)
def test_a_dot_near_the_digit_and_a_stroke_far_from_it_are_ink(drawing: Drawing, second: Stroke) -> None:
    on_pad = placed(drawing, centre=(300, 300), size=200)
    assert np.abs(rasterise((*on_pad, second)) - rasterise(on_pad)).max() > 0.1


def test_dots_alone_are_all_ink() -> None:
    assert rasterise((((0.0, 0.0),), ((0.0, 100.0),))).sum() > 6


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1e300])
def test_a_coordinate_that_is_no_place_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="not finite or beyond"):
        rasterise((((1.0, 2.0), (bad, 2.0)),))


@pytest.mark.parametrize("bad", [[[[1, 2, 3]]], [[["a", "b"]]], [5], [[5]], 5])
def test_what_is_no_point_is_refused(bad: list) -> None:
    with pytest.raises(ValueError, match=r"no point.*Give strokes"):
        rasterise(bad)


def test_naive_resize_keeps_place_size_and_pen_which_preprocessing_removes() -> None:
    small = placed(SEVEN, centre=(200, 200), size=200)
    large = placed(SEVEN, centre=(420, 420), size=700)
    assert (
        np.abs(
            resize_whole_pad(small, pad_size=840, pen_width=50) - resize_whole_pad(large, pad_size=840, pen_width=50)
        ).max()
        > 0.9
    )
    assert (
        resize_whole_pad(large, pad_size=840, pen_width=84).sum()
        > 1.3 * resize_whole_pad(large, pad_size=840, pen_width=50).sum()
    )


def test_the_last_stage_is_the_digit_and_the_others_lead_there(drawing: Drawing) -> None:
    on_pad = placed(drawing, centre=(250, 300), size=300)
    found = stages(on_pad, pad_size=840, pen_width=50)
    assert (found.centred == rasterise(on_pad)).all()
    assert found.cropped.mean() > 3 * found.drawn.mean(), "nothing was cropped"
    assert found.scaled.shape == (SIZE, SIZE) and found.scaled.sum() == pytest.approx(found.centred.sum(), rel=0.05)
