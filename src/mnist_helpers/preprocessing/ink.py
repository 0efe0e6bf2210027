"""Find the ink of a picture: what is darker than the paper around it, or brighter on dark ground.

The paper's brightness is what remains when dark strokes are closed (greatest value in a window, then least), so a
shadow or a lamp at one side count as paper. Ink is measured as the share of the paper's light that is missing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.blobs import runs_of
from mnist_helpers.preprocessing.paper import DARKEST, FEW, WINDOW, is_dark_on_bright, only_sheet, paper_of
from mnist_helpers.preprocessing.picture import Grey, Picture
from mnist_helpers.preprocessing.rules import without_rules

LEAST_CONTRAST = 0.1
"""Share of the paper's light that ink takes away at least."""
LEAST_PIXELS = 12
"""Pixels that ink has at least."""
STROKES = 4.0
"""Side of the window in which paper must be seen, in thicknesses of a stroke, once these are known."""

_DOT, _FEWEST_DOTS, _DOTS = 0.3, 20, 0.0005  # how far a lone pixel stands out, how many there are, and what share


@dataclass(frozen=True, kw_only=True)
class Ink:
    """The ink of a picture: `density` (h, w) is 0.5 at its edge and above where ink is; `scale` as of `Picture`."""

    density: npt.NDArray[np.float32]
    scale: float = 1.0


def ink_of(picture: Picture) -> Ink:
    """Find the ink of a picture, without the rules of its paper; a `density` of 0 everywhere where there is none."""
    grey = _without_dots(picture.grey)
    sheet = only_sheet(grey)
    density = _found(grey if sheet is None else sheet)
    if sheet is not None and not (density >= 0.5).any():
        density = _found(grey)
    return Ink(density=density, scale=picture.scale)


def _without_dots(grey: Grey) -> Grey:
    """The picture with the dots of a scan in black and white blended into grey; lone pixels stand out on all sides."""
    from PIL import Image, ImageFilter  # loaded with the first picture

    left, middle, right = grey[:, :-2], grey[:, 1:-1], grey[:, 2:]
    dots = 0
    for sign, most in ((1, np.maximum), (-1, np.minimum)):
        beside = most(left, right)
        row = most(beside, middle)
        around = most(most(row[:-2], row[2:]), beside[1:-1])
        dots += int((sign * (middle[1:-1] - around) > _DOT).sum())
    if dots < max(_FEWEST_DOTS, _DOTS * grey.size):
        return grey
    blended = Image.fromarray(np.round(grey * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.5))
    return np.asarray(blended, np.float32) / 255


def _found(grey: Grey) -> npt.NDArray[np.float32]:
    """How much ink there is (h, w), without rules."""
    if not is_dark_on_bright(grey):
        grey = 1 - grey
    density = without_rules(_density(grey, WINDOW))
    if not density.any():  # half of the picture may be a shadow that fills such a window
        density = without_rules(_density(grey, WINDOW / 3))
    window = STROKES * _usual_run(density >= 0.5) / max(grey.shape)
    if 0 < window < WINDOW:  # a window no wider than the pen needs, so that less of a shadow is taken for ink
        density = without_rules(_density(grey, window))
    return density


def _density(grey: Grey, window: float) -> npt.NDArray[np.float32]:
    paper = paper_of(grey, window)
    missing = (paper - grey) / np.maximum(paper, DARKEST)
    level, noise = _level_and_noise(missing)
    missing -= level
    return np.clip(missing / (2 * _threshold(missing, noise)), 0, 1).astype(np.float32)


def _level_and_noise(missing: Grey) -> tuple[float, float]:
    """What the paper itself lacks, and its standard deviation; in few pixels noise is not told from ink."""
    if missing.size < FEW:
        return float(np.quantile(missing, 0.25)), 0.0
    level = float(np.median(missing))
    return level, 1.48 * float(np.median(np.abs(missing - level)))


def _usual_run(mask: npt.NDArray[np.bool_]) -> float:
    """The median length of runs of ink along rows and columns: strokes have many short ones, a shadow few long ones."""
    runs = [runs_of(mask), runs_of(mask.T)]
    lengths = np.concatenate([each[:, 2] - each[:, 1] for each in runs])
    return float(np.median(lengths)) if len(lengths) else 0.0


def _threshold(missing: Grey, noise: float) -> float:
    """Half way between paper and ink (Ridler and Calvard 1978), found from above; infinite without ink."""
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
