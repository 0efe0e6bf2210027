"""Run a network in NumPy where there is no LiteRT: in a browser, and on Intel Macs.

Only the operations of this project's networks are implemented. Images are (n, height, width, channels).
"""

import struct
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.inference.litert_file import Array, Table, read_graph
from mnist_helpers.recognition.model_metadata import ModelError

_SAME_PADDING, _RELU = 0, 1
_ABSENT = -1  # in place of a tensor's number: there is no bias
_BATCH = 50  # a batch's patches, the largest array, take 12 MB


class NumpyNetwork:
    """Compute the ten outputs (n, 10) for digit images (n, 28, 28).

    Raises `ValueError` for a damaged file and `ModelError` for a network of other operations.
    """

    def __init__(self, content: bytes) -> None:
        self._graph = read_graph(content)
        if unknown := {operation.code for operation in self._graph.operations} - _OPERATIONS.keys():
            raise ModelError(
                f"The network has operations of LiteRT that NumPy cannot run here (numbers {sorted(unknown)}). "
                "Build it of the layers in training/model.py, or install LiteRT: `pip install ai-edge-litert`."
            )

    def __call__(self, digits: DigitImage) -> npt.NDArray[np.float32]:
        starts = range(0, len(digits), _BATCH)
        return np.concatenate(
            [np.zeros((0, 10), np.float32), *(self._run(digits[start : start + _BATCH]) for start in starts)]
        )

    def _run(self, digits: DigitImage) -> Array:
        return self.tensors(digits, [self._graph.output])[0]

    def tensors(self, digits: DigitImage, numbers: Sequence[int]) -> list[Array]:
        """The tensors with these numbers, each (n, ...), for digit images (n, 28, 28); later operations are not run."""
        tensors = self._graph.constants | {self._graph.input: digits[..., np.newaxis], _ABSENT: np.zeros(1, np.float32)}
        try:
            for each in self._graph.operations:
                if tensors.keys() >= set(numbers):
                    break
                tensors[each.output] = _OPERATIONS[each.code]([tensors[number] for number in each.inputs], each.options)
            return [tensors[number] for number in numbers]
        except (LookupError, TypeError, ArithmeticError, struct.error) as error:
            raise ValueError(f"operations that do not fit together ({error})") from None


def _convolution(inputs: Sequence[Array], options: Table) -> Array:
    image, filters, bias = inputs
    least = 0.0 if options.number(3, "<b") == _RELU else -np.inf
    image = _padded(image, filters.shape[1:3], options, 0.0)
    return convolved(image, filters, bias, least, _steps(options))


def convolved(image: Array, filters: Array, bias: Array, least: float, steps: tuple[int, int]) -> Array:
    """Convolve images (n, height, width, channels) with filters (count, rows, columns, channels); add a bias.

    Values below `least` are raised to it. In a browser, where NumPy uses no vector instructions, the static site
    replaces this function (site/convolution.py).
    """
    patches = np.concatenate(_shifted(image, filters.shape[1:3], steps), axis=-1)
    maps = patches.reshape(-1, filters[0].size) @ filters.reshape(len(filters), -1).T
    maps += bias
    return np.maximum(maps, least, out=maps).reshape(*patches.shape[:3], len(filters))


def _max_pooling(inputs: Sequence[Array], options: Table) -> Array:
    size = options.number(4), options.number(3)
    return reduce(np.maximum, _shifted(_padded(inputs[0], size, options, -np.inf), size, _steps(options)))


def _steps(options: Table) -> tuple[int, int]:
    """How far a window moves, down and to the right."""
    return options.number(2), options.number(1)


def _shifted(image: Array, size: tuple[int, int], steps: tuple[int, int]) -> list[Array]:
    """For each position in a window of `size`, row by row, the image of the pixels there in all windows."""
    (down, right), shape = steps, image.shape
    rows, columns = ((shape[axis + 1] - size[axis]) // steps[axis] + 1 for axis in (0, 1))
    return [
        image[:, y : y + rows * down : down, x : x + columns * right : right]
        for y in range(size[0])
        for x in range(size[1])
    ]


def _padded(image: Array, size: tuple[int, int], options: Table, beside: float) -> Array:
    """Pad images with the value `beside` for windows of `size`, unless the padding is "valid"."""
    if options.number(0, "<b") != _SAME_PADDING:
        return image
    count, height, width, channels = image.shape
    outside = [size[axis] - 1 - (image.shape[axis + 1] - 1) % step for axis, step in enumerate(_steps(options))]
    missing = [max(each, 0) for each in outside]
    top, left = missing[0] // 2, missing[1] // 2
    padded = np.full((count, height + missing[0], width + missing[1], channels), beside, np.float32)
    padded[:, top : top + height, left : left + width] = image
    return padded


def _fully_connected(inputs: Sequence[Array], options: Table) -> Array:
    values, weights, bias = inputs
    return _activated(values @ weights.T + bias, options.number(0, "<b"))


def _activated(values: Array, activation: int) -> Array:
    return np.maximum(values, 0, out=values) if activation == _RELU else values


def _softmax(inputs: Sequence[Array], options: Table) -> Array:
    weights = np.exp(inputs[0] - inputs[0].max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _strided_slice(inputs: Sequence[Array], options: Table) -> Array:
    """The slice from `begin` to `end`; bits of the masks say which bounds are ignored and which axes are removed."""
    values, *bounds = inputs
    begin_mask, end_mask, shrink_mask = (options.number(field) for field in (0, 1, 4))
    index: list[int | slice] = []
    for axis, (begin, end, step) in enumerate(np.transpose(bounds).tolist()):
        bit = 1 << axis
        index.append(
            begin if shrink_mask & bit
            else slice(None if begin_mask & bit else begin, None if end_mask & bit else end, step)
        )  # fmt: skip
    return np.asarray(values[tuple(index)])


_OPERATIONS: dict[int, Callable[[Sequence[Array], Table], Array]] = {
    0: lambda inputs, options: _activated(inputs[0] + inputs[1], options.number(0, "<b")),
    2: lambda inputs, options: np.concatenate(inputs, axis=options.number(0)),
    3: _convolution,
    9: _fully_connected,
    17: _max_pooling,
    18: lambda inputs, options: _activated(inputs[0] * inputs[1], options.number(0, "<b")),
    22: lambda inputs, options: inputs[0].reshape(inputs[1]),
    25: _softmax,
    40: lambda inputs, options: inputs[0].mean(axis=tuple(np.ravel(inputs[1])), keepdims=bool(options.number(0, "<b"))),
    45: _strided_slice,
    77: lambda inputs, options: np.array(inputs[0].shape, np.int32),
    83: lambda inputs, options: np.stack(inputs, axis=options.number(1)),
}
"""Operations by their codes in `BuiltinOperator` of the schema: add, concatenation, convolution, and so on."""
