"""Calibrate a trained network: choose the temperature on MNIST and the threshold on drawings.

The temperature is fitted on training images, strongly distorted, because the network has seen all 60,000 of them and is
right on nearly every one as it is. On unseen drawings this gives better calibration than a temperature fitted on a few
thousand drawings, because there a handful of confident errors dominates the fit. The threshold is chosen on drawings,
since they are what the page meets. MNIST's test digits are used for neither.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, digit_labels
from mnist_helpers.recognition.calibration import (
    Calibration,
    apply_temperature,
    fit_temperature,
    threshold_for_coverage,
)
from mnist_helpers.recognition.inference.network import Network, Probabilities
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.synthesis.augment import Augmentation, augment

TARGET_COVERAGE = 0.976
"""Share of the drawings that get an answer, on the drawings with which the threshold is chosen."""
TEMPERATURE_IMAGES = 10_000
"""Number of distorted training images for fitting the temperature."""


def fit_temperature_on_mnist(network: Network, mnist: Mnist) -> float:
    """Fit the temperature of a network on distorted training images."""
    return fit_temperature(*_on_distorted_digits(network, mnist))


def calibrate_on_mnist(network: Network, mnist: Mnist) -> Calibration:
    """Fit the temperature and choose the threshold on distorted training images, for use without drawings.

    The threshold is at least the default: a network that was trained without distortions rejects many of the images.
    """
    uncalibrated, labels = _on_distorted_digits(network, mnist)
    temperature = fit_temperature(uncalibrated, labels)
    threshold = threshold_for_coverage(apply_temperature(uncalibrated, temperature), TARGET_COVERAGE)
    return Calibration(temperature=temperature, threshold=max(threshold, Calibration.threshold))


def _on_distorted_digits(network: Network, mnist: Mnist) -> tuple[Probabilities, npt.NDArray[np.uint8]]:
    """A network's outputs (n, 10) for distorted training digits, and their labels (n,)."""
    chosen = slice(-TEMPERATURE_IMAGES, None)
    digits = augment(mnist.train_images[chosen], Augmentation(), np.random.default_rng(0))[..., 0]
    return network(digits), mnist.train_labels[chosen]


def choose_threshold(path: Path, temperature: float, drawings: Sequence[LabelledDrawing]) -> float:
    """Choose the highest threshold at which `TARGET_COVERAGE` of the drawings of digits get an answer.

    `path` is the network's, for LiteRT. Raises `ValueError` for a drawing whose label is no digit.
    """
    digit_labels(drawings)
    recogniser = Recogniser(path, calibration=Calibration(temperature=temperature, threshold=0.0))
    probabilities = [recogniser.recognise(each.drawing).probabilities for each in drawings]
    return threshold_for_coverage(np.array(probabilities), TARGET_COVERAGE)
