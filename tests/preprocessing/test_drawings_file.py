"""Drawings come back from a file as they went in, and a file that holds something else is refused by line number."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mnist_helpers.preprocessing.drawings_file import (
    SAMPLES,
    DrawingsFileError,
    LabelledDrawing,
    read_drawings,
    to_json,
    write_drawings,
)

SEVEN = LabelledDrawing(
    drawing=(((10.0, 10.5), (90.0, 8.0), (40.0, 140.0)), ((30.0, 70.0), (70.0, 68.0))),
    label="7",
    writer="someone",
    source="tests",
)
LETTER = LabelledDrawing(drawing=(((0.0, 0.0),),), label="l", ambiguous=True)
NOTHING = LabelledDrawing(drawing=())


@pytest.mark.parametrize("name", ["drawings.jsonl", "drawings.jsonl.gz"])
def test_what_is_written_is_read(name: str, tmp_path: Path) -> None:
    write_drawings(tmp_path / name, [SEVEN, LETTER, NOTHING])
    assert read_drawings(tmp_path / name) == [SEVEN, LETTER, NOTHING]
    assert (tmp_path / name).read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")


def test_several_files_are_read_in_order(tmp_path: Path) -> None:
    write_drawings(tmp_path / "one", [SEVEN])
    write_drawings(tmp_path / "two", [LETTER])
    assert read_drawings(tmp_path / "two", tmp_path / "one") == [LETTER, SEVEN]


def test_only_the_strokes_are_required(tmp_path: Path) -> None:
    (tmp_path / "file").write_text('{"s": [[[1, 2], [3, 4]]], "unknown": 5}')
    assert read_drawings(tmp_path / "file") == [LabelledDrawing(drawing=(((1.0, 2.0), (3.0, 4.0)),))]


def test_empty_lines_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xef\xbb\xbf" + f"{to_json(SEVEN)}\r\n\r\n{to_json(LETTER)}\r\n".encode())
    assert read_drawings(tmp_path / "file") == [SEVEN, LETTER]


def test_a_line_separator_inside_a_name_does_not_end_the_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(json.dumps({"w": "a\u2028b", "s": [[[1, 2]]]}, ensure_ascii=False), encoding="utf-8")
    assert read_drawings(tmp_path / "file")[0].writer == "a\u2028b"


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[1, 2]",
        "7",
        '{"l": "7"}',
        '{"s": 5}',
        '{"s": [[1, 2], [3, 4]]}',
        '{"s": [[[1, 2, 3]]]}',
        '{"s": [[[1, null]]]}',
        '{"s": [[[1, NaN]]]}',
        '{"s": [[[1, 1e999]]]}',
        '{"s": [[[1, 1' + "0" * 400 + "]]]}",
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_drawing_is_named_by_its_number(line: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(f"{to_json(SEVEN)}\n{line}\n")
    with pytest.raises(DrawingsFileError, match=r"file, line 2: .* is no drawing .*Wanted") as caught:
        read_drawings(tmp_path / "file")
    assert len(str(caught.value)) < 500 and "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"No drawings file at .*nowhere\.jsonl"):
        read_drawings(tmp_path / "nowhere.jsonl")


def test_a_truncated_gzip_a_folder_and_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "truncated").write_bytes(gzip.compress(to_json(SEVEN).encode())[:-12])
    (tmp_path / "bytes").write_bytes(b"{\xff\xfe\x00")
    for path in (tmp_path / "truncated", tmp_path / "bytes", tmp_path):
        with pytest.raises(DrawingsFileError, match="cannot be read"):
            read_drawings(path)


@pytest.mark.parametrize(
    "content, kind",
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", r"a picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", r"a picture \(JPEG\)"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"PK\x03\x04\x14\0", "a zip archive"),
        ('{"s": []}'.encode("utf-16"), "text in UTF-16"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_is_no_text_is_called_by_what_it_is(
    pack: Callable[[bytes], bytes], content: bytes, kind: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(pack(content))
    with pytest.raises(DrawingsFileError, match=rf"file is {kind}.*Wanted are drawings, JSON lines of strokes"):
        read_drawings(tmp_path / "file")


def test_the_samples_hold_every_digit_by_each_of_seven_hands() -> None:
    samples = read_drawings(SAMPLES)
    assert {(sample.writer, sample.label) for sample in samples} == {
        (f"project-{hand}", str(digit)) for hand in range(1, 8) for digit in range(10)
    }
    for sample in samples:
        points = [point for stroke in sample.drawing for point in stroke]
        assert 25 <= len(points) <= 60, sample.writer
        assert all(0 <= value <= 560 for point in points for value in point), sample.writer
