"""Calibrate a trained network: choose the temperature on MNIST and the threshold on drawings.

The temperature is fitted on training images, strongly distorted, because the network has seen all 60,000 of them and is
right on nearly every one as it is. On unseen drawings this gives better calibration than a temperature fitted on a few
thousand drawings, because there a handful of confident errors dominates the fit. The threshold is chosen on drawings,
since they are what the page meets. MNIST's test digits are used for neither.
"""

from collections.abc import Sequence

import numpy as np

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, digit_labels
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.calibration import apply_temperature, fit_temperature, threshold_for_coverage
from mnist_helpers.recognition.network import Network
from mnist_helpers.synthesis.augment import Augmentation, augment

TARGET_COVERAGE = 0.9755
"""Share of drawings whose best digit reaches the threshold; a few get no answer for another reason (too little ink)."""
TEMPERATURE_IMAGES = 10_000
"""Number of distorted training images for fitting the temperature."""


def fit_temperature_on_mnist(network: Network, mnist: Mnist) -> float:
    """Fit the temperature of a network on the last training images, distorted."""
    chosen = slice(-TEMPERATURE_IMAGES, None)
    digits = augment(mnist.train_images[chosen], Augmentation(), np.random.default_rng(0))[..., 0]
    return fit_temperature(network(digits), mnist.train_labels[chosen])


def choose_threshold(network: Network, temperature: float, drawings: Sequence[LabelledDrawing]) -> float:
    """Choose the highest threshold that `TARGET_COVERAGE` of the drawings of digits reach.

    Raises `ValueError` for a drawing whose label is no digit.
    """
    digit_labels(drawings)
    uncalibrated = network(np.stack([rasterise(each.drawing) for each in drawings]))
    return threshold_for_coverage(apply_temperature(uncalibrated, temperature), TARGET_COVERAGE)
