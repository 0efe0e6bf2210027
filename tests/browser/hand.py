"""Drawings as a hand would put them on the pad: somewhere, in some size, with the points that matter."""

import math
import random
from collections.abc import Iterable, Iterator

from mnist_helpers.page.pad import PAD_SIZE
from mnist_helpers.preprocessing.drawing import Drawing, Stroke, placed
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing
from tests.numbers import number

SIZES = 0.35, 0.85
MARGIN = 0.05
DETAIL = 0.02
"""How far a line may stray from the hand's, as a share of the drawing: every point costs the browser a frame."""

THREE: Drawing = (
    ((280, 220), (400, 150), (530, 220), (500, 350), (400, 400), (530, 460), (540, 620), (400, 690), (270, 620)),
)
SEVEN: Drawing = (((250, 200), (420, 200), (590, 200), (500, 400), (400, 650)),)
ONE_BAR: Drawing = (((420, 150), (420, 400), (420, 700)),)


def somewhere(drawings: Iterable[LabelledDrawing], *, seed: int) -> Iterator[tuple[str, Drawing]]:
    """Labels and drawings, each at a random place and in a random size of the pad."""
    chance = random.Random(seed)
    for each in drawings:
        size = chance.uniform(*SIZES)
        room = size / 2 + MARGIN
        centre = (chance.uniform(room, 1 - room) * PAD_SIZE, chance.uniform(room, 1 - room) * PAD_SIZE)
        drawing = placed(each.drawing, centre=centre, size=size * PAD_SIZE)
        yield each.label, tuple(simplified(stroke, DETAIL * size * PAD_SIZE) for stroke in drawing)


def number_on_pad(label: str) -> Drawing:
    """A number across the whole pad."""
    drawing = placed(number(label), centre=(PAD_SIZE / 2, PAD_SIZE / 2), size=0.85 * PAD_SIZE)
    return tuple(simplified(stroke, DETAIL / len(label) * PAD_SIZE) for stroke in drawing)


def simplified(stroke: Stroke, detail: float) -> Stroke:
    """The stroke without the points that change it by less than `detail` (Ramer 1972, Douglas & Peucker 1973)."""
    if len(stroke) < 3:
        return stroke
    distances = [_distance(point, stroke[0], stroke[-1]) for point in stroke[1:-1]]
    farthest = max(range(len(distances)), key=distances.__getitem__)
    if distances[farthest] <= detail:
        return stroke[0], stroke[-1]
    middle = farthest + 1
    return simplified(stroke[: middle + 1], detail)[:-1] + simplified(stroke[middle:], detail)


def _distance(point, start, end) -> float:
    """From a point to the segment between two others."""
    way, off = ([b - a for a, b in zip(start, to, strict=True)] for to in (end, point))
    length = math.hypot(*way)
    along = min(max((way[0] * off[0] + way[1] * off[1]) / length**2, 0), 1) if length else 0
    return math.dist(off, [along * each for each in way])
