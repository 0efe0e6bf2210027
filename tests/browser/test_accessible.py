"""No violation of WCAG 2.2 A or AA that axe-core can find: empty and drawn, light and dark, on desktop and phone."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from .hand import SEVEN, number_on_pad
from .visitor import Visitor

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]}}
TOGGLES = {"Pixel values": "[data-values]", "Which ink mattered": "[data-importance]"}


def violations(visitor: Visitor, context: dict | None = None) -> list[str]:
    """What axe-core finds on the page, or in the parts that a context of its includes."""
    found = Axe().run(visitor.page, context=context, options=RULES).response
    assert len(found["passes"]) > 10, "axe-core looked at nothing"
    return [
        f"{violation['id']}: {violation['help']}, at {[node['html'][:120] for node in violation['nodes']][:5]}"
        for violation in found["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_axe_finds_no_violation(screen: str, scheme: Literal["light", "dark"], request: pytest.FixtureRequest) -> None:
    visitor: Visitor = request.getfixturevalue(screen)
    visitor.page.emulate_media(color_scheme=scheme)
    empty = violations(visitor)
    visitor.draw(SEVEN)
    for name, shown in TOGGLES.items():
        visitor.button(name).click()
        visitor.page.locator(shown).wait_for()
    drawn = violations(visitor)
    visitor.clear()
    visitor.draw(number_on_pad("407"))
    of_number = violations(visitor)
    for name, shown in TOGGLES.items():
        visitor.button(name).click()
        visitor.page.locator(shown).wait_for(state="detached")
    visitor.page.emulate_media(color_scheme="light")
    assert (empty, drawn, of_number) == ([], [], [])


def test_dark_is_dark(desktop: Visitor) -> None:
    brightness = """() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)
      .reduce((sum, value) => sum + Number(value), 0) / 3"""
    seen = {}
    for scheme in ("dark", "light"):
        desktop.page.emulate_media(color_scheme=scheme)
        seen[scheme] = desktop.page.evaluate(brightness)
    assert seen["dark"] < 60 and seen["light"] > 200
