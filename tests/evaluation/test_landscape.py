"""The map of MNIST's digits keeps the ten apart, and the shipped one is what the command makes."""

import numpy as np
import pytest

from mnist_helpers.evaluation.landscape import fit_landscape
from mnist_helpers.mnist.data import DataError, load_mnist
from mnist_helpers.recognition.inference.landscape import find_landscape, save_landscape
from mnist_helpers.recognition.model_metadata import MODELS


@pytest.mark.slow
def test_the_shipped_landscape_is_what_the_command_makes(tmp_path) -> None:
    try:
        mnist = load_mnist()
    except DataError as error:
        pytest.skip(str(error))
    network = tmp_path / "digits.tflite"
    network.write_bytes((MODELS / "digits.tflite").read_bytes())
    save_landscape(fit_landscape(network.read_bytes(), mnist), network)
    made, shipped = (find_landscape(network.read_bytes(), folder) for folder in (tmp_path, MODELS))
    assert made is not None and shipped is not None
    for each in (made, shipped):
        nearest = [each.nearest(point)[0] for point in each.points]
        assert np.mean(nearest == each.labels) > 0.95
    apart = [np.abs(each.centres[:, np.newaxis] - each.centres) for each in (made, shipped)]
    np.testing.assert_allclose(apart[0], apart[1], atol=1)
