"""Make digits in shapes that people draw and MNIST lacks.

MNIST was written by Americans: its 1 is a bar, its 7 and 0 have no stroke across. A network trained on it alone reads
the European 1, with its flag and foot, as a 7. `add_marks` draws flag, foot, bar or slash onto MNIST images in the
image's own stroke width; `make_synthetic_digits` renders whole digits from stroke templates, with clean pen lines.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mnist_helpers.preprocessing.raster import EDGE_WIDTH, SIZE
from mnist_helpers.synthesis.digit_templates import DIGITS
from mnist_helpers.synthesis.strokes import jitter, parse_template, render

_INK = 0.35


@dataclass(frozen=True, kw_only=True)
class Variants:
    """Shares of zeros, ones and sevens that get a mark, and ranges of angle and length of a one's flag."""

    slashed_zero_probability: float = 0.2
    flagged_one_probability: float = 0.65
    crossed_seven_probability: float = 0.15
    flag_angle: tuple[float, float] = (20.0, 75.0)
    """Degrees from the stem."""
    flag_length: tuple[float, float] = (0.2, 0.9)
    """Share of the stem."""

    def rarer(self, factor: float) -> "Variants":
        """A copy with all shares multiplied by `factor`."""
        shares = ("slashed_zero_probability", "flagged_one_probability", "crossed_seven_probability")
        return replace(self, **{name: getattr(self, name) * factor for name in shares})


@dataclass(frozen=True, kw_only=True)
class _Shape:
    """Edges and stroke width of the ink of images, each (n,) in pixels, and where it is, (n, 28, 28) bool."""

    top: np.ndarray
    bottom: np.ndarray
    left: np.ndarray
    right: np.ndarray
    thickness: np.ndarray
    ink: np.ndarray

    def column(self, row: np.ndarray) -> np.ndarray:
        """The mean column of the ink on a row."""
        line = self.ink[np.arange(len(row)), np.clip(row, 0, SIZE - 1).astype(int)]
        return (line * np.arange(SIZE)).sum(1) / np.maximum(line.sum(1), 1)


def add_marks(images: np.ndarray, labels: np.ndarray, settings: Variants, rng: np.random.Generator) -> np.ndarray:
    """Draw marks onto a random part of images (n, 28, 28) uint8 with labels (n,); returns a copy."""
    images = images.copy()
    marks: dict[int, tuple[float, Callable]] = {
        0: (settings.slashed_zero_probability, _slash),
        1: (settings.flagged_one_probability, partial(_flag_and_foot, settings)),
        7: (settings.crossed_seven_probability, _bar),
    }
    for label, (chance, mark) in marks.items():
        chosen = np.flatnonzero((labels == label) & (rng.random(len(labels)) < chance))
        ink = mark(_measure(images[chosen]), rng)
        images[chosen] = np.maximum(images[chosen], (ink * 255 + 0.5).astype(np.uint8))
    return images


