"""Firefox and WebKit as Debian has them, by WebDriver's commands.

WebKit's driver takes the commands by HTTP. Firefox takes the same ones on a socket of its own, Marionette; so neither
needs geckodriver or a package of Python's.
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from .servers import free_port

PATIENCE = 60
"""Seconds after which what a browser has not done counts as broken."""
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
WEBKIT = shutil.which("WebKitWebDriver")
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"), None)
XVFB = shutil.which("Xvfb")
AT_ONCE = {"pageLoadStrategy": "none"}
"""Control comes back before a page has loaded."""
PATHS = {"Navigate": "url", "Refresh": "refresh", "ExecuteScript": "execute/sync", "PerformActions": "actions"}

Command = Callable[[str, dict[str, Any]], Any]
"""Does one of WebDriver's commands, named as in Marionette, and returns its value."""


class Unloaded(Exception):
    """The page was left while a script ran in it."""


def until(is_true: Callable[[], Any], what: str) -> Any:
    """Wait for something, and return it."""
    end = time.monotonic() + PATIENCE
    while not (found := is_true()):
        assert time.monotonic() < end, f"this did not come: {what}"
        time.sleep(0.02)
    return found


@contextmanager
def running(*command: str | Path, **environment: str) -> Iterator[None]:
    """A program that is ended at the end."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([*map(str, command)], env=os.environ | environment, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def firefox() -> Iterator[Command]:
    """Firefox without a window."""
    assert FIREFOX
    with tempfile.TemporaryDirectory() as profile:
        Path(profile, "user.js").write_text('user_pref("marionette.port", 0);')
        with running(FIREFOX, "--marionette", "--no-remote", "--headless", "--profile", profile):
            port_file = Path(profile, "MarionetteActivePort")
            port = int(until(lambda: port_file.exists() and port_file.read_text(), "Firefox's port"))
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
                stream = connection.makefile("rwb")
                _reply(stream)

                def command(name: str, parameters: dict[str, Any]) -> Any:
                    message = json.dumps([0, 1, f"WebDriver:{name}", parameters]).encode()
                    stream.write(b"%d:%b" % (len(message), message))
                    stream.flush()
                    _, _, error, result = _reply(stream)
                    assert error is None, error
                    return result.get("value")

                command("NewSession", {"capabilities": {"alwaysMatch": AT_ONCE}})
                yield command


def _reply(stream: Any) -> Any:
    """One message of Marionette: its length, a colon, and JSON."""
    length = b""
    while (one := stream.read(1)) != b":":
        assert one, "Firefox has ended"
        length += one
    return json.loads(stream.read(int(length)))


@contextmanager
def webkit() -> Iterator[Command]:
    """WebKit for GTK on a screen of its own."""
    assert WEBKIT and MINI_BROWSER and XVFB
    screen, port = f":{free_port()}", free_port()
    options = {"binary": str(MINI_BROWSER), "args": ["--automation"]}
    with (
        running(XVFB, screen, "-nolisten", "tcp", "-screen", "0", "1440x900x24"),
        running(WEBKIT, f"--port={port}", DISPLAY=screen),
    ):
        until(lambda: _answers(port) and Path(f"/tmp/.X11-unix/X{screen[1:]}").exists(), "WebKit's driver")
        wanted = {"capabilities": {"alwaysMatch": AT_ONCE | {"webkitgtk:browserOptions": options}}}
        session = _post(port, "session", wanted)["sessionId"]
        try:
            yield lambda name, parameters: _post(port, f"session/{session}/{PATHS[name]}", parameters)
        finally:
            urllib.request.urlopen(_request(port, f"session/{session}", None, "DELETE"), timeout=PATIENCE).close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _request(port: int, path: str, body: Any, method: str) -> urllib.request.Request:
    return urllib.request.Request(f"http://127.0.0.1:{port}/{path}", json.dumps(body).encode(), method=method)


def _post(port: int, path: str, body: Any) -> Any:
    try:
        with urllib.request.urlopen(_request(port, path, body, "POST"), timeout=PATIENCE) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        answer = error.read().decode()
        if "before the unload event" in answer:
            raise Unloaded(answer) from error
        raise AssertionError(f"WebKit did not do {path}: {answer[:500]}") from error


ENGINES: dict[str, tuple[Callable[[], AbstractContextManager[Command]], Sequence[Any]]] = {
    "firefox": (firefox, [FIREFOX]),
    "webkit": (webkit, [WEBKIT, MINI_BROWSER, XVFB]),
}
"""How each is started, and what it needs."""
