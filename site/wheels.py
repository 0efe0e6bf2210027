"""Get wheels of Pyodide's release and check their hashes."""

import hashlib
import os
import urllib.request
from pathlib import Path

RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/{file_name}"


class BuildError(RuntimeError):
    """The site cannot be made; the message says what to do."""


def official_wheel(lock: dict, name: str, downloads: Path) -> Path:
    """A wheel of Pyodide's release, from `PYODIDE_DIR` or from where it is published, if its hash is the lock's."""
    entry, folder = lock["packages"][name], os.environ.get("PYODIDE_DIR")
    kept = downloads / entry["file_name"]
    source = Path(folder) / entry["file_name"] if folder else kept
    url = RELEASE.format(version=lock["info"]["version"], file_name=entry["file_name"])
    try:
        if not folder and not kept.exists():
            kept.write_bytes(urllib.request.urlopen(url, timeout=60).read())
        found = sha256(source.read_bytes())
    except OSError as error:
        raise BuildError(
            f"{source.name} of Pyodide {lock['info']['version']} could not be had ({error}). Name a folder with that "
            "release, as its downloads unpack: make site PYODIDE_DIR=..."
        ) from None
    if found != entry["sha256"]:
        kept.unlink(missing_ok=True)
        raise BuildError(
            f"{source} is not the one of Pyodide {lock['info']['version']} (its SHA-256 is {found[:12]}..., wanted "
            f"{entry['sha256'][:12]}...). Nothing was built. Get it again, or name another PYODIDE_DIR."
        )
    return source


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
