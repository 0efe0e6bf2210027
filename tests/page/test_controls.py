"""What the page asks is answered by name, as often as it is asked, and all else is ignored."""

import pytest

from mnist_helpers.page.controls import Requests, is_index


def test_the_same_can_be_asked_again() -> None:
    asked: list[object] = []
    requests = Requests({"part": asked.append})
    for _ in range(2):
        requests.value = '{"part": 2}'
    assert asked == [2, 2] and requests.value == ""


@pytest.mark.parametrize("text", ["{", "[2]", "2", '"part"', '{"other": 2}', "[" * 100_000, "\x00"])
def test_what_the_page_would_not_ask_is_ignored(text: str) -> None:
    asked: list[object] = []
    requests = Requests({"part": asked.append})
    requests.value = text
    assert asked == [] and requests.value == ""


def test_an_index_is_a_whole_number_in_range() -> None:
    assert [value for value in (0, 2, -1, 3, True, 1.0, "1", None) if is_index(value, 3)] == [0, 2]
