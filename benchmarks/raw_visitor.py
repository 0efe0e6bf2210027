"""Visit the page without a browser, by its own protocol: one websocket to a kernel, with comm messages.

Hundreds of these run where a few browsers would not, and they can send what no browser would send.
"""

import asyncio
import json
import re
import time
import uuid
from collections.abc import Sequence
from typing import Any

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from mnist_helpers.preprocessing.drawing import Point, Stroke

PROTOCOL = "v1.kernel.websocket.jupyter.org"
WIDGET_CONTROL_TARGET = "jupyter.widget.control"
PATIENCE = 60.0
"""Seconds after which an answer that has not come will not come."""


class RawVisitor:
    """One visitor: `open` the page, `draw`, `leave`. `seconds` collects how long each answer took.

    `ca_certs` is a file with the certificates to trust where the address is one of https.
    """

    def __init__(self, url: str, ca_certs: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._options: dict[str, Any] = {"connect_timeout": PATIENCE, "request_timeout": PATIENCE, "ca_certs": ca_certs}
        self.seconds: list[float] = []
        self.changes = asyncio.Event()
        self._session, self._control = uuid.uuid4().hex, uuid.uuid4().hex
        self.cookies: dict[str, str] = {}
        self._socket: WebSocketClientConnection | None = None
        self._models: dict[str, dict[str, Any]] = {}
        self._asked = 0.0
        self._drawn = 0
        self._reading: asyncio.Task[None] | None = None
        self._has_left = False

    async def open(self, path: str = "/") -> "RawVisitor":
        """Load the page, connect to its kernel, and learn its widgets."""
        self.page = await self.load(path)
        await self.connect()
        self.send("comm_open", {"comm_id": self._control, "target_name": WIDGET_CONTROL_TARGET, "data": {}})
        self.ask_for_widgets()
        await self.until(lambda: bool(self._models))
        self.tell("client_ready")
        return self

    def ask_for_widgets(self) -> None:
        """Ask for the state of all widgets, a long answer to a short question."""
        self.send("comm_msg", {"comm_id": self._control, "data": {"method": "request_states"}})

    def companion(self) -> "RawVisitor":
        """Another visitor of the same kernel, who knows its widgets and is not connected yet."""
        other = RawVisitor(self.url)
        other._options, other._control = self._options, self._control
        other.kernel_id, other._models, other.cookies = self.kernel_id, dict(self._models), dict(self.cookies)
        other._drawn = self._drawn
        return other

    async def load(self, path: str = "/", **options: Any) -> str:
        """The page, with its cookies kept; its kernel is `kernel_id`."""
        page = await self.fetch(path, **options)
        found = re.search(r'"kernelId":\s*"([^"]+)"', page)
        assert found, "there is no kernel in the page"
        self.kernel_id = found[1]
        return page

    async def fetch(self, path: str, **options: Any) -> str:
        """What the server answers, with `headers`; an error of HTTP is raised."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        options = self._options | options
        request = HTTPRequest(self.url + path, headers=headers | options.pop("headers", {}), **options)
        response = await AsyncHTTPClient().fetch(request)
        self.headers = response.headers
        for cookie in response.headers.get_list("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.body.decode()

    async def connect(self, *, protocols: Sequence[str] = (PROTOCOL,), headers: dict[str, str] | None = None) -> None:
        """Open the websocket, as the page does by default."""
        address = (
            f"{self.url.replace('http', 'ws', 1)}/api/kernels/{self.kernel_id}/channels?session_id={self._session}"
        )
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        request = HTTPRequest(address, headers=cookies | (headers or {}), **self._options)
        self._socket = await websocket_connect(request, subprotocols=list(protocols), max_message_size=2**26)
        self._reading = asyncio.get_running_loop().create_task(self._read())

    def send(self, kind: str, content: dict[str, Any], *, channel: str = "shell") -> None:
        """Send a message of Jupyter's protocol."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": self._session,
            "username": "",
            "version": "5.3",
        }
        header["date"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        parts = [json.dumps(part).encode() for part in (header, {}, {"version": "1.0.0"}, content)]
        self.send_bytes(serialize_msg_to_ws_v1(parts, channel))

    def send_bytes(self, message: bytes | str) -> None:
        """Send whatever it is."""
        assert self._socket, "not connected"
        self._socket.write_message(message, binary=isinstance(message, bytes))

    def tell(self, event: str, points: Sequence[Point] = ()) -> None:
        """Send one event of the pad."""
        touches = [{"x": x, "y": y} for x, y in points]
        content = {"event": event, "touches": touches}
        self.send("comm_msg", {"comm_id": self._canvas, "data": {"method": "custom", "content": content}})

    async def draw(self, strokes: Sequence[Stroke], *, every: float, points: int) -> None:
        """Draw at human speed, as pad.js sends: `points` points in each message, a message every so many seconds."""
        for stroke in strokes:
            self._drawn += 1
            due = time.perf_counter()
            for at in range(0, len(stroke), points):
                due += every
                await asyncio.sleep(max(due - time.perf_counter(), 0))
                self._send_points(stroke, at, at + points)

    def _send_points(self, stroke: Stroke, begin: int, end: int) -> None:
        self._asked = self._asked or time.perf_counter()
        points, is_last = stroke[begin:end], end >= len(stroke)
        if not begin:
            self.tell("touch_start", [points[0], (self._drawn, 0), *points[1:]])
        elif not is_last:
            self.tell("touch_move", points)
        if is_last:
            self.tell("touch_end", [(len(stroke), 0), *(points if begin else ())])

    def press(self, name: str) -> None:
        """Press one of the page's buttons."""
        button = next(key for key, state in self._models.items() if state.get("description") == name)
        self.send("comm_msg", {"comm_id": button, "data": {"method": "custom", "content": {"event": "click"}}})

    async def leave(self, *, politely: bool = True) -> None:
        """Close the socket; politely as a page that is closed, which asks the server to end its kernel.

        What still comes is not read: a kernel that has to end is interrupted, in the middle of a message too.
        """
        self._has_left = True
        if self._socket:
            self._socket.close()
        if politely:
            headers = {"X-XSRFToken": self.cookies.get("_xsrf", "")}
            await self.fetch(f"/voila/api/shutdown/{self.kernel_id}", method="POST", body="", headers=headers)

    def cut(self) -> None:
        """Break the socket, as a network does that goes away."""
        assert self._socket, "not connected"
        self._socket.protocol.stream.close()

    @property
    def tiles(self) -> str:
        """The page's ten probabilities, as they are shown."""
        return next(s["value"] for s in self._models.values() if 'class="tiles"' in str(s.get("value", "")))

    @property
    def _canvas(self) -> str:
        return next(key for key, state in self._models.items() if state.get("_model_name") == "CanvasModel")

    async def until(self, is_true: Any) -> None:
        """Wait until something is true of what has arrived."""
        async with asyncio.timeout(PATIENCE):
            while not is_true():
                self.changes.clear()
                await self.changes.wait()

    @property
    def is_closed(self) -> bool:
        """Whether the server has closed the socket."""
        return self._reading is None or self._reading.done()

    async def _read(self) -> None:
        assert self._socket, "not connected"
        while (message := await self._socket.read_message()) is not None:
            if isinstance(message, bytes) and not self._has_left:
                self._on_message(deserialize_msg_from_ws_v1(message)[1])
        self.changes.set()

    def _on_message(self, parts: list[bytes]) -> None:
        if json.loads(parts[0])["msg_type"] != "comm_msg":
            return
        content = json.loads(parts[3])
        data = content["data"]
        if data.get("method") == "update_states":
            self._models = {key: state["state"] for key, state in data["states"].items()}
        elif data.get("method") == "update" and content["comm_id"] in self._models:
            self._models[content["comm_id"]] |= data["state"]
            if 'class="tiles"' in str(data["state"].get("value", "")) and self._asked:
                self.seconds.append(time.perf_counter() - self._asked)
                self._asked = 0.0
        self.changes.set()
