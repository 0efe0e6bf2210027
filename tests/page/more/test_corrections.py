"""A person's corrections are kept, undone, stored by the browser and sent again by it."""

import html
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from mnist_helpers.page.dashboard import Dashboard
from mnist_helpers.page.more import corrections as module
from mnist_helpers.page.pad_reader import PadReader
from mnist_helpers.preprocessing.drawings_file import from_json
from tests.numbers import digits_of, number

SEVEN = (((250.4, 200.0), (590.0, 200.0), (400.0, 650.0)),)


@pytest.fixture
def dashboard() -> Dashboard:
    return Dashboard()


def asks(dashboard: Dashboard, **correction: object) -> None:
    dashboard.requests.value = json.dumps({"correction": correction})


def answer(dashboard: Dashboard) -> str:
    return dashboard.answer.reading.answer


def to_keep(dashboard: Dashboard) -> tuple[list[str], list[str]]:
    """The lines that the page is asked to store and to remove."""
    found = re.search(r'data-keep="([^"]*)" data-drop="([^"]*)"', dashboard.answer.value)
    assert found
    return tuple(json.loads(html.unescape(lines)) for lines in found.groups())  # type: ignore[return-value]


def meant(dashboard: Dashboard, drawing, digit: int) -> str:
    """Draw and correct; returns the line that the page stores."""
    dashboard.pad.show_drawing(drawing)
    asks(dashboard, meant=digit)
    ((line,), _) = to_keep(dashboard)
    return line


def test_a_visitor_who_corrects_nothing_pays_nothing(dashboard: Dashboard) -> None:
    dashboard.pad.show_drawing(SEVEN)
    dashboard.pad.undo()
    assert dashboard._corrections is None


def test_the_page_thanks_and_the_next_like_it_is_read_so(dashboard: Dashboard) -> None:
    line = meant(dashboard, SEVEN, 1)
    assert (
        answer(dashboard) == "1"
        and "as you told me" in dashboard.answer.value
        and "Thank you" in dashboard.answer.value
    )
    kept = from_json(line)
    assert (kept.label, kept.writer, kept.source) == ("1", "me", "page") and kept.drawing[0][0] == (250, 200)
    dashboard.pad.clear()
    assert "Thank you" not in dashboard.answer.value
    dashboard.pad.show_drawing((((240, 220), (570, 210), (400, 640)),))
    assert answer(dashboard) == "1"
    dashboard.pad.show_drawing(number("3"))
    assert answer(dashboard) == "3"


def test_the_selected_part_is_corrected_and_only_it_is_kept(dashboard: Dashboard) -> None:
    dashboard.pad.show_drawing(number("407"))
    dashboard.requests.value = '{"part": 1}'
    asks(dashboard, meant=6)
    assert answer(dashboard) == "467"
    ((line,), _) = to_keep(dashboard)
    assert len(from_json(line).drawing) == len(digits_of("407")[1])


def test_undo_takes_it_back_and_then_the_stroke(dashboard: Dashboard) -> None:
    line = meant(dashboard, SEVEN, 1)
    dashboard.pad.show_drawing((*SEVEN, ((600, 600), (700, 700))))
    dashboard._undo()
    assert answer(dashboard) == "1"
    dashboard._undo()
    assert answer(dashboard) == "7" and to_keep(dashboard) == ([], [line])
    dashboard._undo()
    assert dashboard.pad.drawing == ()


def test_a_new_correction_of_the_same_ink_replaces_the_old_one(dashboard: Dashboard) -> None:
    one = meant(dashboard, SEVEN, 1)
    asks(dashboard, meant=2)
    ((two,), dropped) = to_keep(dashboard)
    assert answer(dashboard) == "2" and dropped == [one]
    dashboard._undo()
    assert answer(dashboard) == "1" and to_keep(dashboard) == ([one], [two])


def test_what_the_browser_kept_is_known_on_the_next_visit(dashboard: Dashboard) -> None:
    lines = [meant(dashboard, SEVEN, 1), meant(dashboard, number("3"), 8)]
    another = Dashboard()
    another.pad.show_drawing(SEVEN)
    asks(another, kept={"lines": lines[1:], "first": True, "more": True})
    assert answer(another) == "7" and 'data-wants="1"' in another.answer.value
    asks(another, kept={"lines": lines[:1], "first": False, "more": False})
    assert answer(another) == "1" and "data-wants" not in another.answer.value
    assert [each.line for each in another.corrections.all] == lines
    asks(another, kept={"lines": [meant(dashboard, number("5"), 5)], "first": False, "more": True})
    assert 'data-wants="3"' in another.answer.value, "the page sees only what changes"
    asks(another, kept={"lines": [], "first": True, "more": False})
    assert answer(another) == "7"


