"""The command that reads pictures and drawings."""

import json

import pytest

from mnist_helpers.__main__ import main
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, write_drawings
from tests.numbers import number
from tests.pictures import encoded, picture


@pytest.fixture
def files(tmp_path):
    """A PNG, a JPEG and a drawings file of two numbers, by name."""
    (tmp_path / "a.png").write_bytes(encoded(picture("407 12")))
    (tmp_path / "b").write_bytes(encoded(picture("5"), "JPEG"))
    write_drawings(tmp_path / "c.jsonl", [LabelledDrawing(drawing=number(label)) for label in ("86", "31")])
    return [str(tmp_path / name) for name in ("a.png", "b", "c.jsonl")]


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_pictures_and_drawings_are_read_one_object_a_line(files, capsys):
    assert main(["read", *files]) == 0
    found = lines(capsys)
    assert [each["file"] for each in found] == [files[0], files[1], files[2], files[2]]
    assert [each["answer"] for each in found] == ["407 12", "5", "86", "31"]
    assert found[0].keys() == {"file", "answer", "best", "parts"}
    assert found[0]["parts"][0].keys() == {"box", "answer", "probability", "reason"}


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"<svg/>", b"\xff\xd8\xff\xe0", b"RIFF", None])
def test_a_file_that_cannot_be_read_is_reported_in_a_sentence_and_the_others_are_read(files, tmp_path, capsys, content):
    bad = tmp_path / "bad"
    _ = bad.mkdir() if content is None else bad.write_bytes(content)
    assert main(["read", str(bad), files[1], str(tmp_path / "missing")]) == 2
    printed = capsys.readouterr()
    assert json.loads(printed.out)["answer"] == "5"
    about_bad, about_missing = printed.err.splitlines()
    assert str(bad) in about_bad
    assert "There is no file" in about_missing and "missing" in about_missing
