"""The panel "More": collapsed sections, each imported and built when it is first opened.

A section is a class whose constructor takes the dashboard, with the attributes of `Section`. To add one, write its
module in this folder and its line in `SECTIONS`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import ipywidgets as widgets

from mnist_helpers.page.controls import box, toggle
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.number import Reading

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

SECTIONS = {
    "Networks": ("mnist_helpers.page.more.networks", "Networks"),
    "Your drawings": ("mnist_helpers.page.more.drawings", "Drawings"),
    "Inside": ("mnist_helpers.page.more.inside", "InsideView"),
}
"""Title, module and class of each section, in the order of the page."""


class Section(Protocol):
    """A section: `widget` is shown on the page, `show` updates it."""

    widget: widgets.Widget

    def show(self, reading: Reading, digit: DigitImage) -> None:
        """Show the reading of the pad and the digit image of the selected part.

        Called when the section opens and, while it is open, after each change with the pen lifted: a new stroke, undo,
        clear, another part or network selected. For an empty pad the reading has no parts and the image is blank.
        """


class Panel:
    """The sections with their toggles; each is built when it is first opened."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        self._places = {title: box("digits-section") for title in SECTIONS}
        self._built: dict[str, Section] = {}
        self._open: list[str] = []
        self.widget = box(
            "digits-more", *(part for title, place in self._places.items() for part in (toggle(title), place))
        )

    def open(self, names: object) -> None:
        """Open the sections with these titles and close the others; without "More" in the list, close all."""
        names = names if isinstance(names, list) else []
        opened = [title for title in SECTIONS if title in names and "More" in names]
        new = [title for title in opened if title not in self._open]
        self._open = opened
        for title in new:
            self._section(title).show(self._dashboard.answer.reading, self._dashboard.answer.digit)

    def show(self) -> None:
        """Update the open sections."""
        for title in self._open:
            self._section(title).show(self._dashboard.answer.reading, self._dashboard.answer.digit)

    def send_again(self) -> None:
        """Send the state of all sections again, to a page that had lost its connection."""
        for section in self._built.values():
            _send_again(section.widget)

    def _section(self, title: str) -> Section:
        if title not in self._built:
            module, name = SECTIONS[title]
            self._built[title] = getattr(import_module(module), name)(self._dashboard)
            self._places[title].children = (self._built[title].widget,)
        return self._built[title]


def _send_again(widget: widgets.Widget) -> None:
    widget.send_state()
    for child in getattr(widget, "children", ()):
        _send_again(child)
