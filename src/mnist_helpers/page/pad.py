"""A pad to draw on: an ipycanvas whose state is its drawing.

The canvas only shows ink; the drawing is the truth, and whatever the canvas shows can be painted again from it.
`pad.js` paints the pointer's events at once, and turns them into touches that carry several points each.
"""

import asyncio
import html
import json
import math
from collections import deque
from collections.abc import Sequence
from importlib.resources import files

import ipywidgets as widgets
import traitlets
from ipycanvas import Canvas

from mnist_helpers.page.canvas_painter import CanvasPainter
from mnist_helpers.preprocessing.drawing import Drawing, Point

PAD_SIZE = 840
"""Width and height of the pad in its own units, whatever its size on the screen."""
PEN_WIDTHS = {"Thin pen": 0.03 * PAD_SIZE, "Pen": 0.06 * PAD_SIZE, "Thick pen": 0.1 * PAD_SIZE}
"""Widths of the visible ink in pad units; the digit image has a pen of its own, `raster.PEN_WIDTH`."""
MAX_POINTS = 5000
"""Points that a drawing may hold; a digit has 40 to 200. Later ones are dropped."""
UNDO_LIMIT = 50
"""Drawings that are kept for `undo`, so that no visitor fills the server's memory."""
ANIMATION_POINTS, ANIMATION_INTERVAL = 2, 0.04
"""Points drawn at a time, and seconds between them, when the pad draws by itself."""


