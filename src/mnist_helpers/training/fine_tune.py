"""Fine-tune a trained network on the handwriting of one person, from a few of their digits.

A network that is trained further on these alone forgets how others write ("catastrophic interference", McCloskey and
Cohen 1989). So each batch also holds images of the original training: MNIST's, synthetic digits and negatives.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.preprocessing.drawings_file import digit_labels, read_drawings
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.synthesis.augment import augment
from mnist_helpers.training.model import with_probabilities
from mnist_helpers.training.recipe import FULL
from mnist_helpers.training.run import epoch_data, soft_targets

Digits = tuple[np.ndarray, np.ndarray]
"""Images (n, 28, 28) uint8 and labels (n,)."""
Batch = tuple[np.ndarray, np.ndarray]
"""Images (n, 28, 28, 1) float32 and targets (n, 11)."""
LAST_EPOCH = FULL.epochs - 1


@dataclass(frozen=True, kw_only=True)
class FineTuning:
    """All settings of fine-tuning. They were chosen on the last 5,000 training images, held out for that purpose."""

    steps: int = 60
    own_digits: int = 32
    """Number of the person's digits in each batch, chosen at random and distorted anew."""
    others: int = 96
    """Number of images of the original training in each batch; an eighth are synthetic digits, an eighth negatives."""
    learning_rate: float = 5e-4
    """At the first step; it falls linearly to 0. A sixth of training's peak, since little has to change."""


def read_hand(path: Path | str) -> tuple[Digits, Digits]:
    """Split the digits of a drawings file: of each label the first, third and so on to train with, the rest to test.

    Raises `ValueError` for a label that is no digit, and if no digit was drawn twice.
    """
    drawings = read_drawings(path)
    labels = digit_labels(drawings)
    images = np.array([np.round(255 * rasterise(each.drawing)) for each in drawings], np.uint8)
    order = np.argsort(labels, kind="stable")
    earlier = np.concatenate([np.arange(count) for count in np.unique(labels, return_counts=True)[1]])
    learned, test = order[earlier % 2 == 0], order[earlier % 2 == 1]
    if not len(test):
        raise ValueError(
            f"{path} has no digit twice. Draw one twice or more: every second is learned, the others test."
        )
    return (images[learned], labels[learned]), (images[test], labels[test])


def fine_tune(
    model: keras.Model, digits: Digits, beside: Mnist | None, seed: int, settings: FineTuning | None = None
) -> keras.Model:
    """Fine-tune a copy of a model of `train` on a person's digits.

    With `beside=None` it is trained on these alone. Batch normalisation is left unchanged, since its statistics should
    not come from a few digits.
    """
    settings = settings or FineTuning()
    network = _logits_of(model)
    optimizer = keras.optimizers.Adam(
        keras.optimizers.schedules.PolynomialDecay(settings.learning_rate, settings.steps)
    )
    optimizer.build(network.trainable_variables)  # or TensorFlow builds the graph of a step twice

    @tf.function(autograph=False)  # there is no Python to be translated, and to look for it takes seconds
    def step(images: tf.Tensor, targets: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            logits = network(images, training=False)
            of_members = tf.broadcast_to(targets[:, tf.newaxis], tf.shape(logits))
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(of_members, logits))
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)

    batches = [_own_batches(*digits, settings, seed)]
    if beside:
        batches.append(_other_batches(beside, settings, seed))
    for parts in zip(*batches, strict=True):
        step(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    return with_probabilities(network)


def _own_batches(images: np.ndarray, labels: np.ndarray, settings: FineTuning, seed: int) -> Iterator[Batch]:
    rng = np.random.default_rng(seed)
    recipe = FULL.for_epoch(LAST_EPOCH)
    for _ in range(settings.steps):
        chosen = rng.integers(0, len(images), settings.own_digits)
        yield augment(images[chosen], recipe.augmentation, rng), soft_targets(labels[chosen], recipe.label_smoothing)


def _other_batches(mnist: Mnist, settings: FineTuning, seed: int) -> Iterator[Batch]:
    """Batches of images as in the last epoch of training, from a random part of MNIST."""
    count = settings.steps * settings.others
    made = count // 8
    recipe = replace(FULL, synthetic_digits=2 * made, negatives=2 * made)  # the last epochs have half as many
    chosen = np.random.default_rng(seed).permutation(len(mnist.train_images))[: count - 2 * made]
    images, targets = epoch_data(mnist.train_images[chosen], mnist.train_labels[chosen], recipe, seed, LAST_EPOCH)
    for start in range(0, count, settings.others):
        yield images[start : start + settings.others], targets[start : start + settings.others]


def _logits_of(model: keras.Model) -> keras.Model:
    """A copy of the network inside a model that returns probabilities."""
    softmax = next(layer for layer in model.layers if isinstance(layer, keras.layers.Softmax))
    inside = keras.Model(model.inputs[0], softmax.input)
    network = keras.models.clone_model(inside)
    network.set_weights(inside.get_weights())
    for layer in network.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return network
