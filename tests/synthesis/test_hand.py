"""The made-up hand writes all digits as people read them, and a 1 that the shipped network takes for a 7."""

import numpy as np

from mnist_helpers.recognition.inference.network import Network
from mnist_helpers.recognition.model_metadata import MODELS
from mnist_helpers.synthesis.hand import write_digits


def test_no_two_of_its_digits_are_alike_and_the_same_seed_writes_the_same() -> None:
    images, labels = write_digits(3, np.random.default_rng(1))
    assert images.shape == (30, 28, 28) and images.dtype == np.uint8
    assert list(labels) == [digit for digit in range(10) for _ in range(3)]
    assert len(np.unique(images, axis=0)) == 30
    np.testing.assert_array_equal(images, write_digits(3, np.random.default_rng(1))[0])


def test_the_shipped_network_reads_all_of_its_digits_but_the_1s_which_it_takes_for_7s() -> None:
    images, labels = write_digits(20, np.random.default_rng(2))
    answers = Network(MODELS / "digits.tflite")(images / np.float32(255)).argmax(1)
    assert (answers == labels)[labels != 1].mean() > 0.97
    assert (answers == labels)[labels == 1].mean() < 0.6
    assert (answers == 7)[labels == 1].mean() > 0.4
