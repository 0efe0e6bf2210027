"""Measure the recogniser on drawings, with the page's own code, and on MNIST's test digits.

MNIST's test digits are for this measurement only; nothing is chosen on them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mnist_helpers.preprocessing.drawings_file import LabelledDrawing, number_labels
from mnist_helpers.recognition.calibration import reliability
from mnist_helpers.recognition.reading import Reader
from mnist_helpers.recognition.recogniser import Recogniser

if TYPE_CHECKING:  # needs what only training installs
    from mnist_helpers.mnist.data import Mnist

Z_95 = 1.96
"""Quantile of the normal distribution for a 95 % interval."""


def evaluate_drawings(
    recogniser: Recogniser, drawings: Sequence[LabelledDrawing], negatives: Sequence[LabelledDrawing] = ()
) -> dict:
    """Measure accuracy and coverage on drawings of digits or numbers, and rejection on negatives; shares from 0 to 1.

    `accuracy` is that of the most probable reading, answered or not, and `answered` the coverage. A number is right
    only whole; `split_wrong` is the share cut into another number of parts. Raises `ValueError` for a label that is no
    number.
    """
    labels = number_labels(drawings)
    reader = Reader(recogniser)
    found = [reader.read(each.drawing) for each in drawings]
    right = [reading.best == label for reading, label in zip(found, labels, strict=True)]
    answers = [reading.answer == label for reading, label in zip(found, labels, strict=True) if reading.is_sure]
    scores = {
        "n": len(drawings),
        "accuracy": _share(right),
        "accuracy_by_set": mean_by_group(right, [each.source for each in drawings]),
        "accuracy_by_writer_mean": _share(mean_by_group(right, [each.writer for each in drawings]).values()),
        "answered": _share(reading.is_sure for reading in found),
        "accuracy_answered": _share(answers),
        "split_wrong": _share(len(reading.parts) != len(label) for reading, label in zip(found, labels, strict=True)),
    }
    return scores | _rejections(reader, negatives) if negatives else scores


def evaluate_mnist(recogniser: Recogniser, mnist: "Mnist") -> dict:
    """Measure accuracy on MNIST's test digits with its 95 % interval, and the expected calibration error."""
    labels = mnist.test_labels
    probabilities = recogniser.probabilities_of(mnist.test_images / np.float32(255))
    wrong = int((probabilities.argmax(axis=1) != labels).sum())
    return {
        "n": len(labels),
        "wrong": wrong,
        "accuracy": round(1 - wrong / len(labels), 6),
        "accuracy_interval": [round(bound, 5) for bound in wilson_interval(len(labels) - wrong, len(labels))],
        "calibration_error": round(reliability(probabilities, labels).expected_calibration_error, 5),
    }


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which unlike the normal approximation is right near 0 and 1."""
    share, spread = right / count, Z_95**2 / count
    middle = (share + spread / 2) / (1 + spread)
    half = np.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return float(middle - half), float(middle + half)


def mean_by_group(right: Iterable[bool], groups: Iterable[str]) -> dict[str, float]:
    """The share that is right in each group, groups in alphabetical order."""
    members = defaultdict(list)
    for one, group in zip(right, groups, strict=True):
        members[group].append(one)
    return {group: _share(members[group]) for group in sorted(members)}


def _rejections(reader: Reader, negatives: Sequence[LabelledDrawing]) -> dict[str, float]:
    rejected = [not reader.read(each.drawing).is_sure for each in negatives]
    clear = [one for one, each in zip(rejected, negatives, strict=True) if not each.ambiguous]
    return {"rejected": _share(rejected), "rejected_clear": _share(clear)}


def _share(values: Iterable[bool | float]) -> float:
    """The mean; 0 without values, because JSON has no NaN."""
    values = list(values)
    return round(float(np.mean(values)), 6) if values else 0.0
