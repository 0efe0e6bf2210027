"""Make a recogniser from the network that a notebook passes to `Dashboard`."""

from pathlib import Path
from typing import TYPE_CHECKING

from mnist_helpers.recognition.model_metadata import MODELS, SHIPPED, existing_network, metadata_path, network_path
from mnist_helpers.recognition.recogniser import Recogniser

if TYPE_CHECKING:  # needs what only training installs
    import keras


def network_name(network: "Path | str | keras.Model | None") -> str:
    """The name that the page shows for a network: its own if it is in `models/`, otherwise "yours"."""
    if network is None:
        return SHIPPED
    path = network_path(network) if isinstance(network, str | Path) else None
    return path.stem if path and path.parent == MODELS else "yours"


def recogniser_for(network: "Path | str | keras.Model") -> Recogniser:
    """A recogniser with a network: the name of one in `models/`, the path of a file, or a Keras model.

    A network without a JSON file beside it is tested and adapted as by `mnist-helpers add`, but not kept. Raises
    `ModelError`.
    """
    if isinstance(network, str | Path):
        path = existing_network(network)
        if path.suffix == ".tflite" and metadata_path(path).exists():
            return Recogniser(path)
        network = path
    from mnist_helpers.training.adopt import recogniser_of  # imports TensorFlow

    return recogniser_of(network)
