"""What lies behind "More": collapsed, built when it is opened, and reached by pointer, finger and keyboard."""

from typing import Literal

import numpy as np

from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.model_metadata import MODELS
from mnist_helpers.recognition.recogniser import Recogniser

from .conftest import Visit
from .hand import SEVEN, number_on_pad
from .test_accessible import violations
from .test_layout import SIDEWAYS, SMALLEST_TARGET, on, screen  # noqa: F401  (a fixture)
from .visitor import Visitor

FIVE = number_on_pad("5")
SAID = "name => document.querySelector(`[data-network=${name}] strong`).textContent"


def toggle(visitor: Visitor, *names: str) -> None:
    """Open what is closed, or close what is open."""
    for name in names:
        visitor.button(name).click()


def open_networks(visitor: Visitor) -> None:
    toggle(visitor, "More", "Networks")
    visitor.page.locator("[data-network]").first.wait_for()


def leave_networks(visitor: Visitor) -> None:
    """Leave the page as it was: read by the network that it comes with, and with nothing open."""
    visitor.page.locator("[data-network=digits] input").click()
    visitor.page.locator("[data-speaker]").wait_for(state="detached")
    toggle(visitor, "Networks", "More")


def said(visitor: Visitor, name: str) -> str:
    return visitor.page.evaluate(SAID, name)


def test_nothing_of_it_is_there_before_it_is_opened_and_nothing_is_seen_once_it_is_closed(visit: Visit) -> None:
    visitor = visit()
    more = visitor.button("More")
    assert more.get_attribute("aria-expanded") == "false" and visitor.page.locator(".digits-more").count() == 0
    more.focus()
    visitor.page.keyboard.press("Enter")
    visitor.button("Networks").wait_for()
    assert more.get_attribute("aria-expanded") == "true"
    assert visitor.page.locator(".digits-section > *").count() == 0
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Space")
    network = visitor.page.locator("[data-network=digits]")
    network.wait_for()
    visitor.draw(SEVEN)
    visitor.wait_until(f"() => ({SAID})('digits').startsWith('7')")
    more.click()
    assert not network.is_visible() and not visitor.button("Networks").is_visible()
    visitor.clear()
    more.click()
    network.wait_for()
    visitor.wait_until(f"() => ({SAID})('digits') === ''")


def test_the_network_that_is_chosen_reads_what_comes_and_the_answer_names_it(desktop: Visitor) -> None:
    open_networks(desktop)
    desktop.draw(SEVEN)
    desktop.wait_until(f"() => ({SAID})('fast') !== ''")
    assert said(desktop, "digits").startswith("7, ") and "7" in said(desktop, "keras_example")
    speaker = desktop.page.locator("[data-speaker]")
    assert speaker.count() == 0
    desktop.page.locator("[data-network=fast] input").click()
    speaker.wait_for()
    assert speaker.inner_text() == "Read by fast."
    desktop.clear()
    desktop.draw(FIVE)
    alone = Recogniser(MODELS / "fast.tflite")
    wanted = alone.probabilities_of(rasterise(desktop.drawing)[np.newaxis])[0]
    np.testing.assert_allclose(desktop.probabilities, wanted, atol=1e-3)
    desktop.page.keyboard.press("Shift")  # as who comes by the keyboard
    desktop.page.locator("[data-network=fast] input").focus()
    desktop.page.keyboard.press("ArrowDown")
    desktop.wait_until("() => document.querySelector('[data-speaker]')?.textContent === 'Read by keras example.'")
    desktop.wait_until("() => document.activeElement.matches('[data-network=keras_example] input:checked')")
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        desktop.page.emulate_media(color_scheme=scheme)
        assert violations(desktop) == []
    desktop.page.emulate_media(color_scheme="light")
    leave_networks(desktop)


@on("small phone")
def test_a_network_is_chosen_by_finger_and_all_is_large_enough(screen: Visitor) -> None:  # noqa: F811
    screen.draw(SEVEN, touch=True)
    open_networks(screen)
    screen.page.locator("[data-network=keras_example]").tap()
    screen.page.locator("[data-speaker]").wait_for()
    assert max(screen.page.evaluate(SIDEWAYS)) <= 0
    targets = screen.page.locator(".digits-toggle button, label.network").all()
    boxes = [target.bounding_box() for target in targets]
    assert len(boxes) >= 5 and all(box and min(box["width"], box["height"]) >= SMALLEST_TARGET - 0.01 for box in boxes)
    leave_networks(screen)
