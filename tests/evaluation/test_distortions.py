"""Distortions change images and drawings by the given amount."""

import numpy as np
import pytest

from mnist_helpers.evaluation.distortions import (
    add_gaussian_noise,
    add_streak,
    rescale,
    rotate,
    rotate_drawing,
    shift_down,
    shift_right,
    squeeze,
    underline,
)
from mnist_helpers.evaluation.image_statistics import bounding_boxes, centres_of_mass
from mnist_helpers.preprocessing.raster import rasterise

HOOK = [[(0.0, 0.0), (0.0, 10.0), (4.0, 10.0)]]


@pytest.fixture
def digits():
    return rasterise(HOOK)[np.newaxis]


@pytest.mark.parametrize(
    "unchanged", [(rotate, 0), (rotate, 360), (rescale, 1), (shift_right, 0), (add_gaussian_noise, 0)]
)
def test_no_amount_changes_nothing(digits, unchanged):
    distort, amount = unchanged
    result = distort(digits, amount)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, digits, atol=1e-5)


def test_shifts_move_by_pixels(digits):
    row, column = centres_of_mass(digits)[0]
    assert centres_of_mass(shift_right(digits, 2.5))[0] == pytest.approx([row, column + 2.5], abs=0.01)
    assert centres_of_mass(shift_down(digits, -1.5))[0] == pytest.approx([row - 1.5, column], abs=0.01)


def test_what_leaves_the_image_is_gone_and_black_follows(digits):
    assert not shift_right(digits, 28).any()
    assert not shift_right(np.ones((1, 28, 28), np.float32), 10)[:, :, :10].any()


def test_half_the_size_is_half_the_box(digits):
    (_, _, height, _), (_, _, half, _) = bounding_boxes(digits > 0.5)[0], bounding_boxes(rescale(digits, 0.5) > 0.5)[0]
    assert half == pytest.approx(height / 2, abs=1)


@pytest.mark.parametrize("degrees", [90, 15, -40])
def test_a_digit_and_its_drawing_turn_alike(digits, degrees):
    from_image = rotate(digits, degrees)[0]
    from_strokes = rasterise(rotate_drawing(HOOK, degrees))
    # the one was centred before it was turned, the other after; the first may be smaller
    assert np.corrcoef(from_image.ravel(), from_strokes.ravel())[0, 1] > 0.75


def test_positive_angles_turn_clockwise():
    bar = rotate_drawing(((((0.0, 0.0), (0.0, -10.0))),), 90)
    assert bar[0][1] == pytest.approx((10.0, 0.0))


def test_noise_is_as_strong_as_asked_and_always_the_same(digits):
    grey = np.full((10, 28, 28), 0.5, np.float32)
    assert (add_gaussian_noise(grey, 0.1) - grey).std() == pytest.approx(0.1, abs=0.01)
    np.testing.assert_array_equal(add_gaussian_noise(digits, 0.3), add_gaussian_noise(digits, 0.3))
    assert 0 <= add_gaussian_noise(digits, 1).min() <= add_gaussian_noise(digits, 1).max() <= 1


def test_a_squeezed_drawing_is_narrower_and_as_high():
    assert squeeze(HOOK, 0.5) == (((0.0, 0.0), (0.0, 10.0), (2.0, 10.0)),)


def test_an_underline_lies_below_at_the_gap_and_is_longer():
    *drawing, line = underline(HOOK, 0.2)
    (left, top), (right, bottom) = np.min(line, axis=0), np.max(line, axis=0)
    assert drawing == HOOK
    assert (top + bottom) / 2 == pytest.approx(12)
    assert left < 0 < 4 < right


def test_a_streak_has_its_length_and_distance_in_all_directions():
    random = np.random.default_rng(0)
    streaks = np.array([add_streak(HOOK, 0.6, random, distance=2)[-1] for _ in range(50)])
    assert np.hypot(*(streaks[:, -1] - streaks[:, 0]).T) == pytest.approx(6)
    away = streaks.mean(1) - [2, 5]
    assert np.hypot(*away.T) == pytest.approx(20)
    assert (away.min(0) < -10).all() and (away.max(0) > 10).all()
