"""What changes while the pen moves: answer, tiles and pixels, in one widget.

Each widget sends its own message, and a message costs kernel and server more time than the network needs; so what
changes together is sent together.
"""

from dataclasses import dataclass

import ipywidgets as widgets
import traitlets

from mnist_helpers.drawing import Drawing
from mnist_helpers.pixels import grey, png_url
from mnist_helpers.raster import BLANK, Digit
from mnist_helpers.recognition import EMPTY, Recognition
from mnist_helpers.tiles import answer_html, tiles_html


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """A drawing, the digit that it makes, and what was said of it."""

    drawing: Drawing
    digit: Digit
    recognition: Recognition


NOTHING = Seen(drawing=(), digit=BLANK, recognition=EMPTY)
"""What there is to show of an empty pad."""


class LiveView(widgets.HTML):
    """The answer and the ten tiles; page.js takes the digit's pixels from here to where they are shown."""

    seen = traitlets.Instance(Seen, default_value=NOTHING)

    def __init__(self) -> None:
        super().__init__(live_html(self.seen, self.seen))
        self.add_class("digits-live")

    @traitlets.observe("seen")
    def _on_seen_changed(self, change: traitlets.Bunch) -> None:
        self.value = live_html(change.new, change.old)


def live_html(seen: Seen, before: Seen) -> str:
    """All parts, one after the other; the tiles' bars move from where they were before."""
    return (
        answer_html(seen.recognition)
        + tiles_html(seen.recognition.probabilities, before.recognition.probabilities)
        + f'<span hidden data-seen="{png_url(grey(seen.digit))}"></span>'
    )
