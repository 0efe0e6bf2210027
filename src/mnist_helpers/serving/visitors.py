"""Limit the number of visitors, set the cookie that a closing page needs, and add a health address.

Voila does not count visitors (voila #617). It sets no `_xsrf` cookie either, so the shutdown request of a closing page
is rejected and its kernel keeps running (voila #1458). Voila's `prelaunch_hook` could fix both but cannot be combined
with preheated kernels. An identity provider runs on every request as well, so this is done there.
"""

import logging
import re
from collections.abc import Callable
from typing import Any

from jupyter_server import CallContext
from jupyter_server.auth import IdentityProvider, User
from tornado.web import ErrorHandler, Finish, RequestHandler
from traitlets import Integer
from voila.handler import VoilaHandler

from mnist_helpers.serving.files import file_handlers
from mnist_helpers.serving.page import page_handlers
from mnist_helpers.serving.responses import busy_page, client_ip, public_network

VISITOR = User(username="visitor")
_KERNEL_ID = re.compile(r'"kernelId":\s*"([^"]+)"')


class Visitors(IdentityProvider):
    """Admit everybody until the server is full."""

    max_visitors = Integer(60, config=True, help="Visitors at a time; each costs a kernel of some 90 MB.")
    max_preparing = Integer(
        10, config=True, help="Pages being prepared at a time; more visitors get the page for a full server."
    )
    max_visitors_per_address = Integer(
        40,
        config=True,
        help="Of them, from one public address (of IPv6, from one /64). A school shares one; so do all whom a proxy "
        "serves that sends no X-Real-IP, which is why private addresses and this machine are not limited.",
    )
    retry_after = Integer(15, config=True, help="Seconds after which the page for a full server reloads.")

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        if self.token or any(self.config[name].get("token") for name in ("IdentityProvider", "Visitors")):
            raise SystemExit(
                "The page lets everybody in and asks for no token: start it without one, and put a proxy in front that "
                "asks for a password if not everybody may come."
            )
        self._arriving: dict[RequestHandler, str] = {}

    async def get_user(self, handler: RequestHandler) -> User:  # type: ignore[override]
        """Admit or refuse requests for the page; all others pass.

        jupyter_server has stored the request handler in a context variable. asyncio keeps the context of a cancelled
        timer until its scheduled time, possibly hours later, and with it the handler and the whole closed page. So the
        variable is cleared here.
        """
        CallContext.set(CallContext.JUPYTER_HANDLER, None)
        handler.current_user = VISITOR
        if isinstance(handler, VoilaHandler):
            self._admit(handler)
            handler.xsrf_token  # noqa: B018  (asking for it sets the cookie)
        return VISITOR

    def _admit(self, handler: VoilaHandler) -> None:
        """Admit a visitor, or send the page for a full server.

        An arriving visitor may have a kernel already and then counts twice for a moment, so the limit is never
        exceeded.
        """
        address = client_ip(handler.request)
        network = public_network(address)
        if reason := self._reason_to_refuse(handler.kernel_manager, network):
            self.log.warning("Refused %s: %s.", address, reason)
            handler.set_status(503)
            handler.set_header("Retry-After", str(self.retry_after))
            raise Finish(busy_page(self.retry_after))
        self._arriving[handler] = network
        handler.on_finish = lambda: self._arriving.pop(handler, None)  # type: ignore[method-assign]
        if network:
            note_kernel(handler, lambda kernel_id: handler.kernel_manager.record_network(kernel_id, network))

    def _reason_to_refuse(self, kernels: Any, network: str) -> str:
        """Why a visitor from this network is refused; empty if there is room."""
        visitors, arriving = kernels.visitors, len(self._arriving)
        if visitors + arriving >= self.max_visitors or arriving >= self.max_preparing:
            return f"{visitors} visitors of {self.max_visitors}, {arriving} arriving"
        neighbours = kernels.visitors_from(network) + list(self._arriving.values()).count(network)
        if network and neighbours >= self.max_visitors_per_address:
            return f"{neighbours} visitors come from {network}"
        return ""

    def get_handlers(self) -> list[tuple[Any, ...]]:
        """Handlers of the health address, of cached files and of the page, instead of a login page.

        Voila's socket for queries about a page's request is closed, since there is no limit on it.
        """
        no_queries = (r".*/voila/query/.*", ErrorHandler, {"status_code": 404})
        return [(r"/health", HealthHandler), no_queries, *file_handlers(self.parent), *page_handlers(self.parent)]


def note_kernel(handler: VoilaHandler, note: Callable[[str], None]) -> None:
    """Call `note` with the id of a page's kernel, which Voila writes into the page and nowhere else."""
    write = handler.write

    def write_and_note(chunk: Any) -> None:
        if found := _KERNEL_ID.search(chunk if isinstance(chunk, str) else ""):
            note(found[1])
            handler.write = write  # type: ignore[method-assign]
        write(chunk)

    handler.write = write_and_note  # type: ignore[method-assign]


class HealthHandler(RequestHandler):
    """Answers while the event loop runs; `visitors` tells whether a server that is being stopped is still in use."""

    def get(self) -> None:
        self.finish({"visitors": self.settings["kernel_manager"].visitors})

    def _log(self) -> None:
        """Log at debug level only, since probes come every few seconds."""
        logging.getLogger(__name__).debug("Health was asked for.")
