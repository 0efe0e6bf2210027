"""Measure the page and what else there is, in one run on one machine: some seven minutes on two cores.

python -m benchmarks.install        # once: each into an environment of its own
python -m benchmarks.compare        # prints a table for the README, and saves results/compare.json

All are served at once and visited in turns, so that whatever else the machine does meets all of them. Each step says
what it found; one that finds nothing says what it waited for, and leaves a gap in the table. Names of peers after the
command measure those alone and save nothing, as `site`, the page as static files, once `make site` has made them.
"""

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from typing import Any

from playwright.sync_api import Browser, Error, sync_playwright

from benchmarks.early import PATIENCE, visit
from benchmarks.hand import Hand
from benchmarks.install import RESULTS
from benchmarks.peers import COMPARED, PEERS, Peer, Running, running
from benchmarks.report import table, training_line
from tests.browser.conftest import DESKTOP, FLAGS, chromium_path
from tests.browser.hand import THREE

VISITS = 3
Figures = dict[str, float]


def opened(browser: Browser, server: Running) -> Hand:
    """A new visitor's page that is ready, and a hand on its pad."""
    page, peer = browser.new_context(**DESKTOP).new_page(), server.peer
    page.goto(server.url, timeout=PATIENCE)
    page.locator(peer.ready).last.wait_for(state="attached", timeout=PATIENCE)
    if peer.pad.tool:
        page.locator(peer.pad.tool).click(timeout=PATIENCE)
    page.locator(peer.pad.canvas).last.wait_for(timeout=PATIENCE)
    return Hand(page, peer)


def costs(browser: Browser, server: Running) -> Figures:
    """Memory of a second visitor, and CPU of the server and its kernels while the two draw, one after the other."""
    hands = [opened(browser, server)]
    server.settle()
    megabytes = server.megabytes()
    hands.append(opened(browser, server))
    server.settle()
    more = server.megabytes() - megabytes
    before = server.cpu_seconds()
    seconds = sum(hand.draw(THREE) for hand in hands)
    server.settle()
    spent = sum(after - before.get(pid, after) for pid, after in server.cpu_seconds().items())
    return {"visitor_mb": more, "cpu_ms_per_second": spent / seconds * 1000}


def answer_times(browser: Browser, server: Running) -> Figures:
    """How long changed probabilities take, and how often they were seen to change."""
    hand = opened(browser, server)
    server.settle()
    times = hand.answer_times()
    return {"changed_ms": statistics.median(times), "changes": len(times)} if times else {"changes": 0}


def first_and_second_visit(browser: Browser, server: Running) -> Figures:
    """A visit with an empty cache, and another one after it."""
    context, found = browser.new_context(**DESKTOP), {}
    for prefix in ("", "second_"):
        server.settle()
        found |= {prefix + name: value for name, value in visit(context, server.url, server.peer.pad).items()}
    return found


def reported(step: Callable[[Browser, Running], Figures], browser: Browser, server: Running) -> Figures:
    """Run a step and print its result; an empty one, with the reason, if a peer does not answer in time."""
    what = step.__name__.replace("_", " ")
    try:
        found = step(browser, server)
    except (Error, TimeoutError) as error:
        say(server.peer, f"{what}: nothing found. {' '.join(str(error).split())[:300]}")
        return {}
    finally:
        for context in browser.contexts:
            context.close()
    say(server.peer, f"{what}: {', '.join(f'{name} {value:.4g}' for name, value in found.items())}")
    return found


def say(peer: Peer, text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {peer.name:7} {text}", file=sys.stderr, flush=True)


def measured(peers: Sequence[Peer], browser: Browser) -> dict[str, dict[str, Any]]:
    """All figures of each peer."""
    installed = json.loads((RESULTS / "install.json").read_text())
    found: dict[str, dict[str, Any]] = {}
    servers: list[Running] = []
    with ExitStack() as stack:
        for peer in peers:
            servers.append(stack.enter_context(running(peer)))
            found[peer.name] = {"title": peer.title, "command": peer.called, "seconds_to_page": servers[-1].started_in}
            found[peer.name] |= installed[peer.installed] if peer.computes else {}
            say(peer, f"second start: {servers[-1].started_in:.1f} s to a page")
        for server in servers:  # before the visits, whose kernels end some time after they have left
            found[server.peer.name] |= reported(costs, browser, server) if server.peer.computes else {}
        rounds = [[reported(first_and_second_visit, browser, server) for server in servers] for _ in range(VISITS)]
        for server in servers:
            found[server.peer.name] |= reported(answer_times, browser, server)
    for peer, visits in zip(peers, zip(*rounds, strict=True), strict=True):
        found[peer.name] |= medians(visits)
    return found


def medians(visits: Sequence[Figures]) -> Figures:
    """The median of each figure, of the visits that have it."""
    names = {name: None for each in visits for name in each}
    return {name: statistics.median(each[name] for each in visits if name in each) for name in names}


def main(names: list[str]) -> None:
    """Measure all peers and save the results, or measure those that were named."""
    peers = [peer for peer in PEERS if peer.name in (names or COMPARED)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        found = measured(peers, browser)
        browser.close()
    print(table(found))
    if not names:
        save(found)


def save(found: dict[str, dict[str, Any]]) -> None:
    """Save the figures, with those of the training if there are any."""
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
    print(training_line(result["training"]) if "training" in result else "No training: python -m benchmarks.training")


if __name__ == "__main__":
    main(sys.argv[1:])
