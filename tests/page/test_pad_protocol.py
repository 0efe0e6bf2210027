"""Page and kernel agree on the drawing, whatever is drawn, pressed, or lost by the socket."""

import asyncio
import json
import re
from html import unescape

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mnist_helpers.page.history import UNDO_LIMIT
from mnist_helpers.page.pad import DigitPad
from mnist_helpers.preprocessing.drawing import Drawing, Point, without_crossed

STEPS = 40
POINTS = st.lists(st.tuples(*[st.integers(0, 80).map(lambda place: place * 10.0)] * 2), min_size=1, max_size=4)
EXAMPLE: Drawing = (((1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (4.0, 4.0)), ((5.0, 5.0), (6.0, 6.0)))


class Stroke:
    """A stroke that the page keeps until the kernel has confirmed it; `whole` if no message of it was lost."""

    def __init__(self, serial: int, points: list[Point], *, erases: bool, whole: bool) -> None:
        self.serial, self.points, self.erases, self.whole, self.lifted = serial, points, erases, whole, False


class PageAndKernel(RuleBasedStateMachine):
    """A model of pad.js, the pad in the kernel, and a socket between them that may lose messages in both directions.

    `timeline` holds the finished drawings that there should have been, `at` says which of them is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pad = DigitPad()
        self.loop = asyncio.new_event_loop()
        self.pending: list[Stroke] = []
        self.in_hand: Stroke | None = None
        self.is_sending = self.is_hearing = True
        self.confirmed = self.arrived = 0
        self.timeline: list[Drawing] = [()]
        self.at = 0

    def teardown(self) -> None:
        self.pad._stop_animation()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    # Page

    def send(self, event: str, *points: Point) -> None:
        if self.is_sending:
            touches = [{"x": x, "y": y} for x, y in points]
            canvas = self.pad.children[0]
            canvas._handle_frontend_event(canvas, {"event": event, "touches": touches}, [])
        elif self.in_hand:
            self.in_hand.whole = False

    def send_start(self, stroke: Stroke) -> None:
        first, *others = stroke.points
        self.send("touch_start", first, (stroke.serial, int(stroke.erases)), *others)

    def send_end(self, stroke: Stroke, *points: Point) -> None:
        self.send("touch_end", (len(stroke.points), 0), *points)

    @rule()
    def hear(self) -> None:
        if self.is_hearing:
            self.confirmed = int(self.published("received"))
            self.pending = [stroke for stroke in self.pending if stroke.serial > self.confirmed]

    def published(self, name: str) -> str:
        found = re.search(f'data-{name}="([^"]*)"', self.pad.children[1].value)
        assert found
        return unescape(found[1])

    @rule(points=POINTS, erases=st.booleans())
    def put_down(self, points: list[Point], erases: bool) -> None:
        if self.in_hand:
            return
        serial = (self.pending[-1].serial if self.pending else self.confirmed) + 1
        whole = self.is_sending and self.arrived == serial - 1
        self.in_hand = Stroke(serial, points, erases=erases, whole=whole)
        self.pending.append(self.in_hand)
        self.send_start(self.in_hand)

    @precondition(lambda self: self.in_hand)
    @rule(points=POINTS)
    def move(self, points: list[Point]) -> None:
        assert self.in_hand
        self.in_hand.points += points
        self.send("touch_move", *points)

    @precondition(lambda self: self.in_hand)
    @rule(points=POINTS | st.just([]))
    def lift(self, points: list[Point]) -> None:
        assert self.in_hand
        stroke = self.in_hand
        stroke.points += points
        self.send_end(stroke, *points)
        stroke.lifted, self.in_hand = True, None
        if stroke.whole:
            self.arrive(stroke)

    @precondition(lambda self: self.in_hand)
    @rule()
    def take_back(self) -> None:
        assert self.in_hand
        self.send("touch_end", (0, 0))
        self.pending.remove(self.in_hand)
        self.in_hand = None

    @rule(sends=st.booleans(), hears=st.booleans())
    def cut(self, sends: bool, hears: bool) -> None:
        self.is_sending, self.is_hearing = sends, hears

    @rule()
    def connect(self) -> None:
        self.is_sending = self.is_hearing = True
        self.resend()

    @rule()
    def resend(self) -> None:
        self.send("touch_cancel")
        self.hear()
        self.send_again()

    @precondition(lambda self: self.pending)
    @rule()
    def send_again(self) -> None:
        """Send all strokes that are not confirmed, whether or not they have arrived."""
        for stroke in self.pending:
            self.send_start(stroke)
            if stroke.lifted:
                self.send_end(stroke)
                if self.is_sending and stroke.serial > self.arrived:
                    self.arrive(stroke)
            elif self.is_sending:
                stroke.whole = True

    # What should be there

    def arrive(self, stroke: Stroke) -> None:
        assert stroke.serial == self.arrived + 1
        self.arrived = stroke.serial
        drawing = self.applied(stroke)
        if drawing != self.finished:
            self.turn_into(drawing)

    def applied(self, stroke: Stroke) -> Drawing:
        """The finished drawing after a stroke of ink or the path of an eraser."""
        points = tuple(stroke.points)
        if stroke.erases:
            return without_crossed(self.finished, points, reach=self.pad.pen_width / 2)
        return (*self.finished, points)

    def turn_into(self, drawing: Drawing) -> None:
        self.timeline = [*self.timeline[: self.at + 1], drawing][-1 - UNDO_LIMIT :]
        self.at = len(self.timeline) - 1

    @property
    def finished(self) -> Drawing:
        return self.timeline[self.at]

    # What is pressed

    @rule()
    def undo(self) -> None:
        if self.is_sending:
            self.pad.undo()
            self.at = max(self.at - 1, 0)

    @rule()
    def redo(self) -> None:
        if self.is_sending:
            self.pad.redo()
            self.at = min(self.at + 1, len(self.timeline) - 1)

    @rule()
    def clear(self) -> None:
        if self.is_sending:
            self.pad.clear()
            if self.finished:
                self.turn_into(())

    @rule(ticks=st.integers(0, 12))
    def example(self, ticks: int) -> None:
        """Draw all or a part of the example, or nothing if the pen is down."""
        if not self.is_sending:
            return
        is_free = self.pad._current is None
        self.loop.run_until_complete(self.animate(ticks))
        if not is_free:
            return
        if self.finished:
            self.turn_into(())
        for count in range(1, len(self.pad.drawing) + 1):
            self.turn_into(self.pad.drawing[:count])

    async def animate(self, ticks: int) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("mnist_helpers.page.pad.ANIMATION_INTERVAL", 0)
            self.pad.animate(EXAMPLE)
            for _ in range(ticks):
                await asyncio.sleep(0)

    # What must be true

    @invariant()
    def the_finished_drawing_is_right(self) -> None:
        if self.in_hand and self.in_hand.whole:
            assert self.pad.drawing == self.applied(self.in_hand)
        elif self.pad._current and self.pad._current.erases:
            assert set(self.pad.drawing) <= set(self.finished)
        else:
            assert self.pad.drawing[: len(self.finished)] == self.finished
        arrived = tuple(tuple(map(tuple, stroke)) for stroke in json.loads(self.published("drawing")))
        assert arrived == self.finished[: len(arrived)] and int(self.published("received")) == self.arrived

    @rule()
    def all_is_there_in_the_end(self) -> None:
        """After reconnecting both have the same drawing; undo leads back as far as it may, and redo forth again."""
        self.connect()
        self.hear()
        if self.in_hand:
            self.lift([])
            self.hear()
        assert self.pending == [] and self.pad.drawing == self.finished and not self.pad._current
        for wanted in self.timeline[self.at :: -1]:
            assert self.pad.drawing == wanted
            self.pad.undo()
        assert self.pad.drawing == self.timeline[0]
        for wanted in self.timeline[1 : self.at + 1]:
            self.pad.redo()
            assert self.pad.drawing == wanted


TestPageAndKernel = PageAndKernel.TestCase
TestPageAndKernel.settings = settings(
    max_examples=100, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None
)
