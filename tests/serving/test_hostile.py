"""Whatever a visitor sends is refused or harmless, and the next visitor is served as if nothing had been."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import pytest
from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClosedError

from benchmarks.raw_visitor import WIDGET_CONTROL_TARGET, RawVisitor
from tests.browser.hand import SEVEN
from tests.browser.servers import Server

from .clients import EMPTY, kernel_of
from .conftest import BURST, Shared


class Hostility:
    """A page, a socket to its kernel for each test, and somebody else's page, which must not notice any of it."""

    def __init__(self, url: str, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._run, self._page, self._onlooker = run, RawVisitor(url), RawVisitor(url)
        self._run(self._page.open())
        self._run(self._onlooker.open())

    def socket(self) -> RawVisitor:
        """One more visitor of the page's kernel, not connected yet."""
        return self._page.companion()

    def act(self, act: Callable[[RawVisitor], Awaitable[None]]) -> None:
        """Do it through a socket of its own; then the onlooker draws, and gets an answer."""
        self._run(self._act(act))

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

    def end(self) -> None:
        for visitor in (self._page, self._onlooker):
            with suppress(OSError, HTTPClientError):  # a test that failed may have ended them
                self._run(visitor.leave())


@contextmanager
def hostile_to(server: Server) -> Iterator[Hostility]:
    with ThreadPoolExecutor(1) as thread:
        runner = asyncio.Runner()
        hostility = Hostility(server.url, lambda act: thread.submit(runner.run, act).result())
        try:
            yield hostility
        finally:
            hostility.end()
            thread.submit(runner.close).result()  # in its thread: this one may have Playwright's loop


@pytest.fixture(scope="module")
def shared_hostility() -> Iterator[Shared[Hostility]]:
    shared = Shared(hostile_to)
    yield shared
    shared.end()


@pytest.fixture
def hostility(
    server: Server, shared_hostility: Shared[Hostility], request: pytest.FixtureRequest
) -> Iterator[Hostility]:
    with shared_hostility.lent(request, server) as hostility:
        yield hostility


async def _is_closed(visitor: RawVisitor) -> None:
    await visitor.until(lambda: visitor.is_closed)


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


@pytest.mark.parametrize("spelling", [b"comm_open", rb"comm\u005fopen", rb"\u0063omm_open"])
def test_a_visitor_cannot_open_comms_without_end(hostility: Hostility, spelling: bytes):
    async def open_many(visitor: RawVisitor) -> None:
        spelled_as(spelling, visitor)
        for number in range(10):
            visitor.send("comm_open", {"comm_id": str(number), "target_name": WIDGET_CONTROL_TARGET, "data": {}})
        await _is_closed(visitor)

    hostility.act(open_many)


def spelled_as(spelling: bytes, visitor: RawVisitor) -> None:
    """Let the visitor's next headers hold `comm_open` as JSON may also spell it."""
    send = visitor.send_bytes

    def send_spelled(message: bytes) -> None:
        channel, (header, *parts) = deserialize_msg_from_ws_v1(message)
        send(serialize_msg_to_ws_v1([header.replace(b"comm_open", spelling), *parts], channel))

    visitor.send_bytes = send_spelled  # type: ignore[assignment,method-assign]


@pytest.mark.parametrize("kind", ["comm_open", "comm_msg", "comm_close"])
@pytest.mark.parametrize("comm_id", ["-" * 65, 7, None, ["mine"]], ids=["long", "number", "null", "list"])
def test_a_comm_that_is_not_called_by_a_short_name_ends_the_socket(hostility: Hostility, kind: str, comm_id: object):
    async def send(visitor: RawVisitor) -> None:
        visitor.send(kind, {"comm_id": comm_id, "target_name": WIDGET_CONTROL_TARGET, "data": {}})
        await _is_closed(visitor)

    hostility.act(send)


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


@pytest.mark.parametrize("size", [100_000, 10_000_000])
def test_a_large_message_ends_the_socket(hostility: Hostility, size: int):
    async def send(visitor: RawVisitor) -> None:
        visitor.send("comm_msg", {"comm_id": "none", "data": {"text": "-" * size}})
        await _is_closed(visitor)

    hostility.act(send)


def test_who_does_not_read_what_is_sent_loses_the_socket(server: Server, hostility: Hostility):
    async def ask_and_not_read(visitor: RawVisitor) -> None:
        greedy = hostility.socket()
        greedy._read = asyncio.Event().wait  # type: ignore[method-assign]
        await greedy.connect()
        mine = greedy._socket.protocol.stream.socket.getsockname()

        def is_open() -> bool:
            return mine in {each.raddr for each in psutil.Process(server.pid).net_connections("tcp")}

        assert is_open()
        while is_open():
            greedy.ask_for_widgets()
            await asyncio.sleep(0.02)  # half as often as anyone may

    hostility.act(ask_and_not_read)


def test_a_flood_of_messages_ends_the_socket(hostility: Hostility):
    async def flood(visitor: RawVisitor) -> None:
        with pytest.raises(WebSocketClosedError):
            for _ in range(100 * BURST):
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
        kernel = kernel_of(server, visitor)
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
