"""Measure the static files: `python -m benchmarks.site [FOLDER ...]` visits build/site, or several folders in turns.

Prints for each its size, and how much of it a first visit loads until its first answer (gzipped); the median seconds to
ink and answer of a stroke that is begun at once, on a visit with an empty cache and on the next one; milliseconds from
single moves of the pen to changed probabilities, and from the button to which ink mattered.
"""

import gzip
import json
import statistics
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Request, sync_playwright

from benchmarks.early import visit
from benchmarks.hand import Hand
from benchmarks.peers import PEERS
from tests.browser.conftest import DESKTOP, FLAGS, chromium_path
from tests.browser.hand import SEVEN
from tests.browser.servers import ROOT, static_files
from tests.browser.visitor import Visitor

ROUNDS = 3
PEER = next(peer for peer in PEERS if peer.name == "site")
KEPT = "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"
EXPLAINED = """() => new Promise((resolve) => {
  const button = [...document.querySelectorAll("button")].find((one) => one.textContent === "Which ink mattered");
  const began = performance.now();
  new MutationObserver((_, observer) => {
    if (!document.querySelector("[data-importance] img")) return;
    observer.disconnect();
    resolve(performance.now() - began);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
  button.click();
})"""


def size(folder: Path) -> dict[str, float]:
    """What the files take on a disk, and on the wire where the server compresses them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    return {"files": len(files), "megabytes": megabytes, "gzipped_megabytes": gzipped(files)}


def gzipped(files: Iterable[Path]) -> float:
    """Megabytes of files where the server compresses those that get smaller."""
    contents = [path.read_bytes() for path in files]
    return sum(min(len(content), len(gzip.compress(content))) for content in contents) / 1e6


def visits(browser: Browser, url: str, folder: Path) -> dict[str, float]:
    """Seconds to ink and answer, on a visit with an empty cache and on one after the service worker has all files.

    `first_megabytes` are those of the files that the first visit asks for until its answer, gzipped.
    """
    context = browser.new_context(**DESKTOP)
    asked: set[Request] = set()
    context.on("request", lambda request: asked.add(request))
    first = visit(context, url)
    # not those of the service worker, which fetches all files for later visits
    of_page = {request.url for request in asked if not request.service_worker}
    names = {address.removeprefix(url).partition("?")[0] or "index.html" for address in of_page}
    first["first_megabytes"] = gzipped(folder / name for name in names)
    page = Visitor(context.new_page(), url).open().page
    page.wait_for_function(KEPT)
    page.close()
    second = visit(context, url)
    context.close()
    seconds = {f"second_{name}": second[name] for name in ("ink", "answer")}
    return {name: first[name] for name in ("first_megabytes", "ink", "answer")} | seconds


def answer_times(browser: Browser, url: str) -> dict[str, float]:
    """Milliseconds to changed probabilities, and to which ink mattered."""
    visitor = Visitor(browser.new_context(**DESKTOP).new_page(), url).open()
    times = Hand(visitor.page, PEER).answer_times()
    visitor.clear()
    visitor.draw(SEVEN)
    explained = visitor.page.evaluate(EXPLAINED)
    visitor.page.context.close()
    changed = {"changed_ms": statistics.median(times), "changed_ms_95": statistics.quantiles(times, n=20)[-1]}
    return changed | {"changes": len(times), "explained_ms": explained}


def main(folders: list[Path]) -> None:
    with sync_playwright() as playwright, ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        urls = [f"{stack.enter_context(static_files(each.parent)).url}/{each.name}/" for each in folders]
        places = list(zip(urls, folders, strict=True))
        rounds = [
            [visits(browser, *place) | answer_times(browser, place[0]) for place in places] for _ in range(ROUNDS)
        ]
        browser.close()
    for folder, found in zip(folders, zip(*rounds, strict=True), strict=True):
        middle = {name: statistics.median(each[name] for each in found) for name in found[0]}
        print(json.dumps({"folder": folder.name} | {k: round(v, 3) for k, v in (size(folder) | middle).items()}))


if __name__ == "__main__":
    main([Path(name).resolve() for name in sys.argv[1:]] or [ROOT / "build" / "site"])
