"""Find the blobs of ink in a picture: its connected components, used like the strokes of a drawing."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

ALONG_EDGE, MUCH_OF_SIDE, LEAST_CLEAR = 0.5, 0.1, 12
"""Shares of its own length and of the picture's side along which what lies beside the paper touches the edge, and
pixels of a digit that is clear of the edge."""
FOLD, LEAST_SIDE = 0.2, 64
"""Share of a picture's side up to which a blob that runs along all of the other one is a fold; pixels of the shorter
side of a picture that may have one."""
FLAT, THIN, HAIR, LONGER, MARGIN = 0.25, 0.05, 0.015, 1.6, 0.8
"""Of a line its height, its thickness, and that of the finest, as shares of its length; times that it is longer than
any other ink; and share of the picture's side that one from top to bottom has at least, if it is not as fine."""
LEAST_DISC, FULL, FAR_OFF = 8, (0.72, 0.9), 2.0
"""Pixels of a disc, as a punched hole is, share of the box around it that it fills, and its own sizes to any ink that
is larger; what is nearer is a point of it."""
CIRCLED = 0.4
"""Height of a digit in a circle, as a share of the circle's."""


@dataclass(frozen=True, kw_only=True)
class Blobs:
    """The blobs of ink: `labels` (h, w) is 0 where there is none and else the blob's number, from 1.

    `density` (h, w) is that of the ink; `boxes` (n, 4) are left, top, right and bottom of each, ends not included.
    """

    density: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.int32]
    areas: npt.NDArray[np.int64]

    @cached_property
    def heights(self) -> npt.NDArray[np.int32]:
        """Height of each."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    @cached_property
    def extents(self) -> npt.NDArray[np.int32]:
        """Longer side of each."""
        return np.maximum(self.heights, self.boxes[:, 2] - self.boxes[:, 0])

    @cached_property
    def are_clear_of_edge(self) -> npt.NDArray[np.bool_]:
        """Whether each does not touch the edge of the picture."""
        return np.all((self.boxes[:, :2] > 0) & (self.boxes[:, 2:] < self.labels.shape[::-1]), axis=1)

    def cut_out(self, numbers: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """The density of some blobs, cut out with a margin of one pixel."""
        left, top = self.boxes[numbers, :2].min(0)
        right, bottom = self.boxes[numbers, 2:].max(0)
        labels = np.pad(self.labels, 1)[top : bottom + 2, left : right + 2]
        density = np.pad(self.density, 1)[top : bottom + 2, left : right + 2]
        return np.where((labels == 0) | np.isin(labels, numbers + 1), density, 0)


def blobs_of(density: npt.NDArray[np.float32]) -> Blobs:
    """Find the connected blobs where the density is 0.5 or more, neighbours at corners included."""
    mask = density >= 0.5
    runs = runs_of(mask)
    owner = joined(len(runs), _touching(runs))
    _, owner = np.unique(owner, return_inverse=True)
    count = int(owner.max(initial=-1)) + 1
    rows, starts, ends = runs.T
    boxes = np.empty((count, 4), np.int32)
    areas = np.zeros(count, np.int64)
    boxes[:, :2], boxes[:, 2:] = 2**30, 0
    for column, values in enumerate((starts, rows)):
        np.minimum.at(boxes[:, column], owner, values)
    for column, values in enumerate((ends, rows + 1), start=2):
        np.maximum.at(boxes[:, column], owner, values)
    np.add.at(areas, owner, ends - starts)
    return Blobs(density=density, labels=_painted(mask.shape, runs, owner + 1), boxes=boxes, areas=areas)


def are_no_writing(blobs: Blobs) -> npt.NDArray[np.bool_]:
    """Which blobs are no digits' ink: what lies beside the paper, folds, lines, punched holes and circles around."""
    rest = ~_are_beside(blobs)
    rest &= ~_are_lines(blobs, rest) & ~_are_circles(blobs)
    discs = _are_discs(blobs, rest)
    return ~rest | discs if (rest & ~discs & (blobs.extents >= LEAST_CLEAR)).any() else ~rest


