"""List the groups of strokes that may be one digit of a number, and their geometry.

Strokes are ordered from left to right, not by time, so that the bar of a 5 that is drawn last lies beside its 5. A
digit is then a run of neighbouring strokes. Two orders are used, by the strokes' middles and by their left ends, since
a long bar that reaches over the next digit has the right position in one of them only.

Lengths are in units of the line's height, so they do not depend on the size of the drawing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing

MAX_STROKES = 6
"""Largest number of strokes of a candidate; none of 2,972 drawn digits has more."""
MAX_WIDTH, MAX_GAP = 2.0, 0.45
"""Largest width of a candidate, and largest gap between its strokes."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """The box around some strokes, in the drawing's units; y points down."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """How wide the strokes are."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """How high the strokes are."""
        return self.bottom - self.top


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Strokes that may be one digit, by their indices in the drawing, oldest first.

    `box` is in the drawing's units. `gap` is the widest empty column between the strokes, in heights of the line.
    """

    strokes: tuple[int, ...]
    box: Box
    gap: float = 0.0


Runs: TypeAlias = list[list[Candidate]]
"""For each position in an order, the candidates that begin there."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """The strokes of a drawing as a line of text.

    `height` is that of a digit, in the drawing's units. Each order holds the strokes' indices in the drawing, left to
    right.
    """

    boxes: tuple[Box, ...]
    height: float
    orders: tuple[tuple[int, ...], ...]

    def candidate(self, strokes: Sequence[int]) -> Candidate:
        """The candidate of these strokes."""
        boxes = [self.boxes[each] for each in strokes]
        return Candidate(strokes=tuple(sorted(strokes)), box=around(boxes), gap=_widest_gap(boxes) / self.height)

    @cached_property
    def candidates(self) -> tuple[Runs, ...]:
        """For each order and each position in it, the candidates that begin there, each with one more stroke."""
        return tuple(
            [self._beginning_with(order[start : start + MAX_STROKES]) for start in range(len(order))]
            for order in self.orders
        )

    def _beginning_with(self, run: Sequence[int]) -> list[Candidate]:
        runs = [self.candidate(run[: count + 1]) for count in range(len(run))]
        return [each for each in runs if len(each.strokes) == 1 or self._may_be_digit(each)]

    def _may_be_digit(self, candidate: Candidate) -> bool:
        return candidate.box.width <= MAX_WIDTH * self.height and candidate.gap <= MAX_GAP


def line_of(drawing: Drawing) -> Line:
    """The line of a drawing in which every stroke has a point."""
    return line_of_boxes([box_of(np.asarray(stroke, np.float64)) for stroke in drawing])


def line_of_boxes(of_each: Sequence[Box]) -> Line:
    """The line of strokes with these boxes."""
    boxes = tuple(of_each)
    height = _digit_height(boxes)
    by_middle = tuple(sorted(range(len(boxes)), key=lambda each: boxes[each].left + boxes[each].right))
    by_left = tuple(sorted(range(len(boxes)), key=lambda each: boxes[each].left))
    return Line(boxes=boxes, height=height, orders=tuple(dict.fromkeys((by_middle, by_left))))


def box_of(points: npt.NDArray[np.float64]) -> Box:
    """The box around points (n, 2)."""
    (left, top), (right, bottom) = points.min(0).tolist(), points.max(0).tolist()
    return Box(left=left, top=top, right=right, bottom=bottom)


def around(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    return Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


def overlap(one: Box, other: Box) -> float:
    """How far two boxes overlap from left to right, in the drawing's units; below 0 is a gap."""
    return min(one.right, other.right) - max(one.left, other.left)


def distance(one: Box, other: Box) -> float:
    """How far two boxes are apart, in the drawing's units; 0 where they meet."""
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    return math.hypot(max(-overlap(one, other), 0), max(down, 0))


def _digit_height(boxes: Sequence[Box]) -> float:
    """The median height of strokes of at least half the largest height; if all are flat, a fifth of the width."""
    heights = sorted(box.height for box in boxes)
    tall = [height for height in heights if height >= heights[-1] / 2]
    middle = len(tall) // 2
    height = (tall[middle] + tall[~middle]) / 2  # np.median would import numpy.ma, in the middle of a visitor's stroke
    return max(height, 0.2 * max(box.width for box in boxes)) or 1.0


def _widest_gap(boxes: Sequence[Box]) -> float:
    """The widest empty column between boxes; 0 without any."""
    widest, right = 0.0, float("inf")
    for box in sorted(boxes, key=lambda box: box.left):
        widest = max(widest, box.left - right) if right < float("inf") else 0.0
        right = max(right, box.right) if right < float("inf") else box.right
    return widest
