"""Import all that the page needs before Python's memory is saved, and set up what each visitor's start has to renew."""

import asyncio
import contextlib
import gc
import importlib
import logging
import pkgutil
import random
import traceback
from typing import TYPE_CHECKING

import convolution
import ipywidgets
import pyodide_kernel
import traitlets.log
from ipywidgets.widgets.widget import _instances

import mnist_helpers

if TYPE_CHECKING:
    from mnist_helpers.page.dashboard import Dashboard

HOME = "/lib/python3.12"
WARM_UP_SAMPLES = 16
"""Samples after which the browser has compiled what a reading uses, most of it a second time, optimised."""
PAUSE = 0.1
"""Seconds for what was drawn before the page was there, which is read first."""

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
    """Before a visitor's first cell, renew what depends on the visitor and on the browser."""
    random.seed()
    convolution.install()
    for former, widget in list(_instances.items()):
        del _instances[former]
        widget.comm._closed = True  # the page has not heard of it, and need not hear of its end
        widget.comm = None
        widget.open()


def warm_up(page: object) -> None:
    """Read samples once the page is shown, so that a person's first readings are not the slowest."""
    if getattr(page, "reader", None):
        asyncio.get_running_loop().create_task(_read_samples(page))


async def _read_samples(page: "Dashboard") -> None:
    from mnist_helpers.page.answer import tiles_html  # cannot be imported before the line on `send_comm`
    from mnist_helpers.page.pixels import pixels_html
    from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings

    shown = asyncio.Event()
    page.pad.children[0].on_client_ready(shown.set)
    await shown.wait()
    await asyncio.sleep(PAUSE)
    for sample in read_drawings(SAMPLES)[:WARM_UP_SAMPLES]:
        await asyncio.sleep(0)  # what a person draws meanwhile comes first
        (part, *_) = page.reader.read(sample.drawing, b"").parts
        tiles_html(part.recognition.probabilities, part.recognition.probabilities)
        pixels_html(part.digit_image)


traceback._get_code_position = lambda code, instruction: (None,) * 4  # would fail, since line numbers were left out
traitlets.log._logger = logging.getLogger("traitlets")  # traitlets would look for one and import what is not here
ipywidgets.register_comm_target()
pyodide_kernel.kernel_instance.before_first_cell = begin
pyodide_kernel.kernel_instance.after_cell = warm_up
gc.collect()
