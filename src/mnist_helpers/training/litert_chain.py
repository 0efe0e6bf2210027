"""Join LiteRT files into one, so that the output of each is the input of the next.

A `.tflite` file cannot be wrapped in a Keras model. So the layers that adapt it are converted to LiteRT on their own
and joined with it.
"""

from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from mnist_helpers.recognition.model_metadata import ModelError

_IDENTIFIER = b"TFL3"


def chained(*networks: bytes) -> bytes:
    """Join LiteRT files with one input and one output each. Raises `ModelError` for a file with control flow."""
    if len(networks) == 1:
        return networks[0]
    first, *others = map(_read, networks)
    for other in others:
        _append(first, other)
    first.signatureDefs = first.metadata = first.metadataBuffer = None  # would name tensors of the first file only
    builder = flatbuffers.Builder(sum(map(len, networks)))
    builder.Finish(first.Pack(builder), _IDENTIFIER)
    return bytes(builder.Output())


def _read(network: bytes) -> Any:
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(network, 0))
    if len(model.subgraphs) != 1:
        raise ModelError("It has branches or loops, which cannot be served. Convert it without control flow.")
    return model


def _append(first: Any, other: Any) -> None:
    """Append the tables of a model to those of the first, with its indices changed accordingly."""
    graph, added = first.subgraphs[0], other.subgraphs[0]
    buffers, codes, tensors = len(first.buffers), len(first.operatorCodes), len(graph.tensors)
    for tensor in added.tensors:
        tensor.buffer += buffers
    to_tensor = {index: index + tensors for index in range(len(added.tensors))} | {-1: -1}
    to_tensor[added.inputs[0]] = graph.outputs[0]
    for operator in added.operators:
        operator.opcodeIndex += codes
        for name in ("inputs", "outputs", "intermediates"):
            indices = getattr(operator, name)
            setattr(operator, name, None if indices is None else [to_tensor[index] for index in indices])
    graph.tensors += added.tensors
    graph.operators += added.operators
    graph.outputs = [to_tensor[added.outputs[0]]]
    first.buffers += other.buffers
    first.operatorCodes += other.operatorCodes
