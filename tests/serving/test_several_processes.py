"""nginx before two Voila processes: visitors come back to their own, and a killed one is nobody else's trouble."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tornado.httpclient import HTTPClientError

from benchmarks.raw_visitor import RawVisitor
from tests.browser.hand import SEVEN
from tests.browser.servers import PATIENCE, ROOT, free_port

from .test_coming_and_going import until


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of nginx, and the folder that it runs in."""
    binaries = ROOT / ".venv" / "bin"
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or not (binaries / "supervisord").exists():
        pytest.skip("nginx or supervisor is not installed: `apt-get install nginx-light`, and `make serve` once.")
    run, port = tmp_path_factory.mktemp("serve"), free_port()
    variables = {"PORT": str(port), "PROCESSES": "2", "FIRST_PORT": str(free_port() // 10), "RUN": str(run)}
    process = subprocess.Popen(["sh", "deploy/serve.sh"], cwd=ROOT, env=os.environ | variables)
    try:
        url = f"http://127.0.0.1:{port}"
        asyncio.run(_wait_until_it_serves(url))
        yield url, run
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _wait_until_it_serves(url: str) -> None:
    latest = time.monotonic() + PATIENCE
    while True:
        try:
            return await (await RawVisitor(url).open()).leave()
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
    url, run = front

    async def kill_one() -> None:
        unlucky = await RawVisitor(url).open()
        others = [await RawVisitor(url).open() for _ in range(4)]
        listening_on(int(unlucky.cookies["process"])).kill()
        await unlucky.until(lambda: unlucky.is_closed)
        with pytest.raises(HTTPClientError, match="404"):
            await unlucky.fetch(f"/api/kernels/{unlucky.kernel_id}")
        elsewhere = [other for other in others if other.cookies["process"] != unlucky.cookies["process"]]
        assert elsewhere, "nginx sends everybody to one process"
        for other in elsewhere:
            empty = other.tiles
            await other.draw(SEVEN, every=0, points=20)
            await other.until(lambda other=other, empty=empty: other.tiles != empty)
        await (await RawVisitor(url).open()).leave()  # the one click
        await until(lambda: (run / "supervisord.log").read_text().count("spawned: ") == 4)

    asyncio.run(kill_one())
