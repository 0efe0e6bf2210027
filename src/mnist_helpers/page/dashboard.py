"""Join the pad, the reader and the views to the page.

This module only connects them: the pad's drawing goes to the reader, and its reading to the views. Whatever may fail
runs inside `Message.guarded`, because Voila does not show exceptions of callbacks.
"""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import traitlets
from IPython.display import HTML as HTMLOutput
from IPython.display import display

from mnist_helpers.page.answer import AnswerView
from mnist_helpers.page.controls import Message, Requests, box, toggle, toolbar
from mnist_helpers.page.details import DetailsView
from mnist_helpers.page.pad import DigitPad
from mnist_helpers.page.pad_reader import PadReader, decoded, network_name, recogniser_for
from mnist_helpers.page.pixels import ImportanceView, ValuesView
from mnist_helpers.page.shared_style import HTML, Box, ToggleButton
from mnist_helpers.page.throttle import Throttle
from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.recognition.explain import occlusion_map
from mnist_helpers.recognition.recogniser import Recogniser

if TYPE_CHECKING:
    import keras  # needs what only training installs

    from mnist_helpers.page.more.corrections import PageCorrections
    from mnist_helpers.page.more.panel import Panel
    from mnist_helpers.recognition.corrections import Corrections

PAGE = files("mnist_helpers.page")
SCRIPTS = ("pad.js", "pointers.js", "page.js", "asking.js", "corrections.js", "picture.js")

UPDATE_INTERVAL = 0.03
"""Least seconds between two updates while the pen moves: smooth to the eye, with time left for pen events."""


class Dashboard:
    """The page: pad, answer, tiles and digit image. Show it as the last expression of a cell.

    `recogniser` is a `Recogniser` or an object with the same methods; `network` is a Keras model, a file of one, or the
    name of one in `models/`. With neither, the shipped network is loaded.
    """

    def __init__(
        self, recogniser: Recogniser | None = None, *, network: "Path | str | keras.Model | None" = None
    ) -> None:
        self.pad = DigitPad()
        self.answer, self.importance, self.details = AnswerView(), ImportanceView(), DetailsView()
        self.values, self.message = ValuesView(), Message()
        self.show_importance = ToggleButton(description="Which ink mattered")
        self.show_values = ToggleButton(description="Pixel values")
        self._updates = Throttle(self._update, interval=UPDATE_INTERVAL)
        self.requests = Requests(
            {
                "part": self._on_part_chosen,
                "picture": self._on_picture_opened,
                "open": self._on_opened,
                "correction": self._on_correction,
            }
        )
        self._more: Panel | None = None
        self._corrections: PageCorrections | None = None
        self._read: Drawing | bytes = ()
        self.widget = self._laid_out()
        self.network_name = "yours" if recogniser else network_name(network)
        self.reader: PadReader | None = None
        with self.message.guarded():
            self.reader = PadReader(recogniser or (Recogniser() if network is None else recogniser_for(network)))
        self.pad.observe(self._on_drawing_changed, ["drawing", "picture"])
        self.pad.observe(self._on_pen_lifted, "is_drawing")
        self.pad.observe(self._on_resync_requested, "resync_requests")
        self.pad.observe(self._on_toggled, "pen_width")
        self.show_importance.observe(self._on_toggled, "value")
        self.show_values.observe(self._on_toggled, "value")

    def read_with(self, reader: PadReader, *, speaker: str) -> None:
        """Read with another network from now on; the answer names it as `speaker`, unless that is empty."""
        if self.reader and self.reader is not reader:
            self.reader.correct(None)
        self.reader, self.answer.speaker = reader, speaker
        self.read_again(self._corrections.for_reader if self._corrections else None)

    def read_again(self, corrections: "Corrections | None") -> None:
        """Read what is on the pad again, with a person's corrections."""
        if self.reader:
            self.reader.correct(corrections)
        self._read = ()
        self._updates.flush()

    @property
    def corrections(self) -> "PageCorrections":
        """The person's corrections."""
        if not self._corrections:
            from mnist_helpers.page.more.corrections import PageCorrections  # most visitors do not need it

            self._corrections = PageCorrections(self)
        return self._corrections

    def _ipython_display_(self) -> None:
        style, *scripts = (PAGE.joinpath(name).read_text() for name in ("page.css", *SCRIPTS))
        display(HTMLOutput(f"<style>{style}</style><script>{''.join(scripts)}</script>"))
        display(self.widget)

    def _on_drawing_changed(self, change: traitlets.Bunch) -> None:
        self.answer.note = ""
        *others, newest = self.pad.drawing or [()]
        if not self.pad.is_drawing or len(newest) != 1 or tuple(others) != change.old:  # one point is no digit yet
            self._updates.request()

    def _on_pen_lifted(self, change: traitlets.Bunch) -> None:
        if not change.new:
            self._updates.flush()

    def _on_resync_requested(self, change: traitlets.Bunch) -> None:
        self._updates.flush()
        for view in (self.answer, self.details, self.importance, self.values, self.message):
            view.send_state("value")
        if self._more:
            self._more.send_again()

    def _on_toggled(self, change: traitlets.Bunch) -> None:
        self._updates.flush()

    def _on_part_chosen(self, index: object) -> None:
        self.answer.choose(index)
        self._updates.flush()

    def _on_correction(self, content: object) -> None:
        with self.message.guarded():
            self.corrections.take(content)

    def _undo(self) -> None:
        if not (self._corrections and self._corrections.undo()):
            self.pad.undo()

    def _on_picture_opened(self, content: object) -> None:
        with self.message.guarded():
            picture = decoded(content)
            if self.reader:
                self.reader.read((), picture)  # raises before the pad has changed
            self.pad.show_drawing((), picture)

    def _on_opened(self, names: object) -> None:
        """Open the sections with these names and close all others; build the panel "More" the first time."""
        with self.message.guarded():
            if not self._more:
                from mnist_helpers.page.more.panel import Panel  # most visitors do not need it

                self._more = Panel(self)
                (page,) = self.widget.children
                page.children = (*page.children, self._more.widget)
            self._more.open(names)

    def _update(self) -> None:
        if not self.reader:
            return  # the message says why there is none
        with self.message.guarded():
            drawing, picture = self.pad.drawing, self.pad.picture
            if (drawing or picture) != self._read:
                reading = self.reader.read(drawing, picture)
                self.answer.show(reading, pen_width=self.pad.pen_width if drawing else 0)
                self._read = drawing or picture
            self.message.value = ""
            self.importance.importance = None
            if not self.pad.is_drawing:
                self._update_details(self.reader.recogniser)

    def _update_details(self, recogniser: Recogniser) -> None:
        """Update the expensive views; only done when the pen is lifted."""
        self.details.show(self.pad.drawing, self.answer.part, pen_width=self.pad.pen_width)
        if self.show_importance.value and self._read:
            self.importance.importance = occlusion_map(recogniser, self.answer.digit)
        self.values.digit = self.answer.digit if self.show_values.value else None
        if self._more:
            self._more.show()

    def _laid_out(self) -> Box:
        """Nest the page's parts in the order of keyboard and screen reader; page.css places them."""
        page = box(
            "digits-page",
            box("digits-draw", self.pad, toolbar(self.pad, self.message, undo=self._undo)),
            box("digits-answer", self.message, self.answer, self.requests),
            box(
                "digits-sees",
                HTML("<h2>What the network sees</h2>"),
                box(
                    "digits-seen",
                    box("digits-digit", self.importance),
                    self.details,
                ),
                box("digits-toggles", self.show_importance, self.show_values),
                self.values,
            ),
            toggle("More"),
        )
        return box("digits-app", page)
