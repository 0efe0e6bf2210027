"""The page needs nobody but its server, stays within a strict policy, costs little, and keeps visitors apart."""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser

from benchmarks.first_visit import measured

from .conftest import DESKTOP, Visit
from .hand import ONE_BAR, SEVEN
from .servers import ROOT, Server, kernel_of, voila
from .visitor import Visitor

HEADERS = json.loads((ROOT / "deploy" / "config" / "voila.json").read_text())["Voila"]["tornado_settings"]["headers"]
MOST_MEMORY = 110e6
MOST_KILOBYTES, MOST_KILOBYTES_AGAIN, MOST_REQUESTS = 800, 30, 12


def test_works_under_the_policy_that_is_deployed_and_asks_no_other_host(chromium: Browser) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => console.error('policy', event.violatedDirective))"
    )
    policies: list[str] = []
    page.on("response", lambda response: policies.append(response.headers.get("content-security-policy", "")))
    with voila(f"--Voila.tornado_settings={ {'headers': HEADERS} }") as server:
        visitor = Visitor(page, server.url).open()
        visitor.draw(SEVEN)
        visitor.button("Pixel values").click()
        page.locator("[data-values]").wait_for()
        assert "default-src 'self'" in policies[0]
        assert visitor.answer == "7" and visitor.page_errors == []
        page.context.close()


def test_a_first_visit_is_light_and_a_second_one_asks_for_nothing_that_did_not_change(
    chromium: Browser, server: Server
) -> None:
    found = measured(chromium, server.url)
    assert found["first_visit_kilobytes"] <= MOST_KILOBYTES
    assert found["requests"] <= MOST_REQUESTS
    assert found["second_visit_kilobytes"] <= MOST_KILOBYTES_AGAIN
    assert {urlsplit(url).path.rpartition("/")[0] for url in found["second_visit_asks"]} <= {"", "/api/kernels"}


def test_two_visitors_do_not_see_each_other(desktop: Visitor, phone: Visitor) -> None:
    desktop.draw(SEVEN)
    phone.draw(ONE_BAR, touch=True)
    assert (desktop.answer, phone.answer) == ("7", "1")
    assert len(desktop.drawing) == len(phone.drawing) == 1 and desktop.drawing != phone.drawing
    assert phone.inked((420, 600)) and not desktop.inked((420, 700))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted differently elsewhere")
def test_a_visitors_kernel_is_small_and_has_no_tensorflow(server: Server, visit: Visit) -> None:
    visitor = visit()
    visitor.draw(SEVEN)
    visitor.button("Which ink mattered").click()
    visitor.page.locator("[data-importance]").wait_for()
    kernel = kernel_of(server, visitor.kernel_id)
    mapped = {Path(line.split()[-1]).as_posix() for line in Path(f"/proc/{kernel}/maps").read_text().splitlines()}
    assert any("ai_edge_litert" in name for name in mapped)
    assert [name for name in mapped if "/tensorflow/" in name or "/keras/" in name] == []
    assert psutil.Process(kernel).memory_info().rss <= MOST_MEMORY


def test_a_reload_gives_an_empty_page_that_works(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    desktop.page.reload(timeout=120_000)
    desktop.wait_until_ready()
    desktop.draw(ONE_BAR)
    assert desktop.answer == "1" and len(desktop.drawing) == 1
