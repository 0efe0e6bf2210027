"""Turn drawings into digit images as MNIST was made.

MNIST's digits were scaled to fit a 20 x 20 box and shifted so that their centre of mass lies in the middle of a 28 x 28
image (LeCun et al. 1998, "Gradient-based learning applied to document recognition"). Drawings are preprocessed in the
same way, since the network was trained on that size and place only. The image is rendered from the strokes, never read
from the canvas, so it depends neither on the visible pen nor on the place on the pad.

A digit image is always a (28, 28) float32 array in [0, 1], white on black.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Points, Strokes
from mnist_helpers.preprocessing.stray_ink import as_strokes, without_stray_ink

DigitImage: TypeAlias = npt.NDArray[np.float32]

SIZE = 28
BOX_SIZE = 20.0
PEN_WIDTH = 0.12 * BOX_SIZE
"""Pixels of the digit image: strokes are then as thick as MNIST's (2.50 px), and the mean pixel is MNIST's (0.131)."""
EDGE_WIDTH = 1.2
"""Pixels over which the ink fades at its edge."""
CENTRE_OF_MASS = 14.0
"""Pixel index of MNIST's centre of mass, measured on its training images; the geometric middle would be 13.5."""
BLANK: DigitImage = np.zeros((SIZE, SIZE), np.float32)
"""The digit image of an empty pad."""

_MIDDLE = (SIZE - 1) / 2
_STEP, _STEP_OF_PEN = 0.35, 0.14  # between points of a stroke, in pixels and in pen widths; less changes no pixel
_GRID_PER_PIXEL = 8  # duplicates are found among points rounded to an eighth of a pixel
_MAX_POINTS, _CHUNK, _MAX_SHIFT = 4096, 128, 4.0  # the last: a shift by more would push ink out of the image


def rasterise(drawing: Strokes) -> DigitImage:
    """Preprocess a drawing to a digit image (28, 28), as MNIST was; black for a drawing without points.

    Raises `ValueError` for a coordinate that is not finite or a point that is not a pair.
    """
    return rasterise_strokes(without_stray_ink(drawing))


def rasterise_strokes(strokes: list[Points]) -> DigitImage:
    """Preprocess strokes like `rasterise`, but all of them: those that `without_stray_ink` has returned."""
    if not strokes:
        return np.zeros((SIZE, SIZE), np.float32)
    return _centred(points := _resampled(_scaled_to_box(strokes)), _render(points))


def resize_whole_pad(drawing: Strokes, *, pad_size: float, pen_width: float, size: int = SIZE) -> DigitImage:
    """Shrink the whole pad to (size, size) pixels without preprocessing: the naive resize, for comparison.

    `pad_size` and `pen_width` are in the drawing's units.
    """
    scale = size / pad_size
    strokes = [stroke.clip(0, pad_size) * scale - 0.5 for stroke in as_strokes(drawing)]
    return _render_strokes(strokes, pen_width * scale, size=size, edge=1.0)


@dataclass(frozen=True, kw_only=True)
class Stages:
    """The steps of preprocessing a drawing, each a square float32 image in [0, 1]."""

    drawn: DigitImage
    cropped: DigitImage
    scaled: DigitImage
    centred: DigitImage


def stages(drawing: Strokes, *, pad_size: float, pen_width: float, size: int = 3 * SIZE) -> Stages:
    """Show preprocessing in four images: two of the pad (size, size) pixels, then two digit images.

    `pad_size` and `pen_width` are in the drawing's units.
    """
    strokes = without_stray_ink(drawing)
    if not strokes:
        return Stages(drawn=BLANK, cropped=BLANK, scaled=BLANK, centred=BLANK)
    points = np.concatenate(strokes)
    low, high = points.min(0) - pen_width / 2, points.max(0) + pen_width / 2
    extent = float((high - low).max())
    corner = (low + high - extent) / 2
    fitted = _resampled(_scaled_to_box(strokes))
    scaled = _render(fitted)
    at_corner = [stroke - corner for stroke in strokes]
    return Stages(
        drawn=resize_whole_pad(drawing, pad_size=pad_size, pen_width=pen_width, size=size),
        cropped=resize_whole_pad(at_corner, pad_size=extent, pen_width=pen_width, size=size),
        scaled=scaled,
        centred=_centred(fitted, scaled),
    )


