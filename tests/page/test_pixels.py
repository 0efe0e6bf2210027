"""The digit image is shown and saved pixel by pixel."""

import base64
import csv
import io
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image

from mnist_helpers.page.pixels import ImportanceView, ValuesView, importance_pixels, pixels_html, to_uint8
from mnist_helpers.preprocessing.raster import DigitImage, rasterise
from mnist_helpers.recognition.recognition import OPPOSES, SUPPORTS

DRAWING = (((10.0, 10.0), (60.0, 12.0), (30.0, 90.0)),)


@pytest.fixture
def digit() -> DigitImage:
    return rasterise(DRAWING)


def files(text: str) -> dict[str, bytes]:
    """Content of the files that can be saved, by name."""
    found = re.findall(r'download="([^"]+)" href="data:[^,]*;base64,([^"]+)"', text)
    return {name: base64.b64decode(unescape(content)) for name, content in found}


def images(text: str) -> list[np.ndarray]:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))) for content in found]


def test_the_view_shows_the_digit_pixel_by_pixel(digit: DigitImage) -> None:
    text = pixels_html(digit)
    (shown,) = images(text)
    assert "data-pixels" in text
    assert shown.shape == (28, 28) and np.abs(shown / 255 - digit).max() <= 0.5 / 255 + 1e-6


def test_the_values_are_closed_at_first_and_saved_as_they_are(digit: DigitImage) -> None:
    view = ValuesView()
    assert view.value == ""
    view.digit = digit
    saved = files(view.value)
    values = np.array(list(csv.reader(saved["digit.csv"].decode().splitlines())), int)
    assert (values == to_uint8(digit)).all()
    assert (np.asarray(Image.open(io.BytesIO(saved["digit.png"]))) == values).all()
    assert [int(value) for value in re.findall(r"<td>(\d+)</td>", view.value)] == values.ravel().tolist()
    view.digit = None
    assert view.value == ""


def test_importance_is_coloured_by_its_sign_and_clear_where_there_is_none() -> None:
    importance = np.zeros((28, 28))
    importance[3, 4], importance[5, 6] = 2.0, -1.0
    pixels = importance_pixels(importance)
    assert pixels[3, 4, 3] == 255 and pixels[5, 6, 3] == 128 and pixels[0, 0, 3] == 0
    assert tuple(pixels[3, 4, :3]) == SUPPORTS and tuple(pixels[5, 6, :3]) == OPPOSES != SUPPORTS
    assert not importance_pixels(np.zeros((28, 28)))[..., 3].any()


def test_importance_lies_over_the_digit_only_while_there_is_some() -> None:
    view = ImportanceView()
    assert view.value == ""
    view.importance = np.eye(28)
    assert "data-importance" in view.value
    view.importance = None
    assert view.value == ""
