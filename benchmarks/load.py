"""Many visitors at once, by the page's own protocol, on this machine alone.

    python -m benchmarks.load http://127.0.0.1:8866 drawing --visitors 20 --seconds 30
    python -m benchmarks.load http://127.0.0.1:8866 coming-and-going --visitors 60 --seconds 600

Prints one JSON object: answers, their times in milliseconds, and errors. At most 100 visitors and an hour.
"""

import argparse
import asyncio
import json
import random
import time
from collections import Counter
from importlib.resources import files

from benchmarks.raw_visitor import RawVisitor
from mnist_helpers.drawing import Drawing, placed, read_drawings
from mnist_helpers.pad import SIDE

SEND_EVERY, POINTS_IN_ONE = 0.05, 3
"""As pad.js sends: 20 messages a second, each with the points of 60 pointer events a second."""
MOST_VISITORS, MOST_SECONDS = 100, 3600
LOCAL = ("http://127.0.0.1", "http://localhost")


async def draw_until(end: float, url: str, drawings: list[Drawing], found: "Found") -> None:
    """One who stays and draws one digit after the other."""
    visitor = await RawVisitor(url).open()
    while time.monotonic() < end:
        await visitor.draw(random.choice(drawings), every=SEND_EVERY, points=POINTS_IN_ONE)
        await asyncio.sleep(random.uniform(0.2, 0.6))
        visitor.press("Clear")
    found.milliseconds += [seconds * 1000 for seconds in visitor.seconds]
    await visitor.leave()


async def come_and_go_until(end: float, url: str, drawings: list[Drawing], found: "Found") -> None:
    """A place that visitors take one after the other, each for a few digits; one in four vanishes without a word."""
    while time.monotonic() < end:
        visitor = await RawVisitor(url).open()
        for _ in range(random.randint(1, 3)):
            await visitor.draw(random.choice(drawings), every=SEND_EVERY, points=POINTS_IN_ONE)
            await asyncio.sleep(random.uniform(2, 15))
            visitor.press("Clear")
        found.milliseconds += [seconds * 1000 for seconds in visitor.seconds]
        found.visits += 1
        await visitor.leave(politely=random.random() < 0.75)


class Found:
    """What all visitors found together."""

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self.visits = 0
        self.errors: Counter[str] = Counter()

    def report(self) -> dict[str, object]:
        """The figures, ready to be printed."""
        times = sorted(self.milliseconds)
        shares = {"median": times[len(times) // 2], "p95": times[int(0.95 * len(times))]} if times else {}
        rounded = {name: round(value) for name, value in shares.items()}
        return {"answers": len(times)} | rounded | {"visits": self.visits, "errors": dict(self.errors)}


async def run(url: str, kind: str, visitors: int, seconds: float) -> Found:
    """Let so many visitors in, a few at a time, and wait until all have left."""
    samples = read_drawings(str(files("mnist_helpers") / "samples.jsonl"))
    drawings = [placed(each.drawing, centre=(SIDE / 2, SIDE / 2), size=0.6 * SIDE) for each in samples]
    act = {"drawing": draw_until, "coming-and-going": come_and_go_until}[kind]
    found, end = Found(), time.monotonic() + seconds

    async def one(number: int) -> None:
        await asyncio.sleep(number * 0.5)
        try:
            await act(end, url, drawings, found)
        except Exception as error:  # counted, since the others go on
            found.errors[f"{type(error).__name__}: {error}"[:100]] += 1

    await asyncio.gather(*(one(number) for number in range(visitors)))
    return found


def main() -> None:
    """Parse what was asked for, keep it within bounds, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("kind", choices=["drawing", "coming-and-going"])
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    asked = parser.parse_args()
    if not asked.url.startswith(LOCAL):
        parser.error(f"{asked.url} is not on this machine: only {' and '.join(LOCAL)} are loaded.")
    if asked.visitors > MOST_VISITORS or asked.seconds > MOST_SECONDS:
        parser.error(f"at most {MOST_VISITORS} visitors and {MOST_SECONDS} seconds")
    print(json.dumps(asyncio.run(run(asked.url, asked.kind, asked.visitors, asked.seconds)).report(), indent=2))


if __name__ == "__main__":
    main()
