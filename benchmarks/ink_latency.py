"""Measure how late ink and answers are on slow connections: `python -m benchmarks.ink_latency`.

Ink: from a pointer event to the frame whose picture holds it. Answer: from the pen's first touch on an empty pad to an
answer on the page. A proxy on this machine adds the delay. Prints a table, and last one line of JSON.
"""

import json
import statistics
from collections.abc import Sequence

from playwright.sync_api import sync_playwright

from tests.browser.conftest import DESKTOP, FLAGS, chromium_path
from tests.browser.latency_proxy import LatencyProxy
from tests.browser.servers import voila
from tests.browser.visitor import Visitor

ROUND_TRIPS = 0.0, 0.1, 0.3
DRAWINGS, POINTS = 8, 20
WATCH = """() => {
  window.ink = []; window.answers = [];
  const canvas = document.querySelector('.digit-pad canvas');
  const box = canvas.getBoundingClientRect();
  const alpha = event => canvas.getContext('2d').getImageData((event.clientX - box.left) * canvas.width / box.width,
    (event.clientY - box.top) * canvas.height / box.height, 1, 1).data[3];
  let down = 0;
  for (const type of ['pointerdown', 'pointermove']) addEventListener(type, event => {
    if (type === 'pointerdown') down = event.timeStamp;
    requestAnimationFrame(function look(now) {
      if (alpha(event)) ink.push(Math.max(now, performance.now()) - event.timeStamp); else requestAnimationFrame(look);
    });
  });
  new MutationObserver(() => {
    if (down && document.querySelector('[data-answer]').dataset.answer) {
      answers.push(performance.now() - down);
      down = 0;
    }
  }).observe(document.querySelector('.digits-answer'), { subtree: true, childList: true });
}"""


def measured(visitor: Visitor) -> dict[str, list[float]]:
    """Milliseconds of every pointer event, and of every first answer."""
    visitor.page.evaluate(WATCH)
    for drawing in range(DRAWINGS):
        visitor.clear()
        visitor.draw((tuple((150 + 25 * step, 120 + 70 * drawing) for step in range(POINTS)),))
    return visitor.page.evaluate("({ ink, answer: answers })")


def summary(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th centile, in milliseconds."""
    return {"median": round(statistics.median(times), 1), "p95": round(statistics.quantiles(times, n=20)[-1], 1)}


def main() -> None:
    """Measure with every delay and print the result."""
    found: dict[int, dict] = {}
    with sync_playwright() as playwright, voila() as server, LatencyProxy(server.port).open() as proxy:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        visitor = Visitor(browser.new_context(**DESKTOP).new_page(), proxy.url).open()
        print(f"{'round trip':>10} {'ink median':>10} {'ink p95':>8} {'answer median':>13} {'answer p95':>10}   (ms)")
        for proxy.round_trip in ROUND_TRIPS:
            milliseconds = round(proxy.round_trip * 1000)
            ink, answer = (summary(times) for times in measured(visitor).values())
            found[milliseconds] = {"ink": ink, "answer": answer}
            print(f"{milliseconds:10} {ink['median']:10} {ink['p95']:8} {answer['median']:13} {answer['p95']:10}")
            proxy.round_trip = 0.0
            visitor.page.reload()
            visitor.wait_until_ready()
        browser.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