class DigitPad(widgets.VBox):
    """A square pad that a person draws on with a mouse, a pen or a finger.

    `drawing` holds the strokes, oldest first, each a tuple of (x, y) from (0, 0) at the top left to (SIDE, SIDE).
    It changes while the pen moves; `is_drawing` tells whether the pen is down.
    """

    drawing = traitlets.Tuple(help="Strokes, oldest first; each a tuple of (x, y) in pad units.")
    is_drawing = traitlets.Bool(False)
    resync_requests = traitlets.Int(0, help="How often a page whose connection was cut has asked for everything anew.")
    pen_width = traitlets.Float(PEN_WIDTHS["Pen"], help="Width of the ink in pad units.")

    def __init__(self) -> None:
        self._canvas = Canvas(width=PAD_SIZE, height=PAD_SIZE)
        self._state = widgets.HTML()
        self._painter = CanvasPainter(self._canvas)
        self._confirmed_strokes = self._points_received = 0
        self._drawing_before_stroke: Drawing = ()
        self._animation: asyncio.Task[None] | None = None
        self._undo_stack: deque[Drawing] = deque(maxlen=UNDO_LIMIT)
        self._redo_stack: deque[Drawing] = deque(maxlen=UNDO_LIMIT)
        super().__init__([self._canvas, self._state])
        self.add_class("digit-pad")
        self._publish()
        self._canvas.on_client_ready(self._on_client_ready)
        self._canvas.on_touch_start(self._on_pen_down)
        self._canvas.on_touch_move(self._on_pen_moved)
        self._canvas.on_touch_end(self._on_pen_up)
        self._canvas.on_touch_cancel(self._on_resync_requested)

    def undo(self) -> None:
        """Take back the newest stroke, or the clearing of the pad."""
        if self._undo_stack:
            self._redo_stack.append(self.drawing)
            self._show(self._undo_stack.pop())

    def redo(self) -> None:
        """Do again what was undone last."""
        if self._redo_stack:
            self._undo_stack.append(self.drawing)
            self._show(self._redo_stack.pop())

    def clear(self) -> None:
        """Empty the pad; `undo` brings the drawing back."""
        if self.drawing:
            self.show_drawing(())

    def show_drawing(self, drawing: Sequence[Sequence[Point]]) -> None:
        """Replace the drawing by another one; `undo` brings the old one back."""
        self._remember()
        self._show(tuple(_on_pad(stroke) for stroke in drawing))

    def _remember(self) -> None:
        if not self._undo_stack or self._undo_stack[-1] != self.drawing:
            self._undo_stack.append(self.drawing)
        self._redo_stack.clear()

    def _show(self, drawing: Drawing) -> None:
        self._stop_animation()
        self._painter.paint(drawing, pen_width=self.pen_width, clear=True)
        self.drawing = drawing
        self._publish()

    def animate(self, drawing: Drawing) -> None:
        """Draw on an emptied pad as a hand would, in the running event loop; a pen that comes down takes over."""
        self.clear()
        self._animation = asyncio.get_running_loop().create_task(self._draw(drawing))

    async def _draw(self, drawing: Drawing) -> None:
        for stroke in drawing:
            self._begin(stroke[:1])
            for at in range(1, len(stroke), ANIMATION_POINTS):
                await asyncio.sleep(ANIMATION_INTERVAL)
                self._extend(stroke[at : at + ANIMATION_POINTS])
                self._painter.paint((stroke[at - 1 : at + ANIMATION_POINTS],), pen_width=self.pen_width)
            self._end()

    def _begin(self, points: Sequence[Point]) -> None:
        self.is_drawing = True
        if self._room():
            self._remember()
            self.drawing = (*self.drawing, _on_pad(points))

    def _extend(self, points: Sequence[Point]) -> None:
        if self.drawing and (room := self._room()):
            *earlier, stroke = self.drawing
            self.drawing = (*earlier, (*stroke, *_on_pad(points[:room])))

    def _room(self) -> int:
        """How many more points the drawing may hold."""
        return MAX_POINTS - sum(map(len, self.drawing))

    def _end(self) -> None:
        self._publish()
        self._painter.paint(self.drawing[-1:], pen_width=self.pen_width)
        self.is_drawing = False

    def _on_pen_down(self, points: Sequence[Point]) -> None:
        """Begin the stroke that the page numbers in a second point, unless it is here or one before it is missing."""
        self._drop_unfinished()
        if not points[1:] or round(points[1][0]) == self._confirmed_strokes + 1:
            self._stop_animation()
            self._drawing_before_stroke, self._points_received = self.drawing, 1
            self._begin(points[:1])

    def _on_pen_moved(self, points: Sequence[Point]) -> None:
        if self._pen_is_down:
            self._points_received += len(points)
            self._extend(points)

    def _on_pen_up(self, points: Sequence[Point]) -> None:
        """End the stroke if it has all the points that the page counted; otherwise the page will send it again."""
        if self._pen_is_down and (not points or round(points[0][0]) == self._points_received):
            self._confirmed_strokes += 1
            self._end()
        self._drop_unfinished()

    def _on_resync_requested(self, points: Sequence[Point]) -> None:
        """Say everything anew: what was on its way when the connection was cut, in either direction, may be lost."""
        self._drop_unfinished()
        self._on_client_ready()
        self._state.send_state("value")
        self.resync_requests += 1

    @property
    def _pen_is_down(self) -> bool:
        return self.is_drawing and self._animation is None

    def _drop_unfinished(self) -> None:
        if self._pen_is_down:
            if self.drawing[:-1] == self._drawing_before_stroke:
                self._show(self._drawing_before_stroke)
            self.is_drawing = False

    def _stop_animation(self) -> None:
        if self._animation:
            self._animation.cancel()
            self._animation, self.is_drawing = None, False

    def _on_client_ready(self) -> None:
        self._painter.paint_for_new_client(self.drawing, pen_width=self.pen_width)

    @traitlets.observe("pen_width")
    def _on_pen_changed(self, change: traitlets.Bunch) -> None:
        self._show(self.drawing)

    def _publish(self) -> None:
        """Tell the page what has arrived, so that it stops painting it, and can keep it if this kernel ends."""
        strokes = html.escape(json.dumps(self.drawing, separators=(",", ":")))
        confirmed = f'data-received="{self._confirmed_strokes}" data-pen="{self.pen_width:g}"'
        self._state.value = f'<span hidden {confirmed} data-drawing="{strokes}"></span>'


def pad_script() -> str:
    """The script that every page with a pad needs once."""
    return files("mnist_helpers.page").joinpath("pad.js").read_text()


def _on_pad(points: Sequence[Point]) -> tuple[Point, ...]:
    """Points rounded to a tenth of a unit and kept on the pad."""
    return tuple((_clipped(x), _clipped(y)) for x, y in points if math.isfinite(x) and math.isfinite(y))


def _clipped(value: float) -> float:
    return round(min(max(float(value), 0.0), PAD_SIZE), 1)
