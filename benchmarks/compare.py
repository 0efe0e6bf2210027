"""Measure the page and two alternatives to it, in one run on one machine.

python -m benchmarks.install        # once: each into an environment of its own
python -m benchmarks.compare        # prints a table, and saves results/compare.json and compare.png
"""

import itertools
import json
import platform
import random
import shutil
import statistics
import sys
import time
from datetime import date
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.install import RESULTS
from benchmarks.peers import PEERS, Peer, Running, running
from benchmarks.report import picture, table, training_line
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing, Stroke
from tests.browser.conftest import FLAGS
from tests.browser.hand import THREE

VISITS, MORE_VISITORS = 3, 2
RATE = 60
"""Pointer events a second, as most browsers give."""
POINTS_BETWEEN = 12
UNCHANGED = 2.0
"""Seconds without a change after which an event counts as without effect."""
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


SHOWN = """part => {
  const last = [...document.querySelectorAll(part)].at(-1);
  return last && last.checkVisibility() && last.getBoundingClientRect().width > 0;
}"""
TOOK = "() => window.changes.length ? window.changes[0] - window.moments.at(-1) : null"


class Hand:
    """A hand that draws on a peer's pad, by the browser's own pointer events."""

    def __init__(self, page: Page, peer: Peer) -> None:
        self._input: CDPSession = page.context.new_cdp_session(page)
        self._page, self._peer = page, peer
        box = page.locator(peer.pad).last.bounding_box()
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
        self._page.evaluate(WATCH, self._peer.shown)
        places = path(THREE[0])
        self.event("mousePressed", *places[0])
        for place in places[3::3]:
            if not self._peer.answers_while_drawing:
                self.event("mousePressed", *place)
            self._page.wait_for_timeout(chance.uniform(250, 350))
            self._page.evaluate("() => { window.changes = []; window.moments = []; }")
            self.event("mouseMoved", *place)
            if not self._peer.answers_while_drawing:
                self.event("mouseReleased", *place, buttons=0)
            latest = time.perf_counter() + UNCHANGED
            while time.perf_counter() < latest:
                if (took := self._page.evaluate(TOOK)) is not None:
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


def visit(browser: Browser, server: Running) -> tuple[Page, float, float]:
    """A cold browser's visit: the page, seconds to a pad that can be drawn on, megabytes over the wire until then."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    started = time.perf_counter()
    page.goto(server.url, wait_until="commit", timeout=120_000)
    if server.peer.tool:
        wait_until_shown(page, server.peer.tool)
        page.locator(server.peer.tool).click()
    wait_until_shown(page, server.peer.pad)
    return page, time.perf_counter() - started, sum(sizes) / 1e6


def wait_until_shown(page: Page, part: str) -> None:
    """Look at every frame; Playwright's own waiting looks every half second, which is as long as what is measured."""
    page.wait_for_function(SHOWN, arg=part, polling="raf", timeout=120_000)


def measure(browser: Browser, peer: Peer) -> dict[str, float]:
    """All figures of one peer."""
    with running(peer) as server:
        server.settle()
        visits = [visit_and_draw(browser, server) for _ in range(VISITS)]
        found = {name: statistics.median(each[name] for each in visits) for name in visits[0]}
        page, *_ = visit(browser, server)
        server.settle()
        times = sorted(Hand(page, peer).answer_times())
        found |= {"answer_ms_median": statistics.median(times), "answer_ms_p95": times[int(0.95 * len(times))]}
        found["answers"] = len(times)
        before = server.megabytes()
        others = [visit(browser, server)[0] for _ in range(MORE_VISITORS)]
        server.settle()
        found["visitor_mb"] = (server.megabytes() - before) / MORE_VISITORS
        for each in (page, *others):
            each.context.close()
    return found


def visit_and_draw(browser: Browser, server: Running) -> dict[str, float]:
    """One visit with one drawing: how long the page took, and what the drawing cost the server."""
    page, seconds, megabytes = visit(browser, server)
    server.settle()
    before = server.cpu_seconds()
    drawn = Hand(page, server.peer).draw(THREE)
    server.settle()
    spent = sum(after - before.get(pid, after) for pid, after in server.cpu_seconds().items())
    page.context.close()
    server.settle()
    return {"seconds_to_pad": seconds, "wire_mb": megabytes, "cpu_ms_per_second": spent / drawn * 1000}


def main() -> None:
    """Measure all peers, or those that were named."""
    found = json.loads((RESULTS / "install.json").read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for peer in PEERS:
            if not sys.argv[1:] or peer.name in sys.argv[1:]:
                found[peer.name] |= {name: round(value, 3) for name, value in measure(browser, peer).items()}
                print(peer.title, found[peer.name], flush=True)
        browser.close()
    result: dict[str, Any] = {
        "date": str(date.today()),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    training = RESULTS / "training.json"
    if training.exists():
        result["training"] = json.loads(training.read_text())
    (RESULTS / "compare.json").write_text(json.dumps(result | {"peers": found}, indent=2) + "\n")
    print(table(found))
    print(training_line(result["training"]) if "training" in result else "No training: python -m benchmarks.training")
    picture(found, RESULTS / "compare.png")


if __name__ == "__main__":
    main()
