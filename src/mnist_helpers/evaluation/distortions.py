"""Distort digits by a known amount, to see how much the network bears.

Each function takes digits (n, 28, 28) of floats in [0, 1] and returns such digits. Unlike the augmentation of the
training, which draws an amount for each digit, all are distorted alike.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.raster import SIZE

Digits = npt.NDArray[np.float32]

_MIDDLE = (SIZE - 1) / 2


def rotate(digits: Digits, degrees: float) -> Digits:
    """Turned about the middle, clockwise for positive angles."""
    return _moved(digits, _rotation(-degrees))


def rescale(digits: Digits, factor: float) -> Digits:
    """Larger than MNIST's 20 pixels by a factor, or smaller."""
    return _moved(digits, np.eye(2) / factor)


def shift_right(digits: Digits, pixels: float) -> Digits:
    """Moved to the right, or to the left if negative."""
    return _moved(digits, np.eye(2), away=(pixels, 0))


def shift_down(digits: Digits, pixels: float) -> Digits:
    """Moved down, or up if negative."""
    return _moved(digits, np.eye(2), away=(0, pixels))


def add_gaussian_noise(digits: Digits, deviation: float) -> Digits:
    """With noise of this standard deviation on every pixel, the same at every call, clipped."""
    noise = np.random.default_rng(0).normal(0, deviation, digits.shape)
    return np.clip(digits + noise, 0, 1).astype(np.float32)


def rotate_drawing(drawing: Drawing, degrees: float) -> Drawing:
    """A drawing turned about the origin, clockwise for positive angles."""
    rotation = _rotation(degrees)
    return tuple(tuple((float(x), float(y)) for x, y in np.asarray(stroke) @ rotation.T) for stroke in drawing)


def _rotation(degrees: float) -> npt.NDArray[np.float64]:
    """Of (x, y) with y pointing down: clockwise for positive angles."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _moved(digits: Digits, back: npt.NDArray[np.float64], away: tuple[float, float] = (0.0, 0.0)) -> Digits:
    """Sample digits bilinearly at the places that `back` leads to from each pixel (x, y); black outside."""
    y, x = np.mgrid[:SIZE, :SIZE].reshape(2, -1) - _MIDDLE
    column, row = back @ np.stack([x - away[0], y - away[1]]) + _MIDDLE + 1
    padded = np.pad(digits, ((0, 0), (1, 1), (1, 1)))
    column, row = column.clip(0, SIZE + 0.999), row.clip(0, SIZE + 0.999)
    left, top = column.astype(int), row.astype(int)
    across, down = column - left, row - top
    upper = padded[:, top, left] * (1 - across) + padded[:, top, left + 1] * across
    lower = padded[:, top + 1, left] * (1 - across) + padded[:, top + 1, left + 1] * across
    return (upper * (1 - down) + lower * down).reshape(digits.shape).astype(np.float32)
