"""The page in a Jupyter server, as in JupyterLab and on Binder: its kernel ends with it.

There Voila is one extension among others, and neither `Visitors` nor `VisitorKernels` is in use. Voila sets no `_xsrf`
cookie, so that the goodbye of a closed page is refused (voila #1458), and a page that could not say goodbye leaves its
kernel too. The page's scripts have an address of their own. `etc/jupyter/jupyter_server_config.d` enables this
extension wherever the package is installed. Notebooks, their kernels and the pages of others are left alone.
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
"""The template that tells the page from other notebooks."""


class PageKernels(LoggingConfigurable):
    """Kernels that a Jupyter server has started for pages; looked after from the first page on."""

    cull_idle_timeout = Float(600, config=True, help="Seconds in which nothing happens on an open page.")
    cull_disconnected_timeout = Float(120, config=True, help="Seconds without a socket: the page is gone.")
    cull_interval = Float(60, config=True, help="Seconds after which all kernels of pages are looked at again.")

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._seen: dict[str, tuple[float, object]] = {}
        self._culling = PeriodicCallback(self.cull, 1000 * self.cull_interval)

    def welcome(self, handler: VoilaHandler, notebook: NotebookNode) -> None:
        """Set the cookie that lets a page say goodbye, and look after the kernel that it is about to get."""
        if notebook.metadata.get("voila", {}).get("template") != TEMPLATE:
            return
        handler.xsrf_token  # noqa: B018  (asking for it sets the cookie)
        note_kernel(handler, lambda kernel_id: self._seen.update({kernel_id: (time.monotonic(), None)}))
        if not self._culling.is_running():
            self._culling.start()

    async def cull(self) -> None:
        """End the kernels whose pages have gone or do nothing."""
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
    """Give Voila a hook, before it reads its settings; one that is set already is kept. And templates their files."""
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
