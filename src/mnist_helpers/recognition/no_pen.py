"""Take back the answers for ink in a picture that no pen made: bars, rings, blots, and what reaches into the picture.

To the network a bar is a 1, a ring and even a blot a 0, whatever they belong to. A bar code, a fence or a form has many
bars, and nothing else; a ring of a cup is rounder than a hand draws; a finger or a shadow comes in from one side.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mnist_helpers.recognition.number import Part

ROUND = 0.02
"""Standard deviation of a ring's radius, as a share of it; of 296 drawn zeros none has less than 0.044."""
LEAST_RING = 40
"""Pixels of a ring from which on pixels are finer than that."""
SOLID = 0.72
"""Share of the box around it that a blot fills; of digits only a 1 fills so much."""

BARS_TEXT = "Bars alone may be no digits."
RING_TEXT = "Rounder than a 0 is drawn."
BLOT_TEXT = "A blot, not a line."
CUT_TEXT = "Cut by the edge, this may be anything."


def without_what_no_pen_made(parts: Sequence[Part], size: tuple[float, float]) -> tuple[Part, ...]:
    """The parts of a picture of a size (width, height), without an answer for what no pen may have made."""
    only_bars = len(parts) > 1 and all(part.recognition.best == 1 for part in parts)
    return tuple(_doubted(part, BARS_TEXT if only_bars else _doubt(part, size)) for part in parts)


def _doubted(part: Part, reason: str) -> Part:
    if not reason or part.recognition.answer is None or part.recognition.is_corrected:
        return part
    return replace(part, recognition=replace(part.recognition, answer=None, reason=reason))


def _doubt(part: Part, size: tuple[float, float]) -> str:
    if part.recognition.answer == 0 and part.ink is not None and _is_round(part.ink >= 0.5):
        return RING_TEXT
    if part.recognition.answer not in (None, 1) and part.ink is not None and _is_solid(part.ink >= 0.5):
        return BLOT_TEXT
    return CUT_TEXT if part.recognition.answer == 1 and _comes_in(part, size) else ""


def _is_round(mask: npt.NDArray[np.bool_]) -> bool:
    """Whether the outline of ink (h, w) is a circle."""
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    inner = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if max(inner.shape) < LEAST_RING:
        return False
    outline = [
        np.hypot(across.argmax(0) - (across.shape[0] - 1) / 2, np.arange(across.shape[1]) - (across.shape[1] - 1) / 2)
        for across in (inner, inner[::-1], inner.T, inner.T[::-1])
    ]
    radii = np.concatenate(outline)
    return float(radii.std()) <= ROUND * float(radii.mean())


def _is_solid(mask: npt.NDArray[np.bool_]) -> bool:
    """Whether ink (h, w) fills the box around it."""
    rows, columns = mask.any(1).sum(), mask.any(0).sum()
    return bool(mask.sum() >= SOLID * rows * columns)


def _comes_in(part: Part, size: tuple[float, float]) -> bool:
    """Whether ink touches the picture's edge, but no two sides opposite as in a picture cut close to its digit."""
    width, height = size
    box = part.box
    across, down = (box.left <= 0, box.right >= width - 0.5), (box.top <= 0, box.bottom >= height - 0.5)
    return any(across + down) and not all(across) and not all(down)
