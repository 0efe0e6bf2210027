"""A kernel's websocket that accepts only the messages of the page, within limits.

Without them a single visitor could disturb all others: jupyter_server and Voila both loop as often as the first eight
bytes of a message say, up to 2 ** 64 times; a kernel creates any widget on request; and messages that a visitor does
not read are kept in memory without a limit.
"""

import asyncio
import json
from collections import Counter
from typing import Any, ClassVar, NamedTuple

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.iostream import IOStream, StreamBufferFullError
from tornado.web import HTTPError
from traitlets import Float, Integer

from mnist_helpers.serving.responses import client_ip

PROTOCOL = "v1.kernel.websocket.jupyter.org"
COMM_MESSAGES = {"comm_open", "comm_msg", "comm_close"}
MESSAGES = {"comm_msg", "comm_close", "comm_info_request", "kernel_info_request"}
"""Types of messages that the page sends; besides `comm_open`, for one target only."""
MAX_COMM_ID = 64
"""Characters of a comm's id, which a kernel stores and logs; the page's have 36."""
WIDGET_CONTROL_TARGET = "jupyter.widget.control"
"""Target of the comm with which a page requests the state of all widgets; any other would create a widget."""
BUSY_STATUS = {b'{"execution_state":"busy"}', b'{"execution_state": "busy"}'}
"""A kernel's status before each message, a fifth of all messages; the page does not use it."""
MAX_PARTS = 16
"""Parts of a message: channel, header, parent, metadata, content and a few buffers."""


class MessageRejected(Exception):
    """A message that is not one of the page's."""


class GuardedSocket(ZMQChannelsWebsocketConnection):
    """The connection of one page to its kernel; closed at the first message that is rejected."""

    messages_per_second = Float(100, config=True, help="Messages that a visitor may send; a hand that draws sends ten.")
    burst = Integer(300, config=True, help="Messages that may come at once, as after a network's pause.")
    max_unread_bytes = Integer(2_000_000, config=True, help="Bytes that may wait for a visitor who does not read.")
    max_comms = Integer(8, config=True, help="Comms that a page may open; it opens one.")
    max_sockets = Integer(4, config=True, help="Sockets to one kernel; a page has one, and a new one after a pause.")
    limit_rate = False  # limits printed output, of which a page has none

    _sockets: ClassVar[Counter[str]] = Counter()

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._allowance, self._since = float(self.burst), asyncio.get_running_loop().time()
        self._opened = 0
        self._is_counted = False

    @property
    def _stream(self) -> IOStream:
        connection: Any = self.websocket_handler.ws_connection
        return connection.stream

    async def prepare(self) -> None:
        """Accept only the page's websocket protocol, and only a few sockets for each kernel."""
        offered = self.websocket_handler.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in offered.replace(" ", "").split(","):
            self._say("no socket of the page's protocol")
            raise HTTPError(400, "Only the page's own sockets are served.")
        if self._sockets[self.kernel_id] >= self.max_sockets:
            self._say("too many sockets to one kernel")
            raise HTTPError(429, "Too many sockets.")
        await super().prepare()

    def connect(self) -> Any:
        self._sockets[self.kernel_id] += 1
        self._is_counted = True
        self.multi_kernel_manager.record_activity(self.kernel_id)
        self.multi_kernel_manager.stop_watching_activity(self.kernel_id)
        self._stream.max_write_buffer_size = self.max_unread_bytes
        self._stream.set_nodelay(True)  # otherwise a second message waits for the first one's acknowledgement, 40 ms
        return super().connect()

    def disconnect(self) -> None:  # type: ignore[override]
        if self._is_counted:
            self._is_counted = False
            self._sockets[self.kernel_id] -= 1
            if not self._sockets[self.kernel_id]:
                del self._sockets[self.kernel_id]
        if self.kernel_id in self.multi_kernel_manager:
            self.multi_kernel_manager.record_activity(self.kernel_id)
        super().disconnect()

    def handle_incoming_message(self, incoming_msg: Any) -> None:
        if not self.channels:
            return
        try:
            self._spend()
            message = parse_message(incoming_msg)
            self._count_opened(message.kind)
        except MessageRejected as error:
            self._say(str(error))
            self.websocket_handler.close(1008, "Refused")
            return
        self.multi_kernel_manager.record_activity(self.kernel_id)
        self.session.send_raw(self.channels[message.channel], message.parts)

    def _spend(self) -> None:
        now = asyncio.get_running_loop().time()
        self._allowance = min(self._allowance + (now - self._since) * self.messages_per_second, self.burst) - 1
        self._since = now
        if self._allowance < 0:
            raise MessageRejected("too many messages")

    def _count_opened(self, kind: str) -> None:
        self._opened += kind == "comm_open"
        if self._opened > self.max_comms:
            raise MessageRejected("too many comms")

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        if outgoing_msg[-1] in BUSY_STATUS:
            return
        try:
            super().handle_outgoing_message(stream, outgoing_msg)
        except StreamBufferFullError:
            self._say("does not read what is sent")
            self._stream.close()

    def _say(self, reason: str) -> None:
        who = client_ip(self.websocket_handler.request)
        self.log.warning("Refused %s at kernel %s: %s.", who, self.kernel_id, reason)


class Message(NamedTuple):
    """A message of the page; `kind` is its type after JSON decoding, as the kernel will read it."""

    channel: str
    kind: str
    parts: list[bytes]


def parse_message(message: Any) -> Message:
    """Parse and check a message; raises `MessageRejected` for anything that the page does not send."""
    if not isinstance(message, bytes):
        raise MessageRejected("a message that is text")
    if int.from_bytes(message[:8], "little") > MAX_PARTS:
        raise MessageRejected("a message of no known form")
    try:
        channel, parts = deserialize_msg_from_ws_v1(message)
        kind, content = str(json.loads(parts[0])["msg_type"]), json.loads(parts[3])
        target, comm_id = content.get("target_name"), content.get("comm_id")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise MessageRejected("a message that cannot be read") from None
    if channel not in ("shell", "control"):
        raise MessageRejected("a message to no channel")
    if kind not in MESSAGES and (kind, target) != ("comm_open", WIDGET_CONTROL_TARGET):
        raise MessageRejected(f"a request to {kind[:40]!r}")
    if kind in COMM_MESSAGES and not (isinstance(comm_id, str) and len(comm_id) <= MAX_COMM_ID):
        raise MessageRejected("a comm without a short id")
    return Message(channel, kind, parts)
