"""Keep what a person says that their digits are.

A tile that is tapped corrects the digit that is selected. From then on ink like it is read as that digit, and
corrections.js stores the drawing in the browser: the answer's HTML tells it which lines to add (`data-keep`) and to
remove (`data-drop`). On the next visit it sends the stored lines. Nothing is written on the server.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnist_helpers.page.controls import is_index
from mnist_helpers.page.history import UNDO_LIMIT, Shown
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, from_json, to_json
from mnist_helpers.preprocessing.raster import DigitImage, rasterise
from mnist_helpers.recognition.corrections import Corrections, descriptors_of, distances_of, unshifted

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

MAX_CORRECTIONS = 200
"""Corrections that are kept, the newest; corrections.js stores as many."""
SAME = 0.05
"""Largest distance of two images of the same drawing; a new correction of it replaces the old one."""
WRITER, SOURCE = "me", "page"

THANKS_TEXT = "Thank you. Kept in this browser: see More."
NOT_KEPT_TEXT = "Thank you. This browser keeps nothing, so it counts until you leave."
PICTURE_TEXT = "Thank you. It counts until you leave: only drawings are kept."
EMPTY_TEXT = "Draw a digit first, then tap what you meant."
NO_DIGIT_TEXT = "There is too little ink, or too much, to learn a digit from."
UNDONE_TEXT, FORGOTTEN_TEXT = "Taken back.", "Deleted. Undo brings it back."


@dataclass(frozen=True, kw_only=True, eq=False)
class Correction:
    """A corrected digit: its image, and its line in a drawings file; a part of a picture has no line."""

    digit: int
    image: DigitImage
    line: str = ""


class PageCorrections:
    """All corrections, oldest first: those of this session and those that the browser has stored."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        self.all: tuple[Correction, ...] = ()
        self.for_reader = Corrections([])
        self.is_kept = True
        self._undoable: list[tuple[Shown, Sequence[Correction], Sequence[Correction]]] = []
        dashboard.answer.explains = False

    def take(self, content: object) -> None:
        """Handle a request of corrections.js, an object with one of four names; anything else is ignored."""
        handlers = {"meant": self._on_meant, "kept": self._on_kept, "forget": self._on_forget, "full": self._on_full}
        for name, value in content.items() if isinstance(content, dict) else ():
            if name in handlers:
                handlers[name](value)

    def undo(self) -> bool:
        """Undo the newest correction or deletion, if the pad shows what it showed then; returns whether it did."""
        if not self._undoable or self._undoable[-1][0] != self._dashboard.pad.shown:
            return False
        _, added, dropped = self._undoable.pop()
        self._change(add=dropped, drop=added, text=UNDONE_TEXT)
        return True

    def _on_meant(self, digit: object) -> None:
        answer = self._dashboard.answer
        if not is_index(digit, 10):
            return
        if not answer.reading.parts:
            self._say(EMPTY_TEXT)
        elif answer.recognition.best is None:
            self._say(NO_DIGIT_TEXT)
        else:
            new = _correction(digit, answer.digit, answer.strokes)
            text = (THANKS_TEXT if self.is_kept else NOT_KEPT_TEXT) if new.line else PICTURE_TEXT
            self._change_undoably(add=[new], drop=self._of_same_drawing(new.image), text=text)

    def _of_same_drawing(self, image: DigitImage) -> list[Correction]:
        known = np.array([unshifted(descriptors_of(each.image)) for each in self.all]).reshape(-1, image.size)
        is_same = distances_of(known, descriptors_of(image)) < SAME
        return [each for each, same in zip(self.all, is_same, strict=True) if same]

    def _on_forget(self, index: object) -> None:
        forgotten = self.all if index == "all" else [self.all[index]] if is_index(index, len(self.all)) else []
        if forgotten:
            self._change_undoably(add=[], drop=forgotten, text=FORGOTTEN_TEXT)

    def _on_full(self, _: object) -> None:
        self.is_kept = False
        self._say(NOT_KEPT_TEXT)

    def _on_kept(self, sent: object) -> None:
        """Take lines that the browser has stored, the newest first, a message at a time; leave out what is no digit."""
        if not (isinstance(sent, dict) and isinstance(sent.get("lines"), list)):
            return
        known = () if sent.get("first") else self.all
        new = [correction for line in sent["lines"] if (correction := _read(line))]
        stored = (*new, *(each for each in known if each.line))
        self.all = (*(each for each in self.all if not each.line), *stored)[-MAX_CORRECTIONS:]
        count = sum(1 for each in self.all if each.line)
        self._dashboard.answer.note = f'<span hidden data-wants="{count}"></span>' if sent.get("more") else ""
        self._read_again()

    def _change_undoably(self, *, add: Sequence[Correction], drop: Sequence[Correction], text: str) -> None:
        self._undoable = [*self._undoable, (self._dashboard.pad.shown, add, drop)][-UNDO_LIMIT:]
        self._change(add=add, drop=drop, text=text)

    def _change(self, *, add: Sequence[Correction], drop: Sequence[Correction], text: str) -> None:
        self.all = (*(each for each in self.all if each not in drop), *add)[-MAX_CORRECTIONS:]
        self._dashboard.answer.note = _note_html(text, keep=add, drop=drop)
        self._read_again()

    def _read_again(self) -> None:
        self.for_reader = Corrections([(each.image, each.digit) for each in self.all])
        self._dashboard.read_again(self.for_reader)

    def _say(self, text: str) -> None:
        self._dashboard.answer.note = _note_html(text)
        self._dashboard.read_again(self.for_reader)


def _correction(digit: int, image: DigitImage, strokes: Drawing) -> Correction:
    drawing = tuple(tuple((float(round(x)), float(round(y))) for x, y in stroke) for stroke in strokes)
    labelled = LabelledDrawing(drawing=drawing, label=str(digit), writer=WRITER, source=SOURCE)
    return Correction(digit=digit, image=image, line=to_json(labelled).replace(".0", "") if drawing else "")


def _read(line: object) -> Correction | None:
    """The correction in a stored line; None if it is no drawing of a digit (a browser's storage may hold anything)."""
    try:
        labelled = from_json(str(line))
        digit, image = list("0123456789").index(labelled.label), rasterise(labelled.drawing)
    except Exception:  # whatever it holds
        return None
    return Correction(digit=digit, image=image, line=str(line)) if image.any() else None


def _note_html(text: str, *, keep: Sequence[Correction] = (), drop: Sequence[Correction] = ()) -> str:
    kept, dropped = (html.escape(json.dumps([each.line for each in some if each.line])) for some in (keep, drop))
    return f' <span data-keep="{kept}" data-drop="{dropped}">{html.escape(text)}</span>'
