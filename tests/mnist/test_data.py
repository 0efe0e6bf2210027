"""MNIST is found in every layout that people have it in, and wrong bytes are never used."""

import gzip
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.mnist.data import DataError, Sources, load_mnist
from tests.small_mnist import FILES, cached, is_the_small_mnist

TRAIN_IMAGES = "train-images-idx3-ubyte"


def test_the_true_mnist_is_loaded() -> None:
    mnist = load_mnist()
    assert mnist.train_images.shape == (60_000, 28, 28) and mnist.test_images.shape == (10_000, 28, 28)
    assert mnist.train_images.dtype == np.uint8 and mnist.train_images.max() == 255
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(mnist.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_importing_reads_no_network_starts_no_process_and_writes_nothing() -> None:
    watch = """
import sys
def hook(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event in {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.mkdir", "os.rename"}:
        print(event, arguments)
sys.addaudithook(hook)
import mnist_helpers.mnist.data
"""
    done = subprocess.run([sys.executable, "-B", "-c", watch], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


# In a folder that the user names


def plain(folder: Path, name: str) -> None:
    (folder / name).write_bytes(FILES[name])


def kaggle_nested(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / name).write_bytes(FILES[name])


def kaggle_flat(folder: Path, name: str) -> None:
    (folder / name.replace("-idx", ".idx")).write_bytes(FILES[name])


def gzipped(folder: Path, name: str) -> None:
    (folder / f"{name}.gz").write_bytes(gzip.compress(FILES[name]))


def one_zip(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / "archive.zip", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/{name}", FILES[name])


def zipped_flat_and_gzipped(folder: Path, name: str) -> None:
    with zipfile.ZipFile(folder / "archive.zip", "a") as archive:
        archive.writestr(name.replace("-idx", ".idx") + ".gz", gzip.compress(FILES[name]))


LAYOUTS = [plain, kaggle_nested, kaggle_flat, gzipped, one_zip, zipped_flat_and_gzipped]


@pytest.mark.parametrize("put", LAYOUTS)
def test_each_layout_is_read_as_it_is(put: Callable[[Path, str], None], folder: Path, sources: Sources) -> None:
    for name in FILES:
        put(folder, name)
    assert is_the_small_mnist(sources)
    assert not cached(sources)


@pytest.mark.parametrize("put", LAYOUTS)
def test_altered_bytes_in_the_named_folder_are_refused_though_the_cache_has_true_ones(
    put: Callable[[Path, str], None], folder: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources.cache.mkdir()
    for name in FILES:
        plain(sources.cache, name)
    monkeypatch.setitem(FILES, TRAIN_IMAGES, FILES[TRAIN_IMAGES][:-1] + b"\xff")
    for name in FILES:
        put(folder, name)
    with pytest.raises(DataError, match=r"^train-images.*truncated or altered.*SHA-256.*unset MNIST_DIR"):
        load_mnist(sources)


def test_a_truncated_file_is_refused(folder: Path, sources: Sources) -> None:
    for name, content in FILES.items():
        (folder / name).write_bytes(content[:-9])
    with pytest.raises(DataError, match="truncated or altered"):
        load_mnist(sources)


@pytest.mark.parametrize("ending", [".gz", ".zip"])
def test_a_truncated_archive_is_refused(ending: str, folder: Path, sources: Sources) -> None:
    for name in FILES:
        (gzipped if ending == ".gz" else one_zip)(folder, name)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=rf"{ending}\)? (is truncated|cannot be read)"):
        load_mnist(sources)


def test_a_true_copy_beside_an_altered_one_is_used(folder: Path, sources: Sources) -> None:
    for name in FILES:
        kaggle_flat(folder, name)
        (folder / f"{name}.gz").write_bytes(b"altered")
    assert is_the_small_mnist(sources)


def test_a_missing_file_is_named(folder: Path, sources: Sources) -> None:
    plain(folder, TRAIN_IMAGES)
    with pytest.raises(DataError, match=r"holds no train-labels-idx1-ubyte"):
        load_mnist(sources)


def test_a_named_folder_that_is_not_there_is_an_error(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match=r"MNIST_DIR names .*nowhere, which is not a folder"):
        load_mnist(sources)