@pytest.mark.parametrize(
    "line", ["", "7", "{}", '{"l":"x","s":[[[1,2],[3,4]]]}', '{"l":"12","s":[[[1,2],[3,4]]]}', '{"l":"1","s":[]}', None]
)
def test_a_kept_line_that_is_no_digit_is_left_out(dashboard: Dashboard, line: object) -> None:
    kept = meant(dashboard, SEVEN, 1)
    asks(dashboard, kept={"lines": [line, kept], "first": True})
    assert [each.line for each in dashboard.corrections.all] == [kept] and dashboard.message.value == ""


@pytest.mark.parametrize(
    "correction",
    [
        {"meant": 10},
        {"meant": True},
        {"meant": 1.0},
        {"meant": "1"},
        {"meant": None},
        {"meant": [1]},
        {"kept": 3},
        {"forget": 5},
        {"forget": False},
        {"x": 1},
    ],
)
def test_what_no_page_would_send_changes_nothing(dashboard: Dashboard, correction: dict) -> None:
    dashboard.pad.show_drawing(SEVEN)
    asks(dashboard, **correction)
    dashboard.requests.value = '{"correction": 7}'
    assert answer(dashboard) == "7" and dashboard.corrections.all == () and dashboard.message.value == ""


def test_on_an_empty_pad_or_a_dot_a_sentence_says_what_to_do(dashboard: Dashboard) -> None:
    asks(dashboard, meant=1)
    assert module.EMPTY_TEXT in dashboard.answer.value
    dashboard.pad.show_drawing((((400, 400),),))
    asks(dashboard, meant=1)
    assert module.NO_DIGIT_TEXT in dashboard.answer.value and dashboard.corrections.all == ()


def test_one_or_all_are_deleted_and_undo_brings_them_back(dashboard: Dashboard) -> None:
    lines = [meant(dashboard, SEVEN, 1), meant(dashboard, number("3"), 8)]
    asks(dashboard, forget=0)
    assert to_keep(dashboard) == ([], lines[:1]) and answer(dashboard) == "8"
    asks(dashboard, forget="all")
    assert to_keep(dashboard) == ([], lines[1:]) and answer(dashboard) == "3"
    dashboard._undo()
    assert to_keep(dashboard) == (lines[1:], []) and answer(dashboard) == "8"


def test_where_nothing_can_be_kept_it_is_said_and_counts_until_the_end(dashboard: Dashboard) -> None:
    meant(dashboard, SEVEN, 1)
    asks(dashboard, full=True)
    assert module.NOT_KEPT_TEXT in dashboard.answer.value and answer(dashboard) == "1"


def test_a_part_of_a_picture_counts_too_but_is_no_drawing_to_keep(dashboard: Dashboard) -> None:
    paper = np.full((200, 200), 255, np.uint8)
    paper[40:52, 50:150] = 0
    for row in range(40, 170):
        paper[row, int(140 - (row - 40) * 0.5) :][:12] = 0
    file = io.BytesIO()
    Image.fromarray(paper).save(file, "PNG")
    dashboard.pad.show_drawing((), file.getvalue())
    assert answer(dashboard) == "7"
    asks(dashboard, meant=1)
    assert answer(dashboard) == "1" and to_keep(dashboard) == ([], []) and module.PICTURE_TEXT in dashboard.answer.value


def test_only_so_many_are_remembered(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CORRECTIONS", 2)
    lines = [meant(dashboard, number(label), 0) for label in "123"]
    assert [each.line for each in dashboard.corrections.all] == lines[1:]


def test_another_network_is_corrected_too_and_the_one_before_no_longer(dashboard: Dashboard) -> None:
    meant(dashboard, SEVEN, 1)
    before, after = dashboard.reader, PadReader(dashboard.reader.recogniser)  # type: ignore[union-attr]
    dashboard.read_with(after, speaker="")
    assert answer(dashboard) == "1" and before and before.read(SEVEN, b"").answer == "7"


def test_the_section_shows_a_picture_of_each_and_saves_what_evaluate_reads(dashboard: Dashboard) -> None:
    dashboard.requests.value = '{"open": ["More", "Your drawings"]}'
    assert dashboard._more
    section = dashboard._more._built["Your drawings"].widget
    assert "Nothing yet" in section.value
    lines = [meant(dashboard, SEVEN, 1), meant(dashboard, number("3"), 8)]
    assert re.findall(r'alt="A (\d)"', section.value) == ["8", "1"] and "2 drawings" in section.value
    import base64

    (url,) = re.findall(r'download="my-drawings.jsonl" href="data:application/jsonl;base64,([^"]*)"', section.value)
    assert base64.b64decode(url).decode().splitlines() == lines
