"""Networks side by side: what each says of the drawing, and which one the page reads with."""

import html
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from mnist_helpers.page.answer import MIN_MARKED_PROBABILITY, percent
from mnist_helpers.page.controls import asks, is_index
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pad_reader import PadReader
from mnist_helpers.preprocessing.raster import DigitImage, resize_whole_pad
from mnist_helpers.recognition.model_metadata import MODELS, ModelError, read_metadata
from mnist_helpers.recognition.number import UNSURE, Reading
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.recognition.recognition import Recognition

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

USUAL_WAY = "the usual way"
USUAL_WAY_LINE = "The whole pad resized to 28 x 28, without the steps shown above, read by the network that is chosen."


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
        self.widget.value = networks_html([*rows, self._usual_way()], group=self.widget.model_id or "")

    def _on_chosen(self, place: object) -> None:
        with self._dashboard.message.guarded():
            if is_index(place, len(self._candidates)):
                chosen = self._candidates[place]
                reader, self._chosen = chosen.reader, chosen
                self._dashboard.read_with(reader, speaker=_title(chosen.name) if place else "")

    def _row(self, place: int, candidate: Candidate, reading: Reading) -> "Row":
        try:
            reader, pad, is_chosen = candidate.reader, self._dashboard.pad, candidate is self._chosen
            said = said_text(reading if is_chosen else reader.read(pad.drawing, pad.picture))
            return Row(candidate.name, candidate.line, said, place=place, is_chosen=is_chosen)
        except ModelError as error:
            return Row(candidate.name, str(error), "")

    def _usual_way(self) -> "Row":
        pad, reader = self._dashboard.pad, self._dashboard.reader
        if not pad.drawing or not reader:
            return Row(USUAL_WAY, USUAL_WAY_LINE, "")
        shrunk = resize_whole_pad(pad.drawing, pad_size=PAD_SIZE, pen_width=pad.pen_width)
        return Row(USUAL_WAY, USUAL_WAY_LINE, best_guess_text(reader.recogniser(shrunk)))


@dataclass(frozen=True)
class Row:
    """A name, a line about it, and what is said, as HTML; with a place it can be chosen."""

    name: str
    line: str
    said: str
    place: int | None = None
    is_chosen: bool = False


def networks_html(rows: list[Row], *, group: str) -> str:
    """HTML of a row for each network; those that can be chosen have a radio button, of which one in a group is on."""
    shown = "".join(_row_html(row, group) for row in rows)
    return f"<fieldset><legend>The network that reads</legend>{shown}</fieldset>"


def _row_html(row: Row, group: str) -> str:
    tag, radio = "div", ""
    if row.place is not None:
        focus, checked = f'data-focus="network-{row.place}"', " checked" * row.is_chosen
        tag, radio = "label", f'<input type="radio" name="{group}" {asks(network=row.place)} {focus}{checked}>'
    return (
        f'<{tag} class="network" data-network="{html.escape(row.name)}">{radio}'
        f"<span><b>{html.escape(_title(row.name))}</b> <small>{html.escape(row.line)}</small></span> "
        f"<strong>{row.said}</strong></{tag}>"
    )


def _title(name: str) -> str:
    return name.replace("_", " ")


def said_text(reading: Reading) -> str:
    """What was read and how probable it is, as HTML; "not sure" where there is no answer, and nothing of no ink."""
    if not reading.parts:
        return ""
    if UNSURE in reading.best:
        return "not sure"
    said = f"{reading.best}, {percent(reading.probability)}"
    return said if reading.is_sure else f"not sure; maybe {said}"


def best_guess_text(recognition: Recognition) -> str:
    """The best digit and its probability, as HTML; "no digit" below `MIN_MARKED_PROBABILITY`."""
    best = recognition.best
    if best is None or recognition.probabilities[best] < MIN_MARKED_PROBABILITY:
        return "no digit"
    return f"{best}, {percent(recognition.probabilities[best])}"


def _line(name: str) -> str:
    """What the JSON file of a network in `models/` says of its size and accuracy; nothing of any other network."""
    path = MODELS / f"{name}.tflite"
    try:
        known = read_metadata(path) if path.exists() else {}
        return " ".join(filter(None, (_size_text(known.get("training", {})), _right_text(known.get("measured", {})))))
    except (ModelError, LookupError, TypeError, ValueError, AttributeError):
        return ""  # what is wrong with the file is told where it is opened


def _size_text(training: dict[str, Any]) -> str:
    if not training:
        return ""
    minutes = float(training["cpu_minutes"])
    took = f"{minutes:.0f} minutes" if minutes >= 2 else f"{60 * minutes:.0f} seconds"
    return f"{training['parameters']:,} parameters, trained in {took} of one core."


def _right_text(measured: dict[str, Any]) -> str:
    of = {"MNIST's test digits": measured.get("mnist"), "people's drawings": measured.get("drawings")}
    shares = [f"{scores['accuracy']:.1%} of {what}" for what, scores in of.items() if scores]
    return f"Right on {' and '.join(shares)}." if shares else ""
