"""The section "Your drawings": the corrections, with an image of each and buttons that delete or save them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mnist_helpers.page.controls import asks
from mnist_helpers.page.more.corrections import MAX_CORRECTIONS, Correction
from mnist_helpers.page.pixels import data_url, download_link, png_url, to_uint8
from mnist_helpers.page.shared_style import HTML
from mnist_helpers.preprocessing.raster import DigitImage
from mnist_helpers.recognition.number import Reading

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

NONE_TEXT = "Nothing yet. Draw a digit and tap what you meant: the drawing is kept here, and its like is read so."
KEPT_TEXT = f"Kept in this browser only, the newest {MAX_CORRECTIONS}; nobody else sees them."
NOT_KEPT_TEXT = "This browser keeps nothing: they are gone when you leave."


class Drawings:
    """The section "Your drawings"."""

    def __init__(self, dashboard: "Dashboard") -> None:
        self._dashboard = dashboard
        self._shown: object = None
        self.widget = HTML()
        self.widget.add_class("digits-drawings")

    def show(self, reading: Reading, digit: DigitImage) -> None:
        """Show the corrections, if they have changed."""
        corrections = self._dashboard.corrections
        if self._shown != (corrections.all, corrections.is_kept):
            self._shown = corrections.all, corrections.is_kept
            self.widget.value = drawings_html(corrections.all, is_kept=corrections.is_kept)


def drawings_html(corrections: Sequence[Correction], *, is_kept: bool) -> str:
    """HTML of each corrected digit, the newest first, with a button that deletes it, and a link that saves all."""
    if not corrections:
        return f"<p>{NONE_TEXT}</p>"
    count = f"{len(corrections)} drawing{'s' * (len(corrections) > 1)}"
    pictures = "".join(_picture_html(index, each) for index, each in reversed(list(enumerate(corrections))))
    lines = "".join(each.line + "\n" for each in corrections if each.line)
    link = download_link("my-drawings.jsonl", data_url("application/jsonl", lines), "Save my drawings")
    return (
        f"<p><b>{count}.</b> {KEPT_TEXT if is_kept else NOT_KEPT_TEXT}</p><ul>{pictures}</ul>"
        f'<p>{link if lines else ""}<button type="button" {_forgets("all")}>Delete all</button></p>'
    )


def _picture_html(index: int, correction: Correction) -> str:
    digit, name = correction.digit, f"Delete this {correction.digit}"
    return (
        f'<li><img alt="A {digit}" src="{png_url(to_uint8(correction.image))}"><b>{digit}</b>'
        f'<button type="button" aria-label="{name}" title="{name}" {_forgets(index)}>\u00d7</button></li>'
    )


def _forgets(index: int | str) -> str:
    return f'{asks(correction={"forget": index})} data-focus="forget-{index}"'
