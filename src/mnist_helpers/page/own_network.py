"""Make a recogniser of the network that a notebook gives to the dashboard."""

from pathlib import Path
from typing import TYPE_CHECKING

from mnist_helpers.recognition.model_metadata import MODELS, ModelError, metadata_path, network_path
from mnist_helpers.recognition.recogniser import Recogniser

if TYPE_CHECKING:  # needs what only training installs
    import keras


def network_name(network: "Path | str | keras.Model | None") -> str:
    """What the page calls a network: one in `models/` by its name, such as the shipped one, any other yours."""
    if network is None:
        return "digits"
    path = network_path(network) if isinstance(network, str | Path) else None
    return path.stem if path and path.parent == MODELS else "yours"


def recogniser_for(network: "Path | str | keras.Model") -> Recogniser:
    """A recogniser with a network in `models/`, by its name, with one in a file, or with a Keras model in memory.

    What was not kept by this project is tried and adapted as `mnist-helpers add` does. Raises `ModelError`.
    """
    if isinstance(network, str | Path):
        path = network_path(network)
        if not path.exists():
            known = ", ".join(sorted(each.stem for each in MODELS.glob("*.tflite")))
            raise ModelError(f"There is no network {path}. Give a path, or a name of those in models: {known}.")
        if path.suffix == ".tflite" and metadata_path(path).exists():
            return Recogniser(path)
        network = path
    from mnist_helpers.training.adopt import recogniser_of  # TensorFlow, which who gives a Keras model has

    return recogniser_of(network)
