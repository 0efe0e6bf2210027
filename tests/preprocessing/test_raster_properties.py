"""Properties of preprocessing that hold for every drawing, checked with Hypothesis."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import DrawingsFileError, LabelledDrawing, read_drawings, to_json
from mnist_helpers.preprocessing.raster import SIZE, rasterise
from mnist_helpers.preprocessing.stray_ink import without_stray_ink

ROUNDING = 2e-3
"""Of ink in [0, 1]."""
settings.register_profile("drawings", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("drawings")

points = st.tuples(st.integers(0, 560), st.integers(0, 560))
drawings = st.lists(st.lists(points, min_size=1, max_size=8), min_size=1, max_size=4)
numbers = st.floats() | st.integers() | st.none() | st.text(max_size=2) | st.booleans()
anything = st.recursive(numbers, lambda inner: st.lists(inner, max_size=4), max_leaves=20)


def assert_same(one: Drawing, other: Drawing) -> None:
    assert np.abs(rasterise(one) - rasterise(other)).max() <= ROUNDING


@given(drawings, points, st.floats(0.05, 50))
def test_place_and_size_change_nothing(drawing: Drawing, shift: tuple[int, int], scale: float) -> None:
    assert_same(drawing, [[(x * scale + shift[0], y * scale + shift[1]) for x, y in stroke] for stroke in drawing])


LINE = ((0, 0), (0, 50))


@pytest.mark.parametrize("dot", [((300, 0), (300, 5)), ((50, 0), (50, 1)), ((0, 100), (1, 100))])
@given(st.floats(0, 560), st.floats(0.05, 50))
def test_place_and_size_do_not_decide_what_is_a_stray_dot(
    dot: tuple[tuple[int, int], ...], shift: float, scale: float
) -> None:
    moved = [[(x * scale + shift, y * scale + shift) for x, y in stroke] for stroke in (LINE, dot)]
    assert len(without_stray_ink(moved)) == len(without_stray_ink((LINE, dot)))


@given(drawings, st.randoms(use_true_random=False))
def test_the_order_of_strokes_changes_nothing(drawing: Drawing, chance) -> None:
    assert_same(drawing, chance.sample(drawing, len(drawing)))


@given(drawings)
def test_the_direction_of_strokes_changes_nothing(drawing: Drawing) -> None:
    assert_same(drawing, [stroke[::-1] for stroke in drawing])


@given(drawings, st.integers(2, 4))
def test_doubled_points_change_nothing(drawing: Drawing, times: int) -> None:
    assert_same(drawing, [[point for point in stroke for _ in range(times)] for stroke in drawing])


@given(drawings)
def test_a_stroke_drawn_twice_changes_nothing(drawing: Drawing) -> None:
    assert_same(drawing, [*drawing, drawing[0]])


@given(st.lists(st.lists(st.tuples(st.floats(), st.floats()), max_size=5), max_size=4) | anything)
def test_whatever_comes_makes_a_digit_or_a_value_error(drawing) -> None:
    try:
        digit = rasterise(drawing)
    except ValueError:
        return
    assert digit.shape == (SIZE, SIZE) and digit.dtype == np.float32
    assert np.isfinite(digit).all() and digit.min() >= 0 and digit.max() <= 1


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drawings") / "file"


def assert_read_or_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        found = read_drawings(path)
    except DrawingsFileError as error:
        assert "\n" not in str(error) and str(path) in str(error)
        return
    assert all(isinstance(each, LabelledDrawing) for each in found)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\0\0\0\0\0\0\0", b'{"s":']))
def test_any_bytes_are_drawings_or_refused(path: Path, content: bytes, start: bytes) -> None:
    assert_read_or_refused(path, start + content)
    assert_read_or_refused(path, gzip.compress(start + content))


@given(st.data())
def test_a_drawings_file_that_was_damaged_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    content = bytearray(gzip.compress(to_json(LabelledDrawing(drawing=(((1.0, 2.0), (3.0, 4.0)),))).encode(), mtime=0))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert_read_or_refused(path, bytes(content))


@given(anything | st.dictionaries(st.sampled_from("swl"), anything))
def test_any_json_is_drawings_or_refused(path: Path, value) -> None:
    assert_read_or_refused(path, json.dumps({"s": value}).encode())
    assert_read_or_refused(path, json.dumps(value).encode())
