"""Ink is under the pen however far away the kernel is, and is there once: not doubled, not lost, not shifted."""

from collections.abc import Iterator

import pytest

from .conftest import DESKTOP, shared_page
from .hand import SEVEN, THREE
from .latency_proxy import LatencyProxy
from .servers import Server
from .visitor import STATE, Visitor


@pytest.fixture(scope="module")
def way(server: Server) -> Iterator[LatencyProxy]:
    """The way to the server, as long as a test makes it."""
    with LatencyProxy(server.port).open() as way:
        yield way


@pytest.fixture
def visitor(way: LatencyProxy, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """A page at the end of that way, which is short at first."""
    way.round_trip, way.held = 0.0, False
    yield from shared_page(request, "far away", DESKTOP, way.url)


def test_ink_is_there_before_the_kernel_hears_of_it(way: LatencyProxy, visitor: Visitor) -> None:
    before = visitor.received
    way.held = True
    (stroke,) = SEVEN
    visitor.put_down(stroke[:2])
    assert visitor.inked(stroke[0]) and visitor.inked((335, 200)), "ink waits for the kernel"
    visitor.move(visitor.on_screen(stroke[2:]))
    visitor.lift(stroke[-1])
    visitor.put_down([(300, 450), (600, 450)])
    visitor.lift((600, 450))
    seen = visitor.ink()
    assert visitor.inked((450, 450)) and visitor.answer == "" and visitor.received == before
    way.held = False
    visitor.wait_until(f"() => {STATE}.received === '{before + 2}'")
    visitor.wait_until_settled()
    assert visitor.answer == "7"
    elsewhere = (seen > 127) != (visitor.ink() > 127)
    assert elsewhere.mean() < 0.002, "the kernel's ink lies elsewhere than the pen's"


def test_ink_is_neither_doubled_nor_lost_at_any_distance(way: LatencyProxy, visitor: Visitor) -> None:
    for way.round_trip in (0.0, 0.1, 0.3):
        visitor.draw((*THREE, ((100, 100), (300, 90), (700, 120)), ((760, 760),)))
        drawn = visitor.ink()
        strokes = len(visitor.drawing)
        visitor.page.keyboard.press("u")
        visitor.wait_until(f"strokes => JSON.parse({STATE}.drawing)?.length === strokes", strokes - 1)
        visitor.page.keyboard.press("Control+Shift+Z")
        visitor.wait_until(f"strokes => JSON.parse({STATE}.drawing)?.length === strokes", strokes)
        visitor.wait_until_settled()
        assert (visitor.ink() != drawn).sum() == 0, f"painted anew, the ink is another ({way.round_trip} s away)"
        visitor.clear()
        assert not visitor.ink().any()


def test_the_kernels_ink_of_one_stroke_does_not_wipe_the_next(way: LatencyProxy, visitor: Visitor) -> None:
    first = visitor.received + 1
    way.round_trip = 0.5
    visitor.put_down([(100, 100), (300, 100)])
    visitor.lift((300, 100))
    visitor.put_down([(100, 400), (300, 400)])
    visitor.wait_until(f"() => {STATE}.received === '{first}'")
    pixels = "document.querySelector('[data-pixels] img').src"
    before = visitor.page.evaluate(pixels)
    visitor.move(visitor.on_screen([(300, 700)]))
    visitor.wait_until(f"before => {pixels} !== before", before)
    assert visitor.inked((200, 100)) and visitor.inked((200, 400)) and visitor.inked((300, 600))
    visitor.lift((300, 700))
    visitor.wait_until(f"() => {STATE}.received === '{first + 1}'")
    visitor.wait_until_settled()
    assert visitor.inked((200, 100)) and visitor.inked((200, 400)) and visitor.inked((300, 600))
