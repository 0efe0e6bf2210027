"""When the connection or the kernel goes, the page says so, and the drawing is not lost."""

import time
from collections.abc import Callable, Iterable

import psutil
import pytest
from playwright.sync_api import Browser, Route

from mnist_helpers.preprocessing.drawing import Drawing, Stroke

from .conftest import DESKTOP, Visit
from .hand import SEVEN, THREE
from .latency_proxy import LatencyProxy
from .servers import Server, kernel_of
from .visitor import STATE, Visitor

FOUR: Drawing = (
    ((200, 150), (200, 290), (200, 420), (340, 420), (480, 420)),
    ((420, 250), (420, 480)),
    ((420, 480), (420, 700)),
)
MORE = ((600, 100), (700, 150), (750, 200), (760, 300))
CUT = 10
"""Seconds of a tunnel, or of a change from one network to another."""
NOTICED_WITHIN = 5
LOST = ".digits-lost:not([hidden])"
ASKED = "**/api/kernels/*"
"""What the page asks to know whether its kernel is there."""
UNINKED = """([x, y]) => document.querySelector('.digit-pad canvas').getContext('2d')
  .getImageData(x, y, 1, 1).data[3] === 0"""
CLOCK = """() => {
  const lost = document.querySelector('.digits-lost');
  new MutationObserver(() => { if (!lost.hidden) window.noticedAt ??= Date.now(); }).observe(lost, {attributes: true});
  return Date.now();
}"""


def drawn(visitor: Visitor) -> Drawing:
    """What the page knows to be on its pad, arrived or not."""
    return visitor.page.evaluate("digitPads.strokes(document.querySelector('.digit-pad canvas'))")


def draw_unheard(visitor: Visitor, drawing: Iterable[Stroke]) -> None:
    """Draw without waiting for any answer."""
    for stroke in drawing:
        visitor.put_down(stroke)
        visitor.lift(stroke[-1])


def is_same(one: Drawing, other: Drawing) -> bool:
    return list(map(len, one)) == list(map(len, other)) and all(
        point == pytest.approx(wanted, abs=0.06)
        for stroke, wanted_stroke in zip(one, other, strict=True)
        for point, wanted in zip(stroke, wanted_stroke, strict=True)
    )


def forgive_what_a_cut_leaves_in_the_log(visitor: Visitor) -> None:
    expected = ("WebSocket", "net::", "404 (Not Found)", "503 (", "429 (")  # 404: a server knows no such kernel
    visitor.page_errors = [each for each in visitor.page_errors if not any(part in each for part in expected)]


def test_the_page_connects_while_its_scripts_load_and_the_server_knows_it_when_it_connects_again(
    chromium: Browser, proxy: LatencyProxy
) -> None:
    visitor = Visitor(chromium.new_context(**DESKTOP).new_page(), proxy.url)
    sockets: list[str] = []
    visitor.page.on("websocket", lambda socket: sockets.append(socket.url))
    held: list[Route] = []
    visitor.page.route("**/voila.js", lambda route: held.append(route))
    with visitor.page.expect_websocket():
        visitor.page.goto(proxy.url, wait_until="commit")
    while not held:
        visitor.page.wait_for_timeout(10)
    held[0].continue_()
    visitor.wait_until_ready()
    visitor.draw(SEVEN)
    assert len(sockets) == 1, "Voila opened one of its own"
    with visitor.page.expect_websocket():
        proxy.cut()
    visitor.draw((MORE,))
    assert len(visitor.drawing) == 2
    visitor.page.context.close()
    assert len(sockets) == 2 and sockets[0] == sockets[1], "the server would forget what it sent meanwhile"


def test_a_cut_of_ten_seconds_in_the_middle_of_a_stroke_loses_nothing(proxy: LatencyProxy, visit: Visit) -> None:
    visitor = visit(proxy.url)
    first, *others = FOUR
    visitor.put_down(first[:2])
    proxy.held = True
    visitor.move(visitor.on_screen(first[2:4]))
    proxy.closed = True
    proxy.cut()
    until = time.monotonic() + CUT
    visitor.move(visitor.on_screen(first[4:]))
    visitor.lift(first[-1])
    draw_unheard(visitor, others)
    visitor.page.locator(LOST).wait_for()
    wanted, ink = drawn(visitor), visitor.ink()
    assert is_same([stroke[-1:] for stroke in wanted], [stroke[-1:] for stroke in FOUR]) and visitor.received == 0
    time.sleep(max(until - time.monotonic(), 0))
    proxy.closed = False
    visitor.wait_until(f"() => {STATE}.received === '3'")
    visitor.wait_until_settled()
    assert is_same(visitor.drawing, wanted) and visitor.answer == "4"
    assert ((visitor.ink() > 127) != (ink > 127)).mean() < 0.002, "the ink is another"
    visitor.page.locator(LOST).wait_for(state="detached")
    visitor.draw((MORE,))
    assert is_same(visitor.drawing, drawn(visitor)) and len(visitor.drawing) == 4
    forgive_what_a_cut_leaves_in_the_log(visitor)


