"""Checkpoints: one file for each run, from which a stopped training goes on."""

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


def checkpoint_path(folder: Path | str, *identity: object) -> Path:
    """The file of the run that `identity` (recipe, seed, data) names; another recipe or seed gets another file."""
    digest = hashlib.sha256("|".join(map(repr, identity)).encode()).hexdigest()[:12]
    return Path(folder) / f"training-{digest}.npz"


def save_checkpoint(path: Path, variables: Sequence[Any], history: list[dict]) -> None:
    """Write all variables and the history of the epochs so far, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {f"variable_{number}": np.asarray(variable) for number, variable in enumerate(variables)}
    unfinished = path.with_suffix(".unfinished.npz")
    np.savez(unfinished, history=np.array(json.dumps(history)), **arrays)  # type: ignore[arg-type]
    os.replace(unfinished, path)


def load_checkpoint(path: Path, variables: Sequence[Any]) -> list[dict]:
    """Set the variables from the file and return the history; an empty one, and no change, where there is no file."""
    if not path.exists():
        return []
    with np.load(path) as saved:
        for number, variable in enumerate(variables):
            variable.assign(saved[f"variable_{number}"])
        return json.loads(str(saved["history"]))
