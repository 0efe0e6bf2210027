"""Networks side by side: what each says of the drawing, and which one the page reads with."""

import html
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from mnist_helpers.page.answer import MIN_MARKED_PROBABILITY, percent
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pad_reader import PadReader
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.raster import DigitImage, resize_whole_pad
from mnist_helpers.recognition.model_metadata import MODELS, ModelError, read_metadata
from mnist_helpers.recognition.number import Reading
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.recognition.recognition import Recognition

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

USUAL_WAY = "The usual way: the whole pad resized to 28 x 28, without the steps shown above"


@dataclass(frozen=True)
class Candidate:
    """A network that the page can read with: its name, and a line about it."""

    name: str
    line: str
    given: PadReader | None = field(default=None, repr=False)

    @cached_property
    def reader(self) -> PadReader:
        """Loaded when it is first asked; raises `ModelError` for a damaged file."""
        return self.given or PadReader(Recogniser(MODELS / f"{self.name}.tflite"))


class Networks:
    """A list to choose from, with what each network says of what is on the pad."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        own = Candidate(dashboard.network_name, _line(dashboard.network_name), dashboard.reader)
        others = sorted(path.stem for path in MODELS.glob("*.tflite") if path.stem != own.name)
        self._candidates = [own, *(Candidate(name, _line(name)) for name in others)]
        self._chosen = own
        self.widget = widgets.HTML()
        self.widget.add_class("digits-networks")
        dashboard.requests.add("network", self._on_chosen)

    def show(self, reading: Reading, digit: DigitImage) -> None:
        """Show what each network says; what the chosen one says is known."""
        rows = [self._row(place, candidate, reading) for place, candidate in enumerate(self._candidates)]
        self.widget.value = networks_html([*rows, self._usual_way(self._dashboard.pad.drawing)])

    def _on_chosen(self, place: object) -> None:
        with self._dashboard.message.guarded():
            if isinstance(place, int) and 0 <= place < len(self._candidates):
                chosen = self._candidates[place]
                reader, self._chosen = chosen.reader, chosen
                self._dashboard.read_with(reader, speaker=chosen.name if place else "")

    def _row(self, place: int, candidate: Candidate, reading: Reading) -> "Row":
        is_chosen = candidate is self._chosen
        try:
            pad = self._dashboard.pad
            said = said_text(reading if is_chosen else candidate.reader.read(pad.drawing, pad.picture))
            return Row(candidate.name, candidate.line, said, place=place, is_chosen=is_chosen)
        except ModelError as error:
            return Row(candidate.name, str(error), "")

    def _usual_way(self, drawing: Drawing) -> "Row":
        if not drawing:
            return Row(USUAL_WAY, "", "")
        shrunk = resize_whole_pad(drawing, pad_size=PAD_SIZE, pen_width=self._dashboard.pad.pen_width)
        return Row(USUAL_WAY, "", best_guess_text(self._chosen.reader.recogniser(shrunk)))


@dataclass(frozen=True)
class Row:
    """A name, a line about it, and what is said, as HTML; with a place it can be chosen."""

    name: str
    line: str
    said: str
    place: int | None = None
    is_chosen: bool = False


def networks_html(rows: list[Row]) -> str:
    """HTML of a row for each network, those that can be chosen with a radio button."""
    return f"<fieldset><legend>The network that reads</legend>{''.join(map(_row_html, rows))}</fieldset>"


def _row_html(row: Row) -> str:
    radio = ""
    if row.place is not None:
        asked = html.escape(json.dumps({"network": row.place}))
        checked = " checked" * row.is_chosen
        radio = f'<input type="radio" name="network" data-ask="{asked}" data-focus="network-{row.place}"{checked}>'
    tag = "label" if radio else "div"
    name, line = html.escape(row.name.replace("_", " ")), html.escape(row.line)
    return (
        f'<{tag} class="network" data-network="{html.escape(row.name)}">{radio}'
        f"<span><b>{name}</b><small>{line}</small></span><output>{row.said}</output></{tag}>"
    )


def said_text(reading: Reading) -> str:
    """What was read and how probable it is, as HTML; "not sure" where there is no answer, and nothing of no ink."""
    if not reading.parts:
        return ""
    said = f"{reading.best}, {percent(reading.probability)}"
    return said if reading.is_sure else f"not sure; maybe {said}"


def best_guess_text(recognition: Recognition) -> str:
    """The best digit and its probability, as HTML; "no digit" below `MIN_MARKED_PROBABILITY`."""
    best = recognition.best
    if best is None or recognition.probabilities[best] < MIN_MARKED_PROBABILITY:
        return "no digit"
    return f"{best}, {percent(recognition.probabilities[best])}"


def _line(name: str) -> str:
    """What the network's JSON file says of its accuracy."""
    try:
        measured: dict[str, Any] = read_metadata(MODELS / f"{name}.tflite").get("measured", {})
        of = {"MNIST": measured.get("mnist"), "drawings": measured.get("drawings")}
        return ", ".join(f"{what}: {scores['accuracy']:.1%}" for what, scores in of.items() if scores)
    except (ModelError, LookupError, TypeError, ValueError, AttributeError):
        return ""
