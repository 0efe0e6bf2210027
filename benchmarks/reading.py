"""What reading a number costs while its last stroke grows: `python -m benchmarks.reading`.

Prints the milliseconds of one update: of a drawn digit by the recogniser and by the reader with their ratio, and of a
number of six digits whose last stroke grows point by point, which is what the page asks for while a pen moves.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from mnist_helpers.preprocessing.drawing import Drawing, placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser

PAD_SIZE, HEIGHT, CALLS = 560.0, 70.0, 200
NUMBER = "407523"


def milliseconds(call: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - started)


def growing(drawing: Drawing) -> list[Drawing]:
    """The drawing at each point of its last stroke."""
    *before, last = drawing
    return [(*before, last[: count + 1]) for count in range(len(last))]


def summary(times: list[float]) -> dict[str, float]:
    """Median, 95th centile and most."""
    shares = {"median": statistics.median(times), "p95": float(np.quantile(times, 0.95)), "most": max(times)}
    return {name: round(value, 3) for name, value in shares.items()}


def main() -> None:
    """Measure a digit of one stroke, one of two strokes, and a number of six digits."""
    samples = read_drawings(SAMPLES)
    hands = {hand: {each.label: each.drawing for each in samples if each.writer == hand} for hand in HANDS}
    recogniser = Recogniser()
    found: dict[str, dict[str, float]] = {}
    for name, drawing in {"one stroke": hands[HANDS[0]]["2"], "two strokes": hands[HANDS[0]]["4"]}.items():
        reader = Reader(recogniser)
        alone, read = [], []
        for _ in range(CALLS):  # taken in turns, so that a busy machine slows both
            alone.append(milliseconds(lambda drawing=drawing: recogniser.recognise(drawing, pad_size=PAD_SIZE)))
            read.append(milliseconds(lambda drawing=drawing, reader=reader: reader.read(drawing, PAD_SIZE)))
        ratio = round(statistics.median(read) / statistics.median(alone), 3)
        found[name] = {"recognise": statistics.median(alone), "read": statistics.median(read), "ratio": ratio}
    times = []
    for digits in hands.values():
        at = [(50 + 90 * place, PAD_SIZE / 2) for place in range(len(NUMBER))]
        parts = [placed(digits[digit], centre=centre, size=HEIGHT) for digit, centre in zip(NUMBER, at, strict=True)]
        reader = Reader(recogniser)
        reader.read(tuple(stroke for part in parts[:-1] for stroke in part), PAD_SIZE)
        number = tuple(stroke for part in parts for stroke in part)
        times += [
            milliseconds(lambda part=part, reader=reader: reader.read(part, PAD_SIZE)) for part in growing(number)
        ]
    found["six digits, last stroke growing"] = summary(times)
    print(json.dumps(found, indent=2))


HANDS = [f"project-{hand}" for hand in range(1, 8)]

if __name__ == "__main__":
    main()
