"""Ink is under the pen however far away the kernel is, and is there once: not doubled, not lost, not shifted."""

from collections.abc import Iterator

import pytest

from .conftest import Visit
from .delay import Distance
from .hand import SEVEN, THREE
from .servers import Server
from .visitor import STATE

ANSWERED = "() => document.querySelector('[data-answer]').dataset.answer !== ''"


@pytest.fixture
def distance(server: Server) -> Iterator[Distance]:
    with Distance(server.port).open() as distance:
        yield distance


def test_ink_is_there_before_the_kernel_hears_of_it(distance: Distance, visit: Visit) -> None:
    visitor = visit(distance.url)
    distance.held = True
    (stroke,) = SEVEN
    visitor.put_down(stroke[:2])
    assert visitor.inked(stroke[0]) and visitor.inked((335, 200)), "ink waits for the kernel"
    visitor.move(visitor.on_screen(stroke[2:]))
    visitor.lift(stroke[-1])
    visitor.put_down([(300, 450), (600, 450)])
    visitor.lift((600, 450))
    seen = visitor.ink()
    assert visitor.inked((450, 450)) and visitor.answer == "" and visitor.received == 0
    distance.held = False
    visitor.wait_until(f"() => {STATE}.received === '2'")
    visitor.wait_until_settled()
    assert visitor.answer == "7"
    elsewhere = (seen > 127) != (visitor.ink() > 127)
    assert elsewhere.mean() < 0.002, "the kernel's ink lies elsewhere than the pen's"


def test_ink_is_neither_doubled_nor_lost_at_any_distance(distance: Distance, visit: Visit) -> None:
    visitor = visit(distance.url)
    for distance.round_trip in (0.0, 0.1, 0.3):
        visitor.draw((*THREE, ((100, 100), (300, 90), (700, 120)), ((760, 760),)))
        drawn = visitor.ink()
        strokes = len(visitor.drawing)
        visitor.page.keyboard.press("u")
        visitor.wait_until(f"strokes => JSON.parse({STATE}.drawing).length === strokes", strokes - 1)
        visitor.page.keyboard.press("Control+Shift+Z")
        visitor.wait_until(f"strokes => JSON.parse({STATE}.drawing).length === strokes", strokes)
        visitor.wait_until_settled()
        assert (visitor.ink() != drawn).sum() == 0, f"painted anew, the ink is another ({distance.round_trip} s away)"
        visitor.clear()
        assert not visitor.ink().any()


def test_a_cut_connection_loses_nothing(distance: Distance, visit: Visit) -> None:
    visitor = visit(distance.url)
    visitor.draw(THREE)
    distance.held = True
    visitor.put_down([(600, 100), (700, 150)])
    distance.cut()
    visitor.move(visitor.on_screen([(750, 200), (760, 300)]))
    visitor.lift((760, 300))
    assert visitor.inked((700, 150)) and visitor.inked((755, 250)), "ink went with the connection"
    distance.held = False
    visitor.wait_until(f"() => {STATE}.received === '2'")
    visitor.wait_until_settled()
    assert len(visitor.drawing) == 2 and visitor.drawing[1][-1] == pytest.approx([760, 300], abs=1)
    visitor.complaints = [each for each in visitor.complaints if "WebSocket" not in each and "net::" not in each]
