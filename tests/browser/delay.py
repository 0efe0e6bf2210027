"""A TCP proxy on loopback that makes the way to a server longer, holds everything back, or cuts it.

It runs in a thread of its own, so that a test can change the distance while the page is open.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .servers import free_port


class Distance:
    """A server at a distance: each direction takes half of `round_trip` seconds; `held` lets nothing pass."""

    def __init__(self, target: int, *, round_trip: float = 0.0) -> None:
        self.port, self.round_trip, self.held = free_port(), round_trip, False
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection; new ones are let through."""
        for writer in list(self._writers):
            self._loop.call_soon_threadsafe(writer.transport.abort)

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(asyncio.start_server(self._on_connection, "127.0.0.1", self.port))
        self._loop.call_soon(started.set)
        self._loop.run_forever()

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.close()
            return
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, each part after its time on the way, many parts under way at once."""
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        arriving = asyncio.create_task(self._arrive(way, writer))
        try:
            while content := await reader.read(65536):
                way.put_nowait((self._loop.time() + self.round_trip / 2, content))
        except OSError:
            pass
        way.put_nowait((self._loop.time() + self.round_trip / 2, b""))
        await arriving

    async def _arrive(self, way: asyncio.Queue, writer: asyncio.StreamWriter) -> None:
        content = b"-"
        while content:
            at, content = await way.get()
            await asyncio.sleep(max(at - self._loop.time(), 0))
            while self.held:
                await asyncio.sleep(0.005)
            try:
                writer.write(content)
                await writer.drain()
            except OSError:
                return
        writer.close()

    @contextmanager
    def open(self) -> Iterator["Distance"]:
        """Pass on connections until the end of the block."""
        started = threading.Event()
        thread = threading.Thread(target=self._run, args=[started], daemon=True)
        thread.start()
        started.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
