"""Read and write the JSON file beside a trained network.

Its sections are `training` (how it was trained), `calibration` (for the recogniser) and `measured` (for the model
card). Each section carries the SHA-256 of the LiteRT file it was made for, so that a network which was damaged or
trained anew is not used with the calibration of another.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from mnist_helpers import IS_CHECKOUT, PROJECT
from mnist_helpers.recognition.calibration import Calibration

MODELS = PROJECT / "models"
"""Folder of the trained networks."""
SHIPPED = "digits"
"""Name of the network that the page reads with."""
INCLUDED = (SHIPPED, "fast", "keras_example")
"""Names of the networks that come with the project; others in `models/` are a user's own."""
REMEDY = (
    "Run `git restore models` to get the trained one back, or `make train` to train a new one."
    if IS_CHECKOUT
    else "Install the package again: `pip install --force-reinstall mnist-helpers`."
)
"""What to do where a network of the project is missing or damaged."""


class ModelError(RuntimeError):
    """The network or its JSON file cannot be used; the message says what to run."""


def network_path(network: Path | str) -> Path:
    """The path of a network: a name without suffix is that of one in `models/`, anything else is a path."""
    path = Path(network)
    return path if path.suffix else MODELS / f"{network}.tflite"


def existing_network(network: Path | str) -> Path:
    """The same; raises `ModelError` if there is no such file, unless it is the shipped network."""
    path = network_path(network)
    if not path.exists() and path != MODELS / f"{SHIPPED}.tflite":
        known = ", ".join(sorted(each.stem for each in MODELS.glob("*.tflite")))
        raise ModelError(f"There is no network {path}. Give the path of one, or a name of those in models: {known}.")
    return path


def remedy(path: Path) -> str:
    """What is wanted and what to do where this file of a network, or its JSON file, is missing or damaged."""
    if path.stem in INCLUDED and path.resolve().parent == MODELS:
        return REMEDY
    network = path.with_suffix(".tflite")
    if path.suffix == ".json":
        command = f"`mnist-helpers calibrate --model {network}`"
        return f"The settings of {network.name} are wanted there. {command} makes them, once a damaged file is removed."
    return "A network in a .tflite file is wanted. Copy it again, or adapt another one: `mnist-helpers add FILE`."


def read_network(path: Path) -> bytes:
    """Read one of a network's files; raises `ModelError` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"Cannot read {path} ({error.strerror}), a part of the network. {remedy(path)}") from None


def read_metadata(network: Path) -> dict[str, Any]:
    """Read all sections of the JSON file beside a network; raises `ModelError` if it is missing or damaged."""
    path = metadata_path(network)
    try:
        return dict(json.loads(read_network(path)))
    except (ValueError, TypeError):
        raise ModelError(f"{path}, the settings of the network, is damaged. {remedy(path)}") from None


def read_calibration(network: Path) -> Calibration:
    """Read the calibration of a network; the default one if it has none yet.

    Raises `ModelError` if the calibration is damaged or was made for another network.
    """
    settings = read_metadata(network).get("calibration")
    if settings is None:
        return Calibration()
    try:
        found = Calibration(temperature=float(settings["temperature"]), threshold=float(settings["threshold"]))
    except (ValueError, TypeError, KeyError):
        raise ModelError(f"The calibration beside {network} is damaged. {remedy(metadata_path(network))}") from None
    if settings.get("sha256") != sha256(network):
        raise ModelError(
            f"{network} is damaged, or is not the network that its calibration was made for. "
            f"{remedy(network)} After training, `mnist-helpers calibrate --model {network}` makes its calibration."
        )
    return found


def stored_threshold(network: Path) -> float:
    """The threshold in the JSON file, even if chosen for an earlier network; the default if the file has none."""
    known = read_metadata(network) if metadata_path(network).exists() else {}
    return float(known.get("calibration", {}).get("threshold", Calibration.threshold))


def save_section(network: Path, section: str, values: dict[str, Any]) -> dict[str, Any]:
    """Update one section of the JSON file beside a network and return the section.

    Values of an earlier network are dropped from the section. The file is written whole or not at all.
    """
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
    """The path of the JSON file beside a network."""
    return network.with_suffix(".json")


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(read_network(path)).hexdigest()
