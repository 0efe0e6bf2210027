"""Serve the page on this computer, from any folder."""

import os
import socket
import sys
import tempfile

from mnist_helpers import PROJECT

NOTEBOOK = PROJECT / "dashboard.ipynb"


class PageError(RuntimeError):
    """The page cannot be served; the message says what to do."""


def serve_page(port: int, *, open_browser: bool) -> None:
    """Serve the page on `http://localhost:<port>` until Ctrl+C.

    Raises `PageError` if the port is invalid or in use, or if no folder for temporary files can be written.
    """
    _check_port(port)
    _check_temporary_folder()
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # it builds a parser for 2.5 s, which nothing here uses
    from voila.app import Voila

    # Kernels find the template below this folder, and Voila its settings in voila.json, wherever the command is run.
    data = str(PROJECT / "share" / "jupyter")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [data, os.environ.get("JUPYTER_PATH")]))
    print(f"The page opens on http://localhost:{port} in a moment. Ctrl+C ends it.", flush=True)
    options = [f"--port={port}", "--Voila.port_retries=0", *([] if open_browser else ["--no-browser"])]
    Voila.launch_instance([str(NOTEBOOK), *options], config_file_paths=[str(PROJECT)])


def _check_port(port: int) -> None:
    if not 0 < port < 65536:
        raise PageError(f"There is no port {port}. Give one from 1 to 65535, such as --port=8866.")
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise PageError(f"Port {port} is in use. Name another: --port={port + 1}, or with make PORT={port + 1}.")


def _check_temporary_folder() -> None:
    try:
        with tempfile.TemporaryFile():
            pass
    except OSError as error:
        raise PageError(
            f"No folder for temporary files can be written ({error.strerror}). Set TMPDIR to one that can."
        ) from None
