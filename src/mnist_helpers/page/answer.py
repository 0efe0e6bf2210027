"""Show as HTML what was read: the answer, tiles and digit image of the selected part, and marks of all parts."""

import html
from collections.abc import Sequence
from itertools import groupby

from mnist_helpers.page.controls import asks, is_index
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pixels import pixels_html
from mnist_helpers.page.shared_style import HTML
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.parts import Box
from mnist_helpers.preprocessing.raster import BLANK, DigitImage
from mnist_helpers.recognition.number import UNSURE, Part, Reading
from mnist_helpers.recognition.recognition import EMPTY, Recognition

SURE, FAIRLY_SURE = 0.98, 0.9
MIN_RUNNER_UP_PROBABILITY = 0.02
"""Smallest probability of a runner-up that is named."""
MIN_MARKED_PROBABILITY = 0.01
"""Smallest probability of the best digit that is marked, whether it is the answer or not."""
MARK_GAP = 0.01 * PAD_SIZE
"""Gap between the ink of a part and its mark, in pad units."""
NO_MARKS = '<div class="pad-marks"></div>'


class AnswerView(HTML):
    """The answer, ten tiles, digit image and marks of the parts; page.js moves the last two to their places.

    All are one widget, because they change together and a message costs kernel and server more than the network does.
    `reading` is the whole. `part`, with its `recognition`, `digit` and `strokes`, is the selected one: the part that a
    person chose, while it is there, otherwise the newest. `speaker` is the name of a network to show with the answer,
    `note` is HTML about corrections. Without a note, a hint `explains` how to correct, where it may help.
    """

    def __init__(self) -> None:
        self.speaker, self.note, self.explains = "", "", True
        self.recognition, self.digit = EMPTY, BLANK
        self.strokes: Drawing = ()
        self.part: Part | None = None
        self.reading = Reading()
        self._chosen: Box | None = None
        self._pen_width = 0.0
        super().__init__(_html(answer_html(EMPTY), EMPTY, EMPTY, BLANK))
        self.add_class("digits-live")

    def show(self, reading: Reading, *, pen_width: float) -> None:
        """Show a reading of what was drawn with a pen of that width, in pad units."""
        self.reading, self._pen_width = reading, pen_width
        before, index = self.recognition, self._selected(reading)
        part = self.part = reading.parts[index] if reading.parts else None
        self.recognition = part.recognition if part else EMPTY
        self.digit = part.digit_image if part else BLANK
        self.strokes = part.strokes if part else ()
        after = _said_by(self.speaker) + (self.note or (_hint(self.recognition) if self.explains else ""))
        if len(reading.parts) > 1:
            marks = marks_html([each.box for each in reading.parts], index, margin=pen_width / 2 + MARK_GAP)
            self.value = _html(number_html(reading, index, after), self.recognition, before, self.digit, marks)
        else:
            self.value = _html(answer_html(self.recognition, after), self.recognition, before, self.digit)

    def _selected(self, reading: Reading) -> int:
        chosen = (index for index, part in enumerate(reading.parts) if part.box == self._chosen)
        return next(chosen, reading.newest)

    def choose(self, index: object) -> None:
        """Select the part with this index; any other value is ignored."""
        if is_index(index, len(self.reading.parts)):
            self._chosen = self.reading.parts[index].box
            self.show(self.reading, pen_width=self._pen_width)


def _html(answer: str, recognition: Recognition, before: Recognition, digit: DigitImage, marks: str = NO_MARKS) -> str:
    return answer + tiles_html(recognition.probabilities, before.probabilities) + pixels_html(digit) + marks


def percent(probability: float) -> str:
    """A probability in per cent, as HTML; only 0 and 1 themselves are shown as 0 and 100 %."""
    if 0 < probability < 0.01:
        return "&lt;1&nbsp;%"
    return "&gt;99&nbsp;%" if 0.99 < probability < 1 else f"{probability * 100:.0f}&nbsp;%"


def answer_html(recognition: Recognition, after: str = "") -> str:
    """HTML of a single digit in large type, how sure it is, a probable runner-up, and `after`."""
    shown = "" if recognition == EMPTY else UNSURE if recognition.answer is None else str(recognition.answer)
    return (
        f'<div class="answer" data-answer="{shown}"><span class="answer-digit" aria-hidden="true">{shown}</span>'
        f'<p class="answer-words"><b>{_words(recognition)}</b><span>{_note(recognition)}</span>'
        f"{after}</p></div>"
    )


