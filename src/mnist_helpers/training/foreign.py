"""Open networks that others have made: Keras models and LiteRT files. Python code in them is not run.

`shape` is that of one input image, `outputs` the number of outputs. A call runs the network on a batch; `write` saves
it adapted, from digit images (n, 28, 28, 1) to the probabilities (n, 10) of the digits.
"""

import re
import tempfile
import zipfile
from pathlib import Path

import keras
import numpy as np
from keras.ops import convert_to_numpy

from mnist_helpers.preprocessing.raster import SIZE
from mnist_helpers.recognition.inference.network import silence_stderr
from mnist_helpers.recognition.model_metadata import ModelError
from mnist_helpers.training.export import to_litert
from mnist_helpers.training.interface import Interface, Outputs
from mnist_helpers.training.litert_chain import chained

MAX_BYTES = 100_000_000
"""Largest file that is accepted, since each visitor's kernel holds the network in memory."""
_BATCH = 500


class KerasNetwork:
    """A Keras model, such as one in a notebook. Raises `ModelError` unless it has one input and one output."""

    def __init__(self, model: keras.Model) -> None:
        inputs, outputs = getattr(model, "inputs", None) or [], getattr(model, "outputs", None) or []
        if len(inputs) != 1 or len(outputs) != 1 or len(outputs[0].shape) != 2:
            raise ModelError(
                f"It has {len(inputs)} known inputs and {len(outputs)} outputs; one image and one row of numbers are "
                "wanted. Begin it with keras.Input."
            )
        if not all(np.isfinite(weight).all() for weight in model.get_weights()):
            raise ModelError("It has weights that are not finite (NaN). Train it again, with a lower learning rate.")
        self._model = model
        self.shape = tuple(inputs[0].shape[1:])
        self.outputs = outputs[0].shape[1]

    def __call__(self, inputs: Outputs) -> Outputs:
        batches = [inputs[start : start + _BATCH] for start in range(0, len(inputs), _BATCH)]
        return np.concatenate([convert_to_numpy(self._model(batch, training=False)) for batch in batches])

    def write(self, interface: Interface, path: Path) -> None:
        """Write the adapted network as a LiteRT file, and as a Keras model beside it."""
        digits = keras.Input((SIZE, SIZE, 1))
        adapted = keras.Model(digits, interface.probabilities_of(self._model(interface.inputs_of(digits))))
        adapted.save(path.with_suffix(".keras"))
        to_litert(adapted, path)


class LiteRTNetwork:
    """A LiteRT file. Raises `ModelError` if it is damaged or takes one image at a time only."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter  # not on every system

        self._content = content
        try:
            with silence_stderr():
                self._interpreter = Interpreter(model_content=content)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"LiteRT cannot open it: {_first_line(error)}.") from None
        inputs, outputs = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        if len(inputs) != 1 or len(outputs) != 1 or len(outputs[0]["shape"]) != 2:
            raise ModelError(
                f"It has {len(inputs)} inputs and {len(outputs)} outputs; one image and one row of numbers are wanted."
            )
        kinds = {np.dtype(each["dtype"]).name for each in (inputs[0], outputs[0])}
        if kinds != {"float32"}:
            raise ModelError(f"It takes and gives {' and '.join(sorted(kinds))}. Convert it with float32 at both ends.")
        self._input, self._output = inputs[0]["index"], outputs[0]["index"]
        self.shape = tuple(map(int, inputs[0]["shape"][1:]))
        self.outputs = int(outputs[0]["shape"][1])

    def __call__(self, inputs: Outputs) -> Outputs:
        try:
            self._interpreter.resize_tensor_input(self._input, inputs.shape)
            self._interpreter.allocate_tensors()
            self._interpreter.set_tensor(self._input, inputs)
            self._interpreter.invoke()
            outputs = self._interpreter.get_tensor(self._output)
        except (ValueError, RuntimeError):
            outputs = np.empty((0, self.outputs), np.float32)
        if len(outputs) != len(inputs):
            raise ModelError("It takes one image at a time only. Convert it without a fixed number of images.")
        return outputs

    def write(self, interface: Interface, path: Path) -> None:
        """Write the adapted network as a LiteRT file."""
        before = _litert(interface.inputs_of, (SIZE, SIZE, 1))
        after = _litert(interface.probabilities_of, (self.outputs,))
        path.write_bytes(chained(*before, self._content, *after))


def open_foreign(path: Path) -> KerasNetwork | LiteRTNetwork:
    """Open a `.keras`, `.h5` or `.tflite` file. Raises `ModelError` with the reason where it cannot be used."""
    if path.suffix.lower() not in (".keras", ".h5", ".hdf5", ".tflite"):
        raise ModelError("A network is wanted in a file that ends with .keras, .h5 or .tflite.")
    if not path.is_file():
        raise ModelError("There is no such file. Give the path of a Keras model or a .tflite file.")
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        size = max(size, sum(entry.file_size for entry in zipfile.ZipFile(path).infolist()))
    if size > MAX_BYTES:
        raise ModelError(
            f"It has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:.0f} can be served. Train a smaller one."
        )
    if path.suffix.lower() == ".tflite":
        return LiteRTNetwork(path.read_bytes())
    try:
        return KerasNetwork(keras.models.load_model(path, compile=False, safe_mode=True))
    except ModelError:
        raise
    except Exception as error:  # whatever an untrusted file leads to
        raise ModelError(_reason(error)) from None


def _reason(error: Exception) -> str:
    """Why Keras could not load a file, in a sentence."""
    text = str(error)
    if "safe_mode" in text:
        return "It holds Python code (a Lambda layer, for example), which is not run. Save it without such layers."
    if custom := re.search(r"(?:Unknown layer:|Could not locate class|Could not locate function) '(\w+)'", text):
        return f"It needs {custom[1]}, which is not a part of Keras. Build it of Keras's own layers."
    return f"Keras cannot load it: {_first_line(error)}."


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")[:200]


def _litert(adapt, shape: tuple[int, ...]) -> list[bytes]:
    """Convert a function of tensors to LiteRT, for inputs of a shape; an empty list if it returns its input."""
    inputs = keras.Input(shape)
    outputs = adapt(inputs)
    if outputs is inputs:
        return []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "part.tflite")
        to_litert(keras.Model(inputs, outputs), path)
        return [path.read_bytes()]
