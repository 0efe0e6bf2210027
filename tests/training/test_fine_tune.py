"""Fine-tuning learns a hand from a few digits, and forgets others' only without MNIST beside them."""

import json
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.model_metadata import MODELS
from mnist_helpers.synthesis.hand import write_digits
from mnist_helpers.synthesis.variants import make_synthetic_digits

keras = pytest.importorskip("keras", reason="needs what only training installs")
fine_tuning = pytest.importorskip("mnist_helpers.training.fine_tune")
fine_tune, read_hand = fine_tuning.fine_tune, fine_tuning.read_hand

FEW = fine_tuning.FineTuning(steps=16, own_digits=8, others=24, learning_rate=2e-3)


@pytest.fixture(scope="module")
def shipped():
    return keras.models.load_model(MODELS / "digits.keras")


@pytest.fixture(scope="module")
def others() -> Mnist:
    """Digits of many made-up hands in place of MNIST's."""
    images, labels = make_synthetic_digits(500, np.random.default_rng(0))
    return Mnist(train_images=images[::2], train_labels=labels[::2], test_images=images[1::2], test_labels=labels[1::2])


@pytest.fixture(scope="module")
def both(shipped, others: Mnist):
    """The shipped network after fine-tuning on five 1s, with others' digits beside them."""
    return fine_tune(shipped, ones(5, 1), others, 0, FEW)


def share_right(model, images: np.ndarray, labels: np.ndarray) -> float:
    answers = model.predict(images[..., np.newaxis] / np.float32(255), batch_size=500, verbose=0).argmax(1)
    return (answers == labels).mean()


def ones(of_each: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    images, labels = write_digits(of_each, np.random.default_rng(seed))
    return images[labels == 1], labels[labels == 1]


@pytest.mark.slow
def test_a_hand_is_learned_and_others_are_forgotten_only_without_their_digits_beside_it(
    shipped, both, others: Mnist
) -> None:
    tests = others.test_images, others.test_labels
    before = share_right(shipped, *tests)
    assert share_right(shipped, *ones(20, 2)) < 0.6
    alone = fine_tune(shipped, ones(5, 1), None, 0, FEW)
    assert share_right(alone, *ones(20, 2)) > 0.9 and share_right(both, *ones(20, 2)) > 0.9
    assert share_right(alone, *tests) < before - 0.1
    assert share_right(both, *tests) > before - 0.04
    assert share_right(shipped, *tests) == before, "the network that was given has changed"


@pytest.mark.slow
def test_statistics_of_batch_normalisation_stay_as_they_were(shipped, both) -> None:
    kept = [
        [np.concatenate(layer.get_weights()) for layer in model.layers if "batch_normalization" in layer.name]
        for model in (shipped, both)
    ]
    assert len(kept[0]) > 5
    for before, after in zip(*kept, strict=True):
        np.testing.assert_array_equal(before, after)


def test_of_each_digit_every_second_drawing_is_learned(tmp_path: Path) -> None:
    (drawing,) = (each.drawing for each in read_drawings(SAMPLES) if (each.writer, each.label) == ("project-1", "7"))
    wide = tuple(tuple((2 * x, y) for x, y in stroke) for stroke in drawing)
    drawn = [("7", drawing), ("1", drawing), ("7", wide), ("1", wide), ("7", drawing)]
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps({"l": label, "s": strokes}) + "\n" for label, strokes in drawn))
    learned, test = read_hand(path)
    assert (list(learned[1]), list(test[1])) == ([1, 7, 7], [1, 7])
    expected = [np.round(255 * rasterise(each)) for each in (drawing, drawing, drawing, wide, wide)]
    np.testing.assert_array_equal(np.concatenate([learned[0], test[0]]), expected)
    assert learned[0].dtype == np.uint8


@pytest.mark.parametrize(
    ("labels", "said"), [(["1", "a"], "Drawing 2 has the label 'a'. Wanted a digit"), (["1", "2"], "no digit twice")]
)
def test_a_file_that_cannot_be_learned_from_is_refused(labels: list[str], said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps({"l": label, "s": [[[0, 0], [0, 9]]]}) + "\n" for label in labels))
    with pytest.raises(ValueError, match=said):
        read_hand(path)
