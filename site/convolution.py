"""Compute convolutions with convolution.wasm, which uses vector instructions; NumPy does not in a browser."""

import numpy as np
import numpy.typing as npt

from mnist_helpers.recognition.inference import numpy_network

Floats = npt.NDArray[np.float32]

PLACES_AT_ONCE = 4
"""convolution.wasm computes four points of the maps together; NumPy does maps of any other number of points."""

_by_numpy = numpy_network.convolved


def install() -> None:
    """Have the network use convolution.wasm, where the browser knows its instructions."""
    import js

    if convolve := getattr(js.site, "convolve", None):

        def convolved(image: Floats, filters: Floats, bias: Floats, least: float, steps: tuple[int, int]) -> Floats:
            count, rows, columns, channels = filters.shape
            images, height, width = image.shape[0], image.shape[1] - rows + 1, image.shape[2] - columns + 1
            if steps != (1, 1) or images * height * width % PLACES_AT_ONCE:
                return _by_numpy(image, filters, bias, least, steps)
            arrays = [np.ascontiguousarray(each, np.float32) for each in (image, filters, np.broadcast_to(bias, count))]
            maps = np.empty((images, height, width, count), np.float32)
            convolve(*map(_address, (*arrays, maps)), *maps.shape[:3], channels, count, rows, columns, least)
            return maps

        numpy_network.convolved = convolved


def _address(array: Floats) -> int:
    return array.__array_interface__["data"][0]
