"""A pad to draw on: an ipycanvas whose state is its drawing.

The canvas only shows the drawing and can always be painted again from it. In the browser, `pointers.js` makes strokes
of pointer events; `pad.js` paints them at once and passes them on as touch events with several points each.
"""

import asyncio
import html
import json
import math
from collections.abc import Sequence

import ipywidgets as widgets
import traitlets
from ipycanvas import Canvas

from mnist_helpers.page.canvas_painter import CanvasPainter
from mnist_helpers.page.current_stroke import CurrentStroke
from mnist_helpers.page.history import History, Shown
from mnist_helpers.page.pixels import data_url
from mnist_helpers.page.shared_style import HTML, SharedStyle, shared
from mnist_helpers.preprocessing.drawing import Drawing, Point

PAD_SIZE = 840
"""Width and height of the pad in its own units, whatever its size on the screen."""
PEN_WIDTHS = {"Thin pen": 0.03 * PAD_SIZE, "Pen": 0.06 * PAD_SIZE, "Thick pen": 0.1 * PAD_SIZE}
"""Widths of the visible ink in pad units; the digit image has a pen of its own, `raster.PEN_WIDTH`."""
MAX_POINTS = 5000
"""Points that a drawing may hold; a digit has 40 to 200. Later ones are dropped."""
ANIMATION_POINTS, ANIMATION_INTERVAL = 2, 0.04
"""Points drawn at a time, and seconds between them, when the pad draws by itself."""


