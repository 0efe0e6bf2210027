"""Visitors come, are told when there is no room, and leave nothing behind; what breaks, breaks for one visitor only."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest
from tornado.httpclient import HTTPClientError

from benchmarks.raw_visitor import PATIENCE, RawVisitor
from tests.browser.servers import ROOT, Server

from .conftest import MOST, voila_for_all


async def until(is_true: Callable[[], bool]) -> None:
    """Wait for a state that only asking shows."""
    latest = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < latest, "it did not come to be"
        await asyncio.sleep(0.1)


async def visitors(server: Server) -> int:
    return json.loads(await RawVisitor(server.url).fetch("/health"))["visitors"]


def kernels(server: Server) -> list[psutil.Process]:
    return [each for each in psutil.Process(server.pid).children() if "ipykernel_launcher" in " ".join(each.cmdline())]


def kernel_of(server: Server, visitor: RawVisitor) -> psutil.Process:
    return next(each for each in kernels(server) if visitor.kernel_id in " ".join(each.cmdline()))


def test_who_comes_when_all_pads_are_in_use_is_told_when_to_come_again(server: Server):
    async def crowd() -> None:
        already = await visitors(server)
        crowd = [await RawVisitor(server.url).open() for _ in range(MOST - already)]
        with pytest.raises(HTTPClientError) as refused:
            await RawVisitor(server.url).open()
        assert refused.value.code == 503
        assert int(refused.value.response.headers["Retry-After"]) > 0
        assert 'http-equiv="refresh"' in refused.value.response.body.decode()
        for visitor in crowd:
            await visitor.leave()
        assert await visitors(server) == already
        await (await RawVisitor(server.url).open()).leave()

    asyncio.run(crowd())


def test_a_page_that_is_closed_leaves_no_kernel(server: Server):
    async def come_and_go() -> None:
        visitor = await RawVisitor(server.url).open()
        process = kernel_of(server, visitor)
        await visitor.leave()
        await until(lambda: not process.is_running())

    asyncio.run(come_and_go())


def test_a_goodbye_needs_the_page_s_cookie(server: Server):
    async def say_goodbye_for_another() -> None:
        visitor = await RawVisitor(server.url).open()
        stranger = RawVisitor(server.url)
        stranger.kernel_id = visitor.kernel_id
        with pytest.raises(HTTPClientError, match="403"):
            await stranger.leave()
        await visitor.leave()

    asyncio.run(say_goodbye_for_another())


def test_who_left_without_a_word_or_does_nothing_is_gone_after_a_while():
    options = ("--VisitorKernels.gone_after=8", "--MappingKernelManager.cull_interval=1",
               "--MappingKernelManager.cull_idle_timeout=10")  # fmt: skip

    async def vanish(server: Server) -> None:
        silent, idle = [await RawVisitor(server.url).open() for _ in range(2)]
        gone, left = kernel_of(server, silent), kernel_of(server, idle)
        await silent.leave(politely=False)
        await until(lambda: not gone.is_running() and not left.is_running())
        with pytest.raises(HTTPClientError, match="404"):
            await idle.fetch(f"/api/kernels/{idle.kernel_id}")

    with voila_for_all(*options) as server:
        asyncio.run(vanish(server))


def test_a_kernel_that_dies_is_known_to_be_gone_and_the_others_live_on(server: Server):
    async def die() -> None:
        unlucky, other = [await RawVisitor(server.url).open() for _ in range(2)]
        kernel_of(server, unlucky).kill()
        while True:
            try:
                await unlucky.fetch(f"/api/kernels/{unlucky.kernel_id}")
            except HTTPClientError as error:
                assert error.code == 404
                break
            await asyncio.sleep(0.1)
        assert "execution_state" in await other.fetch(f"/api/kernels/{other.kernel_id}")
        await other.leave()

    asyncio.run(die())


def test_a_second_server_on_the_same_port_says_so_and_ends(server: Server):
    command = [sys.executable, "-m", "voila", "dashboard.ipynb", f"--port={server.port}"]
    environment = {"JUPYTER_PATH": str(ROOT / "share/jupyter"), "JUPYTER_CONFIG_PATH": str(ROOT / "deploy/config")}
    second = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert second.returncode != 0
    assert f"{server.port} is already in use" in second.stderr


def test_a_server_that_is_stopped_leaves_nothing_running():
    with voila_for_all() as server:
        asyncio.run(RawVisitor(server.url).open())
        running = kernels(server)
        assert running
        psutil.Process(server.pid).terminate()
        assert not psutil.wait_procs([*running, psutil.Process(server.pid)], timeout=PATIENCE)[1]
