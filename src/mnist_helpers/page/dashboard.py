"""Join the pad, the reader and the views to the page.

This module only connects them: the pad's drawing goes to the reader, and its reading to the views. All that can fail
runs inside `_guarded`, because Voila does not show exceptions of callbacks.
"""

import html
import logging
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
import traitlets
from IPython.display import HTML, display

from mnist_helpers.page.answer import AnswerView
from mnist_helpers.page.controls import Requests, box, button
from mnist_helpers.page.details import Details, DetailsView
from mnist_helpers.page.opened_picture import decoded, read_opened
from mnist_helpers.page.own_network import recogniser_for
from mnist_helpers.page.pad import PAD_SIZE, PEN_WIDTHS, DigitPad
from mnist_helpers.page.pixels import ImportanceView, ValuesView
from mnist_helpers.page.throttle import Throttle
from mnist_helpers.preprocessing.drawing import Drawing, placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.picture import PictureError
from mnist_helpers.preprocessing.raster import resize_whole_pad, stages
from mnist_helpers.recognition.explain import occlusion_map
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import ModelError, Recogniser

if TYPE_CHECKING:  # needs what only training installs
    import keras

PAGE = files("mnist_helpers.page")
SCRIPTS = ("pad.js", "pointers.js", "page.js", "picture.js")

UPDATE_INTERVAL = 0.03
"""Least seconds between two updates while the pen moves: smooth to the eye, with time left for pen events."""
EXAMPLE_SIZE = 0.6 * PAD_SIZE


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
        self.values, self.message = ValuesView(), widgets.HTML()
        self.show_importance = widgets.ToggleButton(description="Which ink mattered")
        self.show_values = widgets.ToggleButton(description="Pixel values")
        self._updates = Throttle(self._update, interval=UPDATE_INTERVAL)
        self._requests = Requests({"part": self._on_part_chosen, "picture": self._on_picture_opened})
        self._read: Drawing | bytes = ()
        self.widget = self._laid_out()
        with self._guarded():
            self._recogniser = recogniser or (Recogniser() if network is None else recogniser_for(network))
            self._reader = Reader(self._recogniser)
            self._read_picture = lru_cache(maxsize=1)(partial(read_opened, self._reader))
            self.pad.observe(self._on_drawing_changed, ["drawing", "picture"])
            self.pad.observe(self._on_pen_lifted, "is_drawing")
            self.pad.observe(self._on_resync_requested, "resync_requests")
            self.show_importance.observe(self._on_toggled, "value")
            self.show_values.observe(self._on_toggled, "value")

    def _ipython_display_(self) -> None:
        style, *scripts = (PAGE.joinpath(name).read_text() for name in ("page.css", *SCRIPTS))
        display(HTML(f"<style>{style}</style><script>{''.join(scripts)}</script>"))
        display(self.widget)

    def _on_drawing_changed(self, change: traitlets.Bunch) -> None:
        self._updates.request()

    def _on_pen_lifted(self, change: traitlets.Bunch) -> None:
        if not change.new:
            self._updates.flush()

    def _on_resync_requested(self, change: traitlets.Bunch) -> None:
        self._updates.flush()
        for view in (self.answer, self.details, self.importance, self.values, self.message):
            view.send_state("value")

    def _on_toggled(self, change: traitlets.Bunch) -> None:
        self._updates.flush()

    def _on_part_chosen(self, place: object) -> None:
        self.answer.choose(place)
        self._updates.flush()

    def _on_picture_opened(self, content: object) -> None:
        with self._guarded():
            picture = decoded(content)
            self._read_picture(picture)  # what cannot be read takes nothing off the pad
            self.pad.show_drawing((), picture)

    def _update(self) -> None:
        with self._guarded():
            drawing, picture = self.pad.drawing, self.pad.picture
            if (drawing or picture) != self._read:
                if drawing or not picture:
                    self.answer.show(self._reader.read(drawing, pad_size=PAD_SIZE), pen_width=self.pad.pen_width)
                else:
                    self.answer.show(self._read_picture(picture), pen_width=0)
                self._read = drawing or picture
            self.importance.importance = None
            if not self.pad.is_drawing:
                self._update_details(drawing)
            self.message.value = ""

    def _update_details(self, drawing: Drawing) -> None:
        """Update the expensive views, which are shown when the pen is lifted."""
        self.details.details = self._details(drawing) if drawing else None
        if self.show_importance.value and self._read:
            self.importance.importance = occlusion_map(self._recogniser, self.answer.digit)
        self.values.digit = self.answer.digit if self.show_values.value else None

    def _details(self, drawing: Drawing) -> Details:
        shrunk = resize_whole_pad(drawing, pad_size=PAD_SIZE, pen_width=self.pad.pen_width)
        way = stages(self.answer.strokes, pad_size=PAD_SIZE, pen_width=self.pad.pen_width)
        return Details(drawing=drawing, stages=way, naive=self._recogniser(shrunk))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if not isinstance(error, PictureError):  # that is no fault of the page
                _logger().exception("The dashboard could not finish an update.")
            is_told = isinstance(error, (ModelError, PictureError))
            reason = str(error) if is_told else f"Something went wrong ({type(error).__name__})."
            self.message.value = f'<p role="alert">{html.escape(reason)} What is on the pad is kept.</p>'

    def _laid_out(self) -> widgets.Box:
        """Nest the page's parts in the order of keyboard and screen reader; page.css places them."""
        page = box(
            "digits-page",
            box("digits-draw", self.pad, self._toolbar()),
            box("digits-answer", self.message, self.answer, self._requests),
            box(
                "digits-sees",
                widgets.HTML("<h2>What the network sees</h2>"),
                box(
                    "digits-seen",
                    box("digits-digit", self.importance),
                    self.details,
                ),
                box("digits-toggles", self.show_importance, self.show_values),
                self.values,
            ),
        )
        return box("digits-app", page)

    def _toolbar(self) -> widgets.Box:
        pen_width = widgets.Dropdown(options=PEN_WIDTHS, value=self.pad.pen_width, description="Width of the pen")
        pen_width.observe(self._on_pen_chosen, "value")
        return box(
            "digits-tools",
            button("Undo", "Take back the newest stroke (U or Ctrl+Z)", self.pad.undo),
            button("Redo", "Do again what was undone (Ctrl+Shift+Z)", self.pad.redo),
            button("Clear", "Empty the pad (C or Escape)", self.pad.clear),
            button("Example", "Watch a digit being drawn", self._draw_example),
            button("Open a picture", "Read a picture; drop or paste one, or take a photo"),
            pen_width,
        )

    def _on_pen_chosen(self, change: traitlets.Bunch) -> None:
        """Change the ink and, with it, what the naive way makes of it; the answer does not depend on the pen."""
        self.pad.pen_width = change.new
        self._updates.flush()

    def _draw_example(self) -> None:
        with self._guarded():
            example = random.choice(read_drawings(SAMPLES))
            self.pad.animate(placed(example.drawing, centre=(PAD_SIZE / 2, PAD_SIZE / 2), size=EXAMPLE_SIZE))


def _logger() -> logging.Logger:
    """A logger that writes to the server's log; a kernel's `sys.stderr` would go to the browser."""
    logger = logging.getLogger(__name__)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler(sys.__stderr__))
        logger.propagate = False
    return logger
