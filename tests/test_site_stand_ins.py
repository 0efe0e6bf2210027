"""What stands in for large packages in the static site gives what they give."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

STAND_INS = Path(__file__).resolve().parents[1] / "site" / "stand_ins"


@pytest.fixture(scope="module")
def linalg() -> ModuleType:
    spec = importlib.util.spec_from_file_location("linalg", STAND_INS / "numpy" / "linalg" / "_umath_linalg.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_equations_are_solved_as_by_lapack(linalg: ModuleType) -> None:
    chance = np.random.default_rng(1)
    matrices, values = chance.normal(size=(50, 6, 6)), chance.normal(size=(50, 6, 2))
    matrices[0, 0, 0] = 0.0  # only to be solved with other rows first
    np.testing.assert_allclose(linalg.solve(matrices, values), np.linalg.solve(matrices, values), rtol=1e-8)
    np.testing.assert_allclose(
        linalg.solve1(matrices[0], values[0, :, 0]), np.linalg.solve(matrices[0], values[0, :, 0])
    )


def test_a_curve_is_fitted_as_by_lapack(linalg: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(2)
    x = np.arange(1000.0)
    y = 3e-4 * x**2 - 0.2 * x + 40 + chance.normal(size=1000)
    wanted = np.polyfit(x, y, 2)
    monkeypatch.setattr("numpy.linalg._linalg._umath_linalg", linalg)
    np.testing.assert_allclose(np.polyfit(x, y, 2), wanted, rtol=1e-8)
