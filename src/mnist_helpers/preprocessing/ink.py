"""Find the ink of a picture: what is darker than the paper around it, or brighter on a dark background.

Ink is measured as the share of the paper's brightness that is missing; `paper` estimates that brightness.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.blobs import runs_of
from mnist_helpers.preprocessing.paper import (
    DARKEST,
    FEW,
    MIDDLE_SIDE,
    PAPER_SIDE,
    WINDOW,
    largest_square,
    only_sheet,
    otsu,
    paper_of,
    sliding,
    thumbnail,
)
from mnist_helpers.preprocessing.picture import Grey, Picture
from mnist_helpers.preprocessing.rules import without_frames, without_rules

LEAST_CONTRAST = 0.1
"""Smallest share of the paper's brightness that is missing where there is ink."""
LEAST_PIXELS = 12
"""Smallest number of pixels of ink."""
STROKES = 4.0
"""Side of the window in which paper must be seen, in thicknesses of a stroke, once these are known."""

FEW_SIDE, ENLARGED, BLACK_ON_WHITE = 16, 0.15, 0.75
"""Pixels of the longer side that a picture may have been enlarged from, and what enlarging them again may miss, as a
share of how much the picture varies; and difference of dark and bright that no light on empty paper makes."""
TWO_LEVELS, THIN = 0.9, 0.2
"""Share of the variance that is between bright and dark pixels in a picture of two levels, and side of the largest
square that fits into ink there, as a share of the picture's longer side."""
MANY_THIN = 2.0
"""Times that strokes are thicker than the usual run of ink where there are thin lines as well."""
THICK = 0.1
"""Side of the window in which ink is looked for before it is known, as a share of the picture's longer side."""
SHADOW = 0.4
"""Smallest brightness of a shadow, as a share of the paper's; what is darker is ink or dark paper."""

_DOT, _FEWEST_DOTS, _DOTS = 0.3, 20, 0.0005  # how far a lone pixel stands out, how many there are, and what share
_WAYS = (0, 2, 3)  # of enlarging a picture, in Pillow's numbers: nearest, bilinear, bicubic


@dataclass(frozen=True, kw_only=True)
class Ink:
    """The ink of a picture: `density` (h, w) is 0.5 at its edge and above where ink is; `scale` as of `Picture`."""

    density: npt.NDArray[np.float32]
    scale: float = 1.0


def ink_of(picture: Picture) -> Ink:
    """Find the ink of a picture, without the rules of its paper; a `density` of 0 everywhere where there is none."""
    grey = _as_it_was_small(_without_dots(picture.grey))
    sheet = only_sheet(grey)
    scale = picture.scale * picture.grey.shape[1] / grey.shape[1]
    return Ink(density=_found(grey if sheet is None else sheet), scale=scale)


def _as_it_was_small(grey: Grey) -> Grey:
    """The picture itself, or the few pixels that it was enlarged from, whose strokes may be as wide as the paper."""
    few = thumbnail(grey, FEW_SIDE)
    if np.ptp(np.asarray(few)) < 255 * BLACK_ON_WHITE:
        return grey
    again = (np.asarray(few.resize(grey.shape[::-1], way), np.float32) / 255 for way in _WAYS)
    lost = min(float((each - grey).std()) for each in again)
    return np.asarray(few, np.float32) / 255 if lost <= ENLARGED * float(grey.std()) else grey


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
    """The density of ink (h, w), without rules."""
    if not is_dark_on_bright(grey):
        grey = 1 - grey
    density = _unprinted(grey, WINDOW)
    if not density.any():  # half of the picture may be a shadow that fills such a window
        density = _unprinted(grey, WINDOW / 3)
    window = STROKES * _usual_run(density >= 0.5) / max(grey.shape)
    if 0 < window < WINDOW:  # a window no wider than the pen needs, so that less of a shadow is taken for ink
        density = _unprinted(grey, window)
    return density


