"""Read and write drawings files.

A drawings file holds one JSON object a line, gzipped or not:
`{"w": writer, "l": label, "s": [[[x, y], ...], ...], "set": source, "amb": true where it may pass for a digit}`,
with y pointing down, in any scale. Only `s`, the strokes, is required.
"""

import gzip
import json
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_helpers.preprocessing.drawing import Drawing

SAMPLES = Path(__file__).with_name("samples.jsonl")
"""The project's own drawings: every digit by seven made-up hands, in a pad of 560 units."""

_SIGNATURES = {
    b"\x89PNG\r\n": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"BM": "a picture (BMP)",
    b"II*\0": "a picture (TIFF)",
    b"MM\0*": "a picture (TIFF)",
    b"RIFF": "a picture or a sound (WebP, WAV)",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive, as .docx, .npz and .keras files are too",
    b"\x93NUMPY": "a NumPy array (.npy)",
    b"SQLite format": "an SQLite database",
    b"\xfd7zXZ": "an xz archive",
    b"BZh": "a bzip2 archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\0\0\x08": "an IDX file, as MNIST's are",
    b"\x89HDF": "an HDF5 file (.h5)",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"<svg": "a drawing in SVG",
    b"<?xml": "XML, as SVG is",
}
"""The first bytes of other kinds of files."""


class DrawingsFileError(ValueError):
    """A drawings file that cannot be read; the message names the file, the line and what was wanted."""


@dataclass(frozen=True, kw_only=True)
class LabelledDrawing:
    """A drawing, its label, its writer and its source.

    `ambiguous` is set for a letter or sign that may pass for a digit (an O, an l).
    """

    drawing: Drawing
    label: str = ""
    writer: str = ""
    source: str = ""
    ambiguous: bool = False


def read_drawings(*paths: Path | str) -> list[LabelledDrawing]:
    """Read drawings files, in order.

    Raises `DrawingsFileError` for a line that is no drawing, `FileNotFoundError` for a missing file.
    """
    return [drawing for path in paths for drawing in _read_file(Path(path))]


def write_drawings(path: Path | str, drawings: Iterable[LabelledDrawing]) -> None:
    """Write a drawings file, gzipped if its name ends in `.gz`."""
    text = "".join(to_json(drawing) + "\n" for drawing in drawings).encode()
    path = Path(path)
    path.write_bytes(gzip.compress(text, mtime=0) if path.suffix == ".gz" else text)


def digit_labels(drawings: Sequence[LabelledDrawing]) -> npt.NDArray[np.integer]:
    """The labels as numbers. Raises `ValueError` for one that is no digit, or without any drawing."""
    _require_labels(drawings, set("0123456789").__contains__, "a digit")
    return np.array([int(each.label) for each in drawings])


def number_labels(drawings: Sequence[LabelledDrawing]) -> list[str]:
    """The labels of whole numbers, one digit or more. Raises `ValueError` as `digit_labels` does."""
    _require_labels(drawings, lambda label: label.isascii() and label.isdigit(), "a digit or a number")
    return [each.label for each in drawings]


def kind_of(content: bytes) -> str:
    """The kind of a file with this content, such as "a PDF document"; "" if unknown."""
    return next((kind for signature, kind in _SIGNATURES.items() if content.startswith(signature)), "")


def to_json(labelled: LabelledDrawing) -> str:
    """One line of a drawings file, without the line break."""
    fields = {
        "w": labelled.writer,
        "l": labelled.label,
        "s": labelled.drawing,
        "set": labelled.source,
        "amb": labelled.ambiguous,
    }
    return json.dumps({key: value for key, value in fields.items() if value or key == "s"}, separators=(",", ":"))


def from_json(line: str) -> LabelledDrawing:
    """The drawing in a line of a drawings file; raises an error of one of several kinds if it is none."""
    fields = json.loads(line)
    drawing = tuple(tuple((float(x), float(y)) for x, y in stroke) for stroke in fields["s"])
    if not all(math.isfinite(value) for stroke in drawing for point in stroke for value in point):
        raise ValueError("a coordinate is not finite")
    return LabelledDrawing(
        drawing=drawing,
        label=str(fields.get("l", "")),
        writer=str(fields.get("w", "")),
        source=str(fields.get("set", "")),
        ambiguous=bool(fields.get("amb", False)),
    )


def _require_labels(drawings: Sequence[LabelledDrawing], is_wanted: Callable[[str], bool], wanted: str) -> None:
    if not drawings:
        raise ValueError("No drawing was given. Give a file with at least one drawing of a digit (--drawings FILE).")
    for number, each in enumerate(drawings, start=1):
        if not is_wanted(each.label):
            raise ValueError(
                f"Drawing {number} has the label {each.label!r}. Wanted {wanted}: give others as negatives."
            )


def _read_file(path: Path) -> Iterator[LabelledDrawing]:
    try:
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    except FileNotFoundError:
        raise FileNotFoundError(f"No drawings file at {path}. Give the path of a JSON-lines file of strokes.") from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DrawingsFileError(f"{path} cannot be read ({error}). Wanted JSON lines, gzipped or not.") from None
    yield from _parse_lines(path, _lines(path, content))


def _lines(path: Path, content: bytes) -> list[str]:
    """The lines of a file; raises `DrawingsFileError` for another kind of file."""
    if kind := kind_of(content):
        raise DrawingsFileError(f"{path} is {kind}. Wanted are drawings, JSON lines of strokes.")
    try:
        return content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DrawingsFileError(
            f"{path} cannot be read as text (byte {error.start} is not UTF-8). Wanted are drawings, JSON lines "
            "of strokes."
        ) from None


def _parse_lines(path: Path, lines: Iterable[str]) -> Iterator[LabelledDrawing]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield from_json(line)
            except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
                raise DrawingsFileError(
                    f"{path}, line {number}: {line[:60]!r} is no drawing ({type(error).__name__}: {error}). "
                    'Wanted {"l": label, "s": [[[x, y], ...], ...]} with finite numbers.'
                ) from None
