"""Multiply matrices with products.wasm, whose vector instructions NumPy does not use in a browser."""

import numpy as np
import numpy.typing as npt

from mnist_helpers.recognition.inference import numpy_network

Floats = npt.NDArray[np.float32]

_by_numpy = numpy_network.multiplied


def install() -> None:
    """Have the network use products.wasm, where the browser knows its instructions."""
    import js

    if multiply := getattr(js.site, "multiply", None):

        def multiplied(rows: Floats, weights: Floats) -> Floats:
            (count, length), width = rows.shape, len(weights)
            if count % 4 or length < 4:
                return _by_numpy(rows, weights)
            rows, weights = (np.ascontiguousarray(each, np.float32) for each in (rows, weights))
            found = np.empty((count, width), np.float32)
            multiply(*map(_address, (rows, weights, found)), count, length, width)
            return found

        numpy_network.multiplied = multiplied


def _address(array: Floats) -> int:
    return array.__array_interface__["data"][0]
