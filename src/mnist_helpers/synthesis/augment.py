"""Distort training images at random, all images of an epoch at once.

Each image gets one random strength between 0 and 1 for all its distortions, so that many change little and a few a lot.
This makes the network robust to drawings that are off-centre, rotated or stretched, while most images still look like
MNIST. Elastic distortion is that of Simard et al. (2003), with a field of B-splines in place of smoothed noise.
"""

from dataclasses import dataclass, replace

import numpy as np

from mnist_helpers.preprocessing.raster import SIZE

_PAD = 2
_WIDE = SIZE + 2 * _PAD
_CHUNK = 256
_MIDDLE = (SIZE - 1) / 2
_MIN_INK = 20.0
_CONTROLS = 6  # of the elastic field's grid, in each direction


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """Largest amounts of the distortions, in both directions, and four probabilities for each image."""

    rotation: float = 22.0
    """Degrees."""
    scale: float = 0.25
    """Largest share by which an image grows or shrinks."""
    aspect: float = 0.2
    """Largest logarithm of the factor by which the width is stretched and the height shrunk."""
    shear: float = 0.3
    """Columns for each row."""
    shift: float = 3.5
    """Pixels."""
    elastic: float = 1.8
    """Pixels, standard deviation of the elastic field."""
    thicken_probability: float = 0.35
    thin_probability: float = 0.2
    gamma_probability: float = 0.15
    erase_probability: float = 0.1

    def weaker(self, factor: float) -> "Augmentation":
        """A copy with all ranges multiplied by `factor`; the probabilities stay."""
        ranges = ("rotation", "scale", "aspect", "shear", "shift", "elastic")
        return replace(self, **{name: getattr(self, name) * factor for name in ranges})


def augment(images: np.ndarray, settings: Augmentation | None, rng: np.random.Generator) -> np.ndarray:
    """Distort images (n, 28, 28) uint8; returns (n, 28, 28, 1) float32 in [0, 1]. `None` only converts them."""
    result = np.empty((len(images), SIZE, SIZE), np.float32)
    for start in range(0, len(images), _CHUNK):
        part = images[start : start + _CHUNK] * np.float32(1 / 255)
        if settings:
            part = _warp(part, settings, rng)
            part = _change_thickness(part, settings, rng)
            part = _adjust_gamma(part, settings, rng)
            _cutout(part, settings, rng)
        result[start : start + _CHUNK] = part
    return np.clip(result, 0, 1, out=result)[..., None]


