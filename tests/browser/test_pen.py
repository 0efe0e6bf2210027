"""What a pen may do on a pad besides drawing a neat stroke: each does what a person expects."""

import json
from collections.abc import Callable

import pytest

from mnist_helpers.page.controls import EXAMPLE_SIZE
from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing, Stroke, placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings

from .conftest import PHONE, Visit
from .hand import SEVEN
from .visitor import STATE, Visitor


def test_an_empty_pad_has_no_answer(desktop: Visitor) -> None:
    assert desktop.answer == "" and desktop.probabilities == [0] * 10


def test_a_click_is_a_dot_and_no_digit(desktop: Visitor) -> None:
    desktop.draw((((300, 300),),))
    assert desktop.inked((300, 300)) and desktop.answer == "?"
    assert len(desktop.drawing) == 1


FIRST, SECOND = ((200, 200), (200, 400), (200, 600)), ((600, 200), (600, 400), (600, 600))
ACROSS = ((100, 300), (250, 310), (350, 300))
"""Over the first stroke, not as far as the second."""


def right_button(visitor: Visitor, way: Stroke) -> None:
    first, *others = visitor.on_screen(way)
    visitor.mouse("mousePressed", first, buttons=2, button="right")
    for place in others:
        visitor.mouse("mouseMoved", place, buttons=2, button="right")
    visitor.mouse("mouseReleased", others[-1], buttons=0, button="right")


def eraser_end(visitor: Visitor, way: Stroke) -> None:
    first, *others = visitor.on_screen(way)
    visitor.canvas.evaluate(POINTER, ["pointerdown", "pen", 81, first, ERASER_END])
    for place in others:
        visitor.canvas.evaluate(POINTER, ["pointermove", "pen", 81, place, ERASER_END])
    visitor.canvas.evaluate(POINTER, ["pointerup", "pen", 81, others[-1], 0])


@pytest.mark.parametrize("erase", [right_button, eraser_end])
def test_an_eraser_takes_away_the_strokes_that_it_crosses(
    erase: Callable[[Visitor, Stroke], None], desktop: Visitor
) -> None:
    desktop.page.evaluate("menus = []; addEventListener('contextmenu', (event) => menus.push(event.defaultPrevented))")
    desktop.draw((FIRST, SECOND))
    before, wanted = desktop.drawing, desktop.received + 1
    erase(desktop, ACROSS)
    desktop.wait_until(f"() => {STATE}.received === '{wanted}'")
    desktop.wait_until_settled()
    assert desktop.drawing == before[1:]
    assert not desktop.inked(FIRST[1]) and not desktop.inked(ACROSS[0]) and desktop.inked(SECOND[1])
    desktop.button("Undo").click()
    desktop.wait_until(f"() => JSON.parse({STATE}.drawing).length === 2")
    desktop.wait_until_settled()
    assert desktop.drawing == before and desktop.inked(FIRST[1])
    assert desktop.page.evaluate("menus") == ([True] if erase is right_button else [])


