"""Run when the memory of Python is kept: import all that the page needs, and begin anew with each visitor."""

import gc
import sys
import types

missing = types.ModuleType("pyodide_js")  # of the browser, where packages would be loaded from


async def all_are_there(*names: object) -> None:
    """Load no packages."""


missing.loadPackagesFromImports = all_are_there
sys.modules["pyodide_js"] = missing

import pyodide_kernel  # noqa: E402

del sys.modules["pyodide_js"]
shell = pyodide_kernel.ipython_shell
shell.send_comm = lambda *message, **options: None  # nobody listens yet

import PIL.ImageOps  # noqa: E402
import PIL.JpegImagePlugin  # noqa: E402
import PIL.PngImagePlugin  # noqa: E402
import piplite.piplite  # noqa: E402
from ipywidgets.widgets.widget import _instances  # noqa: E402

import mnist_helpers.page.dashboard  # noqa: E402
import mnist_helpers.preprocessing.picture  # noqa: E402
import mnist_helpers.recognition.recogniser  # noqa: E402,F401


def begin(cell: object) -> None:
    """Before the first cell of a visitor: chance begins anew, and the page is told of widgets that importing has made."""
    import random

    shell.events.unregister("pre_run_cell", begin)
    random.seed()
    for former, widget in list(_instances.items()):
        del _instances[former]
        widget.comm = None
        widget.open()


shell.events.register("pre_run_cell", begin)
gc.collect()
