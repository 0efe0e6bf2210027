"""The same dashboard in a cell of JupyterLab: run, drawn on, seen twice, and there again after a reload."""

from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser

from .conftest import DESKTOP
from .hand import ONE_BAR, SEVEN
from .latency_proxy import LatencyProxy
from .servers import Server, kernels
from .test_pictures import choose, is_read, photo
from .visitor import SETTLED, STATE, Visitor

IDLE = "() => jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
MIN_PATCH_INK = """() => [...document.querySelectorAll('.digit-pad canvas')].map(canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some(value => value);
})"""


LATE = '.digits-lost:not([hidden]):has-text("does not answer")'
WATCH_LOST = """() => {
  const lost = document.querySelector('.digits-lost');
  new MutationObserver(() => { window.wentAway ||= lost.hidden; }).observe(lost, {attributes: true});
}"""
STROKE = ((620, 600), (700, 700))


@pytest.fixture(scope="module")
def way(lab: Server) -> Iterator[LatencyProxy]:
    """The way to Lab, which can be cut."""
    with LatencyProxy(lab.port).open() as way:
        yield way


@pytest.fixture(scope="module")
def pages() -> Iterator[list[Visitor]]:
    """The page that the tests share, once it is open."""
    opened: list[Visitor] = []
    yield opened
    for visitor in opened:
        visitor.page.context.close()


@pytest.fixture
def notebook(
    chromium: Browser, way: LatencyProxy, pages: list[Visitor], request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    """The dashboard's notebook, open in Lab and run, with an empty pad; after a test that failed it is opened anew."""
    way.held = False
    visitor = pages.pop() if pages else opened(chromium, way)
    visitor.button("Clear").click()
    visitor.wait_until(f"() => {STATE}.drawing === '[]' && ({SETTLED})()")
    failed = request.session.testsfailed
    yield visitor
    if request.session.testsfailed > failed:
        visitor.page.context.close()
    else:
        pages.append(visitor)
    assert [each for each in visitor.page_errors if each.startswith(("exception", "request"))] == []


def opened(chromium: Browser, way: LatencyProxy) -> Visitor:
    """The notebook in a page of its own."""
    page = chromium.new_context(**DESKTOP).new_page()
    visitor = Visitor(page, f"{way.url}/lab/tree/dashboard.ipynb?reset")
    page.goto(visitor.url, timeout=120_000)
    run(visitor)
    return visitor


def command(visitor: Visitor, name: str) -> None:
    visitor.page.evaluate("name => jupyterapp.commands.execute(name)", name)


def close_second_view(visitor: Visitor) -> None:
    command(visitor, "application:close")
    visitor.wait_until("() => document.querySelectorAll('.digit-pad canvas').length === 1")


def run(visitor: Visitor) -> None:
    visitor.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=120_000)
    visitor.wait_until(IDLE, timeout=120_000)
    command(visitor, "notebook:run-all-cells")
    visitor.wait_until_ready()
    visitor.canvas.scroll_into_view_if_needed()


def test_draws_answers_undoes_and_clears_in_lab(notebook: Visitor) -> None:
    notebook.draw(SEVEN)
    assert notebook.answer == "7" and notebook.inked(SEVEN[0][1])
    notebook.button("Undo").click()
    notebook.wait_until(f"() => {STATE}.drawing === '[]'")
    notebook.wait_until_settled()
    assert notebook.answer == ""
    notebook.draw(ONE_BAR)
    notebook.button("Clear").click()
    notebook.wait_until(f"() => {STATE}.drawing === '[]'")


def test_a_picture_is_opened_in_lab_seen_twice_and_cleared(notebook: Visitor) -> None:
    choose(notebook, photo("407", 1500))
    is_read(notebook, "407")
    notebook.page.locator(".jp-CodeCell .jp-InputPrompt").first.click()  # a click on the pad would be a dot
    command(notebook, "notebook:create-output-view")
    notebook.wait_until("() => document.querySelectorAll('.digit-pad img').length === 2")
    notebook.page.locator(".jp-LinkedOutputView").get_by_role("button", name="Clear", exact=True).click()
    notebook.wait_until("() => !document.querySelector('.digit-pad img')")
    close_second_view(notebook)


def test_ink_and_answer_are_there_after_a_reload_and_in_a_second_view(notebook: Visitor) -> None:
    notebook.draw(SEVEN)
    received = notebook.received
    command(notebook, "docmanager:save")
    notebook.page.reload(timeout=120_000)
    notebook.wait_until_ready()
    notebook.canvas.scroll_into_view_if_needed()
    notebook.wait_until(f"() => {STATE}.received === '{received}' && ({MIN_PATCH_INK})()[0]")
    notebook.wait_until_settled()
    assert notebook.answer == "7" and notebook.inked(SEVEN[0][1])
    notebook.draw((((300, 450), (600, 450)),))
    assert len(notebook.drawing) == 2

    notebook.page.locator(".jp-CodeCell").first.click()
    command(notebook, "notebook:create-output-view")
    notebook.wait_until(
        f"() => document.querySelectorAll('.digit-pad canvas').length === 2 && ({MIN_PATCH_INK})().every(Boolean)"
    )
    close_second_view(notebook)


def test_after_a_restart_the_cell_runs_again(notebook: Visitor) -> None:
    notebook.draw(SEVEN)
    restarted = notebook.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    assert restarted is None
    notebook.page.get_by_text("The kernel was restarted. Run the cell again.").wait_for()
    run(notebook)
    notebook.wait_until(f"() => {STATE}.drawing === '[]'", timeout=60_000)
    notebook.draw(ONE_BAR)
    assert notebook.answer == "1"


def test_a_kernel_that_does_not_answer_is_reported_until_it_does(notebook: Visitor, lab: Server) -> None:
    notebook.draw(SEVEN)
    (process,) = kernels(lab)
    sent = len(notebook.sent)
    kernel = psutil.Process(process)
    kernel.suspend()
    try:
        notebook.put_down(STROKE)
        notebook.lift(STROKE[-1])
        notebook.page.locator(LATE).wait_for()
        notebook.page.evaluate(WATCH_LOST)
        while sum(b"touch_cancel" in frame for frame in notebook.sent[sent:] if isinstance(frame, bytes)) < 3:
            notebook.page.wait_for_timeout(10)
        assert not notebook.page.evaluate("window.wentAway"), "nothing is better"
    finally:
        kernel.resume()
    notebook.page.locator(LATE).wait_for(state="detached")
    notebook.wait_until_settled()
    assert len(notebook.drawing) == 2 and notebook.inked(STROKE[0])


def test_a_stroke_that_a_cut_swallows_arrives_in_lab_too(notebook: Visitor, way: LatencyProxy) -> None:
    notebook.draw(SEVEN)
    wanted = notebook.received + 1
    way.held = True
    notebook.put_down(STROKE)
    notebook.lift(STROKE[-1])
    way.cut()
    notebook.wait_until(f"() => {STATE}.received === '{wanted}'")
    notebook.wait_until_settled()
    assert len(notebook.drawing) == 2 and notebook.inked(STROKE[0])
