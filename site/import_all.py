"""Import all that the page needs before Python's memory is saved, and set up what each visitor's start has to renew."""

import contextlib
import gc
import importlib
import logging
import pkgutil
import random
import traceback

import ipywidgets
import convolution
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
    """Before a visitor's first cell, renew what depends on the visitor: random numbers, convolutions, imported widgets."""
    random.seed()
    convolution.install()
    for former, widget in list(_instances.items()):
        del _instances[former]
        widget.comm._closed = True  # the page has not heard of it, and need not hear of its end
        widget.comm = None
        widget.open()


traceback._get_code_position = lambda code, instruction: (None,) * 4  # would fail, since line numbers were left out
traitlets.log._logger = logging.getLogger("traitlets")  # traitlets would look for one and import what is not here
ipywidgets.register_comm_target()
pyodide_kernel.kernel_instance.before_first_cell = begin
gc.collect()
