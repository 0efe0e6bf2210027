"""The trained model in other formats than Keras's."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.recognition.inference.numpy_network import NumpyNetwork
from mnist_helpers.recognition.model_metadata import MODELS

keras = pytest.importorskip("keras", reason="needs what only training installs")
export = pytest.importorskip("mnist_helpers.training.export")
model = pytest.importorskip("mnist_helpers.training.model")

ROOT = MODELS.parent
TOOLS = "needs the tools that `make export` installs"


@pytest.fixture(scope="module")
def digits():
    digits = np.random.default_rng(0).random((40, 28, 28), np.float32)
    digits[:20] *= np.linspace(0, 1, 28, dtype=np.float32) > 0.5
    return digits


@pytest.fixture(scope="module")
def small():
    """A model with the trained one's interface: ten numbers that sum to less than 1."""
    keras.utils.set_random_seed(0)
    image = keras.Input((28, 28, 1))
    strokes = keras.layers.MaxPooling2D(4)(keras.layers.Conv2D(4, 5, activation="relu")(image))
    everything = keras.layers.Dense(11, activation="softmax")(keras.layers.Flatten()(strokes))
    return keras.Model(image, everything[:, :10])


def test_litert_gives_what_keras_gives(small, digits, tmp_path):
    export.to_litert(small, tmp_path / "small.tflite")
    litert = export.litert_probabilities(tmp_path / "small.tflite", digits)
    assert np.ptp(litert) > 0.01
    assert export.largest_difference(litert, export.keras_probabilities(small, digits)) <= export.TOLERANCE


def with_strides_and_padding():
    """A model in which padding is uneven and windows overlap, as LiteRT and NumPy must agree on."""
    keras.utils.set_random_seed(1)
    image = keras.Input((28, 28, 1))
    strokes = keras.layers.Conv2D(6, 4, strides=3, padding="same", activation="relu")(image)
    parts = keras.layers.Conv2D(8, (3, 2), strides=(1, 2), padding="same")(strokes)
    pooled = keras.layers.MaxPooling2D(3, strides=2, padding="same")(parts)
    everything = keras.layers.Dense(11, activation="softmax")(keras.layers.Flatten()(pooled))
    return keras.Model(image, everything[:, :10])


@pytest.mark.parametrize("build", [with_strides_and_padding, lambda: model.with_probabilities(model.build_fast())])
def test_numpy_runs_what_is_exported(build, digits, tmp_path):
    export.to_litert(build(), tmp_path / "other.tflite")
    litert = export.litert_probabilities(tmp_path / "other.tflite", digits)
    in_numpy = NumpyNetwork((tmp_path / "other.tflite").read_bytes())(digits)
    assert np.ptp(litert) > 0.01
    assert export.largest_difference(litert, in_numpy) <= export.TOLERANCE


def test_the_committed_forms_are_the_same_network(digits):
    saved = keras.models.load_model(MODELS / "digits.keras")
    litert = export.litert_probabilities(MODELS / "digits.tflite", digits)
    assert export.largest_difference(litert, export.keras_probabilities(saved, digits)) <= export.TOLERANCE
    assert saved.count_params() <= 400_000


@pytest.mark.skipif(not export.can_run_tfjs(), reason=TOOLS)
def test_tensorflow_js_gives_what_keras_gives(small, digits, tmp_path):
    export.to_tfjs(small, tmp_path)
    tfjs = export.tfjs_probabilities(digits, tmp_path)
    assert tfjs.shape == (40, 10)
    assert export.largest_difference(tfjs, export.keras_probabilities(small, digits)) <= export.TOLERANCE


def test_another_network_is_not_passed_off_as_the_same(small, digits, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "to_tfjs", lambda model: None)
    monkeypatch.setattr(export, "tfjs_probabilities", lambda digits: export.keras_probabilities(small, digits) + 0.01)
    small.save(tmp_path / "small.keras")
    export.to_litert(small, tmp_path / "small.tflite")
    with pytest.raises(export.ExportError, match=r"tfjs differs from Keras by 1\.0e-02"):
        export.convert_and_compare(tmp_path / "small.tflite", digits)


def test_without_the_tools_a_sentence_says_how_to_get_them(small, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "CONVERTER", tmp_path / "tensorflowjs_converter")
    assert not export.can_run_tfjs()
    with pytest.raises(export.ExportError, match=r"tensorflowjs_converter is missing. Run `make export`"):
        export.to_tfjs(small, tmp_path)


def test_a_failing_tool_is_reported_with_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(export, "CLASSIFY", tmp_path / "missing.mjs")
    with pytest.raises(export.ExportError, match="`make export`"):
        export.tfjs_probabilities(np.zeros((1, 28, 28), np.float32), tmp_path)


def test_the_tools_are_pinned():
    packages = json.loads((ROOT / "export" / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in packages.values())
    lines = Path(ROOT / "export" / "requirements.txt").read_text().splitlines()
    assert all(re.search(r"==|<", line) for line in lines if not line.startswith("#"))
