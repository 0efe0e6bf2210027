"""Drawings of whole numbers, made of the project's own samples side by side."""

from mnist_helpers.preprocessing.drawing import placed
from mnist_helpers.preprocessing.drawings_file import SAMPLES, read_drawings

SIZE, STEP, TOP = 70.0, 90.0, 280.0

_SAMPLES = {(each.writer, each.label): each.drawing for each in read_drawings(SAMPLES)}


def digits_of(label, hand=1):
    """The drawing of each digit of a number by one made-up hand, at its position in a line."""
    return [
        placed(_SAMPLES[f"project-{hand}", digit], centre=(60 + STEP * place, TOP), size=SIZE)
        for place, digit in enumerate(label)
    ]


def number(label, hand=1):
    """The drawing of a number."""
    return tuple(stroke for digit in digits_of(label, hand) for stroke in digit)
