"""Take away what is printed on paper: rules, squares, and frames around digits.

Rules are thin, straight and run through the whole picture, nearly along its sides. They are looked for among the thin
runs of ink across them (Hough 1962: each votes for all lines through it); what a stroke crosses is thicker and stays.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.blobs import Blobs, blobs_of, runs_of

THICKEST = 0.02
"""Largest thickness of a rule, as a share of the picture's shorter side."""
STEEPEST = 0.2
"""Largest slope of a rule against the picture's side: 11 degrees."""
COVERED = 0.5
"""Smallest share of the picture's side along which a rule is visible."""
LEAST_SIDE = 64
"""Smallest side in pixels of a picture in which rules can be told from the bars of a 5."""
FEWEST, MARGIN = 2, 0.65
"""Smallest number of rules, since one alone may be the bar of a 7, and smallest share of the picture's side of the
single line of a margin."""
LONE, MIN_REST = 2.5, 8
"""Times that a single line, as one to write on, is longer than all other ink is high or wide, and pixels of that."""
LEAST_FRAME, FRAME_BAND, FRAME_SIDE, FRAME_PEN = 24, 0.1, 0.85, 0.08
"""Pixels of a frame's shorter side; how far its sides may lean, as a share of that, the share of them that is seen, and
how thick they are at most."""
LEAST_FRAMED = 0.25
"""Height of what stands in a frame, as a share of the frame's; less is no digit."""
LARGE_FRAME = 0.06
"""Share of the picture from which on one frame is that of a canvas or of axes: what lies around it is no ink."""

_ANGLES, _VOTERS, _ROUNDS = 321, 400, 12
_NEAR = 2.5  # pixels from the rule


def without_rules(density: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The ink (h, w) without rules; vertical rules are removed only if there are horizontal ones."""
    if min(density.shape) < LEAST_SIDE:
        return density
    thickest = max(THICKEST * min(density.shape), 3.0)
    rows = _rules(density >= 0.5, thickest)
    if rows is None:
        return density
    columns = _rules((density >= 0.5).T, thickest, has_margin=True)
    ruled = rows if columns is None else rows | columns.T
    return np.where(ruled, 0, density).astype(np.float32)


def without_frames(density: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The ink (h, w) without printed boxes around digits; without what lies around one that is large."""
    blobs = blobs_of(density)
    around = [each for each in np.flatnonzero(blobs.extents >= LEAST_FRAME).tolist() if _is_frame(blobs, each)]
    if not around:
        return density
    inside = [_inside(blobs, each) for each in around]
    filled = [each for each, ink in zip(around, inside, strict=True) if _holds_digit(ink)]
    if not filled:
        return density
    is_lone = len(filled) == 1 and inside[around.index(filled[0])].size >= LARGE_FRAME * density.size
    found = np.where(np.isin(blobs.labels, np.array(around) + 1) | is_lone, 0, density)
    for each, ink in zip(around, inside, strict=True):
        left, top, right, bottom = blobs.boxes[each]
        found[top:bottom, left:right] = ink
    return found


def _is_frame(blobs: Blobs, number: int) -> bool:
    """Whether a blob has four straight sides."""
    left, top, right, bottom = blobs.boxes[number]
    mask = blobs.labels[top:bottom, left:right] == number + 1
    band = max(round(FRAME_BAND * min(mask.shape)), round(FRAME_BAND / 2 * max(mask.shape)), 2)
    sides = (mask[:band].any(0), mask[-band:].any(0), mask[:, :band].any(1), mask[:, -band:].any(1))
    return min(mask.shape) >= LEAST_FRAME and min(float(side.mean()) for side in sides) >= FRAME_SIDE


def _inside(blobs: Blobs, number: int) -> npt.NDArray[np.float32]:
    """The ink in a frame (h, w), without the frame's lines."""
    left, top, right, bottom = blobs.boxes[number]
    density = blobs.density[top:bottom, left:right]
    mask = blobs.labels[top:bottom, left:right] == number + 1
    thickest = max(FRAME_PEN * min(mask.shape), 3.0)
    inside = density.copy()
    for ink, along in ((inside, mask), (inside.T, mask.T)):
        if (lines := _rules(along, thickest)) is not None:
            ink[lines] = 0
    return inside


def _holds_digit(ink: npt.NDArray[np.float32]) -> bool:
    return bool((blobs_of(ink).heights >= LEAST_FRAMED * len(ink)).any())


def _rules(mask: npt.NDArray[np.bool_], thickest: float, *, has_margin: bool = False) -> npt.NDArray[np.bool_] | None:
    """The pixels (h, w) of horizontal rules, or of the line of a margin; None without rules."""
    runs = runs_of(mask.T)
    runs = runs[runs[:, 2] - runs[:, 1] <= thickest]
    x, y = runs[:, 0], runs[:, 1:].mean(1)
    is_rule = np.zeros(len(runs), bool)
    found = 0
    for _ in range(_ROUNDS):
        lines = _lines(x[~is_rule], y[~is_rule], mask.shape[1])
        found += len(lines)
        for slope, offset in lines:
            is_rule |= _on_line(x, y, slope, offset)
        if not lines:
            break
    if not found:
        return None
    is_margin = has_margin and len(np.unique(x[is_rule])) >= MARGIN * mask.shape[1]
    ruled = _painted(mask.shape, runs[is_rule])
    return ruled if found >= FEWEST or is_margin or _is_lone(mask & ~ruled, int(np.ptp(x[is_rule]))) else None


def _is_lone(rest: npt.NDArray[np.bool_], length: int) -> bool:
    """Whether one line alone is too long to be a stroke of the rest."""
    extents = blobs_of(rest.astype(np.float32)).extents
    return bool(len(extents)) and length >= LONE * extents.max() >= LONE * MIN_REST


def _lines(x: npt.NDArray, y: npt.NDArray, width: int) -> list[tuple[float, float]]:
    """Slope and offset of all lines that are parallel to the strongest one."""
    step = max(width // _VOTERS, 1)
    voters = x % step == 0
    x, y = x[voters], y[voters]
    if len(x) < COVERED * width / step:
        return []
    slopes = np.linspace(-STEEPEST, STEEPEST, _ANGLES)
    low = float(y.min()) - STEEPEST * width
    counted = [np.bincount(np.round(y - slope * x - low).astype(int)) for slope in slopes]
    votes = [np.convolve(each, np.ones(3), "same") for each in counted]
    slope = int(np.argmax([each.max() for each in votes]))
    counts, lines = votes[slope].copy(), []
    while counts.max() >= COVERED * width / step:
        best = int(counts.argmax())
        lines.append((float(slopes[slope]), best + low))
        counts[max(best - 4, 0) : best + 5] = 0
    return lines


def _on_line(x: npt.NDArray, y: npt.NDArray, slope: float, offset: float) -> npt.NDArray[np.bool_]:
    """Whether each run lies on a line, which may be slightly curved."""
    near = np.abs(y - slope * x - offset) <= 2 * _NEAR
    if near.sum() < 3:
        return near
    bent = np.polyfit(x[near], y[near], 2)
    return np.abs(y - np.polyval(bent, x)) <= _NEAR


def _painted(shape: tuple[int, ...], runs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """The pixels of runs along columns, and one beyond each end, where the edge is soft."""
    columns, starts, ends = runs.T
    steps = np.zeros((shape[1], shape[0] + 2), np.int32)
    np.add.at(steps, (columns, np.maximum(starts - 1, 0)), 1)
    np.add.at(steps, (columns, ends + 1), -1)
    return (np.cumsum(steps, axis=1)[:, : shape[0]] > 0).T
