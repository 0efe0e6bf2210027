"""Paint strokes on an ipycanvas so that every browser shows them, whenever it connects."""

from collections.abc import Sequence

import ipycanvas.canvas
import numpy as np
from ipycanvas import Canvas, hold_canvas

from mnist_helpers.preprocessing.drawing import Stroke

DOT_LENGTH = 0.1
"""Pad units of the line that is painted for a dot: Chromium paints nothing for a line without length."""

_ONE_CLIENT_FOR_ALL = ipycanvas.canvas._CANVAS_MANAGER


class CanvasPainter:
    """Paint strokes on a canvas once a client, that is a browser which shows it, is connected.

    Canvas commands are sent once and are lost if no client is connected. A command sent before the client knows the
    canvas stops all later ones (ipycanvas #322, voila #1447). So nothing is sent before a client is there, and for each
    new client the canvas manager is reset, so that it names the canvas again.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._has_client = False

    def paint_for_new_client(self, strokes: Sequence[Stroke], *, pen_width: float) -> None:
        """Paint all strokes for a client that has just connected. `pen_width` is in pad units."""
        self._has_client = True
        _ONE_CLIENT_FOR_ALL._current_canvas = None
        self.paint(strokes, pen_width=pen_width, clear=True)

    def paint(self, strokes: Sequence[Stroke], *, pen_width: float, clear: bool = False) -> None:
        """Paint strokes with a pen of `pen_width` pad units; `clear` empties the canvas first."""
        if not self._has_client:
            return
        canvas = self._canvas
        with hold_canvas():
            canvas.line_width, canvas.line_cap, canvas.line_join = pen_width, "round", "round"
            if clear:
                canvas.clear()
            for stroke in filter(None, strokes):
                line = stroke if len(stroke) > 1 else ((stroke[0][0] - DOT_LENGTH, stroke[0][1]), stroke[0])
                canvas.stroke_lines(np.array(line, np.float32))
