"""The result of reading a number: its parts and its answer, also as JSON."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.parts import Box
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.recognition import Recognition

UNSURE = "?"
"""Stands in an answer for a digit that has none."""
NO_INK_TEXT = "No ink was found."


@dataclass(frozen=True, kw_only=True)
class Part:
    """One digit of a number: its strokes, the box around them in the drawing's units, and its recognition.

    A part of a picture has the density of its `ink` (h, w) instead of strokes, and its box is in pixels of the upright
    picture. `line` counts the lines of a picture in reading order; a wide gap begins a new line.
    """

    box: Box
    digit_image: DigitImage
    recognition: Recognition
    strokes: Drawing = ()
    ink: npt.NDArray[np.float32] | None = None
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A drawing or a picture read as a number: its parts in reading order, none if there is no ink.

    `newest` is the index of the part with the stroke that was drawn last.
    """

    parts: tuple[Part, ...] = ()
    newest: int = 0

    @property
    def answer(self) -> str:
        """The number, such as "407", with "?" for each digit without an answer; "" without ink.

        The lines of a picture are separated by spaces.
        """
        return self._joined([part.recognition.answer for part in self.parts])

    @property
    def best(self) -> str:
        """The same from the most probable digits; "?" only for a part without probabilities, such as a dot."""
        return self._joined([part.recognition.best for part in self.parts])

    @property
    def probability(self) -> float:
        """The probability of `best`: the product of its digits' probabilities; 0 without ink."""
        return math.prod(max(part.recognition.probabilities) for part in self.parts) if self.parts else 0.0

    @property
    def is_sure(self) -> bool:
        """Whether there are digits and each has an answer."""
        return bool(self.parts) and UNSURE not in self.answer

    def _joined(self, digits: list[int | None]) -> str:
        lines: dict[int, str] = {}
        for part, digit in zip(self.parts, digits, strict=True):
            lines[part.line] = lines.get(part.line, "") + _text(digit)
        return " ".join(lines.values())


def as_json(reading: Reading) -> dict:
    """A reading as JSON values: `answer`, `best` and `parts`, each with box, answer, probability and reason.

    Without ink there are no parts but a `reason`.
    """
    parts = [
        {
            "box": [round(side, 4) for side in (part.box.left, part.box.top, part.box.right, part.box.bottom)],
            "answer": _text(part.recognition.answer),
            "probability": round(max(part.recognition.probabilities), 4),
            "reason": part.recognition.reason,
        }
        for part in reading.parts
    ]
    found = {"answer": reading.answer, "best": reading.best, "parts": parts}
    return found if parts else found | {"reason": NO_INK_TEXT}


def _text(digit: int | None) -> str:
    return UNSURE if digit is None else str(digit)
