"""Make negatives, training images that are no digit, for the no-digit class.

A network trained on digits only recognises everything as a digit, with confidence. Training on other images as a class
of their own is "outlier exposure" (Hendrycks et al. 2019). The negatives are letters, signs and shapes from stroke
templates, invented characters of lines and arcs, scribbles, and MNIST digits put together, mirrored or turned. The last
look like MNIST, so that the look of the pen says nothing about the class.
"""

from collections.abc import Callable

import numpy as np

from mnist_helpers.synthesis.negative_templates import LETTERS, SHAPES, SIGNS
from mnist_helpers.synthesis.strokes import POINTS, distort, jitter, parse_template, render
from mnist_helpers.synthesis.variants import pen_widths

_PARTS = 4
_PRIMITIVES = (
    "0,0 1,0",
    "0,0 1,0",
    "~0,0 .5,.25 1,0",
    "~0,0 .15,.4 .5,.55 .85,.4 1,0",
    "~0,0 .1,.6 .5,.8 .9,.6 .95,.1 .6,-.1",
    "~.5,0 0,.5 .5,1 1,.5 .5,0",
    "0,0 0,.7 .8,.7",
    "0,0 .5,.8 1,0",
    "~0,0 .7,0 .95,.1 .9,.35",
    "~0,0 .25,.25 .5,0 .75,-.25 1,0",
    "0,0 .3,.35 .5,-.1 .8,.3 1,0",
    "~0,0 .6,.1 .8,-.3 .5,-.4 .45,.1 1,.2",
)
MIRRORED = (3, 4, 6, 7, 9)
TURNED = (2, 3, 4, 5, 7)


def make_negatives(count: int, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make negatives (count, 28, 28) uint8.

    A part is assembled from the digits `images` (n, 28, 28) uint8 with `labels` (n,).
    """
    shares: tuple[tuple[float, Callable[[int], np.ndarray]], ...] = (
        (0.4, lambda number: drawn(_written(number, rng), rng)),
        (0.35, lambda number: drawn(_invented(number, rng), rng)),
        (0.1, lambda number: drawn(_scribbled(number, rng), rng)),
        (0.15, lambda number: pieces(number, images, labels, rng)),
    )
    numbers = [int(count * share) for share, _ in shares]
    numbers[0] += count - sum(numbers)
    return np.concatenate([make(number) for number, (_, make) in zip(numbers, shares, strict=True)])


def drawn(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Render points (n, k, 2), each drawing with a pen of random width; returns (n, 28, 28) uint8."""
    return render(points, pen_widths(len(points), rng))


def _written(count: int, rng: np.random.Generator) -> np.ndarray:
    """Points (count, POINTS, 2) of random versions of letters, signs and shapes."""
    forms = [parse_template(text) for text in (*LETTERS, *SIGNS, *SHAPES)]
    numbers = np.bincount(rng.integers(0, len(forms), count), minlength=len(forms))
    return np.concatenate([jitter(form, number, rng) for form, number in zip(forms, numbers, strict=True)])


def _invented(count: int, rng: np.random.Generator) -> np.ndarray:
    """Points of invented characters: two to four lines, arcs and loops, most of them joined to the one before."""
    length = POINTS // _PARTS
    primitives = np.stack(
        [(form := parse_template(text)).basis[:: POINTS // length] @ form.controls for text in _PRIMITIVES]
    )
    used = rng.choice((2, 3, 4), count, p=(0.2, 0.4, 0.4))
    everyone, result = np.arange(count), np.empty((count, _PARTS, length, 2), np.float32)
    for part in range(_PARTS):
        shape = _turned(primitives[rng.integers(0, len(primitives), count)], rng)
        own = shape[everyone, rng.choice((0, length // 2, length - 1), count)]
        joint = rng.choice((0, length // 2, length - 1, length // 4), count)
        place = result[everyone, part - 1, joint] if part else np.zeros((count, 2))
        free = rng.random(count) < 0.3
        place = np.where(free[:, None], rng.uniform(-0.6, 0.6, (count, 2)), place)
        result[:, part] = shape + (place - own)[:, None]
        result[part >= used, part] = result[part >= used, 0]
    return distort(result.reshape(count, -1, 2), rng)


def _turned(shapes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shapes (n, k, 2) turned by multiples of 45 degrees and a little more, scaled, and half of them mirrored."""
    count = len(shapes)
    angle = np.deg2rad(rng.integers(0, 8, count) * 45 + rng.normal(0, 8, count))
    size = rng.uniform(0.35, 1.1, count)
    cosine, sine, flip = np.cos(angle) * size, np.sin(angle) * size, rng.choice((-1, 1), count)
    matrix = np.stack([np.stack([cosine, sine], 1), np.stack([-sine * flip, cosine * flip], 1)], 1)
    return np.matmul(shapes, matrix.astype(np.float32))


def _scribbled(count: int, rng: np.random.Generator) -> np.ndarray:
    """Points of scribbles: smooth and angular paths through six to twelve random places."""
    points = []
    for places in range(6, 13):
        for smooth in ("~", ""):
            path = parse_template(smooth + " ".join(f"{place},0" for place in range(places)))
            number = count // 14 + (places == 6 and not smooth) * (count % 14)
            points.append(np.matmul(path.basis, rng.random((number, places, 2), np.float32)))
    return distort(np.concatenate(points), rng)


def pieces(count: int, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make negatives of digits: two on top of each other, two side by side, one mirrored, one turned by 90 degrees."""
    wide = np.flatnonzero(labels != 1)
    first = rng.choice(wide, count // 2)
    second = _of_another_class(first, wide, labels, rng)
    over = np.maximum(_rolled(images[first], rng), _rolled(images[second], rng))
    beside = np.concatenate([images[first, :, ::2], images[second, :, ::2]], axis=2)
    beside = np.where(rng.random((len(first), 1, 1)) < 0.3, beside, over)
    mirrored = rng.choice(np.flatnonzero(np.isin(labels, MIRRORED)), count // 4)
    turned = rng.choice(np.flatnonzero(np.isin(labels, TURNED)), count - count // 2 - count // 4)
    sides = rng.random(len(turned)) < 0.5
    on_side = np.where(sides[:, None, None], np.rot90(images[turned], 1, (1, 2)), np.rot90(images[turned], 3, (1, 2)))
    return np.concatenate([beside, images[mirrored, :, ::-1], on_side])


def _of_another_class(
    first: np.ndarray, others: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """For each index in `first` one of `others` with another label; raises `ValueError` if all have the same."""
    if len(np.unique(labels[others])) < 2:
        raise ValueError("All digits have the same label. Give digits of two or more to make pieces from.")
    second = rng.choice(others, len(first))
    while (same := labels[first] == labels[second]).any():
        second[same] = rng.choice(others, same.sum())
    return second


def _rolled(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shift each image by up to four pixels."""
    down, right = rng.integers(-4, 5, (2, len(images), 1, 1))
    y, x = np.mgrid[:28, :28]
    return images[np.arange(len(images))[:, None, None], (y - down) % 28, (x - right) % 28]
