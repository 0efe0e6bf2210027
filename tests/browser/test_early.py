"""The page takes ink before there is a kernel, and gives every stroke to the kernel once."""

import random
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from mnist_helpers.preprocessing.drawing import Stroke

from .conftest import DESKTOP, PHONE
from .hand import ONE_BAR, SEVEN
from .latency_proxy import LatencyProxy
from .servers import Server, voila
from .test_accessible import violations
from .test_reconnect import LOST, is_same
from .visitor import STATE, Visitor

SCRIPTS = "**/voila.js"
EARLY = "#early canvas"
STROKES_A_VISIT = 8
KERNEL = b'"kernelId": "'
PAD = b"window.digitPads = {"
PLACES = """root => [...document.querySelectorAll(`${root} :is(h1, h2, canvas, .digits-tools :is(button, select),
  .answer, .answer-digit, .tile, .squares, .digits-toggles button)`)].map(one => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return [one.tagName, x, y, width, height, getComputedStyle(one).color].join(" ");
})"""
FORBIDDEN = """for (const name of ["sessionStorage", "localStorage", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new Error("forbidden"); } });"""
FOCUSED = "[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineStyle]"
SHIFTS = """window.shifts = 0;
new PerformanceObserver(list => list.getEntries().forEach(({ value }) => { shifts += value; }))
  .observe({ type: "layout-shift", buffered: true })"""


class Early(Visitor):
    """A visitor whose page is held where it has its first bytes, until it is let go on."""

    def open(self) -> "Early":
        self.held: list[Route] = []
        self.page.route(SCRIPTS, lambda route: self.held.append(route))
        self.page.goto(self.url, wait_until="commit")
        self.page.locator(EARLY).wait_for()
        return self

    def go_on(self) -> None:
        while not self.held:
            self.page.wait_for_timeout(10)
        self.held.pop().continue_()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def early(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Early]:
    page = chromium.new_context(**request.param).new_page()
    page.add_init_script(SHIFTS)
    visitor = Early(page, server.url).open()
    yield visitor
    assert visitor.page_errors == []
    page.context.close()


def test_what_is_drawn_undone_and_cleared_before_the_kernel_is_there_is_what_it_gets(early: Early) -> None:
    (stroke,) = SEVEN
    touch = early.page.evaluate("navigator.maxTouchPoints > 0")
    early.page.get_by_text("Getting ready").wait_for()
    for line in (((100, 100), (300, 100)), ((100, 700), (300, 700))):
        early.put_down(line, touch=touch)
        early.lift(line[-1], touch=touch)
    assert early.inked((200, 100)) and early.inked((200, 700))
    early.button("Undo").click()
    assert early.inked((200, 100)) and not early.inked((200, 700))
    early.page.keyboard.press("c")
    assert not early.ink().any()
    early.page.keyboard.press("u")
    assert early.inked((200, 100))
    early.button("Clear").click()
    early.put_down(stroke, touch=touch)
    early.lift(stroke[-1], touch=touch)
    seen, places = early.ink(), early.page.evaluate(PLACES, "#early")
    early.go_on()
    early.wait_until_ready()
    early.wait_until(f"() => {STATE}.received === '1'")
    early.wait_until_settled()
    assert early.answer == "7" and len(early.drawing) == 1
    assert ((early.ink() > 127) != (seen > 127)).mean() < 0.002, "the ink was displaced"
    early.clear()
    assert early.page.evaluate("shifts") < 0.01
    places_now = early.page.evaluate(PLACES, "#rendered_cells")
    assert places_now == places


def test_axe_finds_nothing_and_the_keyboard_is_seen_before_the_kernel_is_there(early: Early) -> None:
    early.canvas.focus()
    focused = []
    for _ in range(2):
        early.page.keyboard.press("Tab")
        focused.append(early.page.evaluate(FOCUSED))
    assert focused == [["Undo", "solid"], ["Clear", "solid"]]
    found = []
    for scheme in ("light", "dark"):
        early.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += violations(early)
    assert found == []


def test_a_stroke_goes_on_while_the_pad_gets_its_kernel(early: Early) -> None:
    (stroke,) = SEVEN
    touch = early.page.evaluate("navigator.maxTouchPoints > 0")
    places = early.on_screen(stroke)
    early.put_down(stroke[:2], touch=touch)
    early.go_on()
    early.page.locator("#early.over").wait_for(state="attached")
    early.move(places[2:], touch=touch)
    early.wait_until("points => document.querySelectorAll('[data-digit][data-probability=\"0.0000\"]').length < 10")
    early.lift(stroke[-1], touch=touch)
    early.wait_until_ready()
    early.wait_until(f"() => {STATE}.received === '1'")
    early.wait_until_settled()
    assert early.answer == "7" and is_same(early.drawing, [stroke])
    early.draw((((100, 700), (300, 700)),), touch=touch)
    assert len(early.drawing) == 2


@pytest.mark.parametrize("round_trip", [0.0, 0.3])
@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["mouse", "touch"])
def test_strokes_drawn_at_any_moment_of_loading_arrive_once_and_where_they_were_drawn(
    device: dict, round_trip: float, proxy: LatencyProxy, chromium: Browser
) -> None:
    proxy.round_trip = round_trip
    page = chromium.new_context(**device).new_page()
    visitor = Visitor(page, proxy.url)
    drawn_while_loading(visitor, random.Random(1), touch=device is PHONE)
    assert visitor.page_errors == []
    page.context.close()


