"""Limit how often a function is called."""

import asyncio
from collections.abc import Callable


class Throttle:
    """Call `work` at most once in `interval` seconds, on request.

    All requests made while a call is due lead to that one call, which uses the newest state. Without a running event
    loop, as in a plain script, each request calls `work` immediately.
    """

    def __init__(self, work: Callable[[], None], *, interval: float) -> None:
        self._work = work
        self._interval = interval
        self._earliest = 0.0
        self._waiting: asyncio.TimerHandle | None = None

    def request(self) -> None:
        """Call `work` as soon as the interval allows."""
        loop = _running_loop()
        if loop is None or loop.time() >= self._earliest:
            self.flush()
        elif self._waiting is None:
            self._waiting = loop.call_at(self._earliest, self.flush)

    def flush(self) -> None:
        """Call `work` now, in place of a call that is due."""
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        self._work()
        if loop := _running_loop():
            self._earliest = loop.time() + self._interval


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
