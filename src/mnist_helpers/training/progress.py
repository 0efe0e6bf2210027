"""Show the progress of a run in one line, in a terminal and in a notebook."""

import io
import sys

from tqdm import tqdm


def progress_bar(total: int, done: int, show: bool) -> tqdm:
    """A bar over `total` steps, of which an earlier run has done `done`.

    tqdm's own bar for notebooks is not used: it is a widget, and a saved notebook shows only its first state.
    """
    file = _NotebookLine() if show and _in_notebook() else None
    return tqdm(
        total=total, initial=done, disable=not show, unit="step", mininterval=1, file=file, ascii=False, ncols=100
    )


def _in_notebook() -> bool:
    """Whether this runs in a Jupyter kernel; having imported IPython is not enough."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _NotebookLine(io.StringIO):
    """A text file that shows the last line written to it in the notebook."""

    def __init__(self) -> None:
        from IPython.display import display  # only a notebook needs it

        super().__init__()
        self._line = display({"text/plain": ""}, raw=True, display_id=True)

    def write(self, text: str) -> int:
        if text.strip():
            self._line.update({"text/plain": text.strip()}, raw=True)
        return len(text)
