"""Make the page as static files in build/site: the notebook and the package, run by Python in the visitor's browser.

`make site` runs this in an environment of its own, `.venv-site`, after npm has put Pyodide into build/pyodide. Voici
makes the page around the notebook (the frame). What the notebook imports goes into archives, and into a copy of
Python's memory after importing it.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from packages import (
    PYODIDE,
    ROOT,
    SITE,
    archived,
    files_in,
    kept,
    leave_out,
    others_packages,
    own_packages,
    own_sources,
    run,
)
from wheels import BuildError, sha256

BUILD = ROOT / "build"
WABT = PYODIDE.parent / "wabt" / "bin"
FRAME = SITE / "frame.txt"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm")
KERNEL_PLACE = "extensions/@jupyterlite/pyodide-kernel-extension/static"
NOT_ASKED = (
    *("extensions/@jupyter-widgets", "extensions/@voila-dashboards", f"{KERNEL_PLACE}/pypi/*.whl"),
    f"{KERNEL_PLACE}/620.*.js",  # a kernel for servers with other headers
)
"""Files that Voici makes and the page never requests, beside the scripts that are not in frame.txt."""
REPLACED = (
    ("voici/build", '"@jupyterlite/application-extension:service-worker-manager"===e.id', "false"),
    (KERNEL_PLACE, "crossOriginIsolated?", "false?"),
    ("voici/build", "setTimeout((function(e){return t.call(e)}),4,e)", "setTimeout(()=>t.call(e))"),
)
"""Changes of Voici's scripts: no service worker of JupyterLite's, which conflicts with the site's; no other kernel on
some servers than the one that was started; not 4 ms until the kernel gets a message."""
VOICI = """
from mnist_helpers.serving.template_cache import compile_once
from voici_core.app import main
compile_once()  # gives the template the page's own files, as it does in Voila
main()
"""


def main() -> None:
    others, own, site = others_packages(), own_sources(), BUILD / "site"
    sources = [path for path in files_in(SITE) if path.suffix in (".py", ".mjs", ".js", ".wat", ".json")]
    frame_of = [ROOT / "dashboard.ipynb", SITE / "requirements.txt", *sources, *own, *files_in(ROOT / "share")]
    frame = kept("frame", frame_of, make_frame)
    python = kept("python", [*sources, *own, *files_in(others)], lambda folder: make_python(folder, others))
    made = BUILD / "site.part"
    shutil.rmtree(made, ignore_errors=True)
    assemble(made, frame, python)
    shutil.rmtree(site, ignore_errors=True)
    made.rename(site)  # whole or not at all
    size = sum(path.stat().st_size for path in files_in(site))
    print(f"The site is in build/site, {size / 1e6:.1f} MB. See it: python -m http.server --directory build/site")


def make_frame(folder: Path) -> None:
    """Have Voici make what surrounds the notebook."""
    lite = folder / "lite"
    lite.mkdir()
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
    paths = os.pathsep.join(filter(None, [str(ROOT / "share" / "jupyter"), os.environ.get("JUPYTER_PATH")]))
    command = (sys.executable, "-c", VOICI, "build", *options, f"--output-dir={folder / 'made'}")
    run(*command, cwd=lite, JUPYTER_PATH=paths, PYTHONPATH=str(ROOT / "src"))


def make_python(folder: Path, others: Path) -> None:
    """Put Pyodide, the packages, and the memory of a Python that has imported them, into a folder."""
    for name in CORE:
        shutil.copy(PYODIDE / name, folder)
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    (folder / "pyodide-lock.json").write_text(json.dumps({"info": lock["info"], "packages": {}}))
    with tempfile.TemporaryDirectory() as work:
        own = own_packages(Path(work, "own"))
        archived(own, files_in(own), folder / "own.bin")
    archived(others, [path for path in files_in(others) if path.suffix != ".so"], folder / "rest.bin")
    libraries = []
    for path in [path for path in files_in(others) if path.suffix == ".so"]:
        libraries.append((path.relative_to(others).as_posix(), f"{path.name.partition('.')[0]}.wasm"))
        shutil.copy(path, folder / libraries[-1][1])
    run("node", WABT / "wat2wasm", SITE / "convolution.wat", f"--output={folder / 'convolution.wasm'}")
    run("node", SITE / "memory.mjs", PYODIDE, folder, json.dumps(libraries))
    memory = json.loads((folder / "memory.json").read_text())
    imported = {others / name for name in memory.pop("imported")}  # nothing else is needed
    archived(others, [path for path in files_in(others) if path in imported], folder / "rest.bin")
    needed = [path for path in folder.iterdir() if path.suffix in (".bin", ".wasm") and path.stem != "rest"]
    whole = sum(path.stat().st_size for path in needed)
    (folder / "memory.json").write_text(json.dumps({"whole": whole, "libraries": libraries, "memory": memory}))


def assemble(made: Path, frame: Path, python: Path) -> None:
    """Put the frame, Python and the site's own scripts together in a folder."""
    for name in ("extensions", "voici/build"):
        shutil.copytree(frame / "made" / name, made / name)
    shutil.copy(frame / "made" / "jupyter-lite.json", made)
    leave_out(made, NOT_ASKED)
    keep_asked(made / "voici" / "build")
    for place, chosen, instead in REPLACED:
        replace(made / place, chosen, instead)
    shutil.copytree(python, made / "static" / "pyodide", ignore=shutil.ignore_patterns("memory.json"))
    for name in ("loading.js", "start.js", "manifest.webmanifest", "icon.svg"):
        shutil.copy(SITE / name, made)
    kernel = {"kernel": f"./{kernel_script(made).relative_to(made).as_posix()}"}
    settings = json.dumps(kernel | json.loads((python / "memory.json").read_text()))
    (made / "python.js").write_text(f"const SITE = {settings};\n" + (SITE / "python.js").read_text())
    page = (frame / "made" / "voici" / "render" / "dashboard.html").read_text()
    (made / "index.html").write_text(at_the_top(page))
    add_service_worker(made)


