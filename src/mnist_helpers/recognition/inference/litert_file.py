"""Read the graph of a LiteRT file: its operations in order, and its constants, such as weights.

The file is a flatbuffer (https://flatbuffers.dev/internals): tables whose fields are found through offsets. The numbers
of the fields are those of TensorFlow's `tensorflow/compiler/mlir/lite/schema/schema.fbs`, counted from 0.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_TYPES: dict[int, type] = {0: np.float32, 2: np.int32}


class Table:
    """A table of a flatbuffer; a missing field has the default that is passed."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at
        self._fields = at - self._read("<i", at)
        self._numbers: dict[int, int] = {}

    def _read(self, form: str, at: int) -> int:
        if at < 0:  # struct would count from the end
            raise ValueError("an offset points before the file")
        return struct.unpack_from(form, self._content, at)[0]

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        offset = self._read("<H", self._fields + entry) if entry < self._read("<H", self._fields) else 0
        return self._at + offset if offset else None

    def number(self, field: int, form: str = "<i", default: int = 0) -> int:
        """An integer: `<b` for a byte, `<i` for 32 bits."""
        if field not in self._numbers:  # NumPy's network asks for the same ones for each digit
            place = self._place(field)
            self._numbers[field] = default if place is None else self._read(form, place)
        return self._numbers[field]

    def table(self, field: int) -> "Table":
        """A table; an empty one if the field is missing."""
        place = self._place(field)
        return _NOTHING if place is None else Table(self._content, place + self._read("<I", place))

    def array(self, field: int, kind: type) -> Array:
        """A vector of numbers."""
        place = self._place(field)
        if place is None:
            return np.zeros(0, kind)
        start = place + self._read("<I", place)
        length = self._read("<I", start)
        return np.frombuffer(self._content, np.dtype(kind).newbyteorder("<"), length, start + 4)

    def tables(self, field: int) -> Iterator["Table"]:
        """A vector of tables."""
        place = self._place(field)
        if place is not None:
            start = place + self._read("<I", place)
            for at in range(start + 4, start + 4 + 4 * self._read("<I", start), 4):
                yield Table(self._content, at + self._read("<I", at))


_NOTHING = Table(struct.pack("<iHH", -4, 4, 4), 0)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation: its code, the numbers of its input tensors and its output tensor, and its options."""

    code: int
    inputs: tuple[int, ...]
    output: int
    options: Table


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Operations in order, constants by the number of their tensor, and the numbers of input and output."""

    operations: tuple[Operation, ...]
    constants: dict[int, Array]
    input: int
    output: int


def read_graph(content: bytes) -> Graph:
    """Read the graph of a LiteRT file; raises `ValueError` if it is damaged."""
    try:
        return _graph(Table(content, struct.unpack_from("<I", content)[0]))
    except (struct.error, IndexError, KeyError, StopIteration) as error:
        raise ValueError(f"not a LiteRT file, or a damaged one ({error})") from None


def _graph(model: Table) -> Graph:
    codes = [max(code.number(0, "<b"), code.number(3)) for code in model.tables(1)]
    buffers = list(model.tables(4))
    graph = next(model.tables(2))
    operations = tuple(
        Operation(
            code=codes[each.number(0)],
            inputs=tuple(each.array(1, np.int32).tolist()),
            output=int(each.array(2, np.int32)[0]),
            options=each.table(4),
        )
        for each in graph.tables(3)
    )
    constants = {
        number: _constant(tensor, buffer)
        for number, tensor in enumerate(graph.tables(0))
        if len((buffer := buffers[tensor.number(2)]).array(0, np.uint8))
    }
    inputs, outputs = graph.array(1, np.int32), graph.array(2, np.int32)
    return Graph(operations=operations, constants=constants, input=int(inputs[0]), output=int(outputs[0]))


def _constant(tensor: Table, buffer: Table) -> Array:
    values: Array = buffer.array(0, np.uint8).view(_TYPES[tensor.number(1, "<b")])
    return values.reshape(tensor.array(0, np.int32))
