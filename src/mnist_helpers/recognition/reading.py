"""Read a drawing as a whole number: cut it into digits and recognise each.

One path for all: a single digit is a number of one part, and that part is exactly what `Recogniser.recognise` says of
the drawing. Strokes are only looked at apart from each other where the whole is no plausible digit.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing, Point, Stroke
from mnist_helpers.preprocessing.parts import Box, box_of, line_of
from mnist_helpers.preprocessing.raster import DigitImage, rasterise
from mnist_helpers.preprocessing.stray_ink import without_stray_ink
from mnist_helpers.recognition.recogniser import Recogniser, decide
from mnist_helpers.recognition.recognition import Recognition
from mnist_helpers.recognition.splitting import SHORT, Split, best_split, may_be_one, unsplit

UNSURE = "?"
"""What stands in an answer for a digit without one."""
MAX_STROKES = 40
"""Strokes of the longest number that is read; more are taken for one drawing, which bounds what a scribble costs."""

COMPANY = 0.1
"""How much less likely no digit is among the digits of a number than in a drawing of its own."""
MAY_BE_ONE_TEXT = "May be one sign with what is beside it."

_Group: TypeAlias = tuple[float | None, ...]  # the pad's size and the names of its strokes


@dataclass(frozen=True, kw_only=True)
class Part:
    """One digit of a number: its strokes, the box around them in the drawing's units, and what it was taken for."""

    strokes: Drawing
    box: Box
    digit_image: DigitImage
    recognition: Recognition


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A drawing as a number, its parts from left to right; without any where there is no ink."""

    parts: tuple[Part, ...] = ()

    @property
    def answer(self) -> str:
        """The number, such as "407", with "?" for each digit that is not sure; "" where there is no ink."""
        return "".join(_text(part.recognition.answer) for part in self.parts)

    @property
    def best(self) -> str:
        """The same with every doubt decided; "?" remains only where nothing could be told, as of a dot."""
        return "".join(_text(part.recognition.best) for part in self.parts)

    @property
    def is_sure(self) -> bool:
        """Whether every digit has an answer, and there is one."""
        return bool(self.parts) and UNSURE not in self.answer


class Reader:
    """A recogniser of numbers; not to be called by two threads at once.

    It remembers what was said of each group of strokes of the last drawing: while a stroke grows, only groups with that
    stroke are asked about again.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._known: dict[_Group, _Seen] = {}
        self._names: dict[Stroke, int] = {}
        self._new_names = itertools.count(1)

    def read(self, drawing: Drawing | Sequence[Sequence[Point]], pad_size: float | None = None) -> Reading:
        """Read a drawing. `pad_size`, in its units, tells dots as in `Recogniser.recognise`.

        Raises `ValueError` for a coordinate that is not finite or a point that is not a pair.
        """
        strokes = without_stray_ink(drawing)
        if not strokes:
            return Reading()
        if len(strokes) == 1 or len(strokes) > MAX_STROKES:
            return Reading(parts=(self._whole(drawing, pad_size),))
        return self._read_line(drawing, _as_drawing(strokes), pad_size)

    def read_digit(self, drawing: Drawing | Sequence[Sequence[Point]], pad_size: float | None = None) -> Reading:
        """Read a drawing as one digit, as the page does; otherwise as `read`."""
        return Reading(parts=(self._whole(drawing, pad_size),)) if without_stray_ink(drawing) else Reading()

    def _read_line(
        self, drawing: Drawing | Sequence[Sequence[Point]], strokes: Drawing, pad_size: float | None
    ) -> Reading:
        line = line_of(strokes)
        everything = tuple(range(len(strokes)))
        at_most = unsplit(line, {everything: 0.0}).score
        whole = self._whole(drawing, pad_size) if at_most >= 0 else None
        if whole and unsplit(line, _log_probabilities({everything: whole.recognition})).score >= 0:
            return Reading(parts=(whole,))
        groups = {each.strokes for runs in line.candidates for begin in runs for each in begin}
        found = self._look(strokes, sorted(groups - {everything}), pad_size)
        split = best_split(line, _log_probabilities({group: each.recognition for group, each in found.items()}))
        whole = whole or (self._whole(drawing, pad_size) if split.score <= at_most else None)
        if whole and split.score <= unsplit(line, _log_probabilities({everything: whole.recognition})).score:
            return Reading(parts=(whole,))
        digits = [found[candidate.strokes].recognition.best for candidate in split.candidates]
        return Reading(parts=self._parts(strokes, split, found, may_be_one(split, line, digits)))

    def _parts(self, strokes: Drawing, split: Split, found: dict, doubts: Sequence[bool]) -> tuple[Part, ...]:
        return tuple(
            Part(
                strokes=tuple(strokes[place] for place in candidate.strokes),
                box=candidate.box,
                digit_image=found[candidate.strokes].digit_image,
                recognition=self._in_company(found[candidate.strokes].recognition, doubted, len(doubts)),
            )
            for candidate, doubted in zip(split.candidates, doubts, strict=True)
        )

    def _in_company(self, recognition: Recognition, doubted: bool, count: int) -> Recognition:
        """What a digit is among others: its neighbours make it likelier that it is one, or may be a piece of it."""
        if doubted:
            return replace(recognition, answer=None, reason=MAY_BE_ONE_TEXT)
        if recognition.best is None or count <= SHORT - 1:
            return recognition
        likelier = np.array(recognition.probabilities)
        likelier /= likelier.sum() + COMPANY * recognition.no_digit
        return decide(likelier, self._recogniser.calibration.threshold)

    def _whole(self, drawing: Drawing | Sequence[Sequence[Point]], pad_size: float | None) -> Part:
        """The drawing as one digit, just as the recogniser takes it."""
        digit_image = rasterise(drawing)
        recognition = self._recogniser.recognise(drawing, pad_size=pad_size, digit=digit_image)
        strokes = _as_drawing(stroke for stroke in drawing if len(stroke))
        box = box_of(np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes]))
        return Part(strokes=strokes, box=box, digit_image=digit_image, recognition=recognition)

    def _look(self, strokes: Drawing, groups: Sequence[tuple[int, ...]], pad_size: float | None) -> dict:
        """What is seen in each group of strokes; only groups that the last drawing had not are asked about."""
        self._names = {stroke: self._names.get(stroke) or next(self._new_names) for stroke in strokes}
        keys = {group: (pad_size, *(self._names[strokes[place]] for place in group)) for group in groups}
        new = [group for group in groups if keys[group] not in self._known]
        drawings = [tuple(strokes[place] for place in group) for group in new]
        images = [rasterise(each) for each in drawings]
        recognitions = self._recogniser.recognise_many(drawings, images, pad_size=pad_size)
        asked = {
            keys[group]: _Seen(digit_image=image, recognition=recognition)
            for group, image, recognition in zip(new, images, recognitions, strict=True)
        }
        self._known = {key: self._known.get(key) or asked[key] for key in keys.values()}
        return {group: self._known[key] for group, key in keys.items()}


def as_json(reading: Reading) -> dict:
    """A reading as plain values: `answer`, `best`, and of each part box, answer, probability and reason."""
    parts = [
        {
            "box": [round(side, 4) for side in (part.box.left, part.box.top, part.box.right, part.box.bottom)],
            "answer": _text(part.recognition.answer),
            "probability": round(max(part.recognition.probabilities), 4),
            "reason": part.recognition.reason,
        }
        for part in reading.parts
    ]
    return {"answer": reading.answer, "best": reading.best, "parts": parts}


@dataclass(frozen=True, kw_only=True)
class _Seen:
    digit_image: DigitImage
    recognition: Recognition


def _log_probabilities(seen: dict[tuple[int, ...], Recognition]) -> dict[tuple[int, ...], float]:
    return {strokes: math.log(max(*found.probabilities, 1e-9)) for strokes, found in seen.items()}


def _as_drawing(strokes: Iterable[Sequence[Point] | npt.NDArray[np.float64]]) -> Drawing:
    """Strokes of any kind as tuples of points."""
    return tuple(tuple(map(tuple, np.asarray(stroke, np.float64).tolist())) for stroke in strokes)


def _text(digit: int | None) -> str:
    return UNSURE if digit is None else str(digit)
