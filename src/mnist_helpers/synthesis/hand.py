"""Write digits as one made-up person would, whose 1 has so long a flag that it looks like a 7."""

import numpy as np

from mnist_helpers.preprocessing.raster import PEN_WIDTH
from mnist_helpers.synthesis.digit_templates import DIGITS
from mnist_helpers.synthesis.strokes import parse_template, render

OWN_WAYS = {1: "-.05,.2 .8,0 .4,1", 7: ".1,0 .9,0 .35,1; .35,.5 .85,.48"}
"""Stroke templates in place of the first ones of `DIGITS`; a person with such a 1 writes the 7 with a bar."""
SPREAD = 0.03
"""Standard deviation of a control point's shift, as a share of the drawing's size."""


def write_digits(of_each: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Render each digit `of_each` times; returns images (10 of_each, 28, 28) uint8 and labels (10 of_each,)."""
    images = []
    for digit, ways in DIGITS.items():
        template = parse_template(OWN_WAYS.get(digit, ways[0]))
        moves = rng.normal(0, SPREAD, (of_each, *template.controls.shape)).astype(np.float32)
        images.append(render(np.matmul(template.basis, template.controls + moves), np.full(of_each, PEN_WIDTH)))
    return np.concatenate(images), np.repeat(np.arange(10), of_each)
