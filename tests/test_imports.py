"""The import rule of ARCHITECTURE.md, and what a visitor's kernel imports, since that is what a visitor costs."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "mnist_helpers"
HEAVY = {"tensorflow", "keras", "matplotlib", "pandas", "scipy", "pooch", "sklearn"}
NETWORK = {"mnist_helpers.recognition.inference.network"}
WIDGETS = {"ipywidgets", "ipycanvas", "IPython"}


def rule() -> dict[str, set[str]]:
    """What each room may import of the others, as the table in ARCHITECTURE.md says."""
    table = (
        (ROOT / "ARCHITECTURE.md").read_text().split("| room | what happens there | may import |")[1].split("\n\n")[0]
    )
    rows = [row.strip("| ").split(" | ") for row in table.strip().splitlines()[1:]]
    return {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[2])) for row in rows if row[0] != "`__main__`"}


def imports(room: str) -> Iterator[tuple[str, str]]:
    """File and room of each import of another room, those for type checking included."""
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                package, _, rest = name.partition(".")
                if package == "mnist_helpers" and rest and rest.split(".")[0] != room:
                    yield path.name, rest.split(".")[0]


@cache
def imported_by(module: str) -> set[str]:
    """Names of all modules that importing one leads to, in a Python of its own."""
    command = f"import {module}, sys; print(*sys.modules, sep='\\n')"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert found.stderr == "", f"importing {module} says something"
    return set(found.stdout.split())


def test_every_room_is_in_the_table_and_has_few_short_modules() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == rule().keys()
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}
    for folder in {path.parent for room in rooms for path in (PACKAGE / room).rglob("*.py")}:
        modules = list(folder.glob("*.py"))
        assert len(modules) <= 13, f"{folder.relative_to(PACKAGE)} has over twelve modules"
        for module in modules:
            assert len(module.read_text().splitlines()) <= 200, f"{module} has over 200 lines"


@pytest.mark.parametrize("room", sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()))
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    allowed = rule()[room]
    assert [(file, other) for file, other in imports(room) if other not in allowed] == []


def test_the_arrows_between_rooms_run_one_way() -> None:
    allowed, order = rule(), []
    while len(order) < len(allowed):
        ready = [room for room, below in allowed.items() if room not in order and below <= set(order)]
        assert ready, f"a circle among {allowed.keys() - set(order)}"
        order += ready


def test_the_page_imports_nothing_that_only_training_needs() -> None:
    found = imported_by("mnist_helpers.page.dashboard")
    assert found & HEAVY == set()
    assert found >= NETWORK and {"ipywidgets", "ipycanvas"} <= found


def test_what_lies_behind_more_is_not_imported_before_it_is_opened() -> None:
    found = imported_by("mnist_helpers.page.dashboard")
    assert [name for name in found if name.startswith("mnist_helpers.page.more")] == []


def test_the_networks_file_is_not_taken_apart_for_a_first_answer() -> None:
    assert "mnist_helpers.recognition.inference.litert_file" not in imported_by("mnist_helpers.page.dashboard")


@pytest.mark.parametrize("view", ["pad", "answer", "pixels", "throttle"])
def test_what_a_person_sees_knows_no_network(view: str) -> None:
    assert imported_by(f"mnist_helpers.page.{view}") & (HEAVY | NETWORK) == set()


@pytest.mark.parametrize("core", ["preprocessing.drawing", "preprocessing.raster", "recognition.recognition"])
def test_the_core_knows_neither_networks_nor_widgets(core: str) -> None:
    assert imported_by(f"mnist_helpers.{core}") & (HEAVY | NETWORK | WIDGETS) == set()


@pytest.mark.parametrize("light", ["recognition.recogniser", "recognition.explain", "evaluation.evaluate"])
def test_recognising_needs_no_widgets_and_no_training(light: str) -> None:
    assert imported_by(f"mnist_helpers.{light}") & (HEAVY | WIDGETS) == set()


def test_drawing_a_number_imports_nothing_more() -> None:
    """What a visitor's stroke needs is there before the visitor is."""
    draw = """
import sys
from mnist_helpers.page.dashboard import Dashboard
dashboard = Dashboard()
imported = set(sys.modules)
for x in (100, 300, 500):
    dashboard.pad.show_drawing([*dashboard.pad.drawing, [(x, 100), (x, 400)]])
print(*set(sys.modules) - imported)
"""
    found = subprocess.run([sys.executable, "-c", draw], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


def test_the_package_offers_few_names_and_imports_each_on_first_use() -> None:
    import mnist_helpers

    assert imported_by("mnist_helpers") & (HEAVY | NETWORK | WIDGETS | {"numpy"}) == set()
    for name in dir(mnist_helpers):
        assert getattr(mnist_helpers, name).__module__.startswith("mnist_helpers.") or name == "PROJECT"
    with pytest.raises(AttributeError, match="no attribute 'Dashbord'"):
        mnist_helpers.Dashbord  # noqa: B018
