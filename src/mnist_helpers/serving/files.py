"""Have browsers cache files whose address changes when their content does, and compress responses.

Without this, browsers ask Voila for every file on every visit. Voila creates Tornado's application before it reads
`tornado_settings`, so `compress_response` there has no effect.
"""

import re
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado.web import GZipContentEncoding
from voila.app import Voila
from voila.static_file_handler import MultiStaticFileHandler

KEEP = "public, max-age=31536000, immutable"
_HASH = re.compile(r"[.-][0-9a-f]{16,}\.")


class ReleasedFiles(MultiStaticFileHandler):
    """Voila's scripts, at an address with their version."""

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", KEEP)


class ExtensionFiles(FileFindHandler):
    """Scripts of widgets; most have a hash in their name."""

    def set_headers(self) -> None:
        super().set_headers()
        if _HASH.search(self.request.path):
            self.set_header("Cache-Control", KEEP)


def file_handlers(server: Voila) -> list[tuple[Any, ...]]:
    """Handlers of these files; also turns on compression of all responses."""
    server.app.add_transform(GZipContentEncoding)
    extensions = url_path_join(server.server_url, r"/voila/labextensions/(.*)")
    return [
        released_files_handler(server.server_url, server.static_paths),
        (extensions, ExtensionFiles, {"path": server.labextensions_path}),
    ]


def released_files_handler(base_url: str, static_paths: list[str]) -> tuple[Any, ...]:
    """The handler of Voila's scripts."""
    return url_path_join(base_url, r"/voila/static-[^/]+/(.*)"), ReleasedFiles, {"paths": static_paths}
