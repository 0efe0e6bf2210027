"""Show which ink led to an answer: erase or add a patch of ink and compare the probabilities.

Occlusion (Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks") needs no gradients, so it runs
in LiteRT.

The occluded patch must be clearly wider than a stroke. Because of label smoothing the confidence saturates, and
removing a stroke-wide patch from a confident digit changes it at random. Log odds would exaggerate these changes near 1
(0.997 against 0.999); log probabilities do not.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.recogniser import Recogniser

RUNNER_UP_PATCH, OCCLUSION_PATCH = 4, 8
"""Patch sizes in pixels: 4 for the runner-up map (a stroke is 2.5 wide), 8 for the occlusion map (two fifths of the
digit's 20-pixel height)."""
INK_STRIDE, EMPTY_STRIDE = 3, 4
"""Pixels between patches, where there is ink and where there is none; overlapping patches are averaged."""
ACTIVATION_PATCH, ACTIVATION_STRIDE = 4, 2
"""The same for `activation_occlusion_map`: small, since the receptive field of a map's point is small."""
MIN_PATCH_INK = 1.6
"""Smallest sum of the pixels of a patch that holds part of a stroke."""

_LEAST = 1e-6

AttributionMap = npt.NDArray[np.float32]
Masks = npt.NDArray[np.bool_]


def occlusion_map(recogniser: Recogniser, digit: DigitImage) -> AttributionMap:
    """How much each part of the ink supports the best digit, (28, 28); negative where it opposes it.

    The unit is the log probability that is lost when the ink is erased; 0 where there is no ink.
    """
    patches = _inked_patches(digit, OCCLUSION_PATCH)
    probabilities = recogniser.probabilities_of(np.stack([digit, *(digit * ~patch for patch in patches)]))
    likely = np.log(probabilities[:, probabilities[0].argmax()].astype(np.float64).clip(_LEAST))
    return _painted(patches, likely[0] - likely[1:]) * (digit > 0)


def activation_occlusion_map(
    activation: Callable[[DigitImage], npt.NDArray], digit: DigitImage, *, is_score: bool = False
) -> AttributionMap:
    """How much each part of the ink raises an activation in the network, (28, 28); negative where it lowers it.

    `activation` returns one number for each digit image (n, 28, 28). The unit of the result is the activation that is
    lost when the ink is erased; 0 where there is no ink. Patches are small, since feature maps do not saturate;
    `is_score` has the larger ones of `occlusion_map` used, for a score of the last layer, which does.
    """
    size, step = (OCCLUSION_PATCH, INK_STRIDE) if is_score else (ACTIVATION_PATCH, ACTIVATION_STRIDE)
    patches = _inked_patches(digit, size, step)
    active = activation(np.stack([digit, *(digit * ~patch for patch in patches)])).astype(np.float64)
    return _painted(patches, active[0] - active[1:]) * (digit > 0)


def runner_up_gain_map(recogniser: Recogniser, digit: DigitImage) -> AttributionMap:
    """How much the runner-up would gain if ink were added or erased, (28, 28), in log odds.

    Positive where added ink would help it, negative where erased ink would.
    """
    add, remove = _empty_patches(digit), _inked_patches(digit, RUNNER_UP_PATCH)
    changed = [*(np.where(patch, 1.0, digit) for patch in add), *(digit * ~patch for patch in remove)]
    odds = _log_odds(recogniser.probabilities_of(np.stack([digit, *changed]).astype(np.float32)))
    runner_up = odds[0].argsort()[-2]
    gain = np.maximum(odds[1:, runner_up] - odds[0, runner_up], 0)
    return _painted(add, gain[: len(add)]) - _painted(remove, gain[len(add) :])


def _inked_patches(digit: DigitImage, size: int, step: int = INK_STRIDE) -> Masks:
    patches = _patches(size, step)
    return patches[np.tensordot(patches, digit, axes=2) >= MIN_PATCH_INK]


def _empty_patches(digit: DigitImage) -> Masks:
    patches = _patches(RUNNER_UP_PATCH, EMPTY_STRIDE)
    return patches[np.tensordot(patches, digit, axes=2) < MIN_PATCH_INK]


def _patches(size: int, step: int) -> Masks:
    """Masks (n, 28, 28) of square patches, without the image's outer border."""
    starts = np.arange(1, SIZE - size + 1, step)[:, None]
    bands = (np.arange(SIZE) >= starts) & (np.arange(SIZE) < starts + size)
    return (bands[:, None, :, None] & bands[None, :, None, :]).reshape(-1, SIZE, SIZE)


def _log_odds(probabilities: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    likely = probabilities.astype(np.float64).clip(_LEAST, 1 - _LEAST)
    return np.log(likely / (1 - likely))


def _painted(patches: Masks, values: npt.NDArray[np.float64]) -> AttributionMap:
    """Paint the value of each patch into one image (28, 28), averaged where patches overlap."""
    covered = np.maximum(patches.sum(axis=0), 1)
    return (np.tensordot(values, patches, axes=1) / covered).astype(np.float32)
