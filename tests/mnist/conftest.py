"""A small MNIST in place of the real one, and an empty folder named by `MNIST_DIR`."""

from pathlib import Path

import pytest

from mnist_helpers.mnist.data import Sources
from tests.small_mnist import small_sources


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    return small_sources(tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: Sources) -> Path:
    """The empty folder that `MNIST_DIR` names."""
    path = tmp_path / "mnist"
    path.mkdir()
    monkeypatch.setenv("MNIST_DIR", str(path))
    return path
