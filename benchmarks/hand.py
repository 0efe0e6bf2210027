"""A hand on the pad of a peer, at a person's speed, and how long the probabilities take to change."""

import itertools
import random
import time

from playwright.sync_api import CDPSession, Page

from benchmarks.peers import Peer
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing, Stroke
from tests.browser.hand import THREE

RATE = 60
"""Pointer events a second, as most browsers give."""
POINTS_BETWEEN = 12
APART = 8
"""Events of the path from one whose answer is waited for to the next."""
UNCHANGED = 2.0
"""Seconds to wait for a change before an event counts as having no effect."""
WATCH = """shown => {
  window.changes = []; window.moments = [];
  const now = () => window.changes.push(performance.now());
  const parts = () => [...document.querySelectorAll(shown)].map(one => one.outerHTML).join();
  let before = parts();
  new MutationObserver(() => { const after = parts(); if (after !== before) { before = after; now(); } })
    .observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  for (const type of ["pointermove", "pointerup"])
    addEventListener(type, event => window.moments.push(event.timeStamp), {capture: true});
}"""
TOOK = "() => window.changes.length ? window.changes[0] - window.moments.at(-1) : null"


class Hand:
    """A hand that draws on a peer's pad, by the browser's own pointer events."""

    def __init__(self, page: Page, peer: Peer) -> None:
        self._input: CDPSession = page.context.new_cdp_session(page)
        self.page, self._peer = page, peer
        box = page.locator(peer.pad.canvas).last.bounding_box()
        assert box, "there is no pad"
        self._box = box

    def event(self, kind: str, x: float, y: float, *, buttons: int = 1) -> None:
        """One event; `x` and `y` are shares of the pad's side."""
        at = {"x": self._box["x"] + x * self._box["width"], "y": self._box["y"] + y * self._box["height"]}
        pressed = {"button": "left", "buttons": buttons, "clickCount": 1}
        self._input.send("Input.dispatchMouseEvent", {"type": kind} | at | pressed)

    def draw(self, drawing: Drawing) -> float:
        """Draw at `RATE`, as far as the machine keeps up; seconds that the pen was down."""
        seconds = 0.0
        for places in map(path, drawing):
            started = due = time.perf_counter()
            self.event("mousePressed", *places[0])
            for place in places[1:]:
                due += 1 / RATE
                time.sleep(max(due - time.perf_counter(), 0))
                self.event("mouseMoved", *place)
            self.event("mouseReleased", *places[-1], buttons=0)
            seconds += time.perf_counter() - started
        return seconds

    def answer_times(self) -> list[float]:
        """Milliseconds from a pointer event to changed probabilities, for single events at random moments.

        A peer that answers when the pen is lifted gets a short stroke each time. Events without effect do not count.
        """
        chance, times = random.Random(1), []
        self.page.evaluate(WATCH, self._peer.shown)
        places = path(THREE[0])
        self.event("mousePressed", *places[0])
        for place in places[APART::APART]:
            if not self._peer.answers_while_drawing:
                self.event("mousePressed", *place)
            self.page.wait_for_timeout(chance.uniform(250, 350))
            self.page.evaluate("() => { window.changes = []; window.moments = []; }")
            self.event("mouseMoved", *place)
            if not self._peer.answers_while_drawing:
                self.event("mouseReleased", *place, buttons=0)
            latest = time.perf_counter() + UNCHANGED
            while time.perf_counter() < latest:
                if (took := self.page.evaluate(TOOK)) is not None:
                    times.append(took)
                    break
                time.sleep(0.02)
        self.event("mouseReleased", *places[-1], buttons=0)
        return times


def path(stroke: Stroke) -> list[tuple[float, float]]:
    """Places along a stroke, in shares of the pad's side."""
    shares = [
        (x / PAD_SIZE, y / PAD_SIZE) for x, y in stroke
    ]  # in the middle, which is all that Gradio gives to draw on
    parts = [part / POINTS_BETWEEN for part in range(POINTS_BETWEEN)]
    return [between(a, b, part) for a, b in itertools.pairwise(shares) for part in parts] + shares[-1:]


def between(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
