"""When the connection or the kernel goes, the page says so, and the drawing is not lost."""

from collections.abc import Callable

import psutil
import pytest

from .conftest import Visit
from .delay import Distance
from .hand import THREE
from .servers import Server, kernels
from .visitor import GOODBYE, STATE, Visitor

MORE = ((600, 100), (700, 150), (750, 200), (760, 300))


def has_everything(visitor: Visitor) -> None:
    visitor.wait_until(f"() => JSON.parse({STATE}.drawing)?.length === 2")
    visitor.wait_until_settled()
    assert visitor.drawing[1][-1] == pytest.approx(MORE[-1], abs=1)
    assert visitor.inked(THREE[0][0]) and visitor.inked((700, 150))
    expected = ("WebSocket", "net::", *GOODBYE)
    visitor.complaints = [each for each in visitor.complaints if not any(part in each for part in expected)]


def test_what_is_drawn_while_the_connection_is_down_arrives_later(distance: Distance, visit: Visit) -> None:
    visitor = visit(distance.url)
    visitor.draw(THREE)
    distance.closed = True
    distance.cut()
    visitor.page.wait_for_event("console")  # of the browser, that it cannot connect
    visitor.put_down(MORE)
    visitor.lift(MORE[-1])
    visitor.page.locator(".digits-lost").wait_for()
    assert visitor.inked((700, 150)) and visitor.inked(THREE[0][0]), "ink went with the connection"
    distance.closed = False
    has_everything(visitor)
    visitor.page.locator(".digits-lost").wait_for(state="hidden")


def in_flight(distance: Distance, kernel: int, visitor: Visitor) -> None:
    distance.held = True
    visitor.put_down(MORE[:2])
    distance.cut()
    visitor.move(visitor.on_screen(MORE[2:]))
    visitor.lift(MORE[-1])


def kernel_killed(distance: Distance, kernel: int, visitor: Visitor) -> None:
    visitor.put_down(MORE[:2])
    psutil.Process(kernel).kill()
    visitor.move(visitor.on_screen(MORE[2:]))
    visitor.lift(MORE[-1])


@pytest.mark.parametrize("happens", [in_flight, kernel_killed])
def test_a_drawing_that_cannot_arrive_comes_back_with_one_button(
    happens: Callable, distance: Distance, server: Server, visit: Visit
) -> None:
    others = kernels(server)
    visitor = visit(distance.url)
    visitor.draw(THREE)
    (kernel,) = kernels(server) - others
    happens(distance, kernel, visitor)
    again = visitor.page.get_by_role("button", name="Continue")
    again.wait_for(timeout=60_000)
    assert visitor.inked((700, 150)) and visitor.inked(THREE[0][0]), "ink went with the kernel"
    again.click()
    has_everything(visitor)
