"""Plot the inside of a network: feature maps, filters, and the landscape of MNIST's digits."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from mnist_helpers.evaluation.charts import FOR_AND_AGAINST, PLAIN, WRONG
from mnist_helpers.evaluation.montage import WIDTH
from mnist_helpers.recognition.inference.landscape import Landscape
from mnist_helpers.recognition.inference.layers import Inside, Layer

SHOWN = 12
"""Number of maps of a layer that are shown, the most active ones."""
NEAR = 10
"""Half of the width of the enlarged part, in units of the landscape."""


def plot_maps(inside: Inside, digits: Sequence[npt.NDArray], member: int) -> None:
    """Show digit images (28, 28), each above the most active maps of each layer of a member, in descending order.

    In each row of maps white is the brightest point.
    """
    layers = [layer for layer in inside.layers if layer.member == member and not layer.is_dense]
    figure = plt.figure(figsize=(WIDTH, (0.62 * len(layers) + 1.1) * len(digits)), layout="constrained")
    parts = figure.subfigures(len(digits), 1, squeeze=False).ravel()
    for part, digit in zip(parts, digits, strict=True):
        grid = part.subplots(len(layers) + 1, SHOWN, height_ratios=[2] + [1] * len(layers))
        for axes in grid.ravel():
            axes.set_axis_off()
        grid[0, 0].imshow(digit, cmap="gray", vmin=0, vmax=1)
        for row, layer, (maps,) in zip(grid[1:], layers, inside.maps(digit[np.newaxis], layers), strict=True):
            for axes, number in zip(row, np.argsort(-maps.max(axis=(0, 1))), strict=False):
                axes.imshow(maps[..., number], cmap="gray", vmin=0, vmax=maps.max())
            row[0].text(-0.15, 0.5, str(layer.depth), transform=row[0].transAxes, ha="right", va="center")


def plot_filters(layer: Layer, digit: npt.NDArray, inside: Inside) -> None:
    """Show the filters of a first layer, orange where they look for ink and blue for none, each above its map."""
    assert layer.patterns is not None, "only a first layer's filters look at ink"
    (maps,) = inside.maps(digit[np.newaxis], [layer])
    _, grid = plt.subplots(2, layer.count, figsize=(WIDTH, 2.2 * WIDTH / layer.count), layout="constrained")
    for number, (above, below) in enumerate(grid.T):
        most = np.abs(layer.patterns[number]).max()
        above.imshow(layer.patterns[number], cmap=FOR_AND_AGAINST, vmin=-most, vmax=most)
        below.imshow(maps[0, ..., number], cmap="gray", vmin=0, vmax=maps.max())
        above.set(xticks=[], yticks=[])
        below.set_axis_off()


def plot_landscape(landscape: Landscape, drawings: npt.NDArray, places: npt.NDArray) -> None:
    """Plot a landscape with a path through places (n, 2); on the right, enlarged, with the drawings (n, 28, 28)."""
    _, (whole, part) = plt.subplots(1, 2, figsize=(WIDTH, WIDTH / 2), layout="constrained")
    for axes, size in ((whole, 3), (part, 14)):
        axes.scatter(landscape.points[:, 0], landscape.points[:, 1], s=size, color=PLAIN)
        axes.plot(places[:, 0], places[:, 1], "o-", color=WRONG, linewidth=1, markersize=size**0.5)
        for digit, (x, y) in enumerate(landscape.centres):
            axes.text(x, y, str(digit), fontsize=16, weight="bold", ha="center", va="center", clip_on=True)
        axes.set(xticks=[], yticks=[], aspect="equal")
    x, y = (places.min(axis=0) + places.max(axis=0)) / 2
    part.set(xlim=(x - NEAR, x + NEAR), ylim=(y + NEAR, y - NEAR))
    whole.invert_yaxis()
    for number, (digit, (x, y)) in enumerate(zip(drawings, places, strict=True)):
        picture = OffsetImage(1 - digit, cmap="gray", zoom=0.9)
        side = 5 if number % 2 else -5  # left and right of the way in turns
        box = AnnotationBbox(picture, (x, y), (x + side, y), pad=0, arrowprops={"arrowstyle": "-", "color": PLAIN})
        part.add_artist(box)
