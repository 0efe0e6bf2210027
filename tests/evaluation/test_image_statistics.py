"""Statistics of digit images are right for simple shapes."""

import numpy as np
import pytest

from mnist_helpers.evaluation.image_statistics import bounding_boxes, centres_of_mass, slants, stroke_widths
from mnist_helpers.evaluation.montage import montage
from mnist_helpers.preprocessing.raster import rasterise


def bar(rows: slice, columns: slice, ink: float = 1.0) -> np.ndarray:
    digit = np.zeros((1, 28, 28), np.float32)
    digit[:, rows, columns] = ink
    return digit


def test_a_box_holds_all_ink_however_faint() -> None:
    digits = np.concatenate([bar(slice(4, 24), slice(12, 15)), bar(slice(0, 28), slice(0, 28), 0.01)])
    assert bounding_boxes(digits).tolist() == [[4, 12, 20, 3], [0, 0, 28, 28]]


def test_the_centre_of_mass_follows_the_ink() -> None:
    digit = bar(slice(4, 24), slice(12, 15)) + bar(slice(4, 5), slice(20, 21), 60.0)
    assert centres_of_mass(bar(slice(4, 24), slice(12, 15))).tolist() == [[13.5, 13.0]]
    assert centres_of_mass(digit)[0] == pytest.approx([(60 * 13.5 + 60 * 4) / 120, (60 * 13 + 60 * 20) / 120])


def test_whole_numbers_are_measured_as_floats_are() -> None:
    digit = bar(slice(2, 26), slice(3, 9))
    whole = (digit * 255).astype(np.uint8)
    for measure in (bounding_boxes, centres_of_mass, stroke_widths, slants):
        assert measure(whole) == pytest.approx(measure(digit))


def test_a_thicker_pen_is_measured_as_thicker_and_a_ring_as_thick_as_its_pen() -> None:
    rows, columns = np.mgrid[:28, :28]
    away = np.abs(np.hypot(rows - 13.5, columns - 13.5) - 9)
    rings = np.stack([np.clip(0.5 + pen_width / 2 - away, 0, 1) for pen_width in (2.0, 3.0, 4.0)])
    assert stroke_widths(rings) == pytest.approx([2.0, 3.0, 4.0], abs=0.2)


def test_a_slant_is_columns_to_the_right_for_each_row_upwards() -> None:
    strokes = [((0.0, 100.0), (lean * 100.0, 0.0)) for lean in (0.5, 0.0, -0.5)]
    assert slants(np.stack([rasterise((stroke,)) for stroke in strokes])) == pytest.approx([0.5, 0.0, -0.5], abs=0.02)


def test_a_mosaic_keeps_every_digit_in_its_place() -> None:
    digits = np.arange(6)[:, None, None] * np.ones((1, 2, 3))
    assert montage(digits + 1, columns=3).tolist() == [
        [1, 1, 1, 0, 2, 2, 2, 0, 3, 3, 3],
        [1, 1, 1, 0, 2, 2, 2, 0, 3, 3, 3],
        [0] * 11,
        [4, 4, 4, 0, 5, 5, 5, 0, 6, 6, 6],
        [4, 4, 4, 0, 5, 5, 5, 0, 6, 6, 6],
    ]
