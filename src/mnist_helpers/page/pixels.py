"""Show the digit image as pixels, with an attribution map over it, and its values as a table and as files."""

import base64
import html
import struct
import zlib

import numpy as np
import numpy.typing as npt
import traitlets

from mnist_helpers.page.shared_style import HTML
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.recognition import OPPOSES, SUPPORTS


def png_url(pixels: npt.NDArray[np.uint8]) -> str:
    """Encode a grey (h, w) or RGBA (h, w, 4) image as the data URL of a PNG file.

    Written here because Pillow takes five times as long for images of this size, which are sent ten times a second.
    """
    height, width = pixels.shape[:2]
    kind = 0 if pixels.ndim == 2 else 6
    rows = np.zeros((height, pixels[0].size + 1), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    parts = (
        _part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)),
        _part(b"IDAT", zlib.compress(rows.tobytes(), 1)),
        _part(b"IEND", b""),
    )
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


def _part(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file (https://www.w3.org/TR/png/#5Chunk-layout)."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def to_uint8(digit: DigitImage) -> npt.NDArray[np.uint8]:
    """Convert a digit image to integers from 0 to 255."""
    return np.round(digit * 255).astype(np.uint8)


def importance_pixels(importance: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Colour an attribution map (28, 28) as an RGBA image: `SUPPORTS` above 0, `OPPOSES` below, clear at 0."""
    strongest = max(float(np.abs(importance).max()), 1e-9)
    pixels = np.empty((*importance.shape, 4), np.uint8)
    pixels[..., :3] = np.where(importance[..., np.newaxis] > 0, SUPPORTS, OPPOSES)
    pixels[..., 3] = np.round(np.abs(importance) / strongest * 255)
    return pixels


def pixels_html(digit: DigitImage) -> str:
    """HTML of the digit image, each pixel a visible square."""
    return _squares("data-pixels", "What the network sees, 28 by 28 pixels", to_uint8(digit))


class ImportanceView(HTML):
    """An attribution map that lies over the digit image; empty while `importance` is None."""

    importance = traitlets.Instance(np.ndarray, allow_none=True)

    @traitlets.observe("importance")
    def _on_importance_changed(self, change: traitlets.Bunch) -> None:
        text = "Orange ink speaks for the answer, blue ink against it"
        shown = "" if change.new is None else _squares("data-importance", text, importance_pixels(change.new))
        self.value = shown and f"{shown}<p>{text}.</p>"


def _squares(attribute: str, text: str, pixels: npt.NDArray[np.uint8]) -> str:
    return f'<div class="squares" {attribute}><img alt="{text}" src="{png_url(pixels)}"></div>'


class ValuesView(HTML):
    """The digit image's 784 values as a table and as files to save; empty while `digit` is None."""

    digit = traitlets.Instance(np.ndarray, allow_none=True)

    @traitlets.observe("digit")
    def _on_digit_changed(self, change: traitlets.Bunch) -> None:
        self.value = "" if change.new is None else values_html(change.new)


def values_html(digit: DigitImage) -> str:
    """HTML of a table of the values, 0 to 255, and of links that save them as PNG and CSV."""
    values = to_uint8(digit)
    csv = "\n".join(",".join(map(str, row)) for row in values)
    rows = "".join(f"<tr>{''.join(f'<td>{value}</td>' for value in row)}</tr>" for row in values)
    return (
        f'<p class="links">{download_link("digit.png", png_url(values))}'
        f"{download_link('digit.csv', data_url('text/csv', csv))}</p>"
        f'<div class="values" tabindex="0" role="region" aria-label="Pixel values">'
        f"<table data-values>{rows}</table></div>"
    )


def download_link(name: str, url: str, text: str = "") -> str:
    """HTML of a link that saves a data URL as a file."""
    return f'<a download="{name}" href="{html.escape(url)}">{text or f"Save {name}"}</a>'


def data_url(kind: str, content: str | bytes) -> str:
    """Encode a text, or a file's bytes, as a data URL of this media type."""
    content = content.encode() if isinstance(content, str) else content
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
