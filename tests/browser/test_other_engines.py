"""The page in Firefox and in WebKit, where they are installed: what a person does first works there too."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing, Point
from mnist_helpers.preprocessing.drawings_file import SAMPLES, LabelledDrawing, read_drawings

from .engines import ENGINES, Command, Unloaded, until
from .hand import SEVEN, somewhere
from .servers import Server
from .visitor import SETTLED, STATE

TAB, ESCAPE, CONTROL, SHIFT = "\ue004", "\ue00c", "\ue009", "\ue008"
TWO: Drawing = (((200, 150), (200, 420), (480, 420)), ((420, 250), (420, 500), (420, 700)))
LISTEN = """const [url] = arguments;
if (!location.href.startsWith(url) || window.said || !document.body) return false;
window.said = [];
addEventListener("error", ({ message }) => said.push(message), true);
addEventListener("unhandledrejection", ({ reason }) => said.push(String(reason)));
const { error } = console;
console.error = (...words) => { said.push(words.join(" ")); error(...words); };
return true;"""
"""From now on, remember the errors of a page that has just begun to load."""
ANSWER = "document.querySelector('[data-answer]')?.dataset.answer"
FOCUSED = """const one = document.activeElement, style = getComputedStyle(one);
return [one.textContent.trim(), style.outlineStyle, parseFloat(style.outlineWidth)];"""


class Page:
    """The page in a browser that takes WebDriver's commands."""

    def __init__(self, command: Command, url: str) -> None:
        self._command, self.url = command, url

    def run(self, script: str, *arguments: Any) -> Any:
        return self._command("ExecuteScript", {"script": script, "args": list(arguments)})

    def load(self, command: str, **parameters: Any) -> None:
        self._command(command, parameters)
        until(self._listens, "the page")
        self.wait_for(f"{STATE}.received !== 'none'")

    def _listens(self) -> bool:
        """Whether the new page remembers its errors; the old one may be left while it is asked."""
        try:
            return self.run(LISTEN, self.url)
        except Unloaded:
            return False

    def wait_for(self, expression: str) -> None:
        until(lambda: self.run(f"return Boolean({expression});"), expression)

    def has_strokes(self, number: int) -> None:
        self.wait_for(f"JSON.parse({STATE}.drawing)?.length === {number} && ({SETTLED})()")

    @property
    def answer(self) -> str:
        return self.run(f"return {ANSWER};")

    def press(self, *keys: str) -> None:
        """Press keys together."""
        actions = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp") for key in keys]
        self._command("PerformActions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def mouse(self, places: Sequence[Point], *, down: bool = False, up: bool = False) -> None:
        """Move the mouse through places of the window; press it at the first, release it at the last."""
        moves = [{"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)} for x, y in places]
        press, release = ([{"type": kind, "button": 0}] for kind in ("pointerDown", "pointerUp"))
        actions = moves[:1] + press * down + moves[1:] + release * up
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self._command("PerformActions", {"actions": [mouse]})

    def place(self, selector: str) -> tuple[float, float, float, float]:
        """Left, top, width and height of an element in the window."""
        box = self.run("return document.querySelector(arguments[0]).getBoundingClientRect().toJSON();", selector)
        return box["left"], box["top"], box["width"], box["height"]

    def click(self, selector: str) -> None:
        left, top, width, height = self.place(selector)
        self.mouse([(left + width / 2, top + height / 2)], down=True, up=True)

    def draw(self, drawing: Drawing) -> str:
        """Draw; what the page answers before the pen lifts for the last time."""
        left, top, width, height = self.place(".digit-pad canvas")
        strokes = [[(left + x * width / PAD_SIZE, top + y * height / PAD_SIZE) for x, y in one] for one in drawing]
        for stroke in strokes[:-1]:
            self.mouse(stroke, down=True, up=True)
        self.mouse(strokes[-1], down=True)
        self.wait_for(f"{ANSWER} !== ''")
        before = self.answer
        self.mouse(strokes[-1][-1:], up=True)
        self.has_strokes(len(drawing))
        return before


@pytest.fixture(scope="module", params=ENGINES)
def opened(request: pytest.FixtureRequest, server: Server) -> Iterator[Page]:
    start, needs = ENGINES[request.param]
    if not all(needs):
        pytest.skip(f"{request.param} is not installed (tests/install_what_tests_need.sh)")
    with start() as command:
        page = Page(command, server.url)
        page.load("Navigate", url=server.url)
        yield page


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    """The page with an empty pad; it must have nothing to complain of when the test ends."""
    opened.press(ESCAPE)
    opened.has_strokes(0)
    yield opened
    assert opened.run("return said;") == []


def one_of_each() -> list[LabelledDrawing]:
    return list({each.label: each for each in read_drawings(SAMPLES)}.values())


def test_ten_digits_are_read_before_and_after_the_pen_lifts(page: Page) -> None:
    for label, drawing in somewhere(one_of_each(), seed=1):
        page.press(ESCAPE)
        page.has_strokes(0)
        assert page.draw(drawing) != "" and page.answer == label


def test_undo_and_clear_by_button_and_by_keyboard(page: Page) -> None:
    page.draw(TWO)
    page.click(".digits-undo")
    page.has_strokes(1)
    page.press(CONTROL, "z")
    page.has_strokes(0)
    page.press(CONTROL, SHIFT, "z")
    page.has_strokes(1)
    page.click(".digits-clear")
    page.has_strokes(0)
    page.press("u")
    page.has_strokes(1)
    page.press("c")
    page.has_strokes(0)
    assert page.answer == ""


def test_the_keyboards_focus_is_seen_on_every_button(page: Page) -> None:
    page.run("document.querySelector('.digits-undo').focus();")
    focused = []
    for _ in range(3):
        page.press(TAB)
        focused.append(page.run(FOCUSED))
    assert focused == [[name, "solid", 3] for name in ("Redo", "Clear", "Example")]


def test_another_network_is_chosen_behind_more(page: Page) -> None:
    page.draw(SEVEN)
    for toggle in ("More", "Networks"):
        page.wait_for(f"document.querySelector('[data-opens={toggle}]')")
        page.run(f"document.querySelector('[data-opens={toggle}]').click();")
    page.wait_for("document.querySelector('[data-network=fast] input')")
    page.run("document.querySelector('[data-network=fast] input').click();")
    page.wait_for("document.querySelector('[data-speaker]')")
    page.run("document.querySelector('[data-network=digits] input').click();")
    page.wait_for("!document.querySelector('[data-speaker]')")


def test_a_tapped_digit_is_a_correction_that_undo_takes_back_and_the_inside_is_shown(page: Page) -> None:
    page.draw(SEVEN)
    page.click('[data-digit="1"]')
    page.wait_for("document.querySelector('.digits-answer').textContent.includes('as you told me')")
    page.click(".digits-undo")
    page.wait_for(f"{ANSWER} === '7'")
    for toggle in ("More", "Inside"):
        page.wait_for(f"document.querySelector('[data-opens={toggle}]')")
        page.run(f"document.querySelector('[data-opens={toggle}][aria-expanded=false]')?.click();")
    page.wait_for("document.querySelector('[data-where]')?.dataset.where === '7'")
    page.run("document.querySelector('[data-opens=Inside]').click();")


def test_a_page_that_is_loaded_again_can_be_drawn_on_at_once(page: Page) -> None:
    page.draw(SEVEN)

    def is_loaded_before_its_kernel() -> bool:
        page.load("Refresh")
        return page.run("return document.getElementById('early') !== null;")

    until(is_loaded_before_its_kernel, "a page that can be drawn on before its kernel is there")
    left, top, width, height = page.place(".digit-pad canvas")
    page.mouse([(left + x * width / PAD_SIZE, top + y * height / PAD_SIZE) for x, y in SEVEN[0]], down=True, up=True)
    page.wait_for("!document.getElementById('early')")
    page.has_strokes(1)
    assert page.answer == "7"
