"""The server gives back the memory of visitors who have left."""

import asyncio
import gc
import logging
import subprocess
import sys
import weakref

import pytest
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_server import CallContext
from traitlets.config import Application
from voila.request_info_handler import RequestInfoSocketHandler

from mnist_helpers.serving.kernels import VisitorKernels
from mnist_helpers.serving.visitors import Visitors

MEGABYTES = 100
FREED = f"""
import asyncio, psutil
from mnist_helpers.serving.kernels import VisitorKernels
kernels = VisitorKernels()
pieces = [[bytes(1000)] for _ in range({MEGABYTES}000)]
for piece in pieces:
    piece.append(piece)
kept = pieces[::1000]
del pieces
before = psutil.Process().memory_info().rss
asyncio.run(kernels.cull_kernels())
print((before - psutil.Process().memory_info().rss) / 1e6)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is asked")
def test_what_is_free_goes_back_even_where_a_little_is_kept_and_all_refers_to_itself():
    given = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True).stdout
    assert float(given) > 0.8 * MEGABYTES


def test_a_kernel_starts_when_what_refers_only_to_itself_is_freed():
    kernels = VisitorKernels()
    left = type("Left", (), {})()
    left.itself = left
    is_left = weakref.ref(left)
    gc.disable()
    try:
        del left
        with pytest.raises(NoSuchKernel):
            asyncio.run(kernels.start_kernel(kernel_name="none"))
        assert is_left() is None
    finally:
        gc.enable()


def test_a_timer_that_was_cancelled_keeps_nothing_of_a_page_that_was_left():
    async def ask() -> weakref.ref:
        handler = type("Handler", (), {})()
        CallContext.set(CallContext.JUPYTER_HANDLER, handler)
        await Visitors(token="").get_user(handler)  # as Voila makes it
        asyncio.get_running_loop().call_later(3600, print).cancel()
        return weakref.ref(handler)

    async def leave() -> None:
        is_left = await asyncio.create_task(ask())
        gc.collect()
        assert is_left() is None

    asyncio.run(leave())


def test_a_kernel_leaves_no_logger_behind():
    kernels = VisitorKernels(parent=Application())
    loggers = [
        (kernels.kernel_manager_factory(parent=kernels).event_logger, len(logging.root.manager.loggerDict))
        for _ in range(3)
    ]
    assert len(set(loggers)) == 1


def test_a_kernel_takes_what_voila_keeps_of_its_visitor_along():
    kernels = VisitorKernels()
    kernels._kernels["gone"] = kernels.kernel_manager_factory(parent=kernels)
    RequestInfoSocketHandler.send_updates({"kernel_id": "gone", "payload": {"QUERY_STRING": "x" * 60_000}})
    kernels.remove_kernel("gone")
    assert "gone" not in RequestInfoSocketHandler._cache
