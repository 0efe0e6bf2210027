"""Show the four stages of preprocessing and a link that saves the drawing, updated when the pen is lifted.

Both are one widget, because they change together and each message costs kernel and server more than the network does.
"""

from dataclasses import dataclass

import traitlets

from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pixels import data_url, download_link, png_url, to_uint8
from mnist_helpers.page.shared_style import HTML
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, to_json
from mnist_helpers.preprocessing.raster import Stages, stages
from mnist_helpers.recognition.number import Part


@dataclass(frozen=True, kw_only=True, eq=False)
class Details:
    """A drawing, empty for a picture, and the stages of its preprocessing."""

    drawing: Drawing
    stages: Stages


class DetailsView(HTML):
    """The four stages and, for a drawing, a link that saves it; empty while `details` is None."""

    details = traitlets.Instance(Details, allow_none=True)

    def __init__(self) -> None:
        super().__init__()
        self.add_class("digits-details")
        self._shown: tuple[Drawing, float] | None = None
        self._part: Part | None = None

    def show(self, drawing: Drawing, selected: Part | None, *, pen_width: float) -> None:
        """Show the stages of the selected part and a link that saves the whole drawing; nothing for an empty pad."""
        if selected is self._part and (drawing, pen_width) == self._shown:
            return  # the stages take longer than all else that a button changes
        self._part, self._shown = selected, (drawing, pen_width)
        if not selected:
            self.details = None
        elif selected.ink is None:
            found = stages(selected.strokes, pad_size=PAD_SIZE, pen_width=pen_width)
            self.details = Details(drawing=drawing, stages=found)
        else:
            from mnist_helpers.preprocessing.bitmap import stages_of  # loaded with the first picture

            self.details = Details(drawing=(), stages=stages_of(selected.ink))

    @traitlets.observe("details")
    def _on_details_changed(self, change: traitlets.Bunch) -> None:
        self.value = details_html(change.new) if change.new else ""


def details_html(details: Details) -> str:
    """HTML of stages and link; the link saves JSON lines, which the command `evaluate` reads."""
    if not details.drawing:
        return stages_html(details.stages)
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
