from dataclasses import fields, replace

import numpy as np
import pytest

from mnist_helpers.synthesis.augment import Augmentation, augment

NOTHING = Augmentation(**{field.name: 0.0 for field in fields(Augmentation)})


@pytest.fixture
def images():
    bars = np.zeros((64, 28, 28), np.uint8)
    bars[:, 5:23, 12:16] = 255
    return bars


def test_the_same_seed_gives_the_same_images(images):
    first, second = (augment(images, Augmentation(), np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_without_settings_only_the_type_changes(images):
    digits = augment(images, None, np.random.default_rng(0))
    assert digits.dtype == np.float32
    np.testing.assert_array_equal(digits[..., 0], images / np.float32(255))


def test_a_range_of_nothing_moves_nothing(images):
    np.testing.assert_allclose(augment(images, NOTHING, np.random.default_rng(0))[..., 0], images / 255, atol=1e-5)


def test_digits_stay_in_range_and_keep_their_ink(images):
    digits = augment(images, replace(Augmentation(), erase_probability=0.0), np.random.default_rng(0))
    assert digits.shape == (64, 28, 28, 1)
    assert digits.min() >= 0
    assert digits.max() <= 1
    assert digits.sum((1, 2, 3)).min() > 15


def test_a_shift_moves_the_ink_and_no_further_than_its_limit(images):
    digits = augment(images, replace(NOTHING, shift=3.0), np.random.default_rng(0))[..., 0]
    centres = (digits * np.arange(28)).sum((1, 2)) / digits.sum((1, 2))
    assert np.abs(centres - 13.5).max() <= 3.01
    assert centres.std() > 0.5


def test_thickening_adds_ink_and_thinning_removes_it(images):
    ink = images[0].sum() / 255
    thick = augment(images, replace(NOTHING, thicken_probability=1.0), np.random.default_rng(0))
    thin_probability = augment(images, replace(NOTHING, thin_probability=1.0), np.random.default_rng(0))
    assert thick.sum((1, 2, 3)).min() > ink * 1.05
    assert thin_probability.sum((1, 2, 3)).max() < ink * 0.95


def test_erasing_wipes_a_box(images):
    digits = augment(images, replace(NOTHING, erase_probability=1.0), np.random.default_rng(0))
    assert (digits.sum((1, 2, 3)) < images[0].sum() / 255).mean() > 0.2


def test_weaker_shrinks_ranges_and_keeps_chances():
    half = Augmentation(rotation=20, thicken_probability=0.2).weaker(0.5)
    assert (half.rotation, half.thicken_probability) == (10, 0.2)
