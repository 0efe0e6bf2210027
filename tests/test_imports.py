"""The import rule of ARCHITECTURE.md: what a visitor's kernel imports is what a visitor costs."""

import subprocess
import sys

import pytest

HEAVY = {"tensorflow", "keras", "matplotlib", "pandas", "scipy", "pooch", "sklearn"}
NETWORK = {
    "ai_edge_litert",
    "mnist_helpers.recognition.recogniser",
    "mnist_helpers.recognition.network",
    "mnist_helpers.recognition.explain",
}
WIDGETS = {"ipywidgets", "ipycanvas", "IPython"}


def imported_by(module: str) -> set[str]:
    """Names of all modules that importing one leads to, in a Python of its own."""
    command = f"import {module}, sys; print(*sys.modules, sep='\\n')"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert found.stderr == "", f"importing {module} says something"
    return set(found.stdout.split())


def test_the_page_imports_nothing_that_only_training_needs() -> None:
    found = imported_by("mnist_helpers.page.dashboard")
    assert found & HEAVY == set()
    assert found >= NETWORK and {"ipywidgets", "ipycanvas"} <= found


@pytest.mark.parametrize("view", ["pad", "tiles", "pixels", "newest"])
def test_what_a_person_sees_knows_no_network(view: str) -> None:
    assert imported_by(f"mnist_helpers.{view}") & (HEAVY | NETWORK) == set()


@pytest.mark.parametrize("core", ["drawing", "raster", "recognition"])
def test_the_core_knows_neither_networks_nor_widgets(core: str) -> None:
    assert imported_by(f"mnist_helpers.{core}") & (HEAVY | NETWORK | WIDGETS) == set()


@pytest.mark.parametrize("light", ["recogniser", "explain", "evaluate"])
def test_recognising_needs_no_widgets_and_no_training(light: str) -> None:
    assert imported_by(f"mnist_helpers.{light}") & (HEAVY | WIDGETS) == set()
