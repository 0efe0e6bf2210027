"""Run the trained network: in LiteRT, or in NumPy where there is no LiteRT.

Keras is not used here, because it would load TensorFlow for each visitor, 600 MB and several seconds. LiteRT takes
40 MB and answers in a fraction of a millisecond. NumPy runs the same file in a millisecond, in a browser in four.
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.model_metadata import ModelError, read_network, remedy

if TYPE_CHECKING:  # loaded where they are used
    from mnist_helpers.recognition.inference.litert_file import Array
    from mnist_helpers.recognition.inference.numpy_network import NumpyNetwork

Probabilities = npt.NDArray[np.float32]


class Network:
    """Compute the ten outputs (n, 10) for digit images (n, 28, 28), on one thread.

    Not to be called by two threads at once. Raises `ModelError` for a file that is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.content = read_network(path)
        try:
            self._outputs_of = open_backend(self.content)
            wrong = self._outputs_of(np.zeros((1, SIZE, SIZE), np.float32)).shape != (1, 10)
        except ModelError:
            raise
        except (ValueError, RuntimeError):
            wrong = True
        if wrong:
            raise ModelError(f"The network at {path} is damaged. {remedy(path)}") from None

    def __call__(self, digits: DigitImage) -> Probabilities:
        return self._outputs_of(digits)


def open_backend(content: bytes, *, keep_all: bool = False) -> "_LiteRt | NumpyNetwork":
    """Open a LiteRT file with LiteRT where it is installed, with NumPy otherwise.

    `tensors` of the result gives inner tensors, in LiteRT only with `keep_all`. Raises `ValueError` or `RuntimeError`
    for a damaged file.
    """
    if find_spec("ai_edge_litert"):
        return _LiteRt(content, keep_all=keep_all)
    from mnist_helpers.recognition.inference.numpy_network import NumpyNetwork  # not needed beside LiteRT

    return NumpyNetwork(content)


class _LiteRt:
    """A network in LiteRT, run image by image, which is as fast as all images at once.

    Without `keep_all` inner tensors share memory and are overwritten.
    """

    def __init__(self, content: bytes, *, keep_all: bool = False) -> None:
        _check_runtime()
        from ai_edge_litert.interpreter import Interpreter

        with (
            silence_stderr(),
            warnings.catch_warnings(action="ignore"),
        ):  # LiteRT warns that `keep_all` is for debugging
            self._interpreter = Interpreter(
                model_content=content, num_threads=1, experimental_preserve_all_tensors=keep_all
            )
            self._input = self._interpreter.get_input_details()[0]["index"]
            self._output = self._interpreter.get_output_details()[0]["index"]
            self._interpreter.resize_tensor_input(self._input, (1, SIZE, SIZE, 1))
            self._interpreter.allocate_tensors()

    def __call__(self, digits: DigitImage) -> Probabilities:
        outputs = [np.zeros((0, 10), np.float32), *(self._output_of(digit) for digit in digits)]
        return np.concatenate(outputs)

    def _output_of(self, digit: DigitImage) -> Probabilities:
        self._interpreter.set_tensor(self._input, digit[np.newaxis, ..., np.newaxis])
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._output)

    def tensors(self, digits: DigitImage, numbers: Sequence[int]) -> list["Array"]:
        """The tensors with these numbers, image by image."""
        found = []
        for digit in digits:
            self._output_of(digit)
            found.append([self._interpreter.get_tensor(number) for number in numbers])
        return [np.concatenate(each) for each in zip(*found, strict=True)]


def _check_runtime() -> None:
    try:
        import ai_edge_litert.interpreter  # noqa: F401
    except ImportError as error:
        raise ModelError(
            "LiteRT, which runs the network, is installed and cannot be imported. Install it again, or uninstall "
            f"ai-edge-litert: NumPy runs the network then ({error})."
        ) from None


@contextmanager
def silence_stderr() -> Iterator[None]:
    """Discard what the process writes to stderr: compiled libraries log there at any log level.

    Exceptions are raised as usual.
    """
    stderr, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)
