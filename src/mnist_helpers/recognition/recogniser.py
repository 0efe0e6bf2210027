"""Recognise digit images and drawings, and reject what is no digit.

The network's ten outputs are the probabilities of the ten digits; 1 minus their sum is the probability of the no-digit
class. The calibrated probability of the best digit is compared with the threshold: from there on the digit is the
answer, below it there is a reason why not.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Points, Strokes
from mnist_helpers.preprocessing.raster import SIZE, DigitImage, rasterise_strokes
from mnist_helpers.preprocessing.stray_ink import without_stray_ink
from mnist_helpers.recognition.calibration import Calibration, apply_temperature
from mnist_helpers.recognition.inference.network import Network, Probabilities
from mnist_helpers.recognition.model_metadata import SHIPPED, existing_network, read_calibration
from mnist_helpers.recognition.recognition import EMPTY, Recognition
from mnist_helpers.recognition.second_look import after_second_looks, second_looks

MIN_INK = 12.0
"""Smallest sum of a digit image's pixels that can be read: a dot has 4, a thin 1 of MNIST 18, a drawn bar 48."""
MAX_INK = 280.0
"""Largest such sum; more is a blot. One of MNIST's 60,000 training digits has more; a drawing had 180 at most."""
DOT_SIZE, MIN_SIZE = 0.02, 0.05
"""Shares of the pad's size up to which a drawing is a dot, and below which it is too small to be read."""

TOO_LITTLE_INK_TEXT, NOT_A_DIGIT_TEXT = "Too little ink to tell.", "This does not look like a digit."


class Recogniser:
    """Recognise with the trained network and its calibration; not to be called by two threads at once.

    `network` is the path of a LiteRT file or the name of one in `models/`. The calibration is read from the JSON file
    beside it unless given. Raises `ModelError` for a file that is missing or damaged.
    """

    def __init__(self, network: Path | str = SHIPPED, *, calibration: Calibration | None = None) -> None:
        path = existing_network(network)
        self.calibration = calibration or read_calibration(path)
        self._network = Network(path)

    @property
    def network_file(self) -> bytes:
        """The LiteRT file of the network."""
        return self._network.content

    def __call__(self, digit: DigitImage) -> Recognition:
        """Recognise a digit image (28, 28) of floats in [0, 1], white on black.

        Raises `ValueError` for any other shape, type or range.
        """
        return self._read([validate_images(np.asarray(digit)[np.newaxis])[0]])[0]

    def _read(self, digits: Sequence[DigitImage]) -> list[Recognition]:
        refused = [_refusal_of_ink(digit) for digit in digits]
        asked = [digit for digit, refusal in zip(digits, refused, strict=True) if not refusal]
        if not asked:
            return [refusal for refusal in refused if refusal]
        probabilities = iter(apply_temperature(self._network(np.stack(asked)), self.calibration.temperature))
        return [refusal or decide(next(probabilities), self.calibration.threshold) for refusal in refused]

    def recognise(self, drawing: Strokes, *, pad_size: float | None = None) -> Recognition:
        """Recognise a drawing, as the page does.

        Preprocessing removes the size, so dots are detected on the drawing. Pass `pad_size`, in the drawing's units, to
        detect small dots; without it only zero-size drawings count as dots.
        """
        strokes = without_stray_ink(drawing)
        return self.recognise_many([strokes], [rasterise_strokes(strokes)], pad_size=pad_size)[0]

    def recognise_images(self, digits: Sequence[DigitImage]) -> list[Recognition]:
        """Recognise many digit images like `__call__`, faster than by as many calls."""
        return self._read(list(validate_images(np.reshape(digits, (-1, SIZE, SIZE))))) if len(digits) else []

    def recognise_many(
        self,
        drawings: Sequence[list[Points]],
        digits: Sequence[DigitImage],
        *,
        pad_size: float | None = None,
    ) -> list[Recognition]:
        """Recognise many drawings like `recognise`, faster than by as many calls.

        Each is given by its strokes without stray ink (`without_stray_ink`) and their digit image.
        """
        refusals = [_refusal_of_size(drawing, pad_size) for drawing in drawings]
        asked = [place for place, refusal in enumerate(refusals) if not refusal]
        found = self._read([digits[place] for place in asked])
        looked = dict(zip(asked, self._look_again([drawings[place] for place in asked], found), strict=True))
        return [refusal or looked[place] for place, refusal in enumerate(refusals)]

    def _look_again(self, drawings: Sequence[list[Points]], found: list[Recognition]) -> list[Recognition]:
        """Withdraw answers that a second look contradicts, and decide again on what may be two digits."""
        looks = [second_looks(drawing, each) for drawing, each in zip(drawings, found, strict=True)]
        images = [image for each in looks for _, image in each]
        results = iter(self.probabilities_of(np.stack(images)) if images else np.empty((0, 10)))
        for place, each in enumerate(found):
            seen = [(look, next(results)) for look, _ in looks[place]]
            if (probabilities := after_second_looks(each, seen)) is not None:
                found[place] = decide(probabilities, self.calibration.threshold)
        return found

    def probabilities_of(self, digits: npt.NDArray[np.floating]) -> Probabilities:
        """Calibrated probabilities (n, 10) of digit images (n, 28, 28), without the limits on their ink."""
        return apply_temperature(self._network(validate_images(digits)), self.calibration.temperature).astype(
            np.float32
        )


