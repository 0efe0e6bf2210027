"""The drawings that were told: how many there are, a small picture of each, and what deletes or saves them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ipywidgets as widgets

from mnist_helpers.page.controls import asks
from mnist_helpers.page.more.told import MAX_TOLD, Told
from mnist_helpers.page.pixels import data_url, download_link, png_url, to_uint8
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.number import Reading

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

NONE_TEXT = "Nothing yet. Draw a digit and tap what you meant: the drawing is kept here, and its like is read so."
KEPT_TEXT = f"Kept in this browser only, the newest {MAX_TOLD}; nobody else sees them."
NOT_KEPT_TEXT = "This browser keeps nothing: they are gone when you leave."


class Drawings:
    """The section "Your drawings"."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        self._shown: object = None
        self.widget = widgets.HTML()
        self.widget.add_class("digits-drawings")

    def show(self, reading: Reading, digit: DigitImage) -> None:
        """Show what was told, if it has changed."""
        told = self._dashboard.told
        if self._shown != (told.all, told.is_kept):
            self._shown = told.all, told.is_kept
            self.widget.value = drawings_html(told.all, is_kept=told.is_kept)


def drawings_html(told: Sequence[Told], *, is_kept: bool) -> str:
    """HTML of a picture of each told digit, the newest first, with a button that deletes it, and of a link."""
    if not told:
        return f"<p>{NONE_TEXT}</p>"
    count = f"{len(told)} drawing{'s' * (len(told) > 1)}"
    pictures = "".join(_picture_html(place, each) for place, each in reversed(list(enumerate(told))))
    lines = "".join(each.line + "\n" for each in told if each.line)
    link = download_link("my-drawings.jsonl", data_url("application/jsonl", lines), "Save my drawings")
    return (
        f"<p><b>{count}.</b> {KEPT_TEXT if is_kept else NOT_KEPT_TEXT}</p><ul>{pictures}</ul>"
        f'<p>{link if lines else ""}<button type="button" {_forgets("all")}>Delete all</button></p>'
    )


def _picture_html(place: int, told: Told) -> str:
    name = f"Delete this {told.digit}"
    return (
        f'<li><img alt="A {told.digit}" src="{png_url(to_uint8(told.image))}"><b>{told.digit}</b>'
        f'<button type="button" aria-label="{name}" title="{name}" {_forgets(place)}>\u00d7</button></li>'
    )


def _forgets(place: int | str) -> str:
    return f'{asks(told={"forget": place})} data-focus="forget-{place}"'
