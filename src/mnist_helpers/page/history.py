"""What can be undone, and done again."""

from collections import deque

from mnist_helpers.preprocessing.drawing import Drawing

UNDO_LIMIT = 50
"""Drawings that are kept for undoing, so that no visitor fills the server's memory."""


class History:
    """Drawings before and after the present one, which the caller holds and hands in."""

    def __init__(self) -> None:
        self._earlier: deque[Drawing] = deque(maxlen=UNDO_LIMIT)
        self._undone: deque[Drawing] = deque(maxlen=UNDO_LIMIT)

    def remember(self, present: Drawing) -> None:
        """Keep the present drawing, which is about to change; what was undone is forgotten."""
        self._earlier.append(present)
        self._undone.clear()

    def undo(self, present: Drawing) -> Drawing:
        """The drawing before the present one, or the present one where there is none."""
        return _step(self._earlier, self._undone, present)

    def redo(self, present: Drawing) -> Drawing:
        """The drawing that was undone last, or the present one where there is none."""
        return _step(self._undone, self._earlier, present)


def _step(source: deque[Drawing], target: deque[Drawing], present: Drawing) -> Drawing:
    if not source:
        return present
    target.append(present)
    return source.pop()
