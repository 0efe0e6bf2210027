"""Save and load checkpoints, so that a stopped training can be resumed; one file for each run."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


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
