"""A kernel is ready before anybody asks for the page, and another one for whoever comes next."""

import gzip
import re
import urllib.request
from urllib.error import HTTPError

import pytest

from .engines import until
from .servers import Server, kernel_of, kernels

ALL_SCRIPTS = re.compile(r'src="(/voila/scripts-[^"]+)"')
KERNEL = re.compile(r'"kernelId":\s*"([^"]+)"')
SCRIPT = re.compile(r'href="(/voila/labextensions/ipycanvas/[^"]+)"')


def test_a_kernel_waits_for_the_page_and_one_for_the_next(server: Server) -> None:
    asked_for(server)  # as the first page of a new server may have a kernel beside the one that waits
    earlier = set(kernels(server))
    taken = kernel_of(server, asked_for(server))
    ready = until_one_waits(server, earlier | {taken})
    second = kernel_of(server, asked_for(server))
    assert second in ready, "it was started when the page was asked for"
    assert until_one_waits(server, earlier | {taken, second})


def asked_for(server: Server) -> str:
    """The id of the kernel of a page that somebody asks for."""
    page = urllib.request.urlopen(server.url, timeout=60).read().decode()
    return KERNEL.search(page)[1]  # type: ignore[index]


def until_one_waits(server: Server, others: set[int]) -> set[int]:
    """Kernels besides those that are known, once there are some."""
    return until(lambda: kernels(server).keys() - others, "a kernel that waits")


def test_files_are_compressed_and_those_named_by_their_content_are_kept(server: Server) -> None:
    page = urllib.request.urlopen(server.url, timeout=60).read().decode()
    request = urllib.request.Request(server.url + SCRIPT.search(page)[1], headers={"Accept-Encoding": "gzip"})  # type: ignore[index]
    with urllib.request.urlopen(request, timeout=60) as script:
        assert script.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in script.headers["Vary"]
        assert "immutable" in script.headers["Cache-Control"]
    with urllib.request.urlopen(f"{server.url}/voila/labextensions/ipycanvas/static/style.js", timeout=60) as script:
        assert script.headers["Cache-Control"] == "no-cache"


def test_all_scripts_come_as_two_files_compressed_or_not(server: Server) -> None:
    page = urllib.request.urlopen(server.url, timeout=60).read().decode()
    addresses = [server.url + found for found in ALL_SCRIPTS.findall(page)]
    often_called, seldom_called = (same_compressed_or_not(address) for address in addresses)
    assert (often_called + seldom_called).count(b"_JUPYTERLAB_CORE_OUTPUT") > 30
    at_once = b"//# allFunctionsCalledOnLoad\n"
    assert often_called.startswith(at_once) and at_once not in seldom_called, "only the first line has them compiled"
    with pytest.raises(HTTPError, match="404"):
        urllib.request.urlopen(addresses[0].replace("scripts-", "scripts-0"), timeout=60)


def same_compressed_or_not(address: str) -> bytes:
    """What a file holds, which may be kept."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(address, timeout=60) as plain, urllib.request.urlopen(request, timeout=60) as small:
        assert "immutable" in small.headers["Cache-Control"] and "Content-Encoding" not in plain.headers
        scripts: bytes = plain.read()
        assert gzip.decompress(small.read()) == scripts
    return scripts