def number_html(reading: Reading, selected: int, after: str = "") -> str:
    """HTML of a number in large type, each digit a button, how sure it is, a line on the selected one, and `after`."""
    of_lines = groupby(enumerate(reading.parts), key=lambda numbered: numbered[1].line)
    lines = (_line_html(list(numbered), selected) for _, numbered in of_lines)
    words = _sure_of(reading.answer, reading.probability) if reading.is_sure else f"Not sure. Maybe {reading.best}."
    note = f"Digit {selected + 1} of {len(reading.parts)}: {_words(reading.parts[selected].recognition)}"
    return (
        f'<div class="answer" data-answer="{reading.answer}">'
        f'<div class="answer-digits" role="group" aria-label="Digits of the number">{"".join(lines)}</div>'
        f'<p class="answer-words"><b>{words}</b> <span>{note}</span>{after}</p></div>'
    )


def _line_html(numbered: Sequence[tuple[int, Part]], selected: int) -> str:
    return f"<div>{''.join(_digit_html(index, part, index == selected) for index, part in numbered)}</div>"


def _digit_html(index: int, part: Part, is_selected: bool) -> str:
    answer = part.recognition.answer
    shown, said = (UNSURE, "not sure") if answer is None else (answer, answer)
    return (
        f'<button type="button" data-part="{index}" data-line="{part.line}" aria-pressed="{str(is_selected).lower()}"'
        f' {asks(part=index)} data-focus="part-{index}"'
        f' aria-label="Digit {index + 1}: {said}">{shown}</button>'
    )


def _said_by(speaker: str) -> str:
    return f" <span data-speaker>Read by {html.escape(speaker)}.</span>" if speaker else ""


def _hint(recognition: Recognition) -> str:
    """How to correct the answer, where it may be one of several digits."""
    is_torn = recognition.answer is None and recognition.best is not None and recognition.no_digit < 0.5
    return " <span>Tap the digit that you meant.</span>" if is_torn else ""


def _words(recognition: Recognition) -> str:
    if recognition.is_corrected:
        return f"It is a {recognition.answer}, as you told me."
    if recognition.answer is None:
        return html.escape(recognition.reason)
    return _sure_of(f"a {recognition.answer}", recognition.probabilities[recognition.answer])


def _sure_of(what: str, probability: float) -> str:
    sure = "Sure" if probability >= SURE else "Fairly sure" if probability >= FAIRLY_SURE else "Probably"
    return f"{sure} it is {what}: {percent(probability)}"


def _note(recognition: Recognition) -> str:
    second = recognition.runner_up
    if recognition.answer is None or recognition.is_corrected or second is None:
        return ""
    if recognition.probabilities[second] < MIN_RUNNER_UP_PROBABILITY:
        return ""
    return f"It could be a {second}: {percent(recognition.probabilities[second])}"


def tiles_html(probabilities: Sequence[float], before: Sequence[float]) -> str:
    """HTML of ten tiles: the digit, a bar and the probability. Tapping one corrects the answer (corrections.js).

    CSS animates each bar from the probability `before` to the present one.
    """
    best = max(range(10), key=probabilities.__getitem__) if max(probabilities) >= MIN_MARKED_PROBABILITY else None
    tiles = (
        f'<button type="button" class="tile{" tile-best" if digit == best else ""}" data-digit="{digit}"'
        f' data-probability="{new:.4f}" data-focus="tile-{digit}" aria-label="I meant a {digit}; now {percent(new)}">'
        f'<b>{digit}</b><i style="--from:{old:.3f};--to:{new:.3f}"></i><span>{percent(new)}</span></button>'
        for digit, (new, old) in enumerate(zip(probabilities, before, strict=True))
    )
    label = 'aria-label="How probable each digit is" title="Tap the digit that you meant"'
    return f'<div class="tiles" role="group" {label}>{"".join(tiles)}</div>'


def marks_html(boxes: Sequence[Box], selected: int, *, margin: float) -> str:
    """HTML of a bracket below each box, in per cent of the pad; page.js moves it to the pad, under the ink."""
    marks = (
        f'<i class="{"selected" if index == selected else ""}" style="left:{_share(box.left - margin)};'
        f'right:{_share(PAD_SIZE - box.right - margin)};top:{_share(min(box.bottom + margin, PAD_SIZE))}"></i>'
        for index, box in enumerate(boxes)
    )
    return f'<div class="pad-marks" aria-hidden="true">{"".join(marks)}</div>'


def _share(length: float) -> str:
    return f"{max(length, 0) / PAD_SIZE:.2%}"
