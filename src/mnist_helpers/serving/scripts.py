"""Serve the scripts of Voila's page as two files, compressed once, without what only notebooks use.

Voila's app is 60 files, and the widgets' are 16 more, which a browser requests one after the other; each request costs
time, and small files compress badly. A chunk that is in neither file is requested as usual, so only speed depends on
this module.
"""

import gzip
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_path
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, RequestHandler
from voila import __version__

from mnist_helpers.serving.files import KEEP

VOILA = "0.5.13"
"""The version of Voila whose chunks are listed here; another one loads its chunks itself."""
CHUNKS = """
5764 8135 3992 9582 8925 7883 7556 6049 1670 6573 3311 4135 1621 3916 3649 8487 9684 4041 143 7155 3144 1601 4972 9890
5312 6468 3459 5688 7483 431 3989 8766 9151 4729 6382 5044 8773 3307 6008 9212
"""
STAND_INS = {
    79081: "{}",  # console
    17770: "{}",  # notebook
    83249: "{}",  # mainmenu
    34653: "{}",  # logconsole
    38862: "{}",  # datagrid
    74173: "{jupyterHighlightStyle: {}}",  # codemirror
    25767: "{__esModule: true, default: []}",  # codemirror-extension
    44222: "{__esModule: true, default: []}",  # markedparser-extension
    58017: "{__esModule: true, default: []}",  # json-extension
    60457: "{__esModule: true, default: []}",  # vega5-extension
}
"""Modules that Voila's app loads but a page with widgets does not use, and what replaces them."""
LEFT_OUT = "630 2930 73 1187 4173 7598 9081 7770 8862 5767 3249 4653 457 8017 4222"
"""The chunks of those modules."""
COMPILE_AT_ONCE = b"//# allFunctionsCalledOnLoad\n"
"""Has Chromium compile all functions of a file in the background, not on their first call
(https://v8.dev/blog/explicit-compile-hints); other browsers ignore it."""
REPLACED = {
    b"await new Promise(e=>setTimeout(e,100))": b"await new Promise(e=>setTimeout(e,4))",
    b"await o.KernelAPI.getKernelModel(i,a)": b'{id:i,name:""}',
}
"""Lines that the page would wait for. ipywidgets looks every 100 ms for a widget's model that has not come yet
(ipywidgets #4026), here every 4 ms; Voila asks for the kernel whose name is in the page before it connects to it."""
SELDOM_CALLED = """
8135 7883 1670 3311 3916 8487 4041 143 3144 1601 5312 3459 5688 7483 4729 6382 5044 3307
819 287 704 718 121 883
"""
"""Chunks of which less than a third is called before the first answer; they form the file without that line."""
EXTENSIONS = {
    "ipycanvas": "819 287 796 122",
    "@jupyter-widgets/jupyterlab-manager": "7 704 170 84 32 452 967 160 718 121",
    "@voila-dashboards/widgets-manager8": "883 496",
}


class PageScripts(RequestHandler):
    """Sends one of the two files; browsers cache it, since its address contains a hash."""

    def get(self, name: str) -> None:
        if name not in scripts_names():
            raise HTTPError(404)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", KEEP)
        compressed = scripts_compressed()[name]
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(compressed)
        else:
            self.finish(gzip.decompress(compressed))


def scripts_handler(base_url: str) -> tuple[Any, ...]:
    """The handler of the two files."""
    return url_path_join(base_url, r"/voila/scripts-([0-9a-f]+\.js)"), PageScripts


@cache
def scripts_names() -> tuple[str, ...]:
    """Names of the two files."""
    return tuple(_scripts())


@cache
def scripts_compressed() -> dict[str, bytes]:
    """Content of the two files by name, gzipped."""
    return {name: gzip.compress(content, mtime=0) for name, content in _scripts().items()}


def _scripts() -> dict[str, bytes]:
    """Content of the two files by name; each chunk is in a function, since only some are in strict mode."""
    often, seldom = COMPILE_AT_ONCE + _left_out().encode(), b""
    for path in _chunks():
        content = path.read_bytes()
        for slow, fast in REPLACED.items():
            content = content.replace(slow, fast)
        chunk = b"(()=>{%b\n})();\n" % content
        if path.name.split(".")[0] in SELDOM_CALLED.split():
            seldom += chunk
        else:
            often += chunk
    return {hashlib.sha256(content).hexdigest()[:16] + ".js": content for content in (often, seldom)}


def _left_out() -> str:
    """A chunk of stand-ins, registered under the names of all chunks that are left out."""
    if __version__ != VOILA:
        return ""
    modules = ",".join(f"{number}(module){{module.exports={what}}}" for number, what in STAND_INS.items())
    return f"(self.webpackChunk_JUPYTERLAB_CORE_OUTPUT=[]).push([[{','.join(LEFT_OUT.split())}],{{{modules}}}]);\n"


def _chunks() -> Iterator[Path]:
    if __version__ == VOILA:
        for folder in jupyter_path("voila", "templates", "base", "static"):
            yield from (path for number in CHUNKS.split() if (path := Path(folder, f"{number}.voila.js")).exists())
    for folder in (*jupyter_path("labextensions"), *jupyter_path("voila", "labextensions")):
        for name, numbers in EXTENSIONS.items():
            for number in numbers.split():
                yield from Path(folder, name, "static").glob(f"{number}.*.js")