def make_synthetic_digits(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Render digits from stroke templates; returns images (count, 28, 28) uint8 and labels (count,) uint8."""
    forms = [(digit, parse_template(text, hooks=True)) for digit, texts in DIGITS.items() for text in texts]
    weights = np.array([1 / len(DIGITS[digit]) for digit, _ in forms])
    chosen = np.sort(rng.choice(len(forms), count, p=weights / weights.sum()))
    numbers = np.bincount(chosen, minlength=len(forms))
    points = np.concatenate([jitter(form, number, rng) for (_, form), number in zip(forms, numbers, strict=True)])
    labels = np.array([digit for digit, _ in forms], np.uint8)[chosen]
    return render(points, pen_widths(count, rng)), labels


def pen_widths(count: int, rng: np.random.Generator) -> np.ndarray:
    """Random pen widths (count,) in pixels: most near 2.4, as in preprocessing, 30 % from 0.9 to 5."""
    usual, any_pen = np.clip(rng.normal(2.4, 0.4, count), 1.2, 4.0), rng.uniform(0.9, 5.0, count)
    return np.where(rng.random(count) < 0.3, any_pen, usual).astype(np.float32)


def _measure(images: np.ndarray) -> _Shape:
    """Measure edges, and the stroke width as twice the area divided by the outline."""
    ink = images > _INK * 255
    rows, columns, solid = np.any(ink, axis=2), np.any(ink, axis=1), images > 127
    outline = (solid[:, 1:] != solid[:, :-1]).sum((1, 2)) + (solid[:, :, 1:] != solid[:, :, :-1]).sum((1, 2))
    thickness = 2 * solid.sum((1, 2)) / np.maximum(outline, 1) * 4 / np.pi
    return _Shape(
        top=rows.argmax(1).astype(np.float32),
        bottom=(SIZE - 1 - rows[:, ::-1].argmax(1)).astype(np.float32),
        left=columns.argmax(1).astype(np.float32),
        right=(SIZE - 1 - columns[:, ::-1].argmax(1)).astype(np.float32),
        thickness=np.clip(thickness, 1.4, 4.5).astype(np.float32),
        ink=ink,
    )


def _line(x0: np.ndarray, y0: np.ndarray, x1: np.ndarray, y1: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Render one straight line for each image; returns (n, 28, 28) in [0, 1]."""
    x0, y0, x1, y1, width = (value[:, None, None] for value in (x0, y0, x1, y1, width))
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)[:, None]
    run, rise = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * run + (y - y0) * rise) / np.maximum(run**2 + rise**2, 1e-3), 0, 1)
    distance = np.hypot(x - x0 - along * run, y - y0 - along * rise)
    return np.clip(0.5 + (width / 2 - distance) / EDGE_WIDTH, 0, 1)


def _slash(shape: _Shape, rng: np.random.Generator) -> np.ndarray:
    """A stroke through a zero, more upright than flat, inside the ring or past it."""
    count = len(shape.top)
    x, y = (
        (shape.left + shape.right) / 2 + rng.uniform(-1, 1, count),
        (shape.top + shape.bottom) / 2 + rng.uniform(-1.5, 1.5, count),
    )
    angle = np.deg2rad(rng.uniform(25, 150, count))
    half_width, half_height = np.maximum(shape.right - shape.left, 4) / 2, np.maximum(shape.bottom - shape.top, 4) / 2
    radius = rng.uniform(0.75, 1.5, count) / np.hypot(np.cos(angle) / half_width, np.sin(angle) / half_height)
    run, rise = np.cos(angle) * radius, -np.sin(angle) * radius
    return _line(x - run, y - rise, x + run, y + rise, shape.thickness * rng.uniform(0.85, 1.1, count))


def _flag_and_foot(settings: Variants, shape: _Shape, rng: np.random.Generator) -> np.ndarray:
    """The upstroke of a European one, from the top down to the left, and under some a foot."""
    count = len(shape.top)
    height = shape.bottom - shape.top
    x, y = shape.column(shape.top), shape.top + shape.thickness * 0.35
    angle = np.deg2rad(rng.uniform(*settings.flag_angle, count))
    length = height * rng.uniform(*settings.flag_length, count)
    pen = shape.thickness * rng.uniform(0.85, 1.1, count)
    flag = _line(x, y, x - np.sin(angle) * length, y + np.cos(angle) * length, pen)
    x, y, half = shape.column(shape.bottom), shape.bottom - 0.3 * shape.thickness, rng.uniform(2, 5.5, count)
    foot = _line(x - half, y, x + half, y + rng.uniform(-0.7, 0.7, count), pen)
    return np.maximum(flag, foot * (rng.random((count, 1, 1)) < 0.3))


def _bar(shape: _Shape, rng: np.random.Generator) -> np.ndarray:
    """A short bar across the stem of a seven."""
    count = len(shape.top)
    row = np.round(shape.top + (shape.bottom - shape.top) * rng.uniform(0.42, 0.62, count))
    x, half = shape.column(row), rng.uniform(2.5, 5.5, count)
    left, right = row + rng.uniform(-0.5, 1.5, count), row + rng.uniform(-1.5, 0.5, count)
    return _line(x - half, left, x + half, right, shape.thickness * rng.uniform(0.85, 1.1, count))