def keep_asked(scripts: Path) -> None:
    """Leave out the scripts that are not in frame.txt."""
    asked = {f"{name}.js" for line in FRAME.read_text().splitlines()[1:] for name in line.split()}
    found = {path.name for path in scripts.iterdir()}
    if missing := asked - found:
        raise BuildError(f"Voici's scripts have changed: {', '.join(sorted(missing))} of {FRAME.name} are not there.")
    leave_out(scripts, tuple(found - asked))


def kernel_script(site: Path) -> Path:
    """The script of JupyterLite's kernel that runs in the worker."""
    scripts = {path: path.read_text() for path in (site / KERNEL_PLACE).glob("*.js")}
    (kernel,) = (path for path, text in scripts.items() if "initRuntime" in text and "Atomics.wait" not in text)
    return kernel


def replace(scripts: Path, chosen: str, instead: str) -> None:
    """Replace what occurs once in one of the scripts."""
    found = [path for path in scripts.glob("*.js") if chosen in path.read_text()]
    if len(found) != 1:
        raise BuildError(f"Voici's scripts have changed: {chosen!r} is in {len(found)} of them, wanted 1.")
    found[0].write_text(found[0].read_text().replace(chosen, instead))


def at_the_top(page: str) -> str:
    """Adapt the page for the top folder instead of voici/render, and add the loading script and the app manifest."""
    python = 'new Worker("./python.js", { name: navigator.serviceWorker?.controller ? "kept" : "" })'
    head = f'<script>const python = {python};</script><link rel="manifest" href="./manifest.webmanifest">'
    start = '<script src="./loading.js"></script>'
    page = page.replace("../../", "./").replace('"../build', '"./voici/build').replace("<head>", f"<head>{head}", 1)
    before, end, after = page.rpartition("</body>")
    return before + start + end + after


def add_service_worker(site: Path) -> None:
    """Write the service worker with the hash of each file of this site."""
    paths = sorted(path for path in site.rglob("*") if path.is_file())
    files = {path.relative_to(site).as_posix(): sha256(path.read_bytes()) for path in paths}
    version = sha256(json.dumps(files).encode())[:12]
    script = (SITE / "service-worker.js").read_text()
    told = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(files, indent=1)};\n"
    (site / "service-worker.js").write_text(told + script)


if __name__ == "__main__":
    try:
        main()
    except BuildError as error:
        sys.exit(str(error))
