"""The answer shows the reading of a digit or a number, for people and, as attributes, for programs."""

import re

import pytest

from mnist_helpers.page.answer import AnswerView, answer_html, marks_html, percent, tiles_html
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pixels import pixels_html
from mnist_helpers.preprocessing.parts import Box
from mnist_helpers.preprocessing.raster import BLANK
from mnist_helpers.recognition.number import Part, Reading
from mnist_helpers.recognition.recognition import EMPTY, Recognition


def probabilities(**of: float) -> tuple[float, ...]:
    """Ten probabilities, 0 unless given: `probabilities(_7=0.9)`."""
    return tuple(of.get(f"_{digit}", 0.0) for digit in range(10))


SEVEN = Recognition(probabilities=probabilities(_7=0.95, _1=0.04), answer=7)
TORN = Recognition(probabilities=probabilities(_4=0.5, _9=0.45), reason="Torn between 4 & 9.")


def reading(*recognitions: Recognition, newest: int = 0) -> Reading:
    """A reading with a part for each recognition, side by side; the brightness of each image tells its place."""
    parts = [
        Part(
            strokes=(((100.0 * place, 300.0), (100.0 * place + 80, 400.0)),),
            box=Box(left=100 * place, top=300, right=100 * place + 80, bottom=400),
            digit_image=BLANK + place / 10,
            recognition=recognition,
        )
        for place, recognition in enumerate(recognitions)
    ]
    return Reading(parts=tuple(parts), newest=newest)


@pytest.mark.parametrize(("recognition", "shown"), [(SEVEN, "7"), (TORN, "?"), (EMPTY, "")])
def test_the_answer_is_a_digit_a_question_mark_or_nothing(recognition: Recognition, shown: str) -> None:
    assert f'data-answer="{shown}"' in answer_html(recognition)


def test_a_zero_is_an_answer() -> None:
    assert 'data-answer="0"' in answer_html(Recognition(probabilities=probabilities(_0=1.0), answer=0))


@pytest.mark.parametrize(
    ("probability", "words"), [(0.99, "Sure it is"), (0.95, "Fairly sure it is"), (0.8, "Probably")]
)
def test_how_sure_is_said_in_words_and_per_cent(probability: float, words: str) -> None:
    text = answer_html(Recognition(probabilities=probabilities(_7=probability), answer=7))
    assert words in text and f"{probability * 100:.0f}&nbsp;%" in text


def test_a_runner_up_is_named_only_when_it_is_close() -> None:
    assert "1: 4&nbsp;%" in answer_html(SEVEN)
    far = answer_html(Recognition(probabilities=probabilities(_7=0.98, _1=0.01), answer=7))
    assert "It could be" not in far


def test_without_an_answer_the_reason_stands_there_as_text() -> None:
    assert "Torn between 4 &amp; 9." in answer_html(TORN)


def test_a_number_is_said_whole_and_each_of_its_digits_is_a_button() -> None:
    view = AnswerView()
    view.show(reading(SEVEN, SEVEN, newest=1), pen_width=50)
    assert 'data-answer="77"' in view.value and "Fairly sure it is 77: 90&nbsp;%" in view.value
    assert re.findall(r'data-part="(\d)" data-line="0" aria-pressed="(\w+)"', view.value) == [
        ("0", "false"),
        ("1", "true"),
    ]
    assert "Digit 2 of 2: Fairly sure it is a 7: 95&nbsp;%" in view.value


def test_a_digit_that_is_not_sure_is_a_question_mark_in_the_number_and_the_doubt_is_shown() -> None:
    view = AnswerView()
    view.show(reading(SEVEN, TORN, SEVEN, newest=1), pen_width=50)
    assert 'data-answer="7?7"' in view.value and "Not sure. Maybe 747." in view.value
    assert "Digit 2 of 3: Torn between 4 &amp; 9." in view.value and 'aria-label="Digit 2: not sure"' in view.value


def test_one_digit_has_neither_parts_nor_marks() -> None:
    view = AnswerView()
    view.show(reading(SEVEN), pen_width=50)
    assert answer_html(SEVEN) in view.value
    assert "data-part" not in view.value and "<i class" not in view.value


def test_the_newest_part_is_looked_at_until_one_is_chosen_and_again_when_that_is_gone() -> None:
    view = AnswerView()
    view.show(reading(SEVEN, TORN, newest=1), pen_width=50)
    assert view.recognition == TORN and (view.digit == BLANK + 0.1).all()
    view.choose(0)
    assert view.recognition == SEVEN and (view.digit == BLANK).all() and view.strokes[0][0] == (0.0, 300.0)
    view.show(reading(SEVEN, TORN, TORN, newest=2), pen_width=50)
    assert view.recognition == SEVEN
    view.choose(2)
    view.show(reading(SEVEN, TORN, newest=0), pen_width=50)
    assert view.recognition == SEVEN


