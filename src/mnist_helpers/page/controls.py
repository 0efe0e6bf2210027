"""Boxes and buttons of the page, and the field through which page.js asks for what no button does."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
import traitlets


class Requests(widgets.Textarea):
    """A hidden field into which page.js writes a JSON object with one request, such as `{"part": 2}`.

    `answers` holds what is called for each name; any other text is ignored.
    """

    def __init__(self, answers: Mapping[str, Callable[[Any], None]]) -> None:
        self._answers = answers
        super().__init__()
        self.add_class("digits-requests")

    @traitlets.observe("value")
    def _on_asked(self, change: traitlets.Bunch) -> None:
        if not change.new:
            return
        self.value = ""  # so that the same can be asked again
        for name, content in _parsed(change.new).items():
            if name in self._answers:
                self._answers[name](content)


def _parsed(text: str) -> dict[str, Any]:
    try:
        request = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return request if isinstance(request, dict) else {}


def box(name: str, *children: widgets.Widget) -> widgets.Box:
    """A box that page.css knows by name."""
    made = widgets.Box(children)
    made.add_class(name)
    return made


def button(name: str, purpose: str, act: Callable[[], None] = lambda: None) -> widgets.Button:
    """A button that page.css and page.js know by the first word of its name."""
    made = widgets.Button(description=name, tooltip=purpose)
    made.add_class(f"digits-{name.split()[0].lower()}")
    made.on_click(lambda _: act())
    return made
