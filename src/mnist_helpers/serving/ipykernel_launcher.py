"""A kernel for a page: ipykernel without what only a notebook asks for.

A page sends one comm message after the other, ten a second while somebody draws. For each, ipykernel passes it from
thread to thread in case that it is for a subshell, says that it is busy, writes lines for a log that drops them, hands
every answer to one more thread, and waits twice for its output thread in case that something was printed. Waking a
thread costs more than recognising a digit, so here one does it all. `kernels.PageKernelSpecs` has this module started
in place of ipykernel's own of that name.
"""

import logging
import sys
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop
from traitlets import Type

sys.modules["debugpy"] = None  # type: ignore[assignment]  # nobody debugs a page, and it takes 7 MB of each visitor's


class PageKernel(IPythonKernel):
    """Does not say that it is busy, which no page shows, nor that it is done with an event, such as the pen's.

    That it is idle ends any other request; who sends events does not wait for it (page.js).
    """

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        if status != "busy" and not _is_event(parent or self.get_parent(channel)):
            super()._publish_status(status, channel, parent)


def _is_event(message: dict[str, Any]) -> bool:
    """Whether it is a widget's event: no request for its state, and no change of it."""
    return message.get("content", {}).get("data", {}).get("method") == "custom"


class MainThread:
    """Stands in for a thread that ipykernel would start for a channel."""

    def __init__(self) -> None:
        self.io_loop = IOLoop.current()

    def start(self) -> None:
        """Nothing: the main thread runs already."""

    def is_alive(self) -> bool:
        """No: there is no other thread to stop."""
        return False


class PageKernelApp(IPKernelApp):
    """One thread for all messages, and what is printed goes to the server's log, as the dashboard's errors do."""

    kernel_class = Type(PageKernel)
    outstream_class = None  # type: ignore[assignment]

    def init_control(self, context: Any) -> None:
        super().init_control(context)
        self.control_thread, self.shell_channel_thread = MainThread(), None

    def init_iopub(self, context: Any) -> None:
        socket = context.socket(zmq.PUB)
        socket.linger = 1000  # as ipykernel has it: who reads nothing does not keep a kernel from ending
        self.iopub_port = self._bind_socket(socket, self.iopub_port)
        self.iopub_thread = IOPubThread(socket)  # never started, it sends at once
        self.iopub_socket = self.iopub_thread.background_socket


if __name__ == "__main__":
    logging.disable(logging.DEBUG)
    PageKernelApp.launch_instance()
