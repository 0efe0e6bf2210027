"""The landscape separates MNIST's digits, and is stored beside its network."""

from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.evaluation import landscape
from mnist_helpers.mnist.data import DataError, load_mnist
from mnist_helpers.recognition.inference.landscape import find_landscape, save_landscape
from mnist_helpers.recognition.model_metadata import MODELS


@pytest.mark.slow
def test_mnist_digits_lie_among_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscape, "FITTED", 1500)
    network = tmp_path / "digits.tflite"
    network.write_bytes((MODELS / "digits.tflite").read_bytes())
    try:
        save_landscape(landscape.fit_landscape(network.read_bytes(), load_mnist()), network)
    except DataError as error:
        pytest.skip(str(error))
    made = find_landscape(network.read_bytes(), tmp_path)
    assert made is not None and len(made.points) == 500
    assert made.points.min() >= 0 and made.points.max() <= 100
    assert (
        np.mean([made.nearest(point)[0] == label for point, label in zip(made.points, made.labels, strict=True)]) > 0.95
    )
