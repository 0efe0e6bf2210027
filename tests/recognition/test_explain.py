"""Attribution maps of recognisers that depend on known ink."""

import numpy as np
import pytest

from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.explain import occlusion_map, runner_up_gain_map
from mnist_helpers.recognition.recogniser import Recogniser

LEFT, RIGHT, MIDDLE = np.s_[4:24, 5:8], np.s_[4:24, 20:23], np.s_[12:15, 10:18]
STROKES = np.zeros((28, 28), np.float32)
STROKES[LEFT] = STROKES[RIGHT] = 1


class FakeOcclusionRecogniser:
    """A 9 by the ink on the left, a 4 by that in the middle, unless there is ink on the right."""

    def probabilities_of(self, digits):
        probabilities = np.full((len(digits), 10), 0.001, np.float32)
        probabilities[:, 9] = 0.1 + 0.5 * digits[:, *LEFT].mean(axis=(1, 2))
        probabilities[:, 4] = (
            0.2 + 0.2 * digits[:, *MIDDLE].mean(axis=(1, 2)) - 0.1 * digits[:, *RIGHT].mean(axis=(1, 2))
        )
        return probabilities


def test_only_ink_that_the_answer_rests_on_counts():
    importance = occlusion_map(FakeOcclusionRecogniser(), STROKES)
    assert importance.shape == (28, 28)
    assert importance.dtype == np.float32
    assert (importance[LEFT] > 0).all()
    assert np.allclose(importance[RIGHT], 0, atol=1e-5)


def test_where_there_is_no_ink_nothing_counts():
    assert not occlusion_map(FakeOcclusionRecogniser(), STROKES)[STROKES == 0].any()


def test_ink_that_speaks_against_the_answer_is_negative():
    class Disturbed:
        def probabilities_of(self, digits):
            probabilities = np.full((len(digits), 10), 0.001, np.float32)
            probabilities[:, 9] = 0.9 - 0.5 * digits[:, *RIGHT].mean(axis=(1, 2))
            return probabilities

    importance = occlusion_map(Disturbed(), STROKES)
    assert (importance[RIGHT] < 0).all()


def test_the_runner_up_needs_what_is_missing_and_not_what_is_in_its_way():
    needs = runner_up_gain_map(FakeOcclusionRecogniser(), STROKES)
    assert needs[MIDDLE].max() > 0
    assert (needs[RIGHT] < 0).all()
    assert np.allclose(needs[LEFT], 0, atol=1e-5)
    assert np.allclose(needs[0], 0)


def test_a_digit_without_ink_needs_no_explanation():
    assert not occlusion_map(FakeOcclusionRecogniser(), np.zeros((28, 28), np.float32)).any()


def test_without_what_mattered_most_the_real_network_is_less_sure():
    recogniser, less_sure = Recogniser(), 0
    samples = read_drawings(SAMPLES)
    for digit in (rasterise(sample.drawing) for sample in samples):
        importance = occlusion_map(recogniser, digit)
        most, least = (np.argsort(np.where(digit > 0, sign * importance, -np.inf).ravel())[-40:] for sign in (1, -1))
        without = [np.where(np.isin(np.arange(784), place), 0, digit.ravel()) for place in (most, least)]
        best = recogniser(digit).best
        without_most, without_least = recogniser.probabilities_of(np.stack(without).reshape(2, 28, 28))[:, best]
        less_sure += without_most < without_least
    assert less_sure >= 0.8 * len(samples)  # forty pixels at once are not what was asked about


def test_most_ink_of_a_sure_digit_speaks_for_the_answer():
    recogniser, shares = Recogniser(), []
    for digit in (rasterise(sample.drawing) for sample in read_drawings(SAMPLES)):
        if recogniser(digit).probabilities[recogniser(digit).best] > 0.99:
            importance = occlusion_map(recogniser, digit)
            shares.append(importance.clip(0).sum() / np.abs(importance).sum())
    assert len(shares) >= 50
    assert np.mean(shares) > 0.9
    assert np.mean(np.array(shares) > 0.5) > 0.95


@pytest.mark.parametrize("ask", [occlusion_map, runner_up_gain_map])
def test_one_question_is_one_batch_small_enough_for_fifteen_milliseconds(ask):
    """A digit of the full network takes 0.2 ms."""
    sizes = []

    class Counted(FakeOcclusionRecogniser):
        def probabilities_of(self, digits):
            sizes.append(len(digits))
            return super().probabilities_of(digits)

    ask(Counted(), STROKES)
    assert len(sizes) == 1
    assert sizes[0] <= 75
