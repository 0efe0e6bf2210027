"""The page as deploy/ serves it to anyone, with small limits that a test can reach."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser.servers import ROOT, Server, _serving, free_port

MOST, BURST = 4, 150


@contextmanager
def voila_for_all(*options: str) -> Iterator[Server]:
    """Voila with the configuration of deploy/config."""
    port = free_port()
    command = ["voila", "dashboard.ipynb", f"--port={port}", "--VoilaConfiguration.default_pool_size=1", *options]
    environment = {
        "JUPYTER_PATH": os.pathsep.join(filter(None, [str(ROOT / "share/jupyter"), os.environ.get("JUPYTER_PATH")])),
        "JUPYTER_CONFIG_PATH": str(ROOT / "deploy/config"),
    }
    with _serving(command, port, cwd=ROOT, environment=environment) as server:
        yield server


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """One server for all tests: whatever one of them does to it, the next must still be served."""
    with voila_for_all(f"--Visitors.most={MOST}", f"--GuardedSocket.burst={BURST}") as server:
        yield server
