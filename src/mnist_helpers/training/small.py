"""Train the two small networks that the page offers for comparison with the full one.

One is trained with the fast recipe. The other is the network of Keras's example for MNIST, trained on the images as
they are and without negatives, for 8 epochs instead of the example's 15.
"""

import time
from collections.abc import Callable
from importlib.metadata import version

import keras
import numpy as np

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.recognition.model_metadata import save_section
from mnist_helpers.training.adopt import adopt, new_network
from mnist_helpers.training.model import build_keras_example
from mnist_helpers.training.recipe import FAST
from mnist_helpers.training.run import train

SEED = 1
EXAMPLE_EPOCHS, EXAMPLE_BATCH = 8, 128


def train_fast(mnist: Mnist) -> keras.Model:
    """Train with the fast recipe."""
    return train(mnist, FAST, SEED, progress=False)[0]


def train_keras_example(mnist: Mnist) -> keras.Model:
    """Train the network of Keras's example."""
    keras.utils.set_random_seed(SEED)
    model = build_keras_example()
    model.compile("adam", "sparse_categorical_crossentropy")
    digits = mnist.train_images[..., np.newaxis] / np.float32(255)
    model.fit(digits, mnist.train_labels, batch_size=EXAMPLE_BATCH, epochs=EXAMPLE_EPOCHS, verbose=0)
    return model


SMALL: dict[str, tuple[Callable[[Mnist], keras.Model], dict]] = {
    "fast": (train_fast, {"what": "the fast recipe's network", "epochs": FAST.epochs}),
    "keras_example": (
        train_keras_example,
        {
            "what": "the network of Keras's example for MNIST, trained on the images as they are",
            "epochs": EXAMPLE_EPOCHS,
        },
    ),
}
"""By its name in `models/`: the function that trains each, and the entries of its JSON file."""


def train_small(name: str, mnist: Mnist) -> None:
    """Train one of `SMALL` and write it to `models/` as `mnist-helpers add` does, replacing an earlier one."""
    train_one, facts = SMALL[name]
    started, cpu_started = time.perf_counter(), time.process_time()
    model = train_one(mnist)
    minutes, cpu_minutes = (time.perf_counter() - started) / 60, (time.process_time() - cpu_started) / 60
    took = {"minutes": round(minutes, 2), "cpu_minutes": round(cpu_minutes, 2)}
    versions = {"keras": keras.__version__, "tensorflow": version("tensorflow")}
    with new_network(name, replace=True) as network:
        adopt(model, network, mnist)
        network.with_suffix(".keras").unlink()  # the page needs the LiteRT file only
        parameters = {"parameters": model.count_params()}
        save_section(network, "training", facts | {"seed": SEED} | parameters | took | versions)
