"""Build the networks: small convolutional ones that a laptop trains in minutes.

A network is an ensemble: its members are small networks that are trained side by side and whose probabilities are
averaged, which is right more often than one alone (Lakshminarayanan et al. 2017, "Simple and scalable predictive
uncertainty estimation using deep ensembles"). Each gives eleven logits, the ten digits and the no-digit class.

Valid padding makes them cheap, batch normalisation lets them learn fast, and flattening keeps the positions of strokes
(with global average pooling they learned far more slowly).
"""

import keras
from keras import layers

from mnist_helpers.recognition.calibration import NO_DIGIT_CLASS

DIGITS = NO_DIGIT_CLASS
CLASSES = DIGITS + 1
"""The ten digits and the no-digit class."""


def build_full() -> keras.Model:
    """Build the network of the full recipe: two members, one with filters of 3 x 3, one beginning with 5 x 5.

    It maps digit images (n, 28, 28, 1) to logits (n, 2, 11).
    """
    digits = keras.Input((28, 28, 1))
    small_filters = [
        *_convolution(12, 3),
        *_convolution(24, 3, pooled=True),
        *_convolution(44, 3),
        *_convolution(44, 3, pooled=True),
        *_convolution(112, 3, padding="same"),
        *_convolution(112, 3),
    ]
    large_filters = [
        *_convolution(24, 5, pooled=True),
        *_convolution(48, 5, pooled=True),
        *_convolution(128, 3, padding="same"),
        *_convolution(96, 3),
    ]
    members = [_member(digits, small_filters), _member(digits, large_filters)]
    return keras.Model(digits, layers.Concatenate(axis=1)(members), name="full")


def build_fast() -> keras.Model:
    """Build the network of the fast recipe: one member, a ninth of the size of the full network.

    It maps digit images (n, 28, 28, 1) to logits (n, 1, 11).
    """
    digits = keras.Input((28, 28, 1))
    only = [*_convolution(16, 4, strides=2), *_convolution(32, 3, pooled=True), *_convolution(96, 3)]
    return keras.Model(digits, _member(digits, only), name="fast")


def build_keras_example() -> keras.Model:
    """Build the network of Keras's example "Simple MNIST convnet", for comparison.

    It maps digit images (n, 28, 28, 1) to the probabilities (n, 10) of the ten digits, and knows no other class.
    (F. Chollet 2015, https://keras.io/examples/vision/mnist_convnet)
    """
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(DIGITS, activation="softmax"),
        ],
        name="keras_example",
    )


def _member(digits: keras.KerasTensor, convolutions: list[keras.Layer]) -> keras.KerasTensor:
    """Apply convolutions and a dense layer; returns logits (n, 1, 11)."""
    tensor = digits
    for layer in (*convolutions, layers.Flatten(), layers.Dense(CLASSES), layers.Reshape((1, CLASSES))):
        tensor = layer(tensor)
    return tensor


def _convolution(
    filters: int, size: int, strides: int = 1, padding: str = "valid", pooled: bool = False
) -> list[keras.Layer]:
    """A block of convolution, batch normalisation (which makes a bias useless) and ReLU.

    If the block pools, it pools before batch normalisation and ReLU. With a positive scale the result is the same, and
    only a quarter of the values has to be processed.
    """
    return [
        layers.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False),
        *([layers.MaxPooling2D()] if pooled else []),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


def with_probabilities(network: keras.Model) -> keras.Model:
    """Build the model that is saved, from digit images (n, 28, 28, 1) to the probabilities (n, 10) of the ten digits.

    They are averaged over the members and sum to 1 minus the probability of the no-digit class.
    """
    everything = layers.GlobalAveragePooling1D()(layers.Softmax()(network.outputs[0]))
    return keras.Model(network.inputs[0], everything[:, :DIGITS], name="digits")
