"""The package where pip puts it: built, installed without the checkout, started in an empty folder, and drawn on."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from mnist_helpers.__main__ import main
from mnist_helpers.preprocessing.drawings_file import SAMPLES

from .hand import SEVEN
from .servers import ROOT, serving
from .visitor import Visitor

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
VERSIONS = [
    pytest.param(version, marks=[] if version == RUNNING else pytest.mark.pythons)
    for version in ("3.11", "3.12", "3.13", "3.14")
]
"""The Pythons that the page is meant for; all but the running one are for `make pythons`."""
PINS = ROOT / "constraints.txt"
CHECKOUTS = "PYTHONPATH", "JUPYTER_PATH"
"""Variables with which the checkout would stand in for what is installed."""


def python(version: str) -> str | None:
    """A Python of this version that is on the PATH or among those of pyenv."""
    names = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    for name in [sys.executable, *filter(None, names)]:
        command = [name, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == version:
            return str(name)
    return None


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that was built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    (path,) = folder.glob("*.whl")
    assert list(folder.glob("*.tar.gz"))
    return path


@pytest.fixture(scope="module", params=VERSIONS)
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of commands of a new environment that holds the wheel and what it needs."""
    base = python(request.param)
    if base is None:
        pytest.skip(f"Python {request.param} is not installed here")
    folder = tmp_path_factory.mktemp("environment")
    run(base, "-m", "venv", "--without-pip", folder)
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    install = "--python", commands / "python", "install", "--quiet", "--no-compile", "--constraint", PINS, wheel
    run(sys.executable, "-m", "pip", *install)
    yield commands
    shutil.rmtree(folder)


def run(*command: Path | str, **settings) -> str:
    """What a command printed; it must not fail."""
    environment = {name: value for name, value in os.environ.items() if name not in CHECKOUTS}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, **settings)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_page_is_served_from_an_empty_folder(
    installed: Path, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in CHECKOUTS:
        monkeypatch.delenv(name, raising=False)
    with serving([installed / "mnist-helpers", "page", "--no-browser"], cwd=tmp_path) as server:
        visitor = Visitor(chromium.new_page(), server.url).open()
        visitor.draw(SEVEN)
        assert visitor.answer == "7"
        assert visitor.page_errors == []
        visitor.page.close()
    assert (installed.parent / "etc/jupyter/jupyter_server_config.d/mnist_helpers.json").exists()  # for Lab and Binder
    scores = run(installed / "mnist-helpers", "evaluate", "--drawings", SAMPLES, cwd=tmp_path)
    assert float(re.search(r'"accuracy": ([\d.]+)', scores)[1]) > 0.98  # type: ignore[index]
    (network,) = installed.parent.rglob("mnist_helpers/models/digits.tflite")
    network.unlink()
    done = subprocess.run([installed / "mnist-helpers", "page"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "pip install --force-reinstall" in done.stderr


def test_a_port_in_use_is_reported_in_a_sentence(server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mnist_helpers", "page", f"--port={server.port}", "--no-browser"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert (
        done.stderr == f"Port {server.port} is in use. Name another: --port={server.port + 1}, or with make "
        f"PORT={server.port + 1}.\n"
    )


def test_a_port_that_does_not_exist_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["page", "--port=99999", "--no-browser"]) == 2
    assert capsys.readouterr().err == "There is no port 99999. Give one from 1 to 65535, such as --port=8866.\n"


def test_a_temporary_folder_that_cannot_be_written_is_reported_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code = (
        f"import tempfile; tempfile.tempdir = {str(tmp_path / 'file')!r}; "
        "import sys; from mnist_helpers.__main__ import main; sys.exit(main(['page', '--port=1', '--no-browser']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "Set TMPDIR" in done.stderr