def _refusal_of_ink(digit: DigitImage) -> Recognition | None:
    """A rejection of a digit image with too little or too much ink."""
    ink = digit.sum()
    if ink < MIN_INK:
        return Recognition(reason=TOO_LITTLE_INK_TEXT) if ink > 0 else EMPTY
    return Recognition(reason=NOT_A_DIGIT_TEXT) if ink > MAX_INK else None


def _refusal_of_size(strokes: list[Points], pad_size: float | None) -> Recognition | None:
    """A rejection of a drawing that is only a dot or too small."""
    if strokes:
        longer_side = np.ptp(np.concatenate(strokes), axis=0).max()
        if longer_side <= DOT_SIZE * (pad_size or 0.0):
            return Recognition(reason="Only a dot so far.")
        if longer_side < MIN_SIZE * (pad_size or 0.0):
            return Recognition(reason=TOO_LITTLE_INK_TEXT)
    return None


def decide(probabilities: npt.NDArray[np.float64], threshold: float) -> Recognition:
    """Answer with the best digit if its probability, of ten (10,), reaches the threshold; otherwise say why not."""
    runner_up, best = np.argsort(probabilities)[-2:]
    found = Recognition(probabilities=tuple(probabilities.tolist()))
    if probabilities[best] >= threshold:
        return replace(found, answer=int(best))
    if not found.is_torn:
        return replace(found, reason=NOT_A_DIGIT_TEXT)
    low, high = sorted((int(best), int(runner_up)))
    return replace(found, reason=f"Torn between {low} and {high}.")


def validate_images(digits: npt.NDArray) -> npt.NDArray[np.float32]:
    """Check digit images (n, 28, 28) and return them as float32; raises `ValueError` unless floats in [0, 1]."""
    digits = np.asarray(digits)
    wanted = f"Give ({SIZE}, {SIZE}) floats in [0, 1], white ink on black"
    if digits.shape[1:] != (SIZE, SIZE):
        raise ValueError(f"A digit of shape {digits.shape[1:]} came. {wanted}: `rasterise` makes one from a drawing.")
    if digits.dtype not in (np.float32, np.float64):
        raise ValueError(f"A digit of {digits.dtype} came. {wanted}: divide an image of integers by 255.")
    if not np.isfinite(digits).all():
        raise ValueError(f"A digit with pixels that are not finite came. {wanted}: look for NaN where it was made.")
    if digits.size and not 0 <= digits.min() <= digits.max() <= 1:
        raise ValueError(f"A digit from {digits.min():g} to {digits.max():g} came. {wanted}: scale it first.")
    return digits.astype(np.float32)