def _scaled_to_box(strokes: list[Points]) -> list[Points]:
    """Scale strokes so that their ink fits the 20 x 20 box in the middle of the digit image."""
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    extent = float((high - low).max())
    scale = (BOX_SIZE - PEN_WIDTH) / extent if extent > 0 else 0.0
    return [(stroke - (low + high) / 2) * scale + _MIDDLE for stroke in strokes]


def _centred(points: Points, ink: DigitImage) -> DigitImage:
    """Render the scaled points again, shifted so that the centre of mass is MNIST's; `ink` is them before the shift."""
    index = np.arange(SIZE)
    mass = np.array([ink.sum(0) @ index, ink.sum(1) @ index]) / ink.sum()
    return _render(points + (CENTRE_OF_MASS - mass).clip(-_MAX_SHIFT, _MAX_SHIFT))


def _render_strokes(
    strokes: list[Points], pen_width: float = PEN_WIDTH, *, size: int = SIZE, edge: float = EDGE_WIDTH
) -> DigitImage:
    """Draw strokes, given in pixels, with a round pen."""
    if not strokes:
        return np.zeros((size, size), np.float32)
    return _render(_resampled(strokes, max(_STEP, _STEP_OF_PEN * pen_width)), pen_width, size=size, edge=edge)


def _render(points: Points, pen_width: float = PEN_WIDTH, *, size: int = SIZE, edge: float = EDGE_WIDTH) -> DigitImage:
    """Draw points with a round pen: a pixel's value depends on its distance from the nearest point.

    Points are taken a few at a time, the fewer the larger the image, so that only pixels near them are computed.
    """
    index = np.arange(size, dtype=np.float32)
    nearest = np.full((size, size), np.inf, np.float32)
    reach = (pen_width + edge) / 2
    at_once = max(_CHUNK * SIZE // size, 1)
    starts = np.arange(0, len(points), at_once)
    low = np.maximum(np.minimum.reduceat(points, starts) - reach, 0).astype(int).tolist()
    high = np.maximum(np.maximum.reduceat(points, starts) + reach + 1, 0).astype(int).tolist()
    for start, (left, top), (right, bottom) in zip(starts.tolist(), low, high, strict=True):
        x, y = points[start : start + at_once].astype(np.float32).T
        across = (index[left:right] - x[:, None]) ** 2
        down = (index[top:bottom] - y[:, None]) ** 2
        part = nearest[top:bottom, left:right]
        np.minimum(part, (down[:, :, None] + across[:, None, :]).min(0), out=part)
    return np.clip(0.5 + (pen_width / 2 - np.sqrt(nearest)) / edge, 0, 1)


def _resampled(strokes: list[Points], step: float = _STEP) -> Points:
    """Points along the strokes, at most `step` pixels apart.

    Long strokes are split into portions and duplicates dropped: else a scribble of 300,000 points would take minutes.
    """
    starts = [(stroke, start) for stroke in strokes for start in range(0, len(stroke), _MAX_POINTS)]
    portions = [stroke[start : start + _MAX_POINTS + 1] for stroke, start in starts]
    return _deduplicated(np.concatenate([_deduplicated(_interpolated(portion, step)) for portion in portions]))


def _interpolated(stroke: Points, step: float) -> Points:
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    steps = np.maximum(np.ceil(lengths / step), 1).astype(int)
    ends = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.arange(ends[-1] + 1)
    as_complex = np.ascontiguousarray(stroke).view(np.complex128)[:, 0]  # one call interpolates both coordinates
    return np.interp(at, ends, as_complex).view(np.float64).reshape(-1, 2)


def _deduplicated(points: Points) -> Points:
    if len(points) <= _MAX_POINTS:
        return points
    places = np.unique(np.round(points * _GRID_PER_PIXEL).view(np.complex128))
    return places.view(np.float64).reshape(-1, 2) / _GRID_PER_PIXEL
