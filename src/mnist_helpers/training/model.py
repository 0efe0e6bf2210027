"""The networks: small convolutional ones that a laptop trains in minutes.

Each of a network's members gives eleven logits: the ten digits and, last, "no digit at all". Members are small networks
side by side that learn on their own and whose probabilities are averaged: together they are right more often than alone
(Lakshminarayanan et al. 2017, "Simple and scalable predictive uncertainty estimation using deep ensembles").

Valid padding makes them cheap, normalised batches let them learn fast, and flattening keeps where a stroke lies (global
average pooling learned far slower).
"""

import keras
from keras import layers

DIGITS = 10
CLASSES = DIGITS + 1


def build_full() -> keras.Model:
    """The network of the full recipe: two members, one with kernels of 3 x 3 and one with larger ones at first.

    Returns logits (n, 2, 11) from digits (n, 28, 28, 1).
    """
    digits = keras.Input((28, 28, 1))
    small_kernels = [
        *_convolution(12, 3),
        *_convolution(24, 3, pooled=True),
        *_convolution(44, 3),
        *_convolution(44, 3, pooled=True),
        *_convolution(112, 3, padding="same"),
        *_convolution(112, 3),
    ]
    large_kernels = [
        *_convolution(24, 5, pooled=True),
        *_convolution(48, 5, pooled=True),
        *_convolution(128, 3, padding="same"),
        *_convolution(96, 3),
    ]
    members = [_member(digits, small_kernels), _member(digits, large_kernels)]
    return keras.Model(digits, layers.Concatenate(axis=1)(members), name="full")


def build_fast() -> keras.Model:
    """The network of the fast recipe, a ninth of the size and of one member: logits (n, 1, 11) from (n, 28, 28, 1)."""
    digits = keras.Input((28, 28, 1))
    only = [*_convolution(16, 4, strides=2), *_convolution(32, 3, pooled=True), *_convolution(96, 3)]
    return keras.Model(digits, _member(digits, only), name="fast")


def _member(digits: keras.KerasTensor, convolutions: list[keras.Layer]) -> keras.KerasTensor:
    """Logits (n, 1, 11) that these convolutions lead to."""
    tensor = digits
    for layer in (*convolutions, layers.Flatten(), layers.Dense(CLASSES), layers.Reshape((1, CLASSES))):
        tensor = layer(tensor)
    return tensor


def _convolution(
    filters: int, size: int, strides: int = 1, padding: str = "valid", pooled: bool = False
) -> list[keras.Layer]:
    """A convolution, batch normalisation (which makes a bias useless) and ReLU.

    Where the result is pooled, that comes first: a positive scale keeps the maximum, and a quarter is left to do.
    """
    return [
        layers.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False),
        *([layers.MaxPooling2D()] if pooled else []),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


def with_probabilities(network: keras.Model) -> keras.Model:
    """The model that is saved: the probabilities (n, 10) of the ten digits.

    They sum to one minus the probability of "no digit at all", so that the ten numbers say both which digit it is and
    whether it is one. Each is the mean of what the members say.
    """
    everything = layers.GlobalAveragePooling1D()(layers.Softmax()(network.outputs[0]))
    return keras.Model(network.inputs[0], everything[:, :DIGITS], name="digits")
