"""The page and two alternatives: how each is started, and where its pad and its probabilities are."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from benchmarks.install import ROOT, environment
from tests.browser.servers import free_port

PATIENCE = 180
QUIET = 0.1
"""Share of a core below which a server counts as having nothing to do."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """`answers_while_drawing`: it answers each move of the pen; the others answer when the pen is lifted.

    `tool` is a button that has to be pressed before one can draw.
    """

    name: str
    title: str
    command: Sequence[str]
    pad: str
    shown: str
    answers_while_drawing: bool = False
    tool: str = ""
    folder: str = "."
    variables: dict[str, str] = field(default_factory=dict)


PEERS = (
    Peer(
        name="page",
        title="This page",
        command=("voila", "dashboard.ipynb", "--port={port}"),
        pad=".digit-pad canvas",
        shown=".tiles",
        answers_while_drawing=True,
        variables={
            "JUPYTER_PATH": str(ROOT / "share" / "jupyter"),
            "JUPYTER_CONFIG_PATH": str(ROOT / "deploy" / "config"),
        },
    ),
    Peer(
        name="usual",
        title="Notebook with TensorFlow and matplotlib, by Voila",
        command=("voila", "usual_way.ipynb", "--no-browser", "--port={port}"),
        pad="canvas",
        shown=".widget-image",
        folder="benchmarks",
        variables={"TF_CPP_MIN_LOG_LEVEL": "3"},
    ),
    Peer(
        name="gradio",
        title="Gradio's Sketchpad",
        command=("python", "gradio_sketchpad.py", "{port}"),
        pad=".pixi-target canvas",
        shown="[data-testid='Label'], .output-class, .confidence-set",
        tool="button[aria-label=Brush]",
        folder="benchmarks",
        variables={"GRADIO_ANALYTICS_ENABLED": "False"},
    ),
)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A peer that is being served, and its processes."""

    peer: Peer
    url: str
    process: psutil.Process

    def processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> dict[int, float]:
        """CPU time of each process, by its id."""
        return {each.pid: sum(each.cpu_times()[:2]) for each in self.processes()}

    def megabytes(self) -> float:
        """Memory of all processes, what they share counted once (PSS)."""
        return sum(each.memory_full_info().pss for each in self.processes()) / 1e6

    def settle(self) -> None:
        """Wait until the server has nothing left to do, such as making a kernel ready for the next visitor."""
        quiet_samples = 0
        while quiet_samples < 3:
            before = sum(self.cpu_seconds().values())
            time.sleep(0.4)
            quiet_samples = quiet_samples + 1 if sum(self.cpu_seconds().values()) - before < 0.4 * QUIET else 0


@contextmanager
def running(peer: Peer) -> Iterator[Running]:
    """Start a peer in its own environment, and end it."""
    port = free_port()
    binary = environment(peer.name) / "bin"
    command = [part.format(port=port) for part in peer.command]
    variables = os.environ | {"PATH": f"{binary}:{os.environ['PATH']}"} | peer.variables
    process = subprocess.Popen(
        [binary / command[0], *command[1:]], cwd=ROOT / peer.folder, env=variables,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait_until_it_answers(process, port)
        yield Running(peer=peer, url=url, process=psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_it_answers(process: subprocess.Popen, port: int) -> None:
    latest = time.monotonic() + PATIENCE
    while True:
        if process.poll() is not None or time.monotonic() > latest:
            raise RuntimeError(f"{process.args[:3]} does not answer on port {port}: start it by hand to see why.")
        if any(c.status == "LISTEN" and c.laddr.port == port for c in psutil.net_connections("tcp")):
            return
        time.sleep(0.1)
