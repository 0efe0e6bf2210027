"""Show the answer, the ten probabilities and the digit image as HTML."""

import html
from collections.abc import Sequence

import ipywidgets as widgets

from mnist_helpers.page.pixels import pixels_html
from mnist_helpers.preprocessing.raster import BLANK, DigitImage
from mnist_helpers.recognition.recognition import EMPTY, Recognition

SURE, FAIRLY_SURE = 0.98, 0.9
MIN_RUNNER_UP_PROBABILITY = 0.02
"""Smallest probability of a runner-up that is named."""
MIN_MARKED_PROBABILITY = 0.01
"""Smallest probability of the best digit that is marked, whether it is the answer or not."""


class AnswerView(widgets.HTML):
    """The answer, the ten tiles and the digit image, which page.js moves to its place.

    All are one widget, because they change together and a message costs kernel and server more than the network does.
    """

    def __init__(self) -> None:
        self.recognition, self.digit = EMPTY, BLANK
        super().__init__(_html(EMPTY, EMPTY, BLANK))
        self.add_class("digits-live")

    def show(self, recognition: Recognition, digit: DigitImage) -> None:
        """Show a recognition and the digit image it belongs to."""
        before, self.recognition, self.digit = self.recognition, recognition, digit
        self.value = _html(recognition, before, digit)


def _html(recognition: Recognition, before: Recognition, digit: DigitImage) -> str:
    tiles = tiles_html(recognition.probabilities, before.probabilities)
    return answer_html(recognition) + tiles + pixels_html(digit)


def percent(probability: float) -> str:
    """A probability in per cent, as HTML; 0 and 100 % are shown for exact values only."""
    if 0 < probability < 0.01:
        return "&lt;1&nbsp;%"
    return "&gt;99&nbsp;%" if 0.99 < probability < 1 else f"{probability * 100:.0f}&nbsp;%"


def answer_html(recognition: Recognition) -> str:
    """HTML of the answer in large type, how sure it is, and the runner-up if it is probable enough."""
    shown = "" if recognition == EMPTY else "?" if recognition.answer is None else str(recognition.answer)
    return (
        f'<div class="answer" data-answer="{shown}"><span class="answer-digit" aria-hidden="true">{shown}</span>'
        f'<p class="answer-words"><b>{_words(recognition)}</b><span>{_note(recognition)}</span></p></div>'
    )


def _words(recognition: Recognition) -> str:
    if recognition.answer is None:
        return html.escape(recognition.reason)
    probability = recognition.probabilities[recognition.answer]
    sure = "Sure" if probability >= SURE else "Fairly sure" if probability >= FAIRLY_SURE else "Probably"
    return f"{sure} it is a {recognition.answer}: {percent(probability)}"


def _note(recognition: Recognition) -> str:
    second = recognition.runner_up
    if recognition.answer is None or second is None or recognition.probabilities[second] < MIN_RUNNER_UP_PROBABILITY:
        return ""
    return f"It could be a {second}: {percent(recognition.probabilities[second])}"


def tiles_html(probabilities: Sequence[float], before: Sequence[float]) -> str:
    """HTML of ten tiles: the digit, a bar and the probability.

    CSS animates each bar from the probability `before` to the present one.
    """
    best = max(range(10), key=probabilities.__getitem__) if max(probabilities) >= MIN_MARKED_PROBABILITY else None
    tiles = (
        f'<li class="tile{" tile-best" if digit == best else ""}" data-digit="{digit}" data-probability="{new:.4f}">'
        f'<b>{digit}</b><i style="--from:{old:.3f};--to:{new:.3f}"></i><span>{percent(new)}</span></li>'
        for digit, (new, old) in enumerate(zip(probabilities, before, strict=True))
    )
    return f'<ol class="tiles" aria-label="How probable each digit is">{"".join(tiles)}</ol>'