def _unprinted(grey: Grey, window: float) -> npt.NDArray[np.float32]:
    """How much ink there is (h, w), without frames and rules."""
    return without_rules(without_frames(_density(grey, window)))


def is_dark_on_bright(grey: Grey) -> bool:
    """Whether the ink of a picture is darker than the paper.

    In a picture of two levels, as from a paint program, paper has the larger empty square, if one level is thin; in few
    pixels it is what the edge of the picture shows. In others, what differs from its surroundings (their median) and is
    thin is mostly ink.
    """
    from PIL import Image, ImageFilter

    is_bright = grey > otsu(grey)
    if grey.size < FEW:
        return float(np.concatenate([is_bright[0], is_bright[-1], is_bright[:, 0], is_bright[:, -1]]).mean()) > 0.5
    small = np.asarray(thumbnail(grey, PAPER_SIDE), np.float32) / 255
    if _two_levels(grey, is_bright):
        bright, dark = (largest_square(each) for each in (small > otsu(small), small <= otsu(small)))
        if min(bright, dark) <= THIN * max(small.shape):
            return bright >= dark
    smaller = thumbnail(grey, MIDDLE_SIDE)
    middle = smaller.filter(ImageFilter.MedianFilter((max(smaller.size) // 2) | 1))
    around = np.asarray(middle.resize(small.shape[::-1], Image.Resampling.BILINEAR), np.float32) / 255
    noise = 3 * np.median(np.abs(small - around))
    size = max(int(THICK * max(small.shape)) | 1, 5)
    darker, brighter = (
        float((np.clip(np.minimum(differences, _missing(each, size)) - noise, 0, None) ** 2).sum())
        for each, differences in ((small, around - small), (1 - small, small - around))
    )
    return darker >= brighter


def _missing(grey: Grey, size: int) -> Grey:
    """How much darker than their surroundings structures thinner than the window are (black top-hat)."""
    return sliding(sliding(grey, size, np.max), size, np.min) - grey


def _two_levels(grey: Grey, is_bright: npt.NDArray[np.bool_]) -> bool:
    """Whether nearly all variance is between bright and dark pixels, and the dark ones are not just a shadow."""
    bright, dark = grey[is_bright], grey[~is_bright]
    if not bright.size or not dark.size or dark.mean() > SHADOW * bright.mean():
        return False
    within = float(bright.var()) * bright.size + float(dark.var()) * dark.size
    return within <= (1 - TWO_LEVELS) * float(grey.var()) * grey.size


def _density(grey: Grey, window: float) -> npt.NDArray[np.float32]:
    paper = paper_of(grey, window)
    missing = (paper - grey) / np.maximum(paper, DARKEST)
    level, noise = _level_and_noise(missing)
    missing -= level
    return np.clip(missing / (2 * _threshold(missing, noise)), 0, 1).astype(np.float32)


def _level_and_noise(missing: Grey) -> tuple[float, float]:
    """Median and standard deviation of `missing` on paper; the latter is 0 for few pixels or much ink."""
    level = float(np.median(missing))
    if missing.size < FEW or level > LEAST_CONTRAST:  # there is more ink than paper
        return float(np.quantile(missing, 0.25)), 0.0
    return level, 1.48 * float(np.median(np.abs(missing - level)))


def _usual_run(mask: npt.NDArray[np.bool_]) -> float:
    """How long a run of ink along a row or a column usually is.

    It is the median, since strokes have many short ones and a shadow few long ones; but that of the ink in short runs
    if this is far more, since thin lines and small letters have many runs and little ink.
    """
    runs = [runs_of(mask), runs_of(mask.T)]
    lengths = np.sort(np.concatenate([each[:, 2] - each[:, 1] for each in runs]))
    if not lengths.size:
        return 0.0
    short = lengths[: int(np.searchsorted(lengths, WINDOW / STROKES * max(mask.shape)))]
    by_ink = short[np.searchsorted(short.cumsum(), short.sum() / 2)] if short.size else 0
    return float(by_ink if by_ink >= MANY_THIN * np.median(lengths) else np.median(lengths))


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
