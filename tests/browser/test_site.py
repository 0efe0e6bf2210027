"""The static files of `make site`, below a path: the same page with Python in the browser, later without network."""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.recogniser import Recogniser

from .conftest import DESKTOP, PHONE
from .engines import ENGINES
from .hand import SEVEN, number_on_pad
from .servers import ROOT, Server, static_files
from .test_accessible import violations
from .test_keyboard import (  # noqa: F401  asked of the static page too
    test_buttons_work_by_enter_and_space,
    test_tab_leaves_the_pad,
    test_tab_visits_every_control_and_comes_round,
    test_toggles_work_by_keyboard,
)
from .test_layout import (  # noqa: F401  asked of the static page too
    screen,
    test_pad_and_answer_are_seen_together_and_nothing_is_sideways,
)
from .test_more import toggle
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

UNTIL = """async wanted => {
  const state = async () => {
    const { active, waiting } = await navigator.serviceWorker.getRegistration("/site/") ?? {};
    return waiting ? "a new one waits" : active?.state;
  };
  for (const latest = Date.now() + 60_000; (await state()) !== wanted; ) {
    if (Date.now() > latest) throw Error(`service worker: ${await state()}, wanted: ${wanted}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}"""


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


@pytest.fixture(scope="module")
def site_on_phone(chromium: Browser, files: Server) -> Iterator[Visitor]:
    visitor = Visitor(chromium.new_context(**PHONE).new_page(), files.url + PLACE).open()
    yield visitor
    visitor.page.context.close()


@pytest.fixture
def phone(site_on_phone: Visitor) -> Iterator[Visitor]:
    site_on_phone.clear()
    yield site_on_phone
    assert site_on_phone.page_errors == []


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
    """The names of the files that the page asks for until it has read a number, without a complaint."""
    asked = set()
    page.on("request", lambda request: asked.add(request.url.rpartition("/")[2]))
    visitor = Visitor(page, files.url + PLACE).open()
    visitor.draw(number_on_pad("407"))
    assert visitor.answer == "407"
    assert visitor.page_errors == []
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


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_read(desktop: Visitor, kind: str) -> None:
    file = io.BytesIO()
    Image.open(io.BytesIO(photo("407", 1200))).save(file, kind)
    choose(desktop, file.getvalue(), f"photo.{kind.lower()}", f"image/{kind.lower()}")
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


