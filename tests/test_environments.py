"""People, conda, Binder and CI get the same versions."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^[\s-]*([A-Za-z][\w.-]*)==(\S+)$", path.read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", ["environment.yml", "binder/environment.yml"])
def test_an_environment_file_names_the_versions_that_everyone_gets(path: str) -> None:
    named = pins(ROOT / path)
    assert len(named) >= 6
    assert named.items() <= pins(ROOT / "constraints.txt").items()


def test_the_python_of_conda_and_binder_is_one_that_the_package_accepts() -> None:
    least = re.search(r'requires-python = ">=3\.(\d+),<3\.15"', (ROOT / "pyproject.toml").read_text())
    assert least
    for path in ("environment.yml", "binder/environment.yml"):
        named = re.search(r"python=3\.(\d+)", (ROOT / path).read_text())
        assert named and int(named[1]) >= int(least[1])


def test_nothing_that_is_pinned_wants_a_later_python_than_the_package() -> None:
    """Where `pip install --constraint constraints.txt` would find nothing, as on the Python of Debian 12."""
    pinned = pins(ROOT / "constraints.txt").items()
    installed = [each for each in distributions() if (each.name, each.version) in pinned]
    assert len(installed) > 50
    wanted = {each.name: SpecifierSet(each.metadata["Requires-Python"] or "") for each in installed}
    assert [name for name, pythons in wanted.items() if "3.11.0" not in pythons] == []


def test_no_environment_names_a_download_address() -> None:
    for path in ("constraints.txt", "environment.yml", "binder/environment.yml", "binder/postBuild"):
        assert "://" not in (ROOT / path).read_text()
