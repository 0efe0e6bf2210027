"""Digits drawn by people, anywhere on the pad, are recognised: the one thing that the page is for."""

import os
import random
from pathlib import Path

import pytest

from mnist_helpers.preprocessing.drawings_file import SAMPLES, LabelledDrawing, read_drawings

from .hand import ONE_BAR, SEVEN, THREE, somewhere
from .servers import ROOT
from .visitor import Visitor

WRONG_AT_MOST = 0.05
PEOPLE = Path(os.environ.get("DRAWINGS_DIR", ROOT.parent / "shared" / "drawings")) / "dev_digits.jsonl.gz"
"""Real people's drawings, which are not the project's to publish; measured on where they are."""


def share_wrong(visitor: Visitor, drawings: list[LabelledDrawing], *, seed: int, touch: bool) -> tuple[float, list]:
    answers = []
    for label, drawing in somewhere(drawings, seed=seed):
        visitor.clear()
        visitor.draw(drawing, touch=touch)
        answers.append((label, visitor.answer))
    wrong = [f"{label} read as {answer}" for label, answer in answers if label != answer]
    return len(wrong) / len(answers), wrong


def samples(hands: set[str]) -> list[LabelledDrawing]:
    return [each for each in read_drawings(SAMPLES) if each.writer.removeprefix("project-") in hands]


def people(number: int) -> list[LabelledDrawing]:
    return random.Random(number).sample(read_drawings(PEOPLE), number)


def test_sample_digits_drawn_by_mouse_are_right(desktop: Visitor) -> None:
    share, wrong = share_wrong(desktop, samples({"1", "3", "5"}), seed=1, touch=False)
    assert share <= WRONG_AT_MOST, wrong


def test_sample_digits_drawn_by_finger_are_right(phone: Visitor) -> None:
    share, wrong = share_wrong(phone, samples({"2"}), seed=2, touch=True)
    assert share <= WRONG_AT_MOST, wrong


@pytest.mark.skipif(not PEOPLE.exists(), reason="real people's drawings are not part of the project")
def test_200_peoples_digits_drawn_by_mouse_are_right(desktop: Visitor) -> None:
    share, wrong = share_wrong(desktop, people(200), seed=3, touch=False)
    assert share <= WRONG_AT_MOST, wrong


@pytest.mark.skipif(not PEOPLE.exists(), reason="real people's drawings are not part of the project")
def test_100_peoples_digits_drawn_by_finger_are_right(phone: Visitor) -> None:
    share, wrong = share_wrong(phone, people(100), seed=4, touch=True)
    assert share <= WRONG_AT_MOST, wrong


def test_the_answer_is_there_before_the_pen_lifts(desktop: Visitor) -> None:
    (stroke,) = SEVEN
    desktop.put_down(stroke)
    desktop.wait_until("document.querySelector('[data-answer]').dataset.answer === '7'")
    assert desktop.received == 0 or desktop.drawing == [], "the pen was lifted"
    desktop.lift(stroke[-1])


def test_probabilities_and_pixels_change_while_the_pen_moves(desktop: Visitor) -> None:
    (stroke,) = THREE
    pixels = "document.querySelector('.digits-digit [data-pixels] img').src"
    seen = set()
    desktop.put_down(stroke[:1])
    for point in stroke[1:]:
        before = desktop.page.evaluate(pixels)
        desktop.move(desktop.on_screen([point]))
        desktop.wait_until(f"before => {pixels} !== before", before)
        seen.add(tuple(desktop.probabilities))
    desktop.lift(stroke[-1])
    assert len(seen) >= len(stroke) / 2


def test_the_answer_and_the_tiles_say_the_same(desktop: Visitor) -> None:
    desktop.draw(ONE_BAR)
    probabilities = desktop.probabilities
    assert desktop.answer == "1" == str(probabilities.index(max(probabilities)))
    assert min(probabilities) >= 0 and sum(probabilities) <= 1.001
