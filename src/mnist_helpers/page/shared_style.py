"""Widgets that share one layout and, for each kind, one style.

ipywidgets gives each widget a layout and a style of its own, which are widgets too: more than half of all that a page
would create, send and keep. page.css places and colours the page instead.
"""

from functools import cache
from typing import Any

import ipywidgets as widgets
import traitlets


@cache
def shared(kind: type[widgets.Widget]) -> Any:
    """The one layout or style of that class."""
    return kind()


class SharedStyle(widgets.DOMWidget):
    """A widget with the shared layout and style of its class."""

    @traitlets.default("layout")
    def _default_layout(self) -> widgets.Layout:
        return shared(widgets.Layout)

    @traitlets.default("style")
    def _default_style(self) -> widgets.Style:
        return shared(self.traits()["style"].klass)


class Box(SharedStyle, widgets.Box):
    pass


class Button(SharedStyle, widgets.Button):
    pass


class HTML(SharedStyle, widgets.HTML):
    pass


class ToggleButton(SharedStyle, widgets.ToggleButton):
    pass
