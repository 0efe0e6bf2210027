"""Train a network with a recipe and a seed; a training that was stopped can be resumed.

An epoch's data depends on the seed and the epoch's number only, and the learning rate on the step only, so a resumed
run sees the same images in the same order at the same rates. The model gets a moving average of the
weights over the last few hundred steps, batch normalisation included, which generalises better than the last weights
(Izmailov et al. 2018).
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from mnist_helpers.mnist.data import Mnist
from mnist_helpers.recognition.calibration import NO_DIGIT_CLASS
from mnist_helpers.synthesis.augment import augment
from mnist_helpers.synthesis.negatives import make_negatives
from mnist_helpers.synthesis.variants import add_marks, make_synthetic_digits
from mnist_helpers.training.model import CLASSES, DIGITS, with_probabilities
from mnist_helpers.training.progress import checkpoint_path, load_checkpoint, progress_bar, save_checkpoint
from mnist_helpers.training.recipe import Recipe, learning_rates


@dataclass(frozen=True, kw_only=True)
class EpochResult:
    """Loss and accuracy of one epoch on its training data, accuracy on held-out images if any, and its time."""

    loss: float
    accuracy: float
    val_accuracy: float | None
    seconds: float
    cpu_seconds: float


class _Run:
    """The state of one training: network, optimizer and averaged weights."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        keras.utils.set_random_seed(seed)
        self.network = recipe.build()
        self.averages = [tf.Variable(variable.value) for variable in self.network.variables]
        self.optimizer = keras.optimizers.AdamW(
            recipe.peak_learning_rate, weight_decay=recipe.weight_decay, beta_2=0.99
        )
        self.optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self.optimizer.build(self.network.trainable_variables)
        self.batch_size = recipe.batch_size
        self._averaging = recipe.ema_momentum
        self._graph_step = tf.function(self._step, reduce_retracing=True)

    @property
    def variables(self) -> list:
        """All variables that a checkpoint saves."""
        return [*self.network.variables, *self.optimizer.variables, *self.averages]

    def restart(self) -> None:
        """Begin again from the averaged weights, as a new run would."""
        self.network.set_weights([average.numpy() for average in self.averages])
        for variable in self.optimizer.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def step(self, rate: float, digits: np.ndarray, targets: np.ndarray) -> tuple[tf.Tensor, tf.Tensor]:
        """Train on one batch; returns its loss and accuracy."""
        self.optimizer.learning_rate.assign(rate)
        return self._graph_step(digits, targets)

    def _step(self, digits: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            logits = self.network(digits, training=True)
            of_members = tf.broadcast_to(targets[:, tf.newaxis], tf.shape(logits))
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(of_members, logits))
        weights = self.network.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        count = tf.cast(self.optimizer.iterations, tf.float32)
        decay = tf.minimum(self._averaging, count / (count + 9))
        for average, variable in zip(self.averages, self.network.variables, strict=True):
            average.assign(decay * average + (1 - decay) * variable.value)
        right = tf.argmax(tf.reduce_mean(tf.nn.softmax(logits), 1), 1) == tf.argmax(targets, 1)
        return loss, tf.reduce_mean(tf.cast(right, tf.float32))

    def model(self) -> keras.Model:
        """A copy of the network with the averaged weights, as it is saved."""
        network = keras.models.clone_model(self.network)
        network.set_weights([average.numpy() for average in self.averages])
        return with_probabilities(network)


def train(
    mnist: Mnist, recipe: Recipe, seed: int, checkpoint_folder: Path | str | None = None, progress: bool = True
) -> tuple[keras.Model, list[EpochResult]]:
    """Train one network; returns the model, from digit images to ten probabilities, and the result of each epoch.

    With a checkpoint folder every finished epoch is saved, and a run that was stopped is resumed after its last one;
    delete the folder to start again.
    """
    train_count = len(mnist.train_images) - recipe.validation_images
    run = _Run(recipe, seed)
    path = checkpoint_path(checkpoint_folder, recipe.identity, seed, train_count) if checkpoint_folder else None
    history = [EpochResult(**epoch) for epoch in load_checkpoint(path, run.variables)] if path else []
    steps = [recipe.steps(epoch, train_count) for epoch in range(recipe.epochs)]
    rates = np.split(learning_rates(recipe, steps), np.cumsum(steps)[:-1])
    epochs = range(len(history), recipe.epochs)
    with progress_bar(sum(steps), sum(map(len, rates[: len(history)])), progress) as bar:
        for number, (digits, targets) in zip(epochs, _prefetched(mnist, recipe, seed, epochs), strict=True):
            if number == recipe.restart:
                run.restart()
            epoch = _train_epoch(run, rates[number], digits, targets, bar)
            history.append(replace(epoch, val_accuracy=_accuracy(run, mnist, train_count)))
            if path:
                save_checkpoint(path, run.variables, [asdict(epoch) for epoch in history])
    return run.model(), history


