"""Leave out ink that belongs to no digit: distant dots and streaks, as left by a palm, and underlines.

With such ink, preprocessing would scale the digit down to a speck. The rule uses sizes and positions only and is the
same for one digit and for a number.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Points, Strokes

Flags: TypeAlias = npt.NDArray[np.bool_]

DOT_SIZE, STREAK_SIZE = 0.1, 0.75
"""Largest extent of a stray dot, as a share of the largest stroke's, and of a stray streak, as a share of the height or
of the largest stroke of the other ink; a distant 1 is larger."""
FAR = 0.6
"""Smallest distance of stray ink from all other ink, in longer sides of the latter; the dot of an i is nearer."""
STRAIGHT = 0.9
"""Smallest distance between the ends of a streak, as a share of its length."""
FLAT = 0.15
"""Largest height of an underline, and smallest height of the ink above it, as shares of the underline's width."""
CLEAR, CLEAR_IF_WIDER = 0.06, 0.05
"""Smallest gap above an underline, as a share of the height of the ink above it: about half of the pen's width, so that
it is visible; the base of a 2 has none. The second is for a stroke that is wider than all ink on both sides."""
NEARLY_ALL = 0.8
"""Smallest share of the strokes that lie above an underline, and of their width that it covers."""

_SLACK = 1 + 1e-9  # so that rounding, which depends on the position on the pad, does not decide
_MAX_COORDINATE = 1e12


def without_stray_ink(drawing: Strokes) -> list[Points]:
    """Leave out stray ink; returns the other strokes as (n, 2) arrays.

    Stray ink is dots and straight streaks farther than `FAR` from all other ink, and flat strokes below nearly all
    others that are as wide as these.

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
    """Whether each stroke is a distant dot or streak; `corners` (n, 2, 2) are those of their bounding boxes."""
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
    """Whether each stroke is not stray: those with bends, or the largest if none has, and straight ones near them."""
    rest = ~is_line & ~is_dot
    if not rest.any():
        rest[np.argmax(np.where(is_line, extents, -1))] = True
    while (near := is_line & ~rest & ~_are_far(corners, corners[rest])).any():
        rest |= near
    return rest


def _around(corners: Points) -> Points:
    return np.array([corners[:, 0].min(0), corners[:, 1].max(0)])


def _are_far(corners: Points, rest: Points) -> Flags:
    """Whether each stroke is far from the box around the rest."""
    low, high = _around(rest)
    gap = np.maximum(np.maximum(low - corners[:, 1], corners[:, 0] - high), 0)
    return np.hypot(*gap.T) > FAR * (high - low).max() * _SLACK


def is_straight(stroke: Points, at_least: float = STRAIGHT) -> bool:
    """Whether the distance between the ends of a stroke (n, 2) is at least this share of its length."""
    way = np.hypot(*np.diff(stroke, axis=0).T).sum()
    return bool(np.hypot(*(stroke[-1] - stroke[0])) >= at_least * way)


def _are_underlines(strokes: list[Points], corners: Points) -> Flags:
    """Whether each stroke is an underline; a single straight stroke above a bar is a sign of its own."""
    width, height = np.ptp(corners, axis=1).T
    found = np.zeros(len(strokes), bool)
    for place in np.flatnonzero(height <= FLAT * width):
        if len(strokes) > 2 or not is_straight(strokes[1 - place]):
            found[place] = _is_underline(corners[place], np.delete(corners, place, axis=0))
    return found


def _is_underline(corners: Points, others: Points) -> bool:
    """Whether nearly all other strokes lie above a flat stroke, which covers nearly all of their width."""
    (left, top), (right, _) = corners
    low, high = _around(others)
    height = min(high[1], top) - low[1]
    covered = min(right, high[0]) - max(left, low[0])
    if height <= FLAT * (right - left) or covered < NEARLY_ALL * (high[0] - low[0]):
        return False
    gap = CLEAR_IF_WIDER if left < low[0] and high[0] < right else CLEAR
    return bool(np.mean(others[:, 1, 1] + gap * height < top) >= NEARLY_ALL)
