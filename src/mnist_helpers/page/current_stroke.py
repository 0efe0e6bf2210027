"""The stroke that is being drawn, or the path of an eraser; it counts once the pen is lifted, or is dropped whole."""

from dataclasses import dataclass

from mnist_helpers.preprocessing.drawing import Drawing, Stroke, without_crossed


@dataclass
class CurrentStroke:
    """The points of the stroke that have arrived.

    `points_received` counts as the page does: points that were not finite or too many for a drawing are included. An
    eraser (`erases`) removes strokes that come within `reach` pad units of its path.
    """

    erases: bool
    reach: float
    points: Stroke = ()
    points_received: int = 0

    def applied_to(self, finished: Drawing) -> Drawing:
        """The finished drawing with this stroke, or without the strokes that this eraser crosses."""
        if self.erases:
            return without_crossed(finished, self.points, reach=self.reach)
        return (*finished, *filter(None, [self.points]))

    def extended(self, points: Stroke, *, finished: Drawing, shown: Drawing) -> Drawing:
        """Add points; returns the drawing to show in place of `shown`. An eraser looks at its new points only."""
        new_path = self.points[-1:] + points
        self.points += points
        return without_crossed(shown, new_path, reach=self.reach) if self.erases else self.applied_to(finished)
