"""Measure a first visit: bytes of the page, as they are and compressed, and the time to the first paint.

`python -m benchmarks.first_visit` starts the page, opens it in Chromium with an empty cache and prints one JSON object.
Compressed is what a proxy that compresses (gzip, level 6) sends, like the one in `deploy/`.
"""

import gzip
import json

from playwright.sync_api import Browser, Response, sync_playwright

from tests.browser.conftest import DESKTOP, FLAGS, chromium_path
from tests.browser.servers import voila
from tests.browser.visitor import Visitor

TIMES = """() => ({
  byte: performance.getEntriesByType("navigation")[0].responseStart,
  paint: performance.getEntriesByName("first-paint")[0].startTime,
})"""


def measured(browser: Browser, url: str) -> dict[str, float]:
    """One visit with an empty cache."""
    responses: list[Response] = []
    page = browser.new_context(**DESKTOP).new_page()
    page.on("response", lambda response: responses.append(response))
    Visitor(page, url).open()
    page.wait_for_load_state("networkidle")
    bodies = [response.body() for response in responses if response.ok]
    times = page.evaluate(TIMES)
    page.context.close()
    return {
        "requests": len(responses),
        "megabytes": sum(map(len, bodies)) / 1e6,
        "megabytes_compressed": sum(min(len(gzip.compress(body, 6)), len(body)) for body in bodies) / 1e6,
        "seconds_from_first_byte_to_shape": (times["paint"] - times["byte"]) / 1000,
    }


def main() -> None:
    """Measure one visit."""
    with voila() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        print(json.dumps(measured(browser, server.url), indent=2))
        browser.close()


if __name__ == "__main__":
    main()
