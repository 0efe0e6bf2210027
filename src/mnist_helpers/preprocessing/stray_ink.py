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
Flags: TypeAlias = npt.NDArray[np.bool_]
Strokes: TypeAlias = Drawing | Sequence[Sequence[Point]] | Sequence[Points]

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
    strokes = as_strokes(drawing)
    for are_stray in (_are_far_off, _are_underlines):
        if len(strokes) > 1:
            corners = np.array([(stroke.min(0), stroke.max(0)) for stroke in strokes])
            strokes = [stroke for stroke, stray in zip(strokes, are_stray(strokes, corners), strict=True) if not stray]
    return strokes


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


def _are_far_off(strokes: list[Points], corners: Points) -> Flags:
    """Which strokes are far dots and streaks; of each the lowest and the highest corner (n, 2, 2) are known."""
    extents = np.ptp(corners, axis=1).max(1)
    is_dot = extents <= DOT_SIZE * extents.max() * _SLACK
    if is_dot.all():
        return ~is_dot
    is_line = ~is_dot & [is_straight(stroke) for stroke in strokes]
    rest = _rest(corners, extents, is_line, is_dot)
    height = np.ptp(_around(corners[rest]), axis=0)[1]
    is_streak = is_line & (extents <= STREAK_SIZE * max(height, extents[rest].max()) * _SLACK)
    return _are_far(corners, corners[rest]) & (is_dot | is_streak)


def _rest(corners: Points, extents: Points, is_line: Flags, is_dot: Flags) -> Flags:
    """The ink that is no stray: strokes with bends, or else the largest, and straight ones near those."""
    rest = ~is_line & ~is_dot
    if not rest.any():
        rest[np.argmax(np.where(is_line, extents, -1))] = True
    while (near := is_line & ~rest & ~_are_far(corners, corners[rest])).any():
        rest |= near
    return rest


def _around(corners: Points) -> Points:
    return np.array([corners[:, 0].min(0), corners[:, 1].max(0)])


def _are_far(corners: Points, rest: Points) -> Flags:
    """Which strokes lie far from the box around the rest."""
    low, high = _around(rest)
    gap = np.maximum(np.maximum(low - corners[:, 1], corners[:, 0] - high), 0)
    return np.hypot(*gap.T) > FAR * (high - low).max() * _SLACK


def is_straight(stroke: Points, at_least: float = STRAIGHT) -> bool:
    """Whether a stroke's length (n, 2) from end to end is so large a share of its way."""
    way = np.hypot(*np.diff(stroke, axis=0).T).sum()
    return bool(np.hypot(*(stroke[-1] - stroke[0])) >= at_least * way)


def _are_underlines(strokes: list[Points], corners: Points) -> Flags:
    """Which strokes are underlines; one straight stroke on a bar is a sign of its own."""
    width, height = np.ptp(corners, axis=1).T
    found = np.zeros(len(strokes), bool)
    for place in np.flatnonzero(height <= FLAT * width):
        if len(strokes) > 2 or not is_straight(strokes[1 - place]):
            found[place] = _is_underline(corners[place], np.delete(corners, place, axis=0))
    return found


def _is_underline(corners: Points, others: Points) -> bool:
    """Whether nearly all others lie clear above a flat stroke, with nearly all of their width over it."""
    (left, top), (right, _) = corners
    low, high = _around(others)
    height = min(high[1], top) - low[1]
    covered = min(right, high[0]) - max(left, low[0])
    if height <= FLAT * (right - left) or covered < NEARLY_ALL * (high[0] - low[0]):
        return False
    gap = CLEAR_IF_WIDER if left < low[0] and high[0] < right else CLEAR
    return bool(np.mean(others[:, 1, 1] + gap * height < top) >= NEARLY_ALL)
