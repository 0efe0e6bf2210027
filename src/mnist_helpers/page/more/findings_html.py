"""HTML of a network's results: the probabilities of each member, and where a digit lies among MNIST's."""

import numpy as np

from mnist_helpers.page.more.layers_html import CLASSES, name_of
from mnist_helpers.recognition.inference.landscape import Landscape
from mnist_helpers.recognition.inference.litert_file import Array

NUMERAL_GAP = 7
"""Distance of a digit's numeral from the middle of its points."""


def probabilities_html(members: Array | None) -> str:
    """HTML of a table of each member's probabilities in per cent, and their mean; empty without members."""
    if members is None:
        return ""
    names = [f"Network {name_of(index)}" for index in range(len(members))]
    rows = dict(zip(names, members, strict=True)) | ({"Mean": members.mean(axis=0)} if len(members) > 1 else {})
    head = "".join(f'<th scope="col">{name}</th>' for name in CLASSES[: members.shape[1]])
    body = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(f"<td>{100 * value:.0f}</td>" for value in row)}</tr>'
        for name, row in rows.items()
    )
    return (
        f'<h3>The scores as probabilities, in per cent</h3><table class="inside-said" aria-label="Probabilities">'
        f"<tr><td></td>{head}</tr>{body}</table>"
    )


def landscape_html(landscape: Landscape | None) -> str:
    """HTML of MNIST's points, a numeral at each digit's middle, and the dot that `maps_css` puts in its place."""
    if landscape is None:
        return (
            "<p>Where the drawing lies among MNIST's digits is known for the network only that came with the page.</p>"
        )
    points = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in landscape.points)
    centres = landscape.centres
    outwards = centres - centres.mean(axis=0)
    beside = centres + NUMERAL_GAP * outwards / np.linalg.norm(outwards, axis=1, keepdims=True)
    numerals = "".join(f'<text x="{x:.1f}" y="{y:.1f}">{digit}</text>' for digit, (x, y) in enumerate(beside))
    return (
        "<h3>Where it lies among MNIST's digits</h3><p>The last layer gets hundreds of numbers. Flattened to two, they "
        "are a map: each grey dot is a digit of MNIST, the large one is what you drew.</p>"
        '<svg class="inside-landscape" viewBox="-7 -7 114 114" role="img" '
        'aria-label="Ten clouds of dots, one for each digit">'
        f'<path d="{points}"/>{numerals}<circle class="inside-dot" r="2"/></svg>'
    )


def where_html(first: int, second: int | None) -> str:
    """HTML of a sentence that says where the drawing lies."""
    where = f"among the {first}s" if second is None else f"between the {first}s and the {second}s"
    return f'<p class="inside-where" data-where="{first}">The drawing lies {where}.</p>'
