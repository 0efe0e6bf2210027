"""The page fits every screen: pad and answer together, nothing sideways, nothing too small for a finger."""

from collections import Counter

import pytest

from .hand import SEVEN, number_on_pad
from .visitor import Visitor

SCREENS = {
    "phone": (390, 844),
    "small phone": (320, 568),
    "tablet": (820, 1180),
    "phone on its side": (844, 390),
    "desktop": (1440, 900),
}
SMALLEST_TARGET = 44
NAMES_AND_SIZES = """all => all.map(one => {
  const { width, height } = one.getBoundingClientRect();
  return [one.innerText, width, height];
})"""
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll('#rendered_cells')]
  .map(one => one.scrollWidth - one.clientWidth)"""


@pytest.fixture
def screen(request: pytest.FixtureRequest):
    """The page on a screen of the given name; fingers on all but the desktop."""
    width, height = SCREENS[request.param]
    visitor: Visitor = request.getfixturevalue("desktop" if request.param == "desktop" else "phone")
    with visitor.resized(width, height):
        yield visitor


def on(*names: str):
    return pytest.mark.parametrize("screen", names or list(SCREENS), indirect=True)


@on()
def test_pad_and_answer_are_seen_together_and_nothing_is_sideways(screen: Visitor) -> None:
    size = screen.page.viewport_size
    assert size
    for drawing in ((), SEVEN, number_on_pad("985672")):
        screen.clear()
        screen.draw(drawing)
        for name in (".digit-pad canvas", "[data-answer]"):
            box = screen.page.locator(name).bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= size["width"], name
            assert box["y"] >= 0 and box["y"] + box["height"] <= size["height"], name
        assert max(screen.page.evaluate(SIDEWAYS)) <= 0


@on()
def test_what_can_be_tapped_is_large_enough(screen: Visitor) -> None:
    screen.draw(number_on_pad("31415"))
    screen.button("Pixel values").click()
    screen.page.locator("[data-values]").wait_for()
    targets = screen.page.locator(":is(button:not(.tile), select, a[href]):visible").evaluate_all(NAMES_AND_SIZES)
    screen.button("Pixel values").click()
    screen.page.locator("[data-values]").wait_for(state="detached")
    screen.clear()
    assert len(targets) > 8 and [each for each in targets if min(each[1:]) < SMALLEST_TARGET - 0.01] == []


@on("desktop")
def test_the_pad_is_large_beside_the_answer(screen: Visitor) -> None:
    pad, answer = (screen.page.locator(name).bounding_box() for name in (".digit-pad canvas", "[data-answer]"))
    assert pad and answer
    assert pad["width"] == pytest.approx(pad["height"]) and pad["width"] >= 560
    assert answer["x"] > pad["x"] + pad["width"]


@on("desktop")
def test_the_probability_stands_under_the_bar_of_its_digit(screen: Visitor) -> None:
    for tile in screen.page.locator("[data-digit]").all():
        digit, bar, probability = (tile.locator(part).bounding_box() for part in ("b", "i", "span"))
        assert digit and bar and probability
        assert digit["y"] + digit["height"] <= bar["y"] + 1
        assert bar["y"] + bar["height"] <= probability["y"] + 1


def test_which_ink_mattered_lies_over_the_digit_and_no_square_beyond_it(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    desktop.button("Which ink mattered").click()
    over = desktop.page.locator("[data-importance]")
    over.wait_for()
    squares = desktop.page.locator("[data-pixels]")
    assert squares.bounding_box() == squares.locator("img").bounding_box() == over.bounding_box()
    desktop.button("Which ink mattered").click()
    over.wait_for(state="detached")


def test_the_wheel_over_the_pad_scrolls_the_page(desktop: Visitor) -> None:
    with desktop.resized(1000, 500):
        (place,) = desktop.on_screen([(300, 300)])
        desktop.page.mouse.move(*place)
        desktop.page.mouse.wheel(0, 120)
        desktop.wait_until("() => document.querySelector('#rendered_cells').scrollTop > 0")
        desktop.page.evaluate("document.querySelector('#rendered_cells').scrollTop = 0")
    assert desktop.drawing == []


@on("phone on its side")
def test_on_its_side_the_pad_and_its_buttons_are_seen_together(screen: Visitor) -> None:
    for name in ("Undo", "Redo", "Clear", "Example", "Open a picture"):
        box = screen.button(name).bounding_box()
        assert box and box["y"] + box["height"] <= SCREENS["phone on its side"][1], name


@on("phone", "small phone")
def test_on_a_phone_the_buttons_and_the_pen_are_in_two_rows_of_three(screen: Visitor) -> None:
    bounding_boxes = [one.bounding_box() for one in screen.page.locator(".digits-tools :is(button, select)").all()]
    assert sorted(Counter(box and box["y"] for box in bounding_boxes).values()) == [3, 3]


CUT_SHORT = """() => [...document.querySelectorAll('.digits-tools :is(button, select)')].filter(control => {
  const given = control.offsetWidth;
  control.style.cssText = 'flex: none; width: max-content';
  const wanted = control.offsetWidth;
  control.style.cssText = '';
  return wanted > given;
}).map(control => control.textContent)"""


@on()
def test_what_the_buttons_and_the_pen_say_is_not_cut_short(screen: Visitor) -> None:
    assert screen.page.evaluate(CUT_SHORT) == []
    assert screen.page.get_by_role("combobox", name="Width of the pen").is_visible()


SCROLLED = "() => document.querySelector('#rendered_cells').scrollTop + scrollY"


def test_drawing_on_the_phone_neither_scrolls_nor_zooms(phone: Visitor) -> None:
    before = phone.page.evaluate(SCROLLED)
    phone.draw((((400, 700), (400, 500), (400, 300), (400, 100)), ((200, 700), (600, 700))), touch=True)
    assert phone.page.evaluate(SCROLLED) == before
    assert phone.page.evaluate("visualViewport.scale") == 1
    assert len(phone.drawing) == 2


def swipe_up(visitor: Visitor, x: float, y: float) -> None:
    visitor.touch("touchStart", [(x, y)])
    for step in range(1, 15):
        visitor.touch("touchMove", [(x, y - 20 * step)])
    visitor.touch("touchEnd", [])


def test_the_pad_alone_keeps_the_browser_from_panning(phone: Visitor) -> None:
    """Without the page's own listener too, which only fingers need: a pen's drag on Windows pans unless forbidden."""
    phone.page.evaluate("""() => {
      window.cancelled = 0;
      addEventListener('pointercancel', () => { cancelled += 1; });
      Object.defineProperty(TouchEvent.prototype, 'preventDefault', { value() {}, configurable: true });
    }""")
    (place,) = phone.on_screen([(400, 700)])
    swipe_up(phone, *place)
    phone.wait_until_settled()
    scrolled, cancelled = phone.page.evaluate(SCROLLED), phone.page.evaluate("cancelled")
    phone.page.evaluate("delete TouchEvent.prototype.preventDefault")
    assert (scrolled, cancelled) == (0, 0)


def test_a_swipe_beside_the_pad_scrolls(phone: Visitor) -> None:
    box = phone.page.locator("[data-answer]").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe_up(phone, x, y)
    phone.wait_until("() => document.querySelector('#rendered_cells').scrollTop + scrollY > 50")
    phone.page.evaluate("document.querySelector('#rendered_cells').scrollTop = 0")
    assert phone.drawing == []


@on()
def test_a_probability_fits_its_tile(screen: Visitor) -> None:
    too_wide = """() => [...document.querySelectorAll('.tile')].map((tile) => {
      const text = tile.querySelector('span'), said = text.textContent;
      text.textContent = '>99\u202f%';
      const inside = tile.getBoundingClientRect().width - 2 * parseFloat(getComputedStyle(tile).borderLeftWidth);
      const spare = inside - text.getBoundingClientRect().width;
      text.textContent = said;
      return spare;
    }).filter((spare) => spare < 0)"""
    assert screen.page.evaluate(too_wide) == []


@on("phone")
def test_a_select_is_large_enough_not_to_be_zoomed_into(screen: Visitor) -> None:
    """Safari on a phone zooms into what has a font under 16 pixels."""
    size = screen.page.locator(".digits-tools select").evaluate(
        "select => parseFloat(getComputedStyle(select).fontSize)"
    )
    assert size >= 16
