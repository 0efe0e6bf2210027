"""Measure the seconds to 99 % on MNIST's test digits: the fast recipe and Keras's own example, in one run.

    python -m benchmarks.training        # some minutes; saves results/training.json

Keras's example is "Simple MNIST convnet" (keras.io/examples/vision/mnist_convnet): its network, its settings, its
validation. The test digits are looked at after each of its epochs, and the time for that does not count.
"""

import argparse
import json
import os
import time
from dataclasses import replace
from typing import Any

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # TensorFlow leaves it off on processors without AVX-512

import keras
import numpy as np
from keras import layers

from benchmarks.install import RESULTS
from mnist_helpers.mnist.data import Mnist, load_mnist
from mnist_helpers.training.recipe import FAST
from mnist_helpers.training.run import train

WANTED, BAR = 0.99, 0.1
EPOCHS, BATCH, HELD_OUT = 15, 128, 0.1
"""Of Keras's example."""


def example() -> keras.Model:
    """The network of Keras's example, compiled as it is there but for one-hot labels."""
    model = keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax"),
    ])  # fmt: skip
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def accuracy(model: keras.Model, mnist: Mnist) -> float:
    """Share of the test digits that a model gets right."""
    digits = mnist.test_images[..., np.newaxis] / np.float32(255)
    return float((model.predict(digits, batch_size=500, verbose=0).argmax(1) == mnist.test_labels).mean())


def measure_fast(mnist: Mnist, seed: int) -> dict[str, Any]:
    """The fast recipe, from the call to the trained model."""
    started = time.perf_counter()
    model, epochs = train(mnist, FAST, seed, progress=False)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "epochs": len(epochs), "accuracy": accuracy(model, mnist)}


def measure_example(mnist: Mnist, seed: int) -> dict[str, Any]:
    """Keras's example until it is as right as wanted, or its epochs end."""
    keras.utils.set_random_seed(seed)
    seconds, right, epochs = 0.0, 0.0, 0
    started = time.perf_counter()
    model = example()
    digits = mnist.train_images[..., np.newaxis] / np.float32(255)
    while right < WANTED and epochs < EPOCHS:
        model.fit(digits, mnist.train_labels, batch_size=BATCH, epochs=1, validation_split=HELD_OUT, verbose=0)
        seconds, epochs = seconds + time.perf_counter() - started, epochs + 1
        right = accuracy(model, mnist)
        started = time.perf_counter()
    return {"seconds": seconds, "epochs": epochs, "accuracy": right}


def main() -> None:
    """Train both, save what they took, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--digits", type=int, help="so many of the training digits, to try the command out")
    asked = parser.parse_args()
    mnist = load_mnist()
    some = slice(asked.digits)
    mnist = replace(mnist, train_images=mnist.train_images[some], train_labels=mnist.train_labels[some])
    found: dict[str, Any] = {"fast": measure_fast(mnist, asked.seed), "example": measure_example(mnist, asked.seed)}
    reached = all(each["accuracy"] >= WANTED for each in found.values())
    found |= {"wanted": WANTED, "seed": asked.seed, "ratio": found["fast"]["seconds"] / found["example"]["seconds"]}
    print(json.dumps(found, indent=2))
    if asked.digits is None:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "training.json").write_text(json.dumps(found, indent=2) + "\n")
    print(f"ratio {found['ratio']:.3f} (at most {BAR}); both {'reached' if reached else 'did NOT reach'} {WANTED:.0%}")


if __name__ == "__main__":
    main()
