import keras
import numpy as np
import pytest

from mnist_helpers.training.model import build_fast, build_full, with_probabilities

SOME_DIGITS = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)


@pytest.mark.parametrize(("build", "members"), [(build_full, 2), (build_fast, 1)])
def test_ten_probabilities_are_the_mean_of_the_members_and_what_they_lack_of_one_is_no_digit(build, members):
    network = build()
    logits = network.predict(SOME_DIGITS, verbose=0)
    assert logits.shape == (3, members, 11)
    probabilities = with_probabilities(network).predict(SOME_DIGITS, verbose=0)
    odds = (np.exp(logits) / np.exp(logits).sum(2, keepdims=True)).mean(1)
    np.testing.assert_allclose(probabilities, odds[:, :10], atol=1e-6)
    np.testing.assert_allclose(1 - probabilities.sum(1), odds[:, 10], atol=1e-6)


def test_the_full_network_stays_small():
    assert build_full().count_params() <= 400_000


def test_a_saved_model_answers_as_before(tmp_path):
    model = with_probabilities(build_fast())
    model.save(tmp_path / "digits.keras")
    again = keras.models.load_model(tmp_path / "digits.keras")
    np.testing.assert_allclose(again.predict(SOME_DIGITS, verbose=0), model.predict(SOME_DIGITS, verbose=0), atol=1e-6)
