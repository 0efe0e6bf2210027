"""Find the lines of digits in a picture, from top to bottom; the blobs of ink take the place of strokes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.bitmap import thickness_of
from mnist_helpers.preprocessing.blobs import Blobs, are_no_writing, blobs_of, joined
from mnist_helpers.preprocessing.ink import ink_of
from mnist_helpers.preprocessing.parts import Box, Line, line_of_boxes
from mnist_helpers.preprocessing.picture import Picture

MAX_BLOBS = 80
"""Largest number of blobs, without dust, of a picture that is read; a page of text has more."""
LEAST_AREA = 6
"""Smallest number of pixels of a blob; smaller ones are noise."""
STRONG = 0.7
"""Smallest maximum density of a blob; weaker ones are edges of shadows."""
LEAST_DIGIT = 8
"""Smallest height of a digit in pixels, in pictures with sides of at least four times as many; less is grain."""
SPECK = 0.22
"""Largest extent of dust or of a decimal point, as a share of a digit's height."""
NEAR = 6.0
"""Largest gap, in heights, between neighbouring digits of one row."""
BROKEN = 0.1
"""Largest gap, in heights, between pieces of one broken stroke."""
SPACE, SPACES = 2.0, 2.5
"""Smallest width of a space, in heights and in multiples of the row's median gap."""


@dataclass(frozen=True, kw_only=True)
class PictureLine:
    """The blobs of one line; `numbers` are theirs among all blobs of the picture.

    `line` is the geometry that they are split by, in pixels of the ink.
    """

    blobs: Blobs
    scale: float
    numbers: npt.NDArray[np.int32]
    line: Line

    def box(self, group: Sequence[int]) -> Box:
        """The box around some of the blobs, in pixels of the picture, upright."""
        boxes, scale = self.blobs.boxes[self.numbers[list(group)]], self.scale
        left, top, right, bottom = (float(side) * scale for side in (*boxes[:, :2].min(0), *boxes[:, 2:].max(0)))
        return Box(left=left, top=top, right=right, bottom=bottom)

    def ink(self, group: Sequence[int]) -> npt.NDArray[np.float32]:
        """The density (h, w) of some of the blobs, cut out."""
        return self.blobs.cut_out(self.numbers[list(group)])


def lines_of(picture: Picture) -> list[PictureLine]:
    """The lines of a picture in the order of reading; a row with a wide gap is two.

    More than `MAX_BLOBS` blobs are one line, in no order.
    """
    ink = ink_of(picture)
    blobs = blobs_of(ink.density)
    return [PictureLine(blobs=blobs, scale=ink.scale, numbers=row, line=_line(blobs, row)) for row in _rows_of(blobs)]


def _line(blobs: Blobs, row: npt.NDArray[np.int32]) -> Line:
    """The geometry of a row: boxes around the middle of the pen, as those of strokes are."""
    inset = thickness_of(np.isin(blobs.labels, row + 1)) / 2
    boxes = []
    for left, top, right, bottom in blobs.boxes[row].tolist():
        across, down = min(inset, (right - left) / 2), min(inset, (bottom - top) / 2)
        boxes.append(Box(left=left + across, top=top + down, right=right - across, bottom=bottom - down))
    return line_of_boxes(boxes)


def _rows_of(blobs: Blobs) -> list:
    """The blobs of each line, by number, in the order of reading; dust belongs to none."""
    strong = np.bincount(blobs.labels[blobs.density >= STRONG], minlength=len(blobs.areas) + 1)[1:]
    is_ink = (blobs.areas >= LEAST_AREA) & (strong > 0) & ~are_no_writing(blobs)
    if not is_ink.any():
        return []
    height = _digit_height(blobs.extents[is_ink])
    if height < LEAST_DIGIT <= min(blobs.labels.shape) / 4:
        return []
    larger = np.nonzero(is_ink & (blobs.extents > SPECK * height))[0]
    if len(larger) > MAX_BLOBS:
        return [larger]
    tall = larger[blobs.heights[larger] >= 0.5 * height]
    if not len(tall):
        tall = larger[blobs.extents[larger] >= 0.5 * height]
    boxes = blobs.boxes[tall]
    owner = joined(len(tall), _side_by_side(boxes, height))
    rows = [tall[owner == each] for each in np.unique(owner)]
    rows = _with_small(blobs, rows, np.setdiff1d(larger, tall), height)
    return [line for row in _in_order(blobs, rows) for line in _at_spaces(blobs, row, height)]


def _digit_height(extents: npt.NDArray[np.int32]) -> float:
    """How high a digit is: the median of the blobs of at least half the greatest extent."""
    return float(np.median(extents[extents >= extents.max() / 2]))


def _side_by_side(boxes: npt.NDArray[np.int32], height: float) -> npt.NDArray[np.int64]:
    """Pairs (n, 2) of boxes that stand in one row: near each other, and half of the lower beside the higher.

    Boxes nearly touching are also in one row: they are pieces of a broken stroke.
    """
    left, top, right, bottom = boxes.T.astype(float)
    beside = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    lower = np.minimum((bottom - top)[:, None], bottom - top)
    gap = np.maximum(left[:, None], left) - np.minimum(right[:, None], right)
    in_row = (beside >= 0.5 * lower) & (gap <= NEAR * height)
    return np.argwhere(in_row | (np.maximum(gap, -beside) <= BROKEN * height))


def _with_small(blobs: Blobs, rows: list, small: npt.NDArray[np.int64], height: float) -> list:
    """The rows with the smaller blobs, each in the row that it is nearest to; what is near none is left out."""
    for each in small:
        left, top, right, bottom = blobs.boxes[each]
        distances = []
        for row in rows:
            boxes = blobs.boxes[row]
            across = np.maximum(np.maximum(boxes[:, 0] - right, left - boxes[:, 2]), 0)
            down = np.maximum(np.maximum(boxes[:, 1] - bottom, top - boxes[:, 3]), 0)
            distances.append(float((across + down).min()))
        nearest = int(np.argmin(distances))
        if distances[nearest] <= 0.5 * height:
            rows[nearest] = np.append(rows[nearest], each)
    return rows


def _in_order(blobs: Blobs, rows: list) -> list:
    """Rows from top to bottom; each sorted from left to right."""
    middles = [float(np.median(blobs.boxes[row][:, [1, 3]].mean(1))) for row in rows]
    return [rows[each][np.argsort(blobs.boxes[rows[each], 0])] for each in np.argsort(middles)]


def _at_spaces(blobs: Blobs, row: npt.NDArray[np.int32], height: float) -> list[npt.NDArray[np.int32]]:
    """A row cut where a space is."""
    gaps = blobs.boxes[row[1:], 0] - np.maximum.accumulate(blobs.boxes[row, 2])[:-1]
    usual = float(np.median(gaps)) if len(gaps) else 0.0
    return np.split(row, np.nonzero((gaps > SPACE * height) & (gaps > SPACES * max(usual, 0)))[0] + 1)
