"""Import all that the page needs before Python's memory is saved, and set up what each visitor's start has to renew."""

import contextlib
import gc
import importlib
import io
import logging
import pkgutil
import random
import sys
import tarfile
import traceback
from pathlib import Path

import ipywidgets
import products
import pyodide_kernel
import traitlets.log
from ipywidgets.widgets.widget import _instances

import mnist_helpers

HOME = "/lib/python3.12"

pyodide_kernel.interpreter.send_comm = lambda *message: None  # there is no page yet

KINDS = tuple(f"{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Png", "Ppm", "WebP"))
PILLOW = ("ImageDraw", "ImageFilter", "ImageOps", *KINDS)
for name in ("encodings.utf_8_sig", "numpy.ma", "piplite.piplite", *(f"PIL.{name}" for name in PILLOW)):
    importlib.import_module(name)
for module in pkgutil.walk_packages(mnist_helpers.__path__, "mnist_helpers."):
    if module.name.split(".")[1] in ("page", "preprocessing", "recognition"):
        with contextlib.suppress(ImportError):  # some modules need packages that only a server has
            importlib.import_module(module.name)


def begin() -> None:
    """Before a visitor's first cell, renew what depends on the visitor: random numbers, products, imported widgets."""
    random.seed()
    products.install()
    for former, widget in list(_instances.items()):
        del _instances[former]
        widget.comm._closed = True  # the page has not heard of it, and need not hear of its end
        widget.comm = None
        widget.open()


class Rest:
    """An import finder for modules that are not in memory; the first import of one fetches all of them."""

    def __init__(self) -> None:
        paths = [path.relative_to(HOME).with_suffix("") for path in Path(HOME).rglob("*.pyc")]
        names = [path.parts[path.parts[0] == "site-packages" :] for path in paths]
        self.modules = {".".join(name[: -1 if name[-1] == "__init__" else None]) for name in names}

    def find_spec(self, name: str, path: object = None, target: object = None) -> object:
        if name not in self.modules:
            return None
        import js

        with tarfile.open(fileobj=io.BytesIO(js.site.rest().to_bytes())) as archive:
            archive.extractall(HOME, filter="fully_trusted")
        sys.meta_path.remove(self)
        for finder in filter(None, sys.path_importer_cache.values()):  # `importlib`'s own function needs `email` for it
            finder.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(name, path)


traceback._get_code_position = lambda code, instruction: (None,) * 4  # would fail, since line numbers were left out
traitlets.log._logger = logging.getLogger("traitlets")  # traitlets would look for one and import what is not here
ipywidgets.register_comm_target()
pyodide_kernel.kernel_instance.before_first_cell = begin
sys.meta_path.append(Rest())
gc.collect()
