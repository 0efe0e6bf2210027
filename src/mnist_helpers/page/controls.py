"""The page's boxes, buttons and messages, and the hidden field through which asking.js makes requests."""

import html
import json
import logging
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeGuard

import ipywidgets as widgets
import traitlets

from mnist_helpers.page.pad import PAD_SIZE, PEN_WIDTHS, DigitPad
from mnist_helpers.page.shared_style import HTML, Box, Button, SharedStyle, shared
from mnist_helpers.preprocessing.drawing import placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.picture import PictureError
from mnist_helpers.recognition.model_metadata import ModelError

EXAMPLE_SIZE = 0.6 * PAD_SIZE


class Message(HTML):
    """A sentence about the last error; empty if there was none."""

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Show and log an exception, since Voila does not show those of callbacks."""
        try:
            yield
        except Exception as error:
            if not isinstance(error, PictureError):  # which is no fault of the page
                _logger().exception("The dashboard could not finish an update.")
            is_explained = isinstance(error, (ModelError, PictureError))
            reason = str(error) if is_explained else f"Something went wrong ({type(error).__name__})."
            self.value = f'<p role="alert">{html.escape(reason)} What is on the pad is kept.</p>'


class Requests(SharedStyle, widgets.Textarea):
    """A hidden field into which asking.js writes requests as JSON objects, such as `{"part": 2}`.

    `handlers` are called by the names of their requests, here with 2. Any other text is ignored.
    """

    def __init__(self, handlers: Mapping[str, Callable[[Any], None]]) -> None:
        self._handlers = dict(handlers)
        super().__init__()
        self.add_class("digits-requests")

    @traitlets.observe("value")
    def _on_asked(self, change: traitlets.Bunch) -> None:
        if not change.new:
            return
        self.value = ""  # so that the same request can come again
        for name, content in _parsed(change.new).items():
            if name in self._handlers:
                self._handlers[name](content)

    def add(self, name: str, handler: Callable[[Any], None]) -> None:
        """Handle one more request from now on. Its content comes from the browser: the handler has to check it."""
        self._handlers[name] = handler


def asks(**request: object) -> str:
    """The HTML attribute of an element that makes this request when it is clicked or chosen, such as `part=2`."""
    return f'data-ask="{html.escape(json.dumps(request))}"'


def is_index(value: object, count: int) -> TypeGuard[int]:
    """Whether a value from the browser is an integer from 0 to `count` - 1; JSON's `true` is not 1."""
    return type(value) is int and 0 <= value < count


def _parsed(text: str) -> dict[str, Any]:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}


def box(name: str, *children: widgets.Widget) -> Box:
    """A box with a CSS class."""
    made = Box(children)
    made.add_class(name)
    return made


def button(name: str, purpose: str, act: Callable[[], None] = lambda: None) -> Button:
    """A button with the CSS class `digits-` and the first word of its name."""
    made = Button(description=name, tooltip=purpose)
    made.add_class(f"digits-{name.split()[0].lower()}")
    made.on_click(lambda _: act())
    return made


def toolbar(pad: DigitPad, message: Message, *, undo: Callable[[], None]) -> Box:
    """The buttons below the pad, and the width of its pen."""
    plain = shared(widgets.Layout)
    pen_width = widgets.Dropdown(options=PEN_WIDTHS, value=pad.pen_width, description="Width of the pen", layout=plain)
    pen_width.observe(lambda change: setattr(pad, "pen_width", change.new), "value")
    return box(
        "digits-tools",
        button("Undo", "Take back the newest stroke (U or Ctrl+Z)", undo),
        button("Redo", "Do again what was undone (Ctrl+Shift+Z)", pad.redo),
        button("Clear", "Empty the pad (C or Escape)", pad.clear),
        button("Example", "Watch a digit being drawn", lambda: _draw_example(pad, message)),
        button("Open a picture", "Read a picture; drop or paste one, or take a photo"),
        pen_width,
    )


def _draw_example(pad: DigitPad, message: Message) -> None:
    with message.guarded():
        example = random.choice(read_drawings(SAMPLES))
        pad.animate(placed(example.drawing, centre=(PAD_SIZE / 2, PAD_SIZE / 2), size=EXAMPLE_SIZE))


def toggle(name: str) -> HTML:
    """A button that opens and closes the widget after it; asking.js sends what is open to the kernel."""
    made = HTML(f'<button type="button" data-opens="{name}" aria-expanded="false">{name}</button>')
    made.add_class("digits-toggle")
    return made


def _logger() -> logging.Logger:
    """A logger that writes to the server's log; a kernel's `sys.stderr` would go to the browser."""
    logger = logging.getLogger(__name__)
    if not logger.handlers:
        logger.addHandler(logging.StreamHandler(sys.__stderr__))
        logger.propagate = False
    return logger
