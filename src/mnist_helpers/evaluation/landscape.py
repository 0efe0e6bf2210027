"""Fit a landscape: project the inputs of a network's last layer, for MNIST's digits, to two dimensions.

The projection separates the ten digits best, compared with the spread of each: linear discriminant analysis, in which
each pair of digits counts alike (Loog et al. 2001, "Multiclass linear dimension
reduction by weighted pairwise Fisher criteria"). Without that weight, pairs which are far apart anyway would dominate.
"""

from itertools import combinations

import numpy as np

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.recognition.inference.landscape import Landscape
from mnist_helpers.recognition.inference.layers import Inside
from mnist_helpers.recognition.inference.litert_file import Array

FITTED, SHOWN = 12_000, 50
"""Number of training images for the fit, and of points of each digit that are kept to be shown."""
MARGIN = 4.0
_RIDGE = 0.01  # of the mean variance, so that features which hardly vary decide nothing


def fit_landscape(network: bytes, mnist: Mnist) -> Landscape:
    """Fit the landscape of the network in a LiteRT file to the first of MNIST's training images."""
    labels = mnist.train_labels[:FITTED].astype(int)
    features = Inside(network).features((mnist.train_images[:FITTED] / np.float32(255)).astype(np.float32))
    projection = _discriminants(features.astype(np.float64), labels)
    shown = np.concatenate([np.flatnonzero(labels == digit)[:SHOWN] for digit in range(10)])
    points = features[shown] @ projection
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (100 - 2 * MARGIN) / (high - low)
    return Landscape(
        projection=projection * scale,
        origin=MARGIN - low * scale,
        points=(points - low) * scale + MARGIN,
        labels=labels[shown],
    )


def _discriminants(features: Array, labels: Array) -> Array:
    """The two directions (count, 2) in which the ten digits are furthest apart."""
    means = np.stack([features[labels == digit].mean(axis=0) for digit in range(10)])
    within = np.cov((features - means[labels]).T)
    variances, axes = np.linalg.eigh(within + _RIDGE * np.trace(within) / len(within) * np.eye(len(within)))
    whitened = axes / np.sqrt(variances)
    apart = [(first - second) @ whitened for first, second in combinations(means, 2)]
    between = sum(np.outer(each, each) / (each @ each) for each in apart)
    return whitened @ np.linalg.eigh(between)[1][:, :-3:-1]
