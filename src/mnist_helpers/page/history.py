"""Undo and redo."""

from collections import deque
from typing import TypeAlias

from mnist_helpers.preprocessing.drawing import Drawing

Shown: TypeAlias = tuple[Drawing, bytes]
"""What is on a pad: a drawing, or the file of a picture; the other one is empty."""
UNDO_LIMIT = 50
"""Steps that can be undone; a limit, so that no visitor fills the server's memory."""


class History:
    """Earlier and undone states of a pad; the caller holds the present state and passes it in."""

    def __init__(self) -> None:
        self._earlier: deque[Shown] = deque(maxlen=UNDO_LIMIT)
        self._undone: deque[Shown] = deque(maxlen=UNDO_LIMIT)

    def remember(self, present: Shown) -> None:
        """Remember the present state, which is about to change, and forget what was undone."""
        self._earlier.append(present)
        self._undone.clear()

    def undo(self, present: Shown) -> Shown:
        """The state before, or the present one if there is none."""
        return _step(self._earlier, self._undone, present)

    def redo(self, present: Shown) -> Shown:
        """The state that was undone last, or the present one if there is none."""
        return _step(self._undone, self._earlier, present)


def _step(source: deque[Shown], target: deque[Shown], present: Shown) -> Shown:
    if not source:
        return present
    target.append(present)
    return source.pop()
