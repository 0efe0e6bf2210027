"""The pad's state is its drawing, whatever the pen does; events come in as the browser sends them."""

import asyncio
import json
import math
import re
from html import unescape
from importlib.resources import files

import pytest

from mnist_helpers.page.pad import MAX_POINTS, PAD_SIZE, DigitPad
from mnist_helpers.preprocessing.drawing import Point


class Pen:
    """A pen whose strokes reach the pad as pad.js sends them, with serial numbers and counts of points."""

    def __init__(self, pad: DigitPad) -> None:
        self.pad = pad
        self.number = self.count = 0
        self.canvas = pad.children[0]

    def _send(self, event: str, *points: Point) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self.canvas._handle_frontend_event(self.canvas, {"event": event, "touches": touches}, [])

    def down(self, point: Point, *others: Point, erases: bool = False) -> None:
        self.number, self.count = self.number + 1, 1 + len(others)
        self._send("touch_start", point, (self.number, int(erases)), *others)

    def move(self, *points: Point) -> None:
        self.count += len(points)
        self._send("touch_move", *points)

    def up(self, *points: Point) -> None:
        self.count += len(points)
        self._send("touch_end", (self.count, 0), *points)

    def up_with_a_hole(self) -> None:
        """Lose a point, so that the stroke has to be sent again with the same number."""
        self._send("touch_end", (self.count + 1, 0))
        self.number -= 1

    def ask_again(self) -> None:
        self._send("touch_cancel")

    def stroke(self, *points: Point, number: int | None = None) -> None:
        self.number = self.number if number is None else number - 1
        self.down(points[0])
        self.move(*points[1:])
        self.up()


@pytest.fixture
def pad() -> DigitPad:
    return DigitPad()


@pytest.fixture
def pen(pad: DigitPad) -> Pen:
    return Pen(pad)


def published(pad: DigitPad) -> dict[str, str]:
    """The attributes that the pad publishes to the page."""
    return {name: unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', pad.children[1].value)}


def test_a_new_pad_is_empty(pad: DigitPad) -> None:
    assert pad.drawing == () and not pad.is_drawing
    assert published(pad)["drawing"] == "[]" and published(pad)["received"] == "0"


def test_the_first_and_the_last_message_of_a_stroke_bring_points(pad: DigitPad, pen: Pen) -> None:
    pen.down((1, 2), (3, 4))
    assert pad.drawing == (((1, 2), (3, 4)),)
    pen.move((5, 6))
    pen.up((7, 8), (9, 10))
    assert pad.drawing == (((1, 2), (3, 4), (5, 6), (7, 8), (9, 10)),)
    assert published(pad)["received"] == "1"


def test_strokes_follow_each_other(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 2), (3, 4), (5, 6))
    pen.stroke((7, 8))
    assert pad.drawing == (((1, 2), (3, 4), (5, 6)), ((7, 8),))


def test_the_drawing_changes_while_the_pen_moves(pad: DigitPad, pen: Pen) -> None:
    seen = []
    pad.observe(lambda change: seen.append((pad.is_drawing, change.new)), "drawing")
    pen.stroke((1, 1), (2, 2), (3, 3))
    assert seen == [(True, (((1, 1),),)), (True, (((1, 1), (2, 2), (3, 3)),))]
    assert not pad.is_drawing


def test_moving_and_lifting_without_pressing_draws_nothing(pad: DigitPad, pen: Pen) -> None:
    pen.move((1, 1), (2, 2))
    pen.up()
    assert pad.drawing == () and published(pad)["received"] == "0"


def test_a_stroke_that_comes_twice_is_there_once(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2, 2))
    pen.stroke((3, 3), (4, 4))
    pen.stroke((1, 1), (2, 2), number=1)
    pen.stroke((3, 3), (4, 4), number=2)
    assert pad.drawing == (((1, 1), (2, 2)), ((3, 3), (4, 4))) and published(pad)["received"] == "2"


