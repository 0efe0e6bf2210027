"""Look at a drawing a second time, turned, widened or slanted.

An answer of 1 or 7 is checked: it may be the other one, or another digit that is turned or squeezed. A digit is scaled
by its longer side, so a narrow 2 has little width left and looks like a 1; widened it is a 2 again. A 1 with a flag
that leans to the right looks like a 7, and a 7 that leans to the left like a 1; turned upright they can be told apart.
An answer that such a look contradicts is withdrawn.

A digit that may be two is slanted both ways, as other hands would draw it. The mean of all three is right more often.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.raster import DigitImage, rasterise
from mnist_helpers.preprocessing.stray_ink import Points, is_straight
from mnist_helpers.recognition.calibration import Floats
from mnist_helpers.recognition.recognition import Recognition


@dataclass(frozen=True, kw_only=True)
class Look:
    """A change of a drawing: widened by the factor `widen`, turned clockwise by `degrees`, then slanted.

    `slant` is how far a point is moved to the left for each unit that it lies lower. Another digit
    contradicts the answer if it is more than `odds` times as probable in this look.
    """

    degrees: float = 0.0
    widen: float = 1.0
    slant: float = 0.0
    odds: float = 4.5


LOOKS: dict[int | None, tuple[Look, ...]] = {
    1: (Look(widen=1.5), Look(degrees=24, odds=50)),
    7: (Look(degrees=-28, widen=0.9, odds=100),),
}
"""The looks that an answer is checked in. Angles and odds were chosen for the shipped network: at most 2 in 300 drawn
digits are answered wrong if turned by 30 degrees or squeezed to half of their width, and few others lose their
answer."""

SLANTS = (Look(slant=0.2), Look(slant=-0.2))
"""The looks of a digit that may be two."""

STRAIGHT = 0.95
"""Smallest distance between the ends of a stroke, as a share of its length, at which no look changed an answer; a 1
with a very small flag has 0.91."""


def second_looks(strokes: list[Points], found: Recognition) -> list[tuple[Look, DigitImage]]:
    """The second looks at a drawing with this recognition, each with the digit image of the changed strokes.

    There are none for most answers, nor for a single straight stroke, which looks the same in all.
    """
    looks = SLANTS if found.is_torn else LOOKS.get(found.answer, ())
    if not looks or (len(strokes) == 1 and is_straight(strokes[0], STRAIGHT)):
        return []
    return [(look, rasterise(_changed(strokes, look))) for look in looks]


def after_second_looks(found: Recognition, seen: Sequence[tuple[Look, Floats]]) -> npt.NDArray[np.float64] | None:
    """The probabilities (10,) that are left of a recognition, given those in second looks; None if it stays as it is.

    For a digit that may be two it is the mean of all. For an answer that a look contradicts it is the mean of both, in
    which the answer counts twice, so that it stays the most probable digit: most answers withdrawn from upright
    drawings were right. If several looks contradict an answer, the first counts.
    """
    own = np.array(found.probabilities)
    if found.answer is None:
        return np.mean([own, *(probabilities for _, probabilities in seen)], axis=0) if seen else None
    against = (other for look, other in seen if other.max() > look.odds * other[found.answer])
    return next(((2 * own + other) / 3 for other in against), None)


def _changed(strokes: list[Points], look: Look) -> list[Points]:
    angle = np.deg2rad(look.degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    slant = np.array([[1.0, -look.slant], [0.0, 1.0]])
    change = (slant @ (turn * [look.widen, 1.0])).T
    return [stroke @ change for stroke in strokes]
