"""Find the ink of a picture: what is darker than the paper around it, or brighter on dark ground.

The paper's brightness is what remains when dark strokes are closed (greatest value in a window, then least), so a
shadow or a lamp at one side count as paper. Ink is measured as the share of the paper's light that is missing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.blobs import runs_of
from mnist_helpers.preprocessing.picture import Grey, Picture
from mnist_helpers.preprocessing.rules import without_rules

LEAST_CONTRAST = 0.1
"""Share of the paper's light that ink takes away at least."""
LEAST_PIXELS = 12
"""Pixels that ink has at least."""
WINDOW = 0.3
"""Side of the window in which paper must be seen, as a share of the picture's longer side; markers are thinner."""
STROKES = 4.0
"""The same in thicknesses of a stroke, once these are known."""

_PAPER_SIDE, _MIDDLE_SIDE = 192, 48  # pixels of the longer side on which paper is looked for
_DARKEST_PAPER = 0.25
_ROUNDS = 8  # of the fit of the light


@dataclass(frozen=True, kw_only=True)
class Ink:
    """The ink of a picture: `density` (h, w) is 0.5 at its edge and above where ink is; `scale` as of `Picture`."""

    density: npt.NDArray[np.float32]
    scale: float = 1.0


def ink_of(picture: Picture) -> Ink:
    """Find the ink of a picture, without the rules of its paper; a `density` of 0 everywhere where there is none."""
    grey = picture.grey if is_dark_on_bright(picture.grey) else 1 - picture.grey
    density = without_rules(_density(grey, WINDOW))
    window = STROKES * _usual_run(density >= 0.5) / max(grey.shape)
    if 0 < window < WINDOW:  # a window no wider than the pen needs, so that less of a shadow is taken for ink
        density = without_rules(_density(grey, window))
    return Ink(density=density, scale=picture.scale)


def is_dark_on_bright(grey: Grey) -> bool:
    """Whether what differs from its surroundings (their median) is mostly darker than they are."""
    from PIL import Image, ImageFilter  # loaded with the first picture

    small = _thumbnail(grey, _MIDDLE_SIDE)
    size = (max(small.size) // 2) | 1
    middle = small.convert("L").filter(ImageFilter.MedianFilter(size))
    around = np.asarray(middle.resize(grey.shape[::-1], Image.Resampling.BILINEAR), np.float32) / 255
    differences = grey - around
    noise = 3 * np.median(np.abs(differences))
    return float(np.clip(-differences - noise, 0, None).sum()) >= float(np.clip(differences - noise, 0, None).sum())


def _density(grey: Grey, window: float) -> npt.NDArray[np.float32]:
    paper = paper_of(grey, window)
    missing = (paper - grey) / np.maximum(paper, _DARKEST_PAPER)
    missing -= np.median(missing)
    return np.clip(missing / (2 * _threshold(missing)), 0, 1).astype(np.float32)


def _usual_run(mask: npt.NDArray[np.bool_]) -> float:
    """The median length of runs of ink along rows and columns: strokes have many short ones, a shadow few long ones."""
    runs = [runs_of(mask), runs_of(mask.T)]
    lengths = np.concatenate([each[:, 2] - each[:, 1] for each in runs])
    return float(np.median(lengths)) if len(lengths) else 0.0


def paper_of(grey: Grey, window: float = WINDOW) -> Grey:
    """The brightness of the paper (h, w) under dark ink."""
    from PIL import Image

    small = np.asarray(_thumbnail(grey, _PAPER_SIDE), np.float32) / 255
    light = _light(grey, small.shape)
    size = max(int(window * max(small.shape)) | 1, 5)
    closed = _sliding(_sliding(small / light, size, np.max), size + 2, np.min) * light
    return np.asarray(Image.fromarray(closed).resize(grey.shape[::-1], Image.Resampling.BILINEAR))


def _light(grey: Grey, shape: tuple[int, ...]) -> Grey:
    """A smooth surface through the paper, as a lamp or a window makes: what is far from it is left out of the fit."""
    values = np.asarray(_thumbnail(grey, _MIDDLE_SIDE), np.float64) / 255
    terms = _terms(values.shape)
    fitted = np.full(values.size, np.median(values))
    for _ in range(_ROUNDS):
        far = np.abs(values.reshape(-1) - fitted)
        near = far <= max(2.5 * float(np.median(far)), 0.01)
        products = terms[near].T @ np.column_stack([terms[near], values.reshape(-1)[near]])
        factors = np.linalg.solve(products[:, :6] + 1e-6 * np.eye(6), products[:, 6])
        fitted = terms @ factors
    return (_terms(shape) @ factors).reshape(shape).clip(_DARKEST_PAPER, 1).astype(np.float32)


def _terms(shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Constant, slopes and curves at each pixel (n, 6)."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)


def _thumbnail(grey: Grey, side: int):
    from PIL import Image

    image = Image.fromarray(np.round(grey * 255).astype(np.uint8))
    image.thumbnail((side, side), Image.Resampling.BOX)
    return image


def _sliding(values: Grey, size: int, of) -> Grey:
    """The greatest or least value in a square window around each; beyond the edge its own values are repeated."""
    for axis in (0, 1):
        margin = [(size // 2, size // 2) if each == axis else (0, 0) for each in (0, 1)]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, margin, mode="edge"), size, axis=axis)
        values = of(windows, axis=-1)
    return values


def _threshold(missing: Grey) -> float:
    """Half way between paper and ink (Ridler and Calvard 1978), found from above; infinite without ink."""
    noise = 1.48 * float(np.median(np.abs(missing)))
    least = max(LEAST_CONTRAST / 2, 5 * noise)
    values = missing[missing > least]
    if len(values) < LEAST_PIXELS:
        return np.inf
    threshold = float(np.partition(values, -LEAST_PIXELS)[-LEAST_PIXELS]) / 2
    for _ in range(20):
        ink = values[values > threshold]
        threshold, before = max(float(ink.mean()) / 2, least), threshold
        if abs(threshold - before) < 0.002:
            break
    return threshold if threshold >= LEAST_CONTRAST / 2 else np.inf
