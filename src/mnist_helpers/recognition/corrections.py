"""Read what is like a digit that a person has told as that digit.

A hand writes its digits alike, and a network that takes one of its 1s for a 7 takes the next for a 7 too. What was told
is remembered as an image, and a new one that is near it gets the told answer. The distance of two images is that of
their blurred pixels, each scaled to a length of 1, at the best of nine small shifts: 0 for the same, 1.4 for ink that
has nothing in common.

Both limits were chosen on the drawings of half of the writers (`python -m benchmarks.corrections FILE`): within the
first, one in 5,000 right answers would be lost if any other digit of the same writer had been told; within the second,
one in 200 drawings without an answer would get a wrong one.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing, Point
from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.recognition.recognition import Recognition

NEAR, NEAR_WHERE_UNSURE = 0.28, 0.43
"""Largest distance from a told digit: where the network answers another digit, and where it does not."""
CLEARLY = 0.85
"""Share of the distance from all that was told to be another digit, up to which a told one is clearly the nearest."""
TRUST = 0.98
"""The probability of an answer that was told."""
BLUR = 1.2
"""Standard deviation in pixels: half a pen's width, so that strokes that moved by a pixel are still near."""
SHIFTS = (-1, 0, 1)
"""Pixels that an image is moved by, across and down."""

Looks = npt.NDArray[np.float32]


class Corrections:
    """What was told: images (28, 28), and for each the digit that it shows."""

    def __init__(self, told: Sequence[tuple[DigitImage, int]]) -> None:
        self._digits = np.array([digit for _, digit in told], int)
        self._looks = np.array([looks(image)[len(SHIFTS) ** 2 // 2] for image, _ in told]).reshape(-1, SIZE * SIZE)

    def recogniser(self, recogniser: Recogniser) -> "CorrectedRecogniser":
        """A recogniser that knows what was told besides."""
        return CorrectedRecogniser(recogniser, self)

    def corrected(self, image: DigitImage, found: Recognition) -> Recognition:
        """What the network found in an image, or what was told of one near it."""
        if not len(self._digits) or found.best is None:
            return found
        distances = distances_of(self._looks, looks(image))
        told = int(self._digits[distances.argmin()])
        others = distances[self._digits != told]
        limit = NEAR if found.answer not in (None, told) else NEAR_WHERE_UNSURE
        if distances.min() > limit or (len(others) and distances.min() > CLEARLY * others.min()):
            return found
        probabilities = (1 - TRUST) * np.array(found.probabilities)
        probabilities[told] += TRUST
        return Recognition(probabilities=tuple(probabilities.tolist()), answer=told, told=True)


class CorrectedRecogniser:
    """A recogniser that knows what was told, with the methods of `Recogniser` that a `Reader` asks."""

    def __init__(self, recogniser: Recogniser, corrections: Corrections) -> None:
        self._recogniser, self._corrections = recogniser, corrections
        self.calibration = recogniser.calibration

    def recognise(
        self, drawing: Drawing | Sequence[Sequence[Point]], *, pad_size: float | None = None, digit: DigitImage
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


def looks(image: DigitImage) -> Looks:
    """An image (28, 28) blurred and moved by each shift (9, 784), each of length 1; the fifth is not moved."""
    blurs = _blurs()
    moved = (blurs[:, np.newaxis] @ image @ blurs.transpose(0, 2, 1)).reshape(-1, SIZE * SIZE)
    return (moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def distances_of(told: Looks, seen: Looks) -> npt.NDArray[np.float32]:
    """Distances (n,) of images from one that is seen: their looks that are not moved (n, 784), and all of that one."""
    return np.sqrt(np.maximum(2 - 2 * (told @ seen.T).max(axis=1), 0))


@lru_cache(maxsize=1)
def _blurs() -> Looks:
    """Matrices (3, 28, 28) that blur an image along an axis and move it by each shift."""
    place = np.arange(SIZE)
    distance = place[:, np.newaxis] - place - np.reshape(SHIFTS, (-1, 1, 1))
    return np.exp(-(distance**2) / (2 * BLUR**2)).astype(np.float32)
