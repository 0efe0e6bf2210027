"""Undo, redo and clear, by button and by keyboard, for mouse and finger alike."""

import pytest

from .hand import SEVEN
from .visitor import STATE, Visitor

TWO_STROKES = (((200, 150), (200, 420), (480, 420)), ((420, 250), (420, 500), (420, 700)))


def has_strokes(visitor: Visitor, number: int) -> None:
    visitor.wait_until(f"() => JSON.parse({STATE}.drawing)?.length === {number}")
    visitor.wait_until_settled()


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["button", "keyboard"])
def test_undo_redo_and_clear(desktop: Visitor, by_keyboard: bool) -> None:
    def do(name: str, key: str) -> None:
        if by_keyboard:
            desktop.page.keyboard.press(key)
        else:
            desktop.button(name).click()

    desktop.draw(TWO_STROKES)
    whole = desktop.answer
    assert whole == "4"
    do("Undo", "Control+z")
    has_strokes(desktop, 1)
    assert not desktop.inked((420, 600)) and desktop.inked((200, 300))
    assert desktop.answer != whole
    do("Redo", "Control+Shift+Z")
    has_strokes(desktop, 2)
    assert desktop.inked((420, 600)) and desktop.answer == whole
    do("Clear", "c")
    has_strokes(desktop, 0)
    assert desktop.answer == "" and not desktop.ink().any() and desktop.probabilities == [0] * 10
    do("Undo", "u")
    has_strokes(desktop, 2)
    assert desktop.answer == whole


def test_undo_and_clear_by_tapping(phone: Visitor) -> None:
    phone.draw(TWO_STROKES, touch=True)
    phone.button("Undo").tap()
    has_strokes(phone, 1)
    phone.button("Clear").tap()
    has_strokes(phone, 0)
    assert phone.answer == "" and not phone.ink().any()


def test_a_tap_right_after_a_quick_stroke_is_not_lost(phone: Visitor) -> None:
    for _ in range(8):  # Chromium, left to itself, ignores about every third
        phone.draw((((420, 250), (420, 500), (420, 700)),), touch=True)
        phone.button("Undo").tap()
        has_strokes(phone, 0)


def test_more_undoing_than_there_is_does_no_harm(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    while desktop.drawing:
        before = len(desktop.drawing)
        desktop.button("Undo").click()
        desktop.wait_until(f"before => JSON.parse({STATE}.drawing)?.length !== before", before)
    desktop.wait_until_settled()
    assert desktop.answer == ""


def test_a_new_stroke_ends_what_can_be_done_again(desktop: Visitor) -> None:
    desktop.draw(TWO_STROKES)
    desktop.button("Undo").click()
    has_strokes(desktop, 1)
    desktop.draw((((600, 600), (700, 700)),))
    drawing = desktop.drawing
    desktop.button("Redo").click()
    desktop.draw((((100, 700), (160, 760)),))
    assert desktop.drawing[:2] == drawing
