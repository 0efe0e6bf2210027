"""In place of LAPACK, which takes 2 MB: linear equations as the page has them, by Gauss's elimination."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def solve1(matrices: Floats, values: Floats, signature: str = "") -> Floats:
    """Solve for the vectors of `values` (..., n)."""
    return solve(matrices, values[..., np.newaxis])[..., 0]


def solve(matrices: Floats, values: Floats, signature: str = "") -> Floats:
    """Solve for the columns of `values` (..., n, k); an infinite or NaN result stands for a singular matrix (n, n)."""
    count = values.shape[-2]
    rows = np.concatenate([matrices, values], axis=-1).astype(np.float64)
    of_each = rows.reshape(-1, *rows.shape[-2:])
    each = np.arange(len(of_each))
    for column in range(count):
        pivot = column + np.abs(of_each[:, column:, column]).argmax(axis=1)
        of_each[each, pivot], of_each[:, column] = of_each[:, column].copy(), of_each[each, pivot]
        of_each[:, column] /= of_each[:, column, column, np.newaxis]
        factors = of_each[:, :, column].copy()
        factors[:, column] = 0
        of_each -= factors[:, :, np.newaxis] * of_each[:, column, np.newaxis]
    return rows[..., count:]


def lstsq(matrix: Floats, values: Floats, rcond: float, signature: str = "") -> tuple[Floats, Floats, int, Floats]:
    """Solve by least squares: the solution, and in place of residuals, rank and singular values those of a good fit."""
    width = matrix.shape[1]
    return solve(matrix.T @ matrix, matrix.T @ values), np.zeros(0), width, np.ones(width)
