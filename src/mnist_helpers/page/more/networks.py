"""The section "Networks": what each network in `models/` reads, and which one the page reads with."""

import html
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mnist_helpers.page.answer import MIN_MARKED_PROBABILITY, percent
from mnist_helpers.page.controls import asks, is_index
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pad_reader import PadReader
from mnist_helpers.page.shared_style import HTML
from mnist_helpers.preprocessing.raster import DigitImage, resize_whole_pad
from mnist_helpers.recognition.model_metadata import MODELS, ModelError, read_metadata
from mnist_helpers.recognition.number import UNSURE, Reading
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.recognition.recognition import Recognition

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

NAIVE_NAME = "the usual way"
NAIVE_LINE = "The whole pad resized to 28 x 28, without the steps shown above, read by the network that is chosen."


@dataclass(frozen=True)
class Choice:
    """A network that the page can read with: its name, and a line about it."""

    name: str
    line: str
    given: PadReader | None = field(default=None, repr=False)

    @cached_property
    def reader(self) -> PadReader:
        """A reader with this network, loaded on first use; raises `ModelError` for a damaged file."""
        return self.given or PadReader(Recogniser(MODELS / f"{self.name}.tflite"))


class Networks:
    """A list of networks to choose from, each with what it reads on the pad."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        own = Choice(dashboard.network_name, _line(dashboard.network_name), dashboard.reader)
        others = sorted(path.stem for path in MODELS.glob("*.tflite") if path.stem != own.name)
        self._choices = [own, *(Choice(name, _line(name)) for name in others)]
        self._chosen = own
        self.widget = HTML()
        self.widget.add_class("digits-networks")
        dashboard.requests.add("network", self._on_chosen)

    def show(self, reading: Reading, digit: DigitImage) -> None:
        """Show what each network reads; `reading` is that of the chosen one."""
        rows = [self._row(index, choice, reading) for index, choice in enumerate(self._choices)]
        self.widget.value = networks_html([*rows, self._naive()], group=self.widget.model_id or "")

    def _on_chosen(self, index: object) -> None:
        with self._dashboard.message.guarded():
            if is_index(index, len(self._choices)):
                chosen = self._choices[index]
                reader, self._chosen = chosen.reader, chosen
                self._dashboard.read_with(reader, speaker=_title(chosen.name) if index else "")

    def _row(self, index: int, choice: Choice, reading: Reading) -> "Row":
        try:
            reader, pad, is_chosen = choice.reader, self._dashboard.pad, choice is self._chosen
            read = reading_text(reading if is_chosen else reader.read(pad.drawing, pad.picture))
            return Row(choice.name, choice.line, read, index=index, is_chosen=is_chosen)
        except ModelError as error:
            return Row(choice.name, str(error), "")

    def _naive(self) -> "Row":
        pad, reader = self._dashboard.pad, self._dashboard.reader
        if not pad.drawing or not reader:
            return Row(NAIVE_NAME, NAIVE_LINE, "")
        shrunk = resize_whole_pad(pad.drawing, pad_size=PAD_SIZE, pen_width=pad.pen_width)
        return Row(NAIVE_NAME, NAIVE_LINE, best_guess_text(reader.recogniser(shrunk)))


@dataclass(frozen=True)
class Row:
    """A network's name, a line about it, and what it reads, as HTML; one with an index can be chosen."""

    name: str
    line: str
    read: str
    index: int | None = None
    is_chosen: bool = False


def networks_html(rows: list[Row], *, group: str) -> str:
    """HTML of a row for each network, with a radio button of `group` where it can be chosen."""
    shown = "".join(_row_html(row, group) for row in rows)
    return f"<fieldset><legend>The network that reads</legend>{shown}</fieldset>"


def _row_html(row: Row, group: str) -> str:
    tag, radio = "div", ""
    if row.index is not None:
        focus, checked = f'data-focus="network-{row.index}"', " checked" * row.is_chosen
        tag, radio = "label", f'<input type="radio" name="{group}" {asks(network=row.index)} {focus}{checked}>'
    return (
        f'<{tag} class="network" data-network="{html.escape(row.name)}">{radio}'
        f"<span><b>{html.escape(_title(row.name))}</b> <small>{html.escape(row.line)}</small></span> "
        f"<strong>{row.read}</strong></{tag}>"
    )


def _title(name: str) -> str:
    return name.replace("_", " ")


def reading_text(reading: Reading) -> str:
    """A reading and its probability, as HTML; "not sure" where there is no answer, nothing without ink."""
    if not reading.parts:
        return ""
    if UNSURE in reading.best:
        return "not sure"
    best = f"{reading.best}, {percent(reading.probability)}"
    return best if reading.is_sure else f"not sure; maybe {best}"


def best_guess_text(recognition: Recognition) -> str:
    """The best digit and its probability, as HTML; "no digit" below `MIN_MARKED_PROBABILITY`."""
    best = recognition.best
    if best is None or recognition.probabilities[best] < MIN_MARKED_PROBABILITY:
        return "no digit"
    return f"{best}, {percent(recognition.probabilities[best])}"


def _line(name: str) -> str:
    """Size and accuracy of a network in `models/`, from its JSON file; empty for any other network."""
    path = MODELS / f"{name}.tflite"
    try:
        known = read_metadata(path) if path.exists() else {}
        return " ".join(filter(None, (_size_text(known.get("training", {})), _right_text(known.get("measured", {})))))
    except (ModelError, LookupError, TypeError, ValueError, AttributeError):
        return ""  # opening the network reports what is wrong with the file


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
