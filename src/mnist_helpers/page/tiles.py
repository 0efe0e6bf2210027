"""Show ten probabilities as HTML."""

from collections.abc import Sequence

MIN_MARKED_PROBABILITY = 0.01
"""Smallest probability of the best digit that is marked, whether it is the answer or not."""


def percent(probability: float) -> str:
    """A probability in per cent, as HTML; 0 and 100 % are shown for exact values only."""
    if 0 < probability < 0.01:
        return "&lt;1&nbsp;%"
    return "&gt;99&nbsp;%" if 0.99 < probability < 1 else f"{probability * 100:.0f}&nbsp;%"


def tiles_html(probabilities: Sequence[float], before: Sequence[float]) -> str:
    """HTML of ten tiles: the digit, a bar and the probability.

    CSS animates each bar from the probability `before` to the present one.
    """
    best = max(range(10), key=probabilities.__getitem__) if max(probabilities) >= MIN_MARKED_PROBABILITY else None
    tiles = (
        f'<li class="tile{" tile-best" if digit == best else ""}" data-digit="{digit}" data-probability="{new:.4f}">'
        f'<b>{digit}</b><i style="--from:{old:.3f};--to:{new:.3f}"></i><span>{percent(new)}</span></li>'
        for digit, (new, old) in enumerate(zip(probabilities, before, strict=True))
    )
    return f'<ol class="tiles" aria-label="How probable each digit is">{"".join(tiles)}</ol>'
