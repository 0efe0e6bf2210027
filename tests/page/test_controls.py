"""Requests are handled by name, as often as they come, and anything else is ignored."""

import pytest

from mnist_helpers import PROJECT
from mnist_helpers.page.controls import Message, Requests, is_index, toolbar
from mnist_helpers.page.pad import PAD_SIZE, DigitPad


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


def test_the_early_pad_has_the_same_size_pen_and_buttons() -> None:
    early = (PROJECT / "share/jupyter/voila/templates/digits/early.html.j2").read_text()
    pad = DigitPad()
    assert f'width="{PAD_SIZE}" height="{PAD_SIZE}"' in early and f'data-pen="{pad.pen_width:g}"' in early
    *buttons, _ = toolbar(pad, Message(), undo=pad.undo).children
    for button in buttons:
        (name,) = (each for each in button._dom_classes if each.startswith("digits-"))
        (shown,) = (line for line in early.splitlines() if f'{name}"' in line)
        assert f">{button.description}</button>" in shown
        assert "disabled" in shown or f'title="{button.tooltip}"' in shown
