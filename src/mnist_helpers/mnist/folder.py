"""Find MNIST in a user's folder or file: IDX files at any depth, an archive, Kaggle's CSV, Keras's `mnist.npz`.

All of these are converted to IDX files, whose SHA-256 must be MNIST's, so that no other data set is taken for MNIST.
"""

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

ADVICE = "Put MNIST's four files into that folder, or unset MNIST_DIR to have them downloaded."
OTHERS = {
    "fashion": "Fashion-MNIST",
    "emnist": "EMNIST",
    "qmnist": "QMNIST",
    "kmnist": "Kuzushiji-MNIST",
    "digit-recognizer": "Kaggle's competition, whose training file holds 42,000 digits in an order of its own",
}
"""Data sets with the format of MNIST, by a word in their path."""
FASHION_MD5 = {
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
}
"""MD5 of Fashion-MNIST's four files as they are distributed, gzipped (torchvision.datasets.FashionMNIST)."""
COMPETITION = "as in Kaggle's competition digit-recognizer, which has another order than MNIST"
CSV_COLUMNS = 1 + 28 * 28

Entry: TypeAlias = tuple[str, Callable[[], bytes]]
"""A path, within an archive too, and a function that reads it."""


class DataError(RuntimeError):
    """MNIST could not be loaded; the message says what was found or tried and what to do."""


def unpack_and_check(content: bytes, wanted: str, where: str) -> bytes:
    """Uncompress a file and check its SHA-256; raises `DataError` if it is another."""
    if hashlib.md5(content, usedforsecurity=False).hexdigest() in FASHION_MD5:
        raise DataError(f"{where} is Fashion-MNIST's, not MNIST's")
    try:
        content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{where} is truncated or damaged ({error})") from None
    found = hashlib.sha256(content).hexdigest()
    if found != wanted:
        raise DataError(
            f"{where} is truncated or altered{_other_set(where)} (its {len(content):,} bytes have the SHA-256 "
            f"{found[:12]}..., wanted {wanted[:12]}...)"
        )
    return content


