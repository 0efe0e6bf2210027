"""The static page takes wheels of Pyodide's release only, whatever lies where they should."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
WHEELS = ROOT / "site" / "wheels.py"
LOCK = {"info": {"version": "0"}, "packages": {"numpy": {"file_name": "numpy-0.whl", "sha256": "0" * 64}}}


@pytest.fixture
def wheels() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wheels", WHEELS)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("content", [b"another", None])
def test_a_wheel_that_is_another_or_missing_ends_the_build_with_a_sentence(
    wheels: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.setenv("PYODIDE_DIR", str(tmp_path))
    if content:
        (tmp_path / "numpy-0.whl").write_bytes(content)
    wanted = r"wanted 000000000000.*another PYODIDE_DIR" if content else r"could not be had.*PYODIDE_DIR="
    with pytest.raises(wheels.BuildError, match=rf"numpy-0\.whl.*Pyodide 0.*{wanted}"):
        wheels.official_wheel(LOCK, "numpy", tmp_path / "downloads")


def test_where_no_release_can_be_reached_a_sentence_says_so_and_nothing_is_kept(
    wheels: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYODIDE_DIR", raising=False)
    monkeypatch.setattr(wheels, "RELEASE", "http://127.0.0.1:9/{version}/{file_name}")
    with pytest.raises(wheels.BuildError, match=r"could not be had.*PYODIDE_DIR="):
        wheels.official_wheel(LOCK, "numpy", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_where_no_registry_can_be_reached_a_sentence_says_so_and_nothing_is_built(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "site", tmp_path / "site")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    environment = os.environ | nowhere | {"npm_config_registry": "http://127.0.0.1:9/"}
    environment.pop("PIP_FIND_LINKS", None)
    done = subprocess.run(
        ["make", "site", f"PYTHON={sys.executable}"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode and "could not be installed, and nothing was built" in done.stderr
    assert not (tmp_path / "build").exists()
