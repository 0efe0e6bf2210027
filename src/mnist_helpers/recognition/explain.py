"""Show which ink made the answer: take away a little of the digit, or add some, and watch what the network then says.

Occlusion (Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks") needs no gradients, only the
network itself, so it runs in the light runtime.

What is taken away must be enough to be missed. Trained with smoothed labels, the network aims at one level of certainty
and not beyond, so at a sure digit a loss as wide as a stroke moves it up as often as down. Log odds would make much of
that (0.997 or 0.999), log probabilities do not.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.recogniser import Recogniser

RUNNER_UP_PATCH, OCCLUSION_PATCH = 4, 8
"""Pixels on a side: of what the runner-up needs, a little more than a stroke's width (2.5); of what would be missed,
two fifths of a digit's height."""
INK_STRIDE, EMPTY_STRIDE = 3, 4
"""Pixels from patch to patch, where there is ink and where there is none; patches that overlap are averaged."""
MIN_PATCH_INK = 1.6
"""Sum of ink from which on a patch holds part of a stroke."""

_LEAST = 1e-6

AttributionMap = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]


def occlusion_map(recogniser: Recogniser, digit: DigitImage) -> AttributionMap:
    """How much each part of the ink counts for the most probable digit, (28, 28); negative where it speaks against it.

    In units of log probability that is lost when the ink is taken away; 0 where there is no ink.
    """
    patches = _inked_patches(digit, OCCLUSION_PATCH)
    probabilities = recogniser.probabilities_of(np.stack([digit, *(digit * ~patch for patch in patches)]))
    likely = np.log(probabilities[:, probabilities[0].argmax()].astype(np.float64).clip(_LEAST))
    return _painted(patches, likely[0] - likely[1:]) * (digit > 0)


def runner_up_gain_map(recogniser: Recogniser, digit: DigitImage) -> AttributionMap:
    """What would have made the second most probable digit more likely than it is, (28, 28), in units of log odds.

    Positive where ink is missing for it, negative where ink is in its way.
    """
    add, remove = _empty_patches(digit), _inked_patches(digit, RUNNER_UP_PATCH)
    changed = [*(np.where(patch, 1.0, digit) for patch in add), *(digit * ~patch for patch in remove)]
    odds = _log_odds(recogniser.probabilities_of(np.stack([digit, *changed]).astype(np.float32)))
    runner_up = odds[0].argsort()[-2]
    gain = np.maximum(odds[1:, runner_up] - odds[0, runner_up], 0)
    return _painted(add, gain[: len(add)]) - _painted(remove, gain[len(add) :])


def _inked_patches(digit: DigitImage, size: int) -> Masks:
    patches = _patches(size, INK_STRIDE)
    return patches[np.tensordot(patches, digit, axes=2) >= MIN_PATCH_INK]


def _empty_patches(digit: DigitImage) -> Masks:
    patches = _patches(RUNNER_UP_PATCH, EMPTY_STRIDE)
    return patches[np.tensordot(patches, digit, axes=2) < MIN_PATCH_INK]


def _patches(size: int, step: int) -> Masks:
    """Masks (n, 28, 28) of the patches in the part where digits lie."""
    starts = np.arange(1, SIZE - size + 1, step)[:, None]
    bands = (np.arange(SIZE) >= starts) & (np.arange(SIZE) < starts + size)
    return (bands[:, None, :, None] & bands[None, :, None, :]).reshape(-1, SIZE, SIZE)


def _log_odds(probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    likely = probabilities.astype(np.float64).clip(_LEAST, 1 - _LEAST)
    return np.log(likely / (1 - likely))


def _painted(patches: Masks, values: npt.NDArray[np.float64]) -> AttributionMap:
    """An image of the values of the patches, averaged where they overlap."""
    covered = np.maximum(patches.sum(axis=0), 1)
    return (np.tensordot(values, patches, axes=1) / covered).astype(np.float32)
