"""Distort digit images and drawings by a given amount, to measure the recogniser's robustness.

Digit images are (n, 28, 28) floats in [0, 1]; drawings have y pointing down, and lengths are shares of their longer
side. Unlike in augmentation, where each image has a random amount, all are distorted by the same amount.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing, Stroke
from mnist_helpers.preprocessing.raster import SIZE

Digits = npt.NDArray[np.float32]

_MIDDLE = (SIZE - 1) / 2


def rotate(digits: Digits, degrees: float) -> Digits:
    """Rotate about the middle, clockwise for positive angles."""
    return _moved(digits, _rotation(-degrees))


def rescale(digits: Digits, factor: float) -> Digits:
    """Scale about the middle by a factor; 1 keeps the size."""
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


def squeeze(drawing: Drawing, factor: float) -> Drawing:
    """Make a drawing narrower by a factor; it stays as high."""
    return tuple(tuple((float(x) * factor, float(y)) for x, y in stroke) for stroke in drawing)


def underline(drawing: Drawing, gap: float) -> Drawing:
    """Draw a line below, a little longer than the drawing is wide, at that distance."""
    low, high, size = _box(drawing)
    middle, half = (low[0] + high[0]) / 2, 0.65 * max(high[0] - low[0], 0.4 * size)
    return (*drawing, _line(np.array([middle, high[1] + gap * size]), np.array([half, 0.02 * size])))


def add_streak(drawing: Drawing, length: float, random: np.random.Generator, *, distance: float = 1.9) -> Drawing:
    """Draw a straight streak anywhere around the drawing, at a distance between middles, in any direction."""
    low, high, size = _box(drawing)
    (way, slant), middle = random.uniform(0, 2 * np.pi, 2), (low + high) / 2
    towards = np.array([np.cos(way), np.sin(way)])
    half = np.array([np.cos(slant), np.sin(slant)]) * length * size / 2
    return (*drawing, _line(middle + towards * distance * size, half))


def _box(drawing: Drawing) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], float]:
    """Corners and longer side of the box around a drawing."""
    points = np.concatenate([np.asarray(stroke, np.float64) for stroke in drawing])
    low, high = points.min(0), points.max(0)
    return low, high, float((high - low).max())


def _line(middle: npt.NDArray[np.float64], half: npt.NDArray[np.float64]) -> Stroke:
    """A straight stroke of twelve points."""
    return tuple((float(x), float(y)) for x, y in middle + np.linspace(-1, 1, 12)[:, None] * half)


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
