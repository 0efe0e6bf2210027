"""Show what is updated once the pen is lifted: the four stages, the naive resize's answer and the drawing to save.

All are one widget, because they change together and each message costs kernel and server more than the network does.
"""

from dataclasses import dataclass

import ipywidgets as widgets
import traitlets

from mnist_helpers.page.answer import MIN_MARKED_PROBABILITY, percent
from mnist_helpers.page.pixels import data_url, download_link, png_url, to_uint8
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, to_json
from mnist_helpers.preprocessing.raster import Stages
from mnist_helpers.recognition.recognition import Recognition


@dataclass(frozen=True, kw_only=True, eq=False)
class Details:
    """A drawing, the stages of its preprocessing, and the recognition of its naive resize."""

    drawing: Drawing
    stages: Stages
    naive: Recognition


class DetailsView(widgets.HTML):
    """The four stages, the naive resize's answer and a link that saves the drawing; empty while `details` is None."""

    details = traitlets.Instance(Details, allow_none=True)

    def __init__(self) -> None:
        super().__init__()
        self.add_class("digits-details")

    @traitlets.observe("details")
    def _on_details_changed(self, change: traitlets.Bunch) -> None:
        self.value = details_html(change.new) if change.new else ""


def details_html(details: Details) -> str:
    """HTML of stages, naive answer and link; the link saves JSON lines, which the command `evaluate` reads."""
    line = to_json(LabelledDrawing(drawing=details.drawing)) + "\n"
    return (
        stages_html(details.stages)
        + "<p>Without these steps (the whole pad resized to 28 x 28) the network would read: "
        + f"<b>{best_guess_text(details.naive)}</b></p>"
        + download_link("drawing.jsonl", data_url("application/jsonl", line))
    )


def stages_html(stages: Stages) -> str:
    """HTML of the four stages as small images, each with its name."""
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
    """The best digit and its probability; "no digit" below `MIN_MARKED_PROBABILITY`."""
    best = recognition.best
    if best is None or recognition.probabilities[best] < MIN_MARKED_PROBABILITY:
        return "no digit"
    return f"{best}, {percent(recognition.probabilities[best])}"
