"""Teach a trained network the hand of one person, from a few of their digits."""

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.synthesis.augment import Augmentation, augment
from mnist_helpers.training.model import with_probabilities
from mnist_helpers.training.run import soft_targets


@dataclass(frozen=True, kw_only=True)
class FineTuning:
    """All settings of a fine-tuning. The learning rate is a tenth of training's and falls to 0: little is to change."""

    own_share: float = 0.25
    """Share of the person's digits in each batch; the rest is MNIST's."""
    steps: int = 100
    batch_size: int = 128
    learning_rate: float = 5e-4
    label_smoothing: float = 0.05


def fine_tune(
    model: keras.Model, digits: np.ndarray, labels: np.ndarray, mnist: Mnist, settings: FineTuning, seed: int
) -> keras.Model:
    """A copy of a model of `train` that has learned digits (n, 28, 28) uint8 with labels (n,).

    Batch normalisation stays as it is: a few digits of one hand say little about all.
    """
    network = _logits_of(model)
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    rng = np.random.default_rng(seed)

    @tf.function
    def step(images: tf.Tensor, targets: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            logits = network(images, training=False)
            of_members = tf.broadcast_to(targets[:, tf.newaxis], tf.shape(logits))
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(of_members, logits))
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)

    own = round(settings.own_share * settings.batch_size)
    for number in range(settings.steps):
        optimizer.learning_rate.assign(settings.learning_rate * (1 - number / settings.steps))
        mine = rng.integers(0, len(digits), own)
        others = rng.integers(0, len(mnist.train_images), settings.batch_size - own)
        images = np.concatenate([digits[mine], mnist.train_images[others]])
        classes = np.concatenate([labels[mine], mnist.train_labels[others]])
        step(augment(images, Augmentation(), rng), soft_targets(classes, settings.label_smoothing))
    return with_probabilities(network)


def _logits_of(model: keras.Model) -> keras.Model:
    """A copy of the network inside a model that returns probabilities."""
    softmax = next(layer for layer in model.layers if isinstance(layer, keras.layers.Softmax))
    inside = keras.Model(model.inputs[0], softmax.input)
    network = keras.models.clone_model(inside)
    network.set_weights(inside.get_weights())
    for layer in network.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    return network
