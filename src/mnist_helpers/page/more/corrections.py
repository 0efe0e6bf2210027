"""What a person says that their digits are.

A tile that is tapped tells what was meant by the part that is looked at. From then on its like is read so, and told.js
keeps the drawing in the browser: what it has to keep and to drop stands in the answer as `data-keep` and `data-drop`.
On the next visit it sends what it has kept. Nothing is written here.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mnist_helpers.page.controls import is_index
from mnist_helpers.page.history import UNDO_LIMIT, Shown
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, from_json, to_json
from mnist_helpers.preprocessing.raster import DigitImage, rasterise
from mnist_helpers.recognition.corrections import Corrections, distances_of, looks

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

MAX_TOLD = 200
"""Digits that are remembered, the newest; told.js keeps as many."""
SAME = 0.05
"""Largest distance of two images of the same drawing; what is told of it anew replaces what was told."""
WRITER, SOURCE = "me", "page"

THANKS_TEXT = "Thank you. Kept in this browser: see More."
NOT_KEPT_TEXT = "Thank you. This browser keeps nothing, so it counts until you leave."
PICTURE_TEXT = "Thank you. It counts until you leave: only drawings are kept."
EMPTY_TEXT = "Draw a digit first, then tap what you meant."
NO_DIGIT_TEXT = "There is too little ink, or too much, to learn a digit from."
UNDONE_TEXT, FORGOTTEN_TEXT = "Taken back.", "Deleted. Undo brings it back."


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """A digit that was told: its image, and its line in a drawings file, which a part of a picture has not."""

    digit: int
    image: DigitImage
    line: str = ""


class ToldDigits:
    """All that was told, oldest first, in this session and, as far as the browser has kept it, before."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        self.all: tuple[Told, ...] = ()
        self.corrections = Corrections([])
        self.is_kept = True
        self._undoable: list[tuple[Shown, Sequence[Told], Sequence[Told]]] = []
        dashboard.answer.explains = False

    def take(self, content: object) -> None:
        """Take what told.js sends, an object with one of four names; what is none of them is ignored."""
        takes = {"meant": self._on_meant, "kept": self._on_kept, "forget": self._on_forget, "full": self._on_full}
        for name, value in content.items() if isinstance(content, dict) else ():
            if name in takes:
                takes[name](value)

    def undo(self) -> bool:
        """Take back what was told or deleted last, if what is on the pad is what was there then."""
        if not self._undoable or self._undoable[-1][0] != self._dashboard.pad.shown:
            return False
        _, added, dropped = self._undoable.pop()
        self._change(add=dropped, drop=added, words=UNDONE_TEXT)
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
            told = _told(digit, answer.digit, answer.strokes)
            words = (THANKS_TEXT if self.is_kept else NOT_KEPT_TEXT) if told.line else PICTURE_TEXT
            self._change_undoably(add=[told], drop=self._told_of(told.image), words=words)

    def _told_of(self, image: DigitImage) -> list[Told]:
        seen = looks(image)
        return [each for each in self.all if distances_of(looks(each.image), seen).min() < SAME]

    def _on_forget(self, place: object) -> None:
        forgotten = self.all if place == "all" else [self.all[place]] if is_index(place, len(self.all)) else []
        if forgotten:
            self._change_undoably(add=[], drop=forgotten, words=FORGOTTEN_TEXT)

    def _on_full(self, _: object) -> None:
        self.is_kept = False
        self._say(NOT_KEPT_TEXT)

    def _on_kept(self, sent: object) -> None:
        """Take what the browser has kept, some lines at a time, the newest first; those that are no digits are left."""
        if not (isinstance(sent, dict) and isinstance(sent.get("lines"), list)):
            return
        known = () if sent.get("first") else self.all
        new = [told for line in sent["lines"] if (told := _read(line))]
        self.all = (*(each for each in self.all if not each.line), *new, *(each for each in known if each.line))[
            -MAX_TOLD:
        ]
        count = sum(1 for each in self.all if each.line)
        self._dashboard.answer.told = f'<span hidden data-wants="{count}"></span>' if sent.get("more") else ""
        self._read_again()

    def _change_undoably(self, *, add: Sequence[Told], drop: Sequence[Told], words: str) -> None:
        self._undoable = [*self._undoable, (self._dashboard.pad.shown, add, drop)][-UNDO_LIMIT:]
        self._change(add=add, drop=drop, words=words)

    def _change(self, *, add: Sequence[Told], drop: Sequence[Told], words: str) -> None:
        self.all = (*(each for each in self.all if each not in drop), *add)[-MAX_TOLD:]
        self._dashboard.answer.told = _words_html(words, keep=add, drop=drop)
        self._read_again()

    def _read_again(self) -> None:
        self.corrections = Corrections([(each.image, each.digit) for each in self.all])
        self._dashboard.read_again(self.corrections)

    def _say(self, words: str) -> None:
        self._dashboard.answer.told = _words_html(words)
        self._dashboard.read_again(self.corrections)


def _told(digit: int, image: DigitImage, strokes: Drawing) -> Told:
    drawing = tuple(tuple((float(round(x)), float(round(y))) for x, y in stroke) for stroke in strokes)
    labelled = LabelledDrawing(drawing=drawing, label=str(digit), writer=WRITER, source=SOURCE)
    return Told(digit=digit, image=image, line=to_json(labelled).replace(".0", "") if drawing else "")


def _read(line: object) -> Told | None:
    """What a kept line tells, or nothing if it is no drawing of a digit: a browser's storage is anyone's to change."""
    try:
        labelled = from_json(str(line))
        digit, image = list("0123456789").index(labelled.label), rasterise(labelled.drawing)
    except Exception:  # whatever it holds
        return None
    return Told(digit=digit, image=image, line=str(line)) if image.any() else None


def _words_html(words: str, *, keep: Sequence[Told] = (), drop: Sequence[Told] = ()) -> str:
    kept, dropped = (html.escape(json.dumps([each.line for each in some if each.line])) for some in (keep, drop))
    return f' <span data-keep="{kept}" data-drop="{dropped}">{html.escape(words)}</span>'
