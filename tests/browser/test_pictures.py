"""Pictures on the page: by file chooser, drop and paste, made small by the browser, and undone as ink is."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from mnist_helpers.preprocessing.raster import resize_whole_pad
from tests.numbers import number

from .hand import SEVEN
from .visitor import Visitor

MAX_MESSAGE = 65536
"""Bytes of a message that a public server takes (deploy/config/voila.json)."""
SHOWN = "document.querySelector('.digit-pad img')"
HAND_OVER = """([content, name, type, how]) => {
  const file = new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name, { type });
  const data = new DataTransfer();
  data.items.add(file);
  const pad = document.querySelector('.digit-pad canvas');
  const event = how === 'drop'
    ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
    : new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
  (how === 'drop' ? pad : document.body).dispatchEvent(event);
  return event.defaultPrevented;
}"""


def photo(label: str, size: int, *, turned: bool = False) -> bytes:
    """A JPEG of a number on grainy, unevenly lit paper; turned as a phone on its side takes it."""
    ink = resize_whole_pad(number(label), pad_size=560, pen_width=7, size=size)
    grain = np.random.default_rng(1).normal(0, 8, ink.shape)
    grey = (220 - 170 * ink - np.linspace(0, 60, size) + grain).clip(0, 255).astype(np.uint8)
    image = Image.fromarray(grey[int(0.35 * size) : int(0.65 * size)])
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6  # to be shown turned to the right
        image = image.transpose(Image.Transpose.ROTATE_90)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


def choose(visitor: Visitor, content: bytes, name: str = "photo.jpg", kind: str = "image/jpeg") -> None:
    with visitor.page.expect_file_chooser() as chooser:
        visitor.button("Open a picture").click()
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})


def is_read(visitor: Visitor, answer: str) -> None:
    visitor.wait_until(
        f"answer => {SHOWN} && document.querySelector('[data-answer]').dataset.answer === answer", answer
    )


def test_a_photo_is_chosen_made_small_read_and_undone(desktop: Visitor) -> None:
    content = photo("407", 3000)
    assert len(content) > 10 * MAX_MESSAGE
    desktop.draw(SEVEN)
    sent = len(desktop.sent)
    choose(desktop, content)
    is_read(desktop, "407")
    assert max(len(message) for message in desktop.sent[sent:]) < MAX_MESSAGE
    assert not desktop.ink().any() and desktop.page.locator(".pad-marks i").count() == 3
    desktop.button("Clear").click()
    desktop.wait_until(f"() => !{SHOWN}")
    desktop.wait_until_settled()
    assert desktop.answer == ""
    desktop.button("Undo").click()
    is_read(desktop, "407")
    desktop.button("Undo").click()
    desktop.wait_until("() => document.querySelector('[data-answer]').dataset.answer === '7'")
    desktop.wait_until_settled()
    assert desktop.inked((420, 200)) and desktop.page.locator(".digit-pad img").count() == 0


def test_a_photo_that_a_phone_took_on_its_side_is_turned_and_its_digits_are_tapped(phone: Visitor) -> None:
    chooser = phone.page.get_by_label("Open a picture").and_(phone.page.locator("input[type=file]"))
    assert chooser.get_attribute("accept") == "image/*"
    with phone.page.expect_file_chooser() as opened:
        phone.button("Open a picture").tap()
    opened.value.set_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo("31415", 1200, turned=True)})
    is_read(phone, "31415")
    phone.page.locator("[data-part]").nth(2).tap()
    phone.wait_until("() => document.querySelector('[data-part=\"2\"]').ariaPressed === 'true'")
    assert phone.probabilities.index(max(phone.probabilities)) == 4


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_is_dropped_on_the_pad_or_pasted(desktop: Visitor, how: str) -> None:
    content = base64.b64encode(photo("42", 800)).decode()
    assert desktop.page.evaluate(HAND_OVER, [content, "photo.jpg", "image/jpeg", how])
    is_read(desktop, "42")


def test_a_stroke_on_a_picture_begins_a_drawing(desktop: Visitor) -> None:
    choose(desktop, photo("42", 800))
    is_read(desktop, "42")
    desktop.draw(SEVEN)
    assert desktop.answer == "7" and desktop.page.locator(".digit-pad img").count() == 0
    desktop.button("Undo").click()
    is_read(desktop, "42")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"no picture", "image/png"), (b"%PDF-1.7", "application/pdf"), (SVG, "image/svg+xml"), (b"", "image/png")],
    ids=["text", "PDF", "SVG", "empty"],
)
def test_what_is_no_picture_is_reported_and_the_drawing_stays(desktop: Visitor, content: bytes, kind: str) -> None:
    desktop.draw(SEVEN)
    choose(desktop, content, "file", kind)
    desktop.page.get_by_role("alert").filter(has_text="This is no picture").wait_for()
    assert desktop.answer == "7" and desktop.inked((420, 200))
