"""Leave out ink that belongs to no digit: dots and streaks far off, as a palm leaves them, and underlines.

With such ink in it, preprocessing would scale the digit down to a speck. The rule is the same for one digit and for a
number, and knows sizes and places only.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing, Point

Points: TypeAlias = npt.NDArray[np.float64]
Strokes: TypeAlias = Drawing | Sequence[Sequence[Point]]

DOT_SIZE, STREAK_SIZE = 0.1, 0.75
"""Largest extent of a stray dot, as a share of the largest stroke's, and of a stray streak, as a share of the rest's
height or largest stroke; a 1 far from another digit is larger."""
FAR = 0.6
"""Distance of stray ink from the rest, in longer sides of the rest; the dot of an i is nearer."""
STRAIGHT = 0.9
"""A streak's length from end to end, as a share of its way, at least."""
FLAT = 0.15
"""An underline's height as a share of its width at most, and that of the ink above it at least."""
CLEAR, CLEAR_IF_WIDER = 0.06, 0.05
"""Gap above an underline as a share of the height of the ink above it: about half of the pen's width, so that one sees
it; the base of a 2 has none. Less will do for a stroke that reaches beyond all ink on both sides."""
NEARLY_ALL = 0.8
"""Share of the strokes that lie clear of an underline at least, and of their width that it underlines."""

_SLACK = 1 + 1e-9  # or rounding, and so the place on the pad, decides what is stray
_MAX_COORDINATE = 1e12


def without_stray_ink(drawing: Strokes) -> list[Points]:
    """Leave out stray ink; returns the other strokes as (n, 2) arrays.

    Stray are dots and straight streaks that lie farther from all else than `FAR`, and a flat stroke below nearly all
    others, as wide as they are.

    Raises `ValueError` for a coordinate that is not finite or a point that is not a pair.
    """
    strokes = _without_far_ink(as_strokes(drawing))
    underlines = [_is_underline(place, strokes) for place in range(len(strokes))]
    return [stroke for stroke, underline in zip(strokes, underlines, strict=True) if not underline]


def as_strokes(drawing: Strokes) -> list[Points]:
    """The strokes as (n, 2) arrays, without empty ones; raises `ValueError` for what is no finite point."""
    try:
        strokes = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in drawing if len(stroke)]
    except (TypeError, ValueError):
        raise ValueError("The drawing holds something that is no point. Give strokes of (x, y) pairs.") from None
    if not all((np.abs(stroke) <= _MAX_COORDINATE).all() for stroke in strokes):
        reason = f"The drawing holds a coordinate that is not finite or beyond {_MAX_COORDINATE:g}."
        raise ValueError(f"{reason} Give (x, y) pairs.")
    return strokes


def _without_far_ink(strokes: list[Points]) -> list[Points]:
    extents = np.array([_extent(stroke) for stroke in strokes])
    is_dot = extents <= DOT_SIZE * extents.max(initial=0) * _SLACK
    is_line = np.array([_is_straight(stroke) for stroke in strokes], bool) & ~is_dot
    if len(strokes) < 2 or is_dot.all():
        return strokes
    kept = _rest(strokes, is_line, is_dot)
    low, high = _corners(kept)
    is_streak = is_line & (extents <= STREAK_SIZE * max((high - low)[1], *map(_extent, kept)) * _SLACK)
    far = [_is_far(stroke, low, high) for stroke in strokes]
    return [stroke for stroke, stray in zip(strokes, far & (is_dot | is_streak), strict=True) if not stray]


def _rest(strokes: list[Points], is_line: npt.NDArray[np.bool_], is_dot: npt.NDArray[np.bool_]) -> list[Points]:
    """The ink that is no stray: strokes with bends, or else the largest, and straight ones near those."""
    kept = [stroke for stroke, other in zip(strokes, is_line | is_dot, strict=True) if not other]
    lines = [stroke for stroke, line in zip(strokes, is_line, strict=True) if line]
    if not kept:
        kept = [lines.pop(int(np.argmax([_extent(line) for line in lines])))]
    while True:
        low, high = _corners(kept)
        far = [line for line in lines if _is_far(line, low, high)]
        if len(far) == len(lines):
            return kept
        kept += [line for line in lines if not _is_far(line, low, high)]
        lines = far


def _corners(strokes: list[Points]) -> tuple[Points, Points]:
    points = np.concatenate(strokes)
    return points.min(0), points.max(0)


def _extent(stroke: Points) -> float:
    return float(np.ptp(stroke, axis=0).max())


def _is_far(stroke: Points, low: Points, high: Points) -> bool:
    gap = np.maximum(np.maximum(low - stroke.max(0), stroke.min(0) - high), 0)
    return bool(np.hypot(*gap) > FAR * (high - low).max() * _SLACK)


def _is_straight(stroke: Points) -> bool:
    way = np.hypot(*np.diff(stroke, axis=0).T).sum()
    return bool(np.hypot(*(stroke[-1] - stroke[0])) >= STRAIGHT * way)


def _is_underline(place: int, strokes: list[Points]) -> bool:
    """Whether a stroke is flat, and nearly all others lie clear above it, with nearly all of their width over it.

    One straight stroke on a bar is a sign of its own.
    """
    line, others = strokes[place], [stroke for other, stroke in enumerate(strokes) if other != place]
    (left, top), (right, bottom) = line.min(0), line.max(0)
    if bottom - top > FLAT * (right - left) or (len(others) < 2 and all(map(_is_straight, others))):
        return False
    points = np.concatenate(others)
    low, high = points.min(0), points.max(0)
    height = min(high[1], top) - low[1]
    covered = min(right, high[0]) - max(left, low[0])
    if height <= FLAT * (right - left) or covered < NEARLY_ALL * (high[0] - low[0]):
        return False
    gap = CLEAR_IF_WIDER if left < low[0] and high[0] < right else CLEAR
    clear = [stroke[:, 1].max() + gap * height < top for stroke in others]
    return float(np.mean(clear)) >= NEARLY_ALL
