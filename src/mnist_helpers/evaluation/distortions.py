"""Distort digit images by a known amount, to measure how robust the network is.

Each function takes digit images (n, 28, 28) of floats in [0, 1] and returns new ones. Unlike augmentation, which draws
an amount for each image, all are distorted alike.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.raster import SIZE

Digits = npt.NDArray[np.float32]

_MIDDLE = (SIZE - 1) / 2


def rotate(digits: Digits, degrees: float) -> Digits:
    """Rotate about the middle, clockwise for positive angles."""
    return _moved(digits, _rotation(-degrees))


def rescale(digits: Digits, factor: float) -> Digits:
    """Scale about the middle by a factor; 1 leaves MNIST's 20 pixels."""
    return _moved(digits, np.eye(2) / factor)


def shift_right(digits: Digits, pixels: float) -> Digits:
    """Shift to the right, or to the left if negative."""
    return _moved(digits, np.eye(2), away=(pixels, 0))


def shift_down(digits: Digits, pixels: float) -> Digits:
    """Shift down, or up if negative."""
    return _moved(digits, np.eye(2), away=(0, pixels))


def add_gaussian_noise(digits: Digits, deviation: float) -> Digits:
    """Add noise of this standard deviation to every pixel, the same at every call, and clip to [0, 1]."""
    noise = np.random.default_rng(0).normal(0, deviation, digits.shape)
    return np.clip(digits + noise, 0, 1).astype(np.float32)


def rotate_drawing(drawing: Drawing, degrees: float) -> Drawing:
    """Rotate a drawing about the origin, clockwise for positive angles."""
    rotation = _rotation(degrees)
    return tuple(tuple((float(x), float(y)) for x, y in np.asarray(stroke) @ rotation.T) for stroke in drawing)


def _rotation(degrees: float) -> npt.NDArray[np.float64]:
    """The rotation matrix for (x, y) with y pointing down, clockwise for positive angles."""
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _moved(digits: Digits, back: npt.NDArray[np.float64], away: tuple[float, float] = (0.0, 0.0)) -> Digits:
    """Sample digit images bilinearly: pixel (x, y) gets the value at `back` times (x, y) less `away`; black outside."""
    y, x = np.mgrid[:SIZE, :SIZE].reshape(2, -1) - _MIDDLE
    column, row = back @ np.stack([x - away[0], y - away[1]]) + _MIDDLE + 1
    padded = np.pad(digits, ((0, 0), (1, 1), (1, 1)))
    column, row = column.clip(0, SIZE + 0.999), row.clip(0, SIZE + 0.999)
    left, top = column.astype(int), row.astype(int)
    across, down = column - left, row - top
    upper = padded[:, top, left] * (1 - across) + padded[:, top, left + 1] * across
    lower = padded[:, top + 1, left] * (1 - across) + padded[:, top + 1, left + 1] * across
    return (upper * (1 - down) + lower * down).reshape(digits.shape).astype(np.float32)
