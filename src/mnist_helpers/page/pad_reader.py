"""Read what is on the pad: a drawing, or a picture that the page has opened, where it lies there."""

import base64
import binascii
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.parts import Box
from mnist_helpers.preprocessing.picture import PictureError, open_picture
from mnist_helpers.recognition.number import NO_INK_TEXT, Reading
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser

if TYPE_CHECKING:
    from mnist_helpers.recognition.corrections import Corrections

MAX_SIDE = 1000
"""Pixels of the longer side that picture.js sends; nothing larger is decoded."""


class PadReader:
    """Reads the pad with one network. The picture that it has read last is read at no cost."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self._reader = Reader(recogniser)
        self._read_picture = lru_cache(maxsize=1)(partial(read_opened, self._reader))

    def correct(self, corrections: "Corrections | None") -> None:
        """Apply a person's corrections to all that is read from now on, or none."""
        self._reader.correct(corrections)
        self._read_picture.cache_clear()

    def read(self, drawing: Drawing, picture: bytes) -> Reading:
        """Read the drawing, or the picture where nothing is drawn; raises `PictureError` for what cannot be read."""
        is_picture = picture and not drawing
        return self._read_picture(picture) if is_picture else self._reader.read(drawing, pad_size=PAD_SIZE)


def decoded(content: object) -> bytes:
    """The file that the page has sent in base64; raises `PictureError` where it is none."""
    try:
        picture = base64.b64decode(content, validate=True) if isinstance(content, str) else b""
    except (binascii.Error, ValueError):
        picture = b""
    if not picture:
        raise PictureError("This is no picture that can be opened. Give a PNG, JPEG or WebP file.")
    return picture


def read_opened(reader: Reader, picture: bytes) -> Reading:
    """Read a picture as it lies on the pad, as large as it can be there; the boxes are in pad units.

    Raises `PictureError` for what cannot be opened, is larger than the page sends, or has no ink.
    """
    opened = open_picture(picture, max_pixels=MAX_SIDE**2)
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
