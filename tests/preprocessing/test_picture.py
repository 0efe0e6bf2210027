"""Pictures are opened, or refused in a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mnist_helpers.preprocessing.picture import MAX_PIXELS, PictureError, open_picture
from tests.pictures import encoded, picture

pytestmark = pytest.mark.filterwarnings("error")


def saved(image, format, **options):
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def png_of_size(width, height):
    """A PNG that says it has that size and holds next to nothing."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (header, body, b"IEND")
    )


PLAIN = picture("407")
PNG = encoded(PLAIN)
FRAMES = [Image.fromarray(PLAIN), Image.fromarray(255 - PLAIN)]
BAD = {
    "no image": (b"just some words", "no picture"),
    "nothing": (b"", "no picture"),
    "truncated PNG": (PNG[: len(PNG) // 2], "damaged"),
    "truncated JPEG": (encoded(PLAIN, "JPEG")[:900], "damaged"),
    "truncated WebP": (encoded(PLAIN, "WEBP")[:900], "no picture|damaged|cannot be opened"),
    "animated GIF": (saved(FRAMES[0], "GIF", save_all=True, append_images=FRAMES[1:]), "animated"),
    "animated PNG": (saved(FRAMES[0], "PNG", save_all=True, append_images=FRAMES[1:]), "animated"),
    "animated WebP": (saved(FRAMES[0], "WEBP", save_all=True, append_images=FRAMES[1:]), "animated"),
    "TIFF": (saved(FRAMES[0], "TIFF"), "a picture .TIFF., which cannot be opened"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    "PDF": (b"%PDF-1.7 ...", "PDF"),
    "bomb": (png_of_size(60_000, 60_000), "too large"),
    "large": (png_of_size(9_000, 9_000), "too large"),
    "no side": (png_of_size(0, 0), "damaged|no picture|cannot be opened|0 x 0"),
    "line": (encoded(np.zeros((1, 60_000), np.uint8)), "1 pixels|at least 8"),
    "high line": (png_of_size(8, 60_000), "too large"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_opened_is_reported_in_a_sentence(name):
    content, wanted = BAD[name]
    with pytest.raises(PictureError, match=wanted) as raised:
        open_picture(content)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 200


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(Image.Image, "load", None)
    with pytest.raises(PictureError, match="too large"):
        open_picture(png_of_size(6_000, 7_000))
    with pytest.raises(PictureError, match=r"too large. Give one of at most 10,000 pixels a side and 0.01 million"):
        open_picture(PNG, max_pixels=10_000)


def test_a_webp_is_refused_before_it_takes_more_memory_than_others(monkeypatch):
    content = encoded(PLAIN, "WEBP")
    monkeypatch.setattr("mnist_helpers.preprocessing.picture.MAX_WEBP_PIXELS", 10_000)
    monkeypatch.setattr(Image.Image, "load", None)
    with pytest.raises(PictureError, match=r"too large for a WebP. Give one of at most 0.01 million pixels, or a PNG"):
        open_picture(content)


def test_a_folder_and_a_missing_file_are_reported_by_name(tmp_path):
    with pytest.raises(PictureError, match="is a folder"):
        open_picture(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        open_picture(tmp_path / "missing.png")


@pytest.mark.parametrize("array", [np.zeros(9), np.zeros((9, 9, 2)), np.full((9, 9), -1), np.full((9, 9), np.nan)])
def test_an_array_that_is_no_picture_is_refused(array):
    with pytest.raises(PictureError, match="array"):
        open_picture(array)


def test_a_large_picture_is_reduced_and_its_scale_kept():
    found = open_picture(np.zeros((3000, 6000), np.uint8))
    assert found.grey.shape == (640, 1280)
    assert found.scale == pytest.approx(6000 / 1280)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_turned_upright(format):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise to be seen upright
    lying = Image.fromarray(PLAIN).transpose(Image.Transpose.ROTATE_90)
    found = open_picture(saved(lying, format, exif=exif))
    assert found.grey.shape == PLAIN.shape[:2]
    assert np.abs(found.grey - open_picture(PLAIN).grey).mean() < 0.02


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixel_shows_the_same(mode):
    image = Image.fromarray(PLAIN)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    else:
        image = image.convert(mode, dither=Image.Dither.NONE)
    found = open_picture(saved(image, "JPEG", quality=95) if mode == "CMYK" else saved(image, "PNG"))
    assert np.corrcoef(found.grey.ravel(), open_picture(PLAIN).grey.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("ink", [0, 255])
def test_ink_on_nothing_stands_out(ink):
    alpha = 255 - np.asarray(Image.fromarray(PLAIN).convert("L"))
    found = open_picture(np.dstack([np.full((*alpha.shape, 3), ink, np.uint8), np.where(alpha > 100, 255, 0)]))
    assert np.ptp(found.grey) == 1


def test_colours_as_bright_as_the_paper_are_seen():
    colours = np.full((60, 60, 3), (200, 60, 60), np.uint8)
    colours[20:40, 28:32] = (60, 131, 60)
    assert np.ptp(open_picture(colours).grey) > 0.3


def test_max_pixels_is_what_a_phone_takes():
    assert MAX_PIXELS >= 6000 * 6000
