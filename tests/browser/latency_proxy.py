"""A TCP proxy on loopback that delays a server, holds everything back, or cuts the connections for a while.

It runs in a thread of its own, so that a test can change the delay while the page is open.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .servers import free_port

REMEMBERED = 100_000
"""The last bytes from the server, as many as are kept, passed on or not."""


class LatencyProxy:
    """Delay a server: each direction takes half of `round_trip` seconds.

    While `held`, nothing passes; while `held_back`, nothing that the server says; while `closed`, nobody can connect.
    """

    def __init__(self, target: int, *, round_trip: float = 0.0) -> None:
        self.port, self.round_trip = free_port(), round_trip
        self.held = self.held_back = self.closed = False
        self.server_bytes = b""
        self._target = target
        self._started = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection; what is on its way is lost."""
        self._loop.call_soon_threadsafe(self._break)

    def _break(self) -> None:
        self.held = self.held_back = False
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._on_connection, "127.0.0.1", self.port):
            self._started.set()
            await self._stopped.wait()
        self._break()
        await asyncio.gather(*self._connections)

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.closed:
            return writer.transport.abort()
        if task := asyncio.current_task():
            self._connections.add(task)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            return writer.transport.abort()
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer, is_back=True))
        self._writers -= {writer, far_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_back: bool = False) -> None:
        """Pass on what comes, each part after its time on the way, many parts under way at once."""
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._arrive(way, writer, is_back))
        try:
            while content := await reader.read(65536):
                self.server_bytes = (self.server_bytes + content)[-REMEMBERED:] if is_back else self.server_bytes
                way.put_nowait((self._loop.time() + self.round_trip / 2, content))
        except OSError:
            pass
        way.put_nowait((self._loop.time() + self.round_trip / 2, b""))
        await arriving

    async def _arrive(self, way: asyncio.Queue, writer: asyncio.StreamWriter, is_back: bool) -> None:
        content = b"-"
        while content:
            at, content = await way.get()
            await asyncio.sleep(max(at - self._loop.time(), 0))
            while self.held or (self.held_back and is_back):
                await asyncio.sleep(0.005)
            try:
                writer.write(content)
                await writer.drain()
            except OSError:
                return
        writer.close()

    @contextmanager
    def open(self) -> Iterator["LatencyProxy"]:
        """Pass on connections until the end of the block."""
        thread = threading.Thread(target=asyncio.run, args=[self._serve()])
        thread.start()
        self._started.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._stopped.set)
            thread.join()
