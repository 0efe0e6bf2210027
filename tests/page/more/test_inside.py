"""The section "Inside" shows feature maps, the chosen one, and the reason if a network cannot be shown."""

import re

import numpy as np
import pytest

from mnist_helpers.page.dashboard import Dashboard
from mnist_helpers.page.more.inside import InsideView
from mnist_helpers.page.more.layers_html import brightness
from mnist_helpers.page.more.lens_html import pattern_text
from mnist_helpers.recognition.recogniser import Recogniser
from tests.numbers import number


@pytest.fixture
def dashboard() -> Dashboard:
    made = Dashboard()
    made.requests.value = '{"open": ["More", "Inside"]}'
    assert made.message.value == ""
    return made


def section(dashboard: Dashboard) -> InsideView:
    assert dashboard._more
    (found,) = dashboard._more._built.values()
    assert isinstance(found, InsideView)
    return found


def chosen(dashboard: Dashboard, asked: str) -> str:
    dashboard.requests.value = f'{{"map": {asked}}}'
    assert dashboard.message.value == ""
    return section(dashboard)._lens.value


def test_each_layer_has_a_field_for_each_map_and_pictures_once_there_is_ink(dashboard: Dashboard) -> None:
    view = section(dashboard)
    assert view._layers.value.count("data-map=") == 12 + 24 + 44 + 44 + 112 + 112 + 11 + 24 + 48 + 128 + 96 + 11
    assert view._pictures.value == "" and "Draw a digit" in view._lens.value
    dashboard.pad.show_drawing(number("7"))
    assert view._pictures.value.count("--maps:url(") == 12 and 'data-where="7"' in view._pictures.value
    fields, before = view._layers.value, view._pictures.value
    dashboard.pad.show_drawing(number("4"))
    assert view._pictures.value != before and view._layers.value == fields, "a field would lose the focus"
    dashboard.pad.clear()
    assert view._pictures.value == ""


def test_nothing_changes_while_the_pen_moves(dashboard: Dashboard) -> None:
    view = section(dashboard)
    dashboard.pad.is_drawing = True
    dashboard.pad.show_drawing(number("7"))
    assert view._pictures.value == ""
    dashboard.pad.is_drawing = False
    assert view._pictures.value != ""


def test_a_chosen_map_stays_chosen_and_follows_the_drawing(dashboard: Dashboard) -> None:
    assert "Draw a digit" in chosen(dashboard, "[0, 3]")
    dashboard.pad.show_drawing(number("7"))
    first = section(dashboard)._lens.value
    assert "Network A, layer 1, map 4." in first and "It looks for" in first and "data-excites" in first
    dashboard.pad.show_drawing(number("4"))
    second = section(dashboard)._lens.value
    assert 'data-chosen="0-3"' in second and second != first
    assert "Network B, layer 5, score of 7." in chosen(dashboard, "[11, 7]")


@pytest.mark.parametrize("asked", ["[0, 12]", "[12, 0]", "[-1, 0]", "[0]", '"0-3"', "null", "[0.0, 1]", "[true, {}]"])
def test_what_is_no_map_is_ignored(dashboard: Dashboard, asked: str) -> None:
    dashboard.pad.show_drawing(number("7"))
    assert "data-chosen" not in chosen(dashboard, asked)


def test_a_network_with_unknown_layers_is_reported_in_a_sentence(dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Recogniser, "network_file", b"of another kind")
    view = section(dashboard)
    view._recogniser = None
    dashboard.pad.show_drawing(number("7"))
    assert "The inside of this network cannot be shown: " in view._lens.value
    assert view._layers.value == view._pictures.value == "" and dashboard.message.value == ""


def test_the_table_says_what_the_members_say(dashboard: Dashboard) -> None:
    dashboard.pad.show_drawing(number("7"))
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", section(dashboard)._pictures.value)
    assert [name for name, _ in rows] == ["Network A", "Network B", "Mean"]
    for _, cells in rows:
        per_cent = [int(value) for value in re.findall(r"<td>(\d+)</td>", cells)]
        assert len(per_cent) == 11 and 95 <= sum(per_cent) <= 105 and np.argmax(per_cent) == 7


@pytest.mark.parametrize(
    "pattern, text",
    [
        ([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], "ink above, and none opposite"),
        ([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], "ink on the right, and none opposite"),
        ([[-1, -1, 0], [-1, 0, 1], [0, 1, 1]], "ink below and on the right, and none opposite"),
        ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], "ink in its middle"),
        ([[1, 1, 1], [1, -8, 1], [1, 1, 1]], "a gap in its middle"),
    ],
)
def test_filters_are_described_in_words(pattern: list[list[int]], text: str) -> None:
    assert pattern_text(np.array(pattern, float)) == text


def test_the_brightest_point_is_white_and_nothing_is_black() -> None:
    assert brightness(np.array([0.0, 1.0, 4.0])).tolist() == [0, 128, 255]
    assert brightness(np.zeros(2)).tolist() == [0, 0] and brightness(np.array([-2.0, 2.0])).tolist() == [0, 255]