class DigitPad(SharedStyle, widgets.VBox):
    """A square pad that a person draws on with a mouse, a pen or a finger.

    `drawing` holds the strokes, oldest first, each a tuple of (x, y) from 0 at the top left to `PAD_SIZE`. It changes
    while the pen moves; `is_drawing` tells whether the pen is down. A stroke counts from the moment when it is
    finished: what is undone, cleared or shown meanwhile concerns the strokes before it.
    """

    drawing = traitlets.Tuple(help="Strokes, oldest first; each a tuple of (x, y) in pad units.")
    picture = traitlets.Bytes(help="The file of a picture that lies on the pad in place of finished strokes.")
    is_drawing = traitlets.Bool(False)
    resync_requests = traitlets.Int(0, help="Times that the page has asked for all state after a lost connection.")
    pen_width = traitlets.Float(PEN_WIDTHS["Pen"], help="Width of the ink in pad units.")

    def __init__(self) -> None:
        self._canvas = Canvas(width=PAD_SIZE, height=PAD_SIZE, layout=shared(widgets.Layout))
        self._state = HTML()
        self._painter = CanvasPainter(self._canvas)
        self._history = History()
        self._finished: Drawing = ()
        self._current: CurrentStroke | None = None
        self._confirmed_strokes = 0
        self._animation: asyncio.Task[None] | None = None
        super().__init__([self._canvas, self._state], drawing=())
        self.add_class("digit-pad")
        self._publish()
        self.observe(lambda change: self._show(*self.shown), "pen_width")
        self._canvas.on_client_ready(self._on_client_ready)
        self._canvas.on_touch_start(self._on_pen_down)
        self._canvas.on_touch_move(self._on_pen_moved)
        self._canvas.on_touch_end(self._on_pen_up)
        self._canvas.on_touch_cancel(self._on_resync_requested)

    def undo(self) -> None:
        """Take back the newest finished stroke, or the clearing of the pad."""
        self._show(*self._history.undo(self.shown))

    def redo(self) -> None:
        """Do again what was undone last."""
        self._show(*self._history.redo(self.shown))

    def clear(self) -> None:
        """Empty the pad; `undo` brings the drawing back."""
        self.show_drawing(())

    def show_drawing(self, drawing: Sequence[Sequence[Point]], picture: bytes = b"") -> None:
        """Replace what is on the pad by a drawing, or by a picture alone; `undo` brings the old one back."""
        shown = tuple(_on_pad(stroke) for stroke in drawing), picture
        if shown != self.shown:
            self._history.remember(self.shown)
        self._show(*shown)

    @property
    def shown(self) -> Shown:
        """What is on the pad: the finished strokes, or the file of a picture."""
        return self._finished, self.picture

    def _show(self, finished: Drawing, picture: bytes) -> None:
        self._stop_animation()
        self._finished = finished
        drawing = self._current.applied_to(finished) if self._current else finished
        self._painter.paint(drawing, pen_width=self.pen_width, clear=True)
        with self.hold_trait_notifications():  # so that no observer sees one without the other
            self.drawing, self.picture = drawing, picture
        self._publish()

    def animate(self, drawing: Drawing) -> None:
        """Clear the pad and draw point by point in the running event loop, unless or until a person draws."""
        if not self._current:
            self.clear()
            self._animation = asyncio.get_running_loop().create_task(self._draw(drawing))

    async def _draw(self, drawing: Drawing) -> None:
        for stroke in map(_on_pad, drawing):
            self.is_drawing = True
            before = self._finished
            self._history.remember(self.shown)
            for end in range(1, len(stroke) + ANIMATION_POINTS, ANIMATION_POINTS):
                self._finished = self.drawing = (*before, stroke[:end])
                self._painter.paint((stroke[max(end - ANIMATION_POINTS - 1, 0) : end],), pen_width=self.pen_width)
                await asyncio.sleep(ANIMATION_INTERVAL)
            self._publish()
            self.is_drawing = False

    def _on_pen_down(self, points: Sequence[Point]) -> None:
        """Start a stroke, unless it was received already or an earlier one is missing.

        The second point's x is the stroke's serial number, its y is 1 for an eraser's path; more points may follow.
        """
        self._drop_current_stroke()
        number, erases = map(round, points[1]) if points[1:] else (self._confirmed_strokes + 1, 0)
        if number == self._confirmed_strokes + 1:
            self._stop_animation()
            self._current = CurrentStroke(erases=bool(erases), reach=self.pen_width / 2)
            self.is_drawing = True
            self._on_pen_moved((*points[:1], *points[2:]))

    def _on_pen_moved(self, points: Sequence[Point]) -> None:
        if stroke := self._current:
            stroke.points_received += len(points)
            new = _on_pad(points[: self._room(stroke)])
            drawing = stroke.extended(new, finished=self._finished, shown=self.drawing)
            if stroke.erases and drawing != self.drawing:
                self._painter.paint(drawing, pen_width=self.pen_width, clear=True)
            self.drawing = drawing

    def _room(self, stroke: CurrentStroke) -> int:
        """How many more points the drawing may hold, or the path of an eraser."""
        return max(MAX_POINTS - sum(map(len, (stroke.points,) if stroke.erases else self.drawing)), 0)

    def _on_pen_up(self, points: Sequence[Point]) -> None:
        """Finish the stroke if it has as many points as the first x says; otherwise the page will send it again."""
        self._on_pen_moved(points[1:])
        stroke = self._current
        if stroke and (not points or round(points[0][0]) == stroke.points_received):
            self._finish_current_stroke(stroke)
        self._drop_current_stroke()

    def _finish_current_stroke(self, stroke: CurrentStroke) -> None:
        self._current = None
        self._confirmed_strokes += 1
        if self.drawing != self._finished:
            self._history.remember(self.shown)
            self._finished, self.picture = self.drawing, b""
        self._publish()
        if not stroke.erases:
            self._painter.paint((stroke.points,), pen_width=self.pen_width)
        self.is_drawing = False

    def _drop_current_stroke(self) -> None:
        """Drop a stroke of which points are missing, or which the page has withdrawn."""
        if self._current:
            self._current = None
            self._show(*self.shown)
            self.is_drawing = False

    def _on_resync_requested(self, points: Sequence[Point]) -> None:
        """Send all state again: messages in either direction may have been lost with the connection."""
        self._on_client_ready()
        self._state.send_state("value")
        self.resync_requests += 1

    def _stop_animation(self) -> None:
        if self._animation:
            self._animation.cancel()
            self._animation, self.is_drawing = None, self._current is not None

    def _on_client_ready(self) -> None:
        self._drop_current_stroke()
        self._painter.paint_for_new_client(self._finished, pen_width=self.pen_width)

    def _publish(self) -> None:
        """Publish the finished drawing: the page then stops painting it, and can restore it if this kernel ends."""
        strokes = html.escape(json.dumps(self._finished, separators=(",", ":")))
        confirmed = f'data-received="{self._confirmed_strokes}" data-pen="{self.pen_width:g}"'
        picture = f'<img alt="The picture" src="{data_url("image/png", self.picture)}">' if self.picture else ""
        self._state.value = f'<span hidden {confirmed} data-drawing="{strokes}"></span>{picture}'


def _on_pad(points: Sequence[Point]) -> tuple[Point, ...]:
    """Points rounded to a tenth of a unit and kept on the pad."""
    return tuple((_clipped(x), _clipped(y)) for x, y in points if math.isfinite(x) and math.isfinite(y))


def _clipped(value: float) -> float:
    return round(min(max(float(value), 0.0), PAD_SIZE), 1)
