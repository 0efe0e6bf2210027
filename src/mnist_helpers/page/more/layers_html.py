"""HTML of a network's layers, with a radio button for each feature map, and the style sheet with their images."""

from collections.abc import Sequence

import numpy as np

from mnist_helpers.page.controls import asks
from mnist_helpers.page.pixels import importance_pixels, png_url
from mnist_helpers.preprocessing.raster import SIZE
from mnist_helpers.recognition.inference.layers import Layer
from mnist_helpers.recognition.inference.litert_file import Array

CLASSES = [*map(str, range(10)), "none"]
"""Names of the scores of a last layer; the last one is that of the no-digit class."""
PATTERN_CAPTION = "below each map its filter: orange where it wants ink, blue where it wants none"
SEVERAL = "<p>Several networks look at the digit, each in its own way; the mean of what they say is the answer.</p>"
INTRO = (
    "<p>Each layer searches the pictures of the layer before it for small patterns. A <b>map</b> shows where one of "
    "them was found: the brighter, the better it fits. Touch a map to see which ink excites it.</p>"
)
SMALL = 8
"""Maps with fewer pixels on a side are shown smaller."""


def layers_html(layers: Sequence[Layer], shapes: Sequence[tuple[int, ...]], scope: str) -> str:
    """HTML of a radio button for each map, (height, width, count) in `shapes`; `maps_css` adds the images."""
    several = layers[-1].member > 0
    members: dict[int, list[str]] = {}
    for index, (layer, shape) in enumerate(zip(layers, shapes, strict=True)):
        members.setdefault(layer.member, []).append(_layer_html(index, layer, shape, scope))
    sections = (
        f"<h3>Network{f' {name_of(member)}' if several else ''}</h3>{''.join(parts)}"
        for member, parts in members.items()
    )
    return (SEVERAL if several else "") + INTRO + "".join(sections)


def name_of(member: int) -> str:
    """A letter for each member: A, B, ..."""
    return chr(ord("A") + member)


def _layer_html(index: int, layer: Layer, shape: tuple[int, ...], scope: str) -> str:
    below = _below_html(layer)
    fields = "".join(
        f'<span><input type="radio" name="{scope}-{index}" {asks(map=[index, number])} '
        f'data-map="{index}-{number}" aria-label="{map_name(layer, number)}" style="{_begin(number, shape)}">'
        f"{below[number] if below else ''}</span>"
        for number in range(layer.count)
    )
    kind = "scores" if layer.is_dense else "small" if shape[0] < SMALL else "large"
    style = f"{_size('maps', shape)};{_patterns_css(layer)}"
    return (
        f'<fieldset class="inside-{kind}" data-layer="{index}" style="{style}">'
        f"<legend>{_layer_text(layer, shape)}</legend><div>{fields}</div></fieldset>"
    )


def _below_html(layer: Layer) -> list[str]:
    """HTML below each map: its filter in a first layer, the name of its score in a last one; empty for other layers."""
    if layer.is_dense:
        return [f'<b aria-hidden="true">{name}</b>' for name in CLASSES[: layer.count]] if is_last(layer) else []
    if layer.patterns is None:
        return []
    shape = (*layer.patterns.shape[1:], layer.count)
    return [f'<i style="{_begin(number, shape)}"></i>' for number in range(layer.count)]


def _patterns_css(layer: Layer) -> str:
    """CSS with one image of all filters of a first layer, each scaled to its own strongest value."""
    if layer.patterns is None:
        return ""
    strip = np.concatenate([importance_pixels(np.pad(each, ((0, 1), (0, 0)))) for each in layer.patterns])
    return f"--filters:url({png_url(strip)});{_size('filters', (*layer.patterns.shape[1:], layer.count))}"


def is_last(layer: Layer) -> bool:
    """Whether the layer gives the scores of the ten digits, or of these and the no-digit class."""
    return layer.is_dense and layer.count in (len(CLASSES) - 1, len(CLASSES))


def _layer_text(layer: Layer, shape: tuple[int, ...]) -> str:
    height, width, count = shape
    if layer.is_dense:
        return f"<b>Layer {layer.depth}: {count} scores</b> from all that the layer before has found"
    field = layer.receptive_field
    seen = "the whole digit" if field >= SIZE else f"{field} &times; {field} pixels of the digit"
    text = f"<b>Layer {layer.depth}: {count} maps</b> of {height} &times; {width}; one point sees {seen}"
    return f"{text}; {PATTERN_CAPTION}" if layer.patterns is not None else text


def map_name(layer: Layer, number: int) -> str:
    """The name of a map within its layer."""
    if is_last(layer):
        return f"Score of {CLASSES[number]}"
    return f"Number {number + 1}" if layer.is_dense else f"Map {number + 1}"


def _size(what: str, shape: tuple[int, ...]) -> str:
    """CSS of an image's aspect ratio, and of the height of its layer's strip of images, as a multiple of its own."""
    height, width, count = shape
    return f"--{what}-shape:{width}/{height};--{what}-tall:{count * (height + 1) / height:.4f}"


def _begin(number: int, shape: tuple[int, ...]) -> str:
    """CSS of where an image begins in its strip, in per cent as `background-position` counts them."""
    height, _, count = shape
    return f"--y:{100 * number * (height + 1) / max(count * (height + 1) - height, 1):.3f}%"


def _strip(maps: Array) -> Array:
    """Maps (height, width, count) below one another, each with a line of zeros below it."""
    return np.pad(np.moveaxis(maps, -1, 0), ((0, 0), (0, 1), (0, 0))).reshape(-1, maps.shape[1])


def maps_css(maps: Sequence[Array], place: Array | None, scope: str) -> str:
    """CSS with the maps (height, width, count) of each layer, and where the dot is in the landscape."""
    rules = (
        f'.{scope} [data-layer="{number}"]{{--maps:url({png_url(_strip(brightness(each)))})}}'
        for number, each in enumerate(maps)
    )
    dot = (
        ""
        if place is None
        else f".{scope} .inside-dot{{transform:translate({place[0]:.1f}px,{place[1]:.1f}px);opacity:1}}"
    )
    return "".join(rules) + dot


def brightness(maps: Array) -> Array:
    """Maps as integers from 0 (black) to 255, the brightest point of all maps of the layer.

    The square root makes weak activations visible.
    """
    low = min(float(maps.min()), 0.0)
    return np.round(np.sqrt((maps - low) / max(float(maps.max()) - low, 1e-9)) * 255).astype(np.uint8)
