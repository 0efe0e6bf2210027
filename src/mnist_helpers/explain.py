"""Show which ink made the answer: take away a little of the digit, or add some, and watch what the network then says.

Occlusion (Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks") needs no gradients, only the
network itself, so it runs in the light runtime. The digit is cut into patches about as wide as a stroke. What a change
does is told as a change of log odds: probabilities near 0 and 1 hardly move, their odds do.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.raster import SIZE, Digit
from mnist_helpers.recogniser import Recogniser

PATCH = 4
"""Pixels on a side: a little more than the width of a stroke (2.5)."""
FINE, COARSE = 3, 4
"""Pixels from patch to patch, where there is ink and where there is none; patches that overlap are averaged."""
INKED = 0.1
"""Mean ink from which on a patch is part of a stroke."""

_LEAST = 1e-6

Map = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]


def explain(recogniser: Recogniser, digit: Digit) -> Map:
    """How much each part of the ink counts for the most probable digit, (28, 28); negative where it speaks against it.

    In units of log odds that are lost when the ink is taken away; 0 where there is no ink.
    """
    patches = _inked_patches(digit)
    odds = _log_odds(recogniser.probabilities_of(np.stack([digit, *(digit * ~patch for patch in patches)])))
    best = odds[0].argmax()
    return _painted(patches, odds[0, best] - odds[1:, best]) * (digit > 0)


def runner_up_needs(recogniser: Recogniser, digit: Digit) -> Map:
    """What would have made the second most probable digit more likely than it is, (28, 28), in units of log odds.

    Positive where ink is missing for it, negative where ink is in its way.
    """
    add, remove = _empty_patches(digit), _inked_patches(digit)
    changed = [*(np.where(patch, 1.0, digit) for patch in add), *(digit * ~patch for patch in remove)]
    odds = _log_odds(recogniser.probabilities_of(np.stack([digit, *changed]).astype(np.float32)))
    runner_up = odds[0].argsort()[-2]
    gain = np.maximum(odds[1:, runner_up] - odds[0, runner_up], 0)
    return _painted(add, gain[: len(add)]) - _painted(remove, gain[len(add) :])


def _inked_patches(digit: Digit) -> Masks:
    patches = _patches(FINE)
    return patches[_mean_ink(patches, digit) >= INKED]


def _empty_patches(digit: Digit) -> Masks:
    patches = _patches(COARSE)
    return patches[_mean_ink(patches, digit) < INKED]


def _patches(step: int) -> Masks:
    """Masks (n, 28, 28) of the patches in the part where digits lie."""
    starts = np.arange(1, SIZE - PATCH, step)[:, None]
    bands = (np.arange(SIZE) >= starts) & (np.arange(SIZE) < starts + PATCH)
    return (bands[:, None, :, None] & bands[None, :, None, :]).reshape(-1, SIZE, SIZE)


def _mean_ink(patches: Masks, digit: Digit) -> Map:
    return (np.tensordot(patches, digit, axes=2) / PATCH**2).astype(np.float32)


def _log_odds(probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    likely = probabilities.astype(np.float64).clip(_LEAST, 1 - _LEAST)
    return np.log(likely / (1 - likely))


def _painted(patches: Masks, values: npt.NDArray[np.float64]) -> Map:
    """An image of the values of the patches, averaged where they overlap."""
    covered = np.maximum(patches.sum(axis=0), 1)
    return (np.tensordot(values, patches, axes=1) / covered).astype(np.float32)
