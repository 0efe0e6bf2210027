"""What is known about a trained network, kept in a JSON file beside it.

Sections: `training` (how it was made), `calibration` (what the recogniser needs) and `measured` (what the model card
tells). The last two hold for one network only, so each carries the SHA-256 of the LiteRT file it was made for: a
network that was damaged, or trained anew, is not run with another one's calibration.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from mnist_helpers import IS_CHECKOUT, PROJECT
from mnist_helpers.recognition.calibration import Calibration

MODELS = PROJECT / "models"
"""Folder of the trained networks."""
REMEDY = (
    "Run `git restore models` to get the trained one back, or `make train` to train a new one."
    if IS_CHECKOUT
    else "Install the package again: `pip install --force-reinstall mnist-helpers`."
)
"""What to do where the network is missing or damaged."""


class ModelError(RuntimeError):
    """The network or its settings cannot be used; the message says what to run."""


def read_network(path: Path) -> bytes:
    """The bytes of a network's file. Raises `ModelError` if there are none."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"Cannot read {path} ({error.strerror}), a part of the trained network. {REMEDY}") from None


def read_metadata(network: Path) -> dict[str, Any]:
    """All sections of the JSON file beside a network. Raises `ModelError` if it is missing or damaged."""
    path = metadata_path(network)
    try:
        return dict(json.loads(read_network(path)))
    except (ValueError, TypeError):
        raise ModelError(f"{path}, the settings of the network, is damaged. {REMEDY}") from None


def read_calibration(network: Path) -> Calibration:
    """The calibration that was made for this network; the default one if none was made yet."""
    settings = read_metadata(network).get("calibration")
    if settings is None:
        return Calibration()
    try:
        found = Calibration(temperature=float(settings["temperature"]), threshold=float(settings["threshold"]))
    except (ValueError, TypeError, KeyError):
        raise ModelError(f"The calibration beside {network} is damaged. {REMEDY}") from None
    if settings.get("sha256") != sha256(network):
        raise ModelError(
            f"{network} is damaged, or is not the network that its calibration was made for. {REMEDY} "
            "After training, `mnist-helpers calibrate` makes its calibration."
        )
    return found


def stored_threshold(network: Path) -> float:
    """The threshold beside a network, were it made for an earlier one; the default if there is none."""
    known = read_metadata(network) if metadata_path(network).exists() else {}
    return float(known.get("calibration", {}).get("threshold", Calibration.threshold))


def save_section(network: Path, section: str, values: dict[str, Any]) -> dict[str, Any]:
    """Write a section of the JSON file beside a network, over what it already says of the same network."""
    path = metadata_path(network)
    settings = read_metadata(network) if path.exists() else {}
    known = settings.get(section, {})
    current = sha256(network)
    settings[section] = (known if known.get("sha256") == current else {}) | values | {"sha256": current}
    unfinished = path.with_suffix(".json.part")
    unfinished.write_text(json.dumps(settings, indent=2) + "\n")
    unfinished.replace(path)
    return settings[section]


def metadata_path(network: Path) -> Path:
    """Where what is known about a network is kept."""
    return network.with_suffix(".json")


def sha256(path: Path) -> str:
    """What tells a file from any other."""
    return hashlib.sha256(read_network(path)).hexdigest()
