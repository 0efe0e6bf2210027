"""Ink on an ipycanvas that every client sees, whenever it comes."""

from collections.abc import Sequence

import ipycanvas.canvas
import numpy as np
from ipycanvas import Canvas, hold_canvas

from mnist_helpers.preprocessing.drawing import Stroke

DOT_LENGTH = 0.1
"""Length at which a dot is painted: Chromium paints nothing for a line without any."""

_ONE_CLIENT_FOR_ALL = ipycanvas.canvas._CANVAS_MANAGER


class CanvasPainter:
    """Paints strokes on a canvas.

    Canvas commands are sent once and lost if no browser listens, and one sent before its canvas is known stops all
    that follow (ipycanvas #322, voila #1447). So none goes out before a client is there, and each new client is told
    anew which canvas is meant.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._has_client = False

    def paint_for_new_client(self, strokes: Sequence[Stroke], *, pen_width: float) -> None:
        """Paint everything for a client that has just come."""
        self._has_client = True
        _ONE_CLIENT_FOR_ALL._current_canvas = None
        self.paint(strokes, pen_width=pen_width, clear=True)

    def paint(self, strokes: Sequence[Stroke], *, pen_width: float, clear: bool = False) -> None:
        """Paint strokes with a pen so wide, on a clear canvas or onto what is there."""
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
