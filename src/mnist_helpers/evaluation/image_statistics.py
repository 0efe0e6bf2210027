"""Measure size, position, stroke width and slant of digit images; `raster` reproduces MNIST's.

Every function takes images (n, 28, 28) of any range from black at 0 and returns one value or one row for each.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def bounding_boxes(digits: npt.NDArray) -> npt.NDArray[np.int64]:
    """The bounding boxes of the ink, in pixels: (n, 4) of top, left, height, width."""
    ink = digits > 0
    sides = []
    for across in (2, 1):
        lines = np.asarray(ink.any(across))
        first, last = lines.argmax(1), lines.shape[1] - lines[:, ::-1].argmax(1)
        sides.append((first, last - first))
    (top, height), (left, width) = sides
    return np.stack([top, left, height, width], axis=1)


def centres_of_mass(digits: npt.NDArray) -> Floats:
    """Pixel indices of the centres of mass: (n, 2) of row, column."""
    mass = digits.sum((1, 2), dtype=np.float64)
    index = np.arange(digits.shape[1])
    return np.stack([digits.sum(axis, dtype=np.float64) @ index / mass for axis in (2, 1)], axis=1)


def stroke_widths(digits: npt.NDArray) -> Floats:
    """Mean stroke widths in pixels (n,): twice the inked area divided by its outline.

    Counted along pixel edges, an outline without preferred direction is too long by a factor of 4 / pi; this is
    corrected.
    """
    ink = digits > digits.max((1, 2), keepdims=True) / 2
    outline = (ink[:, 1:] != ink[:, :-1]).sum((1, 2)) + (ink[:, :, 1:] != ink[:, :, :-1]).sum((1, 2))
    return 8 / np.pi * ink.sum((1, 2)) / outline


def slants(digits: npt.NDArray) -> Floats:
    """Slants to the right (n,), in columns for each row upwards, from the second moments."""
    rows, columns = np.mgrid[: digits.shape[1], : digits.shape[2]]
    centres = centres_of_mass(digits)
    down = rows - centres[:, 0, None, None]
    across = columns - centres[:, 1, None, None]
    return -(digits * down * across).sum((1, 2)) / (digits * down**2).sum((1, 2))
