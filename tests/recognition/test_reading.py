"""Whole numbers, read from drawings."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.calibration import Calibration
from mnist_helpers.recognition.reading import MAX_STROKES, MAY_BE_ONE_TEXT, Reader
from mnist_helpers.recognition.recogniser import Recogniser
from tests.numbers import digits_of, number

LABELS = ["10", "42", "407", "2024", "31415", "985672"]


class Counting(Recogniser):
    """Counts the digit images that it recognises."""

    asked = 0

    def _read(self, digits):
        self.asked += len(digits)
        return super()._read(digits)


@pytest.fixture(scope="module")
def recogniser():
    return Counting()


@pytest.fixture
def reader(recogniser):
    return Reader(recogniser)


@pytest.mark.parametrize("label", LABELS)
def test_numbers_are_read_whole(reader, label):
    read = [reader.read(number(label, hand)) for hand in range(1, 8)]
    assert [each.best for each in read].count(label) >= 6
    assert sum(each.answer == label for each in read) >= 5


def test_an_empty_pad_has_no_parts_and_no_answer(reader):
    assert reader.read(()).answer == reader.read(((),)).best == ""
    assert reader.read(()).parts == ()


@pytest.mark.parametrize("pad_size", [None, 560.0])
def test_one_digit_is_what_the_recogniser_says(reader, recogniser, pad_size):
    for each in read_drawings(SAMPLES):
        (part,) = reader.read(each.drawing, pad_size).parts
        assert part.recognition == recogniser.recognise(each.drawing, pad_size=pad_size)
        assert np.array_equal(part.digit_image, rasterise(each.drawing))
        assert part.strokes == each.drawing


def test_parts_come_left_to_right_with_their_own_strokes_and_image(reader):
    drawing = number("475")
    parts = reader.read(tuple(reversed(drawing))).parts
    assert [part.box.left for part in parts] == sorted(part.box.left for part in parts)
    for part, digit in zip(parts, digits_of("475"), strict=True):
        assert set(part.strokes) == set(digit)
        assert np.array_equal(part.digit_image, rasterise(part.strokes))
        assert part.box.left == min(x for stroke in digit for x, _ in stroke)


def test_a_digit_drawn_in_six_strokes_is_one_digit_of_a_number(reader):
    four, two = digits_of("42")
    longest = max(four, key=len)
    cuts = np.linspace(0, len(longest) - 1, 8 - len(four)).astype(int)
    pieces = [longest[start : end + 1] for start, end in itertools.pairwise(cuts)]
    drawing = (*(stroke for stroke in four if stroke != longest), *pieces, *two)
    assert len(drawing) == 6 + len(two) and reader.read(drawing).answer == "42"


def test_a_bar_drawn_last_belongs_to_the_digit_it_lies_over(reader):
    drawing = number("5407")
    five = len(digits_of("5")[0])
    assert five > 1
    late = (*drawing[: five - 1], *drawing[five:], drawing[five - 1])
    assert reader.read(late).best == "5407"


def test_what_is_not_sure_has_a_question_mark_in_its_place(reader):
    scribble = tuple((150 + 30 * np.cos(7 * t), 280 + 35 * np.sin(9 * t)) for t in np.linspace(0, 6, 150))
    four, _, seven = digits_of("407")
    found = reader.read((*four, scribble, *seven))
    assert found.answer == "4?7"
    assert not found.is_sure
    assert found.parts[1].recognition.reason


@pytest.mark.parametrize(("label", "factor", "is_sure"), [("407", 1.2, True), ("407", 1.3, False), ("40", 1.05, False)])
def test_a_digit_of_three_or_more_may_be_a_little_less_probable_than_one_alone(
    recogniser, reader, monkeypatch, label, factor, is_sure
):
    monkeypatch.setattr("mnist_helpers.recognition.second_look.SLANTS", ())  # so that the probabilities stay
    drawing = number(label)
    doubt = 1 - min(max(part.recognition.probabilities) for part in reader.read(drawing).parts)
    strict = Recogniser(calibration=replace(recogniser.calibration, threshold=1 - doubt / factor))
    assert Reader(strict).read(drawing).is_sure == is_sure


def test_a_digit_of_a_number_that_is_less_probable_than_not_gets_no_answer():
    unsure = Recogniser(calibration=Calibration(temperature=2.5, threshold=0.5))
    found = Reader(unsure).read(number("407"))
    assert all(0.4 < max(part.recognition.probabilities) < 0.5 for part in found.parts)
    assert found.answer == "???"


@pytest.mark.parametrize("joined", ["00", "26", "38"])
def test_two_digits_in_one_stroke_are_never_left_out(reader, joined):
    four, one, other, seven = digits_of(f"4{joined}7")
    found = reader.read((*four, tuple(itertools.chain(*one, *other)), *seven))
    assert found.answer == "4?7"


def test_a_dot_alone_is_one_question_mark(reader):
    found = reader.read((((100.0, 100.0), (101.0, 100.0)),), 560.0)
    assert (found.answer, found.best) == ("?", "?")


def test_an_underline_belongs_to_no_digit(reader):
    found = reader.read((*number("407"), ((20.0, 340.0), (150.0, 341.0), (290.0, 340.0))))
    assert found.best == "407"


def test_crossing_strokes_are_not_two_ones(reader):
    found = reader.read((((0, 0), (60, 100)), ((60, 0), (0, 100))))
    assert len(found.parts) == 1


def test_two_digits_that_touch_may_be_one_sign(reader):
    three, eight = digits_of("38")
    gap = min(x for stroke in eight for x, _ in stroke) - max(x for stroke in three for x, _ in stroke)
    near = tuple(tuple((x - gap + 1, y) for x, y in stroke) for stroke in eight)
    found = reader.read((*three, *near))
    assert (found.best, found.answer) == ("38", "??")
    assert {part.recognition.reason for part in found.parts} == {MAY_BE_ONE_TEXT}


@pytest.mark.parametrize("mark", [((90, 0), (60, 100)), ((0, 0), (60, 0), (40, 100))])
def test_a_mark_drawn_twice_may_be_a_sign_but_not_beside_another_digit(reader, mark):
    twice = (mark, tuple((x + 100, y) for x, y in mark))
    found = reader.read(twice)
    assert (len(found.best), found.answer) == (2, "??")
    zero = tuple((250 + 30 * np.sin(t), 50 - 50 * np.cos(t)) for t in np.linspace(0, 6.3, 40))
    assert reader.read((*twice, zero)).is_sure


def test_digits_on_a_bar_that_they_touch_may_be_one_sign(reader):
    digits = number("17", 2)
    low = max(y for stroke in digits for _, y in stroke)
    found = reader.read((*digits, ((20.0, low + 2), (200.0, low + 2))))
    assert (found.best, found.answer) == ("17", "??")


def test_a_dot_far_from_the_digits_belongs_to_none(reader):
    assert reader.read((*number("407"), ((420.0, 120.0), (422.0, 121.0)))).answer == "407"


def test_only_groups_with_the_stroke_that_grows_are_asked_about_again(reader, recogniser):
    *before, last = number("985672")
    reader.read((*before, last[:-1]))
    recogniser.asked = 0
    grown = reader.read((*before, last))
    assert 0 < recogniser.asked <= 8
    recogniser.asked = 0
    assert reader.read((*before, last)).best == grown.best == Reader(recogniser).read((*before, last)).best


def test_nothing_new_asks_nothing(reader, recogniser):
    drawing = number("985672")
    reader.read(drawing)
    recogniser.asked = 0
    reader.read(drawing)
    assert recogniser.asked == 0


def test_what_is_remembered_is_that_of_the_last_drawing_only(reader):
    for label in LABELS:
        reader.read(number(label))
    known = len(reader._known)
    fresh = Reader(reader._recogniser)
    fresh.read(number(LABELS[-1]))
    assert known == len(fresh._known)


def test_a_scribble_of_very_many_strokes_is_one_drawing(reader):
    drawing = tuple(((9.0 * x, 0.0), (9.0 * x, 50.0)) for x in range(MAX_STROKES + 1))
    assert len(reader.read(drawing).parts) == 1


def test_a_point_that_is_not_finite_is_refused(reader):
    with pytest.raises(ValueError, match="not finite"):
        reader.read((*number("40"), ((float("nan"), 0.0),)))


def test_the_newest_part_is_the_one_with_the_last_stroke(reader):
    drawing = number("475")
    assert reader.read(drawing).newest == 2
    assert reader.read((*drawing[1:], drawing[0])).newest == 0


def test_a_number_is_as_probable_as_all_its_digits_together(reader):
    reading = reader.read(number("475"))
    assert reading.probability == pytest.approx(
        np.prod([max(part.recognition.probabilities) for part in reading.parts])
    )
    assert reader.read(()).probability == 0


def test_without_a_recogniser_the_shipped_network_reads():
    assert Reader().read(number("407")).answer == "407"
