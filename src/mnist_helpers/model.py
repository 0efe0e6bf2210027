"""The networks: small convolutional ones that a laptop trains in minutes.

Both give eleven logits: the ten digits and, last, "no digit at all". Valid padding makes them cheap, normalised batches
let them learn fast, and flattening keeps where a stroke lies (global average pooling learned far slower).
"""

import keras
from keras import layers

DIGITS = 10
STRANGER = 10
CLASSES = 11


def build_full() -> keras.Model:
    """The network of the full recipe: logits (n, 11) from digits (n, 28, 28, 1)."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *_convolution(16, 3),
            *_convolution(32, 3, pooled=True),
            *_convolution(64, 3),
            *_convolution(64, 3, pooled=True),
            *_convolution(160, 3, padding="same"),
            *_convolution(160, 3),
            layers.Flatten(),
            layers.Dense(CLASSES),
        ],
        name="full",
    )


def build_fast() -> keras.Model:
    """The network of the fast recipe, a ninth of the size: logits (n, 11) from digits (n, 28, 28, 1)."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *_convolution(16, 4, strides=2),
            *_convolution(32, 3, pooled=True),
            *_convolution(96, 3),
            layers.Flatten(),
            layers.Dense(CLASSES),
        ],
        name="fast",
    )


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
    whether it is one.
    """
    everything = layers.Softmax()(network.outputs[0])
    return keras.Model(network.inputs[0], everything[:, :DIGITS], name="digits")
