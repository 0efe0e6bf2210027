"""A drawing can be moved and scaled as a whole, and parts of it erased."""

import pytest

from mnist_helpers.preprocessing.drawing import Drawing, Stroke, placed, without_crossed

SEVEN: Drawing = (((10.0, 10.5), (90.0, 8.0), (40.0, 140.0)), ((30.0, 70.0), (70.0, 68.0)))


def test_a_drawing_is_placed_without_changing_its_shape() -> None:
    drawing = placed(SEVEN, centre=(100.0, 200.0), size=66.0)
    xs, ys = ([point[axis] for stroke in drawing for point in stroke] for axis in (0, 1))
    assert (min(ys), max(ys)) == pytest.approx((167.0, 233.0))
    assert (min(xs), max(xs)) == pytest.approx((80.0, 120.0))


DOWN: Stroke = ((100.0, 0.0), (100.0, 200.0))
DOT: Stroke = ((300.0, 100.0),)
REACH = 10.0


@pytest.mark.parametrize(
    ("way", "left"),
    [
        ((), (DOWN, DOT)),
        (((0.0, 100.0), (50.0, 100.0)), (DOWN, DOT)),
        (((0.0, 100.0), (200.0, 101.0)), (DOT,)),
        (((0.0, 100.0), (91.0, 100.0)), (DOT,)),
        (((100.0, 209.0),), (DOT,)),
        (((100.0, 211.0),), (DOWN, DOT)),
        (((109.0, -50.0), (109.0, 300.0)), (DOT,)),
        (((306.0, 106.0),), (DOWN,)),
        (((0.0, 50.0), (200.0, 50.0), (300.0, 50.0), (300.0, 200.0)), ()),
    ],
)
def test_an_eraser_takes_the_strokes_that_it_crosses_or_comes_near(way: Stroke, left: Drawing) -> None:
    assert without_crossed((DOWN, DOT), way, reach=REACH) == left


def test_on_an_empty_pad_there_is_nothing_to_erase() -> None:
    assert without_crossed((), DOWN, reach=REACH) == () and without_crossed(((),), DOWN, reach=REACH) == ((),)
