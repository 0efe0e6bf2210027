"""Read what is on the pad, a drawing or a picture, with the shipped network or one that a notebook passes."""

import base64
import binascii
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.parts import Box
from mnist_helpers.preprocessing.picture import PictureError, open_picture
from mnist_helpers.recognition.model_metadata import MODELS, SHIPPED, existing_network, metadata_path, network_path
from mnist_helpers.recognition.number import NO_INK_TEXT, Reading
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser

if TYPE_CHECKING:
    import keras  # needs what only training installs

    from mnist_helpers.recognition.corrections import Corrections

MAX_PICTURE_SIDE = 1000
"""Largest side in pixels of a picture that picture.js sends; nothing larger is decoded."""


class PadReader:
    """Read the pad with one network; the reading of the last picture is cached."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self._reader = Reader(recogniser)
        self._read_picture = lru_cache(maxsize=1)(partial(read_opened, self._reader))

    def correct(self, corrections: "Corrections | None") -> None:
        """Apply a person's corrections to all that is read from now on, or none."""
        self._reader.correct(corrections)
        self._read_picture.cache_clear()

    def read(self, drawing: Drawing, picture: bytes) -> Reading:
        """Read the drawing, or the picture if nothing is drawn; raises `PictureError` for one that cannot be read."""
        is_picture = picture and not drawing
        return self._read_picture(picture) if is_picture else self._reader.read(drawing, pad_size=PAD_SIZE)


def decoded(content: object) -> bytes:
    """Decode the file that the page has sent as base64; raises `PictureError` for anything else."""
    try:
        picture = base64.b64decode(content, validate=True) if isinstance(content, str) else b""
    except (binascii.Error, ValueError):
        picture = b""
    if not picture:
        raise PictureError("This is no picture that can be opened. Give a PNG, JPEG or WebP file.")
    return picture


def read_opened(reader: Reader, picture: bytes) -> Reading:
    """Read a picture; the boxes are in pad units, for the picture fitted into the pad.

    Raises `PictureError` for what cannot be opened, is larger than the page sends, or has no ink.
    """
    opened = open_picture(picture, max_pixels=MAX_PICTURE_SIDE**2)
    reading = reader.read_picture(opened)
    if not reading.parts:
        raise PictureError(NO_INK_TEXT)
    width, height = opened.size
    scale = PAD_SIZE / max(width, height)
    left, top = (PAD_SIZE - scale * width) / 2, (PAD_SIZE - scale * height) / 2
    parts = [
        replace(
            part,
            box=Box(
                left=left + scale * part.box.left,
                top=top + scale * part.box.top,
                right=left + scale * part.box.right,
                bottom=top + scale * part.box.bottom,
            ),
        )
        for part in reading.parts
    ]
    return replace(reading, parts=tuple(parts))


def network_name(network: "Path | str | keras.Model | None") -> str:
    """The name that the page shows for a network: its own if it is in `models/`, otherwise "yours"."""
    if network is None:
        return SHIPPED
    path = network_path(network) if isinstance(network, str | Path) else None
    return path.stem if path and path.parent == MODELS else "yours"


def recogniser_for(network: "Path | str | keras.Model") -> Recogniser:
    """A recogniser with a network: the name of one in `models/`, the path of a file, or a Keras model.

    A network without a JSON file beside it is tested and adapted as by `mnist-helpers add`, but not kept. Raises
    `ModelError`.
    """
    if isinstance(network, str | Path):
        path = existing_network(network)
        if path.suffix == ".tflite" and metadata_path(path).exists():
            return Recogniser(path)
        network = path
    from mnist_helpers.training.adopt import recogniser_of  # imports TensorFlow

    return recogniser_of(network)
