"""Find out the input and output of a network by running it on MNIST, and adapt it to the project's digit images.

A saved network has the shapes of its input and output, but not the range of its pixels, the colour of the ink, or
whether it returns probabilities or logits. Accuracy alone does not tell: a network without biases has the same best
digit at any scale. So each possibility is run on distorted training digits, where even an overfitted network makes
errors, and the one with the smallest cross-entropy is chosen among those with nearly the best accuracy.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import numpy as np
import numpy.typing as npt
from keras import layers
from keras.ops import convert_to_numpy

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.model_metadata import ModelError
from mnist_helpers.synthesis.augment import Augmentation, augment
from mnist_helpers.training.model import CLASSES, DIGITS

SHAPES = ((SIZE, SIZE), (SIZE, SIZE, 1), (SIZE, SIZE, 3), (SIZE * SIZE,))
"""Shapes of one input image that are supported."""
MEAN, DEVIATION = 0.1307, 0.3081
"""Mean and standard deviation of MNIST's training pixels, white on black, in [0, 1]."""
IMAGES = 2000
"""Number of training digits on which each possibility is run."""
FIRST_IMAGES, MAX_ACCURACY_GAP = 250, 0.1
"""All possibilities are run on the first digits; those that are less accurate there than the best by more than this gap
are not run on the others."""
MIN_ACCURACY = 0.5
"""Smallest accuracy on distorted digits at which a network is accepted; chance is 10 %."""
ACCURACY_TOLERANCE = 0.01
"""Difference from the best accuracy up to which the cross-entropy decides."""
SUM_TOLERANCE = 0.01
"""Largest difference from 1 of a sum of probabilities that is accepted as rounding."""
_FLOOR = 1e-7

Outputs = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """How to compute a network's input from a digit image in [0, 1], white on black: `scale` times it plus `offset`."""

    name: str
    scale: float
    offset: float


PIXELS = (
    Pixels(name="pixels of 0..1, white ink", scale=1, offset=0),
    Pixels(name="pixels of 0..255, white ink", scale=255, offset=0),
    Pixels(name="pixels of -1..1, white ink", scale=2, offset=-1),
    Pixels(name="standardised pixels, white ink", scale=1 / DEVIATION, offset=-MEAN / DEVIATION),
    Pixels(name="pixels of 0..1, black ink", scale=-1, offset=1),
    Pixels(name="pixels of 0..255, black ink", scale=-255, offset=255),
    Pixels(name="pixels of -1..1, black ink", scale=-2, offset=1),
    Pixels(name="standardised pixels, black ink", scale=-1 / DEVIATION, offset=MEAN / DEVIATION),
)


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A network's input and output: shape and pixels of an image, number and form of the outputs."""

    shape: tuple[int, ...]
    pixels: Pixels
    outputs: int
    gives_logits: bool = False
    leaves_out_no_digit: bool = False
    """Whether it returns only the ten digits' probabilities of eleven, as the project's own networks do."""

    @property
    def has_no_digit_class(self) -> bool:
        return self.outputs == CLASSES or self.leaves_out_no_digit

    def __str__(self) -> str:
        form = "logits" if self.gives_logits else "probabilities"
        no_digit = " and one for no digit" if self.has_no_digit_class else ", none for no digit"
        return f"takes {self.pixels.name}, of shape {self.shape}; gives {form} of ten digits{no_digit}"

    def inputs_of(self, digits: keras.KerasTensor) -> keras.KerasTensor:
        """Compute the network's input from digit images (n, 28, 28, 1) in [0, 1], symbolic or not."""
        if (self.pixels.scale, self.pixels.offset) != (1, 0):
            digits = layers.Rescaling(self.pixels.scale, self.pixels.offset)(digits)
        if self.shape == (SIZE, SIZE, 3):
            return layers.Concatenate()([digits, digits, digits])
        return digits if self.shape == (SIZE, SIZE, 1) else layers.Reshape(self.shape)(digits)

    def probabilities_of(self, outputs: keras.KerasTensor) -> keras.KerasTensor:
        """Compute the probabilities (n, 10) of the ten digits from the network's output."""
        everything = layers.Softmax()(outputs) if self.gives_logits else outputs
        return everything[:, :DIGITS] if self.outputs == CLASSES else everything


def find_interface(run: Callable[[Outputs], Outputs], shape: tuple[int, ...], outputs: int, mnist: Mnist) -> Interface:
    """Find the interface of a network, given as a function `run` from images of `shape` to `outputs` numbers each.

    Raises `ModelError` with the reason if it cannot be used.
    """
    _check_shapes(shape, outputs)
    chosen = slice(-IMAGES, None)
    digits = augment(mnist.train_images[chosen], Augmentation().weaker(0.25), np.random.default_rng(0))
    labels = mnist.train_labels[chosen]
    candidates = [Interface(shape=shape, pixels=pixels, outputs=outputs) for pixels in PIXELS]
    first = [_tried(run, candidate, digits[:FIRST_IMAGES], labels[:FIRST_IMAGES])[0] for candidate in candidates]
    enough = max(first) - MAX_ACCURACY_GAP
    plausible = [each for each, accuracy in zip(candidates, first, strict=True) if accuracy > enough]
    tried = [_tried(run, candidate, digits, labels) for candidate in plausible]
    best = max(accuracy for accuracy, _, _ in tried)
    if best < MIN_ACCURACY:
        raise ModelError(
            f"It reads {best:.0%} of MNIST's digits at best, in any scale of pixels, white ink or black. "
            "A network is wanted whose first ten outputs are the digits 0 to 9, in this order."
        )
    return min((each for each in tried if each[0] > best - ACCURACY_TOLERANCE), key=lambda each: each[1])[2]


def _check_shapes(shape: tuple[int, ...], outputs: int) -> None:
    if shape not in SHAPES:
        wanted = ", ".join(map(str, SHAPES))
        raise ModelError(f"It takes images of shape {shape}; one of these is wanted: {wanted}.")
    if outputs not in (DIGITS, CLASSES):
        raise ModelError(f"It gives {outputs} numbers; ten are wanted, one for each digit, or eleven.")


def _tried(
    run: Callable[[Outputs], Outputs], candidate: Interface, digits: DigitImage, labels: npt.NDArray
) -> tuple[float, float, Interface]:
    """Accuracy and cross-entropy of a candidate on digits, and the candidate with its form of output."""
    given = run(convert_to_numpy(candidate.inputs_of(digits)))
    found = _with_form(candidate, given)
    probabilities = convert_to_numpy(found.probabilities_of(given))
    right = probabilities.argmax(axis=1) == labels
    loss = -np.log(probabilities[np.arange(len(labels)), labels].clip(_FLOOR)).mean()
    return float(right.mean()), float(loss), found


def _with_form(candidate: Interface, given: Outputs) -> Interface:
    """Tell logits from probabilities, which sum to 1, or to less if that of the no-digit class is left out."""
    if not np.isfinite(given).all():
        raise ModelError("It gives numbers that are not finite (NaN): its weights are broken. Train it again.")
    sums = given.sum(axis=1)
    if given.min() < 0 or given.max() > 1 + SUM_TOLERANCE:
        return replace(candidate, gives_logits=True)
    if sums.max() > 1 + SUM_TOLERANCE:
        raise ModelError("It gives numbers from 0 to 1 that sum to more than 1. End it with softmax, or without.")
    return replace(candidate, leaves_out_no_digit=bool(sums.min() < 1 - SUM_TOLERANCE))
