"""Kernels for servers under test, named by `--VoilaConfiguration.multi_kernel_manager_class`."""

import asyncio
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jupyter_server import _tz
from jupyter_server.services.kernels import kernelmanager

from mnist_helpers.serving import extension, kernels

SLOW = 2.0
"""Seconds between the moment when a kernel is among all kernels and the end of its start."""


class SlowKernels(kernels.VisitorKernels):
    """Kernels on a slow machine."""

    async def _finish_kernel_start(self, kernel_id: str) -> None:
        await asyncio.sleep(SLOW)
        await super()._finish_kernel_start(kernel_id)


class ClockedKernels(kernels.VisitorKernels):
    """Kernels whose server has clocks that a test sets: `CLOCKS` names a file with the seconds that each is ahead."""

    def __init__(self, **settings: Any) -> None:
        time_of_day = time.time
        time.time = lambda: time_of_day() + ahead("time of day")
        kernelmanager.utcnow = now
        kernels.time = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead("monotonic"))
        super().__init__(**settings)


class ClockedServerKernels(kernelmanager.AsyncMappingKernelManager):
    """The same for a Jupyter server."""

    def __init__(self, **settings: Any) -> None:
        extension.time = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead("monotonic"))
        super().__init__(**settings)


def now() -> datetime:
    """The time of day as jupyter_server asks for it."""
    return _tz.utcnow() + timedelta(seconds=ahead("time of day"))


def ahead(clock: str) -> float:
    """Seconds that a clock is ahead of the true one."""
    lines = (line.rpartition(" ") for line in Path(os.environ["CLOCKS"]).read_text().splitlines())
    return sum(float(seconds) for name, _, seconds in lines if name == clock)
