"""Everything can be reached and used without a pointer, and the pad keeps no key to itself."""

from typing import Literal

import pytest

from .hand import SEVEN
from .visitor import Visitor

FOCUSED = """() => {
  const element = document.activeElement;
  return element.labels?.[0]?.innerText || element.getAttribute('aria-label') || element.innerText.split('\\n')[0]
    || element.title || element.tagName;
}"""


def tab(visitor: Visitor, key: str = "Tab") -> str:
    visitor.page.keyboard.press(key)
    return visitor.page.evaluate(FOCUSED)


def test_tab_leaves_the_pad(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    desktop.canvas.focus()
    assert desktop.canvas.evaluate("canvas => canvas !== document.activeElement") or tab(desktop) == "Undo"
    assert desktop.canvas.evaluate("canvas => canvas !== document.activeElement")


def test_tab_visits_every_control_and_comes_round(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    wanted = desktop.page.locator(".digits-app :is(button, select, a[href])").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).length"
    )
    visited = "() => document.activeElement.dataset.visited = 'yes'"
    for _ in range(wanted + 10):
        tab(desktop)
        desktop.page.evaluate(visited)
    missed = desktop.page.locator(".digits-app :is(button, select, a[href]):not([data-visited])").all()
    assert [each.inner_text() for each in missed if each.is_visible()] == []
    assert wanted >= 8


def test_buttons_work_by_enter_and_space(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    for key, drawn in (("Enter", False), ("Space", True)):
        desktop.button("Clear" if key == "Enter" else "Undo").focus()
        desktop.page.keyboard.press(key)
        desktop.wait_until(
            f"() => (document.querySelector('[data-answer]').dataset.answer !== '') === {str(drawn).lower()}"
        )


def test_toggles_work_by_keyboard(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    for name, shown in (("Pixel values", "[data-values]"), ("Which ink mattered", "[data-importance]")):
        assert desktop.page.locator(shown).count() == 0, "shown before it is asked for"
        desktop.button(name).focus()
        desktop.page.keyboard.press("Space")
        desktop.page.locator(shown).wait_for()
        desktop.page.keyboard.press("Space")
        desktop.page.locator(shown).wait_for(state="detached")


def test_the_pen_is_chosen_by_keyboard_and_does_not_change_the_digit(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    digit = desktop.page.locator("[data-pixels] img").get_attribute("src")
    pen = desktop.page.locator(".digits-tools select")
    pen.focus()
    desktop.page.keyboard.press("ArrowDown")
    desktop.wait_until("() => Number(document.querySelector('[data-received]').dataset.pen) > 60")
    thick = desktop.ink().sum()
    desktop.page.keyboard.press("ArrowUp")
    desktop.page.keyboard.press("ArrowUp")
    desktop.wait_until("() => Number(document.querySelector('[data-received]').dataset.pen) < 30")
    thin = desktop.ink().sum()
    desktop.page.keyboard.press("ArrowDown")
    desktop.wait_until("() => Math.round(Number(document.querySelector('[data-received]').dataset.pen)) === 50")
    assert thin < thick / 2
    assert desktop.page.locator("[data-pixels] img").get_attribute("src") == digit and desktop.answer == "7"


def test_the_answer_is_spoken_when_the_pen_rests(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    desktop.wait_until("() => document.querySelector('[role=status].digits-spoken')?.textContent.includes('7')")


def test_keys_typed_elsewhere_are_left_alone(desktop: Visitor) -> None:
    desktop.draw(SEVEN)
    for key in ("z", "Control+c", "Alt+u"):
        desktop.page.keyboard.press(key)
    desktop.draw((((700, 700),),))
    assert len(desktop.drawing) == 2


RING = """() => {
  const focused = document.activeElement, style = getComputedStyle(focused);
  let ground = focused.parentElement;
  while (/rgba\\(.*, 0\\)/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const colours = [style.outlineColor, getComputedStyle(ground).backgroundColor];
  const [dark, light] = colours.map(luminance).sort((a, b) => a - b);
  const reach = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
  const box = focused.getBoundingClientRect();
  const cutBy = [];
  for (let around = focused.parentElement; around.id !== 'rendered_cells'; around = around.parentElement) {
    const { left, right, top, bottom } = around.getBoundingClientRect();
    const beyond = left > box.left - reach || right < box.right + reach || top > box.top - reach
      || bottom < box.bottom + reach;
    if (beyond && getComputedStyle(around).overflow !== 'visible') cutBy.push(around.className);
  }
  const contrast = (light + 0.05) / (dark + 0.05);
  return { style: style.outlineStyle, width: parseFloat(style.outlineWidth), contrast, cutBy };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_wears_a_ring_that_is_seen(desktop: Visitor, scheme: Literal["light", "dark"]) -> None:
    desktop.page.emulate_media(color_scheme=scheme)
    controls = desktop.page.locator(".digits-app :is(button, select)")
    rings = []
    for control in controls.all():
        control.focus()
        desktop.page.keyboard.press("Shift")
        rings.append(desktop.page.evaluate(RING))
    desktop.page.emulate_media(color_scheme="light")
    assert len(rings) >= 7
    for ring in rings:
        assert ring["style"] == "solid" and ring["width"] >= 2 and ring["contrast"] >= 3 and not ring["cutBy"], ring
