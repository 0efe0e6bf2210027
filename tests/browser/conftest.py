"""A browser, the page in it, and JupyterLab. One page serves many tests, so each starts from an empty pad."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from .latency_proxy import LatencyProxy
from .servers import ROOT, Server, jupyterlab, voila
from .visitor import Visitor

FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ONE_PROCESS = "--disable-site-isolation-trials"
"""Without it, each page starts a second process, for nothing."""
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}

Visit = Callable[..., Visitor]


HEADLESS = "chromium-headless-shell"
"""The same browser without what is around a page, which costs as much CPU again where nobody looks at it."""


def chromium_path() -> str | None:
    """The system's Chromium; without one Playwright takes its own."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", HEADLESS))), None)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or the one that Playwright has installed."""
    with sync_playwright() as playwright:
        try:
            path = shutil.which(HEADLESS) or chromium_path()
            browser = playwright.chromium.launch(executable_path=path, args=(*FLAGS, ONE_PROCESS))
        except Error as error:
            pytest.fail(
                f"The browser tests found no Chromium that starts. Install one with `apt-get install {HEADLESS}` or "
                f"`python -m playwright install {HEADLESS}`. ({str(error).splitlines()[0]})",
                pytrace=False,
            )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    with voila() as server:
        yield server


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on a copy of the dashboard."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(ROOT / "dashboard.ipynb", folder)
    with jupyterlab(folder) as server:
        yield server


@pytest.fixture
def proxy(server: Server) -> Iterator[LatencyProxy]:
    """The page's server, through a proxy that can make the way to it longer or end it."""
    with LatencyProxy(server.port).open() as proxy:
        yield proxy


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Visit]:
    """Open the page anew: `visit(url, init_script=..., **context options)`; at the end it must have no complaint."""
    visitors: list[Visitor] = []

    def open_page(url: str = server.url, *, init_script: str = "", **options) -> Visitor:
        context = chromium.new_context(**(DESKTOP | options))
        context.add_init_script(init_script)
        visitors.append(Visitor(context.new_page(), url))
        return visitors[-1].open()

    yield open_page
    for visitor in visitors:
        visitor.page.context.close()
    assert [error for visitor in visitors for error in visitor.page_errors] == []


@pytest.fixture(scope="package")
def pages(chromium: Browser) -> Iterator[dict[str, Visitor]]:
    """Pages that several tests use."""
    opened: dict[str, Visitor] = {}
    yield opened
    for visitor in opened.values():
        visitor.page.context.close()


@pytest.fixture
def desktop(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """The page on a desktop, with an empty pad."""
    yield from shared_page(request, "desktop", DESKTOP)


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """The page on a phone, with an empty pad."""
    yield from shared_page(request, "phone", PHONE)


def shared_page(request: pytest.FixtureRequest, name: str, options: dict, url: str = "") -> Iterator[Visitor]:
    """A page that several tests use, each from an empty pad; after a test that failed the next one gets a new page."""
    chromium, server, pages = map(request.getfixturevalue, ("chromium", "server", "pages"))
    visitor = pages.pop(name, None) or Visitor(chromium.new_context(**options).new_page(), url or server.url).open()
    visitor.clear()
    failed = request.session.testsfailed
    yield visitor
    if visitor.page_errors or request.session.testsfailed > failed:
        visitor.page.context.close()
    else:
        pages[name] = visitor
    assert visitor.page_errors == []
