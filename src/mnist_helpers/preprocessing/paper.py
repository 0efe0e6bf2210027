"""Find the paper of a picture: which part of it is the sheet, and how bright it is.

The paper's brightness is the morphological closing of the picture (maximum in a window, then minimum), which removes
dark strokes and keeps shadows and lamps.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.blobs import Blobs, blobs_of
from mnist_helpers.preprocessing.picture import Grey

WINDOW = 0.3
"""Side of the window in which paper must be seen, as a share of the picture's longer side; markers are thinner."""
DARKEST = 0.25
"""Smallest brightness of paper."""
LEAST_SHEET, LEAST_NOTE = 0.2, 0.06
"""Share of the picture that the blank part of a sheet has at least, and of one with nothing like it at the sides."""
MOST_INK = 0.4
"""Largest share of a sheet that ink covers; the hole of a ring is larger."""
FEWEST_SIDES, WHOLE_SIDE = 3, 0.95
"""Sides of the picture along which something else is seen, and the share of each; a shadow has one, rules two."""
QUADRILATERAL = 0.93
"""Share of a sheet and of the quadrilateral between its corners that they have in common."""
LONGEST_BLANK = 2.5
"""Sides of a sheet without ink in proportion; a 1 in a picture cut close to it is longer."""

FEW = 400
"""Number of pixels up to which light and noise cannot be told from ink."""

PAPER_SIDE, MIDDLE_SIDE = 192, 48  # pixels of the longer side on which paper is looked for
_ROUNDS = 8  # of the fit of the light
_EDGE = 0.012  # of the longer side: the soft edge of a sheet


def only_sheet(grey: Grey) -> Grey | None:
    """The picture (h, w) with what lies around a sheet, as a table or a frame, made as bright as the sheet.

    None where all of the picture is paper: a sheet is the largest dark or bright piece if it is a quadrilateral, and
    something else runs along three sides of the picture.
    """
    small = np.asarray(thumbnail(grey, PAPER_SIDE), np.float32) / 255
    bright = small > otsu(small)
    if (sheet := _sheet(bright)) is None:
        dark = _sheet(~bright)
        return None if dark is None else 1 - _filled_around(dark, 1 - grey, 1 - small)
    return _filled_around(sheet, grey, small)


def _filled_around(sheet: npt.NDArray[np.bool_], grey: Grey, small: Grey) -> Grey:
    """The picture with all but the sheet, and its soft edge, made as bright as the sheet is there."""
    from PIL import Image  # loaded with the first picture

    edge = 2 * max(round(_EDGE * max(small.shape)), 1) + 1
    inner = sliding(sheet.astype(np.float32), edge, np.min)
    size = grey.shape[::-1]
    light = Image.fromarray(_light(small, small.shape, inner > 0)).resize(size, Image.Resampling.BILINEAR)
    is_inner = np.asarray(Image.fromarray(inner).resize(size, Image.Resampling.BILINEAR)) > 0.99
    return np.where(is_inner, grey, np.asarray(light))


def _sheet(region: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_] | None:
    """The largest piece of a region, its holes filled, that may be a sheet."""
    pieces = blobs_of(region.astype(np.float32))
    for each in np.argsort(-pieces.areas):
        if pieces.areas[each] < LEAST_NOTE * region.size:
            return None
        if (sheet := _as_sheet(region, pieces, each)) is not None:
            return sheet
    return None


def _as_sheet(region: npt.NDArray[np.bool_], pieces: Blobs, number: int) -> npt.NDArray[np.bool_] | None:
    """A piece of a region, its holes filled, if it may be a sheet: what is around it holds no such ink."""
    others = blobs_of((pieces.labels != number + 1).astype(np.float32)).labels
    sides = (others[0], others[-1], others[:, 0], others[:, -1])
    like_it = np.concatenate([region[0], region[-1], region[:, 0], region[:, -1]])
    if pieces.areas[number] < LEAST_SHEET * region.size and like_it.mean() > 1 - WHOLE_SIDE:
        return None
    if sum((side > 0).mean() >= WHOLE_SIDE for side in sides) < FEWEST_SIDES:
        return None
    sheet = ~np.isin(others, np.setdiff1d(np.concatenate(sides), 0))
    is_blank = (sheet & region).sum() >= (1 - MOST_INK) * sheet.sum()
    ink, beside = blobs_of((sheet & ~region).astype(np.float32)), blobs_of((region & ~sheet).astype(np.float32))
    clear = beside.extents[beside.are_clear_of_edge]
    has_all_ink = clear.max(initial=0) <= max(ink.extents.max(initial=0) / 2, 2)
    height, width = (int(sheet.any(axis).sum()) for axis in (1, 0))
    is_stroke = not len(ink.areas) and max(height, width) > LONGEST_BLANK * min(height, width)
    return sheet if is_blank and has_all_ink and not is_stroke and _is_quadrilateral(sheet) else None