def test_python_has_all_that_the_page_uses_in_its_memory(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    asked = set()
    page.on("request", lambda request: asked.add(request.url.rpartition("/")[2]))
    visitor = Visitor(page, files.url + PLACE).open()
    visitor.button("Example").click()
    visitor.wait_until("() => /\\d/.test(document.querySelector('[data-answer]').dataset.answer)")
    toggle(visitor, "More", "Networks", "Your drawings", "Inside")
    for shown in ("[data-network]", "[data-map]"):
        page.locator(shown).first.wait_for()
    assert "memory.bin" in asked and REST not in asked
    assert visitor.page_errors == []
    page.context.close()


def test_the_network_gives_the_probabilities_that_litert_gives(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    wanted = Recogniser().probabilities_of(rasterise(desktop.drawing)[np.newaxis])[0]
    np.testing.assert_allclose(desktop.probabilities, wanted, atol=1e-4)
    (worker,) = desktop.page.workers
    assert worker.evaluate("typeof site.convolve") == "function", "NumPy convolves, which takes longer"


def test_without_vector_instructions_numpy_reads(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    unknown = b"\0asm\1\0\0\0\xff"
    page.route("**/convolution.wasm", lambda route: route.fulfill(body=unknown, content_type="application/wasm"))
    visitor = Visitor(page, files.url + PLACE).open()
    visitor.draw(SEVEN)
    assert visitor.answer == "7" and visitor.page_errors == []
    (worker,) = page.workers
    assert worker.evaluate("typeof site.convolve") == "undefined"
    page.context.close()


def test_python_imports_all_itself_where_its_memory_does_not_fit(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    script = (ROOT / "build" / "site" / "python.js").read_text()
    foreign = script.replace('"sum": ', '"sum": 1')
    assert foreign != script
    page.route("**/python.js", lambda route: route.fulfill(body=foreign, content_type="text/javascript"))
    assert REST in asked_until_read(page, files)


def publish_anew(site: Path) -> None:
    """Put a new version, whose page says that it is new, in the place of the old one."""
    page, worker = site / "index.html", site / "service-worker.js"
    new = page.read_text().replace("<head>", "<head><meta name='is-new'>").encode()
    files, _, code = worker.read_text().partition("const FILES = ")[2].partition(";\n")
    files = json.dumps(json.loads(files) | {"index.html": hashlib.sha256(new).hexdigest()})
    script = f'const VERSION = "123456789abc";\nconst FILES = {files};\n{code}'
    for path, content in ((page, new), (worker, script.encode())):
        path.unlink()  # it is a link to the file in build/site
        path.write_bytes(content)


def test_who_has_an_old_site_open_goes_on_and_gets_the_whole_new_one_next(chromium: Browser, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "build" / "site", tmp_path / "site", copy_function=os.link)
    context = chromium.new_context(**DESKTOP)
    with static_files(tmp_path) as files:
        old, beside = Visitor(context.new_page(), files.url + PLACE).open(), context.new_page()
        old.page.evaluate(UNTIL, "activated")
        publish_anew(tmp_path / "site")
        old.draw(SEVEN)
        assert old.answer == "7"
        old.open()
        assert old.page.locator("[name=is-new]").count() == 0
        old.page.evaluate(UNTIL, "a new one waits")
        old.page.close()
        beside.goto(files.url)
        beside.evaluate(UNTIL, "activated")
        new = Visitor(beside, old.url).open()
        assert new.page.locator("[name=is-new]").count() == 1
        assert len(new.page.evaluate("caches.keys()")) == 1, "the old version's files stay"
        new.draw(SEVEN)
        assert new.answer == "7"
    assert old.page_errors == new.page_errors == []
    context.close()


@pytest.mark.parametrize("name", ENGINES)
def test_other_engines_read_a_digit_with_the_same_memory(name: str, tmp_path: Path) -> None:
    start, needs = ENGINES[name]
    if not all(needs):
        pytest.skip(f"{name} is not installed (tests/install_what_tests_need.sh)")
    shutil.copytree(ROOT / "build" / "site", tmp_path / "site", copy_function=os.link)
    (tmp_path / "site" / "static" / "pyodide" / REST).unlink()  # is asked for where the memory does not fit
    with static_files(tmp_path) as files, start() as command:
        page = EnginePage(command, files.url + PLACE)
        page.load("Navigate", url=page.url)
        page.wait_for("!document.querySelector('#early') && document.querySelector('[data-answer]')")
        page.draw(SEVEN)
        assert page.answer == "7"


def is_reported(page: Page, words: str) -> None:
    """A sentence says why there is no Python, beside a pad that still takes ink."""
    page.get_by_role("alert").filter(has_text=words).first.wait_for()
    assert page.get_by_role("button", name="Reload").is_visible()
    draw_early(page)
    page.context.close()


@pytest.mark.parametrize("name", ["memory.bin", "pyodide.asm.wasm", "_multiarray_umath.wasm"])
def test_a_file_that_does_not_arrive_is_reported(chromium: Browser, files: Server, name: str) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.route(f"**/{name}", lambda route: route.abort())
    page.goto(files.url + PLACE)
    is_reported(page, f"did not arrive ({name})")


def test_a_file_that_is_cut_short_is_reported(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    whole = (ROOT / "build" / "site" / "static" / "pyodide" / "memory.bin").read_bytes()
    page.route("**/memory.bin", lambda route: route.fulfill(body=whole[: len(whole) // 2]))
    page.goto(files.url + PLACE)
    is_reported(page, "did not start here")


def test_too_little_memory_is_reported(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    script = (ROOT / "build" / "site" / "python.js").read_text()
    full = "WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };\n"
    page.route("**/python.js", lambda route: route.fulfill(body=full + script, content_type="text/javascript"))
    page.goto(files.url + PLACE)
    is_reported(page, "did not start here (could not allocate memory). It needs about 300 MB of memory")


def test_a_browser_without_web_assembly_is_reported(chromium: Browser, files: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.add_init_script("delete self.WebAssembly")
    page.goto(files.url + PLACE)
    is_reported(page, "no WebAssembly")


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
