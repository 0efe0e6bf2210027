"""Recognise hand-drawn digits: the path from a pen stroke to an answer, and the training of the network behind it.

`Dashboard` is the page as a widget, `Reader` reads numbers in drawings and pictures, `Recogniser` single digits, and
`load_mnist` loads MNIST. Each is imported on first use, so that a visitor's kernel loads only what the page needs.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_helpers.mnist.data import load_mnist
    from mnist_helpers.page.dashboard import Dashboard
    from mnist_helpers.recognition.reading import Reader
    from mnist_helpers.recognition.recogniser import Recogniser

__all__ = ["PROJECT", "Dashboard", "Reader", "Recogniser", "load_mnist"]

_CHECKOUT = Path(__file__).resolve().parents[2]
IS_CHECKOUT = (_CHECKOUT / "pyproject.toml").is_file()
PROJECT = _CHECKOUT if IS_CHECKOUT else Path(__file__).resolve().parent
"""Folder with `models/`, `dashboard.ipynb`, `voila.json` and `share/`: a checkout, or in a wheel the package itself."""

_MODULES = {
    "Dashboard": "page.dashboard",
    "Reader": "recognition.reading",
    "Recogniser": "recognition.recogniser",
    "load_mnist": "mnist.data",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
