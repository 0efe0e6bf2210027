"""Open a picture from a file, bytes or an array as a small grey image.

Pillow decodes it. A picture that is too large is refused before it is decoded. A JPEG is reduced while it is decoded,
others band by band, so that no second copy in full size is made. Pillow decodes WebP with three copies, 16 bytes a
pixel, and cannot reduce it meanwhile, so WebP has a limit of its own.
"""

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawings_file import kind_of

if TYPE_CHECKING:  # loaded with the first picture
    from PIL import Image

Source: TypeAlias = bytes | Path | str | npt.NDArray
Grey: TypeAlias = npt.NDArray[np.floating]

MIN_SIDE, MAX_SIDE, MAX_PIXELS = 8, 10_000, 40_000_000
"""Smallest and largest side of a picture, and its largest number of pixels."""
MAX_WEBP_PIXELS = 14_000_000
"""Largest number of pixels of a WebP, which then takes up to 300 MB of memory."""
WORK_SIDE = 1280
"""Longer side in pixels of the image that is read; digits of a full page of writing are then some 30 pixels high."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
WANTED = "Give a picture as PNG, JPEG or WebP."

_BAND = 64  # rows that are reduced at a time
_ORIENTATION = 0x0112  # EXIF's tag
_COLOURFUL = 1.5  # how much more a colour has to vary than the brightness to be looked at instead
_BROKEN = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, OverflowError, struct.error)


class PictureError(ValueError):
    """A picture cannot be read; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Grey pixels (height, width) from 0 (black) to 1 (white), upright.

    `scale` is the width of one of them in pixels of the picture as it came.
    """

    grey: Grey
    scale: float = 1.0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels of the picture as it came, upright."""
        height, width = self.grey.shape
        return width * self.scale, height * self.scale


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its first bytes, also of a kind that cannot be opened."""
    with path.open("rb") as file:
        return kind_of(file.read(16)).startswith("a picture")


def open_picture(source: Source, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """Open a picture: a path, a file's bytes, or an array of grey (h, w) or colours (h, w, 3 or 4).

    Arrays are of integers from 0 to 255 or of floats from 0 to 1. Raises `PictureError` for what is no picture, is
    damaged, animated, or has a side of fewer than 8 or more than 10,000 pixels or more than `max_pixels` in all, and
    `FileNotFoundError` for a missing file.
    """
    from PIL import Image  # loaded with the first picture

    name = str(source) if isinstance(source, (str, Path)) else "The picture"
    if isinstance(source, np.ndarray):
        return _reduced(Image.fromarray(_as_bytes(source)), max_pixels, name)
    content = io.BytesIO(source) if isinstance(source, bytes) else _opened(Path(source))
    try:
        with content, warnings.catch_warnings(action="ignore"):
            return _reduced(Image.open(content, formats=FORMATS), max_pixels, name)
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise PictureError(_too_large(name, max_pixels)) from None
    except Image.UnidentifiedImageError:
        content = io.BytesIO(source) if isinstance(source, bytes) else _opened(Path(source))
        with content:
            kind = kind_of(content.read(16)) or "no picture"
        reason = "is damaged" if any(f"({each})" in kind for each in FORMATS) else "cannot be opened"
        raise PictureError(f"{name} is {kind}, which {reason}. {WANTED}") from None
    except _BROKEN as error:
        raise PictureError(f"{name} is damaged ({error}). {WANTED}") from None


def _opened(path: Path) -> io.BufferedReader:
    if path.is_dir():
        raise PictureError(f"{path} is a folder. Give the files in it.")
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise FileNotFoundError(f"No picture at {path}. Give the path of a PNG, JPEG or WebP file.") from None


def _as_bytes(array: npt.NDArray) -> npt.NDArray[np.uint8]:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise PictureError(f"An array of shape {array.shape} came. Give (h, w), (h, w, 3) or (h, w, 4).")
    if array.dtype == bool or np.issubdtype(array.dtype, np.floating):
        array = array * 255.0
    if array.size and not 0 <= array.min() <= array.max() <= 255:
        raise PictureError(f"An array from {array.min():g} to {array.max():g} came. Give floats from 0 to 1 or bytes.")
    return np.round(array).astype(np.uint8)


def _too_large(name: str, max_pixels: int) -> str:
    return (
        f"{name} is too large. Give one of at most {MAX_SIDE:,} pixels a side and {max_pixels / 1e6:g} million in all."
    )


def _reduced(image: "Image.Image", max_pixels: int, name: str) -> Picture:
    from PIL import Image, ImageOps

    width = image.width
    if min(image.size) < MIN_SIDE:
        raise PictureError(f"{name} has {image.width} x {image.height} pixels. Give one of at least 8 x 8.")
    if max(image.size) > MAX_SIDE or image.width * image.height > max_pixels:
        raise PictureError(_too_large(name, max_pixels))
    if image.format == "WEBP" and image.width * image.height > MAX_WEBP_PIXELS:
        most = f"{MAX_WEBP_PIXELS / 1e6:g} million pixels"
        raise PictureError(f"{name} is too large for a WebP. Give one of at most {most}, or a PNG or JPEG.")
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise PictureError(f"{name} is animated. Save one of its pictures and give that.")
    orientation = image.getexif().get(_ORIENTATION, 1)
    image.draft("RGB", (WORK_SIDE, WORK_SIDE))
    colours = Image.fromarray(_in_bands(image, max(max(image.size) // WORK_SIDE, 1)))
    colours.thumbnail((WORK_SIDE, WORK_SIDE), Image.Resampling.BOX)
    small = Image.fromarray(np.round(_grey(np.asarray(colours))).astype(np.uint8))
    scale = width / small.width
    small.getexif()[_ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(small)
    return Picture(grey=np.asarray(upright, np.float32) / 255, scale=scale)


def _in_bands(image: "Image.Image", factor: int) -> npt.NDArray[np.uint8]:
    """Colours (h, w, 4) with alpha, already multiplied by it, of the picture reduced by a whole number."""
    if image.mode == "RGB" and not image.has_transparency_data:  # needs no conversion, so no bands
        return np.asarray(image.reduce(factor).convert("RGBX"))
    wanted, whole = ("RGBA", "RGBa") if image.has_transparency_data else ("RGB", "RGBX")
    bands = []
    for top in range(0, image.height, _BAND * factor):
        band = image.crop((0, top, image.width, min(top + _BAND * factor, image.height)))
        if band.mode.startswith("I"):  # 16 bits a pixel
            band = _from_16_bits(band)
        bands.append(np.asarray(band.convert(wanted).convert(whole).reduce(factor)))
    return np.concatenate(bands)


def _from_16_bits(band: "Image.Image") -> "Image.Image":
    from PIL import Image

    return Image.fromarray((np.asarray(band).astype(np.int32) >> 8).clip(0, 255).astype(np.uint8))


def _grey(colours: npt.NDArray[np.uint8]) -> Grey:
    """The brightness, or a colour that tells more; transparent pixels get the colour that the ink stands out from."""
    values = colours[..., :3].astype(np.float32)
    clear = 1 - colours[..., 3:].astype(np.float32) / 255
    if clear.max() > 0:
        values += clear * _behind(values, 1 - clear[..., 0])
    brightness = values @ np.array([0.299, 0.587, 0.114], np.float32)
    channels = [values[..., channel] for channel in range(3)]
    most = max(channels, key=np.std)
    return most if most.std() > _COLOURFUL * brightness.std() else brightness


def _behind(values: Grey, opaque: Grey) -> Grey:
    """The colour to put behind transparent pixels.

    Where most of the picture is transparent, what is not is ink, and gets black or white behind it, whichever is
    farther from it; otherwise it is a page with a hole, which is filled with the page's colour.
    """
    colour = values.sum((0, 1)) / max(float(opaque.sum()), 1e-9)
    if opaque.mean() > 0.5:
        return np.median(values[opaque > 0.5], axis=0).astype(np.float32)
    return np.full(3, 255.0 if colour.mean() < 128 else 0.0, np.float32)
