"""Measure a first visit and a second one: bytes over the wire, file by file, and the time to the first paint.

`python -m benchmarks.first_visit` starts the page, opens it in Chromium with an empty cache and prints one JSON object.
"""

import json
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import DESKTOP, FLAGS, chromium_path
from tests.browser.servers import voila
from tests.browser.visitor import Visitor

TIMES = """() => ({
  byte: performance.getEntriesByType("navigation")[0].responseStart,
  paint: performance.getEntriesByName("first-paint")[0].startTime,
})"""


def measured(browser: Browser, url: str) -> dict[str, Any]:
    """A visit with an empty cache, and another one after it."""
    context = browser.new_context(**DESKTOP)
    first, times = _visit(context, url)
    second, _ = _visit(context, url)
    context.close()
    return {
        "requests": len(first),
        "first_visit_kilobytes": sum(first.values()) / 1e3,
        "first_visit_asks": dict(sorted(first.items(), key=lambda each: -each[1])),
        "second_visit_kilobytes": sum(second.values()) / 1e3,
        "second_visit_asks": [url for url, length in second.items() if length],
        "seconds_from_first_byte_to_shape": (times["paint"] - times["byte"]) / 1000,
    }


def asked_for(page: Page) -> dict[str, int]:
    """Bytes over the wire for each address that the page requests; 0 if the browser has it in its cache."""
    network, asked, found = page.context.new_cdp_session(page), {}, {}
    network.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    network.on(
        "Network.loadingFinished", lambda event: found.update({asked[event["requestId"]]: event["encodedDataLength"]})
    )
    network.send("Network.enable")
    return found


def _visit(context: BrowserContext, url: str) -> tuple[dict[str, int], dict[str, float]]:
    """The requests of a page, and its times."""
    page = context.new_page()
    found = asked_for(page)
    Visitor(page, url).open()
    page.wait_for_load_state("networkidle")
    times = page.evaluate(TIMES)
    page.close()
    return found, times


def main() -> None:
    """Measure one visit."""
    with voila() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        print(json.dumps(measured(browser, server.url), indent=2))
        browser.close()


if __name__ == "__main__":
    main()
