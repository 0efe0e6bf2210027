"""Measure the page and what else there is, in one run on one machine.

python -m benchmarks.install        # once: each into an environment of its own
python -m benchmarks.compare        # prints a table, and saves results/compare.json

All are served at once and visited in turns, so that whatever else the machine does meets all of them. The static files
are measured if `make site` has made them. Names of peers after the command measure those alone.
"""

import json
import platform
import statistics
import sys
from contextlib import ExitStack
from datetime import date
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.early import visit
from benchmarks.hand import Hand
from benchmarks.install import RESULTS, ROOT
from benchmarks.peers import PEERS, Peer, Running, running, seconds_to_page
from benchmarks.report import table, training_line
from tests.browser.conftest import DESKTOP, FLAGS, chromium_path
from tests.browser.hand import THREE

VISITS, MORE_VISITORS = 3, 2


def opened(browser: Browser, server: Running) -> Hand:
    """A new visitor's page that is ready and rests, and a hand on its pad."""
    page, peer = browser.new_context(**DESKTOP).new_page(), server.peer
    page.goto(server.url, timeout=120_000)
    page.locator(peer.ready).last.wait_for(state="attached", timeout=120_000)
    if peer.pad.tool:
        page.locator(peer.pad.tool).click()
    page.locator(peer.pad.canvas).last.wait_for()
    server.settle()
    return Hand(page, peer)


def costs(browser: Browser, server: Running) -> dict[str, float]:
    """Memory and CPU of visitors who come, stay and draw."""
    hands = [opened(browser, server)]
    before = server.megabytes()
    hands += [opened(browser, server) for _ in range(MORE_VISITORS)]
    memory = (server.megabytes() - before) / MORE_VISITORS
    spent = statistics.median(cpu_of_drawing(server, hand) for hand in hands)
    for hand in hands:
        hand.page.context.close()
    return {"visitor_mb": memory, "cpu_ms_per_second": spent}


def cpu_of_drawing(server: Running, hand: Hand) -> float:
    """Milliseconds of CPU that the server and its kernels spend on a second of drawing."""
    before = server.cpu_seconds()
    seconds = hand.draw(THREE)
    server.settle()
    spent = sum(after - before.get(pid, after) for pid, after in server.cpu_seconds().items())
    return spent / seconds * 1000


def answer_times(browser: Browser, server: Running) -> dict[str, float]:
    """How long changed probabilities take, and how often they were seen to change."""
    hand = opened(browser, server)
    times = hand.answer_times()
    hand.page.context.close()
    return {"changed_ms": statistics.median(times), "changes": len(times)} if times else {"changes": 0}


def first_and_second_visit(browser: Browser, server: Running) -> dict[str, float]:
    """A visit with an empty cache, and another one after it."""
    context, found = browser.new_context(**DESKTOP), {}
    for prefix in ("", "second_"):
        server.settle()
        found |= {prefix + name: value for name, value in visit(context, server.url, server.peer.pad).items()}
    context.close()
    return found


def measured(peers: list[Peer], browser: Browser) -> dict[str, dict[str, Any]]:
    """All figures of each peer."""
    installed = json.loads((RESULTS / "install.json").read_text())
    with ExitStack() as stack:
        found: dict[str, dict[str, Any]] = {}
        for peer in peers:
            found[peer.name] = {"title": peer.title, "command": peer.called, "seconds_to_page": seconds_to_page(peer)}
            found[peer.name] |= installed[peer.installed] if peer.computes else {}
        servers = [stack.enter_context(running(peer)) for peer in peers]
        for server in servers:
            found[server.peer.name] |= costs(browser, server) if server.peer.computes else {}
            found[server.peer.name] |= answer_times(browser, server)
        rounds = [[first_and_second_visit(browser, server) for server in servers] for _ in range(VISITS)]
    for peer, visits in zip(peers, zip(*rounds, strict=True), strict=True):
        found[peer.name] |= {name: statistics.median(each[name] for each in visits) for name in visits[0]}
    return found


def main(names: list[str]) -> None:
    """Measure all peers, or those that were named."""
    peers = [peer for peer in PEERS if peer.name in (names or [peer.name]) and (ROOT / peer.folder).is_dir()]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        found = measured(peers, browser)
        browser.close()
    result: dict[str, Any] = {
        "date": str(date.today()),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "peers": {
            name: {key: value if isinstance(value, str) else round(value, 3) for key, value in each.items()}
            for name, each in found.items()
        },
    }
    training = RESULTS / "training.json"
    if training.exists():
        result["training"] = json.loads(training.read_text())
    (RESULTS / "compare.json").write_text(json.dumps(result, indent=2) + "\n")
    print(table(found))
    print(training_line(result["training"]) if "training" in result else "No training: python -m benchmarks.training")


if __name__ == "__main__":
    main(sys.argv[1:])
