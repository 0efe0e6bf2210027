"""Read a drawing or a picture as a whole number: split it into digits and recognise each.

A single digit is a number of one part, the result of `Recogniser.recognise` for the whole drawing. Groups of strokes
are only recognised if the whole is no plausible digit.
"""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mnist_helpers.preprocessing.drawing import Drawing, Point, Points, Stroke, Strokes
from mnist_helpers.preprocessing.parts import Box, Line, box_of, line_of
from mnist_helpers.preprocessing.picture import Picture, Source, open_picture
from mnist_helpers.preprocessing.raster import BLANK, DigitImage, rasterise_strokes
from mnist_helpers.preprocessing.stray_ink import without_stray_ink
from mnist_helpers.recognition.calibration import Calibration
from mnist_helpers.recognition.number import Part, Reading
from mnist_helpers.recognition.recogniser import Recogniser, decide
from mnist_helpers.recognition.recognition import Recognition
from mnist_helpers.recognition.splitting import SHORT, best_split, may_be_one, unsplit

if TYPE_CHECKING:
    from mnist_helpers.preprocessing.picture_lines import PictureLine
    from mnist_helpers.recognition.corrections import Corrections

MAX_STROKES = 40
"""Largest number of strokes or blobs that are split, which limits the cost of a scribble."""

NO_DIGIT_FACTOR = 0.1
"""Factor on the probability of "no digit" for a digit among three or more, compared with a single one."""
DOUBT_FACTOR = 1.25
"""Factor on 1 minus the threshold of such a digit, as a number has an answer only if all its digits have one. The lower
threshold is at least the default."""
MAY_BE_ONE_TEXT = "May be one sign with what is beside it."
TOO_MUCH_INK_TEXT = f"More than {MAX_STROKES} pieces of ink in a line: show fewer digits."

_Group: TypeAlias = tuple[int, ...]  # indices of strokes in the drawing, or of blobs in the line
_Recognise: TypeAlias = Callable[[Sequence[_Group]], dict[_Group, Part]]


