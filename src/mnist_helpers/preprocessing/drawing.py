"""The types of a drawing, and its size and place.

A point is a pair (x, y) with y pointing down, a stroke is a tuple of points from pen down to pen up, and a drawing is a
tuple of strokes, oldest first. Its units are those of the pad or of the file it comes from.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Point: TypeAlias = tuple[float, float]
Stroke: TypeAlias = tuple[Point, ...]
Drawing: TypeAlias = tuple[Stroke, ...]
Points: TypeAlias = npt.NDArray[np.float64]
"""The points (n, 2) of a stroke as an array."""
Strokes: TypeAlias = Sequence[Sequence[Point]] | Sequence[Points]
"""A drawing, or strokes as any other sequences or as arrays."""


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


def without_crossed(drawing: Drawing, path: Stroke, *, reach: float) -> Drawing:
    """The drawing without the strokes that come within `reach` of an eraser's path."""
    if not path or not any(drawing):
        return drawing
    lines = [(number, line) for number, stroke in enumerate(drawing) for line in _lines(stroke)]
    starts, ends = (np.array([complex(*line[end]) for _, line in lines]) for end in (0, 1))
    numbers = np.array([number for number, _ in lines])
    crossed: set[int] = set()
    for start, end in _lines(path):
        crossed.update(numbers[_gaps(complex(*start), complex(*end), starts, ends) <= reach])
    return tuple(stroke for number, stroke in enumerate(drawing) if number not in crossed)


def _lines(stroke: Stroke) -> Iterator[tuple[Point, Point]]:
    """Start and end of each line segment of a stroke; a dot is a segment of length 0."""
    return zip(stroke, stroke[1:] or stroke, strict=False)


_Complex: TypeAlias = npt.NDArray[np.complex128] | complex


def _gaps(start: complex, end: complex, starts: _Complex, ends: _Complex) -> npt.NDArray[np.float64]:
    """Distances of one line segment from many; points are complex numbers."""
    sides = _side(starts, start, end) * _side(ends, start, end)
    other_sides = _side(start, starts, ends) * _side(end, starts, ends)
    gaps = [
        _distance(starts, start, end),
        _distance(ends, start, end),
        _distance(start, starts, ends),
        _distance(end, starts, ends),
    ]
    return np.where((sides < 0) & (other_sides < 0), 0.0, np.min(gaps, axis=0))


def _side(point: _Complex, start: _Complex, end: _Complex) -> npt.NDArray[np.float64]:
    """Positive on one side of a line, negative on the other."""
    return np.imag((point - start) * np.conj(end - start))


def _distance(point: _Complex, start: _Complex, end: _Complex) -> npt.NDArray[np.float64]:
    """Distances of points from line segments."""
    line = end - start
    along = np.clip(np.real((point - start) * np.conj(line)) / np.maximum(np.abs(line) ** 2, 1e-9), 0, 1)
    return np.abs(point - start - along * line)


def _coordinates(drawing: Sequence[Sequence[Point]]) -> tuple[list[float], list[float]]:
    """All x and all y, in the order of the points."""
    return [x for stroke in drawing for x, _ in stroke], [y for stroke in drawing for _, y in stroke]
