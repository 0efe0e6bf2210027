"""Many visitors at once, by the page's own protocol, on this machine alone.

    python -m benchmarks.load http://127.0.0.1:8866 drawing --visitors 20 --seconds 30
    python -m benchmarks.load http://127.0.0.1:8866 drawing --digits 6
    python -m benchmarks.load http://127.0.0.1:8866 coming-and-going --visitors 60 --seconds 600

Prints one JSON object: answers, their times in milliseconds, and errors. `drawing` also tells what the server and its
kernels cost: milliseconds of CPU for each second that a pen was down. `coming-and-going` tells how many kernels there
are, and the memory of all processes in megabytes: when `one_visitor` had come and gone, when a `first_crowd` of as many
as asked for had, and `after` the time asked for, when all are known to have gone. Who vanishes keeps a place for two
minutes, so for 60 visitors start the server with --Visitors.max_visitors=100. At most 100 visitors and an hour.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Coroutine
from urllib.parse import urlsplit

import psutil
from tornado.httpclient import HTTPClientError

from benchmarks.raw_visitor import RawVisitor
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing, placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings

SEND_EVERY, POINTS_IN_ONE = 1 / 10, 6
"""As pad.js sends: ten messages a second, each with the points of 60 pointer events a second."""
MOST_VISITORS, MOST_SECONDS = 100, 3600
LOCAL = ("http://127.0.0.1", "http://localhost")
FULL = 503
FORGOTTEN = 300
"""Seconds after which the kernels of all vanished visitors have ended; a page may come back for 120 s."""
LOOKED_AFTER = 65
"""Seconds in which a server has looked after all kernels at least once (`cull_interval` in voila.json)."""
QUIET, WATCHED = 0.05, 2.5
"""A server that needs less than this share of a core, watched for so many seconds, has nothing left to do; it waits for
1.5 of them before it starts a kernel for the next visitor."""


async def draw_together(url: str, visitors: int, seconds: float, drawings: list[Drawing], found: "Found") -> None:
    """All visitors come; once the server is idle, all draw."""
    server = listening_at(url)
    all_of_them = [await RawVisitor(url).open() for _ in range(visitors)]
    before = await spent_when_quiet(server)
    end = time.monotonic() + seconds
    await asyncio.gather(*(found.counting(draw_until(end, each, drawings, found)) for each in all_of_them))
    after = await spent_when_quiet(server)
    found.spent = {name: after[name] - before[name] for name in after}
    await asyncio.gather(*(each.leave() for each in all_of_them))


async def come_and_go(url: str, visitors: int, seconds: float, drawings: list[Drawing], found: "Found") -> None:
    """So many places, and what is left of those who took them.

    A first crowd comes at once and leaves, so that what a server keeps of it is not taken for what grows on.
    """
    server = listening_at(url)
    await crowd(url, 1, drawings)
    found.held["one_visitor"] = await held_when_quiet(server)
    await crowd(url, visitors, drawings)
    found.held["first_crowd"] = await held_when_quiet(server)
    end = time.monotonic() + seconds

    async def one(number: int) -> None:
        await asyncio.sleep(number * 0.5)
        await found.counting(come_and_go_until(end, url, drawings, found))

    await asyncio.gather(*(one(number) for number in range(visitors)))
    forgotten = time.monotonic() + FORGOTTEN
    while len(server.children(recursive=True)) > found.held["first_crowd"]["kernels"] and time.monotonic() < forgotten:
        await asyncio.sleep(WATCHED)
    found.held["after"] = await held_when_quiet(server)


async def crowd(url: str, visitors: int, drawings: list[Drawing]) -> None:
    """So many visitors at once: when all are there, each draws a digit, and all leave."""
    all_of_them = [await RawVisitor(url).open() for _ in range(visitors)]
    drawn = (each.draw(random.choice(drawings), every=SEND_EVERY, points=POINTS_IN_ONE) for each in all_of_them)
    await asyncio.gather(*drawn)
    await asyncio.gather(*(each.leave() for each in all_of_them))


async def draw_until(end: float, visitor: RawVisitor, drawings: list[Drawing], found: "Found") -> None:
    """A visitor who stays and draws one digit after the other."""
    await asyncio.sleep(random.uniform(0, SEND_EVERY))
    while time.monotonic() < end:
        drawing = random.choice(drawings)
        await visitor.draw(drawing, every=SEND_EVERY, points=POINTS_IN_ONE)
        found.drawn += sum(map(len, drawing)) * SEND_EVERY / POINTS_IN_ONE
        await asyncio.sleep(random.uniform(0.2, 0.6))
        visitor.press("Clear")
    found.milliseconds += [seconds * 1000 for seconds in visitor.seconds]


async def come_and_go_until(end: float, url: str, drawings: list[Drawing], found: "Found") -> None:
    """A place that visitors take one after the other, each for a few digits; one in four vanishes without a word.

    Who is refused by a full server comes again when it says so, as its page does by itself.
    """
    while time.monotonic() < end:
        try:
            visitor = await RawVisitor(url).open()
        except HTTPClientError as error:
            if error.code != FULL or not error.response:
                raise
            found.refused += 1
            await asyncio.sleep(float(error.response.headers["Retry-After"]))
            continue
        for _ in range(random.randint(1, 3)):
            await visitor.draw(random.choice(drawings), every=SEND_EVERY, points=POINTS_IN_ONE)
            await asyncio.sleep(random.uniform(2, 15))
            visitor.press("Clear")
        found.milliseconds += [seconds * 1000 for seconds in visitor.seconds]
        found.visits += 1
        await visitor.leave(politely=random.random() < 0.75)


class Found:
    """The combined results of all visitors."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self.visits = self.refused = 0
        self.errors: Counter[str] = Counter()
        self.drawn = 0.0
        self.spent: dict[str, float] = {}
        self.held: dict[str, dict[str, int]] = {}

    async def counting(self, act: Coroutine[None, None, None]) -> None:
        """Let one visitor act; what goes wrong is counted, since the others go on."""
        try:
            await act
        except Exception as error:
            self.errors[f"{type(error).__name__}: {error}"[:100]] += 1

    def report(self) -> dict[str, object]:
        """The figures, ready to be printed."""
        times = sorted(self.milliseconds)
        shares = {"median": times[len(times) // 2], "p95": times[int(0.95 * len(times))]} if times else {}
        rounded = {name: round(value) for name, value in shares.items()}
        cpu = {name: round(seconds / self.drawn * 1000, 1) for name, seconds in self.spent.items() if self.drawn}
        costs = {"cpu_ms_per_second": cpu | {"together": round(sum(cpu.values()), 1)}} if cpu else {}
        costs |= {"held": self.held} if self.held else {}
        return (
            {"answers": len(times)}
            | rounded
            | costs
            | {"visits": self.visits, "refused": self.refused, "errors": dict(self.errors)}
        )


def listening_at(url: str) -> psutil.Process:
    """The server's process; behind nginx it would be nginx, so ask for one of the servers."""
    port = urlsplit(url).port
    listeners = (each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_LISTEN)
    processes = [psutil.Process(each.pid) for each in listeners if each.laddr.port == port]
    if not processes:
        raise SystemExit(f"Nothing listens at {url}. Start the page: deploy/serve.sh tells how.")
    return processes[0]


async def spent_when_quiet(server: psutil.Process) -> dict[str, float]:
    """Seconds of CPU that a server and its kernels have spent, once it has nothing left to do."""
    before, spent = None, cpu_seconds(server)
    while before is None or sum(spent.values()) - sum(before.values()) > QUIET * WATCHED:
        await asyncio.sleep(WATCHED)
        before, spent = spent, cpu_seconds(server)
    return spent


def cpu_seconds(server: psutil.Process) -> dict[str, float]:
    """Seconds of CPU that a server and its kernels have spent."""
    kernels = [sum(each.cpu_times()[:2]) for each in server.children(recursive=True)]
    return {"server": sum(server.cpu_times()[:2]), "kernels": sum(kernels)}


async def held_when_quiet(server: psutil.Process) -> dict[str, int]:
    """Kernels and memory of a server after a round of culling, once it is idle."""
    await asyncio.sleep(LOOKED_AFTER)
    await spent_when_quiet(server)
    return held_by(server)


def held_by(server: psutil.Process) -> dict[str, int]:
    """Kernels of a server, and the megabytes of all its processes, what they share counted once (PSS)."""
    kernels = server.children(recursive=True)
    return {
        "kernels": len(kernels),
        "megabytes": round(sum(each.memory_full_info().pss for each in (server, *kernels)) / 1e6),
    }


def numbers(digits: int) -> list[Drawing]:
    """Numbers of so many digits side by side in the middle of the pad; one digit is larger."""
    samples = read_drawings(SAMPLES)
    if digits == 1:
        return [placed(each.drawing, centre=(PAD_SIZE / 2, PAD_SIZE / 2), size=0.6 * PAD_SIZE) for each in samples]
    step = PAD_SIZE / digits
    return [
        tuple(
            stroke
            for place in range(digits)
            for stroke in placed(
                random.choice(samples).drawing, centre=((place + 0.5) * step, PAD_SIZE / 2), size=0.7 * step
            )
        )
        for _ in samples
    ]


async def run(url: str, kind: str, visitors: int, seconds: float, digits: int) -> Found:
    """Let visitors in, a few at a time, and wait until all have left."""
    drawings, found = numbers(digits), Found()
    act = draw_together if kind == "drawing" else come_and_go
    await act(url, visitors, seconds, drawings, found)
    return found


def main() -> None:
    """Parse the arguments, limit them, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("kind", choices=["drawing", "coming-and-going"])
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--digits", type=int, default=1, help="of each number that is drawn")
    asked = parser.parse_args()
    if not asked.url.startswith(LOCAL):
        parser.error(f"{asked.url} is not on this machine: only {' and '.join(LOCAL)} are loaded.")
    if asked.visitors > MOST_VISITORS or asked.seconds > MOST_SECONDS:
        parser.error(f"at most {MOST_VISITORS} visitors and {MOST_SECONDS} seconds")
    print(
        json.dumps(
            asyncio.run(run(asked.url, asked.kind, asked.visitors, asked.seconds, asked.digits)).report(), indent=2
        )
    )


if __name__ == "__main__":
    main()
