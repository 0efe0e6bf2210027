"""Save a training's progress in a checkpoint, from which it can be resumed, and show it in a progress bar."""

import hashlib
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm


def checkpoint_path(folder: Path | str, *identity: object) -> Path:
    """The path of a run's checkpoint; its name depends on `identity`, that is recipe, seed and data."""
    digest = hashlib.sha256("|".join(map(repr, identity)).encode()).hexdigest()[:12]
    return Path(folder) / f"training-{digest}.npz"


def save_checkpoint(path: Path, variables: Sequence[Any], history: list[dict]) -> None:
    """Write all variables and the history of the epochs; the file is written whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {f"variable_{number}": np.asarray(variable) for number, variable in enumerate(variables)}
    unfinished = path.with_suffix(".unfinished.npz")
    np.savez(unfinished, history=np.array(json.dumps(history)), **arrays)  # type: ignore[arg-type]
    os.replace(unfinished, path)


def load_checkpoint(path: Path, variables: Sequence[Any]) -> list[dict]:
    """Set the variables from the file and return the history; without a file, change nothing and return `[]`."""
    if not path.exists():
        return []
    with np.load(path) as saved:
        for number, variable in enumerate(variables):
            variable.assign(saved[f"variable_{number}"])
        return json.loads(str(saved["history"]))


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
