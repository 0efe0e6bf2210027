"""The network in NumPy returns the same as in LiteRT, and replaces it where there is none."""

import sys

import numpy as np
import pytest

from mnist_helpers.mnist.data import DataError, load_mnist
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.explain import occlusion_map
from mnist_helpers.recognition.inference.network import Network
from mnist_helpers.recognition.inference.numpy_network import NumpyNetwork
from mnist_helpers.recognition.model_metadata import MODELS, ModelError
from mnist_helpers.recognition.recogniser import Recogniser

FILE = MODELS / "digits.tflite"
TOLERANCE = 2e-6
DIGITS = np.stack([rasterise(sample.drawing) for sample in read_drawings(SAMPLES)])


@pytest.fixture
def no_litert(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a browser, where LiteRT cannot be installed."""
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)


@pytest.fixture(scope="module")
def in_numpy() -> NumpyNetwork:
    return NumpyNetwork(FILE.read_bytes())


def test_numpy_gives_what_litert_gives_on_all_samples(in_numpy: NumpyNetwork) -> None:
    wanted = Network(FILE)(DIGITS)
    np.testing.assert_allclose(in_numpy(DIGITS), wanted, atol=TOLERANCE)
    np.testing.assert_allclose(np.concatenate([in_numpy(DIGITS[n : n + 1]) for n in range(9)]), wanted[:9], atol=1e-5)
    assert np.ptp(wanted) > 0.9


@pytest.mark.slow
def test_numpy_gives_what_litert_gives_on_all_of_mnists_test_digits(in_numpy: NumpyNetwork) -> None:
    try:
        digits = load_mnist().test_images / np.float32(255)
    except DataError as error:
        pytest.skip(f"MNIST is not here: {error}")
    wanted, found = Network(FILE)(digits), in_numpy(digits)
    assert len(digits) == 10_000
    np.testing.assert_allclose(found, wanted, atol=TOLERANCE)
    assert (found.argmax(axis=1) == wanted.argmax(axis=1)).all()


@pytest.mark.parametrize("name", ["fast", "keras_example"])
def test_numpy_runs_the_networks_beside_it_too(name: str) -> None:
    file = MODELS / f"{name}.tflite"
    wanted = Network(file)(DIGITS)
    np.testing.assert_allclose(NumpyNetwork(file.read_bytes())(DIGITS), wanted, atol=1e-5)
    assert np.ptp(wanted) > 0.9


def test_no_digits_give_no_outputs(in_numpy: NumpyNetwork) -> None:
    assert in_numpy(DIGITS[:0]).shape == (0, 10)


@pytest.mark.usefixtures("no_litert")
def test_without_litert_answers_and_reasons_are_the_same() -> None:
    here = Recogniser(FILE)
    assert isinstance(here._network._outputs_of, NumpyNetwork)
    for digit, sample in zip(DIGITS[::5], read_drawings(SAMPLES)[::5], strict=True):
        assert str(here(digit).answer) == sample.label
    map_here = occlusion_map(here, DIGITS[0])
    sys.modules.pop("ai_edge_litert")
    np.testing.assert_allclose(map_here, occlusion_map(Recogniser(FILE), DIGITS[0]), atol=1e-3)


@pytest.mark.usefixtures("no_litert")
@pytest.mark.parametrize("length", [0, 10, 1000, 20_000, 1_500_000])
def test_a_truncated_network_is_reported_in_one_sentence(length: int, tmp_path) -> None:
    path = tmp_path / "digits.tflite"
    path.write_bytes(FILE.read_bytes()[:length])
    with pytest.raises(ModelError, match=r"digits\.tflite is damaged"):
        Network(path)


@pytest.mark.slow
@pytest.mark.usefixtures("no_litert")
def test_whatever_is_changed_in_the_file_is_at_most_a_sentence(tmp_path) -> None:
    path, chance = tmp_path / "digits.tflite", np.random.default_rng(0)
    graph = FILE.read_bytes()
    refused = 0
    for place in chance.integers(0, 400, 60).tolist() + (len(graph) - chance.integers(1, 9000, 240)).tolist():
        changed = bytearray(graph)
        changed[place] ^= int(chance.integers(1, 256))
        path.write_bytes(changed)
        try:
            Network(path)
        except ModelError:
            refused += 1
    assert refused > 20


@pytest.mark.usefixtures("no_litert")
def test_operations_that_numpy_does_not_run_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules["mnist_helpers.recognition.inference.numpy_network"]._OPERATIONS, 17)
    with pytest.raises(ModelError, match=r"\[17\].*pip install ai-edge-litert"):
        Network(FILE)
