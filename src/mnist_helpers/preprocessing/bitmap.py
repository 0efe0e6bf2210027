"""Turn the ink of a picture into a digit image, as `raster` does with strokes.

The ink is scaled to the 20 x 20 box and centred by mass, and its strokes get MNIST's thickness: each pixel's value
depends on its distance from the edge of the ink, which is moved outwards for a thin pen and inwards for a thick one.
"""

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.raster import BOX_SIZE, CENTRE_OF_MASS, EDGE_WIDTH, PEN_WIDTH, SIZE, DigitImage, Stages

THICKEST = 3.4
"""Largest thickness of a stroke in pixels of the digit image, as occurs in MNIST; thicker ones are made thinner."""

_FINENESS = 4.0  # pixels of the ink for each of the digit image at least
_MOST_UPSAMPLING = 16
_MAX_SHIFT = 4.0


def digit_image_of(density: npt.NDArray[np.float32], *, by_mass: bool = True) -> DigitImage:
    """Make a digit image (28, 28) of ink (h, w), 0.5 at its edge and more within; black without ink.

    `by_mass=False` leaves out the last step, the shift of the centre of mass.
    """
    mask = np.pad(_fine(density) >= 0.5, 1)
    if not mask.any():
        return np.zeros((SIZE, SIZE), np.float32)
    thickness = thickness_of(mask)
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    middle = np.array([columns[0] + columns[-1], rows[0] + rows[-1]]) / 2
    extent = max(height, width)
    scale = BOX_SIZE / extent
    wanted = min(max(thickness * scale, PEN_WIDTH), THICKEST)
    if extent > thickness:  # after the edge has moved, the box is filled again
        scale = min((BOX_SIZE - wanted) / (extent - thickness), 2 * scale)
    moved = (wanted - thickness * scale) / 2
    mass = np.array([(mask.sum(0) @ np.arange(mask.shape[1])), (mask.sum(1) @ np.arange(mask.shape[0]))]) / mask.sum()
    shift = by_mass * (CENTRE_OF_MASS - ((mass - middle) * scale + (SIZE - 1) / 2)).clip(-_MAX_SHIFT, _MAX_SHIFT)
    grid = (np.arange(SIZE) - (SIZE - 1) / 2 - shift[:, None]) / scale + middle[:, None]
    distance = _distance_to_edge(mask, grid) * scale
    return np.clip(0.5 + (moved - distance) / EDGE_WIDTH, 0, 1).astype(np.float32)


def stages_of(density: npt.NDArray[np.float32]) -> Stages:
    """Show the preprocessing of ink (h, w) in four images, as `raster.stages` does for strokes."""
    from PIL import Image

    sides = [((max(density.shape) - side) // 2, -((side - max(density.shape)) // 2)) for side in density.shape]
    square = np.pad(density, sides)
    drawn = np.pad(square, len(square) // 4)
    size = (3 * SIZE, 3 * SIZE)
    shown = [np.asarray(Image.fromarray(each).resize(size, Image.Resampling.BOX)) for each in (drawn, square)]
    scaled = digit_image_of(density, by_mass=False)
    return Stages(drawn=shown[0], cropped=shown[1], scaled=scaled, centred=digit_image_of(density))


def thickness_of(mask: npt.NDArray[np.bool_]) -> float:
    """The mean thickness of strokes: twice the area divided by the length of the outline, corrected for slopes."""
    edge = sum(int((mask[tuple(one)] != mask[tuple(other)]).sum()) for one, other in _NEIGHBOURS)
    return 2 * int(mask.sum()) / max(edge * np.pi / 4, 1)


_NEIGHBOURS = (
    ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
    ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
)


def _fine(density: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Enlarge ink of few pixels, so that its soft edge is kept."""
    from PIL import Image  # loaded with the first picture

    factor = int(min(np.ceil(_FINENESS * BOX_SIZE / max(density.shape)), _MOST_UPSAMPLING))
    if factor <= 1:
        return density
    size = (density.shape[1] * factor, density.shape[0] * factor)
    return np.asarray(Image.fromarray(density).resize(size, Image.Resampling.BICUBIC))


def _distance_to_edge(mask: npt.NDArray[np.bool_], grid: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The distance of each grid point from the edge of the ink in pixels of the mask, negative inside the ink."""
    inner = np.pad(mask, 1)
    around = [inner[:-2, 1:-1], inner[2:, 1:-1], inner[1:-1, :-2], inner[1:-1, 2:]]
    ink = np.argwhere(mask & ~np.logical_and.reduce(around))
    paper = np.argwhere(~mask & np.logical_or.reduce(around))
    x, y = np.rint(grid).astype(int)
    known = (y[:, None] >= 0) & (y[:, None] < mask.shape[0]) & (x >= 0) & (x < mask.shape[1])
    inside = known & mask[y.clip(0, mask.shape[0] - 1)[:, None], x.clip(0, mask.shape[1] - 1)]
    return np.where(inside, 0.5 - _nearest(paper, grid), _nearest(ink, grid) - 0.5)


def _nearest(points: npt.NDArray[np.int64], grid: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """The distance of each point of the grid (28, 28) from the nearest of some points (n, 2), rows first."""
    across = (grid[0].astype(np.float32) - points[:, 1:].astype(np.float32)) ** 2
    down = (grid[1].astype(np.float32) - points[:, :1].astype(np.float32)) ** 2
    nearest = np.full((SIZE, SIZE), np.inf, np.float32)
    for start in range(0, len(points), 256):
        part = slice(start, start + 256)
        np.minimum(nearest, (down[part, :, None] + across[part, None, :]).min(0), out=nearest)
    return np.sqrt(nearest)
