"""The static files of `make site`, below a path: the same page with Python in the browser, later without network."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from .conftest import DESKTOP
from .engines import ENGINES
from .hand import SEVEN, number_on_pad
from .servers import ROOT, Server, static_files
from .test_accessible import violations
from .test_other_engines import Page as EnginePage
from .test_pictures import choose, is_read, photo
from .test_undo import TWO_STROKES, has_strokes
from .visitor import Visitor

pytestmark = pytest.mark.site
PLACE = "/site/"
REST = "rest.bin"  # of Python's packages, which its memory has
ANSWER = "answer => document.querySelector('[data-answer]')?.dataset.answer === answer"
RESENT = "window.resent = 0; addEventListener('touchcancel', () => { resent += 1; }, true)"
KEPT = "navigator.serviceWorker.ready.then(({ active }) => active.state === 'activated')"


@pytest.fixture(scope="module")
def files() -> Iterator[Server]:
    if not (ROOT / "build" / "site").exists():
        pytest.skip("There is no build/site. Run make site.")
    with static_files(ROOT / "build") as server:
        yield server


@pytest.fixture(scope="module")
def site(chromium: Browser, files: Server) -> Iterator[Visitor]:
    visitor = Visitor(chromium.new_context(**DESKTOP).new_page(), files.url + PLACE).open()
    yield visitor
    visitor.page.context.close()


@pytest.fixture
def desktop(site: Visitor) -> Iterator[Visitor]:
    site.clear()
    yield site
    assert site.page_errors == []


def draw_early(page: Page) -> None:
    """Draw a seven before there is Python."""
    box = page.locator("#early canvas").bounding_box()
    assert box
    first, *others = [(box["x"] + x * box["width"] / 840, box["y"] + y * box["height"] / 840) for x, y in SEVEN[0]]
    page.mouse.move(*first)
    page.mouse.down()
    for place in others:
        page.mouse.move(*place)
    page.mouse.up()


def asked_until_read(page: Page, files: Server) -> set[str]:
    """The names of the files that the page asks for until it has read a number."""
    asked = set()
    page.on("request", lambda request: asked.add(request.url.rpartition("/")[2]))
    visitor = Visitor(page, files.url + PLACE).open()
    visitor.draw(number_on_pad("407"))
    assert visitor.answer == "407"
    assert [error for error in visitor.page_errors if error.startswith("exception")] == []
    page.context.close()
    return asked


def test_digits_and_numbers_are_read_and_taken_back(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    assert desktop.answer == "7"
    desktop.clear()
    desktop.draw(number_on_pad("407"))
    assert desktop.answer == "407" and desktop.page.locator("[data-part]").count() == 3
    desktop.clear()
    desktop.draw(TWO_STROKES)
    assert desktop.answer == "4"
    desktop.button("Undo").click()
    has_strokes(desktop, 1)
    assert not desktop.inked((420, 600)) and desktop.answer != "4"


def test_a_photo_is_read(desktop: Visitor) -> None:
    choose(desktop, photo("407", 1200))
    is_read(desktop, "407")


def test_what_mattered_and_the_pixels_are_shown(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    for name in ("Which ink mattered", "Pixel values"):
        desktop.button(name).click()
    desktop.page.locator("[data-importance] img").wait_for()
    for name in ("Which ink mattered", "Pixel values"):
        desktop.button(name).click()


def test_ink_is_taken_before_python_is_there_and_later_without_network(chromium: Browser) -> None:
    context = chromium.new_context(**DESKTOP)
    with static_files(ROOT / "build") as files:
        first = Visitor(context.new_page(), files.url + PLACE)
        first.page.add_init_script(RESENT)
        first.page.goto(first.url, wait_until="commit")
        draw_early(first.page)
        first.wait_until(ANSWER, "7", timeout=120_000)
        first.wait_until_settled()
        assert first.page.evaluate("resent") == 0, "what was drawn early arrived only when it was sent again"
        first.wait_until(f"() => {KEPT}")
    second = Visitor(context.new_page(), first.url).open()
    second.draw(SEVEN)
    assert second.answer == "7"
    assert first.page_errors == second.page_errors == []
    context.close()


def test_python_starts_from_its_memory(chromium: Browser, files: Server) -> None:
    assert REST not in asked_until_read(chromium.new_context(**DESKTOP).new_page(), files)


def test_python_imports_all_itself_where_its_memory_does_not_fit(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    script = (ROOT / "build" / "site" / "python.js").read_text()
    foreign = script.replace('"sum": ', '"sum": 1')
    assert foreign != script
    page.route("**/python.js", lambda route: route.fulfill(body=foreign, content_type="text/javascript"))
    assert REST in asked_until_read(page, files)


def test_firefox_reads_a_digit(files: Server) -> None:
    start, needs = ENGINES["firefox"]
    if not all(needs):
        pytest.skip("firefox is not installed (tests/install_what_tests_need.sh)")
    with start() as command:
        page = EnginePage(command, files.url + PLACE)
        page.load("Navigate", url=page.url)
        page.wait_for("!document.querySelector('#early') && document.querySelector('[data-answer]')")
        page.draw(SEVEN)
        assert page.answer == "7"


def is_told(page: Page, words: str) -> None:
    """A sentence says why there is no Python, beside a pad that still takes ink."""
    page.get_by_role("alert").filter(has_text=words).first.wait_for()
    assert page.get_by_role("button", name="Reload").is_visible()
    draw_early(page)
    page.context.close()


@pytest.mark.parametrize("name", ["memory.bin", "pyodide.asm.wasm", "_multiarray_umath.wasm"])
def test_a_file_that_does_not_arrive_is_told(chromium: Browser, files: Server, name: str) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.route(f"**/{name}", lambda route: route.abort())
    page.goto(files.url + PLACE)
    is_told(page, f"did not arrive ({name})")


def test_a_file_that_is_cut_short_is_told(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    whole = (ROOT / "build" / "site" / "static" / "pyodide" / "memory.bin").read_bytes()
    page.route("**/memory.bin", lambda route: route.fulfill(body=whole[: len(whole) // 2]))
    page.goto(files.url + PLACE)
    is_told(page, "did not start here")


def test_a_browser_without_web_assembly_is_told(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.add_init_script("delete self.WebAssembly")
    page.goto(files.url + PLACE)
    is_told(page, "no WebAssembly")


def test_where_nothing_may_be_stored_the_page_works(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.add_init_script("""
      const forbid = () => { throw new DOMException("forbidden", "SecurityError"); };
      for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
        Object.defineProperty(self, name, { get: forbid });
      }
      ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException("forbidden", "SecurityError"));
    """)
    asked_until_read(page, files)


def test_axe_finds_no_violation(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    assert violations(desktop) == []
