from dataclasses import replace

import keras
import numpy as np
import pytest

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.synthesis.variants import make_synthetic_digits
from mnist_helpers.training import run
from mnist_helpers.training.model import build_full
from mnist_helpers.training.recipe import FAST, FULL, RESTART_PEAK, learning_rates
from mnist_helpers.training.run import epoch_data, soft_targets, train

TINY = replace(FAST, epochs=3, batch_size=64, synthetic_digits=20, negatives=40, validation_images=40)


@pytest.fixture(scope="module")
def mnist():
    images, labels = make_synthetic_digits(300, np.random.default_rng(0))
    order = np.random.default_rng(1).permutation(300)
    images, labels = images[order], labels[order]
    return Mnist(train_images=images, train_labels=labels, test_images=images[:10], test_labels=labels[:10])


def test_an_epoch_depends_on_its_seed_and_number_alone(mnist):
    recipe = replace(FULL, synthetic_digits=20, negatives=40)
    data = [epoch_data(mnist.train_images, mnist.train_labels, recipe, *at) for at in ((1, 4), (1, 4), (1, 5), (2, 4))]
    np.testing.assert_array_equal(data[0][0], data[1][0])
    np.testing.assert_array_equal(data[0][1], data[1][1])
    assert not np.array_equal(data[0][0], data[2][0])
    assert not np.array_equal(data[0][0], data[3][0])


def test_an_epoch_holds_digits_and_negatives(mnist):
    digits, targets = epoch_data(mnist.train_images, mnist.train_labels, TINY, 0, 0)
    assert digits.shape == (360, 28, 28, 1)
    assert (targets.argmax(1) == 10).sum() == 40


def test_the_last_epochs_have_fewer_made_images_and_less_distortion():
    first, last = FULL.for_epoch(0), FULL.for_epoch(FULL.epochs - 1)
    assert first == FULL
    assert (last.synthetic_digits, last.negatives) == (FULL.synthetic_digits // 2, FULL.negatives // 2)
    assert last.augmentation.rotation < FULL.augmentation.rotation / 2
    assert last.variants.flagged_one_probability == FULL.variants.flagged_one_probability / 2
    assert FULL.steps(FULL.epochs - 1, 60_000) < FULL.steps(0, 60_000)


def test_a_digit_is_smoothed_over_the_digits_and_a_negative_is_certain():
    digit, negative = soft_targets(np.array([3, 10]), 0.05)
    assert digit[3] == pytest.approx(0.955)
    assert digit[0] == pytest.approx(0.005)
    assert digit[10] == 0
    assert negative[10] == 1
    assert digit.sum() == pytest.approx(1)


def test_a_second_cycle_begins_as_the_first_one_did():
    assert FULL.for_epoch(FULL.restart) == FULL
    assert FULL.for_epoch(FULL.restart - 1) == FULL.for_epoch(FULL.epochs - 1)


def test_the_learning_rate_rises_in_each_cycle_and_falls_to_almost_nothing():
    rates = learning_rates(FULL, [100] * FULL.epochs)
    assert len(rates) == 100 * FULL.epochs
    for cycle, peak in zip(np.split(rates, [100 * FULL.restart]), (1, RESTART_PEAK), strict=True):
        top = int(FULL.warmup_fraction * len(cycle))
        assert cycle.max() == pytest.approx(peak * FULL.peak_learning_rate, rel=1e-3)
        assert (np.diff(cycle[:top]) > 0).all()
        assert (np.diff(cycle[top:]) <= 0).all()
        assert cycle[-1] < FULL.peak_learning_rate / 500


def test_the_second_cycle_begins_with_the_averaged_weights_and_a_new_optimizer(mnist, monkeypatch):
    begun = []

    def restart(training):
        forget(training)
        averages = zip(training.network.variables, training.averages, strict=True)
        same = all(np.array_equal(variable, average) for variable, average in averages)
        begun.append((same, [float(np.abs(variable).max()) for variable in training.optimizer.variables]))

    forget = run._Run.restart
    monkeypatch.setattr(run._Run, "restart", restart)
    train(mnist, replace(TINY, epochs=2, restart_epochs=1), 0, progress=False)
    ((same, of_optimizer),) = begun
    assert same and not any(of_optimizer)


@pytest.mark.slow
def test_training_learns_and_says_what_each_epoch_did(mnist):
    model, history = train(mnist, replace(TINY, epochs=8, validation_images=0), 0, progress=False)
    assert len(history) == 8
    assert history[-1].loss < history[0].loss / 1.5
    answers = model.predict(mnist.train_images[..., None] / np.float32(255), verbose=0).argmax(1)
    assert (answers == mnist.train_labels).mean() > 0.5
    assert history[-1].val_accuracy is None


@pytest.mark.slow
def test_each_member_learns_on_its_own(mnist):
    model, _ = train(
        mnist, replace(TINY, build=build_full, epochs=6, batch_size=32, validation_images=0), 0, progress=False
    )
    of_members = next(each for each in model.layers if isinstance(each, keras.layers.Softmax))
    members = keras.Model(model.inputs, of_members.output)
    answers = members.predict(mnist.train_images[..., None] / np.float32(255), verbose=0)[..., :10].argmax(2)
    assert ((answers == mnist.train_labels[:, None]).mean(0) > 0.5).all()


def test_one_bar_shows_the_accuracy_and_the_time_left(mnist, capsys):
    train(mnist, replace(TINY, epochs=2), 0)
    bar = capsys.readouterr().err.split("\r")[-1]
    assert "100%" in bar
    assert "10/10" in bar
    assert "<00:00" in bar
    assert "accuracy=0." in bar


@pytest.mark.slow
def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(mnist, tmp_path, monkeypatch):
    recipe = replace(TINY, restart_epochs=1, validation_images=0)
    whole, whole_history = train(mnist, recipe, 7, progress=False)
    asked = []

    def stop_in_the_last(images, labels, recipe, seed, epoch):
        if epoch == 2:
            raise KeyboardInterrupt
        return epoch_data(images, labels, recipe, seed, epoch)

    monkeypatch.setattr(run, "epoch_data", stop_in_the_last)
    with pytest.raises(KeyboardInterrupt):
        train(mnist, recipe, 7, tmp_path, progress=False)
    assert len(list(tmp_path.iterdir())) == 1

    monkeypatch.setattr(run, "epoch_data", lambda *at: asked.append(at[-1]) or epoch_data(*at))
    resumed, history = train(mnist, recipe, 7, tmp_path, progress=False)
    assert asked == [2]
    assert len(history) == 3
    assert [epoch.loss for epoch in history] == pytest.approx([epoch.loss for epoch in whole_history], rel=1e-3)
    for one, other in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-3)


def test_another_seed_or_recipe_does_not_take_over_a_checkpoint(tmp_path):
    paths = [run.checkpoint_path(tmp_path, TINY.identity, seed, 260) for seed in (1, 2)]
    assert paths[0] != paths[1]
    assert paths[0] != run.checkpoint_path(tmp_path, replace(TINY, epochs=4).identity, 1, 260)
