"""Work is done for the newest state, not too often, and never forgotten."""

import asyncio

from mnist_helpers.page.throttle import Throttle

EVERY = 0.01


class ThrottleProbe:
    """A state that changes, and work that records the state when it is done."""

    def __init__(self) -> None:
        self.state = 0
        self.seen: list[int] = []
        self.times: list[float] = []
        self.done = asyncio.Event()
        self.throttle = Throttle(self._work, interval=EVERY)

    def _work(self) -> None:
        self.seen.append(self.state)
        self.times.append(asyncio.get_running_loop().time())
        self.done.set()

    def change(self) -> None:
        self.state += 1
        self.throttle.request()


def test_without_an_event_loop_it_works_at_once() -> None:
    calls: list[str] = []
    throttle = Throttle(lambda: calls.append("worked"), interval=EVERY)
    throttle.request()
    throttle.request()
    assert calls == ["worked", "worked"]


def test_many_changes_are_seen_once_and_the_last_one_is_seen() -> None:
    async def run() -> None:
        probe = ThrottleProbe()
        for _ in range(100):
            probe.change()
        assert probe.seen == [1]
        probe.done.clear()
        await probe.done.wait()
        assert probe.seen == [1, 100]

    asyncio.run(run())


def test_it_never_works_more_often_than_it_may() -> None:
    async def run() -> None:
        probe = ThrottleProbe()
        while len(probe.seen) < 8:
            probe.change()
            await asyncio.sleep(EVERY / 20)
        pauses = [later - earlier for earlier, later in zip(probe.times, probe.times[1:], strict=False)]
        assert min(pauses) >= EVERY * 0.99
        assert probe.seen == sorted(set(probe.seen))

    asyncio.run(run())


def test_now_takes_the_place_of_what_waits() -> None:
    async def run() -> None:
        probe = ThrottleProbe()
        for _ in range(3):
            probe.change()
        probe.throttle.flush()
        assert probe.seen == [1, 3]
        probe.done.clear()
        probe.change()
        await probe.done.wait()
        assert probe.seen == [1, 3, 4]

    asyncio.run(run())
