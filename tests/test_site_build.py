"""What the static site is made of is made again when its sources change, and never kept half-made."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest

SITE = Path(__file__).parents[1] / "site"


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SITE)
    module = importlib.import_module("packages")
    monkeypatch.setattr(module, "KEPT", tmp_path / "kept")
    return module


def test_a_part_is_made_again_only_when_its_sources_change(packages: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "source"
    made = []
    for content in ("one", "one", "another", "another"):
        source.write_text(content)
        folder = packages.kept("part", [source], lambda folder: made.append(folder.joinpath("part").write_text("")))
        assert list(packages.KEPT.iterdir()) == [folder], "what was made of other sources stays"
    assert len(made) == 2 and (folder / "part").exists()


def test_a_part_that_is_not_made_to_the_end_is_not_kept(packages: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.touch()

    def make_half(folder: Path) -> None:
        (folder / "half").touch()
        raise packages.BuildError("the disk is full")

    with pytest.raises(packages.BuildError):
        packages.kept("part", [source], make_half)
    folder = packages.kept("part", [source], lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]
