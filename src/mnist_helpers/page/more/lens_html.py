"""HTML of the chosen feature map, beside the digit image and the ink that activates it."""

from dataclasses import dataclass

import numpy as np

from mnist_helpers.page.more.layers_html import brightness, map_name, name_of
from mnist_helpers.page.pixels import importance_pixels, png_url
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.inference.layers import Layer
from mnist_helpers.recognition.inference.litert_file import Array

_DIRECTED = 0.2
"""Smallest share of its weights by which a filter looks for ink on one side."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ChosenMap:
    """Map `number` of `maps` (height, width, count), those of the layer at `index`, and its attribution map `ink`."""

    index: int
    number: int
    layer: Layer
    maps: Array
    ink: Array


def lens_html(todo: str, digit: DigitImage | None = None, chosen: ChosenMap | None = None, *, scope: str = "") -> str:
    """HTML of the digit image and the chosen map, or of the text `todo`."""
    seen = "its ink" if chosen else "the digit"
    figures = "" if digit is None else _figure(png_url(brightness(digit)), seen, chosen.ink if chosen else None)
    if chosen is None:
        return f'<div class="inside-lens">{figures}<p>{todo}</p></div>'
    layer, number, name = chosen.layer, chosen.number, map_name(chosen.layer, chosen.number).lower()
    if not layer.is_dense:
        figures += _figure(png_url(brightness(chosen.maps)[..., number]), name)
    if layer.patterns is not None:
        figures += _figure(png_url(importance_pixels(layer.patterns[number])), "its filter")
    rule = "outline:3px solid var(--accent);z-index:1"
    return (
        f'<style>.{scope} [data-map="{chosen.index}-{number}"]{{{rule}}}</style>'
        f'<div class="inside-lens">{figures}<p role="status" data-chosen="{chosen.index}-{number}">'
        f"<b>Network {name_of(layer.member)}, layer {layer.depth}, {name}.</b> {_words(chosen)}</p></div>"
    )


def _figure(url: str, name: str, ink: Array | None = None) -> str:
    over = "" if ink is None else f'<img alt="" data-excites src="{png_url(importance_pixels(ink))}">'
    return f'<figure><span><img alt="" src="{url}">{over}</span><figcaption>{name}</figcaption></figure>'


def _words(chosen: ChosenMap) -> str:
    patterns = chosen.layer.patterns
    wanted = "" if patterns is None else f"It looks for {pattern_text(patterns[chosen.number])}. "
    excites = "Orange ink excites it, blue ink quiets it." if chosen.ink.any() else "No ink here excites it."
    return wanted + excites


def pattern_text(pattern: Array) -> str:
    """In words, on which side a filter (height, width) looks for ink, or what in its middle."""
    height, width = pattern.shape
    rows, columns = np.mgrid[:height, :width] - np.reshape([(height - 1) / 2, (width - 1) / 2], (2, 1, 1))
    down, right = (float((pattern * way).sum() / (np.abs(pattern) * np.abs(way)).sum()) for way in (rows, columns))
    strongest = max(abs(down), abs(right))
    if strongest < _DIRECTED:
        middle = pattern[height // 2, width // 2] > pattern.mean()
        return "ink in its middle" if middle else "a gap in its middle"
    vertical = ("below" if down > 0 else "above") if abs(down) > strongest / 2 else ""
    beside = ("right" if right > 0 else "left") if abs(right) > strongest / 2 else ""
    return (
        "ink "
        + " and ".join(part for part in (vertical, beside and f"on the {beside}") if part)
        + ", and none opposite"
    )
