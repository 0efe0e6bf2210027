"""Draw on the page while it loads: `python -m benchmarks.early 200`.

So many strokes, eight on each visit, begin at random moments between the pad and the kernel, by mouse and
by touch, over a round trip of 0 and 300 ms; it ends with an error at the first one that is lost, doubled or displaced.
Prints the seconds to the first ink, and to the answer of a stroke that is drawn as soon as there is a pad.
"""

import json
import random
import statistics
import sys
import time
from itertools import cycle, islice, product

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import DESKTOP, FLAGS, PHONE, chromium_path
from tests.browser.hand import SEVEN
from tests.browser.latency_proxy import LatencyProxy
from tests.browser.servers import ROOT, serving
from tests.browser.test_early import STROKES_A_VISIT, drawn_while_loading
from tests.browser.visitor import Visitor

COMMAND = "mnist-helpers page"
VISITS = 5


def seconds_to_ink_and_answer(browser: Browser, url: str) -> tuple[float, float]:
    """One visit of a cold browser that draws a 7 at once."""
    visitor = Visitor(browser.new_context(**DESKTOP).new_page(), url)
    started = time.perf_counter()
    visitor.page.goto(url, wait_until="commit")
    visitor.canvas.wait_for()
    visitor.put_down(SEVEN[0])
    assert visitor.inked(SEVEN[0][0])
    ink = time.perf_counter() - started
    visitor.lift(SEVEN[0][-1])
    visitor.page.locator("[data-answer='7']").wait_for()
    answer = time.perf_counter() - started
    visitor.page.wait_for_timeout(4000)  # the next visitor's kernel gets ready
    visitor.page.context.close()
    return ink, answer


def main(strokes: int) -> None:
    """Measure, then draw."""
    command = [sys.executable, "-m", "mnist_helpers", "page", "--no-browser"]
    with serving(command, cwd=ROOT) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        visits = [seconds_to_ink_and_answer(browser, server.url) for _ in range(VISITS)]
        ink, answer = map(statistics.median, zip(*visits, strict=True))
        print(
            json.dumps({"command": COMMAND, "seconds_to_first_ink": ink, "seconds_to_first_answer": answer}), flush=True
        )
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
