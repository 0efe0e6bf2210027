"""Run when the memory of Python is kept: import all that the page needs, and begin anew with each visitor."""

import contextlib
import gc
import importlib
import io
import pkgutil
import random
import sys
import tarfile
import types
from pathlib import Path

HOME = "/lib/python3.12"
missing = types.ModuleType("pyodide_js")  # of the browser, where packages would be loaded from


async def all_are_there(*names: object) -> None:
    """Load no packages."""


missing.loadPackagesFromImports = all_are_there
sys.modules["pyodide_js"] = missing

import pyodide_kernel  # noqa: E402

del sys.modules["pyodide_js"]
shell = pyodide_kernel.ipython_shell
shell.send_comm = lambda *message, **options: None  # nobody listens yet

from ipywidgets.widgets.widget import _instances  # noqa: E402

import mnist_helpers  # noqa: E402

KINDS = ("BmpImagePlugin", "GifImagePlugin", "JpegImagePlugin", "PngImagePlugin", "WebPImagePlugin")
PILLOW = ("ImageDraw", "ImageFilter", "ImageOps", *KINDS)
for name in ("numpy.ma", "piplite.piplite", *(f"PIL.{name}" for name in PILLOW)):
    importlib.import_module(name)
for module in pkgutil.walk_packages(mnist_helpers.__path__, "mnist_helpers."):
    if module.name.split(".")[1] in ("page", "preprocessing", "recognition"):
        with contextlib.suppress(ImportError):  # what serves the page has modules that are not here
            importlib.import_module(module.name)


def begin(cell: object) -> None:
    """Before a visitor's first cell: chance begins anew, and the page is told of widgets that importing has made."""
    shell.events.unregister("pre_run_cell", begin)
    random.seed()
    for former, widget in list(_instances.items()):
        del _instances[former]
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


shell.events.register("pre_run_cell", begin)
sys.meta_path.append(Rest())
gc.collect()
