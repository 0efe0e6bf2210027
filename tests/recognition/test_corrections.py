"""Ink like that of a corrected digit is read as that digit, and all else as the network reads it."""

import numpy as np
import pytest

from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.corrections import NEAR, NEAR_WHERE_UNSURE, Corrections, descriptors_of, distances_of
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.recognition.recognition import Recognition
from tests.numbers import digits_of, number

FLAG_1 = (((250, 430), (450, 170), (440, 690)),)
SEVEN = (((250, 200), (590, 200), (400, 650)),)
SURE_7 = Recognition(probabilities=(0.0,) * 7 + (0.98, 0.0, 0.02), answer=7)
UNSURE = Recognition(probabilities=(0.0, 0.4) + (0.0,) * 5 + (0.5, 0.0, 0.0), reason="Torn between 1 and 7.")


def flagged(width: float):
    """The image of a 1 whose flag begins so far left of its top."""
    return rasterise((((450 - width, 430), (450, 170), (440, 690)),))


def distance(one, other) -> float:
    return float(distances_of(descriptors_of(one)[4:5], descriptors_of(other))[0])


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def test_the_same_ink_gets_the_corrected_answer_and_says_so():
    found = Corrections([(flagged(200), 1)]).corrected(flagged(200), SURE_7)
    assert found.is_corrected and found.answer == found.best == 1 and found.runner_up == 7
    assert sum(found.probabilities) == pytest.approx(1)


def test_ink_that_is_moved_by_a_pixel_is_the_same():
    moved = np.roll(flagged(200), (1, -1), axis=(0, 1))
    assert (
        distance(flagged(200), moved) < 0.01 and Corrections([(flagged(200), 1)]).corrected(moved, SURE_7).is_corrected
    )


def test_other_ink_is_read_as_ever():
    assert Corrections([(flagged(200), 1)]).corrected(rasterise(SEVEN), SURE_7) is SURE_7
    assert Corrections([]).corrected(flagged(200), SURE_7) is SURE_7


def test_an_answer_is_overruled_only_by_ink_that_is_nearer_than_a_doubt_is():
    corrections = Corrections([(flagged(200), 1)])
    between = next(image for image in map(flagged, range(200, 0, -1)) if distance(flagged(200), image) > NEAR + 0.02)
    assert distance(flagged(200), between) < NEAR_WHERE_UNSURE
    assert corrections.corrected(between, UNSURE).answer == 1 and corrections.corrected(between, SURE_7).answer == 7


def test_between_two_corrected_digits_the_network_decides_unless_one_is_clearly_nearer():
    corrections = Corrections([(flagged(230), 1), (flagged(170), 7)])
    assert corrections.corrected(flagged(200), UNSURE) is UNSURE
    assert (
        corrections.corrected(flagged(230), UNSURE).answer == 1
        and corrections.corrected(flagged(170), UNSURE).answer == 7
    )


def test_what_is_refused_whatever_it_shows_stays_refused():
    refused = Recognition(reason="Only a dot so far.")
    assert Corrections([(flagged(200), 1)]).corrected(flagged(200), refused) is refused


def test_a_part_of_a_number_is_read_as_corrected_and_keeps_it_among_the_others(recogniser):
    reader = Reader(recogniser)
    assert reader.read(number("407")).answer == "407"
    seven = rasterise(digits_of("407")[2])
    reader.correct(Corrections([(seven, 1)]))
    reading = reader.read(number("407"))
    assert reading.answer == "401" and [part.recognition.is_corrected for part in reading.parts] == [False, False, True]
    reader.correct(None)
    assert reader.read(number("407")).answer == "407"


def test_one_digit_and_a_picture_take_the_same_path(recogniser):
    reader = Reader(recogniser)
    reader.correct(Corrections([(rasterise(SEVEN), 1)]))
    assert reader.read(SEVEN).answer == "1"
    paper = np.full((200, 200), 255, np.uint8)
    paper[40:52, 50:150] = 0
    for row in range(40, 170):
        left = int(140 - (row - 40) * 0.5)
        paper[row, left : left + 12] = 0
    assert Reader(recogniser).read_picture(paper).answer == "7"
    assert reader.read_picture(paper).answer == "1"
