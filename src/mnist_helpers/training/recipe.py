"""Define the recipes, the settings of a training.

The learning rate goes up and down once (one-cycle policy, Smith and Topin 2019), which takes tens of epochs where a
constant rate takes hundreds. The full recipe has a second, shorter cycle with a lower peak, from the averaged weights
of the first (a warm restart, Loshchilov and Hutter 2017).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import keras
import numpy as np

from mnist_helpers.synthesis.augment import Augmentation
from mnist_helpers.synthesis.variants import Variants
from mnist_helpers.training.model import build_fast, build_full

RESTART_PEAK = 1 / 3
"""Peak of the learning rate in the second cycle, as a share of that in the first."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All settings on which the result of a training depends, besides the data and the seed."""

    build: Callable[[], keras.Model]
    epochs: int
    restart_epochs: int = 0
    """Number of the epochs, the last ones, that are a second cycle."""
    batch_size: int
    peak_learning_rate: float
    warmup_fraction: float
    """Share of the steps in which the learning rate rises."""
    weight_decay: float
    label_smoothing: float = 0.05
    """Share of a digit's target that is spread over the ten digits."""
    ema_momentum: float = 0.998
    """Share of the old value in the moving average of the weights, at each step."""
    augmentation: Augmentation | None
    final_phase: float = 0.225
    """Share of a cycle's epochs, the last ones, with weaker augmentation and half as many synthetic images."""
    variants: Variants
    synthetic_digits: int
    """Number of digits from stroke templates in an epoch."""
    negatives: int
    """Number of negatives in an epoch."""
    validation_images: int = 0
    """Number of training images, the last ones, held out for choosing a recipe."""

    @property
    def restart(self) -> int:
        """The number of epochs before the second cycle."""
        return self.epochs - self.restart_epochs

    def for_epoch(self, epoch: int) -> "Recipe":
        """The recipe of one epoch; in a final phase its images are closer to MNIST and to people's drawings."""
        if epoch < self.restart:
            position, length = epoch, self.restart
        else:
            position, length = epoch - self.restart, self.restart_epochs
        if position < length * (1 - self.final_phase):
            return self
        return replace(
            self,
            augmentation=self.augmentation and self.augmentation.weaker(0.4),
            variants=self.variants.rarer(0.5),
            synthetic_digits=self.synthetic_digits // 2,
            negatives=self.negatives // 2,
        )

    def steps(self, epoch: int, images: int) -> int:
        """Number of full batches in an epoch with `images` MNIST images."""
        now = self.for_epoch(epoch)
        return (images + now.synthetic_digits + now.negatives) // self.batch_size

    @property
    def identity(self) -> str:
        """A text that is the same for equal recipes in every process."""
        return repr({**asdict(self), "build": self.build.__name__})


FULL = Recipe(
    build=build_full, epochs=40, restart_epochs=8, batch_size=128, peak_learning_rate=3e-3, warmup_fraction=0.2,
    weight_decay=0.02, augmentation=Augmentation(), variants=Variants(), synthetic_digits=24000, negatives=16000,
)  # fmt: skip
FAST = Recipe(
    build=build_fast, epochs=1, batch_size=96, peak_learning_rate=0.012, warmup_fraction=0.25, weight_decay=0.01,
    ema_momentum=0.98, augmentation=None, variants=Variants(), synthetic_digits=1000, negatives=6000,
)  # fmt: skip


def learning_rates(recipe: Recipe, steps: Sequence[int]) -> np.ndarray:
    """The learning rate of each step (sum(steps),), for the numbers of steps of all epochs."""
    first, second = sum(steps[: recipe.restart]), sum(steps[recipe.restart :])
    return recipe.peak_learning_rate * np.concatenate([_cycle(recipe, first), RESTART_PEAK * _cycle(recipe, second)])


def _cycle(recipe: Recipe, steps: int) -> np.ndarray:
    """A cosine (steps,) up to 1 during the warm-up, then one down to a thousandth."""
    done = np.arange(steps) / max(steps, 1)
    up = (1 - np.cos(np.pi * np.minimum(done / recipe.warmup_fraction, 1))) / 2
    down = (1 + np.cos(np.pi * np.clip((done - recipe.warmup_fraction) / (1 - recipe.warmup_fraction), 0, 1))) / 2
    return np.where(done < recipe.warmup_fraction, 0.04 + 0.96 * up, 0.001 + 0.999 * down)