def test_hovering_sends_nothing(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    sent = len(desktop.sent)
    for place in desktop.on_screen([(x, x) for x in range(100, 700, 30)]):
        desktop.mouse("mouseMoved", place, buttons=0)
    assert desktop.drawing and len(desktop.sent) == sent
    desktop.draw((((100, 700),),))
    assert len(desktop.sent) > sent, "not even drawing was seen to send anything"


def test_a_stroke_sends_few_messages(desktop: Visitor) -> None:
    stroke = tuple((100 + 6 * step, 400 + 2 * (step % 2)) for step in range(100))
    sent = len(desktop.sent)
    desktop.draw((stroke,))
    assert sum(map(len, desktop.drawing)) > 80
    assert len(desktop.sent) - sent < 100, "as many messages as the pen had moves"


def test_leaving_and_coming_back_makes_two_strokes_that_end_at_the_edge(desktop: Visitor) -> None:
    desktop.put_down(
        [
            (PAD_SIZE - 200, 300),
            (PAD_SIZE - 100, 300),
            (PAD_SIZE + 30, 300),
            (PAD_SIZE + 30, 500),
            (PAD_SIZE - 100, 500),
        ]
    )
    desktop.lift((PAD_SIZE - 200, 500))
    desktop.wait_until(f"() => JSON.parse({STATE}.drawing)?.length === 2")
    desktop.wait_until_settled()
    first, second = desktop.drawing
    assert first[-1] == [PAD_SIZE, 300] and second[0] == [PAD_SIZE, 500]
    assert not desktop.inked((PAD_SIZE - 2, 400)), "there is ink along the edge"


def test_a_release_outside_ends_the_stroke(desktop: Visitor) -> None:
    desktop.put_down([(300, PAD_SIZE - 100), (300, PAD_SIZE + 20)])
    desktop.lift((300, PAD_SIZE + 20))
    desktop.wait_until_settled()
    desktop.move(desktop.on_screen([(300, 500), (500, 300)]))
    for place in desktop.on_screen([(300, 500), (500, 300)]):
        desktop.mouse("mouseMoved", place, buttons=0)
    desktop.draw((((600, 200),),))
    assert [stroke[-1] for stroke in desktop.drawing] == [[300, PAD_SIZE], [600, 200]]


def test_a_second_finger_does_not_draw(phone: Visitor) -> None:
    first, along, end, second = phone.on_screen([(200, 200), (200, 400), (200, 600), (600, 300)])
    wanted = phone.received + 1
    phone.touch("touchStart", [first])
    phone.touch("touchMove", [along])
    phone.touch("touchStart", [along, second])
    phone.touch("touchMove", [end, (second[0], second[1] + 40)])
    phone.touch("touchMove", [end])
    phone.touch("touchEnd", [])
    phone.wait_until(f"() => {STATE}.received === '{wanted}'")
    phone.wait_until_settled()
    (stroke,) = phone.drawing
    assert all(abs(x - 200) < 5 for x, _ in stroke) and not phone.inked((600, 300))


def test_a_moving_finger_takes_over_from_one_at_rest(phone: Visitor) -> None:
    rest, shaken, start, along, end = phone.on_screen([(700, 700), (705, 703), (200, 200), (200, 400), (200, 600)])
    wanted = phone.received + 1
    phone.touch("touchStart", [rest])
    phone.touch("touchStart", [rest, start])
    phone.touch("touchMove", [shaken, along])
    phone.touch("touchMove", [shaken, end])
    phone.touch("touchEnd", [])
    phone.wait_until(f"() => {STATE}.received === '{wanted}'")
    phone.wait_until_settled()
    (stroke,) = phone.drawing
    assert stroke[0][1] < 205 and stroke[-1][1] > 595 and all(abs(x - 200) < 5 for x, _ in stroke)
    assert not phone.inked((700, 700))


CANCELLED = """for (const type of ['pointermove', 'pointerup']) {
  addEventListener(type, (event) => event.stopImmediatePropagation(), { capture: true });
}
addEventListener('pointerdown', ({ target, pointerId, pointerType }) => setTimeout(() => {
  target.releasePointerCapture(pointerId);
  target.dispatchEvent(new PointerEvent('pointercancel', { pointerId, pointerType, bubbles: true }));
  window.cancelled = (window.cancelled ?? 0) + 1;
}));"""
"""As Safari is said to do at times: the pointer is gone after its first point, and the touch goes on."""


def test_a_touch_whose_pointer_is_cancelled_draws_to_its_end(visit: Visit) -> None:
    phone = visit(**PHONE, init_script=CANCELLED)
    for number, stroke in enumerate((FIRST, SECOND), 1):
        phone.put_down(stroke[:1], touch=True)
        phone.wait_until("number => window.cancelled === number", number)
        phone.move(phone.on_screen(stroke[1:]), touch=True)
        phone.lift(stroke[-1], touch=True)
    phone.wait_until(f"() => {STATE}.received === '2'")
    phone.wait_until_settled()
    assert [stroke[-1] for stroke in phone.drawing] == [pytest.approx(stroke[-1], abs=3) for stroke in (FIRST, SECOND)]
    assert all(len(stroke) == 3 for stroke in phone.drawing) and phone.inked(FIRST[1])


POINTER = """(canvas, [type, pointerType, pointerId, [clientX, clientY], buttons]) => {
  const event = { pointerType, pointerId, clientX, clientY, buttons, bubbles: true, cancelable: true };
  canvas.dispatchEvent(new PointerEvent(type, event));
}"""
"""A pointer that does not exist, so it cannot be captured: it draws all the same."""
ERASER_END = 32
"""Of the buttons of a pen that is turned around."""


def test_a_pen_takes_over_from_the_palm_that_came_first(visit: Visit) -> None:
    phone = visit(**PHONE)  # a page of its own, since for a while it will take no finger
    palm, slid, start, end = phone.on_screen([(700, 700), (640, 700), (200, 200), (200, 500)])
    wanted = phone.received + 1

    def act(*events: tuple[str, str, int, tuple[float, float]]) -> None:
        at_once = f"(canvas, events) => events.forEach((event) => ({POINTER})(canvas, event))"
        phone.canvas.evaluate(at_once, [[*event, 1] for event in events])

    act(("pointerdown", "touch", 71, palm), ("pointermove", "touch", 71, slid))
    assert phone.inked((670, 700))
    act(("pointerdown", "pen", 72, start), ("pointermove", "pen", 72, end))
    dot = "document.querySelector('.digit-pad canvas').getContext('2d').getImageData(700, 700, 1, 1).data[3]"
    phone.wait_until(f"() => !{dot}")
    act(("pointerup", "touch", 71, slid), ("pointerup", "pen", 72, end))
    act(("pointerdown", "touch", 73, palm), ("pointerup", "touch", 73, palm))
    phone.wait_until(f"() => {STATE}.received === '{wanted}'")
    phone.wait_until_settled()
    (stroke,) = phone.drawing
    assert all(abs(x - 200) < 5 for x, _ in stroke) and not phone.inked((700, 700))


def test_a_slow_pen_and_a_pen_at_rest_lose_nothing(desktop: Visitor) -> None:
    desktop.put_down([(300, 300)] + [(300 + step / 4, 300) for step in range(60)] + [(300, 300)] * 5)
    desktop.lift((300, 300))
    desktop.wait_until_settled()
    (stroke,) = desktop.drawing
    assert max(x for x, _ in stroke) > 310


def test_the_example_draws_itself_and_a_pen_takes_over(desktop: Visitor) -> None:
    before = desktop.received
    desktop.button("Example").click()
    desktop.wait_until("() => document.querySelector('[data-answer]').dataset.answer !== ''")
    mine = tuple((50 + 15 * step, 800) for step in range(45))
    desktop.put_down(mine)
    desktop.lift(mine[-1])
    desktop.wait_until(f"() => {STATE}.received === '{before + 1}'")
    desktop.wait_until_settled()
    *example, last = desktop.drawing
    assert example and all(y == 800 for _, y in last), "the example went on in the pen's stroke"
    assert last[0] == [50, 800] and last[-1][0] > 700


def as_on_the_page(drawing: Drawing) -> str:
    """What the page says of an example that is all there."""
    whole = placed(drawing, centre=(PAD_SIZE / 2, PAD_SIZE / 2), size=EXAMPLE_SIZE)
    return json.dumps([[[round(x, 1), round(y, 1)] for x, y in stroke] for stroke in whole], separators=(",", ":"))


def test_the_example_is_drawn_to_its_end_and_recognised(desktop: Visitor) -> None:
    examples = {as_on_the_page(sample.drawing): sample.label for sample in read_drawings(SAMPLES)}
    desktop.button("Example").click()
    desktop.wait_until(f"examples => {STATE}.drawing in examples", examples)
    desktop.wait_until_settled()
    assert desktop.answer == examples[desktop.page.evaluate(f"{STATE}.drawing")]
