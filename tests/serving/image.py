"""The image `digits` that `make image` builds, run by the engine that has it: docker, podman or buildah."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.browser.servers import PATIENCE, _answers, free_port

os.environ.setdefault("BUILDAH_ISOLATION", "chroot")  # the one that needs no rights over cgroups
os.environ.setdefault("STORAGE_DRIVER", "vfs")  # the one that works inside a container too


def command_output(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout.strip()


def engine_with_image() -> str | None:
    """The engine that has the image, if one has."""
    for name in ("docker", "podman", "buildah"):
        with suppress(OSError, subprocess.SubprocessError):
            command_output(name, "inspect", "--type=image", "digits")
            return name
    return None


@contextmanager
def inside(engine: str) -> Iterator[list[str]]:
    """The words that run a command in a container of the image."""
    if engine != "buildah":
        yield [engine, "run", "--rm", "digits"]
        return
    name = command_output("buildah", "from", "digits")
    try:
        yield ["buildah", "run", name, "--"]
    finally:
        command_output("buildah", "rm", name)


@contextmanager
def serving(engine: str) -> Iterator[str]:
    """Where the running image serves, once it answers; on a read-only root where the engine knows how."""
    port = free_port()
    with inside(engine) as words:
        if engine == "buildah":
            command, end = [*words, "voila", "dashboard.ipynb", f"--port={port}"], ["true"]
        else:
            name, mapped = f"digits-{port}", f"--publish=127.0.0.1:{port}:8866"
            command = [engine, "run", "--rm", f"--name={name}", "--read-only", "--tmpfs=/tmp", mapped, "digits"]
            end = [engine, "stop", name]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            latest = time.monotonic() + PATIENCE
            while not _answers(port):
                assert process.poll() is None and time.monotonic() < latest, "the container does not answer"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)
            subprocess.run(end, capture_output=True, timeout=PATIENCE)
