"""Look a second time at a 1 and a 7, which are easily each other, or another digit that lies or is squeezed.

A digit is scaled by its longer side, so little is left of the width of a narrow 2, which then is a 1 to the network;
made wider it is a 2 again. A 1 with a flag that leans to the right is drawn as a 7 is, and a 7 that leans to the left
as a 1; set upright they show which they are. An answer that does not hold in such a look is none.
"""

from dataclasses import dataclass

import numpy as np

from mnist_helpers.preprocessing.raster import DigitImage, rasterise
from mnist_helpers.preprocessing.stray_ink import Points, Strokes, is_straight, without_stray_ink
from mnist_helpers.recognition.calibration import Floats


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is done to a drawing: turned clockwise by degrees, and widened by a factor.

    In this look another digit contradicts the answer if it is more than `odds` times likelier.
    """

    degrees: float = 0.0
    widen: float = 1.0
    odds: float = 4.5


LOOKS: dict[int, tuple[Look, ...]] = {
    1: (Look(widen=1.5), Look(degrees=12), Look(degrees=16, odds=20)),
    7: (Look(degrees=-28, widen=0.9, odds=50),),
}
"""For each digit the looks in which it has to remain what it is; angles and odds are such that of drawn digits as many
are answered as without."""

STRAIGHT = 0.95
"""Length of a stroke from end to end, as a share of its way, from which on no look changed an answer; a 1 with the
smallest of flags has 0.91."""


def second_looks(drawing: Strokes, answer: int | None) -> list[tuple[Look, DigitImage]]:
    """The looks in which an answer has to hold, each with its digit image.

    Most answers have none, nor has a straight stroke alone, which is the same in all.
    """
    if answer is None or answer not in LOOKS:
        return []
    strokes = without_stray_ink(drawing)
    if len(strokes) == 1 and is_straight(strokes[0], STRAIGHT):
        return []
    return [(look, rasterise(_changed(strokes, look))) for look in LOOKS[answer]]


def contradicts(probabilities: Floats, answer: int, look: Look) -> bool:
    """Whether another digit is much likelier than the answer in a look with these probabilities (10,)."""
    return bool(probabilities.max() > look.odds * probabilities[answer])


def _changed(strokes: list[Points], look: Look) -> list[Points]:
    angle = np.deg2rad(look.degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    change = (turn * [look.widen, 1.0]).T
    return [stroke @ change for stroke in strokes]
