"""MNIST is read in all formats in which it is distributed, and other data sets are named in the error."""

import gzip
import hashlib
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mnist_helpers.mnist.data import Sources, load_mnist
from mnist_helpers.mnist.folder import DataError
from tests.small_mnist import FILES, is_the_small_mnist

TRAIN_IMAGES = "train-images-idx3-ubyte"


def arrays() -> dict[str, np.ndarray]:
    """The small MNIST under Keras's names."""
    images = [np.frombuffer(content, np.uint8, offset=16).reshape(-1, 28, 28) for content in list(FILES.values())[::2]]
    labels = [np.frombuffer(content, np.uint8, offset=8) for content in list(FILES.values())[1::2]]
    return {"x_train": images[0], "y_train": labels[0], "x_test": images[1], "y_test": labels[1]}


def write_csv(path: Path, part: str, *, header: str = "", end: str = "\n") -> None:
    keras = arrays()
    rows = np.column_stack([keras[f"y_{part}"], keras[f"x_{part}"].reshape(-1, 784)])
    path.write_text(header + "".join(",".join(map(str, row)) + end for row in rows), newline="")


HEADER = "label," + ",".join(f"{row}x{column}" for row in range(1, 29) for column in range(1, 29)) + "\n"


@pytest.mark.parametrize(
    "header", ["", HEADER, "\ufeff" + HEADER, "\ufeff"], ids=["none", "names", "mark", "only mark"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_kaggle_s_csv_is_read(header: str, end: str, folder: Path, sources: Sources) -> None:
    for part in ("train", "test"):
        write_csv(folder / f"mnist_{part}.csv", part, header=header, end=end)
    assert is_the_small_mnist(sources)


def test_keras_s_npz_is_read(folder: Path, sources: Sources) -> None:
    np.savez(folder / "mnist.npz", **arrays())
    assert is_the_small_mnist(sources)


@pytest.mark.parametrize("inside", [
    "MNIST/raw", "datasets/hojjatk/mnist-dataset/versions/1", "datasets/oddrationale/mnist-in-csv/versions/2/raw",
])  # fmt: skip
def test_a_deep_folder_is_looked_through(inside: str, folder: Path, sources: Sources) -> None:
    (folder / inside).mkdir(parents=True)
    for name, content in FILES.items():
        (folder / inside / name).write_bytes(content)
    assert is_the_small_mnist(sources)


@pytest.mark.parametrize("name", ["{} (1).gz", "{}(2).gz", "{}.gz (1)", "{} - Copy.gz", "{}.gz.download", "{}.gz.txt"])
def test_a_name_that_a_browser_changed_is_known(name: str, folder: Path, sources: Sources) -> None:
    for each, content in FILES.items():
        (folder / name.format(each)).write_bytes(gzip.compress(content))
    assert is_the_small_mnist(sources)


@pytest.mark.parametrize("spelled", ['"{}"', "'{}'", " {} ", '"{}/"'])
def test_quotes_and_spaces_around_the_path_do_no_harm(
    spelled: str, folder: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(folder / "mnist.npz", **arrays())
    monkeypatch.setenv("MNIST_DIR", spelled.format(folder))
    assert is_the_small_mnist(sources)


@pytest.mark.parametrize("name", ["archive.zip", "archive (1).ZIP", "mnist.npz"])
def test_the_path_may_be_an_archive_itself(
    name: str, folder: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_DIR", str(folder / name))
    if name.endswith(".npz"):
        np.savez(folder / name, **arrays())
    else:
        with zipfile.ZipFile(folder / name, "w") as archive:
            for part in ("train", "test"):
                write_csv(folder / "csv", part)
                archive.write(folder / "csv", f"mnist_{part}.csv")
    assert is_the_small_mnist(sources)


def test_files_in_several_forms_make_one_mnist(folder: Path, sources: Sources) -> None:
    write_csv(folder / "mnist_train.csv", "train")
    for name in list(FILES)[2:]:
        (folder / name).write_bytes(FILES[name])
    assert is_the_small_mnist(sources)


def refused(sources: Sources) -> str:
    with pytest.raises(DataError) as caught:
        load_mnist(sources)
    assert "\n" not in str(caught.value) and "MNIST_DIR" in str(caught.value)
    return str(caught.value)


def test_kaggle_s_competition_is_distinguished_from_mnist(folder: Path, sources: Sources) -> None:
    (folder / "train.csv").write_text("label,pixel0\n".replace("pixel0", HEADER[6:-1]) + f"1{',0' * 784}\n" * 42_000)
    assert "train.csv holds 42,000 digits that are not MNIST's, as in Kaggle's competition" in refused(sources)


def test_the_competition_s_digits_without_labels_are_distinguished_from_mnist(folder: Path, sources: Sources) -> None:
    (folder / "test.csv").write_text(f"0{',0' * 783}\n")
    assert "test.csv has 784 columns, not a label and 784 values, as in Kaggle's competition" in refused(sources)


@pytest.mark.parametrize("inside, title", [
    ("FashionMNIST/raw", "Fashion-MNIST"), ("EMNIST/raw", "EMNIST"), ("QMNIST/raw", "QMNIST"), ("KMNIST", "Kuzushiji"),
])  # fmt: skip
def test_another_set_is_called_by_the_name_of_its_folder(
    inside: str, title: str, folder: Path, sources: Sources
) -> None:
    (folder / inside).mkdir(parents=True)
    for name, content in FILES.items():
        (folder / inside / name).write_bytes(content[:-1] + b"\xff")
    assert f"by its path it is {title}" in refused(sources)


@pytest.mark.parametrize("name", ["emnist-mnist-train-images-idx3-ubyte.gz", "qmnist-train-images-idx3-ubyte.gz"])
def test_another_set_is_called_by_the_name_of_its_files(name: str, folder: Path, sources: Sources) -> None:
    (folder / name).write_bytes(b"")
    assert f"by its path it is {name.partition('-')[0].upper()}" in refused(sources)


def test_fashion_mnist_is_known_by_its_content(folder: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    content = gzip.compress(b"trousers")
    monkeypatch.setattr("mnist_helpers.mnist.folder.FASHION_MD5", {hashlib.md5(content).hexdigest()})
    (folder / f"{TRAIN_IMAGES}.gz").write_bytes(content)
    assert "is Fashion-MNIST's, not MNIST's" in refused(sources)


def test_mnist_beside_another_set_is_found(folder: Path, sources: Sources) -> None:
    for inside, change in (("FashionMNIST", b"\xff"), ("MNIST", b"")):
        (folder / inside).mkdir()
        for name, content in FILES.items():
            (folder / inside / name).write_bytes(content + change)
    assert is_the_small_mnist(sources)


@pytest.mark.parametrize("altered", ["x_train", "y_train", "x_test", "y_test"])
def test_altered_arrays_are_refused_though_the_others_are_true(altered: str, folder: Path, sources: Sources) -> None:
    np.savez(folder / "mnist.npz", **(arrays() | {altered: arrays()[altered] + 1}))
    assert "mnist.npz holds 60 and 10 digits that are not MNIST's" in refused(sources)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"label,pixel\n", f"1{',0' * 783},x\n".encode()])
@pytest.mark.parametrize("name", ["mnist.npz", "mnist_train.csv", "archive.zip"])
def test_a_damaged_table_is_refused_in_one_sentence(name: str, content: bytes, folder: Path, sources: Sources) -> None:
    (folder / name).write_bytes(content)
    assert name in refused(sources)
