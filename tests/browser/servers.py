"""Servers for the browser to visit: started on a free port, waited for, and ended by the id that started them."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
FILES_ALONE = """import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
port = int(sys.argv[1].removeprefix("--port="))
ThreadingHTTPServer(("127.0.0.1", port), SimpleHTTPRequestHandler).serve_forever()"""
PATIENCE = 180
"""Seconds after which a server that does not answer counts as broken."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where a server listens, and the id of its process."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def voila(*options: str, **environment: str) -> Iterator[Server]:
    """The page, served by Voila from the checkout, with options and environment of the caller's."""
    command = [sys.executable, "-m", "voila", "dashboard.ipynb", "--no-browser", *options]
    data = os.pathsep.join(filter(None, [str(ROOT / "share" / "jupyter"), os.environ.get("JUPYTER_PATH")]))
    with serving(command, cwd=ROOT, environment={"JUPYTER_PATH": data} | environment) as server:
        yield server


@contextmanager
def static_files(folder: Path) -> Iterator[Server]:
    """A server that knows nothing but files."""
    with serving([sys.executable, "-c", FILES_ALONE], cwd=folder) as server:
        yield server


@contextmanager
def jupyterlab(folder: Path) -> Iterator[Server]:
    """JupyterLab on a folder, with settings of its own and without a token."""
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", "--IdentityProvider.token=",
        "--LabApp.news_url=",
    ]  # fmt: skip
    names = ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    with tempfile.TemporaryDirectory() as own:
        environment = {name: str(Path(own, name)) for name in names}
        with serving(command, cwd=folder, environment=environment) as server:
            yield server


@contextmanager
def serving(
    command: Sequence[str | Path], *, cwd: Path, port: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The server that a command starts on the port that `--port` gives it; ended at the end."""
    port = port or free_port()
    command = [*map(str, command), f"--port={port}"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=cwd, env=os.environ | dict(environment or {}), stdout=log, stderr=log)
        try:
            _wait_until_it_answers(process, port, log)
            yield Server(port=port, pid=process.pid)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(process: subprocess.Popen, port: int, log) -> None:
    latest = time.monotonic() + PATIENCE
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > latest:
            log.seek(0)
            state = "is running but does not answer" if process.poll() is None else "has ended"
            raise RuntimeError(f"The server on port {port} {state}. It said:\n{log.read().decode()[-3000:]}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def kernels(server: Server) -> dict[int, str]:
    """Command lines of the kernels that a server runs, by the id of the process."""
    found = {}
    for each in psutil.Process(server.pid).children():
        with suppress(psutil.NoSuchProcess):  # it has just ended
            found[each.pid] = " ".join(each.cmdline())
    return {pid: command for pid, command in found.items() if "ipykernel_launcher" in command}


def kernel_of(server: Server, kernel_id: str) -> int:
    """The process of one of these kernels."""
    (found,) = (pid for pid, command in kernels(server).items() if kernel_id in command)
    return found
