"""The panel "More": collapsed sections, each imported and built when it is first opened.

A section is a class that takes the dashboard. Its `widget` is what a person sees, and `show` is told what was read. To
add one, write its module in this folder and its line in `SECTIONS`.
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
"""The module and the class of each section, by its title, in the order of the page."""


class Section(Protocol):
    """What each section has."""

    widget: widgets.Widget

    def show(self, reading: Reading, digit: DigitImage) -> None:
        """Show what was read of the pad, and the digit image of the part that is looked at.

        Called while the section is open: when it opens, and then whenever the page is at rest and something may have
        changed: pen lifted, undone, cleared, another part or network chosen. An empty pad has no parts and a blank
        image. Drawing and picture are the dashboard's: `dashboard.pad.drawing`, `dashboard.pad.picture`.
        """


class Panel:
    """All sections, of which none is built before it is opened."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        self._places = {title: box("digits-section") for title in SECTIONS}
        self._built: dict[str, Section] = {}
        self._open: list[str] = []
        self.widget = box(
            "digits-more", *(part for title, place in self._places.items() for part in (toggle(title), place))
        )

    def open(self, names: object) -> None:
        """Open the sections with these titles and close the others; without "More" among them, close all."""
        names = names if isinstance(names, list) else []
        opened = [title for title in SECTIONS if title in names and "More" in names]
        new = [title for title in opened if title not in self._open]
        self._open = opened
        for title in new:
            self._section(title).show(self._dashboard.answer.reading, self._dashboard.answer.digit)

    def show(self) -> None:
        """Tell the sections that are open what was read."""
        for title in self._open:
            self._section(title).show(self._dashboard.answer.reading, self._dashboard.answer.digit)

    def send_again(self) -> None:
        """Send all that the sections show to a page whose connection was cut."""
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
