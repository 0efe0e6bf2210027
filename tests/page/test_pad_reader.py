"""Pictures that the page opens are shown, read and undone like drawings; another file changes nothing."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from mnist_helpers.page import pad_reader
from mnist_helpers.page.dashboard import Dashboard
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.page.pad_reader import MAX_PICTURE_SIDE
from mnist_helpers.preprocessing.picture import Picture, open_picture
from mnist_helpers.preprocessing.raster import resize_whole_pad
from mnist_helpers.recognition import reading
from tests.numbers import number

WIDTH, HEIGHT = 600, 200


def file_of(grey: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(grey).save(file, kind)
    return file.getvalue()


def picture_of(label: str, *, wide: int = WIDTH) -> bytes:
    """A number in the middle of white paper, three times as wide as high."""
    ink = resize_whole_pad(number(label), pad_size=560, pen_width=8, size=wide)
    middle = np.flatnonzero(ink.any(axis=1)).mean()
    top = int(middle) - wide // 6
    return file_of((255 * (1 - ink[top : top + wide // 3])).astype(np.uint8))


def ask(dashboard: Dashboard, picture: bytes | str) -> None:
    text = picture if isinstance(picture, str) else base64.b64encode(picture).decode()
    dashboard.requests.value = '{"picture": "' + text + '"}'


@pytest.fixture(scope="module")
def loaded() -> Dashboard:
    return Dashboard()


@pytest.fixture
def dashboard(loaded: Dashboard) -> Dashboard:
    loaded.pad.show_drawing(number("7"))
    return loaded


def test_a_picture_takes_the_place_of_the_drawing_and_undo_brings_it_back(dashboard: Dashboard) -> None:
    dashboard.show_importance.value = True
    ask(dashboard, picture_of("407"))
    assert 'data-answer="407"' in dashboard.answer.value and dashboard.pad.drawing == ()
    assert '<img alt="The picture"' in dashboard.pad._state.value
    assert dashboard.details.value.count("<figure>") == 4 and dashboard.importance.value
    assert "drawing.jsonl" not in dashboard.details.value
    for act, answer in (("clear", ""), ("undo", "407"), ("undo", "7"), ("redo", "407")):
        getattr(dashboard.pad, act)()
        assert f'data-answer="{answer}"' in dashboard.answer.value, act
    dashboard.show_importance.value = False


def test_a_stroke_takes_the_place_of_a_picture(dashboard: Dashboard) -> None:
    ask(dashboard, picture_of("42"))
    canvas = dashboard.pad.children[0]
    (stroke,) = number("7")
    for event, points in (("touch_start", stroke[:1]), ("touch_move", stroke[1:]), ("touch_end", ())):
        canvas._handle_frontend_event(canvas, {"event": event, "touches": [{"x": x, "y": y} for x, y in points]}, [])
    assert 'data-answer="7"' in dashboard.answer.value and "<img" not in dashboard.pad._state.value
    dashboard.pad.undo()
    assert 'data-answer="42"' in dashboard.answer.value and "<img" in dashboard.pad._state.value


def test_the_parts_of_a_picture_are_marked_where_it_lies_on_the_pad(dashboard: Dashboard) -> None:
    ask(dashboard, picture_of("407"))
    reading = dashboard.answer.reading
    assert reading
    low, high = PAD_SIZE * (0.5 - HEIGHT / WIDTH / 2), PAD_SIZE * (0.5 + HEIGHT / WIDTH / 2)
    assert all(low < part.box.top < PAD_SIZE / 2 < part.box.bottom < high for part in reading.parts)
    assert dashboard.answer.value.count("<i class=") == 3


def test_a_digit_of_a_picture_is_looked_at_when_the_page_asks_for_it(dashboard: Dashboard) -> None:
    ask(dashboard, picture_of("407"))
    assert dashboard.answer.recognition.answer == 4
    dashboard.requests.value = '{"part": 2}'
    assert dashboard.answer.recognition.answer == 7


def test_each_line_of_a_picture_has_its_own_row_of_digits(dashboard: Dashboard) -> None:
    upper, lower = (np.asarray(Image.open(io.BytesIO(picture_of(label)))) for label in ("407", "12"))
    ask(dashboard, file_of(np.vstack([upper, lower])))
    assert 'data-answer="407 12"' in dashboard.answer.value
    rows = re.findall(r"<div>(<button.*?)</div>", dashboard.answer.value)
    assert [re.findall(r">(\d)</button>", row) for row in rows] == [["4", "0", "7"], ["1", "2"]]


def test_the_stages_are_those_of_the_digit_that_is_looked_at(dashboard: Dashboard) -> None:
    ask(dashboard, picture_of("407"))
    first = dashboard.details.value
    dashboard.requests.value = '{"part": 1}'
    assert dashboard.details.value.count("<figure>") == 4 and dashboard.details.value != first


def test_a_picture_is_decoded_once(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def open_and_count(picture: bytes, **limits: int) -> Picture:
        opened.append(picture)
        return open_picture(picture, **limits)

    monkeypatch.setattr(pad_reader, "open_picture", open_and_count)
    monkeypatch.setattr(reading, "open_picture", open_and_count)
    ask(dashboard, picture_of("31"))
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        ("", "This is no picture that can be opened."),
        ("not base 64", "This is no picture that can be opened."),
        (b"%PDF-1.7", "cannot be opened"),
        (picture_of("7")[:200], "damaged"),
        (file_of(np.full((100, 100), 250, np.uint8)), "No ink was found."),
        (file_of(np.zeros((MAX_PICTURE_SIDE + 1, MAX_PICTURE_SIDE), np.uint8)), "too large"),
        (file_of(np.zeros((1, 900), np.uint8)), "at least 8 x 8"),
    ],
    ids=["nothing", "no base 64", "PDF", "cut short", "blank", "too large", "a line"],
)
def test_what_is_no_picture_is_reported_and_what_was_on_the_pad_stays(
    dashboard: Dashboard, picture: bytes | str, sentence: str
) -> None:
    ask(dashboard, picture)
    assert sentence in dashboard.message.value and "What is on the pad is kept." in dashboard.message.value
    assert 'data-answer="7"' in dashboard.answer.value and dashboard.pad.picture == b""
    dashboard.pad.clear()
    assert dashboard.message.value == ""
