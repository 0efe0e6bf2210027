"""The tiles say what the recogniser said, in a form that people and tests can read."""

import re

import pytest

from mnist_helpers.page.tiles import percent, tiles_html

SEVEN = (0.0, 0.04, 0.0, 0.0, 0.0, 0.0, 0.0, 0.95, 0.0, 0.0)


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


def test_each_tile_tells_its_digit_and_probability() -> None:
    found = re.findall(r'data-digit="(\d)" data-probability="([\d.]+)"', tiles_html(SEVEN, [0.0] * 10))
    assert [int(digit) for digit, _ in found] == list(range(10))
    assert [float(value) for _, value in found] == list(SEVEN)


def test_the_most_probable_tile_stands_out_and_none_on_an_empty_pad() -> None:
    marked = re.findall(r'tile-best" data-digit="(\d)"', tiles_html(SEVEN, [0.0] * 10))
    assert marked == ["7"]
    assert "tile-best" not in tiles_html([0.0] * 10, SEVEN)


def test_no_tile_is_marked_when_none_is_probable() -> None:
    hardly = tuple(each / 100 for each in SEVEN)
    assert "tile-best" not in tiles_html(hardly, hardly) and "tile-best" in tiles_html(SEVEN, hardly)
