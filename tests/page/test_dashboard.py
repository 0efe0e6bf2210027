"""The dashboard connects pad, recogniser and views, and shows errors."""

import asyncio
import logging

import ipywidgets as widgets
import numpy as np
import pytest

from mnist_helpers.page.controls import EXAMPLE_SIZE
from mnist_helpers.page.dashboard import Dashboard
from mnist_helpers.page.pad import PAD_SIZE, PEN_WIDTHS
from mnist_helpers.preprocessing.raster import BLANK, DigitImage, rasterise, stages
from mnist_helpers.recognition.calibration import Calibration
from mnist_helpers.recognition.model_metadata import ModelError
from mnist_helpers.recognition.recognition import EMPTY, Recognition
from tests.numbers import number

STROKE = ((200.0, 200.0), (600.0, 210.0), (350.0, 700.0))


class FakeRecogniser:
    """Answers 7 for everything with ink, and records the drawings."""

    calibration = Calibration()

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.error: Exception | None = None

    def __call__(self, digit: DigitImage) -> Recognition:
        return Recognition(probabilities=(0.0,) * 7 + (1.0,) + (0.0,) * 2, answer=7) if digit.any() else EMPTY

    def recognise_many(self, drawings, digits, *, pad_size: float | None = None) -> list[Recognition]:
        self.asked += [tuple(tuple(map(tuple, stroke.tolist())) for stroke in each) for each in drawings]
        if self.error:
            raise self.error
        return [self(digit) for digit in digits]

    def probabilities_of(self, digits: np.ndarray) -> np.ndarray:
        return np.full((len(digits), 10), 0.1, np.float32)


@pytest.fixture
def recogniser() -> FakeRecogniser:
    return FakeRecogniser()


@pytest.fixture
def dashboard(recogniser: FakeRecogniser) -> Dashboard:
    return Dashboard(recogniser)  # type: ignore[arg-type]


def draw(dashboard: Dashboard, *points: tuple[float, float], lift: bool = True) -> None:
    canvas = dashboard.pad.children[0]
    first, *others = ([{"x": x, "y": y}] for x, y in points)
    events = [("touch_start", first), *(("touch_move", other) for other in others)]
    for event, touches in events + [("touch_end", [])] * lift:
        canvas._handle_frontend_event(canvas, {"event": event, "touches": touches}, [])


def tool(dashboard: Dashboard, name: str) -> widgets.Widget:
    """A button below the pad, or the list of pens, by its name."""
    (page,) = dashboard.widget.children
    _, tools = page.children[0].children
    (found,) = [each for each in tools.children if each.description == name]
    return found


def test_drawing_leads_to_an_answer_everywhere(dashboard: Dashboard) -> None:
    draw(dashboard, *STROKE)
    assert 'data-answer="7"' in dashboard.answer.value
    assert 'data-digit="7" data-probability="1.0000"' in dashboard.answer.value
    assert (dashboard.answer.digit == rasterise(dashboard.pad.drawing)).all()
    assert "stages" in dashboard.details.value and "drawing.jsonl" in dashboard.details.value
    assert dashboard.message.value == ""


def test_the_answer_comes_before_the_pen_lifts_and_the_details_after(
    dashboard: Dashboard, recogniser: FakeRecogniser
) -> None:
    draw(dashboard, *STROKE, lift=False)
    assert 'data-answer="7"' in dashboard.answer.value and dashboard.details.value == ""
    assert [len(stroke) for (stroke,) in recogniser.asked] == [2, 3], "a first point says nothing yet"


def test_a_dot_is_read_when_the_pen_lifts(dashboard: Dashboard, recogniser: FakeRecogniser) -> None:
    draw(dashboard, STROKE[0])
    assert [len(stroke) for (stroke,) in recogniser.asked] == [1]


def test_lifting_the_pen_does_not_recognise_the_same_drawing_again(
    dashboard: Dashboard, recogniser: FakeRecogniser
) -> None:
    draw(dashboard, *STROKE)
    dashboard.show_values.value = True
    assert len(recogniser.asked) == len(set(recogniser.asked)) and dashboard.pad.drawing in recogniser.asked


def test_a_digit_of_a_number_is_looked_at_when_the_page_asks_for_it() -> None:
    dashboard = Dashboard()
    dashboard.show_values.value = dashboard.show_importance.value = True
    dashboard.pad.show_drawing(number("407"))
    assert 'data-answer="407"' in dashboard.answer.value and dashboard.answer.recognition.answer == 7
    before = dashboard.details.value, dashboard.importance.value, dashboard.values.value
    dashboard.requests.value = '{"part": 0}'
    assert dashboard.answer.strokes == dashboard.pad.drawing[: len(number("4"))]
    assert dashboard.answer.recognition.answer == 4
    assert (dashboard.answer.digit == rasterise(dashboard.answer.strokes)).all()
    after = dashboard.details.value, dashboard.importance.value, dashboard.values.value
    assert [old == new for old, new in zip(before, after, strict=True)] == [False] * 3
    assert dashboard.details.details and dashboard.details.details.drawing == dashboard.pad.drawing


