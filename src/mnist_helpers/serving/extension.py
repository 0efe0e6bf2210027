"""An extension of Jupyter servers, as in JupyterLab and on Binder, that ends the kernels of pages that were left.

There Voila is an extension too, without `Visitors` and `VisitorKernels`. It sets no `_xsrf` cookie, so the shutdown
request of a closing page is rejected and its kernel keeps running (voila #1458). `etc/jupyter/jupyter_server_config.d`
enables this extension wherever the package is installed. Notebooks and other Voila pages are not affected.
"""

import time
from typing import Any

from jupyter_server.serverapp import ServerApp
from nbformat import NotebookNode
from tornado.ioloop import PeriodicCallback
from traitlets import Float
from traitlets.config import LoggingConfigurable
from voila.handler import VoilaHandler
from voila.paths import collect_static_paths

from mnist_helpers.serving.files import released_files_handler
from mnist_helpers.serving.scripts import scripts_handler
from mnist_helpers.serving.template_cache import compile_once
from mnist_helpers.serving.visitors import note_kernel

TEMPLATE = "digits"
"""The template of the page, by which it is recognised."""


class PageKernels(LoggingConfigurable):
    """Cull kernels that a Jupyter server has started for pages, from the first page on."""

    cull_idle_timeout = Float(600, config=True, help="Seconds without activity after which an open page's kernel ends.")
    cull_disconnected_timeout = Float(120, config=True, help="Seconds without a socket after which a kernel ends.")
    cull_interval = Float(60, config=True, help="Seconds between two checks of all kernels of pages.")

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._seen: dict[str, tuple[float, object]] = {}
        self._culling = PeriodicCallback(self.cull, 1000 * self.cull_interval)

    def welcome(self, handler: VoilaHandler, notebook: NotebookNode) -> None:
        """Set the cookie that a closing page needs to end its kernel, and watch the kernel that it is about to get."""
        if notebook.metadata.get("voila", {}).get("template") != TEMPLATE:
            return
        handler.xsrf_token  # noqa: B018  (asking for it sets the cookie)
        note_kernel(handler, lambda kernel_id: self._seen.update({kernel_id: (time.monotonic(), None)}))
        if not self._culling.is_running():
            self._culling.start()

    async def cull(self) -> None:
        """End kernels whose pages are closed or idle."""
        server: Any = self.parent
        kernels = server.kernel_manager
        for kernel_id, (since, before) in list(self._seen.items()):
            if kernel_id not in kernels:
                del self._seen[kernel_id]
                continue
            kernel = kernels.kernel_model(kernel_id)
            state = kernel["last_activity"], kernel["connections"]
            patience = self.cull_idle_timeout if kernel["connections"] else self.cull_disconnected_timeout
            if state != before:
                self._seen[kernel_id] = time.monotonic(), state
            elif time.monotonic() - since > patience:
                self.log.info("Kernel %s ends: its page has gone or does nothing.", kernel_id)
                await kernels.shutdown_kernel(kernel_id)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _link_jupyter_server_extension(server: ServerApp) -> None:
    """Set Voila's `prelaunch_hook`, unless it is set, before Voila reads its settings; and share compiled templates."""
    compile_once()
    pages = PageKernels(parent=server)

    def prelaunch_hook(handler: VoilaHandler, notebook: NotebookNode, cwd: str) -> None:
        pages.welcome(handler, notebook)

    server.config.VoilaConfiguration.setdefault("prelaunch_hook", prelaunch_hook)


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Serve the scripts that the page's template asks for."""
    static_paths = collect_static_paths(["voila", "nbconvert"], TEMPLATE)
    handlers = [released_files_handler(server.base_url, static_paths), scripts_handler(server.base_url)]
    server.web_app.add_handlers(".*$", handlers)
