"""Kernels for visitors, culled when these have left.

Times are those of a monotonic clock: jupyter_server's own culling compares times of day, so that a clock set forward
would end all sessions.
"""

import asyncio
import ctypes
import gc
import os
import sys
import time
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_events import EventLogger
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from traitlets import Float, default
from voila.request_info_handler import RequestInfoSocketHandler

from mnist_helpers.serving.template_cache import compile_once

LONGEST_ADDRESS = 103
"""Bytes that a Unix socket's path may have on every system: `sun_path` has room for 104 on a Mac, for 108 on Linux."""


class VisitorKernel(ServerKernelManager):
    """A kernel that communicates with the server through Unix sockets, which cost less CPU than TCP.

    They lie beside its connection file, in a folder that is private to the user, and are removed with it.
    """

    @default("transport")
    def _default_transport(self) -> str:
        """Unix sockets where they exist and their paths are not too long, as in the default folder of a Mac."""
        address = f"{os.path.splitext(self.connection_file)[0]}-ipc-1"
        return "ipc" if sys.platform != "win32" and len(os.fsencode(address)) <= LONGEST_ADDRESS else "tcp"


class VisitorKernels(AsyncMappingKernelManager):
    """One kernel for each visitor, shut down when idle or when the visitor has left.

    A kernel that died is not restarted (voila.json): a new one would not know the page, which would wait forever.
    """

    cull_disconnected_timeout = Float(
        120, config=True, help="Seconds without any socket after which a visitor counts as gone."
    )
    cull_unconnected_timeout = Float(
        60,
        config=True,
        help="The same for a page that never had a socket, since requesting one costs a client nothing.",
    )

    @default("kernel_manager_class")
    def _default_kernel_manager_class(self) -> str:
        return f"{__name__}.{VisitorKernel.__name__}"

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        compile_once()
        if self.parent:  # otherwise each kernel creates one, which Python's logging keeps forever
            self.parent.event_logger = EventLogger(parent=self.parent)
        gc.freeze()  # keeps the collector from scanning all that is loaded, which would halt all visitors for 0.15 s
        self._last_activity: dict[str, float] = {}
        self._started: set[str] = set()
        self._connected: set[str] = set()
        self._networks: dict[str, str] = {}

    @property
    def visitors(self) -> int:
        """Number of visitors' kernels, without those that are starting or wait in the pool, which Voila adds here."""
        return len(self._started) - sum(each.done() for each in self._preheated)

    @property
    def _preheated(self) -> list[asyncio.Task[Any]]:
        """The kernels of the pool; a task is done when its kernel waits for a visitor."""
        return [each for pool in getattr(self, "_pools", {}).values() for each in pool]

    def record_activity(self, kernel_id: str) -> None:
        """Note that the visitor of this kernel is connected."""
        self._connected.add(kernel_id)
        self._last_activity[kernel_id] = time.monotonic()

    def record_network(self, kernel_id: str, network: str) -> None:
        """Note the network of the visitor of this kernel."""
        self._networks[kernel_id] = network

    def visitors_from(self, network: str) -> int:
        """Number of kernels with visitors from this network."""
        return list(self._networks.values()).count(network)

    async def start_kernel(self, **settings: Any) -> str:  # type: ignore[override]
        """Start a kernel with the pool's environment, also if the pool is empty and a visitor waits."""
        if "env" in settings:
            settings["env"] = getattr(self, "default_env_variables", {}) | settings["env"]
        gc.collect()  # so that new objects do not lie among those of the last page, whose memory could not be returned
        kernel_id: str = await super().start_kernel(**settings)
        self._started.add(kernel_id)
        return kernel_id

    async def cull_kernels(self) -> None:
        """Cull all kernels, every `cull_interval` seconds, and return the memory of those that have ended."""
        await super().cull_kernels()
        release_memory()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Shut the kernel down if its visitor has left or is idle.

        Not called for kernels in the pool. A kernel without activity may still be starting for the pool, so nothing is
        done while any is; otherwise its visitor has not connected yet, and its idle time starts now.
        """
        if kernel_id not in self._last_activity:
            if all(each.done() for each in self._preheated):
                self._last_activity[kernel_id] = time.monotonic()
            return
        idle = time.monotonic() - self._last_activity[kernel_id]
        was_connected = kernel_id in self._connected
        patience = self.cull_disconnected_timeout if was_connected else self.cull_unconnected_timeout
        is_gone = not self._kernel_connections.get(kernel_id) and idle > patience
        if is_gone or idle > self.cull_idle_timeout:
            self.log.info("Kernel %s ends: its visitor %s.", kernel_id, "has left" if is_gone else "is idle")
            await self.shutdown_kernel(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Any:
        """Forget a kernel and what is kept for it.

        jupyter_server keeps a socket closed while the kernel ended, Voila what the request for the page said, and
        jupyter_client the files of one that died.
        """
        self.stop_buffering(kernel_id)
        RequestInfoSocketHandler._cache.pop(kernel_id, None)
        self._last_activity.pop(kernel_id, None)
        self._networks.pop(kernel_id, None)
        self._started.discard(kernel_id)
        self._connected.discard(kernel_id)
        if kernel := super().remove_kernel(kernel_id):
            kernel.cleanup_connection_file()
            kernel.cleanup_ipc_files()
        return kernel


def release_memory() -> None:
    """Collect reference cycles, which Python does too rarely, and return freed memory from glibc to the system."""
    gc.collect()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


class PageKernelSpecs(KernelSpecManager):
    """The installed kernels, started by this package's own `ipykernel_launcher`."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        spec = super().get_kernel_spec(kernel_name)
        spec.argv = [f"{__package__}.{each}" if each == "ipykernel_launcher" else each for each in spec.argv]
        return spec
