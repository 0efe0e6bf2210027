"""Who may come in: a cap on visitors with a page that says so, a cookie that lets them leave, and a health address.

Voila counts no visitors (voila #617). It sets no `_xsrf` cookie either, so that the goodbye of a closed page is refused
and its kernel stays (voila #1458). Its hook before a launch could cure both, but is forbidden where kernels are
preheated; an identity provider is asked about each request, too.
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
    """Everybody is welcome until the server is full."""

    max_visitors = Integer(60, config=True, help="Visitors at a time; each costs a kernel of some 90 MB.")
    max_preparing = Integer(10, config=True, help="Pages being prepared at a time; those who come then wait a moment.")
    max_visitors_per_address = Integer(
        40,
        config=True,
        help="Of them, from one public address (of IPv6, from one /64). A school shares one; so do all whom a proxy "
        "serves that sends no X-Real-IP, which is why private addresses and this machine are not limited.",
    )
    retry_after = Integer(15, config=True, help="Seconds after which one who was refused is asked to come again.")

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        if self.token or any(self.config[name].get("token") for name in ("IdentityProvider", "Visitors")):
            raise SystemExit(
                "The page lets everybody in and asks for no token: start it without one, and put a proxy in front that "
                "asks for a password if not everybody may come."
            )
        self._arriving: dict[RequestHandler, str] = {}

    async def get_user(self, handler: RequestHandler) -> User:  # type: ignore[override]
        """Admit or refuse whoever asks for the page; all other requests pass.

        jupyter_server has just noted the handler in the context, and asyncio keeps the context of a timer that was
        cancelled until its time, hours later. With the handler, all that belongs to a page that was left would stay.
        """
        CallContext.set(CallContext.JUPYTER_HANDLER, None)
        handler.current_user = VISITOR
        if isinstance(handler, VoilaHandler):
            self._admit(handler)
            handler.xsrf_token  # noqa: B018  (asking for it sets the cookie)
        return VISITOR

    def _admit(self, handler: VoilaHandler) -> None:
        """Let them in, or send the page that says that there is no room.

        Who arrives may have a kernel already, and counts twice for that moment: better one too few than one too many.
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
        """Why there is no room for one who comes from there, or nothing."""
        visitors, arriving = kernels.visitors, len(self._arriving)
        if visitors + arriving >= self.max_visitors or arriving >= self.max_preparing:
            return f"{visitors} visitors of {self.max_visitors}, {arriving} arriving"
        neighbours = kernels.visitors_from(network) + list(self._arriving.values()).count(network)
        if network and neighbours >= self.max_visitors_per_address:
            return f"{neighbours} visitors come from {network}"
        return ""

    def get_handlers(self) -> list[tuple[Any, ...]]:
        """The health address, in place of pages to sign in; files that a browser keeps; and the page.

        And none where a notebook may ask Voila about the request for its page: anybody would get sockets there.
        """
        no_queries = (r".*/voila/query/.*", ErrorHandler, {"status_code": 404})
        return [(r"/health", HealthHandler), no_queries, *file_handlers(self.parent), *page_handlers(self.parent)]


def note_kernel(handler: VoilaHandler, note: Callable[[str], None]) -> None:
    """Call `note` with the id of a page's kernel once the page is written: Voila tells it there alone."""
    write = handler.write

    def write_and_note(chunk: Any) -> None:
        if found := _KERNEL_ID.search(chunk if isinstance(chunk, str) else ""):
            note(found[1])
            handler.write = write  # type: ignore[method-assign]
        write(chunk)

    handler.write = write_and_note  # type: ignore[method-assign]


class HealthHandler(RequestHandler):
    """Answers while the event loop turns; `visitors` tells whether a server that shall stop is still in use."""

    def get(self) -> None:
        self.finish({"visitors": self.settings["kernel_manager"].visitors})

    def _log(self) -> None:
        """Say nothing: probes come every few seconds."""
        logging.getLogger(__name__).debug("Health was asked for.")