def read_folder(named: str, sha256: Mapping[str, str]) -> dict[str, bytes]:
    """Read the four IDX files, by name, from the path in `MNIST_DIR`, in quotes or not.

    Raises `DataError`, with what was found there, if it does not hold MNIST.
    """
    folder = Path(named.strip().strip("\"'")).expanduser()
    if not folder.exists():
        raise DataError(f"MNIST_DIR names {folder}, which is not a folder. {ADVICE}")
    files: dict[str, bytes] = {}
    problems: list[tuple[str, str]] = []
    for where, read in _entries(folder, problems):
        if len(files) == len(sha256):
            break
        if len(files.keys() & (names := _names(where, sha256))) < len(names):
            try:
                files |= _files_in(where, read(), names, sha256, problems)
            except DataError as error:
                problems.append((where, str(error)))
            except (OSError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:  # RuntimeError: a password
                problems.append((where, f"{where} cannot be read ({error})"))
    if missing := [name for name in sha256 if name not in files]:
        raise DataError(f"{_problem(missing[0], problems, folder, sha256)}. {ADVICE}")
    return files


def _entries(folder: Path, problems: list[tuple[str, str]]) -> list[Entry]:
    """All files in a folder, or one file, archives opened; IDX files first, then `.npz`, then CSV, which is slow."""
    paths = [path for path in folder.rglob("*") if path.is_file()] if folder.is_dir() else [folder]
    entries: list[Entry] = []
    for path in sorted(paths):
        if path.suffix.lower() != ".zip":
            entries.append((str(path), path.read_bytes))
            continue
        try:
            with zipfile.ZipFile(path) as archive:
                entries += [(f"{path}/{member}", partial(_member, path, member)) for member in archive.namelist()]
        except (OSError, zipfile.BadZipFile) as error:
            problems.append((str(path), f"{path} cannot be read ({error})"))
    return sorted(entries, key=lambda entry: (".npz", ".csv").index(_end(entry[0])) if _is_table(entry[0]) else -1)


def _member(path: Path, member: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


def _end(where: str) -> str:
    return where[-4:].lower()


def _is_table(where: str) -> bool:
    return _end(where) in (".npz", ".csv")


def _names(where: str, sha256: Mapping[str, str]) -> set[str]:
    """The IDX files that a path may hold: one by its name, to which a browser may have added, or all for a table."""
    stem = Path(where).name.replace(".idx", "-idx")
    return (
        set(sha256) if _is_table(where) else {name for name in sha256 if stem.startswith(name.removesuffix("-ubyte"))}
    )


def _files_in(
    where: str, content: bytes, names: set[str], sha256: Mapping[str, str], problems: list[tuple[str, str]]
) -> dict[str, bytes]:
    """The IDX files of MNIST in one entry; other contents of a table are added to `problems`."""
    if not _is_table(where):
        (name,) = names
        return {name: unpack_and_check(content, sha256[name], f"{name} ({where})")}
    arrays = list(_npz_arrays(where, content) if _end(where) == ".npz" else _csv_arrays(where, content))
    by_digest = {hashlib.sha256(idx := _idx(array)).hexdigest(): idx for array in arrays}
    files = {name: by_digest[wanted] for name, wanted in sha256.items() if wanted in by_digest}
    if len(files) < len(by_digest):
        rows = " and ".join(f"{len(array):,}" for array in arrays[::2])
        competition = f", {COMPETITION}" if rows == "42,000" else ""
        problems.append((where, f"{where} holds {rows} digits that are not MNIST's{competition}{_other_set(where)}"))
    return files


def _npz_arrays(where: str, content: bytes) -> Iterator[npt.NDArray[np.uint8]]:
    """Images and labels of Keras's `mnist.npz`."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            yield from (np.asarray(arrays[name], np.uint8) for name in ("x_train", "y_train", "x_test", "y_test"))
    except (ValueError, KeyError, TypeError, EOFError, OverflowError, zipfile.BadZipFile) as error:
        raise DataError(f"{where} is not Keras's mnist.npz ({error})") from None


def _csv_arrays(where: str, content: bytes) -> Iterator[npt.NDArray[np.uint8]]:
    """Images and labels of a CSV file with a label and 784 values in each row, with or without a header."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    first = content.split(b"\n", 1)[0].split(b",")
    if len(first) != CSV_COLUMNS:
        competition = f", {COMPETITION}" if len(first) == CSV_COLUMNS - 1 else ""
        raise DataError(f"{where} has {len(first)} columns, not a label and 784 values{competition}")
    try:
        table = np.loadtxt(
            io.BytesIO(content), np.uint8, delimiter=",", skiprows=int(not first[0].isdigit()), ndmin=2, comments=None
        )
    except (ValueError, OverflowError) as error:
        raise DataError(f"{where} is not rows of whole numbers from 0 to 255 ({error})") from None
    yield table[:, 1:].reshape(-1, 28, 28)
    yield table[:, 0]


def _idx(values: npt.NDArray[np.uint8]) -> bytes:
    return bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.tobytes()


def _other_set(where: str) -> str:
    found = next((title for word, title in OTHERS.items() if word in where.lower()), "")
    return f": by its path it is {found}" if found else ""


def _problem(name: str, problems: list[tuple[str, str]], folder: Path, sha256: Mapping[str, str]) -> str:
    """Why a file is missing: a problem with a copy of it, otherwise with a table or archive."""
    own = [text for where, text in problems if name in _names(where, sha256) and not _is_table(where)]
    others = [text for where, text in problems if _is_table(where) or _end(where) == ".zip"]
    if own or others:
        return (own + others)[0]
    here = next((str(path) for path in folder.rglob("*") if _other_set(path.name)), str(folder))
    return f"MNIST_DIR names {folder}, which holds no {name}, plain, .gz or in a .zip{_other_set(here)}"
