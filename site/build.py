"""Make the page as static files in build/site: the notebook and the package, run by Python in the visitor's browser.

`make site` runs this in an environment of its own, `.venv-site`, after npm has put Pyodide into build/pyodide. Voici
makes the frame of the notebook; what the notebook imports goes, compiled, into one wheel that Pyodide loads.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from wheels import BuildError, official_wheel, own_lock, sha256, zipped

SITE = Path(__file__).resolve().parent
ROOT = SITE.parent
BUILD = ROOT / "build"
PYODIDE = BUILD / "pyodide" / "node_modules" / "pyodide"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
WHEELS = ("numpy", "pillow")
"""What of Pyodide's release is compiled; ipycanvas imports Pillow."""
LABEXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"
KERNEL = LABEXTENSIONS / "@jupyterlite" / "pyodide-kernel-extension" / "static"
TAG = "cp312-cp312-pyodide_2024_0_wasm32"
NOT_IMPORTED = (
    *("**/tests", "**/__pycache__", "**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.h", "*.dist-info", "bin", "etc", "share"),
    *(f"numpy/{name}" for name in ("_pyinstaller", "distutils", "f2py", "fft", "random", "_core/_[orsu]*_tests.*")),
    *(f"pygments/lexers/{name}" for name in ("[!_p]*", "p[!y]*", "_*_builtins.py")),
    *(f"PIL/_imaging{name}.*" for name in ("cms", "ft", "math", "morph", "tk")),
    *("ipycanvas/labextension", "ipycanvas/nbextension"),
    *(f"mnist_helpers/{room}" for room in ("evaluation", "mnist", "serving", "synthesis", "training")),
)
"""What is left out of the browser's packages."""
NOT_ASKED = ("voici/build/*.woff*", "voici/build/treepage.js", "extensions/@jupyter-widgets")
"""What Voici makes and the page never asks for."""
VOICI = """
from mnist_helpers.serving.template_cache import compile_once
from voici_core.app import main
compile_once()  # gives the template the page's own files, as it does in Voila
main()
"""


def main() -> None:
    work, site = BUILD / "site-work", BUILD / "site"
    shutil.rmtree(work, ignore_errors=True)
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    wheels = [official_wheel(lock, name, BUILD / "pyodide") for name in WHEELS]
    make_frame(work / "frame")
    collect_packages(work / "packages", wheels)
    made = assemble(work, lock)
    shutil.rmtree(site, ignore_errors=True)
    made.rename(site)  # whole or not at all
    shutil.rmtree(work)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"The site is in build/site, {size / 1e6:.1f} MB. See it: python -m http.server --directory build/site")


