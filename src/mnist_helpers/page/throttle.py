"""Do work for the newest state only, and not too often."""

import asyncio
from collections.abc import Callable


class Throttle:
    """Calls `work` soon after it is asked to, at most once in `interval` seconds.

    Asked ten times while it waits, it works once, on what is there then; so it never falls behind whoever asks. Without
    a running event loop, as in a plain script, it works at once.
    """

    def __init__(self, work: Callable[[], None], *, interval: float) -> None:
        self._work = work
        self._interval = interval
        self._earliest = 0.0
        self._waiting: asyncio.TimerHandle | None = None

    def request(self) -> None:
        """Work as soon as it is time."""
        loop = _running_loop()
        if loop is None or loop.time() >= self._earliest:
            self.flush()
        elif self._waiting is None:
            self._waiting = loop.call_at(self._earliest, self.flush)

    def flush(self) -> None:
        """Work now, in place of what waits."""
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
