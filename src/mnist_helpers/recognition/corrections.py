"""Read what is like a digit that a person has told as that digit.

A hand writes its digits alike, and a network that takes one of its 1s for a 7 takes the next for a 7 too. What was told
is remembered as an image, and a new one that is like it gets the told answer. Two images are as alike as the cosine of
the angle between them says, both blurred, at the best of nine small shifts.

Both limits were chosen on the drawings of half of the writers (`python -m benchmarks.corrections FILE`): above the one,
one in 5,000 right answers would be lost if any other digit of the same writer had been told; above the other, one in
200 drawings without an answer would get a wrong one.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing, Point
from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.recognition.recognition import Recognition

LIKE, LIKE_WHERE_UNSURE = 0.95, 0.915
"""How alike a digit must be to a told one, from 0 to 1: where the network has another answer, and where it has none."""
MARGIN = 0.015
"""How much less alike it must be to all that was told to be another digit."""
TRUST = 0.98
"""The probability of an answer that was told: 99 % of them were meant in the simulation, on hands that it knew."""
MAX_TOLD = 200
"""Digits that are remembered, the newest."""
BLUR = 1.2
"""Standard deviation in pixels: less than a pen's width, so that a stroke that moved by a pixel is still like it."""
SHIFTS = (-1, 0, 1)


class Corrections:
    """The digits that were told, each an image (28, 28) and a digit, oldest first."""

    def __init__(self) -> None:
        self._digits = np.empty(0, int)
        self._looks = np.empty((0, SIZE * SIZE), np.float32)

    def __len__(self) -> int:
        return len(self._digits)

    def tell(self, image: DigitImage, digit: int) -> None:
        """Remember that an image shows a digit; the same image told again replaces what was told of it."""
        look = looks(image)[len(SHIFTS) ** 2 // 2]
        known = self._looks @ look > 1 - 1e-6
        self._digits = np.append(self._digits[~known], digit)[-MAX_TOLD:]
        self._looks = np.concatenate([self._looks[~known], look[np.newaxis]])[-MAX_TOLD:]

    def corrected(self, image: DigitImage, found: Recognition) -> Recognition:
        """What the network found in an image, or what was told of one like it."""
        if not len(self) or found.best is None:
            return found
        alike = (self._looks @ looks(image).T).max(axis=1)
        told = int(self._digits[alike.argmax()])
        others = alike[self._digits != told]
        limit = LIKE if found.answer not in (None, told) else LIKE_WHERE_UNSURE
        if alike.max() < limit or (len(others) and others.max() > alike.max() - MARGIN):
            return found
        probabilities = (1 - TRUST) * np.array(found.probabilities)
        probabilities[told] += TRUST
        return Recognition(probabilities=tuple(probabilities.tolist()), answer=told, told=True)


class CorrectedRecogniser:
    """A recogniser that knows what was told; it has the methods of `Recogniser` that a `Reader` asks."""

    def __init__(self, recogniser: Recogniser, corrections: Corrections) -> None:
        self._recogniser, self._corrections = recogniser, corrections
        self.calibration = recogniser.calibration

    def recognise(
        self,
        drawing: Drawing | Sequence[Sequence[Point]],
        *,
        pad_size: float | None = None,
        digit: DigitImage,
    ) -> Recognition:
        """Recognise a drawing with its digit image, as `Recogniser.recognise`."""
        return self._corrections.corrected(digit, self._recogniser.recognise(drawing, pad_size=pad_size, digit=digit))

    def recognise_images(self, digits: Sequence[DigitImage]) -> list[Recognition]:
        """Recognise digit images, as `Recogniser.recognise_images`."""
        return self._corrected(digits, self._recogniser.recognise_images(digits))

    def recognise_many(
        self,
        drawings: Sequence[Drawing | Sequence[Sequence[Point]]],
        digits: Sequence[DigitImage],
        *,
        pad_size: float | None = None,
    ) -> list[Recognition]:
        """Recognise drawings with their digit images, as `Recogniser.recognise_many`."""
        return self._corrected(digits, self._recogniser.recognise_many(drawings, digits, pad_size=pad_size))

    def _corrected(self, digits: Sequence[DigitImage], found: Sequence[Recognition]) -> list[Recognition]:
        return [self._corrections.corrected(digit, each) for digit, each in zip(digits, found, strict=True)]


def looks(image: DigitImage) -> npt.NDArray[np.float32]:
    """The image blurred and moved by each shift (9, 784), each of length 1."""
    blurs = _blurs()
    moved = (blurs[:, np.newaxis] @ image @ blurs.transpose(0, 2, 1)).reshape(-1, SIZE * SIZE)
    return (moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)).astype(np.float32)


@lru_cache(maxsize=1)
def _blurs() -> npt.NDArray[np.float32]:
    """Matrices (3, 28, 28) that blur along an axis and move by each shift."""
    place = np.arange(SIZE)
    distance = place[:, np.newaxis] - place - np.reshape(SHIFTS, (-1, 1, 1))
    return np.exp(-(distance**2) / (2 * BLUR**2)).astype(np.float32)