def test_incomplete_stroke_and_later_ones_are_dropped_until_resent(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((9, 9), (8, 8))
    pen.down((1, 1))
    pen.count += 1  # a point that got lost
    pen.move((3, 3))
    pen.up()
    pen.stroke((5, 5), (6, 6))
    assert pad.drawing == (((9, 9), (8, 8)),) and published(pad)["received"] == "1" and not pad.is_drawing
    pen.ask_again()
    pen.stroke((1, 1), (2, 2), (3, 3), number=2)
    pen.stroke((5, 5), (6, 6), number=3)
    assert pad.drawing == (((9, 9), (8, 8)), ((1, 1), (2, 2), (3, 3)), ((5, 5), (6, 6)))
    pad.undo()
    pad.undo()
    assert pad.drawing == (((9, 9), (8, 8)),), "a stroke that was dropped can be undone"


def test_a_stroke_whose_end_got_lost_is_not_mixed_with_the_next(pad: DigitPad, pen: Pen) -> None:
    pen.down((1, 1))
    pen.stroke((5, 5), (6, 6))
    assert pad.drawing == () and not pad.is_drawing
    pen.down((7, 7))
    pen.ask_again()
    pen.stroke((1, 1), (2, 2), number=1)
    assert pad.drawing == (((1, 1), (2, 2)),)


def test_clearing_counts_more_than_a_stroke_that_did_not_arrive(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2, 2))
    pen.down((5, 5))
    pad.clear()
    pen.ask_again()
    assert pad.drawing == () and not pad.is_drawing


def test_a_page_that_asks_again_gets_and_shows_everything(
    pad: DigitPad, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    painted: list[int] = []
    monkeypatch.setattr(pad.children[1], "send_state", lambda key: sent.append(key))
    monkeypatch.setattr(type(pen.canvas), "stroke_lines", lambda canvas, points: painted.append(len(points)))
    pen.stroke((1, 1), (2, 2), (3, 3))
    sent.clear()
    pen.ask_again()
    assert sent == ["value"] and painted == [3] and pad.resync_requests == 1


def test_points_beside_the_pad_are_put_on_its_edge(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((-50, 100), (PAD_SIZE + 1, PAD_SIZE + 900))
    assert pad.drawing == (((0, 100), (PAD_SIZE, PAD_SIZE)),)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_point_that_is_no_place_is_dropped(bad: float, pad: DigitPad, pen: Pen) -> None:
    pen.canvas._handle_frontend_event(pen.canvas, {"event": "client_ready"}, [])
    pen.stroke((bad, 1), (2, 2), (3, bad))
    pen.stroke((bad, bad))
    assert [point for stroke in pad.drawing for point in stroke] == [(2, 2)]


def test_the_mouse_events_that_ipycanvas_sends_do_nothing(pad: DigitPad, pen: Pen) -> None:
    for event in ("mouse_down", "mouse_move", "mouse_up", "mouse_out", "mouse_wheel"):
        pen.canvas._handle_frontend_event(pen.canvas, {"event": event, "x": 5, "y": 5}, [])
    assert pad.drawing == ()


def test_a_drawing_cannot_grow_without_end(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((0, 0), *((x % PAD_SIZE, 5) for x in range(3 * MAX_POINTS)))
    pen.stroke((1, 1), (2, 2))
    assert sum(map(len, pad.drawing)) <= MAX_POINTS + 1


def test_undo_and_redo_go_back_and_forth_through_everything(pad: DigitPad, pen: Pen) -> None:
    states = [pad.drawing]
    pen.stroke((1, 1), (2, 2))
    states.append(pad.drawing)
    pen.stroke((3, 3), (4, 4))
    states.append(pad.drawing)
    pad.clear()
    states.append(pad.drawing)
    for state in reversed(states[:-1]):
        pad.undo()
        assert pad.drawing == state
    pad.undo()
    assert pad.drawing == ()
    for state in states[1:]:
        pad.redo()
        assert pad.drawing == state
    pad.redo()
    assert pad.drawing == states[-1]


def test_a_new_stroke_forgets_what_was_undone(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2, 2))
    pad.undo()
    pen.stroke((5, 5), (6, 6))
    pad.redo()
    assert pad.drawing == (((5, 5), (6, 6)),)


def test_clearing_an_empty_pad_is_nothing_to_undo(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2, 2))
    pad.clear()
    pad.clear()
    pad.undo()
    assert pad.drawing == (((1, 1), (2, 2)),)


def test_showing_a_drawing_can_be_undone(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2, 2))
    pad.show_drawing([[(9, 9), (8, -8)]])
    assert pad.drawing == (((9, 9), (8, 0)),)
    pad.undo()
    assert pad.drawing == (((1, 1), (2, 2)),)


