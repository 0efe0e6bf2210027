"""A kernel for a page: ipykernel without what only a notebook asks for.

A page sends one comm message after the other, 20 a second while somebody draws. For each, ipykernel passes it from
thread to thread in case that it is for a subshell, says that it is busy, and waits twice for its output thread in case
that something was printed. `kernels.PageKernelSpecs` has this module started in place of ipykernel's own of that name.
"""

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from traitlets import Type


class PageKernel(IPythonKernel):
    """Does not say that it is busy, which no page shows; that it is idle ends each of a page's requests."""

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        if status != "busy":
            super()._publish_status(status, channel, parent)


class PageKernelApp(IPKernelApp):
    """One thread for all messages, and what is printed goes to the server's log, as the dashboard's errors do."""

    kernel_class = Type(PageKernel)
    outstream_class = None  # type: ignore[assignment]

    def init_control(self, context: Any) -> None:
        super().init_control(context)
        self.shell_channel_thread = None


if __name__ == "__main__":
    PageKernelApp.launch_instance()
