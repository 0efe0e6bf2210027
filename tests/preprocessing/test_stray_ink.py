"""Ink that belongs to no digit is left out, of one digit and of a number alike."""

import numpy as np
import pytest

from mnist_helpers.preprocessing.drawing import Drawing, placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, LabelledDrawing, read_drawings
from mnist_helpers.preprocessing.stray_ink import without_stray_ink
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser
from tests.numbers import number

DIGITS = read_drawings(SAMPLES)
STEM, BAR = ((0.0, 0.0), (0.0, 100.0)), ((-40.0, 108.0), (40.0, 108.0))
HOOK = ((0.0, 20.0), (30.0, 0.0), (60.0, 20.0), (0.0, 100.0))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Recogniser())


def underlined(drawing: Drawing, gap: float = 15.0) -> Drawing:
    x, y = np.concatenate(drawing).T
    low = y.max() + gap
    return (*drawing, ((x.min() - 20, low), (float(np.median(x)), low + 2), (x.max() + 20, low)))


def with_streak(drawing: Drawing) -> Drawing:
    x, y = np.concatenate(drawing).T
    return (*drawing, ((x.max() + 90, y.max() + 60), (x.max() + 110, y.max() + 65), (x.max() + 130, y.max() + 72)))


@pytest.mark.parametrize("stray", [underlined, with_streak])
def test_underlined_digits_and_digits_with_a_far_streak_are_answered(stray, reader: Reader) -> None:
    found = [(reader.read(stray(_at(each))).answer, each.label) for each in DIGITS]
    assert np.mean([answer == label for answer, label in found]) >= 0.9
    assert all(answer in (label, "?") for answer, label in found)


def _at(each: LabelledDrawing) -> Drawing:
    return placed(each.drawing, centre=(200, 200), size=100)


@pytest.mark.parametrize("gap", [8.0, 15.0])
def test_an_underlined_number_is_read_without_its_line(gap: float, reader: Reader) -> None:
    assert reader.read(underlined(number("17", 2), gap)).answer == "17"
    assert reader.read(underlined(number("407"), gap)).best == "407"


@pytest.mark.parametrize(
    "second",
    [
        ((0.0, 100.0), (60.0, 100.0)),  # the base of a 2
        ((0.0, -8.0), (60.0, -8.0)),  # a bar above
        ((90.0, 0.0), (90.0, 90.0)),  # a 1 beside it
        ((150.0, 0.0), (150.0, 90.0)),  # a 1 far beside it
        ((60.0, 110.0), (80.0, 125.0)),  # a streak near it
    ],
)
def test_what_may_belong_to_a_digit_or_be_one_stays(second: tuple) -> None:
    assert len(without_stray_ink((HOOK, second))) == 2


def test_a_far_streak_is_measured_by_the_digit_and_not_by_its_strokes() -> None:
    corner, stem = ((0.0, 0.0), (0.0, 50.0), (60.0, 50.0)), ((60.0, 30.0), (60.0, 90.0))
    assert len(without_stray_ink((corner, stem, ((220.0, 20.0), (220.0, 80.0))))) == 2  # shorter than the 4
    assert len(without_stray_ink((corner, stem, ((220.0, 0.0), (220.0, 90.0))))) == 3  # as high: a 1


def test_one_straight_stroke_on_a_bar_is_a_sign() -> None:
    assert len(without_stray_ink((STEM, BAR))) == 2
    assert len(without_stray_ink((HOOK, ((-10.0, 108.0), (70.0, 108.0))))) == 1
