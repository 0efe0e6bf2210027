"""The panel "More" costs nothing before it is opened; a section is built when it is opened, and then updated."""

import ipywidgets as widgets
import pytest

from mnist_helpers.page.dashboard import Dashboard
from mnist_helpers.page.more import panel
from tests.numbers import number


class Section:
    """A section that records its updates."""

    built = 0

    def __init__(self, dashboard: Dashboard) -> None:
        Section.built += 1
        self.widget = widgets.HTML()
        Section.answers = []

    def show(self, reading, digit) -> None:
        Section.answers.append(reading.answer)


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    Section.built, Section.answers = 0, []
    monkeypatch.setattr(panel, "SECTIONS", {"Section": (__name__, "Section"), "Other": ("no_such_module", "Other")})
    return Dashboard()


def opens(dashboard: Dashboard, *names: str) -> None:
    dashboard.requests.value = '{"open": [' + ",".join(f'"{name}"' for name in names) + "]}"


def test_a_section_is_built_when_it_is_opened_and_only_once(dashboard: Dashboard) -> None:
    assert dashboard._more is None
    opens(dashboard, "More")
    assert dashboard._more and Section.built == 0
    for _ in range(2):
        opens(dashboard, "More", "Section")
        opens(dashboard, "More")
    assert Section.built == 1 and dashboard.message.value == ""


def test_a_section_gets_what_was_read_while_it_is_open_and_at_rest(dashboard: Dashboard) -> None:
    opens(dashboard, "More", "Section")
    dashboard.pad.show_drawing(number("407"))
    dashboard.pad.undo()
    assert Section.answers == ["", "407", ""]
    dashboard.pad.is_drawing = True
    dashboard.pad.show_drawing(number("7"))
    assert Section.answers == ["", "407", ""], "updated while the pen moves"
    dashboard.pad.is_drawing = False
    assert Section.answers[3:] == ["7"]


@pytest.mark.parametrize("closed", [("More",), ("Section",), ()])
def test_a_closed_section_gets_nothing_and_all_when_it_opens_again(dashboard: Dashboard, closed) -> None:
    opens(dashboard, "More", "Section")
    opens(dashboard, *closed)
    dashboard.pad.show_drawing(number("7"))
    assert Section.answers == [""]
    opens(dashboard, "More", "Section")
    assert Section.answers == ["", "7"]


def test_a_section_that_fails_is_a_sentence_and_the_page_goes_on(dashboard: Dashboard) -> None:
    opens(dashboard, "More", "Other")
    assert "Something went wrong (ModuleNotFoundError)" in dashboard.message.value
    dashboard.pad.show_drawing(number("7"))
    assert dashboard.answer.recognition.answer == 7


@pytest.mark.parametrize("names", ["7", "null", '{"a": 1}', "[[]]", '"More"'])
def test_what_is_no_list_of_names_opens_nothing(dashboard: Dashboard, names: str) -> None:
    dashboard.requests.value = f'{{"open": {names}}}'
    assert dashboard.message.value == "" and Section.built == 0


def test_a_page_that_asks_again_gets_what_the_sections_show(dashboard: Dashboard, monkeypatch) -> None:
    opens(dashboard, "More", "Section")
    sent = []
    monkeypatch.setattr(widgets.Widget, "send_state", lambda widget, key=None: sent.append(widget))
    dashboard.pad.resync_requests += 1
    assert dashboard._more and dashboard._more._built["Section"].widget in sent