class Reader:
    """Read numbers with a recogniser of single digits, by default the shipped network's.

    Not to be called by two threads at once.

    It remembers the recognitions of all groups of strokes of the last drawing: while a stroke grows, only groups with
    that stroke are recognised again.
    """

    def __init__(self, recogniser: Recogniser | None = None) -> None:
        self._recogniser = recogniser or Recogniser()
        self._corrections: Corrections | None = None
        self._known: dict[tuple[float | None, ...], Part] = {}  # by the pad's size and the numbers of strokes
        self._numbers: dict[Stroke, int] = {}
        self._new_numbers = itertools.count(1)

    def correct(self, corrections: "Corrections | None") -> None:
        """Apply a person's corrections to all that is read from now on, or none."""
        self._corrections = corrections
        self._known.clear()

    def read(self, drawing: Strokes, pad_size: float | None = None) -> Reading:
        """Read a drawing. `pad_size`, in its units, is used to detect dots as in `Recogniser.recognise`.

        Raises `ValueError` for a coordinate that is not finite or a point that is not a pair.
        """
        strokes = without_stray_ink(drawing)
        if not strokes:
            return Reading()
        if len(strokes) == 1 or len(strokes) > MAX_STROKES:
            return Reading(parts=(self._whole(drawing, strokes, pad_size),))
        kept = _as_drawing(strokes)
        parts = self._split(
            line_of(kept),
            lambda groups: self._recognise_groups(kept, groups, pad_size),
            lambda: self._whole(drawing, strokes, pad_size),
        )
        return Reading(parts=parts, newest=_newest(parts, kept))

    def read_picture(self, picture: Source | Picture) -> Reading:
        """Read a picture: a path, a file's bytes, an array of grey (h, w) or colours (h, w, 3 or 4), or one opened.

        The parts are in reading order, with boxes in pixels of the upright picture. Raises `PictureError`
        for what cannot be opened (see `open_picture`).
        """
        from mnist_helpers.preprocessing.picture_lines import lines_of  # not needed for drawings
        from mnist_helpers.recognition.no_pen import without_what_no_pen_made

        opened = picture if isinstance(picture, Picture) else open_picture(picture)
        lines = lines_of(opened)
        parts = [part for number, line in enumerate(lines) for part in self._read_line(line, number)]
        return Reading(parts=without_what_no_pen_made(parts, opened.size))

    def _read_line(self, line: "PictureLine", number: int) -> Iterable[Part]:
        from mnist_helpers.preprocessing.bitmap import digit_image_of

        def recognise(groups: Sequence[_Group]) -> dict[_Group, Part]:
            inks = [line.ink(group) for group in groups]
            images = [digit_image_of(ink) for ink in inks]
            found = self._corrected(images, self._recogniser.recognise_images(images))
            return {
                group: Part(box=line.box(group), digit_image=image, recognition=recognition, ink=ink, line=number)
                for group, ink, image, recognition in zip(groups, inks, images, found, strict=True)
            }

        everything = tuple(range(len(line.numbers)))
        if len(everything) > MAX_STROKES:
            refusal = Recognition(reason=TOO_MUCH_INK_TEXT)
            return (Part(box=line.box(everything), digit_image=BLANK, recognition=refusal, line=number),)
        return self._split(line.line, recognise, lambda: recognise([everything])[everything])

    def _split(self, line: Line, recognise: _Recognise, whole: Callable[[], Part]) -> tuple[Part, ...]:
        """The parts of a line: `whole` if it is one digit, otherwise those of the best split."""
        everything = tuple(range(len(line.boxes)))
        at_most = unsplit(line, {everything: 0.0}).score
        one = whole() if at_most >= 0 else None
        if one and unsplit(line, _log_probabilities({everything: one})).score >= 0:
            return (one,)
        groups = {each.strokes for runs in line.candidates for begin in runs for each in begin}
        found = recognise(sorted(groups - {everything}))
        split = best_split(line, _log_probabilities(found))
        one = one or (whole() if split.score <= at_most else None)
        if one and split.score <= unsplit(line, _log_probabilities({everything: one})).score:
            return (one,)
        parts = [found[candidate.strokes] for candidate in split.candidates]
        doubts = may_be_one(split, line, [part.recognition.best for part in parts])
        return tuple(
            self._among_others(part, doubted, len(doubts)) for part, doubted in zip(parts, doubts, strict=True)
        )

    def _among_others(self, part: Part, doubted: bool, count: int) -> Part:
        """A part among `count`: more probably a digit than alone, unless it may be a piece of a larger sign."""
        recognition = part.recognition
        if doubted:
            return replace(part, recognition=replace(recognition, answer=None, reason=MAY_BE_ONE_TEXT))
        if recognition.is_corrected or recognition.best is None or count <= SHORT - 1:
            return part
        probabilities = np.array(recognition.probabilities)
        probabilities /= probabilities.sum() + NO_DIGIT_FACTOR * recognition.no_digit
        threshold = self._recogniser.calibration.threshold
        lower = max(1 - DOUBT_FACTOR * (1 - threshold), Calibration.threshold)
        return replace(part, recognition=decide(probabilities, min(threshold, lower)))

    def _whole(self, drawing: Strokes, without_stray: list[Points], pad_size: float | None) -> Part:
        """The drawing as one digit."""
        digit_image = rasterise_strokes(without_stray)
        alone = self._recogniser.recognise_many([without_stray], [digit_image], pad_size=pad_size)
        (recognition,) = self._corrected([digit_image], alone)
        strokes = _as_drawing(stroke for stroke in drawing if len(stroke))
        return Part(strokes=strokes, box=_box_of(strokes), digit_image=digit_image, recognition=recognition)

    def _recognise_groups(
        self, strokes: Drawing, groups: Sequence[_Group], pad_size: float | None
    ) -> dict[_Group, Part]:
        """Recognise each group of strokes, unless the last drawing had the same group."""
        self._numbers = {stroke: self._numbers.get(stroke) or next(self._new_numbers) for stroke in strokes}
        keys = {group: (pad_size, *(self._numbers[strokes[index]] for index in group)) for group in groups}
        new = [group for group in groups if keys[group] not in self._known]
        drawings = [tuple(strokes[index] for index in group) for group in new]
        inks = [without_stray_ink(each) for each in drawings]
        images = [rasterise_strokes(ink) for ink in inks]
        found = self._recogniser.recognise_many(inks, images, pad_size=pad_size)
        recognitions = self._corrected(images, found)
        added = {
            keys[group]: Part(strokes=drawing, box=_box_of(drawing), digit_image=image, recognition=recognition)
            for group, drawing, image, recognition in zip(new, drawings, images, recognitions, strict=True)
        }
        self._known = {key: self._known.get(key) or added[key] for key in keys.values()}
        return {group: self._known[key] for group, key in keys.items()}

    def _corrected(self, images: Sequence[DigitImage], found: Sequence[Recognition]) -> Sequence[Recognition]:
        """Recognitions of digit images, or what a person's corrections say of them."""
        if not self._corrections:
            return found
        return [self._corrections.corrected(image, each) for image, each in zip(images, found, strict=True)]


def _log_probabilities(seen: dict[_Group, Part]) -> dict[_Group, float]:
    return {group: math.log(max(*part.recognition.probabilities, 1e-9)) for group, part in seen.items()}


def _newest(parts: Sequence[Part], strokes: Drawing) -> int:
    """The index of the part with the newest stroke that is in a part."""
    part_of = {stroke: index for index, part in enumerate(parts) for stroke in part.strokes}
    return next(part_of[stroke] for stroke in reversed(strokes) if stroke in part_of)


def _box_of(strokes: Drawing) -> Box:
    return box_of(np.concatenate([np.asarray(stroke, np.float64) for stroke in strokes]))


def _as_drawing(strokes: Iterable[Sequence[Point] | Points]) -> Drawing:
    """Strokes of any kind as a drawing."""
    return tuple(tuple(map(tuple, np.asarray(stroke, np.float64).tolist())) for stroke in strokes)
