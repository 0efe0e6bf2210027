"""Whole numbers, read from pictures."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mnist_helpers.preprocessing.parts import overlap
from mnist_helpers.recognition.number import as_json
from mnist_helpers.recognition.reading import TOO_MUCH_INK_TEXT, Reader
from mnist_helpers.recognition.recogniser import Recogniser
from tests.negative_pictures import NEGATIVES
from tests.pictures import LOOKS, Look, encoded, picture

FORMATS = [("PNG", {}), ("JPEG", {"quality": 60}), ("WEBP", {"quality": 70})]
LABELS = ["7", "35", "2048", "407 91"]


@pytest.fixture(scope="module")
def reader():
    return Reader(Recogniser())


@pytest.mark.parametrize(
    "look", [pytest.param(each, marks=pytest.mark.slow) if each == "large" else each for each in LOOKS]
)
def test_a_picture_is_read_however_it_looks(reader, look):
    for place, label in enumerate(LABELS):
        name, options = FORMATS[place % 3]
        assert reader.read_picture(encoded(picture(label, place + 1, LOOKS[look]), name, **options)).best == label


def test_parts_stand_in_the_order_of_reading_with_boxes_around_their_ink(reader):
    colours = picture("407 91", look=Look(ink=(0, 0, 0), paper=(255, 255, 255)))
    parts = reader.read_picture(colours).parts
    assert [(part.line, part.recognition.answer) for part in parts] == [(0, 4), (0, 0), (0, 7), (1, 9), (1, 1)]
    ink = 0
    for part in parts:
        rows = slice(int(part.box.top), int(np.ceil(part.box.bottom)))
        columns = slice(int(part.box.left), int(np.ceil(part.box.right)))
        ink += (colours[rows, columns, 0] < 128).sum()
        assert part.digit_image.shape == (28, 28)
    assert ink == (colours[..., 0] < 128).sum()
    assert all(overlap(one.box, other.box) < 0 for one, other in itertools.pairwise(parts[:3]))


@pytest.mark.slow
def test_boxes_of_a_large_picture_are_in_its_own_pixels(reader):
    small, large = Look(digit=60), Look(digit=1200)
    one, other = (reader.read_picture(picture("42", look=look)).parts for look in (small, large))
    for at_small, at_large in zip(one, other, strict=True):
        assert at_large.box.left == pytest.approx(20 * at_small.box.left, abs=25)
        assert at_large.box.bottom == pytest.approx(20 * at_small.box.bottom, abs=25)


def test_a_wide_gap_in_a_row_is_a_space(reader):
    one, other = picture("12"), picture("345")
    between = np.full((len(one), 160, 3), one[0, 0])
    assert reader.read_picture(np.hstack([one, between, other])).best == "12 345"


def test_a_digit_image_as_a_picture_is_that_digit_image(reader):
    (part,) = reader.read_picture(picture("3", look=Look(digit=200))).parts
    (again,) = reader.read_picture(np.round(part.digit_image * 255).astype(np.uint8)).parts
    assert again.recognition.answer == 3
    assert np.abs(part.digit_image - again.digit_image).mean() < 0.02


@pytest.mark.parametrize("label", "0123456789")
@pytest.mark.parametrize("side", [14, 20, 28])
def test_a_digit_of_few_pixels_is_read_dark_and_bright(reader, label, side):
    grey = np.asarray(
        Image.fromarray(picture(label, look=Look(pen=0.12, margin=0.1))).convert("L").resize((side, side))
    )
    assert {reader.read_picture(each).best for each in (grey, 255 - grey)} == {label}


@pytest.mark.parametrize("label", "234568")
@pytest.mark.parametrize("pen", [0.08, 0.13])
def test_a_digit_that_fills_its_picture_is_read_dark_and_bright(reader, label, pen):
    grey = picture(label, look=Look(digit=120, pen=pen, ink=(0, 0, 0), paper=(255, 255, 255)))[..., 0]
    rows, columns = (np.nonzero((grey < 128).any(axis))[0] for axis in (1, 0))
    close = grey[rows[0] + 2 : rows[-1] - 1, columns[0] + 2 : columns[-1] - 1]
    assert {reader.read_picture(each).best for each in (close, 255 - close)} == {label}


@pytest.mark.parametrize("label", "23456789")
def test_an_enlarged_digit_of_eight_pixels_is_read(reader, label):
    grey = Image.fromarray(picture(label, look=Look(pen=0.16, margin=0.05, ink=(0, 0, 0), paper=(255, 255, 255))))
    small = grey.convert("L").resize((8, 8), Image.Resampling.BOX)
    for way in (Image.Resampling.NEAREST, Image.Resampling.BICUBIC):
        enlarged = np.asarray(small.resize((200, 200), way))
        assert {reader.read_picture(each).best for each in (enlarged, 255 - enlarged)} == {label}


@pytest.mark.parametrize("label", "0123456789")
def test_a_circled_digit_is_that_digit(reader, label):
    assert reader.read_picture(picture(label, look=Look(circled=True, digit=90))).best == label


def test_what_lies_around_a_canvas_is_left_out(reader):
    page = Image.new("L", (700, 700), 255)
    draw = ImageDraw.Draw(page)
    draw.rectangle((140, 120, 560, 540), outline=100)
    draw.text((140, 20), "Draw a digit", "black", font=ImageFont.load_default(40))
    draw.rounded_rectangle((140, 560, 300, 610), 8, fill=60)
    page.paste(Image.fromarray(picture("4", look=Look(digit=240, ink=(0, 0, 0), paper=(255, 255, 255)))), (170, 150))
    assert reader.read_picture(np.asarray(page)).answer == "4"


def test_a_digit_that_its_box_touches_is_read(reader):
    colours = picture("35", look=Look(boxed=0.03, digit=90, margin=1.5)).copy()
    rows = np.flatnonzero((colours[:, 128] < 120).any(1))
    colours[rows[0] : rows[0] + 60, 178:184] = (40, 45, 110)
    assert len(reader.read_picture(colours).parts) == 2


@pytest.mark.parametrize("look", [Look(turned=5, digit=90), Look(turned=5, digit=90, shadow=0.5)])
def test_paper_that_the_picture_cuts_is_distinguished_from_the_table(reader, look):
    colours = picture("35", look=replace(look, table=(50, 40, 35)))
    assert [reader.read_picture(each).answer for each in (colours[:-40, 30:], colours[:-40, :-30])] == ["35", "35"]


@pytest.mark.parametrize("label", "1357")
def test_a_stroke_that_a_pen_skipped_is_one_digit(reader, label):
    assert reader.read_picture(picture(label, look=Look(gap=0.02, digit=90))).best == label


@pytest.mark.parametrize("name", NEGATIVES)
def test_what_is_no_digit_gets_no_answer(reader, name):
    assert not reader.read_picture(NEGATIVES[name]).is_sure


@pytest.mark.parametrize(
    "name",
    [
        *("blank", "blank, lit", "blank in shadow", "all ink", "faint noise", "paper on a table"),
        *("ruled, with a margin", "ruled, with a margin, turned"),
    ],
)
def test_a_picture_without_ink_has_no_parts_and_says_so(reader, name):
    found = reader.read_picture(NEGATIVES[name])
    assert as_json(found) == {"answer": "", "best": "", "parts": [], "reason": "No ink was found."}


def test_a_hundred_digits_are_too_many(reader):
    found = reader.read_picture(picture(" ".join(["0123456789"] * 10)))
    assert found.answer == "?"
    assert found.parts[0].recognition.reason == TOO_MUCH_INK_TEXT
