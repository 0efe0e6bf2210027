"""Run when the memory of Python is kept: import all that the page needs, and begin anew with each visitor."""

import contextlib
import gc
import importlib
import io
import logging
import pkgutil
import random
import sys
import tarfile
from pathlib import Path

import ipywidgets
import pyodide_kernel
import traitlets.log
from ipywidgets.widgets.widget import _instances

import mnist_helpers

HOME = "/lib/python3.12"

pyodide_kernel.interpreter.send_comm = lambda *message: None  # nobody listens yet

KINDS = tuple(f"{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Png", "Ppm", "WebP"))
PILLOW = ("ImageDraw", "ImageFilter", "ImageOps", *KINDS)
for name in ("numpy.ma", "piplite.piplite", *(f"PIL.{name}" for name in PILLOW)):
    importlib.import_module(name)
for module in pkgutil.walk_packages(mnist_helpers.__path__, "mnist_helpers."):
    if module.name.split(".")[1] in ("page", "preprocessing", "recognition"):
        with contextlib.suppress(ImportError):  # what serves the page has modules that are not here
            importlib.import_module(module.name)


def begin() -> None:
    """Before a visitor's first cell: chance begins anew, and the page is told of widgets that importing has made."""
    random.seed()
    for former, widget in list(_instances.items()):
        del _instances[former]
        widget.comm._closed = True  # the page has not heard of it, and need not hear of its end
        widget.comm = None
        widget.open()


class Rest:
    """Finds what is not in memory; all of it is fetched when some of it is first imported."""

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
        importlib.invalidate_caches()
        return importlib.machinery.PathFinder.find_spec(name, path)


traitlets.log._logger = logging.getLogger("traitlets")  # its own search would import what is not here
ipywidgets.register_comm_target()
pyodide_kernel.kernel_instance.before_first_cell = begin
sys.meta_path.append(Rest())
gc.collect()
