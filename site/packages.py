"""Collect and compile what the browser's Python imports: standard library, other packages and the page's own."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from wheels import BuildError, official_wheel, sha256

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
KEPT = ROOT / "build" / "pyodide"
PYODIDE = KEPT / "node_modules" / "pyodide"
WHEELS = ("numpy", "pillow")
"""Packages with compiled code, from Pyodide's release; ipycanvas imports Pillow."""
NOT_IMPORTED = (
    *("**/tests", "**/__pycache__", "**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.h", "**/*.a", "*.dist-info"),
    *("bin", "etc", "share"),
    *(f"numpy/{name}" for name in ("_pyinstaller", "distutils", "f2py", "fft", "ma", "polynomial", "random")),
    *("numpy/testing", "numpy/_core/_*_tests.*", "numpy/_core/_simd.*", "numpy/linalg/*.so"),
    *(f"PIL/_imaging{name}.*" for name in ("cms", "ft", "morph", "tk")),
    *("ipycanvas/labextension", "ipycanvas/nbextension", "traitlets/config"),
    *(f"mnist_helpers/{room}" for room in ("evaluation", "mnist", "serving", "synthesis", "training")),
)
"""Files of packages that are left out."""
NOT_IMPORTED_OF_PYTHON = (
    *("unittest", "pydoc*", "lib2to3", "turtle*", "tkinter", "idlelib", "ensurepip", "venv", "xml*", "wsgiref"),
    *("curses", "dbm", "doctest.py", "mailbox.py", "imaplib.py", "smtplib.py", "poplib.py", "nntplib.py", "ftplib.py"),
    *("_pyio.py", "_pydatetime.py", "_pydecimal.py", "pickletools.py", "cgi*.py", "distutils", "multiprocessing"),
    *("argparse.py", "optparse.py", "configparser.py", "pdb.py", "http", "telnetlib.py", "sqlite3", "zoneinfo"),
    *("email", "urllib/[er]*.py", "socketserver.py", "pyodide/console.py", "pyodide/http.py", "statistics.py"),
    *("asyncio/proactor_events.py", "asyncio/windows_*.py", "logging/[ch]*.py", "difflib.py", "trace.py"),
    *("aifc.py", "plistlib.py", "tomllib"),
    *("encodings/cp*", "encodings/mac_*", "encodings/iso*", "encodings/koi*", "encodings/euc*", "encodings/shift*"),
)
"""Files of the standard library that are left out."""


def kept(name: str, made_of: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills; it is made again only when the content of a file in `made_of` changes."""
    contents = "".join(f"{path.name} {sha256(path.read_bytes())}\n" for path in made_of)
    folder, part = KEPT / f"{name}-{sha256(contents.encode())[:12]}", KEPT / f"{name}.part"
    if not folder.exists():
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make(part)
        for former in KEPT.glob(f"{name}-*"):
            shutil.rmtree(former)
        part.rename(folder)  # whole or not at all
    return folder


def own_sources() -> list[Path]:
    """The page's own package and its networks."""
    package = [path for path in files_in(ROOT / "src" / "mnist_helpers") if path.suffix != ".pyc"]
    networks = [path for kind in ("tflite", "json", "npz") for path in (ROOT / "models").glob(f"*.{kind}")]
    return [*package, *sorted(networks)]


def own_packages(folder: Path) -> Path:
    """Put the page's own package, its networks and `import_all` into a folder, compiled, below `site-packages`."""
    place = folder / "site-packages"
    package = place / "mnist_helpers"
    shutil.copytree(ROOT / "src" / "mnist_helpers", package)
    (package / "models").mkdir()
    for path in own_sources():
        if path.parent == ROOT / "models":
            shutil.copy(path, package / "models")
    for name in ("import_all.py", "convolution.py"):
        shutil.copy(SITE / name, place)
    leave_out(place, NOT_IMPORTED)
    run("node", SITE / "compile.mjs", PYODIDE, folder)
    return folder


def others_packages() -> Path:
    """A folder with the standard library and other packages, compiled."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    wheels = [official_wheel(lock, name, KEPT) for name in WHEELS]
    made_of = [SITE / "packages.txt", SITE / "compile.mjs", Path(__file__), *files_in(SITE / "stand_ins"), *wheels]
    return kept("packages", made_of, lambda folder: _collect(folder, wheels))


def _collect(folder: Path, wheels: list[Path]) -> None:
    place = folder / "site-packages"
    options = ("--no-deps", "--no-compile", "--python-version=3.12", "--only-binary=:all:", "--quiet")
    run(sys.executable, "-m", "pip", "install", *options, "--target", place, "-r", SITE / "packages.txt")
    for wheel in wheels:
        zipfile.ZipFile(wheel).extractall(place)
    leave_out(place, NOT_IMPORTED)
    shutil.copytree(SITE / "stand_ins", place, dirs_exist_ok=True)
    zipfile.ZipFile(PYODIDE / "python_stdlib.zip").extractall(folder)
    leave_out(folder, NOT_IMPORTED_OF_PYTHON)
    run("node", SITE / "compile.mjs", PYODIDE, folder)


def archived(folder: Path, files: Iterable[Path], target: Path) -> None:
    """Put files of a folder into a tar archive, reproducibly."""
    with tarfile.open(target, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                archive.addfile(entry, content)


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def leave_out(folder: Path, patterns: tuple[str, ...]) -> None:
    for path in [path for pattern in patterns for path in folder.glob(pattern)]:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    done = subprocess.run([*map(str, command)], cwd=cwd, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        last = "\n".join(line[:300] for line in (done.stdout + done.stderr).strip().splitlines()[-12:])
        raise BuildError(f"{Path(command[0]).name} failed, and nothing was built. It said:\n{last}")
