"""Join the pad, the reader and the views to the page.

This module only connects them: the pad's drawing goes to the reader, and its reading to the views. All that can fail
runs inside `_guarded`, because Voila does not show exceptions of callbacks.
"""

import html
import logging
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
import traitlets
from IPython.display import HTML, display

from mnist_helpers.page.answer import AnswerView
from mnist_helpers.page.details import Details, DetailsView
from mnist_helpers.page.own_network import recogniser_for
from mnist_helpers.page.pad import PAD_SIZE, PEN_WIDTHS, DigitPad, pad_script
from mnist_helpers.page.pixels import ImportanceView, ValuesView
from mnist_helpers.page.requests import Requests
from mnist_helpers.page.throttle import Throttle
from mnist_helpers.preprocessing.drawing import Drawing, placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import resize_whole_pad, stages
from mnist_helpers.recognition.explain import occlusion_map
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import ModelError, Recogniser

if TYPE_CHECKING:  # needs what only training installs
    import keras

PAGE = files("mnist_helpers.page")

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
        self.show_importance = _toggle("Which ink mattered")
        self.show_values = _toggle("Pixel values")
        self._updates = Throttle(self._update, interval=UPDATE_INTERVAL)
        self._requests = Requests({"part": self._on_part_chosen})
        self._read: Drawing = ()
        self.widget = self._laid_out()
        with self._guarded():
            self._recogniser = recogniser or (Recogniser() if network is None else recogniser_for(network))
            self._reader = Reader(self._recogniser)
            self.pad.observe(self._on_drawing_changed, "drawing")
            self.pad.observe(self._on_pen_lifted, "is_drawing")
            self.pad.observe(self._on_resync_requested, "resync_requests")
            self.show_importance.observe(self._on_toggled, "value")
            self.show_values.observe(self._on_toggled, "value")

    def _ipython_display_(self) -> None:
        style, script = (PAGE.joinpath(name).read_text() for name in ("page.css", "page.js"))
        display(HTML(f"<style>{style}</style><script>{pad_script()}{script}</script>"))
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

    def _update(self) -> None:
        with self._guarded():
            drawing = self.pad.drawing
            if drawing != self._read:
                self.answer.show(self._reader.read(drawing, pad_size=PAD_SIZE), pen_width=self.pad.pen_width)
                self._read = drawing
            self.importance.importance = None
            if not self.pad.is_drawing:
                self._update_details(drawing)
            self.message.value = ""

    def _update_details(self, drawing: Drawing) -> None:
        """Update the expensive views, which are shown when the pen is lifted."""
        self.details.details = self._details(drawing) if drawing else None
        if self.show_importance.value and drawing:
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
            _logger().exception("The dashboard could not finish an update.")
            reason = str(error) if isinstance(error, ModelError) else f"Something went wrong ({type(error).__name__})."
            self.message.value = f'<p role="alert">{html.escape(reason)} What you drew is kept.</p>'

    def _laid_out(self) -> widgets.Box:
        """Nest the page's parts in the order of keyboard and screen reader; page.css places them."""
        page = _box(
            "digits-page",
            _box("digits-draw", self.pad, self._toolbar()),
            _box("digits-answer", self.message, self.answer, self._requests),
            _box(
                "digits-sees",
                widgets.HTML("<h2>What the network sees</h2>"),
                _box(
                    "digits-seen",
                    _box("digits-digit", self.importance),
                    self.details,
                ),
                _box("digits-toggles", self.show_importance, self.show_values),
                self.values,
            ),
        )
        return _box("digits-app", page)

    def _toolbar(self) -> widgets.Box:
        pen_width = widgets.Dropdown(options=PEN_WIDTHS, value=self.pad.pen_width, description="Width of the pen")
        pen_width.observe(self._on_pen_chosen, "value")
        return _box(
            "digits-tools",
            _button("Undo", "Take back the newest stroke (U or Ctrl+Z)", self.pad.undo),
            _button("Redo", "Do again what was undone (Ctrl+Shift+Z)", self.pad.redo),
            _button("Clear", "Empty the pad (C or Escape)", self.pad.clear),
            _button("Example", "Watch a digit being drawn", self._draw_example),
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


def _box(name: str, *children: widgets.Widget) -> widgets.Box:
    box = widgets.Box(children)
    box.add_class(name)
    return box


def _button(name: str, purpose: str, act: Callable[[], None]) -> widgets.Button:
    button = widgets.Button(description=name, tooltip=purpose)
    button.add_class(f"digits-{name.lower()}")
    button.on_click(lambda _: act())
    return button


def _toggle(name: str) -> widgets.ToggleButton:
    return widgets.ToggleButton(description=name)


def _logger() -> logging.Logger:
    """A logger that writes to the server's log; a kernel's `sys.stderr` would go to the browser."""
    logger = logging.getLogger(__name__)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler(sys.__stderr__))
        logger.propagate = False
    return logger
