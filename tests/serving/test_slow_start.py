"""On a slow machine a kernel is long in starting, and is nobody's until it has."""

import asyncio
from collections.abc import Iterator

import pytest
from tornado.httpclient import HTTPClientError

from benchmarks.raw_visitor import RawVisitor
from tests.browser.servers import Server

from .clients import company, kernels, run, until, visitors
from .conftest import voila_for_all

MOST_ARRIVING = 2


@pytest.fixture(scope="module")
def slow() -> Iterator[Server]:
    kind = "--VoilaConfiguration.multi_kernel_manager_class=tests.serving.odd_kernels.SlowKernels"
    with voila_for_all(kind, f"--Visitors.max_preparing={MOST_ARRIVING}") as server:
        yield server


def test_a_kernel_that_starts_is_no_visitor(slow: Server):
    said, pages = [0], 0

    async def watch() -> None:
        while True:
            said.append(await visitors(slow.url) - pages)
            await asyncio.sleep(0.01)

    async def come_twice() -> None:
        nonlocal pages
        watching = asyncio.create_task(watch())
        await until(lambda: len(kernels(slow)) == 1)
        async with company(slow.url) as come:
            for pages in (1, 2):
                await come()
                await until(lambda: len(kernels(slow)) > pages)  # noqa: B023  (the pool's next one has begun to start)
        assert not watching.done(), watching
        watching.cancel()

    run(come_twice())
    assert max(said) == 0, f"{max(said)} visitors more than there are pages"


def test_only_a_few_pages_are_prepared_at_a_time(slow: Server):
    async def rush() -> None:
        first = RawVisitor(slow.url)
        await first.load()  # takes the kernel that is ready, so that all who come now wait for one
        rushing = [RawVisitor(slow.url) for _ in range(3 * MOST_ARRIVING)]
        answers = await asyncio.gather(*(each.load() for each in rushing), return_exceptions=True)
        refused = [each for each in answers if isinstance(each, HTTPClientError)]
        assert [each.code for each in refused] == [503] * (len(rushing) - MOST_ARRIVING)
        for each in (first, *(each for each in rushing if each.cookies)):
            await each.leave()

    run(rush())