def test_an_empty_pad_shows_nothing(dashboard: Dashboard) -> None:
    dashboard.show_values.value = True
    draw(dashboard, *STROKE)
    dashboard.pad.clear()
    assert 'data-answer=""' in dashboard.answer.value and (dashboard.answer.digit == BLANK).all()
    assert not any(dashboard.answer.recognition.probabilities)
    assert dashboard.details.value == ""


def test_toggles_show_and_hide_their_view(dashboard: Dashboard) -> None:
    draw(dashboard, *STROKE)
    for toggle, view in ((dashboard.show_values, dashboard.values), (dashboard.show_importance, dashboard.importance)):
        assert view.value == ""
        toggle.value = True
        assert view.value
        toggle.value = False
        assert view.value == ""


def test_importance_does_not_stay_behind_when_the_drawing_changes(dashboard: Dashboard) -> None:
    draw(dashboard, *STROKE)
    dashboard.show_importance.value = True
    draw(dashboard, (100, 100), (700, 100), lift=False)
    assert dashboard.importance.value == ""


def test_a_failure_is_a_sentence_and_a_log_entry_and_the_next_drawing_works(
    dashboard: Dashboard, recogniser: FakeRecogniser, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("mnist_helpers.page.controls")
    logger.addHandler(caplog.handler)
    recogniser.error = KeyError("<recogniser>")
    draw(dashboard, *STROKE)
    logger.removeHandler(caplog.handler)
    assert 'role="alert"' in dashboard.message.value and "KeyError" in dashboard.message.value
    assert "Traceback" not in dashboard.message.value and "Traceback" in caplog.text
    assert len(dashboard.pad.drawing) == 1
    recogniser.error = None
    draw(dashboard, *STROKE)
    assert dashboard.message.value == "" and 'data-answer="7"' in dashboard.answer.value


def test_a_broken_network_is_reported_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ModelError("No network & no answer.")

    monkeypatch.setattr("mnist_helpers.page.dashboard.Recogniser", broken)
    dashboard = Dashboard()
    assert "No network &amp; no answer." in dashboard.message.value
    draw(dashboard, *STROKE)
    assert len(dashboard.pad.drawing) == 1


def test_the_pen_is_chosen_and_the_answer_stays(dashboard: Dashboard) -> None:
    draw(dashboard, *STROKE)
    recognition, digit = dashboard.answer.recognition, dashboard.answer.digit
    choice = tool(dashboard, "Width of the pen")
    choice.value = PEN_WIDTHS["Thick pen"]
    assert dashboard.pad.pen_width == PEN_WIDTHS["Thick pen"]
    assert dashboard.answer.recognition == recognition and (dashboard.answer.digit == digit).all()


def test_another_pen_changes_the_stages(dashboard: Dashboard, recogniser: FakeRecogniser) -> None:
    draw(dashboard, *STROKE)
    before, asked = dashboard.details.details, len(recogniser.asked)
    choice = tool(dashboard, "Width of the pen")
    choice.value = PEN_WIDTHS["Thick pen"]
    wanted = stages(dashboard.pad.drawing, pad_size=PAD_SIZE, pen_width=PEN_WIDTHS["Thick pen"])
    assert before is not None and dashboard.details.details is not None
    assert (dashboard.details.details.stages.drawn == wanted.drawn).all()
    assert (wanted.drawn != before.stages.drawn).any()
    assert len(recogniser.asked) == asked, "the answer was asked for again"


def test_an_example_is_drawn_in_the_middle_and_gets_an_answer(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mnist_helpers.page.pad.ANIMATION_INTERVAL", 0)

    async def run() -> None:
        tool(dashboard, "Example").click()
        await dashboard.pad._animation

    asyncio.run(run())
    xs, ys = zip(*(point for stroke in dashboard.pad.drawing for point in stroke), strict=True)
    assert max(np.ptp(xs), np.ptp(ys)) == pytest.approx(EXAMPLE_SIZE, abs=1)
    assert 'data-answer="7"' in dashboard.answer.value


def test_a_page_that_asks_again_gets_every_view(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(dashboard, *STROKE)
    sent = []
    monkeypatch.setattr(widgets.Widget, "send_state", lambda widget, key=None: sent.append(widget))
    dashboard.pad.resync_requests += 1
    assert {dashboard.answer, dashboard.details} <= set(sent)


def test_widgets_share_their_layout_and_style(recogniser: FakeRecogniser) -> None:
    created: list[widgets.Widget] = []
    widgets.Widget.on_widget_constructed(created.append)
    try:
        Dashboard(recogniser)  # type: ignore[arg-type]
    finally:
        widgets.Widget.on_widget_constructed(None)
    shown = [each for each in created if isinstance(each, widgets.DOMWidget)]
    assert len(shown) > 20 and len({each.layout for each in shown}) == 1
    styles = {each.style for each in shown if each.has_trait("style")}
    assert len(styles) == len({type(each) for each in styles})
