"""Find the layers of a network in the graph of its file, and compute their feature maps for digit images.

A layer is a convolution or a dense layer with the pooling, normalisation and activation that follow it. An ensemble
member is a chain of layers that begins at the digit image; members are joined after their last layers only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mnist_helpers.preprocessing.raster import SIZE, DigitImage
from mnist_helpers.recognition.inference.litert_file import Array, Graph, Operation, read_graph
from mnist_helpers.recognition.inference.network import open_backend
from mnist_helpers.recognition.model_metadata import ModelError

_CONVOLUTIONS, _DENSE = {3, 4}, {9}
_POOLING = {1, 17}
_SAME_LAYER = _POOLING | {0, 14, 18, 19, 21, 28, 41, 42, 54, 98, 111, 117}
"""Codes of operations on a layer's feature maps that do not begin a new layer: sums, products, activations."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Layer:
    """A layer: its feature maps are the last axis of the tensor `output`; `features` is its input tensor.

    `member` counts from 0, `depth` within the member from 1. `weights` are (count, height, width, channels) of a
    convolution, (count, inputs) of a dense layer. A point of a map depends on `receptive_field` pixels of the digit
    image in each direction; the next point's begin `stride` pixels further.
    """

    member: int
    depth: int
    weights: Array
    features: int
    output: int
    receptive_field: int
    stride: int
    is_first: bool

    @property
    def is_dense(self) -> bool:
        return self.weights.ndim == 2

    @property
    def count(self) -> int:
        """Number of feature maps."""
        return len(self.weights)

    @property
    def patterns(self) -> Array | None:
        """The filters (count, height, width) of a first layer, positive where they look for ink, negative for none.

        None for other layers, whose filters are applied to maps.
        """
        is_seen = self.is_first and not self.is_dense and self.weights.shape[-1] == 1
        return self.weights[..., 0] if is_seen else None


class Inside:
    """The layers of the network in a LiteRT file, and their feature maps for digit images.

    Raises `ModelError` for a network without such layers. Not to be called by two threads at once.
    """

    def __init__(self, content: bytes) -> None:
        try:
            graph = read_graph(content)
            self.layers = layers_of(graph)
            self._tensors_of = open_backend(content, keep_all=True).tensors
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"The inside of this network cannot be shown: {error}.") from None
        self._output = graph.output
        self._last = list({layer.member: layer for layer in self.layers}.values())

    def maps(self, digits: DigitImage, layers: Sequence[Layer] | None = None) -> list[Array]:
        """The feature maps (n, height, width, count) of some layers, by default all, for digit images (n, 28, 28).

        Those of a dense layer have one point.
        """
        found = self._tensors_of(digits, [layer.output for layer in layers or self.layers])
        return [each if each.ndim == 4 else each.reshape(len(digits), 1, 1, -1) for each in found]

    def features(self, digits: DigitImage) -> Array:
        """The inputs (n, count) of the last layers of all members, for digit images (n, 28, 28)."""
        found = self._tensors_of(digits, [layer.features for layer in self._last])
        return np.concatenate([each.reshape(len(digits), -1) for each in found], axis=1)

    def probabilities(self, digit: DigitImage) -> Array | None:
        """The uncalibrated probabilities (members, classes) of each member for a digit image (28, 28).

        None if their mean is not the network's output, so that they cannot be what the members give.
        """
        *scores, wanted = self._tensors_of(digit[np.newaxis], [*(layer.output for layer in self._last), self._output])
        if len({each.shape for each in scores}) > 1 or scores[0].ndim != 2:
            return None
        weights = np.exp(np.concatenate(scores) - np.max(scores))
        found = weights / weights.sum(axis=1, keepdims=True)
        return found if np.allclose(found.mean(axis=0)[:10], wanted, atol=1e-4) else None

    def activation(self, layer: Layer, number: int, digits: DigitImage) -> Array:
        """The activation (n,) of one map for each of the digit images (n, 28, 28): the mean of its bright points.

        Bright are the points above the middle of the map's range for the first digit image. The mean of all points
        would include the empty background, where some maps are slightly active. For a score of a last layer it is the
        log probability in its member, since only differences of scores matter.
        """
        (maps,) = self.maps(digits, [layer])
        if layer.is_dense and layer in self._last:
            return maps[:, 0, 0, number] - np.logaddexp.reduce(maps[:, 0, 0], axis=1)
        maps = maps[..., number]
        return maps[:, maps[0] >= (maps[0].min() + maps[0].max()) / 2].mean(axis=1)


def layers_of(graph: Graph) -> list[Layer]:
    """The layers in order. Raises `ValueError` if there are none, or if members are joined before their last layers."""
    layers: list[Layer] = []
    origin: dict[int, int] = {}  # for each tensor the index of its layer
    for each in graph.operations:
        inputs = [number for number in each.inputs if number not in graph.constants]
        known = [origin[number] for number in inputs if number in origin]
        if each.code in _CONVOLUTIONS | _DENSE:
            if len({layers[index].member for index in known}) > 1:
                raise ValueError("its branches meet before the last layer")
            layers.append(_layer(graph, each, layers, max(known, default=None)))
            origin[each.output] = len(layers) - 1
        elif known and len({layers[index].member for index in known}) == 1:
            origin[each.output] = index = max(known)
            if each.code in _SAME_LAYER:
                layers[index] = _continued(layers[index], each)
    if not layers:
        raise ValueError("it has neither convolutions nor dense layers")
    return layers


def _layer(graph: Graph, each: Operation, layers: Sequence[Layer], before: int | None) -> Layer:
    weights = graph.constants[each.inputs[1]]
    if each.code == 4:  # one filter for each channel, which is the last axis here
        weights = np.moveaxis(weights, -1, 0)
    member = max((layer.member for layer in layers), default=-1) + 1 if before is None else layers[before].member
    depth, field, step = 1, 1, 1
    if before is not None:
        depth, field, step = layers[before].depth + 1, layers[before].receptive_field, layers[before].stride
    size, stride = (SIZE, 1) if weights.ndim == 2 else (weights.shape[1], each.options.number(2))
    return Layer(
        member=member,
        depth=depth,
        weights=weights,
        features=each.inputs[0],
        output=each.output,
        receptive_field=min(field + (size - 1) * step, SIZE),
        stride=step * stride,
        is_first=each.inputs[0] == graph.input,
    )


def _continued(layer: Layer, each: Operation) -> Layer:
    if each.code not in _POOLING:
        return replace(layer, output=each.output)
    size, stride = each.options.number(4), each.options.number(2)
    field = min(layer.receptive_field + (size - 1) * layer.stride, SIZE)
    return replace(layer, output=each.output, receptive_field=field, stride=layer.stride * stride)
