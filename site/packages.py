"""What the browser's Python imports: packages and standard library, compiled, and the memory of a Python that has them."""

import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from wheels import BuildError, official_wheel, sha256

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
PYODIDE = ROOT / "build" / "pyodide" / "node_modules" / "pyodide"
LABEXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL = LABEXTENSIONS / "@jupyterlite" / "pyodide-kernel-extension" / "static"
WHEELS = ("numpy", "pillow")
"""What of Pyodide's release is compiled; ipycanvas imports Pillow."""
NOT_IMPORTED = (
    *("**/tests", "**/__pycache__", "**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.h", "*.dist-info", "bin", "etc", "share"),
    *(f"numpy/{name}" for name in ("_pyinstaller", "distutils", "f2py", "fft", "random", "_core/_[orsu]*_tests.*", "_core/_simd*")),
    *(f"pygments/lexers/{name}" for name in ("[!_p]*", "p[!y]*", "_*_builtins.py")),
    *(f"PIL/_imaging{name}.*" for name in ("cms", "ft", "math", "morph", "tk")),
    *("ipycanvas/labextension", "ipycanvas/nbextension", "IPython/terminal/shortcuts"),
    *(f"mnist_helpers/{room}" for room in ("evaluation", "mnist", "serving", "synthesis", "training")),
)
"""What is left out of the browser's packages."""
NOT_IMPORTED_OF_PYTHON = (
    *("unittest", "pydoc_data", "lib2to3", "turtle*", "tkinter", "idlelib", "ensurepip", "venv", "xmlrpc", "wsgiref"),
    *("curses", "dbm", "doctest.py", "mailbox.py", "imaplib.py", "smtplib.py", "poplib.py", "nntplib.py", "ftplib.py"),
    *("_pyio.py", "pickletools.py", "cgi*.py", "distutils", "multiprocessing", "zoneinfo", "tomllib", "ctypes/macholib"),
    *("encodings/cp*", "encodings/mac_*", "encodings/iso*", "encodings/koi*", "encodings/euc*", "encodings/shift*"),
)


def packages(folder: Path, lock: dict) -> None:
    """Put all that the browser's Python imports into a folder, compiled, beside its standard library."""
    downloads = ROOT / "build" / "pyodide"
    wheels = [official_wheel(lock, name, downloads) for name in WHEELS]
    sources = [*wheels, *KERNEL.glob("pypi/pyodide_kernel-*.whl"), *KERNEL.glob("pypi/ipykernel-*.whl")]
    made_of = [SITE / "packages.txt", SITE / "compile.mjs", Path(__file__), *files_in(SITE / "stand_ins"), *sources]
    kept = downloads / f"packages-{sha256(b''.join(path.read_bytes() for path in made_of))[:12]}"
    if not kept.exists():
        part = kept.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        _collect(part, sources)
        part.rename(kept)
    shutil.copytree(kept, folder)
    package = folder / "own" / "mnist_helpers"
    shutil.copytree(ROOT / "src" / "mnist_helpers", package)
    (package / "models").mkdir()
    for kind in ("tflite", "json", "npz"):
        for path in (ROOT / "models").glob(f"*.{kind}"):
            shutil.copy(path, package / "models")
    shutil.copy(SITE / "import_all.py", folder / "own")
    leave_out(folder / "own", NOT_IMPORTED)
    run("node", SITE / "compile.mjs", PYODIDE, folder / "own")
    shutil.copytree(folder / "own", folder / "packages", dirs_exist_ok=True)


def _collect(folder: Path, wheels: list[Path]) -> None:
    """Collect and compile what others have written, which changes only with its versions."""
    options = ("--no-deps", "--no-compile", "--python-version=3.12", "--only-binary=:all:", "--quiet")
    run(sys.executable, "-m", "pip", "install", *options, "--target", folder / "packages", "-r", SITE / "packages.txt")
    for wheel in wheels:
        zipfile.ZipFile(wheel).extractall(folder / "packages")
    shutil.copytree(SITE / "stand_ins", folder / "packages", dirs_exist_ok=True)
    zipfile.ZipFile(PYODIDE / "python_stdlib.zip").extractall(folder / "python")
    leave_out(folder / "packages", NOT_IMPORTED)
    leave_out(folder / "python", NOT_IMPORTED_OF_PYTHON)
    run("node", SITE / "compile.mjs", PYODIDE, folder / "packages", folder / "python")
    with zipfile.ZipFile(folder / "python_stdlib.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in files_in(folder / "python"):
            entry = zipfile.ZipInfo(path.relative_to(folder / "python").as_posix())  # without a time
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    shutil.rmtree(folder / "python")


def archived(folder: Path, target: Path) -> None:
    """Put a folder into a tar archive, so that the same files make the same bytes."""
    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as archive:
        for path in files_in(folder):
            entry = tarfile.TarInfo(path.relative_to(folder).as_posix())
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                archive.addfile(entry, content)


def kept_memory(folder: Path) -> tuple[bytes, dict]:
    """The memory of a Python that has imported all that the page needs, and what must be as it was to use it."""
    run("node", SITE / "memory.mjs", PYODIDE, folder / "python_stdlib.zip", folder / "all.tar", folder / "memory")
    return (folder / "memory").read_bytes(), json.loads((folder / "memory.json").read_text())


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def leave_out(folder: Path, patterns: tuple[str, ...]) -> None:
    for path in [path for pattern in patterns for path in folder.glob(pattern)]:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    import os

    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=os.environ | environment, capture_output=True, text=True
    )
    if done.returncode:
        last = "\n".join(line[:300] for line in (done.stdout + done.stderr).strip().splitlines()[-12:])
        raise BuildError(f"{Path(command[0]).name} failed, and nothing was built. It said:\n{last}")
