"""The two small networks are trained, written like added ones, and listed in the model card."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_helpers.__main__ import main
from mnist_helpers.evaluation.card import write_card
from mnist_helpers.mnist.data import Mnist, load_mnist
from mnist_helpers.recognition.model_metadata import MODELS, read_metadata, sha256
from mnist_helpers.recognition.recogniser import Recogniser

pytest.importorskip("keras", reason="needs what only training installs")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the full network only."""
    folder = tmp_path / "models"
    folder.mkdir()
    for suffix in (".tflite", ".json"):
        shutil.copy(MODELS / f"digits{suffix}", folder)
    for module in ("training.adopt", "__main__"):
        monkeypatch.setattr(f"mnist_helpers.{module}.MODELS", folder)
    return folder


@pytest.fixture
def mnist(monkeypatch: pytest.MonkeyPatch) -> Mnist:
    """A few of MNIST's digits."""
    whole = load_mnist()
    few = {name: getattr(whole, name)[-2000:] for name in ("train_images", "train_labels")}
    few |= {name: getattr(whole, name)[-1000:] for name in ("test_images", "test_labels")}
    monkeypatch.setattr("mnist_helpers.__main__._mnist", lambda: Mnist(**few))
    return Mnist(**few)


@pytest.mark.slow
@pytest.mark.usefixtures("mnist")
def test_they_are_trained_and_take_the_place_of_earlier_ones(models: Path, capsys, monkeypatch) -> None:
    small = pytest.importorskip("mnist_helpers.training.small")
    monkeypatch.setattr(small, "FAST", replace(small.FAST, epochs=3, synthetic_digits=100, negatives=200))
    monkeypatch.setattr(small, "EXAMPLE_EPOCHS", 4)
    (models / "fast.tflite").write_bytes(b"an earlier one")
    assert main(["train-small"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert sorted(path.name for path in models.iterdir()) == sorted(
        f"{name}{suffix}" for name in ("digits", "fast", "keras_example") for suffix in (".json", ".tflite")
    )
    for name in ("fast", "keras_example"):
        known = read_metadata(models / f"{name}.tflite")
        assert known["measured"]["mnist"]["accuracy"] == printed[name]["accuracy"] > 0.85
        assert known["training"]["sha256"] == known["calibration"]["sha256"] == sha256(models / f"{name}.tflite")
        assert known["adopted"]["no_digit_class"] == (name == "fast")


def test_each_is_a_row_in_the_card_of_the_full_one(models: Path) -> None:
    write_card(models / "digits.tflite")
    assert "Not measured for this network yet: `mnist-helpers train-small`." in (models / "README.md").read_text()
    for name in ("fast", "keras_example"):
        for suffix in (".tflite", ".json"):
            shutil.copy(MODELS / f"{name}{suffix}", models)
    write_card(models / "fast.tflite")
    assert [path.name for path in models.glob("*.md")] == ["README.md"]
    rows = [line for line in (models / "README.md").read_text().splitlines() if line.startswith("| ")]
    for name in ("fast", "keras_example"):
        known = read_metadata(models / f"{name}.tflite")
        (row,) = [row for row in rows if row.startswith(f"| {name} |")]
        assert f"{known['measured']['mnist']['accuracy']:.2%}" in row
        assert f"{known['measured']['drawings']['accuracy']:.2%}" in row
    (models / "fast.tflite").write_bytes((models / "keras_example.tflite").read_bytes())
    write_card(models / "digits.tflite")
    (row,) = [line for line in (models / "README.md").read_text().splitlines() if line.startswith("| fast |")]
    assert "%" not in row, "figures of another network"


def test_they_are_shipped_small_and_with_the_accuracy_that_the_card_states() -> None:
    card = (MODELS / "README.md").read_text()
    for name in ("fast", "keras_example"):
        network = MODELS / f"{name}.tflite"
        assert (
            network.stat().st_size < 250_000
            and f"{read_metadata(network)['measured']['mnist']['accuracy']:.2%}" in card
        )
        assert Recogniser(network).calibration.threshold >= 0.5
