"""The stroke that a pen draws now, or the way of an eraser: it counts when the pen lifts, or is dropped whole."""

from dataclasses import dataclass

from mnist_helpers.preprocessing.drawing import Drawing, Stroke, without_crossed


@dataclass
class CurrentStroke:
    """What has arrived of the stroke.

    `points_received` counts as the page does: those too that were no place, or more than a drawing may hold.
    An eraser takes strokes away that come within `reach`, in pad units.
    """

    erases: bool
    reach: float
    points: Stroke = ()
    points_received: int = 0

    def applied_to(self, finished: Drawing) -> Drawing:
        """The finished drawing with this stroke, or without what this eraser crosses."""
        return (
            self._without_crossed(finished, self.points) if self.erases else (*finished, *filter(None, [self.points]))
        )

    def extended(self, points: Stroke, *, finished: Drawing, shown: Drawing) -> Drawing:
        """Add points; what then is to be shown in place of `shown`. An eraser looks at its new way alone."""
        new_way = self.points[-1:] + points
        self.points += points
        return self._without_crossed(shown, new_way) if self.erases else self.applied_to(finished)

    def _without_crossed(self, drawing: Drawing, way: Stroke) -> Drawing:
        return without_crossed(drawing, way, reach=self.reach)