def _prefetched(mnist: Mnist, recipe: Recipe, seed: int, epochs: range) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield each epoch's data, made in a thread during the epoch before."""
    train_count = len(mnist.train_images) - recipe.validation_images
    images, labels = mnist.train_images[:train_count], mnist.train_labels[:train_count]
    with ThreadPoolExecutor(1) as worker:
        coming = worker.submit(epoch_data, images, labels, recipe, seed, epochs.start) if epochs else None
        for number in epochs:
            assert coming
            data = coming.result()
            coming = (
                worker.submit(epoch_data, images, labels, recipe, seed, number + 1) if number + 1 in epochs else None
            )
            yield data


def _train_epoch(run: _Run, rates: np.ndarray, digits: np.ndarray, targets: np.ndarray, bar: tqdm) -> EpochResult:
    """Train on one epoch's data, in full batches; the rest is left out."""
    started, cpu_started = time.perf_counter(), time.process_time()
    losses, rights = [], []
    for step, rate in enumerate(rates):
        part = slice(step * run.batch_size, (step + 1) * run.batch_size)
        loss, right = run.step(float(rate), digits[part], targets[part])
        losses.append(loss)
        rights.append(right)
        bar.update()
        if step % 50 == 49 or step + 1 == len(rates):
            bar.set_postfix(accuracy=f"{np.mean(rights[-50:]):.4f}")
    return EpochResult(
        loss=float(np.mean(losses)),
        accuracy=float(np.mean(rights)),
        val_accuracy=None,
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - cpu_started,
    )


def _accuracy(run: _Run, mnist: Mnist, train_count: int) -> float | None:
    """Accuracy of the averaged weights on the held-out images; `None` if there are none."""
    if train_count == len(mnist.train_images):
        return None
    digits = augment(mnist.train_images[train_count:], None, np.random.default_rng())
    answers = run.model().predict(digits, batch_size=500, verbose=0).argmax(1)
    return float((answers == mnist.train_labels[train_count:]).mean())


def epoch_data(
    images: np.ndarray, labels: np.ndarray, recipe: Recipe, seed: int, epoch: int
) -> tuple[np.ndarray, np.ndarray]:
    """Make one epoch's shuffled images (n, 28, 28, 1) and targets (n, 11), the same for the same seed and epoch."""
    rng = np.random.default_rng((seed, epoch))
    recipe = recipe.for_epoch(epoch)
    mnist_images = add_marks(images, labels, recipe.variants, rng)
    synthetic_digits, synthetic_labels = make_synthetic_digits(recipe.synthetic_digits, rng)
    digits, classes = np.concatenate([mnist_images, synthetic_digits]), np.concatenate([labels, synthetic_labels])
    negatives = make_negatives(recipe.negatives, digits, classes, rng)
    everything = np.concatenate([digits, negatives])
    classes = np.concatenate([classes, np.full(len(negatives), NO_DIGIT_CLASS, np.uint8)])
    order = rng.permutation(len(everything))
    return augment(everything[order], recipe.augmentation, rng), soft_targets(classes[order], recipe.label_smoothing)


def soft_targets(classes: np.ndarray, label_smoothing: float) -> np.ndarray:
    """Targets (n, 11) for classes (n,): smoothed over the ten digits for a digit, one-hot for a negative."""
    targets = np.eye(CLASSES, dtype=np.float32)[classes]
    digits = classes < DIGITS
    targets[digits] *= 1 - label_smoothing
    targets[digits, :DIGITS] += label_smoothing / DIGITS
    return targets
