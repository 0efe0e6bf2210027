"""The page as deploy/ serves it to anyone, with small limits that a test can reach.

Starting a server takes seconds, so that tests share one; after a test that failed the next one gets a new server.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Generic, TypeVar

import pytest

from tests.browser.conftest import chromium  # noqa: F401  (a fixture)
from tests.browser.servers import ROOT, Server, serving

MOST, MOST_FROM_ONE, BURST, MOST_UNREAD = 4, 2, 150, 100_000

Thing = TypeVar("Thing")


@contextmanager
def voila_for_all(*options: str, port: int | None = None, **environment: str) -> Iterator[Server]:
    """Voila with the configuration of deploy/config."""
    pool = ["--VoilaConfiguration.default_pool_size=1", "--VoilaKernelManager.fill_delay=0.1"]
    command = [sys.executable, "-m", "voila", "dashboard.ipynb", *pool, *options]
    paths = {
        "JUPYTER_PATH": os.pathsep.join(filter(None, [str(ROOT / "share/jupyter"), os.environ.get("JUPYTER_PATH")])),
        "JUPYTER_CONFIG_PATH": str(ROOT / "deploy/config"),
    }
    with serving(command, port=port, cwd=ROOT, environment=paths | environment) as server:
        yield server


class Shared(Generic[Thing]):
    """What several tests use; made when it is wanted, of what it is made of."""

    def __init__(self, make: Callable[..., AbstractContextManager[Thing]]) -> None:
        self._make, self._made_of = make, None
        self._stack = ExitStack()

    @contextmanager
    def lent(self, request: pytest.FixtureRequest, *made_of: Any) -> Iterator[Thing]:
        """Lend it to a test, and give it up if the test fails or if it is made of something else by now."""
        if self._made_of != made_of:
            self.end()
            self._thing, self._made_of = self._stack.enter_context(self._make(*made_of)), made_of
        failed = request.session.testsfailed
        yield self._thing
        if request.session.testsfailed > failed:
            self.end()

    def end(self) -> None:
        self._made_of = None
        self._stack.close()


@pytest.fixture(scope="package")
def shared_server() -> Iterator[Shared[Server]]:
    limits = {
        "Visitors.max_visitors": MOST,
        "Visitors.max_visitors_per_address": MOST_FROM_ONE,
        "GuardedSocket.burst": BURST,
        "GuardedSocket.max_unread_bytes": MOST_UNREAD,
    }
    shared = Shared(lambda: voila_for_all(*(f"--{name}={value}" for name, value in limits.items())))
    yield shared
    shared.end()


@pytest.fixture
def server(shared_server: Shared[Server], request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server for all tests: whatever one of them does to it, the next must still be served."""
    with shared_server.lent(request) as server:
        yield server
