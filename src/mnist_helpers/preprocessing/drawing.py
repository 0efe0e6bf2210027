"""The types of a drawing, and its size and place.

A point is a pair (x, y) with y pointing down, a stroke is a tuple of points from pen down to pen up, and a drawing is a
tuple of strokes, oldest first. Its units are those of the pad or of the file it comes from.
"""

from collections.abc import Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Stroke: TypeAlias = tuple[Point, ...]
Drawing: TypeAlias = tuple[Stroke, ...]


def extent(drawing: Sequence[Sequence[Point]]) -> float:
    """The longer side of the bounding box of all points; 0 if there are none."""
    return max(max(along) - min(along) for along in _coordinates(drawing)) if any(map(len, drawing)) else 0.0


def placed(drawing: Drawing, *, centre: Point, size: float) -> Drawing:
    """Move a drawing to `centre` and scale the longer side of its bounding box to `size`."""
    scale = size / (extent(drawing) or 1.0)
    left, top = ((max(along) + min(along)) / 2 for along in _coordinates(drawing))
    return tuple(
        tuple((centre[0] + (x - left) * scale, centre[1] + (y - top) * scale) for x, y in stroke) for stroke in drawing
    )


def _coordinates(drawing: Sequence[Sequence[Point]]) -> tuple[list[float], list[float]]:
    """All x and all y, in the order of the points."""
    return [x for stroke in drawing for x, _ in stroke], [y for stroke in drawing for _, y in stroke]
