"""Show many digit images side by side, for the notebooks."""

import numpy as np
import numpy.typing as npt

WIDTH = 9.0
"""Width of a figure in inches: as wide as a notebook shows without a scroll bar."""


def montage(digits: npt.NDArray, *, columns: int, gap: int = 1) -> npt.NDArray:
    """Join images (n, height, width) row by row, `gap` black pixels apart; n must be a multiple of `columns`."""
    height, width = digits.shape[1] + gap, digits.shape[2] + gap
    padded = np.pad(digits, ((0, 0), (0, gap), (0, gap))).reshape(-1, columns, height, width)
    return padded.swapaxes(1, 2).reshape(-1, columns * width)[:-gap, :-gap]


def show_montage(digits: npt.NDArray, *, columns: int, gap: int = 1, rows: list[str] | None = None) -> None:
    """Plot a montage as wide as the notebook, with a name before each row if given."""
    import matplotlib.pyplot as plt  # only the notebooks have it

    image = montage(digits, columns=columns, gap=gap)
    _, axes = plt.subplots(figsize=(WIDTH, WIDTH * image.shape[0] / image.shape[1]), layout="constrained")
    axes.imshow(image, cmap="gray", vmin=0)
    height = digits.shape[1] + gap
    axes.set(xticks=[], yticks=np.arange(len(rows or [])) * height + height / 2, yticklabels=rows or [])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
