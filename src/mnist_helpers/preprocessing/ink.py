"""Find the ink of a picture: what is darker than the paper around it, or brighter on dark ground.

The paper's brightness is what remains when dark strokes are closed (greatest value in a window, then least), so a
shadow or a lamp at one side count as paper. Ink is measured as the share of the paper's light that is missing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.picture import Grey, Picture

LEAST_CONTRAST = 0.1
"""Share of the paper's light that ink takes away at least."""
LEAST_PIXELS = 12
"""Pixels that ink has at least."""
WINDOW = 0.3
"""Side of the window in which paper must be seen, as a share of the picture's longer side; markers are thinner."""

_PAPER_SIDE, _MIDDLE_SIDE = 192, 48  # pixels of the longer side on which paper is looked for
_DARKEST_PAPER = 0.25


@dataclass(frozen=True, kw_only=True)
class Ink:
    """The ink of a picture: `density` (h, w) is 0.5 at its edge and above where ink is; `scale` as of `Picture`."""

    density: npt.NDArray[np.float32]
    scale: float = 1.0

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        """Where ink is."""
        return self.density >= 0.5


def ink_of(picture: Picture) -> Ink:
    """Find the ink of a picture; a `density` of 0 everywhere where there is none."""
    grey = picture.grey if is_dark_on_bright(picture.grey) else 1 - picture.grey
    paper = paper_of(grey)
    missing = (paper - grey) / np.maximum(paper, _DARKEST_PAPER)
    missing -= np.median(missing)
    threshold = _threshold(missing)
    return Ink(density=np.clip(missing / (2 * threshold), 0, 1).astype(np.float32), scale=picture.scale)


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


def paper_of(grey: Grey, window: float = WINDOW) -> Grey:
    """The brightness of the paper (h, w) under dark ink."""
    from PIL import Image

    small = np.asarray(_thumbnail(grey, _PAPER_SIDE), np.float32)
    size = int(window * max(small.shape)) | 1
    closed = _sliding(_sliding(small, size, np.max), size + 2, np.min)
    paper = Image.fromarray(closed).resize(grey.shape[::-1], Image.Resampling.BILINEAR)
    return np.asarray(paper) / np.float32(255)


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
    least = max(LEAST_CONTRAST / 2, 3 * noise)
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
