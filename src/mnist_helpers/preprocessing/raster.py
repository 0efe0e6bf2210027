"""Turn pen strokes into MNIST-style digits.

MNIST's digits were scaled to fit a 20 x 20 box and shifted so that their centre of mass sits in the middle of a 28 x 28
image (LeCun et al. 1998, "Gradient-based learning applied to document recognition"). A drawing gets the same treatment,
or the network sees a digit of a size and a place that it was never trained on. Ink is measured along the strokes and
never read from the canvas, so neither the pen nor the place on the pad changes the digit.

A digit is always a (28, 28) float32 array in [0, 1], white ink on black.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing, Point

DigitImage: TypeAlias = npt.NDArray[np.float32]
Points: TypeAlias = npt.NDArray[np.float64]

SIZE = 28
BOX_SIZE = 20.0
PEN_WIDTH = 0.12 * BOX_SIZE
"""Pen width in pixels of the digit: strokes are then as thick as MNIST's (2.50 px), and mean ink is MNIST's (0.131)."""
EDGE_WIDTH = 1.2
"""Pixels over which the ink fades at its edge."""
CENTRE_OF_MASS = 14.0
"""Pixel index of MNIST's centre of mass, measured on its training images; the geometric middle would be 13.5."""

STRAY_DOT_SIZE, STRAY_DOT_DISTANCE = 0.1, 1.0
"""Size and distance that make a stroke a stray dot, see `without_stray_dots`. Palms and slips leave such dots; with
one, preprocessing would scale the digit down to a speck. The dot of an i is nearer."""

BLANK: DigitImage = np.zeros((SIZE, SIZE), np.float32)
"""The digit of an empty pad."""

_MIDDLE = (SIZE - 1) / 2
_MAX_SHIFT = 4.0  # the empty border on each side of the box: more would push ink out of the image
_STEP = 0.35  # pixels between points along a stroke; closer ones do not change the ink
_STEP_OF_PEN = 0.14  # the same as a share of a wide pen's width
_SLACK = 1 + 1e-9  # for strokes at the limits of a stray dot: or rounding decides, and so the place on the pad
_GRID_PER_PIXEL = 8  # parts of a pixel to which crowded points are rounded
_MAX_POINTS = 4096
_CHUNK = 256
_MAX_COORDINATE = 1e12


def rasterise(drawing: Drawing | Sequence[Sequence[Point]]) -> DigitImage:
    """The digit that a drawing makes, MNIST's way; black for a drawing without points.

    Raises `ValueError` for a coordinate that is not finite or a point that is not a pair.
    """
    strokes = without_stray_dots(drawing)
    if not strokes:
        return np.zeros((SIZE, SIZE), np.float32)
    points = _resampled(_scaled_to_box(strokes))
    return _centred(points, _render(points))


def resize_whole_pad(
    drawing: Drawing | Sequence[Sequence[Point]], *, pad_size: float, pen_width: float, size: int = SIZE
) -> DigitImage:
    """Shrink the whole pad to `size` pixels without preprocessing: the naive baseline, for comparison.

    `pad_size` and `pen_width` are in the drawing's units.
    """
    scale = size / pad_size
    strokes = [stroke.clip(0, pad_size) * scale - 0.5 for stroke in _as_strokes(drawing)]
    return _render_strokes(strokes, pen_width * scale, size=size, edge=1.0)


@dataclass(frozen=True, kw_only=True)
class Stages:
    """What happens to a drawing on its way to the network, each a square image of ink in [0, 1]."""

    drawn: DigitImage
    cropped: DigitImage
    scaled: DigitImage
    centred: DigitImage


def stages(
    drawing: Drawing | Sequence[Sequence[Point]], *, pad_size: float, pen_width: float, size: int = 3 * SIZE
) -> Stages:
    """The four stages from ink to digit; the first two show the pad as it is, `size` pixels wide."""
    strokes = without_stray_dots(drawing)
    if not strokes:
        empty = np.zeros((SIZE, SIZE), np.float32)
        return Stages(drawn=empty, cropped=empty, scaled=empty, centred=empty)
    points = np.concatenate(strokes)
    low, high = points.min(0) - pen_width / 2, points.max(0) + pen_width / 2
    extent = float((high - low).max())
    corner = (low + high - extent) / 2
    fitted = _resampled(_scaled_to_box(strokes))
    scaled = _render(fitted)
    return Stages(
        drawn=resize_whole_pad(drawing, pad_size=pad_size, pen_width=pen_width, size=size),
        cropped=resize_whole_pad(
            [stroke - corner for stroke in strokes], pad_size=extent, pen_width=pen_width, size=size
        ),
        scaled=scaled,
        centred=_centred(fitted, scaled),
    )


def _as_strokes(drawing: Drawing | Sequence[Sequence[Point]]) -> list[Points]:
    """Strokes as (n, 2) arrays, those without points left out."""
    try:
        strokes = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in drawing if len(stroke)]
    except (TypeError, ValueError):
        raise ValueError("The drawing holds something that is no point. Give strokes of (x, y) pairs.") from None
    for stroke in strokes:
        if not (np.abs(stroke) <= _MAX_COORDINATE).all():
            raise ValueError(
                f"The drawing holds a coordinate that is not finite or beyond {_MAX_COORDINATE:g}. Give (x, y) pairs."
            )
    return strokes