@pytest.mark.parametrize("place", [-1, 2, 0.5, "0", None, [0]])
def test_what_is_no_place_of_a_part_is_not_looked_at(place: object) -> None:
    view = AnswerView()
    view.choose(place)
    view.show(reading(SEVEN, TORN, newest=1), pen_width=50)
    view.choose(place)
    assert view.recognition == TORN


@pytest.mark.parametrize(
    ("probability", "text"),
    [
        (0, "0&nbsp;%"),
        (0.0001, "&lt;1&nbsp;%"),
        (0.5, "50&nbsp;%"),
        (0.987, "99&nbsp;%"),
        (0.9973, "&gt;99&nbsp;%"),
        (1, "100&nbsp;%"),
    ],
)
def test_neither_nothing_nor_everything_is_claimed_for_what_comes_near(probability: float, text: str) -> None:
    assert percent(probability) == text


def test_a_correction_is_marked_in_words_and_no_runner_up_is_named() -> None:
    corrected = Recognition(probabilities=probabilities(_1=0.95, _7=0.05), answer=1, is_corrected=True)
    assert "It is a 1, as you told me." in answer_html(corrected) and "could be" not in answer_html(corrected)
    view = AnswerView()
    view.show(reading(SEVEN, corrected, newest=1), pen_width=0)
    assert "Digit 2 of 2: It is a 1, as you told me." in view.value


def test_where_it_may_be_one_of_two_the_tiles_are_explained_until_they_were_used() -> None:
    view = AnswerView()
    for recognition, explained in (
        (TORN, True),
        (SEVEN, False),
        (EMPTY, False),
        (Recognition(reason="A blot."), False),
    ):
        view.show(reading(recognition), pen_width=0)
        assert ("Tap the digit that you meant." in view.value.partition("tiles")[0]) == explained
    view.explains = False
    view.show(reading(TORN), pen_width=0)
    assert "Tap the digit that you meant." not in view.value.partition("tiles")[0]


def test_each_tile_is_a_button_named_by_what_it_says() -> None:
    found = tiles_html(SEVEN.probabilities, [0.0] * 10)
    assert re.findall(r'<button type="button"[^>]* aria-label="I meant a (\d); now ([^"]*)"', found)[7] == (
        "7",
        "95&nbsp;%",
    )


def test_each_tile_shows_its_digit_and_probability() -> None:
    found = re.findall(r'data-digit="(\d)" data-probability="([\d.]+)"', tiles_html(SEVEN.probabilities, [0.0] * 10))
    assert [int(digit) for digit, _ in found] == list(range(10))
    assert [float(value) for _, value in found] == list(SEVEN.probabilities)


def test_the_most_probable_tile_stands_out_and_none_on_an_empty_pad() -> None:
    marked = re.findall(r'tile-best" data-digit="(\d)"', tiles_html(SEVEN.probabilities, [0.0] * 10))
    assert marked == ["7"]
    assert "tile-best" not in tiles_html([0.0] * 10, SEVEN.probabilities)


def test_no_tile_is_marked_when_none_is_probable() -> None:
    hardly = tuple(each / 100 for each in SEVEN.probabilities)
    assert "tile-best" not in tiles_html(hardly, hardly) and "tile-best" in tiles_html(SEVEN.probabilities, hardly)


def test_a_mark_lies_below_its_part_and_on_the_pad() -> None:
    inside = Box(left=0.25 * PAD_SIZE, top=0, right=0.5 * PAD_SIZE, bottom=0.5 * PAD_SIZE)
    at_the_edge = Box(left=0, top=0, right=PAD_SIZE, bottom=PAD_SIZE)
    marks = marks_html([inside, at_the_edge], 0, margin=0.01 * PAD_SIZE)
    assert 'class="selected" style="left:24.00%;right:49.00%;top:51.00%"' in marks
    assert 'class="" style="left:0.00%;right:0.00%;top:100.00%"' in marks


def test_answer_tiles_digit_and_marks_are_one_message_and_a_bar_grows_from_where_it_was() -> None:
    view, sent = AnswerView(), []
    assert 'data-answer=""' in view.value and pixels_html(BLANK) in view.value
    view.show(reading(TORN), pen_width=50)
    view.observe(lambda change: sent.append(change.name), view.keys)
    view.show(reading(TORN, SEVEN, newest=1), pen_width=50)
    assert pixels_html(BLANK + 0.1) in view.value and '<i class="selected"' in view.value
    assert 'data-answer="?7"' in view.value and 'data-digit="7" data-probability="0.9500"' in view.value
    assert "--from:0.500;--to:0.000" in view.value and sent == ["value"]
