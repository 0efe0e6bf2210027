"""Show what is updated once the pen is lifted: the four stages and the drawing to save.

Both are one widget, because they change together and each message costs kernel and server more than the network does.
"""

from dataclasses import dataclass

import ipywidgets as widgets
import traitlets

from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pixels import data_url, download_link, png_url, to_uint8
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, to_json
from mnist_helpers.preprocessing.raster import Stages, stages


@dataclass(frozen=True, kw_only=True, eq=False)
class Details:
    """A drawing, and the stages of its preprocessing."""

    drawing: Drawing
    stages: Stages


class DetailsView(widgets.HTML):
    """The four stages and a link that saves the drawing; empty while `details` is None."""

    details = traitlets.Instance(Details, allow_none=True)

    def __init__(self) -> None:
        super().__init__()
        self.add_class("digits-details")

    def show(self, drawing: Drawing, looked_at: Drawing, *, pen_width: float) -> None:
        """Show the stages of the strokes that are looked at, and save all; nothing of an empty pad."""
        way = stages(looked_at, pad_size=PAD_SIZE, pen_width=pen_width) if drawing else None
        self.details = Details(drawing=drawing, stages=way) if way else None

    @traitlets.observe("details")
    def _on_details_changed(self, change: traitlets.Bunch) -> None:
        self.value = details_html(change.new) if change.new else ""


def details_html(details: Details) -> str:
    """HTML of stages and link; the link saves JSON lines, which the command `evaluate` reads."""
    line = to_json(LabelledDrawing(drawing=details.drawing)) + "\n"
    return stages_html(details.stages) + download_link("drawing.jsonl", data_url("application/jsonl", line))


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
