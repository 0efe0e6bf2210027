"""The image that `make image` has built serves the page as somebody without rights, and recognises a digit."""

import os
import subprocess
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESKTOP
from tests.browser.hand import SEVEN
from tests.browser.servers import PATIENCE, _answers, free_port
from tests.browser.visitor import Visitor


def said(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout.strip()


@pytest.fixture(scope="module")
def engine() -> str:
    """The engine that has the image."""
    for name in ("docker", "podman", "buildah"):
        try:
            said(name, "inspect", "--type=image", "digits")
        except (OSError, subprocess.SubprocessError):
            continue
        os.environ.setdefault("BUILDAH_ISOLATION", "chroot")  # the one that needs no rights over cgroups
        return name
    pytest.skip("There is no image `digits`: `make image` builds it where docker, podman or buildah is.")


@pytest.fixture(scope="module")
def url(engine: str) -> Iterator[str]:
    """Where the running image serves; on a read-only root where the engine knows how."""
    port = free_port()
    if engine == "buildah":
        name = said("buildah", "from", "digits")
        command = ["buildah", "run", name, "--", "voila", "dashboard.ipynb", f"--port={port}"]
        end = ["buildah", "rm", name]
    else:
        name = f"digits-{port}"
        mapped = f"--publish=127.0.0.1:{port}:8866"
        command = [engine, "run", "--rm", f"--name={name}", "--read-only", "--tmpfs=/tmp", mapped, "digits"]
        end = [engine, "stop", name]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        latest = time.monotonic() + PATIENCE
        while not _answers(port):
            assert process.poll() is None and time.monotonic() < latest, "the container does not answer"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)
        subprocess.run(end, capture_output=True, timeout=PATIENCE)


def test_a_digit_drawn_on_the_page_of_the_image_is_recognised(url: str, chromium: Browser):
    visitor = Visitor(chromium.new_context(**DESKTOP).new_page(), url).open()
    visitor.draw(SEVEN)
    assert visitor.answer == "7"
    assert visitor.complaints == []


def test_the_image_is_nobody_s_and_holds_no_tensorflow(engine: str):
    if engine == "buildah":
        name = said("buildah", "from", "digits")
        inside = ["buildah", "run", name, "--"]
    else:
        inside = [engine, "run", "--rm", "digits"]
    try:
        assert said(*inside, "id", "-u") == "10001"
        assert "tensorflow" not in said(*inside, "sh", "-c", "ls /app/.venv/lib/python3*/site-packages")
    finally:
        if engine == "buildah":
            said("buildah", "rm", name)
