"""Plot accuracy, calibration, robustness and attribution maps, for the evaluation notebook."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap

from mnist_helpers.evaluation.montage import WIDTH
from mnist_helpers.recognition.calibration import Reliability
from mnist_helpers.recognition.recognition import OPPOSES, SUPPORTS

RIGHT, WRONG, NO_DIGIT, PLAIN = "seagreen", "crimson", "steelblue", "0.75"
FOR_AND_AGAINST = LinearSegmentedColormap.from_list(
    "for_and_against", np.array([OPPOSES, (255, 255, 255), SUPPORTS]) / 255
)
"""Colours of an attribution map, as on the page: orange ink speaks for the answer, blue ink against it."""
_COLUMNS = 8


def plot_predictions(
    digits: npt.NDArray,
    probabilities: npt.NDArray,
    *,
    labels: npt.NDArray | None = None,
    titles: Sequence[str] = (),
) -> None:
    """Show digit images (n, 28, 28), each above a bar chart of its ten probabilities (n, 10).

    A separate blue bar is the probability of the no-digit class. With `labels` (n,), the bar of the label is green and
    that of a wrong best digit red.
    """
    rows = -(-len(digits) // _COLUMNS)
    size = (WIDTH, (1.9 if titles else 1.65) * rows)
    _, grid = plt.subplots(
        2 * rows, _COLUMNS, figsize=size, height_ratios=[3, 1] * rows, layout="constrained", squeeze=False
    )
    cells = grid.reshape(rows, 2, _COLUMNS).swapaxes(1, 2).reshape(-1, 2)
    for place, (digit, ten) in enumerate(zip(digits, probabilities, strict=True)):
        above, below = cells[place]
        above.imshow(digit, cmap="gray", vmin=0, vmax=1)
        above.set_title(titles[place] if titles else "", fontsize=8)
        _bars(below, ten, None if labels is None else int(labels[place]))
    for axis in grid.ravel():
        axis.set_axis_off()


def _bars(axes: Axes, ten: npt.NDArray, label: int | None) -> None:
    best = int(ten.argmax())
    colors = {best: "0.4" if label is None else WRONG} | ({} if label is None else {label: RIGHT})
    axes.bar(range(10), ten, color=[colors.get(digit, PLAIN) for digit in range(10)])
    axes.bar(11, 1 - ten.sum(), color=NO_DIGIT)
    axes.plot([-0.5, 9.5, np.nan, 10.5, 11.5], [0] * 5, color=PLAIN, linewidth=1)
    axes.set(xlim=(-0.6, 11.6), ylim=(-0.03, 1))
    for digit, color in colors.items():
        axes.text(digit, -0.1, str(digit), color=color, ha="center", va="top", fontsize=7)


def plot_confusion(labels: npt.NDArray, guesses: npt.NDArray) -> None:
    """Show the confusion matrix of labels (n,) and best digits (n,); the diagonal, the correct ones, is left blank."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, guesses), 1)
    np.fill_diagonal(counts, 0)
    _, axes = plt.subplots(figsize=(WIDTH / 2, WIDTH / 2), layout="constrained")
    axes.imshow(counts, cmap="Reds", vmin=0)
    for row, column in np.argwhere(counts):
        ink = "white" if counts[row, column] > counts.max() / 2 else "black"
        axes.text(column, row, counts[row, column], ha="center", va="center", color=ink)
    axes.plot([-0.5, 9.5], [-0.5, 9.5], color=PLAIN, linewidth=1)
    axes.set(xticks=range(10), yticks=range(10), xlabel="read as", ylabel="meant")
    axes.tick_params(length=0)


def plot_reliability(found: Mapping[str, Reliability]) -> None:
    """Plot accuracy against confidence, one panel for each name; a point's area shows how many digits it stands for."""
    _, grid = plt.subplots(1, len(found), figsize=(WIDTH, WIDTH / 2), sharey=True, layout="constrained", squeeze=False)
    for axes, (name, each) in zip(grid[0], found.items(), strict=True):
        axes.plot([0, 1], [0, 1], color=PLAIN, linewidth=1)
        axes.vlines(each.confidence, each.confidence, each.accuracy, color=WRONG, linewidth=1)
        axes.scatter(each.confidence, each.accuracy, s=6 + 300 * each.count / each.count.sum(), color=WRONG, alpha=0.8)
        axes.set(title=f"{name}: off by {each.expected_calibration_error:.2%}", xlabel="how sure", aspect="equal")
    grid[0, 0].set(ylabel="how often right")


def plot_robustness(
    axes: Axes, amounts: Sequence[float], accuracies: Sequence[float], wanted: float, unit: str
) -> None:
    """Plot accuracy, from 0 to 1, against the amount of a distortion, with a red line at `wanted`.

    `unit` is the label of the horizontal axis.
    """
    axes.axhline(100 * wanted, color=WRONG, linewidth=1)
    axes.plot(amounts, 100 * np.asarray(accuracies), "o-", color="0.2", markersize=4)
    axes.set(xlabel=unit, ylim=(90, 100.3))


def plot_right_and_wrong(
    amounts: Sequence[float], right: Sequence[float], wrong: Sequence[float], unit: str, above: Axes, below: Axes
) -> None:
    """Plot accuracy in blue, and below it in orange what was answered wrong, against the amount of a distortion.

    Both are shares from 0 to 1. The grey line is 2 in 300. `unit` is the label of the horizontal axis.
    """
    blue, orange = np.array(OPPOSES) / 255, np.array(SUPPORTS) / 255
    above.plot(amounts, 100 * np.asarray(right), "o-", color=blue, markersize=4)
    below.axhline(200 / 300, color=PLAIN, linewidth=1)
    below.plot(amounts, 100 * np.asarray(wrong), "o-", color=orange, markersize=4)
    below.set(xlabel=unit)


def plot_shares(values: Mapping[str, float], *, label: str, low: float = 0.0) -> None:
    """Plot a bar for each name and share, from 0 to 1; up to twelve bars are labelled with their per cent."""
    if not values:
        return
    _, axes = plt.subplots(figsize=(WIDTH, 2.6), layout="constrained")
    bars = axes.bar(list(values), [100 * value for value in values.values()], color="0.4")
    if len(values) <= 12:
        axes.bar_label(bars, fmt="%.1f", fontsize=8)
    axes.set(ylabel=label, ylim=(100 * low, 100 + 8 * (1 - low)))
    axes.margins(x=0.01)


def plot_attribution(
    axes: Axes, digit: npt.NDArray, values: npt.NDArray, colors: str | Colormap = FOR_AND_AGAINST
) -> None:
    """Show a map (28, 28) of positive and negative values in the colours of `colors`, and the digit as an outline."""
    most = max(float(np.abs(values).max()), 1e-6)
    axes.imshow(values, cmap=colors, vmin=-most, vmax=most)
    axes.contour(digit, [0.5], colors="black", linewidths=0.7)
    axes.set_axis_off()
