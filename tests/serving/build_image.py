"""Build the image `digits` for `test_image.py`, also where no registry of images can be reached (`make test-image`).

Where docker or podman answers, `deploy/image.sh` is all. Otherwise, as root on Debian, buildah builds it, on a Debian
that debootstrap makes under the name that the Dockerfile asks for; pip inside finds packages as pip does on this
machine.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.servers import ROOT

from . import image  # noqa: F401  (sets how buildah works)

BASE, SUITE = "docker.io/library/debian:bookworm-slim", "bookworm"
TOOLS = ("buildah", "crun", "debootstrap")


def run(*command: str | Path) -> None:
    subprocess.run(command, check=True)


def succeeds(*command: str) -> bool:
    return bool(shutil.which(command[0])) and not subprocess.run(command, capture_output=True).returncode


def install_tools() -> None:
    """Install buildah and debootstrap, where that may be done."""
    if all(map(shutil.which, TOOLS)):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        sys.exit(f"No docker and no podman answers. Start one, or install {', '.join(TOOLS)} and run this as root.")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "--yes", "-qq", "--no-install-recommends", *TOOLS)


def make_base() -> None:
    """Make the image that the Dockerfile begins with."""
    with tempfile.TemporaryDirectory() as folder:
        run("debootstrap", "--variant=minbase", SUITE, folder)
        container = subprocess.check_output(["buildah", "from", "scratch"], text=True).strip()
        run("buildah", "add", "--quiet", container, folder, "/")
        run("buildah", "commit", "--quiet", "--rm", container, BASE)


def volumes(folder: Path) -> list[str]:
    """Let pip inside the build find what pip finds here: its settings, and the files and folders that they name."""
    listed = subprocess.check_output([sys.executable, "-m", "pip", "config", "list"], text=True)
    settings = dict(re.findall(r"^(?:global|install|:env:)\.([\w-]+)='(.*)'$", listed, re.MULTILINE))
    folders = []
    for path in map(Path, re.findall(r"(?:(?<=')|(?<=\s)|(?<=file://))/[^\s']+", listed)):
        if path.is_file():  # by another name: a package that the build installs may own this one
            copy = shutil.copy(path, folder)
            settings = {name: value.replace(str(path), copy) for name, value in settings.items()}
        elif path.is_dir():  # with what lies beside it, where the pages of an index have their links to
            folders.append(path.parent)
    written = folder / "pip.conf"
    written.write_text("[global]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()))
    outer = {each for each in folders if not set(each.parents) & set(folders)} | {folder}
    return [f"--volume={each}:{each}:ro" for each in outer] + [f"--volume={written}:/etc/pip.conf:ro"]


def main() -> None:
    """Build it."""
    script = ["sh", str(ROOT / "deploy/image.sh")]
    if succeeds("docker", "info") or succeeds("podman", "info"):
        return run(*script)
    install_tools()
    if not succeeds("buildah", "inspect", "--type=image", BASE) and not succeeds("buildah", "pull", BASE):
        make_base()
    with tempfile.TemporaryDirectory() as folder:
        run(*script, *volumes(Path(folder)))


if __name__ == "__main__":
    main()