def test_the_page_learns_what_has_arrived(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2.25, 2))
    pen.down((3, 3))
    assert published(pad)["received"] == "1", "a stroke is confirmed before it has arrived"
    pen.up()
    state = published(pad)
    assert state["received"] == "2" and json.loads(state["drawing"]) == [[[1, 1], [2.2, 2]], [[3, 3]]]
    pad.pen_width = 30.0
    assert published(pad)["pen"] == "30"


def test_the_pen_does_not_change_the_drawing(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2, 2))
    before = pad.drawing
    pad.pen_width = 90.0
    assert pad.drawing == before


def test_nothing_is_painted_before_a_client_is_there_and_everything_for_each_new_one(
    pad: DigitPad, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    monkeypatch.setattr(type(pen.canvas), "stroke_lines", lambda canvas, points: painted.append(len(points)))
    pen.stroke((1, 1), (2, 2), (3, 3))
    assert painted == []
    for _ in range(2):
        pen.canvas._handle_frontend_event(pen.canvas, {"event": "client_ready"}, [])
    assert painted == [3, 3]
    pen.stroke((4, 4), (5, 5))
    assert painted == [3, 3, 2]


def test_a_dot_is_painted_as_a_line_with_a_length(pad: DigitPad, pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list = []
    monkeypatch.setattr(type(pen.canvas), "stroke_lines", lambda canvas, points: painted.append(points.tolist()))
    pen.canvas._handle_frontend_event(pen.canvas, {"event": "client_ready"}, [])
    pen.stroke((100, 100))
    ((start, end),) = painted
    assert 0 < math.dist(start, end) < 1


def test_it_draws_by_itself_stroke_by_stroke(pad: DigitPad) -> None:
    example = (((0, 0), (1, 1), (2, 2), (3, 3)), ((5, 5), (6, 6)))
    seen: list[int] = []
    pad.observe(lambda change: seen.append(sum(map(len, change.new))), "drawing")

    async def run() -> None:
        pad.animate(example)
        await pad._animation

    asyncio.run(run())
    assert pad.drawing == example and not pad.is_drawing
    assert seen == sorted(seen) and len(seen) >= 4


def test_a_pen_takes_over_from_the_hand(pad: DigitPad, pen: Pen) -> None:
    async def run() -> None:
        grown = asyncio.Event()
        pad.observe(lambda _: grown.set(), "drawing")
        pad.animate((tuple((x, x) for x in range(100)),))
        hand = pad._animation
        await grown.wait()
        pen.stroke((500, 500), (600, 600))
        await asyncio.wait([hand])

    asyncio.run(run())
    example, mine = pad.drawing
    assert len(example) < 100 and mine == ((500, 500), (600, 600))


def test_the_script_watches_the_pads_own_class(pad: DigitPad) -> None:
    script = files("mnist_helpers.page").joinpath("pointers.js").read_text()
    assert "digit-pad" in pad._dom_classes and ".digit-pad canvas" in script


def test_what_is_done_in_the_middle_of_a_stroke_concerns_the_strokes_before_it(pad: DigitPad, pen: Pen) -> None:
    first, second = ((1, 1), (2, 2)), ((5, 5), (6, 6), (7, 7))
    for act, before in ((pad.undo, ()), (pad.redo, (first,)), (pad.clear, ()), (pad.undo, (first,))):
        if not pen.number:
            pen.stroke(*first)
        pen.down(second[0])
        act()
        assert pad.drawing == (*before, second[:1]) and pad.is_drawing
        assert json.loads(published(pad)["drawing"]) == [[list(point) for point in stroke] for stroke in before]
        pen.move(*second[1:2])
        pen.up_with_a_hole()
        assert pad.drawing == before
    pen.stroke(*second, number=2)
    assert pad.drawing == (first, second) and published(pad)["received"] == "2"


def test_an_example_waits_for_no_pen_and_disturbs_none(pad: DigitPad, pen: Pen) -> None:
    async def run() -> None:
        pen.down((1, 1))
        pad.animate((((5, 5), (6, 6)),))
        await asyncio.sleep(0)
        pen.move((2, 2))
        pen.up()
        pen.stroke((3, 3), (4, 4))

    asyncio.run(run())
    assert pad.drawing == (((1, 1), (2, 2)), ((3, 3), (4, 4))) and published(pad)["received"] == "2"


def test_an_example_asked_for_twice_is_drawn_once(pad: DigitPad) -> None:
    async def run() -> None:
        pad.animate((((5, 5), (6, 6)),))
        pad.animate((((7, 7), (8, 8)),))
        await pad._animation

    asyncio.run(run())
    assert pad.drawing == (((7, 7), (8, 8)),)


def test_a_dropped_stroke_is_nothing_to_undo(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((1, 1), (2, 2))
    pen.down((5, 5))
    pen.up_with_a_hole()
    pad.undo()
    assert pad.drawing == ()
    pad.redo()
    pen.down((5, 5))
    pen.up_with_a_hole()
    pad.undo()
    assert pad.drawing == (), "a stroke that was dropped has forgotten what can be undone"


def test_an_eraser_takes_strokes_away_in_one_step_that_can_be_undone(
    pad: DigitPad, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    painted: list[int] = []
    monkeypatch.setattr(type(pen.canvas), "stroke_lines", lambda canvas, points: painted.append(len(points)))
    pen.canvas._handle_frontend_event(pen.canvas, {"event": "client_ready"}, [])
    left, middle, right = (((x, 100), (x, 200), (x, 300)) for x in (100, 300, 500))
    for stroke in (left, middle, right):
        pen.stroke(*stroke)
    painted.clear()
    pen.down((50, 150), erases=True)
    pen.move((200, 150))
    assert pad.drawing == (middle, right) and pad.is_drawing and painted == [3, 3]
    pen.move((250, 150))
    assert painted == [3, 3], "painted although nothing was erased"
    pen.move((350, 150))
    pen.up()
    assert pad.drawing == (right,) and not pad.is_drawing and published(pad)["received"] == "4"
    assert json.loads(published(pad)["drawing"]) == [[list(point) for point in right]]
    pad.undo()
    assert pad.drawing == (left, middle, right)
    pad.redo()
    assert pad.drawing == (right,)


def test_an_eraser_that_crosses_nothing_is_nothing_to_undo(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((100, 100), (100, 300))
    pen.down((500, 500), erases=True)
    pen.up()
    pad.undo()
    assert pad.drawing == () and published(pad)["received"] == "2"


def test_what_an_eraser_took_comes_back_if_its_way_has_a_hole(pad: DigitPad, pen: Pen) -> None:
    stroke = ((100, 100), (100, 300))
    pen.stroke(*stroke)
    pen.down((50, 200), erases=True)
    pen.move((150, 200))
    pen.up_with_a_hole()
    assert pad.drawing == (stroke,) and not pad.is_drawing


def test_a_full_pad_can_be_erased(pad: DigitPad, pen: Pen) -> None:
    pen.stroke((0, 5), *((x % PAD_SIZE, 5) for x in range(3 * MAX_POINTS)))
    pen.down((400, 0), erases=True)
    pen.move((400, 10))
    pen.up()
    assert pad.drawing == ()