def make_frame(folder: Path) -> None:
    """Have Voici make what surrounds the notebook."""
    lite = folder.with_name("lite")
    lite.mkdir(parents=True)
    shutil.copy(ROOT / "dashboard.ipynb", lite)
    kernel = {
        "disablePyPIFallback": True,
        "pyodideUrl": "./static/pyodide/pyodide.js",
        "loadPyodideOptions": {"packages": ["micropip", "piplite"]},
    }
    config = {"litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel}}
    (lite / "jupyter-lite.json").write_text(
        json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": config})
    )
    options = ("--contents=dashboard.ipynb", "--template=digits", "--no-sourcemaps", "--strip_sources=True")
    run(sys.executable, "-c", VOICI, "build", *options, f"--output-dir={folder}", cwd=lite)


def collect_packages(folder: Path, wheels: list[Path]) -> None:
    """Put all that the browser's Python imports into one folder, as source."""
    shutil.copytree(others_packages(wheels), folder)
    package = folder / "mnist_helpers"
    shutil.copytree(ROOT / "src" / "mnist_helpers", package)
    (package / "models").mkdir()
    for kind in ("tflite", "json", "npz"):
        for path in ROOT.glob(f"models/*.{kind}"):
            shutil.copy(path, package / "models")
    leave_out(folder, NOT_IMPORTED)
    run("node", SITE / "compile.mjs", PYODIDE, folder)


def others_packages(wheels: list[Path]) -> Path:
    """A folder with what others have written, compiled, which is made again only when its versions change."""
    wheels = [*wheels, *KERNEL.glob("pypi/pyodide_kernel-*.whl"), *KERNEL.glob("pypi/ipykernel-*.whl")]
    made_of = [
        SITE / "packages.txt",
        SITE / "compile.mjs",
        Path(__file__),
        *sorted(files_in(SITE / "stand_ins")),
        *wheels,
    ]
    kept = BUILD / "pyodide" / f"packages-{sha256(b''.join(path.read_bytes() for path in made_of))[:12]}"
    if not kept.exists():
        part = kept.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        options = ("--no-deps", "--no-compile", "--python-version=3.12", "--only-binary=:all:", "--quiet")
        run(sys.executable, "-m", "pip", "install", *options, "--target", part, "-r", SITE / "packages.txt")
        for wheel in wheels:
            zipfile.ZipFile(wheel).extractall(part)
        shutil.copytree(SITE / "stand_ins", part, dirs_exist_ok=True)
        leave_out(part, NOT_IMPORTED)
        run("node", SITE / "compile.mjs", PYODIDE, part)
        part.rename(kept)
    return kept


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def leave_out(folder: Path, patterns: tuple[str, ...]) -> None:
    for path in [path for pattern in patterns for path in folder.glob(pattern)]:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def assemble(work: Path, lock: dict) -> Path:
    """Put frame, Python and packages together; returns the folder."""
    made = work / "site"
    frame = work / "frame"
    for name in ("extensions", "voici/build", "jupyter-lite.json"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (frame / name).rename(made / name)
    leave_out(made, NOT_ASKED)
    choose_none(made / "voici" / "build", '"@jupyterlite/application-extension:service-worker-manager"===e.id')
    python = made / "static" / "pyodide"
    python.mkdir(parents=True)
    for name in CORE:
        shutil.copy(PYODIDE / name, python)
    wheels = {"piplite": python / f"page-1.0.0-{TAG}.whl", "micropip": python / "nothing-1.0.0-py3-none-any.whl"}
    zipped(work / "packages", wheels["piplite"])
    zipped(work / "nothing", wheels["micropip"])  # the kernel asks for it too, and it is not used
    (python / "pyodide-lock.json").write_text(json.dumps(own_lock(lock["info"], wheels)))
    for name in ("loading.js", "manifest.webmanifest", "icon.svg"):
        shutil.copy(SITE / name, made)
    page = (frame / "voici" / "render" / "dashboard.html").read_text()
    (made / "index.html").write_text(at_the_top(page))
    add_service_worker(made)
    return made


def choose_none(scripts: Path, chosen: str) -> None:
    """Choose none where Voici chooses JupyterLite's service worker, which would be in the way of the site's."""
    found = [path for path in scripts.glob("*.js") if chosen in path.read_text()]
    if len(found) != 1:
        raise BuildError(f"Voici's scripts have changed: {chosen!r} is in {len(found)} of them, wanted 1.")
    found[0].write_text(found[0].read_text().replace(chosen, "false"))


def at_the_top(page: str) -> str:
    """The page for the top folder instead of voici/render, with what tells of loading and makes it an app."""
    head, start = '<link rel="manifest" href="./manifest.webmanifest">', '<script src="./loading.js"></script>'
    page = page.replace("../../", "./").replace('"../build', '"./voici/build').replace("</head>", f"{head}\n</head>", 1)
    before, end, after = page.rpartition("</body>")
    return before + start + end + after


def add_service_worker(site: Path) -> None:
    """Write the service worker, which knows each file of this site by its hash."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    files = {path.relative_to(site).as_posix(): sha256(path.read_bytes()) for path in paths}
    version = sha256(json.dumps(files).encode())[:12]
    script = (SITE / "service-worker.js").read_text()
    told = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(files, indent=1)};\n"
    (site / "service-worker.js").write_text(told + script)


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    paths = os.pathsep.join(filter(None, [str(ROOT / "share" / "jupyter"), os.environ.get("JUPYTER_PATH")]))
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env=os.environ | {"JUPYTER_PATH": paths, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise BuildError(f"{Path(command[0]).name} failed, and nothing was built. It said:\n{last}")


if __name__ == "__main__":
    try:
        main()
    except BuildError as error:
        sys.exit(str(error))
