"""Whatever a visitor sends is refused or harmless, and the next visitor is served as if nothing had been."""

import asyncio
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import psutil
import pytest
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from benchmarks.raw_visitor import CONTROL, RawVisitor
from tests.browser.hand import SEVEN
from tests.browser.servers import Server

from .conftest import BURST

EMPTY = 'data-digit="7" data-probability="0.0000"'
KERNEL = "00000000-0000-0000-0000-000000000000"


class Hostility:
    """A page, a socket to its kernel for each test, and somebody else's page, which must not notice any of it."""

    def __init__(self, url: str, runner: asyncio.Runner) -> None:
        self.url, self._runner = url, runner
        self._page, self._onlooker = RawVisitor(url), RawVisitor(url)
        self.run(self._page.open())
        self.run(self._onlooker.open())

    def run(self, act: Coroutine[Any, Any, Any]) -> None:
        self._runner.run(act)

    def socket(self) -> RawVisitor:
        """One more visitor of the page's kernel, not connected yet."""
        return self._page.companion()

    def act(self, act: Callable[[RawVisitor], Awaitable[None]]) -> None:
        """Do it through a socket of its own; then the onlooker draws, and gets an answer."""
        self.run(self._act(act))

    async def _act(self, act: Callable[[RawVisitor], Awaitable[None]]) -> None:
        visitor = self.socket()
        await visitor.connect()
        await act(visitor)
        await visitor.leave(politely=False)
        onlooker = self._onlooker
        onlooker.press("Clear")
        await onlooker.until(lambda: EMPTY in onlooker.tiles)
        await onlooker.draw(SEVEN, every=0, points=20)
        await onlooker.until(lambda: EMPTY not in onlooker.tiles)


@pytest.fixture(scope="module")
def hostility(server: Server) -> Iterator[Hostility]:
    with asyncio.Runner() as runner:
        yield Hostility(server.url, runner)


async def _is_closed(visitor: RawVisitor) -> None:
    await visitor.until(lambda: visitor.is_closed)


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


@pytest.mark.parametrize("kind", ["execute_request", "debug_request", "inspect_request", "complete_request",
                                  "history_request", "shutdown_request", "interrupt_request"])  # fmt: skip
def test_a_request_that_the_page_would_not_make_ends_the_socket(hostility: Hostility, kind: str):
    async def ask(visitor: RawVisitor) -> None:
        visitor.send(kind, {"code": "import os; os._exit(1)", "silent": False})
        await _is_closed(visitor)

    hostility.act(ask)


def test_a_visitor_cannot_make_widgets(hostility: Hostility):
    async def make(visitor: RawVisitor) -> None:
        visitor.send("comm_open", {"comm_id": "mine", "target_name": "jupyter.widget", "data": {"state": {}}})
        await _is_closed(visitor)

    hostility.act(make)


def test_a_visitor_cannot_open_comms_without_end(hostility: Hostility):
    async def open_many(visitor: RawVisitor) -> None:
        for number in range(10):
            visitor.send("comm_open", {"comm_id": str(number), "target_name": CONTROL, "data": {}})
        await _is_closed(visitor)

    hostility.act(open_many)


@pytest.mark.parametrize(
    "message",
    [b"\xff" * 8, b"\xff" * 64, b"\x00" * 8, b"", b"\x07" + b"\x00" * 63, "text", '{"header": 1}', "[" * 60_000],
    ids=["endless", "endless offsets", "nothing", "empty", "no header", "text", "json", "deep json"],
)
def test_a_message_of_no_known_form_ends_the_socket(hostility: Hostility, message: bytes | str):
    async def send(visitor: RawVisitor) -> None:
        visitor.send_bytes(message)
        await _is_closed(visitor)

    hostility.act(send)


def test_a_message_of_ten_megabytes_ends_the_socket(hostility: Hostility):
    async def send(visitor: RawVisitor) -> None:
        visitor.send_bytes(b"\x00" * 10_000_000)
        await _is_closed(visitor)

    hostility.act(send)


def test_a_flood_of_messages_ends_the_socket(hostility: Hostility):
    async def flood(visitor: RawVisitor) -> None:
        with pytest.raises(WebSocketClosedError):
            while True:
                visitor.tell("touch_move", [(1, 1)])
                await asyncio.sleep(0)

    hostility.act(flood)


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://elsewhere.example"}], ids=["no protocol", "elsewhere"])
def test_a_socket_that_the_page_would_not_open_is_refused(hostility: Hostility, headers: dict[str, str]):
    async def connect(visitor: RawVisitor) -> None:
        stranger = hostility.socket()
        protocols = ("v1.kernel.websocket.jupyter.org",) if headers else ()
        with pytest.raises(HTTPClientError) as refused:
            await stranger.connect(protocols=protocols, headers=headers)
        assert refused.value.code in (400, 403)

    hostility.act(connect)


def test_another_kernel_cannot_be_guessed(server: Server):
    assert get(f"{server.url}/api/kernels/{KERNEL}")[0] == 404
    assert get(f"{server.url}/api/kernels")[0] in (302, 403, 404)


def test_a_kernel_has_few_sockets(hostility: Hostility):
    async def connect(visitor: RawVisitor) -> None:
        others = [hostility.socket() for _ in range(4)]
        with pytest.raises(HTTPClientError, match="429"):
            for other in others:
                await other.connect()
        for other in others:
            await other.leave(politely=False)

    hostility.act(connect)


def test_points_without_end_fill_no_memory(server: Server, hostility: Hostility):
    """Each message within the limits, as fast as they allow: what the kernel keeps stays bounded."""

    async def draw(visitor: RawVisitor) -> None:
        kernel = next(p for p in psutil.Process(server.pid).children() if visitor.kernel_id in " ".join(p.cmdline()))
        stroke = [(x % 840, x // 840) for x in range(1000)]
        before = kernel.memory_info().rss
        for _ in range(BURST // 4):
            visitor.tell("touch_start", stroke[:1])
            visitor.tell("touch_move", stroke)
            visitor.tell("touch_end")
        visitor.press("Clear")
        await visitor.until(lambda: EMPTY in visitor.tiles)
        assert kernel.memory_info().rss - before < 60e6
        assert not visitor.is_closed

    hostility.act(draw)


@pytest.mark.parametrize("path", [
    "/voila/files/dashboard.ipynb", "/voila/files/voila.json", "/voila/files/..%2f..%2fetc/passwd", "/voila/files/",
    "/voila/static/..%2f..%2f..%2fapp.py", "/voila/templates/..%2f..%2f/static/../conf.json",
    "/voila/templates/digits/static/../../../../../../etc/passwd", "/api/contents", "/api/sessions", "/api/terminals",
    "/tree", "/lab", "/voila/api/contents/", "/login", "/logout",
])  # fmt: skip
def test_no_file_comes_out_and_no_other_door_is_open(server: Server, path: str):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", path)  # as it is: urllib would tidy the path
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    assert answer.status in (301, 302, 400, 403, 404, 405, 500), text[:200]
    assert "root:" not in text and "Dashboard()" not in text and "base_template" not in text


def test_a_template_cannot_be_chosen_by_the_visitor(server: Server):
    assert "body.jp-Notebook #rendered_cells" in get(f"{server.url}/?template=base&theme=dark")[2]


def test_the_page_allows_nothing_from_elsewhere(server: Server):
    policy = get(f"{server.url}/")[1]["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'self'" in policy and "http" not in policy


def test_health_costs_no_kernel(server: Server):
    before = get(f"{server.url}/health")[2]
    assert "visitors" in json.loads(before)
    assert get(f"{server.url}/health")[2] == before
