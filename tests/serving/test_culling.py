"""How long a session lasts, on a server whose clocks the tests set: hours pass in no time."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.raw_visitor import RawVisitor
from tests.browser.servers import ROOT, Server

from .clients import company, draws, has_ended, kernels, run, until
from .conftest import Shared, voila_for_all

IDLE = json.loads((ROOT / "voila.json").read_text())["MappingKernelManager"]["cull_idle_timeout"]
"""Seconds, as they are served."""
GONE_AFTER = IDLE / 3
NEVER_CAME_AFTER = GONE_AFTER / 20


@dataclass(frozen=True, kw_only=True)
class Clocked:
    """A server, and the file that says how much its clocks are ahead."""

    server: Server
    clocks: Path

    def set_forward(self, clock: str, seconds: float) -> None:
        """Let a clock, `monotonic` or `time of day`, jump."""
        with self.clocks.open("a") as file:
            file.write(f"{clock} {seconds}\n")


@pytest.fixture(scope="module")
def shared_clocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared[Clocked]]:
    @contextmanager
    def serving() -> Iterator[Clocked]:
        clocks = tmp_path_factory.mktemp("clocks") / "ahead"
        clocks.touch()
        options = {
            "VoilaConfiguration.multi_kernel_manager_class": "tests.serving.odd_kernels.ClockedKernels",
            "MappingKernelManager.cull_interval": 1, "VisitorKernels.cull_disconnected_timeout": GONE_AFTER,
            "VisitorKernels.cull_unconnected_timeout": NEVER_CAME_AFTER,
        }  # fmt: skip
        with voila_for_all(*(f"--{name}={value}" for name, value in options.items()), CLOCKS=str(clocks)) as server:
            yield Clocked(server=server, clocks=clocks)

    shared = Shared(serving)
    yield shared
    shared.end()


@pytest.fixture
def clocked(shared_clocked: Shared[Clocked], request: pytest.FixtureRequest) -> Iterator[Clocked]:
    with shared_clocked.lent(request) as clocked:
        yield clocked


async def cut(visitor: RawVisitor) -> None:
    """Break the socket, and wait until the server has noticed, from when on it counts the time."""

    async def is_noticed() -> bool:
        return json.loads(await visitor.fetch(f"/api/kernels/{visitor.kernel_id}"))["connections"] == 0

    visitor.cut()
    await until(is_noticed)


def test_a_socket_that_was_cut_may_come_back_for_a_while_and_finds_its_widgets(clocked: Clocked):
    async def be_cut() -> None:
        async with company(clocked.server.url) as come:
            visitor, other = await come(), await come()
            await cut(other)
            clocked.set_forward("monotonic", 0.6 * GONE_AFTER)
            await cut(visitor)
            clocked.set_forward("monotonic", 0.6 * GONE_AFTER)
            await until(lambda: has_ended(other))
            await visitor.connect()
            await draws(visitor)
            await cut(visitor)
            clocked.set_forward("monotonic", 1.1 * GONE_AFTER)
            await until(lambda: has_ended(visitor))

    run(be_cut())


def test_a_page_that_never_connects_ends_before_one_whose_socket_was_cut(clocked: Clocked):
    async def load_only() -> None:
        async with company(clocked.server.url) as come:
            visitor, other = RawVisitor(clocked.server.url), await come()
            await cut(other)
            await visitor.load()
            assert not await has_ended(visitor)
            await until(lambda: len(kernels(clocked.server)) == 3)  # nobody is asked about while one is due to start
            await until(lambda: asked_about(visitor))
            assert not await has_ended(other)

    async def asked_about(visitor: RawVisitor) -> bool:
        """Its time starts when the server first asks about it; so the clock goes on until it has."""
        clocked.set_forward("monotonic", 0.1 * NEVER_CAME_AFTER)
        return await has_ended(visitor)

    run(load_only())


def test_who_does_nothing_for_long_is_ended_and_who_draws_is_not(clocked: Clocked):
    async def do_nothing() -> None:
        async with company(clocked.server.url) as come:
            idle, busy = await come(), await come()
            clocked.set_forward("monotonic", 0.6 * IDLE)
            await draws(busy)
            clocked.set_forward("monotonic", 0.6 * IDLE)
            await until(lambda: has_ended(idle))
            await draws(busy)

    run(do_nothing())


def test_a_clock_that_is_set_forward_ends_nobody_s_session(clocked: Clocked):
    """The last one: a kernel that is starting just then may fail, as Jupyter waits for it by the time of day."""

    async def jump() -> None:
        async with company(clocked.server.url) as come:
            visitor, other = await come(), await come()
            clocked.set_forward("time of day", 10 * IDLE)
            await cut(other)
            clocked.set_forward("monotonic", 1.1 * GONE_AFTER)
            await until(lambda: has_ended(other))  # so all were asked about after the jump
            assert not await has_ended(visitor)
            await draws(visitor)

    run(jump())
