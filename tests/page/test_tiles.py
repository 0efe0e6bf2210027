"""The answer and the tiles say what the recogniser said, in a form that people and tests can read."""

import re

import pytest

from mnist_helpers.page.pixels import pixels_html
from mnist_helpers.page.tiles import AnswerView, answer_html, percent, tiles_html
from mnist_helpers.preprocessing.raster import BLANK
from mnist_helpers.recognition.recognition import EMPTY, Recognition


def probabilities(**of: float) -> tuple[float, ...]:
    """Ten probabilities, those not named 0: `probabilities(_7=0.9)`."""
    return tuple(of.get(f"_{digit}", 0.0) for digit in range(10))


SEVEN = Recognition(probabilities=probabilities(_7=0.95, _1=0.04), answer=7)
TORN = Recognition(probabilities=probabilities(_4=0.5, _9=0.45), reason="Torn between 4 & 9.")


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


def test_each_tile_tells_its_digit_and_probability() -> None:
    found = re.findall(r'data-digit="(\d)" data-probability="([\d.]+)"', tiles_html(SEVEN.probabilities, [0.0] * 10))
    assert [int(digit) for digit, _ in found] == list(range(10))
    assert [float(value) for _, value in found] == list(SEVEN.probabilities)


def test_the_most_probable_tile_stands_out_and_none_on_an_empty_pad() -> None:
    marked = re.findall(r'tile-best" data-digit="(\d)"', tiles_html(SEVEN.probabilities, [0.0] * 10))
    assert marked == ["7"]
    assert "tile-best" not in tiles_html([0.0] * 10, SEVEN.probabilities)


def test_no_tile_is_marked_when_none_is_probable() -> None:
    hardly = probabilities(_7=0.009, _1=0.004)
    assert "tile-best" not in tiles_html(hardly, hardly) and "tile-best" in tiles_html(SEVEN.probabilities, hardly)


def test_answer_tiles_and_digit_are_one_message_and_a_bar_grows_from_where_it_was() -> None:
    view, sent = AnswerView(), []
    assert 'data-answer=""' in view.value and pixels_html(BLANK) in view.value
    view.show(TORN, BLANK)
    view.observe(lambda change: sent.append(change.name), view.keys)
    view.show(SEVEN, BLANK + 1)
    assert pixels_html(BLANK + 1) in view.value
    assert 'data-answer="7"' in view.value and 'data-digit="7" data-probability="0.9500"' in view.value
    assert "--from:0.500;--to:0.000" in view.value and sent == ["value"]
