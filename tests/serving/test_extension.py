"""The page in a Jupyter server, started as Binder starts it: with a base path and a token, Voila as an extension."""

import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Response

from mnist_helpers.serving.extension import PageKernels
from tests.browser.conftest import DESKTOP
from tests.browser.hand import SEVEN
from tests.browser.servers import PATIENCE, ROOT, Server, serving
from tests.browser.visitor import Visitor

from .clients import kernels, run, until
from .test_culling import Clocked

BASE, TOKEN = "/user/someone/", "secret"
IDLE = PageKernels.cull_idle_timeout.default_value
GONE_AFTER = PageKernels.cull_disconnected_timeout.default_value


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clocked]:
    """JupyterLab's server, and its clocks."""
    folder = tmp_path_factory.mktemp("jupyter")
    (clocks := folder / "ahead").touch()
    options = {
        "ServerApp.port_retries": 0, "ServerApp.base_url": BASE, "ServerApp.root_dir": ROOT, "LabApp.news_url": "",
        "ServerApp.kernel_manager_class": "tests.serving.odd_kernels.ClockedServerKernels",
        "IdentityProvider.token": TOKEN, "PageKernels.cull_interval": 0.5,
    }  # fmt: skip
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    environment = {
        "JUPYTER_PATH": str(ROOT / "share/jupyter"),
        "JUPYTER_CONFIG_PATH": str(ROOT / "etc/jupyter"),
        "JUPYTER_CONFIG_DIR": str(folder),
        "CLOCKS": str(clocks),
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    with serving(command, cwd=ROOT, environment=environment) as server:
        yield Clocked(server=server, clocks=clocks)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with closing(chromium.new_context(**DESKTOP)) as context:
        yield context


def address(server: Server, path: str) -> str:
    return f"{server.url}{BASE}{path}?token={TOKEN}"


def page(context: BrowserContext, server: Server) -> Visitor:
    return Visitor(context.new_page(), address(server, "voila/render/dashboard.ipynb")).open()


def test_a_page_that_is_reloaded_or_left_leaves_no_kernel(jupyter: Clocked, context: BrowserContext) -> None:
    server, refused = jupyter.server, []

    def note(response: Response) -> None:
        if response.status >= 400:
            refused.append(response.url)

    context.on("response", note)
    visitor = page(context, server)
    visitor.draw(SEVEN)
    assert visitor.answer == "7"
    (first,) = kernels(server)
    visitor.page.reload()
    visitor.wait_until_ready()
    run(until(lambda: first not in kernels(server)))
    assert len(kernels(server)) == 1
    visitor.page.goto("about:blank")
    run(until(lambda: not kernels(server)))
    assert refused == visitor.page_errors == []


def test_a_page_that_does_nothing_ends_and_one_that_is_drawn_on_does_not(
    jupyter: Clocked, context: BrowserContext
) -> None:
    page(context, jupyter.server)
    (idle,) = kernels(jupyter.server)
    busy = page(context, jupyter.server)
    while idle in kernels(jupyter.server):
        jupyter.set_forward("monotonic", 0.4 * IDLE)
        busy.draw(SEVEN)
        busy.clear()
    busy.draw(SEVEN)
    assert busy.answer == "7"
    busy.page.goto("about:blank")
    run(until(lambda: not kernels(jupyter.server)))


def test_a_page_that_could_not_end_its_kernel_ends_and_a_notebook_s_kernel_does_not(
    jupyter: Clocked, context: BrowserContext
) -> None:
    start = urllib.request.Request(address(jupyter.server, "api/kernels"), method="POST", data=b"{}")
    urllib.request.urlopen(start, timeout=PATIENCE).close()
    of_notebook = kernels(jupyter.server)
    page(context, jupyter.server)
    assert len(kernels(jupyter.server)) == 2
    context.close()

    def has_ended() -> bool:
        jupyter.set_forward("monotonic", 0.4 * GONE_AFTER)
        return len(kernels(jupyter.server)) == 1

    run(until(has_ended))
    assert kernels(jupyter.server) == of_notebook
