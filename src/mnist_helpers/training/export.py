"""Other forms of the trained model, for places without TensorFlow: LiteRT for the page, TensorFlow.js for a browser.

TensorFlow.js is converted to and run by tools that `make export` puts into places of their own: the converter wants
other versions than the training does.
"""

import logging
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np

from mnist_helpers import PROJECT
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.network import Network, Probabilities, silence_stderr

CONVERTER = PROJECT / ".venv-export" / "bin" / "tensorflowjs_converter"
NODE_MODULES = PROJECT / "build" / "export" / "node_modules"
CLASSIFY = PROJECT / "export" / "classify.mjs"
TFJS = PROJECT / "build" / "tfjs"
TOLERANCE = 1e-5
"""Largest difference of a probability between Keras and another form that is put down to the order of additions."""


class ExportError(RuntimeError):
    """The model could not be converted or run; the message says what to do."""


def to_litert(model: keras.Model, path: Path | str) -> None:
    """Write the LiteRT form that the page runs.

    `TFLiteConverter.from_concrete_functions` would, for a Keras 3 model, silently write a file without weights.
    """
    with _quiet_tensorflow():
        model.export(str(path), format="litert", verbose=False)


def can_run_tfjs() -> bool:
    """Whether `make export` has put the converter and TensorFlow.js where they are looked for."""
    return CONVERTER.exists() and NODE_MODULES.exists()


def to_tfjs(model: keras.Model, folder: Path = TFJS) -> None:
    """Write the TensorFlow.js form, `model.json` and its weights, by way of a SavedModel."""
    with tempfile.TemporaryDirectory() as saved:
        with _quiet_tensorflow():
            model.export(saved, verbose=False)
        formats = ["--input_format=tf_saved_model", "--output_format=tfjs_graph_model"]
        _run([CONVERTER, *formats, saved, folder], cwd=PROJECT)


def keras_probabilities(model: keras.Model, digits: DigitImage) -> Probabilities:
    """The ten outputs (n, 10) for digits (n, 28, 28) float32, by Keras."""
    return model.predict(digits[..., np.newaxis], batch_size=500, verbose=0)


def litert_probabilities(path: Path, digits: DigitImage) -> Probabilities:
    """The same by LiteRT."""
    return Network(path)(digits)


def tfjs_probabilities(digits: DigitImage, folder: Path = TFJS) -> Probabilities:
    """The same by TensorFlow.js in Node."""
    with tempfile.TemporaryDirectory() as scratch:
        source, result = Path(scratch, "digits"), Path(scratch, "probabilities")
        digits.astype("<f4").tofile(source)
        _run(["node", CLASSIFY, folder, source, result], cwd=NODE_MODULES.parent)
        return np.fromfile(result, "<f4").reshape(-1, 10)


def convert_and_compare(network: Path, digits: DigitImage) -> dict[str, float]:
    """Convert the Keras model beside a LiteRT network to TensorFlow.js; the largest difference of each from Keras.

    Raises `ExportError` if one is more than the tolerance.
    """
    model = keras.models.load_model(network.with_suffix(".keras"))
    to_tfjs(model)
    wanted = keras_probabilities(model, digits)
    found = {"litert": litert_probabilities(network, digits), "tfjs": tfjs_probabilities(digits)}
    differences = {name: largest_difference(wanted, probabilities) for name, probabilities in found.items()}
    for name, difference in differences.items():
        if not difference <= TOLERANCE:
            raise ExportError(f"{name} differs from Keras by {difference:.1e}, more than {TOLERANCE:g}. Train again.")
    return differences


def largest_difference(one: Probabilities, other: Probabilities) -> float:
    """Between any probability of one and of the other."""
    return float(np.abs(one - other).max())


@contextmanager
def _quiet_tensorflow() -> Iterator[None]:
    """Without TensorFlow's account of every step of an export."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with silence_stderr():
            yield
    finally:
        logger.setLevel(level)


def _run(command: list[str | Path], *, cwd: Path) -> None:
    try:
        subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise ExportError(f"{error.filename} is missing. Run `make export`, which installs it.") from None
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip() or "no message").splitlines()[-1]
        raise ExportError(f"{Path(command[0]).name} failed: {last}. Run `make export` for its tools.") from None
