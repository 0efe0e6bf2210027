"""A visitor: the page in a browser, watched for whatever must not happen, and drawn on by mouse or by finger.

Everything waits for a state that the page shows, never for a time. Drawings are in pad units, like those of the page.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, WebSocket

from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing, Point

STATE = "(document.querySelector('[data-received]') ?? {dataset: {received: 'none', drawing: 'null'}}).dataset"
"""What the pad tells the page; a page under way to another has no pad."""
PROBABILITIES = "[...document.querySelectorAll('[data-digit]')].map(tile => Number(tile.dataset.probability))"
SETTLED = f"""() => {{
  const link = document.querySelector('a[download$=".jsonl"]');
  const canvas = document.querySelector('.digit-pad canvas');
  const saved = link ? JSON.parse(atob(link.href.split(',')[1])).s : [];
  const answer = document.querySelector('[data-answer]')?.dataset.answer;
  const arrived = JSON.stringify(JSON.parse({STATE}.drawing));
  return JSON.stringify(saved) === arrived && (answer === '') === (saved.length === 0)
    && canvas !== null && digitPads.strokes(canvas).length === saved.length;
}}"""
"""The last word on the drawing is on the page: what was drawn is what arrived, and what can be saved."""
PLACE = """() => {
  const box = document.querySelector('.digit-pad canvas').getBoundingClientRect();
  return [box.x, box.y, box.width, box.height];
}"""
LAID_OUT = """([width, height]) => {
  const { left, right } = document.querySelector('.digits-app').getBoundingClientRect();
  const gap = document.documentElement.clientWidth - right;
  return innerWidth === width && innerHeight === height && Math.abs(left - gap) < 1;
}"""
"""The page fills a window of this size: a browser lays a page out some frames after its window has changed."""
INK = """canvas => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return btoa(pixels.filter((_, at) => at % 4 === 3).reduce((text, alpha) => text + String.fromCharCode(alpha), ''));
}"""


class Visitor:
    """One open page. `page_errors` collects console errors, exceptions and requests to other hosts."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.page_errors: list[str] = []
        self.sent: list[str | bytes] = []
        self._input = page.context.new_cdp_session(page)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.page_errors.append(f"exception: {error}"))
        page.on("request", self._on_request)
        page.on("websocket", self._on_websocket)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.page_errors.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1":
            self.page_errors.append(f"request: {request.url[:200]}")

    def _on_websocket(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self.sent.append(frame))
        if urlsplit(socket.url).hostname != "127.0.0.1":
            self.page_errors.append(f"websocket: {socket.url[:200]}")

    def open(self) -> "Visitor":
        """Load the page and wait until it can be drawn on."""
        self.page.goto(self.url, timeout=120_000)
        self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        """Wait for the pad that has a kernel."""
        self.page.locator("[data-answer]").first.wait_for(state="attached", timeout=120_000)
        self.page.locator("#early").wait_for(state="detached")

    @contextmanager
    def resized(self, width: int, height: int) -> Iterator[None]:
        """The window in another size, with the page laid out in it; its own size comes back afterwards."""
        usual = self.page.viewport_size
        assert usual
        self._resize(width, height)
        yield
        self._resize(**usual)

    def _resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})
        self.wait_until(LAID_OUT, [width, height])

    @property
    def canvas(self) -> Locator:
        return self.page.locator(".digit-pad canvas").first

    @property
    def kernel_id(self) -> str:
        return json.loads(self.page.locator("#jupyter-config-data").text_content() or "")["kernelId"]

    @property
    def answer(self) -> str | None:
        return self.page.locator("[data-answer]").first.get_attribute("data-answer")

    @property
    def probabilities(self) -> list[float]:
        return self.page.evaluate(f"() => {PROBABILITIES}")

    @property
    def drawing(self) -> list[list[list[float]]]:
        """What has arrived of the drawing."""
        return json.loads(self.page.evaluate(f"{STATE}.drawing"))

    @property
    def received(self) -> int:
        """How many strokes have arrived since the page was opened."""
        return int(self.page.evaluate(f"{STATE}.received"))

    def ink(self) -> npt.NDArray[np.uint8]:
        """How opaque each of the pad's pixels is."""
        return np.frombuffer(base64.b64decode(self.canvas.evaluate(INK)), np.uint8)

    def inked(self, point: Point) -> bool:
        """Whether there is ink at a point of the pad."""
        alpha = "(canvas, [x, y]) => canvas.getContext('2d').getImageData(x, y, 1, 1).data[3]"
        return self.canvas.evaluate(alpha, list(point)) > 127

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).first

    def wait_until(self, expression: str, argument: object = None, *, timeout: float = 60_000) -> None:
        """Wait for something to be true of the page."""
        self.page.wait_for_function(expression, arg=argument, timeout=timeout)

    def wait_until_settled(self) -> None:
        """Wait for the final answer to what has arrived."""
        self.wait_until(SETTLED)

    def clear(self) -> None:
        """Go to the top of the page, empty the pad by the keyboard, and wait until the page shows it."""
        self.canvas.scroll_into_view_if_needed()
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("Escape")
        self.wait_until(f"() => {STATE}.drawing === '[]' && ({SETTLED})()")

    def on_screen(self, points: Sequence[Point]) -> list[Point]:
        """Where points of the pad are on the screen."""
        left, top, width, height = self.page.evaluate(PLACE)  # in one step, while one pad takes over from another
        return [(left + x * width / PAD_SIZE, top + y * height / PAD_SIZE) for x, y in points]

    def draw(self, drawing: Drawing, *, touch: bool = False) -> None:
        """Draw, and wait for the final answer."""
        wanted = self.received + len(drawing)
        for stroke in drawing:
            self.put_down(stroke, touch=touch)
            self.lift(stroke[-1], touch=touch)
        self.wait_until(f"{STATE}.received === '{wanted}'")
        self.wait_until_settled()

    def put_down(self, stroke: Sequence[Point], *, touch: bool = False) -> None:
        """Put the pen down at the first point and go along the others, without lifting."""
        first, *others = self.on_screen(stroke)
        if touch:
            self.touch("touchStart", [first])
        else:
            self.mouse("mousePressed", first)
        self.move(others, touch=touch)

    def move(self, places: Sequence[Point], *, touch: bool = False) -> None:
        """Move the pen that is down through places on the screen."""
        for place in places:
            if touch:
                self.touch("touchMove", [place])
            else:
                self.mouse("mouseMoved", place)

    def lift(self, at: Point, *, touch: bool = False) -> None:
        """Lift the pen at a point of the pad."""
        if touch:
            self.touch("touchEnd", [])
        else:
            self.mouse("mouseReleased", *self.on_screen([at]), buttons=0)

    def mouse(self, kind: str, place: Point, *, buttons: int = 1, button: str = "left") -> None:
        """Send one event of the mouse, at a place on the screen."""
        x, y = place
        event = {"type": kind, "x": x, "y": y, "button": button if kind != "mouseMoved" or buttons else "none"}
        self._input.send("Input.dispatchMouseEvent", event | {"buttons": buttons, "clickCount": 1})

    def touch(self, kind: str, places: Sequence[Point]) -> None:
        """Send one event of the fingers, at places on the screen."""
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._input.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
