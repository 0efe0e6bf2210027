"""A kernel is ready before anybody asks for the page, and another one for whoever comes next."""

import re
import urllib.request

from .servers import Server, kernel_of, kernels

KERNEL = re.compile(r'"kernelId":\s*"([^"]+)"')
SCRIPT = re.compile(r'href="(/voila/labextensions/ipycanvas/[^"]+)"')


def test_a_kernel_waits_for_the_page_and_one_for_the_next(server: Server) -> None:
    ready = until_one_waits(server, kernel_of(server, asked_for(server)))
    second = kernel_of(server, asked_for(server))
    assert second in ready, "it was started when the page was asked for"
    assert until_one_waits(server, second) - ready


def asked_for(server: Server) -> str:
    """The id of the kernel of a page that somebody asks for."""
    page = urllib.request.urlopen(server.url, timeout=60).read().decode()
    return KERNEL.search(page)[1]  # type: ignore[index]


def until_one_waits(server: Server, taken: int) -> set[int]:
    """Kernels besides the one that is taken, once there are some."""
    while not (others := kernels(server) - {taken}):
        pass
    return others


def test_files_are_compressed_and_those_named_by_their_content_are_kept(server: Server) -> None:
    page = urllib.request.urlopen(server.url, timeout=60).read().decode()
    request = urllib.request.Request(server.url + SCRIPT.search(page)[1], headers={"Accept-Encoding": "gzip"})  # type: ignore[index]
    with urllib.request.urlopen(request, timeout=60) as script:
        assert script.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in script.headers["Vary"]
        assert "immutable" in script.headers["Cache-Control"]
    with urllib.request.urlopen(f"{server.url}/voila/labextensions/ipycanvas/static/style.js", timeout=60) as script:
        assert script.headers["Cache-Control"] == "no-cache"
