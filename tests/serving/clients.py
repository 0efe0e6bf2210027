"""Visitors who all leave in the end, whatever happens, and states that are waited for."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

import psutil
from tornado.httpclient import HTTPClientError

from benchmarks.raw_visitor import RawVisitor
from tests.browser.hand import SEVEN
from tests.browser.servers import PATIENCE, Server, kernels

EMPTY = 'data-digit="7" data-probability="0.0000"'
"""Part of the tiles of an empty pad."""
Come = Callable[..., Awaitable[RawVisitor]]


def run(act: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: Playwright keeps a loop in this one while its browser is open."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, act).result()


@asynccontextmanager
async def company(url: str, ca_certs: str | None = None) -> AsyncIterator[Come]:
    """Somebody comes at each call, and is on the page."""
    came: list[RawVisitor] = []

    async def come(path: str = "/") -> RawVisitor:
        came.append(RawVisitor(url, ca_certs))
        return await came[-1].open(path)

    try:
        yield come
    finally:
        for visitor in came:
            if visitor.cookies:  # or they were not let in
                with suppress(OSError, HTTPClientError):
                    await visitor.leave()


async def until(is_true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for a state that only asking shows."""
    latest = time.monotonic() + PATIENCE
    while not (answer if isinstance(answer := is_true(), bool) else await answer):
        assert time.monotonic() < latest, "it did not come to be"
        await asyncio.sleep(0.1)


async def draws(visitor: RawVisitor) -> None:
    """Empty the pad, draw on it, and see the answer change."""
    visitor.press("Clear")
    await visitor.until(lambda: EMPTY in visitor.tiles)
    await visitor.draw(SEVEN, every=0, points=20)
    await visitor.until(lambda: EMPTY not in visitor.tiles)


async def visitors(url: str) -> int:
    """How many visitors the server says that it has."""
    return json.loads(await RawVisitor(url).fetch("/health"))["visitors"]


async def has_ended(visitor: RawVisitor) -> bool:
    """Whether the server knows nothing of the visitor's kernel any more, as the page asks."""
    try:
        await visitor.fetch(f"/api/kernels/{visitor.kernel_id}")
    except HTTPClientError as error:
        assert error.code == 404, error
        return True
    return False


def kernel_of(server: Server, visitor: RawVisitor) -> psutil.Process:
    """The process of a visitor's kernel."""
    return psutil.Process(next(pid for pid, command in kernels(server).items() if visitor.kernel_id in command))