def _is_quadrilateral(region: npt.NDArray[np.bool_]) -> bool:
    from PIL import Image, ImageDraw

    y, x = np.nonzero(region)
    furthest = ((x + y).argmin(), (x - y).argmax(), (x + y).argmax(), (x - y).argmin())
    corners = [(int(x[each]), int(y[each])) for each in furthest]
    drawn = Image.new("1", region.shape[::-1])
    ImageDraw.Draw(drawn).polygon(corners, fill=1)
    filled = np.asarray(drawn)
    return bool((filled & region).sum() >= QUADRILATERAL * (filled | region).sum())


def otsu(values: Grey) -> float:
    """The threshold between two groups of values in [0, 1] with the largest variance between them (Otsu 1979)."""
    counts = np.histogram(values, 64, (0, 1))[0].astype(np.float64)
    levels = (np.arange(64) + 0.5) / 64
    below, total = counts.cumsum(), (counts * levels).cumsum()
    above = below[-1] - below
    between = (total[-1] * below / below[-1] - total) ** 2 / np.maximum(below * above, 1)
    return (int(between.argmax()) + 1) / 64


def largest_square(mask: npt.NDArray[np.bool_]) -> int:
    """The side of the largest square in the mask."""
    least, most = 0, min(mask.shape) + 1
    sums = np.pad(mask.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    while most - least > 1:
        side = (least + most) // 2
        full = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
        least, most = (side, most) if (full == side * side).any() else (least, side)
    return least


def paper_of(grey: Grey, window: float = WINDOW) -> Grey:
    """The brightness of the paper (h, w) under dark ink."""
    from PIL import Image

    if grey.size < FEW:
        return np.full(grey.shape, np.quantile(grey, 0.9), np.float32)
    small = np.asarray(thumbnail(grey, PAPER_SIDE), np.float32) / 255
    light = _light(grey, small.shape)
    size = max(int(window * max(small.shape)) | 1, 5)
    closed = sliding(sliding(small / light, size, np.max), size + 2, np.min) * light
    return np.asarray(Image.fromarray(closed).resize(grey.shape[::-1], Image.Resampling.BILINEAR))


def _light(grey: Grey, shape: tuple[int, ...], known: npt.NDArray[np.bool_] | None = None) -> Grey:
    """Fit a quadratic surface (h, w) to the brightness of the paper, robustly: outliers such as ink are left out.

    `known` (h, w) says where there is paper.
    """
    values = np.asarray(thumbnail(grey, MIDDLE_SIDE), np.float64) / 255
    terms = _terms(values.shape)
    paper = np.ones(values.size, bool) if known is None else np.asarray(thumbnail(known, MIDDLE_SIDE)).ravel() == 255
    fitted = np.full(values.size, np.median(values.reshape(-1)[paper]))
    for _ in range(_ROUNDS):
        far = np.abs(values.reshape(-1) - fitted)
        near = paper & (far <= max(2.5 * float(np.median(far[paper])), 0.01))
        products = terms[near].T @ np.column_stack([terms[near], values.reshape(-1)[near]])
        factors = np.linalg.solve(products[:, :6] + 1e-6 * np.eye(6), products[:, 6])
        fitted = terms @ factors
    return (_terms(shape) @ factors).reshape(shape).clip(DARKEST, 1).astype(np.float32)


def _terms(shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """The terms of a quadratic polynomial (n, 6) at each pixel."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in shape), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)


def thumbnail(grey: npt.NDArray, side: int):
    """The picture reduced to `side` pixels on its longer side, as a Pillow image."""
    from PIL import Image

    image = Image.fromarray(np.round(grey * 255).astype(np.uint8))
    image.thumbnail((side, side), Image.Resampling.BOX)
    return image


def sliding(values: Grey, size: int, of) -> Grey:
    """The maximum or minimum (`of`) in a square window around each pixel; the edge is repeated beyond it."""
    for axis in (0, 1):
        margin = [(size // 2, size // 2) if each == axis else (0, 0) for each in (0, 1)]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, margin, mode="edge"), size, axis=axis)
        values = of(windows, axis=-1)
    return values
