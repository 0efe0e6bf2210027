"""Add a user's own network: find out its input and output, adapt, convert and calibrate it."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np
from keras.ops import convert_to_numpy

from mnist_helpers.mnist.data import Mnist, load_mnist
from mnist_helpers.recognition.inference.network import Network
from mnist_helpers.recognition.model_metadata import MODELS, ModelError, save_section
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.training.calibrate import calibrate_on_mnist
from mnist_helpers.training.export import largest_difference
from mnist_helpers.training.foreign import KerasNetwork, LiteRTNetwork, open_foreign
from mnist_helpers.training.interface import Interface, find_interface

TOLERANCE = 1e-3
"""Largest difference of a probability before and after conversion."""


def adopt(source: keras.Model | Path | str, network: Path, mnist: Mnist) -> Interface:
    """Adapt a Keras model, or the network in a file, and write it as the LiteRT file `network`; returns its interface.

    Beside that file it writes the JSON file with the calibration and, from a Keras model, the adapted model. Raises
    `ModelError` with the reason if the network cannot be used.
    """
    is_file = isinstance(source, str | Path)
    try:
        foreign = open_foreign(Path(source)) if is_file else KerasNetwork(source)
        found = find_interface(foreign, foreign.shape, foreign.outputs, mnist)
        foreign.write(found, network)
        _check_is_the_same(foreign, found, network, mnist)
    except ModelError as error:
        raise ModelError(f"{source if is_file else 'The model'} cannot be used. {error}") from None
    name = Path(source).name if is_file else "a Keras model in memory"
    save_section(network, "adopted", {"from": name, "found": str(found), "no_digit_class": found.has_no_digit_class})
    calibration = asdict(calibrate_on_mnist(Network(network), mnist))
    save_section(network, "calibration", calibration | {"threshold_chosen_on": ["distorted training images of MNIST"]})
    return found


def recogniser_of(source: keras.Model | Path | str) -> Recogniser:
    """A recogniser with a Keras model, or the network in a file; no file is kept. Raises `ModelError`."""
    with tempfile.TemporaryDirectory() as folder:
        network = Path(folder, "adopted.tflite")
        adopt(source, network, load_mnist())
        return Recogniser(network)


@contextmanager
def new_network(name: str, *, replace: bool = False) -> Iterator[Path]:
    """The path of a new network's LiteRT file in a temporary folder, whose files move to `models/` without an error.

    Raises `ValueError` for an invalid name and, unless `replace`, for one that is taken.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise ValueError(f"{name!r} is no name for a network. Give --name a name of letters, digits, - and _.")
    if not replace and (taken := sorted(path.name for path in MODELS.glob(f"{name}.*"))):
        raise ValueError(f"{MODELS / taken[0]} exists already. Remove it, or give another --name.")
    with tempfile.TemporaryDirectory(dir=MODELS, prefix=".") as folder:
        network = Path(folder, f"{name}.tflite")
        yield network
        others = [path for path in network.parent.iterdir() if path != network]
        for path in (*others, network):  # the network is complete once this one is there
            path.replace(MODELS / path.name)


def _check_is_the_same(foreign: KerasNetwork | LiteRTNetwork, found: Interface, network: Path, mnist: Mnist) -> None:
    digits = (mnist.train_images[:100] / 255).astype(np.float32)
    given = foreign(convert_to_numpy(found.inputs_of(digits[..., np.newaxis])))
    difference = largest_difference(Network(network)(digits), convert_to_numpy(found.probabilities_of(given)))
    if not difference <= TOLERANCE:
        raise ModelError(f"Converted to LiteRT, its probabilities differ by {difference:.1e}. Use float32 layers.")
