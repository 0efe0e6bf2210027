"""Whole numbers on the page: drawn by mouse and by finger, and looked at digit by digit."""

import numpy as np

from .hand import SEVEN, number_on_pad
from .visitor import Visitor

CHOSEN = """() => document.querySelector('[data-part][aria-pressed="true"]')?.dataset.part"""
PIXELS = "() => document.querySelector('.digits-digit [data-pixels] img').src"
BLOT = ((380, 300), (460, 500), (380, 520), (460, 300), (370, 420), (470, 400))


def is_looked_at(visitor: Visitor, place: int) -> None:
    visitor.wait_until(f"place => ({CHOSEN})() === String(place)", place)


def test_a_number_drawn_by_mouse_is_read_and_each_digit_shows_what_the_network_saw(desktop: Visitor) -> None:
    desktop.draw(number_on_pad("407"))
    assert desktop.answer == "407" and desktop.page.evaluate(CHOSEN) == "2"
    seen = set()
    for place, digit in enumerate("407"):
        desktop.page.locator(f'[data-part="{place}"]').click()
        is_looked_at(desktop, place)
        assert desktop.probabilities.index(max(desktop.probabilities)) == int(digit)
        desktop.wait_until_settled()
        stages = desktop.page.locator(".stages img").evaluate_all("all => all.map(each => each.src).join()")
        seen.add((desktop.page.evaluate(PIXELS), stages))
    assert len(seen) == 3 and desktop.answer == "407"
    desktop.button("Which ink mattered").click()
    ink = desktop.page.locator("[data-importance] img")
    of_last = ink.get_attribute("src")
    desktop.page.locator("[data-part]").first.click()
    desktop.wait_until("before => document.querySelector('[data-importance] img')?.src !== before", of_last)
    is_looked_at(desktop, 0)
    desktop.button("Which ink mattered").click()


def test_a_number_of_six_digits_is_drawn_and_tapped_by_finger(phone: Visitor) -> None:
    phone.draw(number_on_pad("985672"), touch=True)
    assert phone.answer == "985672" and phone.page.locator("[data-part]").count() == 6
    phone.page.locator("[data-part]").nth(2).tap()
    is_looked_at(phone, 2)
    assert phone.probabilities.index(max(phone.probabilities)) == 5


def test_a_digit_is_chosen_by_keyboard_and_keeps_the_focus_while_the_answer_changes(desktop: Visitor) -> None:
    desktop.draw(number_on_pad("407"))
    desktop.page.locator("[data-part]").first.focus()
    desktop.page.keyboard.press("Space")
    is_looked_at(desktop, 0)
    desktop.page.keyboard.press("Tab")
    desktop.page.keyboard.press("Enter")
    is_looked_at(desktop, 1)
    assert desktop.page.evaluate("document.activeElement.dataset.part") == "1"
    desktop.canvas.click(position={"x": 5, "y": 5})
    desktop.wait_until_settled()
    assert desktop.canvas.evaluate("canvas => canvas === document.activeElement")


def test_the_newest_digit_is_looked_at_while_the_pen_moves(desktop: Visitor) -> None:
    *before, last = number_on_pad("42")
    desktop.draw(tuple(before))
    assert desktop.answer == "4" and desktop.page.locator("[data-part]").count() == 0
    desktop.put_down(last)
    desktop.wait_until("document.querySelector('[data-answer]').dataset.answer === '42'")
    is_looked_at(desktop, 1)
    desktop.lift(last[-1])


def test_a_digit_that_is_none_is_a_question_mark_among_the_others(desktop: Visitor) -> None:
    *four, _, seven = number_on_pad("407")
    desktop.draw((*four, BLOT, seven))
    assert desktop.answer == "4?7"


def test_each_part_is_marked_below_its_ink_and_the_ink_is_above_the_mark(desktop: Visitor) -> None:
    desktop.draw(number_on_pad("407"))
    pad = desktop.canvas.bounding_box()
    boxes = [mark.bounding_box() for mark in desktop.page.locator(".digit-pad .pad-marks i").all()]
    assert pad and len(boxes) == 3
    columns = np.flatnonzero(desktop.ink().reshape(840, 840).any(axis=0)) * pad["width"] / 840 + pad["x"]
    for box in boxes:
        assert box and pad["y"] < box["y"] and box["y"] + box["height"] <= pad["y"] + pad["height"]
        assert ((columns > box["x"]) & (columns < box["x"] + box["width"])).any()
    stacking = "marks => [getComputedStyle(marks).zIndex, getComputedStyle(marks).pointerEvents]"
    assert desktop.page.locator(".pad-marks").evaluate(stacking) == ["-1", "none"]
    desktop.clear()
    desktop.draw(SEVEN)
    assert desktop.page.locator(".pad-marks i").count() == desktop.page.locator("[data-part]").count() == 0


def test_a_number_is_spoken_when_the_pen_rests(desktop: Visitor) -> None:
    desktop.draw(number_on_pad("407"))
    desktop.wait_until("() => document.querySelector('[role=status].digits-spoken')?.textContent.includes('407')")
