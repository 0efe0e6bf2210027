"""A drawing can be moved and scaled as a whole."""

import pytest

from mnist_helpers.preprocessing.drawing import Drawing, placed

SEVEN: Drawing = (((10.0, 10.5), (90.0, 8.0), (40.0, 140.0)), ((30.0, 70.0), (70.0, 68.0)))


def test_a_drawing_is_placed_without_changing_its_shape() -> None:
    drawing = placed(SEVEN, centre=(100.0, 200.0), size=66.0)
    xs, ys = ([point[axis] for stroke in drawing for point in stroke] for axis in (0, 1))
    assert (min(ys), max(ys)) == pytest.approx((167.0, 233.0))
    assert (min(xs), max(xs)) == pytest.approx((80.0, 120.0))