def _warp(images: np.ndarray, settings: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Rotate, scale, stretch, shear, shift and bend, in one bilinear sampling."""
    count = len(images)
    strength = rng.random(count, np.float32)

    def draw(span: float) -> np.ndarray:
        return (rng.random(count, np.float32) * 2 - 1) * (span * strength)

    angle, aspect, shear = np.deg2rad(draw(settings.rotation)), np.exp(draw(settings.aspect)), draw(settings.shear)
    zoom = 1 / (1 + draw(settings.scale))
    cosine, sine = np.cos(angle) * zoom, np.sin(angle) * zoom
    matrix = np.array(
        [[cosine * aspect, cosine * shear - sine / aspect], [sine * aspect, sine * shear + cosine / aspect]]
    )
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32).reshape(2, 1, -1) - _MIDDLE
    source_x = matrix[0, 0, :, None] * x + matrix[0, 1, :, None] * y + (_MIDDLE + _PAD + draw(settings.shift))[:, None]
    source_y = matrix[1, 0, :, None] * x + matrix[1, 1, :, None] * y + (_MIDDLE + _PAD + draw(settings.shift))[:, None]
    bend_x, bend_y = _elastic_field(strength * settings.elastic, rng)
    return _sample(images, source_x + bend_x, source_y + bend_y)


def _elastic_field(spread: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Smooth displacements (2, n, 784) in pixels: cubic B-splines over a coarse grid of random controls."""
    distance = np.abs(np.linspace(1, _CONTROLS - 2, SIZE)[:, None] - np.arange(_CONTROLS))
    near, far = 2 / 3 - distance**2 + distance**3 / 2, np.maximum(2 - distance, 0) ** 3 / 6
    basis = np.where(distance < 1, near, far).astype(np.float32)
    field = rng.standard_normal((2, len(spread), _CONTROLS, _CONTROLS), np.float32)
    field *= np.minimum(np.abs(rng.standard_normal((1, len(spread), 1, 1), np.float32)), 2.2)
    field *= spread[:, None, None]
    return np.matmul(np.matmul(basis, field), basis.T).reshape(2, len(spread), -1)


def _sample(images: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Sample images bilinearly at coordinates (n, 784) of the padded image; black outside."""
    wide = np.pad(images, ((0, 0), (_PAD, _PAD), (_PAD, _PAD))).reshape(-1)
    x, y = np.clip(x, 0, _WIDE - 1.001), np.clip(y, 0, _WIDE - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    x, y = x - left, y - top
    corner = top * _WIDE + left + (np.arange(len(images), dtype=np.int32) * _WIDE**2)[:, None]
    upper = wide[corner] * (1 - x) + wide[corner + 1] * x
    lower = wide[corner + _WIDE] * (1 - x) + wide[corner + _WIDE + 1] * x
    return (upper * (1 - y) + lower * y).reshape(-1, SIZE, SIZE).astype(np.float32)


def _dilate_or_erode(images: np.ndarray, extreme: np.ufunc) -> np.ndarray:
    """The maximum (or minimum) over each pixel and its four neighbours."""
    result = images.copy()
    extreme(result[:, 1:], images[:, :-1], out=result[:, 1:])
    extreme(result[:, :-1], images[:, 1:], out=result[:, :-1])
    extreme(result[:, :, 1:], images[:, :, :-1], out=result[:, :, 1:])
    extreme(result[:, :, :-1], images[:, :, 1:], out=result[:, :, :-1])
    return result


def _change_thickness(images: np.ndarray, settings: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Thicken some images up to three times and thin others, unless too little ink would be left."""
    chance = rng.random(len(images))
    amount = rng.uniform(0.3, 1, (len(images), 1, 1)).astype(np.float32)
    for share in (settings.thicken_probability, settings.thicken_probability / 2, settings.thicken_probability / 4):
        thick = np.flatnonzero(chance < share)
        images[thick] += amount[thick] * (_dilate_or_erode(images[thick], np.maximum) - images[thick])
    thin = np.flatnonzero(chance > 1 - settings.thin_probability)
    thinned = images[thin] + amount[thin] * (_dilate_or_erode(images[thin], np.minimum) - images[thin])
    enough = thinned.sum((1, 2), keepdims=True) > _MIN_INK
    thinned /= np.maximum(thinned.max((1, 2), keepdims=True), 0.3)
    images[thin] = np.where(enough, thinned, images[thin])
    return images


def _adjust_gamma(images: np.ndarray, settings: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Give some images a softer or a harder edge (gamma)."""
    chosen = np.flatnonzero(rng.random(len(images)) < settings.gamma_probability)
    gamma = np.exp(rng.uniform(-0.6, 0.6, (len(chosen), 1, 1))).astype(np.float32)
    images[chosen] = np.maximum(images[chosen], 0) ** gamma
    return images


def _cutout(images: np.ndarray, settings: Augmentation, rng: np.random.Generator) -> None:
    """Erase a small box of some images (Cutout, DeVries and Taylor 2017)."""
    for index in np.flatnonzero(rng.random(len(images)) < settings.erase_probability):
        height, width = rng.integers(3, 8, 2)
        top, left = rng.integers(2, 26 - height), rng.integers(2, 26 - width)
        images[index, top : top + height, left : left + width] = 0
