"""nginx before two Voila processes: visitors come back to their own, and a killed one is nobody else's trouble."""

import asyncio
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from tornado.httpclient import HTTPClientError

from benchmarks.raw_visitor import RawVisitor
from tests.browser.servers import PATIENCE, ROOT, free_port

from .clients import company, draws, has_ended, run, until


def free_ten() -> int:
    """What ten ports have in common before their last digit: all are free, and below those that a system hands out."""
    for ten in random.sample(range(1100, 3200), 2100):
        with ExitStack() as probes:
            try:
                for port in range(ten * 10, ten * 10 + 10):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return ten
    raise OSError("no ten ports in a row are free")


@contextmanager
def serving(run_in: Path, port: int, url: str, ca_certs: str | None, variables: dict[str, str]) -> Iterator[None]:
    """The page as `make serve` serves it, or a reason to skip."""
    binaries = ROOT / ".venv" / "bin"
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or not (binaries / "supervisord").exists():
        pytest.skip("nginx or supervisor is missing: as root on Debian `make test` installs both.")
    variables |= {"PORT": str(port), "FIRST_PORT": str(free_ten()), "RUN": str(run_in)}
    process = subprocess.Popen(["sh", "deploy/serve.sh"], cwd=ROOT, env=os.environ | variables)
    try:
        run(_wait_until_it_serves(url, ca_certs))
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of nginx, and the folder that it runs in."""
    run_in, port = tmp_path_factory.mktemp("serve"), free_port()
    url = f"http://127.0.0.1:{port}"
    with serving(run_in, port, url, None, {"PROCESSES": "2"}):
        yield url, run_in


async def _wait_until_it_serves(url: str, ca_certs: str | None) -> None:
    latest = time.monotonic() + PATIENCE
    while True:
        try:
            return await (await RawVisitor(url, ca_certs).open()).leave()
        except (OSError, HTTPClientError):
            assert time.monotonic() < latest, "nginx or Voila does not start"
            await asyncio.sleep(0.2)


def listening_on(port: int) -> psutil.Process:
    return next(
        psutil.Process(each.pid)
        for each in psutil.net_connections("tcp")
        if each.status == "LISTEN" and each.laddr.port == port
    )


def test_a_killed_process_is_noticed_by_its_own_visitors_only(front: tuple[str, Path]):
    url, run_in = front

    async def kill_one() -> None:
        async with company(url) as come:
            unlucky, other = await come(), await come()
            while other.cookies["process"] == unlucky.cookies["process"]:  # the second one may be starting yet
                await other.leave()
                other = await come()
            listening_on(int(unlucky.cookies["process"])).kill()
            await unlucky.until(lambda: unlucky.is_closed)
            await until(lambda: has_ended(unlucky))
            await draws(other)
            await come()  # the one click
        await until(lambda: (run_in / "supervisord.log").read_text().count("spawned: ") == 4)

    run(kill_one())