def test_what_the_kernel_said_into_a_cut_is_said_again(proxy: LatencyProxy, visit: Visit) -> None:
    """Without Jupyter's own asking, which stops for good once its answer is lost in a second cut."""
    visitor = visit(proxy.url)
    visitor.page.evaluate("jupyterapp.widgetManager.restoreWidgets = async () => {}")
    visitor.draw((MORE,))
    proxy.server_bytes, proxy.held_back = b"", True
    visitor.button("Undo").click()
    draw_unheard(visitor, SEVEN)
    while b"drawing.jsonl" not in proxy.server_bytes:
        visitor.page.wait_for_timeout(10)
    assert visitor.answer != "7" and visitor.received == 1
    proxy.cut()
    visitor.wait_until(f"() => {STATE}.received === '2'")
    visitor.wait_until_settled()
    assert visitor.answer == "7" and is_same(visitor.drawing, drawn(visitor)) and len(visitor.drawing) == 1
    assert visitor.inked(SEVEN[0][1]) and max(visitor.probabilities) > 0.5
    visitor.wait_until(UNINKED, list(MORE[1]))
    forgive_what_a_cut_leaves_in_the_log(visitor)


def test_what_is_pressed_while_nothing_can_be_sent_is_not_done_later(proxy: LatencyProxy, visit: Visit) -> None:
    visitor = visit(proxy.url)
    first, second, third = FOUR
    visitor.draw((first,))
    proxy.held = proxy.closed = True
    draw_unheard(visitor, (second,))
    proxy.cut()
    visitor.page.locator(LOST).wait_for()
    for name, key in (("Clear", "c"), ("Undo", "u"), ("Redo", "Control+Shift+z"), ("Example", "Escape")):
        visitor.button(name).click(force=True)
        visitor.page.keyboard.press(key)
        assert visitor.button(name).is_disabled(), name
    draw_unheard(visitor, (third,))
    wanted, ink = drawn(visitor), visitor.ink()
    proxy.closed = False
    visitor.wait_until(f"() => {STATE}.received === '3'")
    visitor.wait_until_settled()
    assert is_same(visitor.drawing, wanted) and visitor.answer == "4"
    assert ((visitor.ink() > 127) != (ink > 127)).mean() < 0.002, "the ink is another"
    visitor.button("Undo").click()
    visitor.wait_until(f"() => JSON.parse({STATE}.drawing).length === 2")
    assert is_same(visitor.drawing, wanted[:2])
    forgive_what_a_cut_leaves_in_the_log(visitor)


def lifted(visitor: Visitor) -> None:
    visitor.move(visitor.on_screen(MORE[2:]))
    visitor.lift(MORE[-1])


def still_down(visitor: Visitor) -> None:
    visitor.move(visitor.on_screen(MORE[2:]))


@pytest.mark.alone
@pytest.mark.parametrize("pen", [lifted, still_down])
def test_a_killed_kernel_is_noticed_soon_and_one_button_brings_the_drawing_back(
    pen: Callable[[Visitor], None], server: Server, visit: Visit
) -> None:
    visitor = visit()
    visitor.draw(THREE)
    kernel = kernel_of(server, visitor.kernel_id)
    visitor.put_down(MORE[:2])
    killed = visitor.page.evaluate(CLOCK)
    psutil.Process(kernel).kill()
    pen(visitor)
    visitor.page.locator(LOST).wait_for()
    assert (visitor.page.evaluate("noticedAt") - killed) / 1000 < NOTICED_WITHIN
    assert visitor.inked((700, 150)) and visitor.inked(THREE[0][0]), "ink went with the kernel"
    visitor.page.get_by_role("button", name="Continue").click()
    visitor.wait_until(f"() => JSON.parse({STATE}.drawing)?.length === 2")
    visitor.wait_until_settled()
    assert visitor.drawing[1][-1] == pytest.approx(MORE[-1], abs=1)
    assert visitor.inked(THREE[0][0]) and visitor.inked((700, 150))
    forgive_what_a_cut_leaves_in_the_log(visitor)


@pytest.mark.parametrize("status", [429, 503])
def test_only_a_server_that_knows_no_such_kernel_ends_the_session(status: int, visit: Visit) -> None:
    visitor = visit()
    visitor.page.route(ASKED, lambda route: route.fulfill(status=status))
    ask(visitor)
    assert not visitor.page.locator(LOST).is_visible()
    visitor.draw(SEVEN)
    assert visitor.answer == "7"
    visitor.page.unroute(ASKED)
    visitor.page.route(ASKED, lambda route: route.fulfill(status=404))
    ask(visitor)
    visitor.page.locator(LOST).get_by_text("This session has ended.").wait_for()
    forgive_what_a_cut_leaves_in_the_log(visitor)


def ask(visitor: Visitor) -> None:
    """Let the page ask about its kernel, and wait until it has turned to the answer."""
    visitor.page.evaluate(
        """async () => {
          const { fetch } = window;
          const answer = new Promise((resolve) => { window.fetch = (...request) => {
            const asked = fetch(...request);
            resolve(asked);
            return asked;
          }; });
          dispatchEvent(new Event("visibilitychange"));
          await answer;
          window.fetch = fetch;
          await new Promise((resolve) => setTimeout(resolve, 0));
        }"""
    )
