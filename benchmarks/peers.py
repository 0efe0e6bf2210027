"""The page, served at home, to the public and as files, and two alternatives: how each is started and drawn on."""

import os
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from benchmarks.early import PAD, Pad
from benchmarks.install import ROOT, environment
from tests.browser.servers import FILES_ALONE, serving

QUIET = 0.1
"""Share of a core below which a server counts as having nothing to do."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """`installed` names its environment; `called` is the command as a person would say it.

    `ready` is there once a kernel is; `shown` are its probabilities. `answers_while_drawing`: it answers each move of
    the pen, where the others answer when the pen is lifted. `computes`: its server does, and not the browser.
    """

    name: str
    title: str
    installed: str
    called: str
    command: Sequence[str]
    pad: Pad = PAD
    ready: str = "#rendered_cells [data-answer]"
    shown: str = "#rendered_cells .tiles"
    answers_while_drawing: bool = True
    computes: bool = True
    folder: str = "."
    variables: dict[str, str] = field(default_factory=dict)


PEERS = (
    Peer(
        name="page",
        title="this page",
        installed="page",
        called="mnist-helpers page",
        command=("mnist-helpers", "page", "--no-browser"),
    ),
    Peer(
        name="public",
        title="this page, public configuration",
        installed="page",
        called="voila dashboard.ipynb with deploy/config",
        command=("voila", "dashboard.ipynb"),
        variables={
            "JUPYTER_PATH": str(ROOT / "share" / "jupyter"),
            "JUPYTER_CONFIG_PATH": str(ROOT / "deploy" / "config"),
        },
    ),
    Peer(
        name="site",
        title="this page as static files",
        installed="page",
        called="python -m http.server --directory build/site",
        command=("python", "-c", FILES_ALONE),
        computes=False,
        folder="build/site",
    ),
    Peer(
        name="usual",
        title="notebook with TensorFlow and matplotlib, by Voila",
        installed="usual",
        called="voila usual_way.ipynb",
        command=("voila", "usual_way.ipynb", "--no-browser"),
        pad=Pad(canvas="canvas", answer=".widget-image", again=1000),
        ready="canvas",
        shown=".widget-image",
        answers_while_drawing=False,
        folder="benchmarks",
        variables={"TF_CPP_MIN_LOG_LEVEL": "3"},
    ),
    Peer(
        name="gradio",
        title="Gradio's Sketchpad",
        installed="gradio",
        called="python gradio_sketchpad.py",
        command=("python", "gradio_sketchpad.py"),
        pad=Pad(
            canvas=".pixi-target canvas",
            answer=".confidence-set",
            tool="button[aria-label=Brush]",
            inked="button[aria-label=Undo]:enabled",
            again=1000,
        ),
        ready="button[aria-label=Brush]",
        shown="[data-testid='Label'], .output-class, .confidence-set",
        answers_while_drawing=False,
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
        while quiet_samples < 5:
            before = sum(self.cpu_seconds().values())
            time.sleep(0.4)
            quiet_samples = quiet_samples + 1 if sum(self.cpu_seconds().values()) - before < 0.4 * QUIET else 0


@contextmanager
def running(peer: Peer) -> Iterator[Running]:
    """Start a peer in its own environment, and end it."""
    binary = environment(peer.installed) / "bin"
    variables = {"PATH": f"{binary}:{os.environ['PATH']}"} | peer.variables
    command = [binary / peer.command[0], *peer.command[1:]]
    with serving(command, cwd=ROOT / peer.folder, environment=variables) as server:
        yield Running(peer=peer, url=f"{server.url}/", process=psutil.Process(server.pid))


def seconds_to_page(peer: Peer) -> float:
    """Seconds from the command to a whole page, which has a kernel, at the second start."""
    with running(peer):
        pass
    started = time.perf_counter()
    with running(peer) as server, urllib.request.urlopen(server.url, timeout=60) as page:
        page.read()
        return time.perf_counter() - started
