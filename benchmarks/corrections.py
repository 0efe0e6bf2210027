"""Simulate people who correct the page: `python -m benchmarks.corrections [FILE...]`.

Of each drawing that is wrong or gets no answer, twenty variations are made as the same hand would draw it: points moved
smoothly by 2 to 4 % of its size, and a slant by up to 5 degrees. The first is corrected; then the other 19 are read,
and all other drawings of the same writer. Without a file the hands are made up: each writes every digit in its own way.

`limits` are what `recognition/corrections.py` would have to be set to by these writers; they were chosen on the first
half. Prints one JSON object.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from mnist_helpers.preprocessing.drawing import Drawing
from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, read_drawings
from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.corrections import Corrections, descriptors_of, distances_of, unshifted
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser
from mnist_helpers.synthesis.digit_templates import DIGITS
from mnist_helpers.synthesis.strokes import parse_template

VARIATIONS = 20
SMALLEST_SHIFT, LARGEST_SHIFT, LARGEST_SLANT = 0.02, 0.04, 5.0
MAX_WRONG_OF_RIGHT, MAX_WRONG_OF_UNSURE = 1 / 5000, 1 / 200
"""Of right answers, and of drawings without one, the shares that may be taken for another corrected digit."""
HANDS, DRAWINGS_OF_A_DIGIT = 60, 3


def varied(drawing: Drawing, rng: np.random.Generator) -> Drawing:
    """A drawing as the same hand would draw it again."""
    strokes = [np.asarray(stroke, np.float64) for stroke in drawing]
    size, middle = np.ptp(np.concatenate(strokes), axis=0).max(), np.concatenate(strokes).mean(axis=0)
    shift = rng.uniform(SMALLEST_SHIFT, LARGEST_SHIFT) * size
    slant = np.tan(np.deg2rad(rng.uniform(-LARGEST_SLANT, LARGEST_SLANT)))
    moved = [stroke + shift * _smooth_noise(stroke, size, rng) for stroke in strokes]
    slanted = [np.stack([x + slant * (y - middle[1]), y], axis=1) for x, y in (stroke.T for stroke in moved)]
    return tuple(tuple(map(tuple, stroke.tolist())) for stroke in slanted)


def _smooth_noise(stroke: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Moves (n, 2) of a stroke's points, of a root mean square length of 1, smooth over half of the drawing's size."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    knots = rng.normal(0, np.sqrt(0.5), (int(np.ceil(2 * lengths[-1] / (size or 1.0))) + 3, 2))
    place = lengths / (lengths[-1] or 1.0) * (len(knots) - 1)
    before = np.minimum(place.astype(int), len(knots) - 2)
    share = (1 - np.cos(np.pi * (place - before)))[:, np.newaxis] / 2
    return knots[before] * (1 - share) + knots[before + 1] * share


def made_up_hands(rng: np.random.Generator) -> list[LabelledDrawing]:
    """Drawings by made-up hands; each writes a digit from one stroke template, in its own shape."""
    found = []
    for hand in range(HANDS):
        for digit, templates in DIGITS.items():
            template = parse_template(str(rng.choice(templates)))
            own = template.controls + rng.normal(0, 0.07, template.controls.shape)
            points = template.basis @ own * 100
            steps = np.hypot(*np.diff(points, axis=0).T)
            pen_ups = np.flatnonzero(steps > 4 * np.median(steps) + 1e-6) + 1
            drawing = tuple(tuple(map(tuple, stroke.tolist())) for stroke in np.split(points, pen_ups))
            found += [
                LabelledDrawing(drawing=varied(drawing, rng), label=str(digit), writer=str(hand))
                for _ in range(DRAWINGS_OF_A_DIGIT)
            ]
    return found


class Simulation:
    """All drawings, their readings without corrections, and their writers."""

    def __init__(self, drawings: Sequence[LabelledDrawing], rng: np.random.Generator) -> None:
        self._drawings, self._recogniser, self._rng = drawings, Recogniser(), rng
        reader = Reader(self._recogniser)
        self._answers = [reader.read(each.drawing).answer for each in drawings]
        self._of_writer: dict[str, list[int]] = defaultdict(list)
        for place, each in enumerate(drawings):
            self._of_writer[each.writer].append(place)

    def run(self, writers: Sequence[str]) -> dict:
        """Correct, one at a time, what these writers drew and the page did not read."""
        count = dict.fromkeys(
            ("drawings", "not read", "variations", "as corrected", "read without", "right", "right taken for another"),
            0,
        )
        count["drawings"] = sum(len(self._of_writer[writer]) for writer in writers)
        for writer in writers:
            for place in self._of_writer[writer]:
                if self._answers[place] != self._drawings[place].label:
                    count["not read"] += 1
                    self._correct(place, count)
        return count | {
            "share as corrected": round(count["as corrected"] / max(count["variations"], 1), 4),
            "share read without": round(count["read without"] / max(count["variations"], 1), 4),
            "limits": self._limits(writers),
        }

    def _correct(self, place: int, count: dict[str, int]) -> None:
        corrected = self._drawings[place]
        first, *others = [varied(corrected.drawing, self._rng) for _ in range(VARIATIONS)]
        plain, reader = Reader(self._recogniser), Reader(self._recogniser)
        parts = plain.read(first).parts
        if len(parts) == 1:  # of a drawing that is cut, no tile stands for the whole
            corrections = Corrections([(parts[0].digit_image, int(corrected.label))])
            reader.correct(corrections)
        count["variations"] += len(others)
        count["as corrected"] += sum(reader.read(each).answer == corrected.label for each in others)
        count["read without"] += sum(plain.read(each).answer == corrected.label for each in others)
        for other in self._of_writer[corrected.writer]:
            label = self._drawings[other].label
            if self._answers[other] == label:
                count["right"] += 1
                count["right taken for another"] += reader.read(self._drawings[other].drawing).answer != label

    def _limits(self, writers: Sequence[str]) -> list[float]:
        """The distances from a writer's other digits within which are the shares that may be taken for another."""
        of_right, of_unsure = [], []
        for places in (self._of_writer[writer] for writer in writers):
            descriptors = [descriptors_of(rasterise(self._drawings[place].drawing)) for place in places]
            corrected = np.stack([unshifted(each) for each in descriptors])
            labels = np.array([self._drawings[place].label for place in places])
            for place, label, each in zip(places, labels, descriptors, strict=True):
                distances = distances_of(corrected, each)[labels != label]
                (of_right if self._answers[place] == label else of_unsure).append(distances)
        pairs = ((of_right, MAX_WRONG_OF_RIGHT), (of_unsure, MAX_WRONG_OF_UNSURE))
        return [round(float(np.quantile(np.concatenate(found), share)), 3) for found, share in pairs if found]


def main() -> None:
    """Simulate the first half of the writers, the second half, and all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", metavar="FILE", help="drawings with writers; without, hands are made up")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    drawings = read_drawings(*options.files) if options.files else made_up_hands(rng)
    simulation = Simulation(drawings, rng)
    writers = sorted({each.writer for each in drawings})
    rng.shuffle(writers)
    first, second = writers[: len(writers) // 2], writers[len(writers) // 2 :]
    halves = {"first half": simulation.run(first), "second half": simulation.run(second)}
    print(json.dumps(halves | {"all": simulation.run(writers)}, indent=2))


if __name__ == "__main__":
    main()
