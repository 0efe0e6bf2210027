"""Apply a person's corrections: ink like that of a corrected digit is recognised as that digit.

A hand writes its digits alike, so a network that takes one of a person's 1s for a 7 takes the next for a 7 too. Each
correction is kept as a descriptor of the digit image: its blurred pixels, scaled to a length of 1. The distance of two
images is that of their descriptors, at the best of nine small shifts: 0 for the same ink, 1.4 without overlap.

Both limits were chosen on the drawings of half of the writers (`python -m benchmarks.corrections FILE`): within the
first, one in 5,000 right answers would be lost if any other digit of the same writer had been corrected; within the
second, one in 200 drawings without an answer would get a wrong one.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.recognition import Recognition

NEAR, NEAR_WHERE_UNSURE = 0.28, 0.43
"""Largest distance from a corrected digit: where the network answers another digit, and where it has no answer."""
CLEARLY = 0.85
"""Largest distance from the nearest correction, as a share of the distance from the nearest one to another digit."""
TRUST = 0.98
"""Probability of the digit that a correction says."""
BLUR = 1.2
"""Standard deviation of the blur in pixels: half a pen's width, so that strokes that moved by a pixel are near."""
SHIFTS = (-1, 0, 1)
"""Shifts in pixels, across and down."""

Descriptors = npt.NDArray[np.float32]


class Corrections:
    """Corrected digits: images (28, 28), each with the digit that it shows."""

    def __init__(self, digits: Sequence[tuple[DigitImage, int]]) -> None:
        self._digits = np.array([digit for _, digit in digits], int)
        self._descriptors = np.array([unshifted(descriptors_of(image)) for image, _ in digits]).reshape(-1, SIZE * SIZE)

    def corrected(self, image: DigitImage, found: Recognition) -> Recognition:
        """What the network found in an image, or the digit of a correction that is near it."""
        if not len(self._digits) or found.best is None:
            return found
        distances = distances_of(self._descriptors, descriptors_of(image))
        digit = int(self._digits[distances.argmin()])
        others = distances[self._digits != digit]
        limit = NEAR if found.answer not in (None, digit) else NEAR_WHERE_UNSURE
        if distances.min() > limit or (len(others) and distances.min() > CLEARLY * others.min()):
            return found
        probabilities = (1 - TRUST) * np.array(found.probabilities)
        probabilities[digit] += TRUST
        return Recognition(probabilities=tuple(probabilities.tolist()), answer=digit, is_corrected=True)


def descriptors_of(image: DigitImage) -> Descriptors:
    """The descriptors (9, 784) of an image (28, 28) moved by each shift."""
    blurs = _blurs()
    moved = (blurs[:, np.newaxis] @ image @ blurs.transpose(0, 2, 1)).reshape(-1, SIZE * SIZE)
    return (moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def unshifted(descriptors: Descriptors) -> Descriptors:
    """The one (784,) of an image's descriptors (9, 784) that is not moved."""
    return descriptors[len(descriptors) // 2]


def distances_of(unshifted: Descriptors, descriptors: Descriptors) -> npt.NDArray[np.float32]:
    """Distances (n,) between images, given by their unshifted descriptors (n, 784), and one given by all of its own."""
    return np.sqrt(np.maximum(2 - 2 * (unshifted @ descriptors.T).max(axis=1), 0))


@lru_cache(maxsize=1)
def _blurs() -> Descriptors:
    """Matrices (3, 28, 28) that blur an image along an axis and move it by each shift."""
    place = np.arange(SIZE)
    distance = place[:, np.newaxis] - place - np.reshape(SHIFTS, (-1, 1, 1))
    return np.exp(-(distance**2) / (2 * BLUR**2)).astype(np.float32)
