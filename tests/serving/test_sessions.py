"""A session that ends while the page is open, in Chromium: the page says so, and one click brings the drawing back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import DESKTOP
from tests.browser.hand import SEVEN
from tests.browser.servers import PATIENCE, free_port
from tests.browser.visitor import STATE, Visitor

from .conftest import voila_for_all
from .test_culling import IDLE, Clocked, clocked, shared_clocked  # noqa: F401  (fixtures)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Visitor]:
    """A page that is nowhere yet."""
    context = chromium.new_context(**DESKTOP)
    yield Visitor(context.new_page(), "")
    context.close()


def come_and_draw(visitor: Visitor, url: str) -> None:
    visitor.url = url
    visitor.open().draw(SEVEN)


def see(visitor: Visitor, sentence: str) -> None:
    visitor.page.get_by_role("alert").get_by_text(sentence).wait_for(timeout=1000 * PATIENCE)


def go_on(visitor: Visitor) -> None:
    """See that the session has ended, and press the button."""
    see(visitor, "This session has ended. What you drew is kept.")
    assert visitor.inked(SEVEN[0][1]), "ink went with the session"
    visitor.page.get_by_role("button", name="Continue").click()
    visitor.wait_until(f"() => JSON.parse({STATE}.drawing)?.length === 1", timeout=1000 * PATIENCE)
    visitor.wait_until_settled()
    assert visitor.answer == "7" and visitor.inked(SEVEN[0][1])


def test_a_session_that_has_expired_goes_on_with_the_drawing(page: Visitor, clocked: Clocked):  # noqa: F811
    come_and_draw(page, clocked.server.url)
    clocked.set_forward("monotonic", 1.1 * IDLE)
    go_on(page)


def test_when_the_server_is_restarted_the_page_goes_on_with_the_drawing(page: Visitor):
    port = free_port()
    with voila_for_all(port=port) as server:
        come_and_draw(page, server.url)
    see(page, "The connection is lost.")
    with voila_for_all(port=port):
        go_on(page)
