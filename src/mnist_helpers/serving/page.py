"""Send the page's first bytes, with a pad that takes ink, before there is a kernel.

Voila sends nothing until a kernel runs, although the page is the same for all up to where the kernel is named.
"""

import asyncio
import os
from threading import Thread
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from jupyter_server.utils import url_path_join
from tornado.web import authenticated
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

from mnist_helpers.serving.scripts import scripts_compressed, scripts_handler
from mnist_helpers.serving.template_cache import page_file

REST = '<main id="rendered_cells"'
"""Beginning of the part of the page that needs the kernel."""
SENT_BEFORE = "pad.js", "pointers.js", "page.js"
"""Scripts in the first bytes, which are therefore left out of the cell's output."""


class PageHandler(TornadoVoilaHandler):
    """Sends the first bytes, which are rendered once, and then the rest of the page."""

    _first_bytes = ""
    _is_begun = False
    _held = ""

    @authenticated
    async def get(self, path: str | None = None) -> None:
        if not self._first_bytes:
            PageHandler._first_bytes = await self._rendered_first_bytes()
        self.set_header("Content-Type", "text/html")
        self.set_header("Cache-Control", "no-cache, no-store, must-revalidate")
        super().write(self._first_bytes)
        await self.flush()
        self._is_begun = True
        await super().get(path)

    async def _rendered_first_bytes(self) -> str:
        renderer = self.kernel_manager._notebook_renderer_factory(self.notebook_path)
        await renderer.initialize()
        html = ""
        async for snippet, _ in renderer.generate_content_generator("", asyncio.Future()):
            html += snippet
            if REST in html:
                break
        return html.partition(REST)[0]

    def write(self, chunk: Any) -> None:
        """Write the page without its first bytes, which were sent before."""
        if self._is_begun:
            self._held += chunk
            first_bytes, rest, chunk = self._held.partition(REST)
            if not rest:
                return
            PageHandler._first_bytes, self._is_begun, self._held = first_bytes, False, ""
            chunk = rest + chunk
        super().write(chunk.replace(_scripts_in_output(), "") if isinstance(chunk, str) else chunk)


def _scripts_in_output() -> str:
    """The scripts that were sent before, as they are encoded in a cell's output."""
    return str(htmlsafe_json_dumps(page_file(*SENT_BEFORE)))[1:-1]


def page_handlers(server: Voila) -> list[tuple[Any, ...]]:
    """Handlers of the scripts and, if a single notebook is served with kernels started in advance, of the page."""
    configuration, scripts = server.voila_configuration, scripts_handler(server.server_url)
    if not (server.notebook_path and configuration.preheat_kernel):
        return [scripts]
    Thread(target=scripts_compressed, daemon=True).start()  # before the first request
    settings = {"template_paths": server.template_paths, "config": server.config, "voila_configuration": configuration}
    notebook = os.path.relpath(server.notebook_path, server.root_dir)
    return [scripts, (url_path_join(server.server_url, "/"), PageHandler, settings | {"notebook_path": notebook})]
