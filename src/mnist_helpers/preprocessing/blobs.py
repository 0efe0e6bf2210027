"""Find the blobs of ink in a picture: connected pixels, which play the part that strokes have in a drawing."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt


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
        """How high each is."""
        return self.boxes[:, 3] - self.boxes[:, 1]

    @cached_property
    def extents(self) -> npt.NDArray[np.int32]:
        """The longer side of each."""
        return np.maximum(self.heights, self.boxes[:, 2] - self.boxes[:, 0])

    @cached_property
    def are_clear_of_edge(self) -> npt.NDArray[np.bool_]:
        """Which of them do not touch the edge of the picture."""
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
    """For each of `count` things the least of those that pairs join it to."""
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