def drawn_while_loading(visitor: Visitor, chance: random.Random, *, touch: bool) -> None:
    """Draw strokes, one after the other at random moments, until the kernel has some; it must have them all, once."""
    visitor.page.goto(visitor.url, wait_until="commit")
    visitor.canvas.wait_for()
    wanted = [
        tuple((100 + 80 * step, 60 + 100 * row + chance.uniform(-20, 20)) for step in range(6))
        for row in range(STROKES_A_VISIT)
    ]
    on_screen = [visitor.on_screen(stroke) for stroke in wanted]  # both pads are at one place
    for first, *others in on_screen:
        visitor.page.wait_for_timeout(chance.uniform(0, 250))
        visitor.touch("touchStart", [first]) if touch else visitor.mouse("mousePressed", first)
        visitor.move(others, touch=touch)
        visitor.touch("touchEnd", []) if touch else visitor.mouse("mouseReleased", others[-1], buttons=0)
    visitor.wait_until_ready()
    visitor.wait_until(f"wanted => {STATE}.received === wanted", str(len(wanted)))
    visitor.wait_until_settled()
    assert is_near(visitor.drawing, wanted), (visitor.drawing, wanted)
    assert all(visitor.inked(stroke[2]) for stroke in wanted)


def is_near(one: list, other: list) -> bool:
    """Alike but for the half pixel that a finger's place on the screen is rounded to."""
    return list(map(len, one)) == list(map(len, other)) and all(
        point == pytest.approx(wanted, abs=2.5)
        for stroke, wanted_stroke in zip(one, other, strict=True)
        for point, wanted in zip(stroke, wanted_stroke, strict=True)
    )


def test_scripts_that_fail_are_reported_and_one_button_brings_the_drawing_back(
    chromium: Browser, server: Server
) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.add_init_script(FORBIDDEN)
    page.route(SCRIPTS, lambda route: route.abort())
    page.clock.install()
    visitor = Visitor(page, server.url)
    page.goto(server.url)
    visitor.put_down(SEVEN[0])
    visitor.lift(SEVEN[0][-1])
    page.clock.fast_forward(15_000)
    page.locator(LOST).get_by_text("did not start").wait_for()
    assert visitor.inked(SEVEN[0][1])
    page.clock.resume()
    page.unroute(SCRIPTS)
    page.get_by_role("button", name="Continue").click()
    has_seven(visitor)
    page.context.close()


def test_a_kernel_that_is_long_in_coming_is_reported_and_gets_what_was_drawn(chromium: Browser, server: Server) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    page.clock.install()
    visitor = Early(page, server.url).open()
    draw_at_once(visitor, SEVEN[0])
    page.clock.fast_forward(30_000)
    page.locator(LOST).get_by_text("takes long today").wait_for()
    assert visitor.inked(SEVEN[0][1]) and not page.get_by_role("button", name="Continue").is_visible()
    page.clock.resume()
    visitor.go_on()
    has_seven(visitor)
    page.locator(LOST).wait_for(state="hidden")
    page.context.close()


def test_two_tabs_that_are_drawn_on_while_they_load_have_a_drawing_each(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(**DESKTOP)
    tabs = [Early(context.new_page(), server.url).open() for _ in range(2)]
    draw_at_once(tabs[0], SEVEN[0])
    draw_at_once(tabs[1], ONE_BAR[0])
    for tab in tabs:
        tab.go_on()
    has_seven(tabs[0])
    has_one_stroke(tabs[1], "1")
    assert len(tabs[0].drawing) == len(tabs[1].drawing) == 1 and tabs[0].kernel_id != tabs[1].kernel_id
    context.close()


@pytest.mark.parametrize("way", ["reload", "back and forward"])
def test_a_page_that_is_left_in_a_stroke_and_comes_back_takes_ink_afresh(
    way: str, chromium: Browser, server: Server
) -> None:
    page = chromium.new_context(**DESKTOP).new_page()
    visitor = Early(page, server.url).open()
    visitor.put_down(ONE_BAR[0])
    page.unroute(SCRIPTS)
    if way == "reload":
        page.reload(wait_until="commit")
    else:
        page.goto("about:blank")
        page.go_back(wait_until="commit")
        page.go_forward()
        page.go_back(wait_until="commit")
    visitor.canvas.wait_for()
    visitor.lift(ONE_BAR[0][-1])
    draw_at_once(visitor, SEVEN[0])
    has_seven(visitor)
    assert len(visitor.drawing) == 1
    page.locator(LOST).wait_for(state="hidden")  # on a busy machine it may have said that the kernel is long in coming
    page.context.close()


def draw_at_once(visitor: Visitor, stroke: Stroke) -> None:
    """Draw on the pad that is there, without waiting for anything."""
    visitor.put_down(stroke)
    visitor.lift(stroke[-1])


def has_seven(visitor: Visitor) -> None:
    """Wait until the kernel has the one stroke, a 7, and has said so."""
    has_one_stroke(visitor, "7")


def has_one_stroke(visitor: Visitor, answer: str) -> None:
    """Wait until the kernel has the one stroke, and has said what it is."""
    visitor.wait_until_ready()
    visitor.wait_until(f"() => {STATE}.received === '1'")
    visitor.wait_until_settled()
    assert visitor.answer == answer


def test_the_first_bytes_do_not_wait_for_a_kernel() -> None:
    slow = "--VoilaConfiguration.multi_kernel_manager_class=tests.serving.odd_kernels.SlowKernels"
    with voila(slow) as server, urllib.request.urlopen(server.url, timeout=60) as page:
        first = page.read(1)
        while b'id="early"' not in first and KERNEL not in first:
            first += page.read1()
        assert KERNEL not in first
        rest = page.read()
        assert rest.count(b'<main id="rendered_cells"') == 1 and KERNEL in rest and b"<!DOCTYPE" not in rest
        assert (first.count(PAD), rest.count(PAD)) == (1, 0), "its scripts came twice"