def _are_beside(blobs: Blobs) -> npt.NDArray[np.bool_]:
    """Which blobs are no ink but what lies beside the paper, or a fold in it.

    What lies beside it runs along a side of the picture, which ink that is cut only crosses; none does where no ink is
    clear of the edge, as in a picture cut close to its digit. A fold is thin, from edge to edge, in a picture of some
    size.
    """
    labels, fills = blobs.labels, np.zeros(len(blobs.areas), bool)
    sizes, all_sizes = blobs.boxes[:, 2:] - blobs.boxes[:, :2], np.array(labels.shape[::-1])
    for axis, side in ((0, labels[0]), (0, labels[-1]), (1, labels[:, 0]), (1, labels[:, -1])):
        along = np.bincount(side, minlength=len(fills) + 1)[1:]
        fills |= (along >= ALONG_EDGE * sizes[:, axis]) & (along >= MUCH_OF_SIDE * all_sizes[axis])
    beside = fills & (blobs.are_clear_of_edge & (blobs.extents >= LEAST_CLEAR)).any()
    is_fold = (sizes == all_sizes).any(1) & (sizes <= FOLD * all_sizes).any(1) & (min(labels.shape) >= LEAST_SIDE)
    return beside | is_fold


def _are_lines(blobs: Blobs, others: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which blobs are lines to write on or of a margin: straight and thin, and too long for a stroke of the others."""
    sizes = blobs.boxes[:, 2:] - blobs.boxes[:, :2]
    are_thin = (sizes.min(1) <= FLAT * sizes.max(1)) & (blobs.areas <= THIN * blobs.extents**2)
    longest = blobs.extents[others & ~are_thin].max(initial=0)
    reach = (sizes[:, 0] > sizes[:, 1]) | (sizes[:, 1] >= MARGIN * blobs.labels.shape[0])
    reach |= blobs.areas <= HAIR * blobs.extents**2
    return are_thin & reach & (blobs.extents >= LONGER * longest) & (longest >= LEAST_CLEAR)


def _are_discs(blobs: Blobs, others: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which blobs are discs far from any other ink, as a punched hole is."""
    sizes = blobs.boxes[:, 2:] - blobs.boxes[:, :2]
    fill = blobs.areas / np.maximum(sizes.prod(1), 1)
    are_round = sizes.max(1) <= 1.15 * sizes.min(1)
    are = (sizes.min(1) >= LEAST_DISC) & are_round & (fill >= FULL[0]) & (fill <= FULL[1])
    for each in np.flatnonzero(are):
        low, high = blobs.boxes[each, :2], blobs.boxes[each, 2:]
        gaps = np.maximum(np.maximum(blobs.boxes[:, :2] - high, low - blobs.boxes[:, 2:]), 0).max(1)
        larger = others & ~are & (blobs.extents > blobs.extents[each])
        are[each] = not (gaps[larger] < FAR_OFF * blobs.extents[each]).any()
    return are


def _are_circles(blobs: Blobs) -> npt.NDArray[np.bool_]:
    """Which blobs are drawn around one that is a digit, to mark it."""
    are = np.zeros(len(blobs.areas), bool)
    for each in np.flatnonzero(blobs.extents >= 2 * LEAST_CLEAR):
        left, top, right, bottom = blobs.boxes[each]
        within = np.all((blobs.boxes[:, :2] > (left, top)) & (blobs.boxes[:, 2:] < (right, bottom)), axis=1)
        tall = blobs.heights[within].max(initial=0)
        are[each] = tall >= CIRCLED * (bottom - top) and right - left >= 0.75 * (bottom - top)
    return are


def runs_of(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Row, start and end of each run of ink in a row (n, 3), in the order of reading."""
    steps = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    return np.stack([rows, starts, np.nonzero(steps == -1)[1]], axis=1)


def _touching(runs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pairs (n, 2) of runs in neighbouring rows that touch."""
    rows, starts, ends = runs.T
    width = int(ends.max(initial=0)) + 2
    first = np.searchsorted(rows * width + ends, (rows + 1) * width + starts, side="left")
    last = np.searchsorted(rows * width + starts, (rows + 1) * width + ends, side="right")
    counts = np.maximum(last - first, 0)
    above = np.repeat(np.arange(len(runs)), counts)
    below = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    return np.stack([above, below], axis=1)


def joined(count: int, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Label connected components of a graph of `count` nodes and edges `pairs` (n, 2) by their smallest node."""
    least = np.arange(count)
    while len(pairs):
        ones, others = least[pairs[:, 0]], least[pairs[:, 1]]
        if (ones == others).all():
            break
        np.minimum.at(least, np.maximum(ones, others), np.minimum(ones, others))
        while (least != least[least]).any():
            least = least[least]
    return least


def _painted(shape: tuple[int, ...], runs: npt.NDArray[np.int64], values: npt.NDArray[np.int64]):
    """An image (h, w) in which each run has its value."""
    rows, starts, ends = runs.T
    steps = np.zeros((shape[0], shape[1] + 1), np.int32)
    steps[rows, starts] += values.astype(np.int32)
    steps[rows, ends] -= values.astype(np.int32)
    return np.cumsum(steps, axis=1, dtype=np.int32)[:, :-1]
