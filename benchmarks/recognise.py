"""Time one recognition on one thread, from 300 points of a pen to an answer: `python -m benchmarks.recognise`.

Prints median and least milliseconds of each step, and the ratio to the network's own median in the same run.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from mnist_helpers.preprocessing.raster import rasterise
from mnist_helpers.recognition.explain import occlusion_map
from mnist_helpers.recognition.inference.network import Network
from mnist_helpers.recognition.model_metadata import MODELS
from mnist_helpers.recognition.recogniser import Recogniser

PAD_SIZE, POINTS, CALLS = 560, 300, 500


def milliseconds(call: Callable[[], object]) -> dict[str, float]:
    """Median and least of many calls."""
    times = []
    for _ in range(CALLS):
        started = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - started))
    return {"median": round(statistics.median(times), 3), "least": round(min(times), 3)}


def main() -> None:
    """Measure a ring of 300 points, which has more ink than any digit."""
    angles = np.linspace(0, 2 * np.pi, POINTS)
    ring = [tuple(zip(PAD_SIZE / 2 + 120 * np.cos(angles), PAD_SIZE / 2 + 180 * np.sin(angles), strict=True))]
    recogniser, network, digit = Recogniser(), Network(MODELS / "digits.tflite"), rasterise(ring)
    found = {
        "network": milliseconds(lambda: network(digit[np.newaxis])),
        "recogniser": milliseconds(lambda: recogniser(digit)),
        "raster": milliseconds(lambda: rasterise(ring)),
        "drawing to answer": milliseconds(lambda: recogniser.recognise(ring, pad_size=PAD_SIZE)),
        "which ink mattered": milliseconds(lambda: occlusion_map(recogniser, digit)),
    }
    for each in found.values():
        each["of the network"] = round(each["median"] / found["network"]["median"], 1)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
