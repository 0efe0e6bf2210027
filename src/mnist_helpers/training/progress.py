"""One progress bar for a run: a line that is written over, in a terminal and in a notebook."""

import io
import sys

from tqdm import tqdm


def progress_bar(total: int, done: int, show: bool) -> tqdm:
    """A bar over `total` steps of which `done` were done before.

    tqdm's own bar for notebooks is a widget, which a notebook that is read on a page shows as it was at the start.
    """
    file = _NotebookLine() if show and _in_notebook() else None
    return tqdm(
        total=total, initial=done, disable=not show, unit="step", mininterval=1, file=file, ascii=False, ncols=100
    )


def _in_notebook() -> bool:
    """Whether a kernel runs this; a process that has merely imported one does not count."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _NotebookLine(io.StringIO):
    """A text file whose only line is shown in the notebook; each write takes the place of the last."""

    def __init__(self) -> None:
        from IPython.display import display  # only a notebook needs it

        super().__init__()
        self._line = display({"text/plain": ""}, raw=True, display_id=True)

    def write(self, text: str) -> int:
        if text.strip():
            self._line.update({"text/plain": text.strip()}, raw=True)
        return len(text)
