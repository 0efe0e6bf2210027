"""What is shown once the pen rests: the way to the digit, what the usual way would have said, and the drawing to save.

In one widget, as what changes while the pen moves is.
"""

from dataclasses import dataclass

import ipywidgets as widgets
import traitlets

from mnist_helpers.page.pixels import data_url, download_link, png_url, to_uint8
from mnist_helpers.page.tiles import MIN_MARKED_PROBABILITY, percent
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, to_json
from mnist_helpers.preprocessing.raster import Stages
from mnist_helpers.recognition.recognition import Recognition


@dataclass(frozen=True, kw_only=True, eq=False)
class Details:
    """A drawing, its stages, and what was said of it the usual way."""

    drawing: Drawing
    stages: Stages
    naive: Recognition


class DetailsView(widgets.HTML):
    """The four stages, the usual way's answer, and a link that saves the drawing; nothing of an empty pad."""

    details = traitlets.Instance(Details, allow_none=True)

    def __init__(self) -> None:
        super().__init__()
        self.add_class("digits-details")

    @traitlets.observe("details")
    def _on_details_changed(self, change: traitlets.Bunch) -> None:
        self.value = details_html(change.new) if change.new else ""


def details_html(details: Details) -> str:
    """All parts, one under the other; the link saves the project's own format, which `evaluate` reads."""
    line = to_json(LabelledDrawing(drawing=details.drawing)) + "\n"
    return (
        stages_html(details.stages)
        + f"<p>Shrunk as it is, without these steps: <b>{best_guess_text(details.naive)}</b></p>"
        + download_link("drawing.jsonl", data_url("application/jsonl", line))
    )


def stages_html(stages: Stages) -> str:
    """Four small images, each with its name."""
    named = {
        "drawn": stages.drawn,
        "cropped": stages.cropped,
        "scaled to 20\u00a0x\u00a020": stages.scaled,
        "centred by mass": stages.centred,
    }
    figures = (
        f'<figure><img alt="" src="{png_url(to_uint8(image))}"><figcaption>{name}</figcaption></figure>'
        for name, image in named.items()
    )
    return f'<div class="stages">{"".join(figures)}</div>'


def best_guess_text(recognition: Recognition) -> str:
    """The most probable digit and its probability, if any is probable."""
    best = recognition.best
    if best is None or recognition.probabilities[best] < MIN_MARKED_PROBABILITY:
        return "no digit"
    return f"{best}, {percent(recognition.probabilities[best])}"