def without_stray_dots(drawing: Drawing | Sequence[Sequence[Point]]) -> list[Points]:
    """The strokes that the digit is made of, each (n, 2), without stray dots.

    A stroke is a stray dot if its extent is at most `STRAY_DOT_SIZE` times that of the largest stroke and it lies
    farther from the others (dots left out) than `STRAY_DOT_DISTANCE` times their longer side.

    Raises `ValueError` as `rasterise` does.
    """
    strokes = _as_strokes(drawing)
    extents = np.array([np.ptp(stroke, axis=0).max() for stroke in strokes])
    is_dot = extents <= STRAY_DOT_SIZE * extents.max(initial=0) * _SLACK
    if not is_dot.any() or is_dot.all():
        return strokes
    others = np.concatenate([stroke for stroke, dot in zip(strokes, is_dot, strict=True) if not dot])
    low, high = others.min(0), others.max(0)
    gaps = [np.maximum(np.maximum(low - stroke.max(0), stroke.min(0) - high), 0) for stroke in strokes]
    is_far = np.hypot(*np.array(gaps).T) > STRAY_DOT_DISTANCE * (high - low).max() * _SLACK
    return [stroke for stroke, far in zip(strokes, is_dot & is_far, strict=True) if not far]


def _scaled_to_box(strokes: list[Points]) -> list[Points]:
    """Strokes scaled so that their ink fits the 20 x 20 box in the middle of the image."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    extent = float((high - low).max())
    scale = (BOX_SIZE - PEN_WIDTH) / extent if extent > 0 else 0.0
    return [(stroke - (low + high) / 2) * scale + _MIDDLE for stroke in strokes]


def _centred(points: Points, ink: DigitImage) -> DigitImage:
    """The ink of fitted points, which is `ink` where they are, with its centre of mass moved to MNIST's."""
    index = np.arange(SIZE)
    mass = np.array([ink.sum(0) @ index, ink.sum(1) @ index]) / ink.sum()
    return _render(points + (CENTRE_OF_MASS - mass).clip(-_MAX_SHIFT, _MAX_SHIFT))


def _render_strokes(
    strokes: list[Points], pen_width: float = PEN_WIDTH, *, size: int = SIZE, edge: float = EDGE_WIDTH
) -> DigitImage:
    """Ink of a round pen along strokes given in pixels."""
    if not strokes:
        return np.zeros((size, size), np.float32)
    return _render(_resampled(strokes, max(_STEP, _STEP_OF_PEN * pen_width)), pen_width, size=size, edge=edge)


def _render(points: Points, pen_width: float = PEN_WIDTH, *, size: int = SIZE, edge: float = EDGE_WIDTH) -> DigitImage:
    """Ink of a round pen, by each pixel's distance from the nearest of many points; pixels out of its reach stay black.

    Measured for a few points at a time, the fewer the larger the image: around them few pixels are within reach.
    """
    index = np.arange(size, dtype=np.float32)
    nearest = np.full((size, size), np.inf, np.float32)
    reach = (pen_width + edge) / 2
    at_once = max(_CHUNK * SIZE // size, 1)
    for start in range(0, len(points), at_once):
        chunk = points[start : start + at_once]
        left, top = (np.ceil(chunk.min(0) - reach).clip(0, size)).astype(int)
        right, bottom = (np.floor(chunk.max(0) + reach) + 1).clip(0, size).astype(int)
        x, y = chunk.astype(np.float32).T
        across = (index[left:right] - x[:, None]) ** 2
        down = (index[top:bottom] - y[:, None]) ** 2
        part = nearest[top:bottom, left:right]
        np.minimum(part, (down[:, :, None] + across[:, None, :]).min(0), out=part)
    return np.clip(0.5 + (pen_width / 2 - np.sqrt(nearest)) / edge, 0, 1).astype(np.float32)


def _resampled(strokes: list[Points], step: float = _STEP) -> Points:
    """Points no more than a step apart along the strokes.

    Taken in portions whose crowded points are rounded and kept once: a scribble of 300,000 points took minutes before.
    """
    portions = [
        stroke[start : start + _MAX_POINTS + 1] for stroke in strokes for start in range(0, len(stroke), _MAX_POINTS)
    ]
    return _deduplicated(np.concatenate([_deduplicated(_interpolated(portion, step)) for portion in portions]))


def _interpolated(stroke: Points, step: float) -> Points:
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    steps = np.maximum(np.ceil(lengths / step), 1).astype(int)
    ends = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.arange(ends[-1] + 1)
    return np.stack([np.interp(at, ends, stroke[:, 0]), np.interp(at, ends, stroke[:, 1])], axis=1)


def _deduplicated(points: Points) -> Points:
    if len(points) <= _MAX_POINTS:
        return points
    places = np.unique(np.round(points * _GRID_PER_PIXEL).view(np.complex128))
    return places.view(np.float64).reshape(-1, 2) / _GRID_PER_PIXEL
