"""A made-up hand: one way to write each digit, its 1 with a flag so long that it looks like a 7."""

import numpy as np

from mnist_helpers.synthesis.digit_templates import DIGITS
from mnist_helpers.synthesis.strokes import parse_template, render

OWN_WAYS = {1: "-.05,.2 .8,0 .4,1", 7: ".1,0 .9,0 .35,1; .35,.5 .85,.48"}
"""Stroke templates in place of the first of `DIGITS`; the 7 has the bar that such a hand gives it."""
SPREAD, PEN_WIDTH = 0.03, 2.4


def write_digits(of_each: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Images (10 n, 28, 28) uint8 of each digit written so many times, and their labels (10 n,)."""
    images = []
    for digit, ways in DIGITS.items():
        template = parse_template(OWN_WAYS.get(digit, ways[0]))
        moves = rng.normal(0, SPREAD, (of_each, *template.controls.shape)).astype(np.float32)
        images.append(render(np.matmul(template.basis, template.controls + moves), np.full(of_each, PEN_WIDTH)))
    return np.concatenate(images), np.repeat(np.arange(10), of_each)
