"""Check a 1 and a 7 a second time: they may be each other, or another digit that is turned or squeezed.

A digit is scaled by its longer side, so a narrow 2 has little width left and looks like a 1; widened it is a 2 again. A
1 with a flag that leans to the right looks like a 7, and a 7 that leans to the left like a 1; turned upright they can
be told apart. An answer that such a look contradicts is withdrawn.
"""

from dataclasses import dataclass

import numpy as np

from mnist_helpers.preprocessing.raster import DigitImage, rasterise
from mnist_helpers.preprocessing.stray_ink import Points, is_straight
from mnist_helpers.recognition.calibration import Floats


@dataclass(frozen=True, kw_only=True)
class Look:
    """A change of a drawing: turned clockwise by `degrees`, then widened by the factor `widen`.

    Another digit contradicts the answer if it is more than `odds` times as probable in this look.
    """

    degrees: float = 0.0
    widen: float = 1.0
    odds: float = 4.5


LOOKS: dict[int, tuple[Look, ...]] = {
    1: (Look(widen=1.5), Look(degrees=24, odds=50)),
    7: (Look(degrees=-28, widen=0.9, odds=100),),
}
"""The looks that an answer is checked in. Angles and odds were chosen for the shipped network: at most 2 in 300 drawn
digits are answered wrong if turned by 30 degrees or squeezed to half of their width, and few others lose their
answer."""

STRAIGHT = 0.95
"""Smallest distance between the ends of a stroke, as a share of its length, at which no look changed an answer; a 1
with a very small flag has 0.91."""


def second_looks(strokes: list[Points], answer: int | None) -> list[tuple[Look, DigitImage]]:
    """The looks that an answer is checked in, each with the digit image of the changed strokes.

    There are none for most answers, nor for a single straight stroke, which looks the same in all.
    """
    if answer is None or answer not in LOOKS or (len(strokes) == 1 and is_straight(strokes[0], STRAIGHT)):
        return []
    return [(look, rasterise(_changed(strokes, look))) for look in LOOKS[answer]]


def contradicts(probabilities: Floats, answer: int, look: Look) -> bool:
    """Whether another digit is much more probable than the answer, given the probabilities (10,) in a look."""
    return bool(probabilities.max() > look.odds * probabilities[answer])


def _changed(strokes: list[Points], look: Look) -> list[Points]:
    angle = np.deg2rad(look.degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    change = (turn * [look.widen, 1.0]).T
    return [stroke @ change for stroke in strokes]
