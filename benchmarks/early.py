"""Draw on the page while it loads: `python -m benchmarks.early 200`.

Prints the seconds to the first ink on the screen, and to the answer of that stroke, which begins as soon as there is a
pad. Its events come from a script in the page, by the page's own clock (first_ink.js), so that no step of the program
that drives the browser is counted. `chromium_alone` is the same for a file with nothing but a canvas: what this browser
needs on this machine to show any ink at all.

Then so many strokes, eight on each visit, begin at random moments between the pad and the kernel, by mouse and by
touch, over a round trip of 0 and 300 ms; it ends with an error at the first one that is lost, doubled or displaced.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import cycle, islice, product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, TimeoutError, sync_playwright

from benchmarks.first_visit import asked_for
from mnist_helpers.page.pad import PAD_SIZE
from tests.browser.conftest import DESKTOP, FLAGS, PHONE, chromium_path
from tests.browser.hand import SEVEN
from tests.browser.latency_proxy import LatencyProxy
from tests.browser.servers import ROOT, serving, static_files
from tests.browser.test_early import STROKES_A_VISIT, drawn_while_loading
from tests.browser.visitor import Visitor

COMMAND = "mnist-helpers page"
VISITS = 5
PATIENCE = 60_000
"""Milliseconds to wait for ink or an answer."""
CANVAS = """<!DOCTYPE html><title>A canvas</title><canvas width="840" height="840"></canvas><script>
addEventListener("pointerdown", ({ target }) => {
  target.getContext("2d").fillRect(0, 0, 840, 840);
  document.body.append(Object.assign(document.createElement("p"), { id: "answer", textContent: "?" }));
});</script><p>Draw</p>"""
FIRST_INK = Path(__file__).with_name("first_ink.js")


@dataclass(frozen=True, kw_only=True)
class Pad:
    """Where a page takes ink, and what shows its answer to a drawn 7: selectors.

    `tool` is pressed before one can draw. `inked` shows that a stroke was taken, where pixels cannot be read. A stroke
    that leaves no ink is drawn again after `again` milliseconds.
    """

    canvas: str
    answer: str
    tool: str = ""
    inked: str = ""
    again: int = 0


PAD = Pad(canvas=".digit-pad canvas", answer="#rendered_cells [data-answer='7']")


def visit(context: BrowserContext, url: str, pad: Pad = PAD) -> dict[str, float]:
    """Seconds to the ink and to the answer of a stroke that is begun at once, and the requests until then."""
    points = [[x / PAD_SIZE, y / PAD_SIZE] for x, y in SEVEN[0]]
    page = context.new_page()
    asked = asked_for(page)
    page.add_init_script(f"({FIRST_INK.read_text()})({json.dumps(asdict(pad))}, {json.dumps(points)})")
    page.goto(url, wait_until="commit", timeout=PATIENCE)
    try:
        page.wait_for_function("window.took.ink && window.took.answer", timeout=PATIENCE)
    except TimeoutError:
        steps = page.evaluate("window.took")
        raise TimeoutError(f"No ink or no {pad.answer} in {PATIENCE / 1000:.0f} s; this was seen: {steps}") from None
    took = page.evaluate("window.took")
    page.close()
    seconds = {name: took[name] / 1000 for name in ("ink", "answer")}
    return seconds | {"requests": sum(map(bool, asked.values())), "kilobytes": sum(asked.values()) / 1e3}


def first_ink(browser: Browser, url: str, pad: Pad = PAD) -> dict[str, float]:
    """Seconds to ink and answer, the median of some visits with an empty cache to kernels that are ready."""
    found = []
    for _ in range(VISITS):
        time.sleep(4)  # the next kernel gets ready
        context = browser.new_context(**DESKTOP)
        found.append(visit(context, url, pad))
        context.close()
    return {name: round(statistics.median(each[name] for each in found), 3) for name in ("ink", "answer")}


def main(strokes: int) -> None:
    """Measure, then draw."""
    command = [sys.executable, "-m", "mnist_helpers", "page", "--no-browser"]
    with serving(command, cwd=ROOT) as server, sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        Path(folder, "index.html").write_text(CANVAS)
        with static_files(Path(folder)) as alone:
            nothing_else = first_ink(browser, alone.url, Pad(canvas="canvas", answer="#answer"))["ink"]
        found = {"chromium_alone": nothing_else, COMMAND: first_ink(browser, server.url)}
        print(json.dumps(found), flush=True)
        ways = list(islice(cycle(product((DESKTOP, PHONE), (0.0, 0.3))), -(-strokes // STROKES_A_VISIT)))
        for seed, (device, round_trip) in enumerate(ways):
            with LatencyProxy(server.port, round_trip=round_trip).open() as proxy:
                page = browser.new_context(**device).new_page()
                drawn_while_loading(Visitor(page, proxy.url), random.Random(seed), touch=device is PHONE)
                page.context.close()
        print(json.dumps({"strokes": len(ways) * STROKES_A_VISIT, "lost_doubled_displaced": 0}))
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
