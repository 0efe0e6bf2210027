"""What lies behind "More": collapsed, built when it is opened, and reached by pointer and keyboard."""

import pytest

from .conftest import Visit
from .hand import SEVEN
from .visitor import Visitor


def open_networks(visitor: Visitor) -> None:
    for name in ("More", "Networks"):
        visitor.button(name).click()
    visitor.page.locator("[data-network]").first.wait_for()


@pytest.fixture
def opened(visit: Visit) -> Visitor:
    visitor = visit()
    open_networks(visitor)
    return visitor


def test_nothing_of_it_is_there_before_it_is_opened_and_nothing_is_seen_once_it_is_closed(visit: Visit) -> None:
    visitor = visit()
    more = visitor.button("More")
    assert more.get_attribute("aria-expanded") == "false" and visitor.page.locator(".digits-more").count() == 0
    more.focus()
    visitor.page.keyboard.press("Enter")
    visitor.button("Networks").wait_for()
    assert more.get_attribute("aria-expanded") == "true"
    assert visitor.page.locator(".digits-section > *").count() == 0
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Space")
    network = visitor.page.locator("[data-network=digits]")
    network.wait_for()
    visitor.draw(SEVEN)
    visitor.wait_until("() => document.querySelector('[data-network=digits] output').textContent.startsWith('7')")
    more.click()
    assert not network.is_visible() and not visitor.button("Networks").is_visible()
    visitor.clear()
    more.click()
    network.wait_for()
    visitor.wait_until("() => document.querySelector('[data-network=digits] output').textContent === ''")
