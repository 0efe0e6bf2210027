"""A look inside the network: maps at rest, the one that is touched, and none of it while the pen moves."""

from collections.abc import Iterator

import pytest

from .hand import ONE_BAR, SEVEN, THREE
from .test_accessible import violations
from .test_more import toggle
from .visitor import Visitor

PICTURE = "getComputedStyle(document.querySelector('[data-map=\"0-0\"]')).backgroundImage"
SEEN = "document.querySelector('[data-pixels] img').src"
LOOKED_AT = (
    ".inside-lens",
    "[data-layer='0']",
    "[data-layer='6']",
    ".inside-landscape",
    ".inside-said",
    ".inside-where",
)
"""Of all the maps, which axe-core would look at for half a minute, those of a first and of a last layer."""
TOO_SMALL = """() => [...document.querySelectorAll('[data-map]')].map(map => map.getBoundingClientRect())
  .filter(({ width, height, right }) => Math.min(width, height) < 24 || right > innerWidth).length"""


@pytest.fixture
def narrow(phone: Visitor) -> Iterator[Visitor]:
    """A small phone in the dark."""
    phone.page.emulate_media(color_scheme="dark")
    with phone.resized(320, 600):
        yield phone
    phone.page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("screen", ["desktop", "narrow"])
def test_maps_follow_the_drawing_at_rest_and_a_touched_one_shows_its_ink(
    screen: str, request: pytest.FixtureRequest
) -> None:
    visitor, touch = request.getfixturevalue(screen), screen == "narrow"
    visitor.draw(SEVEN, touch=touch)
    toggle(visitor, "More", "Inside")
    visitor.page.locator("[data-map='0-0']").wait_for()
    visitor.wait_until(f"() => {PICTURE}.startsWith('url')")
    one = visitor.page.locator("[data-map='1-3']")
    one.tap() if touch else one.click()
    visitor.page.locator("[data-chosen='1-3']").wait_for()
    visitor.page.locator("[data-excites]").wait_for()
    assert visitor.page.evaluate(TOO_SMALL) == 0
    if touch:
        assert violations(visitor, {"include": [[part] for part in LOOKED_AT]}) == []
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.locator("[data-chosen='1-4']").wait_for()

    visitor.canvas.scroll_into_view_if_needed()
    before, seen = visitor.page.evaluate(f"[{PICTURE}, {SEEN}]")
    visitor.put_down(ONE_BAR[0], touch=touch)
    visitor.wait_until(f"seen => {SEEN} !== seen", seen)
    assert visitor.page.evaluate(PICTURE) == before, "the maps change while the pen moves"
    visitor.lift(ONE_BAR[0][-1], touch=touch)
    visitor.wait_until(f"before => {PICTURE} !== before", before)

    visitor.clear()
    visitor.draw(THREE, touch=touch)
    visitor.page.locator("[data-where='3']").wait_for()
    toggle(visitor, "Inside", "More")
