"""The page, served at home, to the public and as files, and two alternatives: how each is started and drawn on."""

import os
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import psutil

from benchmarks.early import PAD, Pad
from benchmarks.install import ROOT, environment
from tests.browser.servers import FILES_ALONE, Server, serving

QUIET, WATCHED, PATIENCE = 0.1, 2.5, 60.0
"""Share of a core below which a server counts as having nothing to do; seconds in which it has to stay below it, longer
than Voila waits before it starts the next kernel; and seconds after which it will not come to rest."""
COMPARED = "page", "public", "usual", "gradio"
"""The columns of README's table."""


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
        title="for the public",
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
        title="notebook with TensorFlow and matplotlib",
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
    """A peer that is being served, its processes, and how long it took to start."""

    peer: Peer
    url: str
    process: psutil.Process
    started_in: float

    def processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> dict[int, float]:
        """CPU time of each process, by its id."""
        return {each.pid: sum(each.cpu_times()[:2]) for each in self.processes()}

    def megabytes(self) -> float:
        """Memory of all processes, what they share counted once (PSS)."""
        return sum(each.memory_full_info().pss for each in self.processes()) / 1e6

    def settle(self) -> None:
        """Wait until the server has nothing left to do, such as making a kernel ready for the next visitor.

        Raises `TimeoutError` if it does not come to rest.
        """
        began = busy = time.monotonic()
        while time.monotonic() - busy < WATCHED:
            before = sum(self.cpu_seconds().values())
            time.sleep(0.4)
            if sum(self.cpu_seconds().values()) - before >= 0.4 * QUIET:
                busy = time.monotonic()
            if busy - began > PATIENCE:
                raise TimeoutError(f"Its server still uses {QUIET:.0%} of a core after {PATIENCE:.0f} s.")


@contextmanager
def running(peer: Peer) -> Iterator[Running]:
    """Start a peer twice and end it. `started_in` has seconds from the second start to a whole page, with a kernel."""
    with _started(peer):
        pass
    began = time.perf_counter()
    with _started(peer) as server:
        urllib.request.urlopen(server.url, timeout=PATIENCE).read()
        seconds = time.perf_counter() - began
        yield Running(peer=peer, url=f"{server.url}/", process=psutil.Process(server.pid), started_in=seconds)


def _started(peer: Peer) -> AbstractContextManager[Server]:
    """A peer that is started in its own environment."""
    binary = environment(peer.installed) / "bin"
    variables = {"PATH": f"{binary}:{os.environ['PATH']}"} | peer.variables
    command = [binary / peer.command[0], *peer.command[1:]]
    return serving(command, cwd=ROOT / peer.folder, environment=variables)
