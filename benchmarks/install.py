"""Install the page and two alternatives, each into its own environment, and measure time and size.

python -m benchmarks.install
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
ENVIRONMENTS = {
    "page": ["--constraint", "constraints.txt", "--editable", "."],
    "usual": ["tensorflow-cpu", "voila", "ipycanvas", "ipykernel", "matplotlib", "pillow"],
    "gradio": ["gradio", "ai-edge-litert"],
}
"""Packages of each. TensorFlow is installed without libraries for graphics cards, 3 GB more."""


def environment(name: str) -> Path:
    """The folder of an environment."""
    return ROOT / f".venv-peers-{name}"


def install(name: str) -> dict[str, float]:
    """Install one anew; returns seconds and megabytes."""
    folder = environment(name)
    shutil.rmtree(folder, ignore_errors=True)
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", *ENVIRONMENTS[name]]
    subprocess.run(pip, check=True, cwd=ROOT)
    seconds = time.perf_counter() - started
    files = (Path(top, file) for top, _, names in os.walk(folder) for file in names)
    size = sum(file.stat().st_size for file in files if not file.is_symlink())
    return {"install_seconds": round(seconds, 1), "install_mb": round(size / 1e6)}


def main() -> None:
    """Install the named ones, or all."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "install.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    for name in sys.argv[1:] or ENVIRONMENTS:
        found[name] = install(name)
        print(name, found[name], flush=True)
        path.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
