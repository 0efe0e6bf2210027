"""Convert the trained model to formats that need no TensorFlow: LiteRT for the page, TensorFlow.js for browsers.

`make export` installs TensorFlow.js and its converter in their own environments, because the converter needs other
versions of its libraries than training does.
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
from mnist_helpers.recognition.inference.network import Network, Probabilities, silence_stderr

CONVERTER = PROJECT / ".venv-export" / "bin" / "tensorflowjs_converter"
NODE_MODULES = PROJECT / "build" / "export" / "node_modules"
CLASSIFY = PROJECT / "export" / "classify.mjs"
TFJS = PROJECT / "build" / "tfjs"
TOLERANCE = 1e-5
"""Largest difference of a probability from Keras that is accepted as rounding."""


class ExportError(RuntimeError):
    """The model could not be converted or run; the message says what to do."""


def to_litert(model: keras.Model, path: Path | str) -> None:
    """Convert to LiteRT, the format that the page runs, and write the file.

    `TFLiteConverter.from_concrete_functions` is not used: for a Keras 3 model it silently writes no weights.
    """
    with _quiet_tensorflow():
        model.export(str(path), format="litert", verbose=False)


def can_run_tfjs() -> bool:
    """Whether `make export` has installed the converter and TensorFlow.js."""
    return CONVERTER.exists() and NODE_MODULES.exists()


def to_tfjs(model: keras.Model, folder: Path = TFJS) -> None:
    """Convert to TensorFlow.js through a SavedModel; writes `model.json` and its weights to `folder`."""
    with tempfile.TemporaryDirectory() as saved:
        with _quiet_tensorflow():
            model.export(saved, verbose=False)
        formats = ["--input_format=tf_saved_model", "--output_format=tfjs_graph_model"]
        _run([CONVERTER, *formats, saved, folder], cwd=PROJECT)


def keras_probabilities(model: keras.Model, digits: DigitImage) -> Probabilities:
    """Compute the ten outputs (n, 10) for digit images (n, 28, 28) float32 in Keras."""
    return model.predict(digits[..., np.newaxis], batch_size=500, verbose=0)


def litert_probabilities(path: Path, digits: DigitImage) -> Probabilities:
    """Compute the same in LiteRT."""
    return Network(path)(digits)


def tfjs_probabilities(digits: DigitImage, folder: Path = TFJS) -> Probabilities:
    """Compute the same in TensorFlow.js on Node."""
    with tempfile.TemporaryDirectory() as scratch:
        source, result = Path(scratch, "digits"), Path(scratch, "probabilities")
        digits.astype("<f4").tofile(source)
        _run(["node", CLASSIFY, folder, source, result], cwd=NODE_MODULES.parent)
        return np.fromfile(result, "<f4").reshape(-1, 10)


def convert_and_compare(network: Path, digits: DigitImage) -> dict[str, float]:
    """Convert the Keras model beside a LiteRT network to TensorFlow.js and compare all three on digit images.

    Returns the largest difference of a probability from Keras, by format. Raises `ExportError` if one is more than
    `TOLERANCE`.
    """
    source = network.with_suffix(".keras")
    if not source.exists():
        raise ExportError(f"There is no Keras model {source}. Choose a network with one, or train it again.")
    model = keras.models.load_model(source)
    to_tfjs(model)
    wanted = keras_probabilities(model, digits)
    found = {"litert": litert_probabilities(network, digits), "tfjs": tfjs_probabilities(digits)}
    differences = {name: largest_difference(wanted, probabilities) for name, probabilities in found.items()}
    for name, difference in differences.items():
        if not difference <= TOLERANCE:
            raise ExportError(f"{name} differs from Keras by {difference:.1e}, more than {TOLERANCE:g}. Train again.")
    return differences


def largest_difference(one: Probabilities, other: Probabilities) -> float:
    """The largest absolute difference of two arrays of the same shape."""
    return float(np.abs(one - other).max())


@contextmanager
def _quiet_tensorflow() -> Iterator[None]:
    """Silence TensorFlow's messages about each step of an export."""
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
