"""The kernel of a page: ipykernel on a single thread.

While a person draws, a page sends ten comm messages a second. For each, ipykernel passes the message between threads
(for subshells), publishes a busy status, parses dates, formats log messages that are dropped, sends answers through
another thread, and waits twice for its output thread. Waking a thread costs more than recognising a digit, so this
kernel does without.
`kernels.PageKernelSpecs` starts this module in place of ipykernel's module of the same name.
"""

import logging
import sys
from typing import Any

import zmq
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client import session
from tornado.ioloop import IOLoop
from traitlets import Type

session.extract_dates = lambda obj: obj  # the dates in messages stay text, since nothing here reads them
sys.modules["debugpy"] = None  # type: ignore[assignment]  # the debugger, 7 MB for each visitor


class PageKernel(IPythonKernel):
    """Sends no "busy" status, and no "idle" status after custom widget events such as those of the pen.

    For all other requests "idle" is sent, because it marks their end; `page.js` does not wait for it after events.
    """

    def pre_handler_hook(self) -> None:
        """Leave the handler of Ctrl+C as it is: nobody interrupts a page."""

    def post_handler_hook(self) -> None:
        """Do nothing, like `pre_handler_hook`."""

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        if status != "busy":
            super()._publish_status(status, channel, parent)

    def _publish_status_and_flush(self, status: str, channel: str, stream: Any, parent: Any = None) -> None:
        if not _is_event(parent or self.get_parent(channel)):
            super()._publish_status_and_flush(status, channel, stream, parent)


def _is_event(message: dict[str, Any]) -> bool:
    """Whether a message is a custom event of a widget, neither a request for its state nor an update."""
    return message.get("content", {}).get("data", {}).get("method") == "custom"


class MainThread:
    """In place of the thread that ipykernel would start for a channel."""

    def __init__(self) -> None:
        self.io_loop = IOLoop.current()

    def start(self) -> None:
        """Do nothing: the main thread runs already."""

    def is_alive(self) -> bool:
        """False, since there is no other thread to stop."""
        return False


class PageKernelApp(IPKernelApp):
    """An ipykernel that handles all messages on one thread; printed text goes to the server's log."""

    kernel_class = Type(PageKernel)
    outstream_class = None  # type: ignore[assignment]

    def init_control(self, context: Any) -> None:
        super().init_control(context)
        self.control_thread, self.shell_channel_thread = MainThread(), None

    def init_iopub(self, context: Any) -> None:
        socket = context.socket(zmq.PUB)
        socket.linger = 1000  # as ipykernel has it: who reads nothing does not keep a kernel from ending
        self.iopub_port = self._bind_socket(socket, self.iopub_port)
        self.iopub_socket = socket  # without a thread that would send for it

    def close(self) -> None:
        if self.iopub_socket:
            self.iopub_socket.close()
        super().close()


if __name__ == "__main__":
    logging.disable(logging.DEBUG)
    PageKernelApp.launch_instance()
