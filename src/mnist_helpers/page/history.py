"""What can be undone, and done again."""

from collections import deque
from typing import TypeAlias

from mnist_helpers.preprocessing.drawing import Drawing

Shown: TypeAlias = tuple[Drawing, bytes]
"""What is on a pad: a drawing, or the file of a picture; the other one is empty."""
UNDO_LIMIT = 50
"""Times that something can be undone for undoing, so that no visitor fills the server's memory."""


class History:
    """What was on a pad before and after what is there, which the caller holds and hands in."""

    def __init__(self) -> None:
        self._earlier: deque[Shown] = deque(maxlen=UNDO_LIMIT)
        self._undone: deque[Shown] = deque(maxlen=UNDO_LIMIT)

    def remember(self, present: Shown) -> None:
        """Keep what is there, which is about to change; what was undone is forgotten."""
        self._earlier.append(present)
        self._undone.clear()

    def undo(self, present: Shown) -> Shown:
        """What was there before, or the present where there is nothing."""
        return _step(self._earlier, self._undone, present)

    def redo(self, present: Shown) -> Shown:
        """What was undone last, or the present where there is nothing."""
        return _step(self._undone, self._earlier, present)


def _step(source: deque[Shown], target: deque[Shown], present: Shown) -> Shown:
    if not source:
        return present
    target.append(present)
    return source.pop()
