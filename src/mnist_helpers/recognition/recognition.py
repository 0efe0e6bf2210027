"""What the recogniser says of a drawing: plain values, for all who show or count them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """Ten probabilities (they sum to 1 less that of no digit), and an answer or the reason why there is none."""

    probabilities: tuple[float, ...] = (0.0,) * 10
    answer: int | None = None
    reason: str = ""

    @property
    def best(self) -> int | None:
        """The most probable digit, answered or not; None when nothing was there to read."""
        return max(range(10), key=self.probabilities.__getitem__) if any(self.probabilities) else None

    @property
    def runner_up(self) -> int | None:
        """The second most probable digit."""
        order = sorted(range(10), key=self.probabilities.__getitem__)
        return order[-2] if any(self.probabilities) else None

    @property
    def no_digit(self) -> float:
        """The probability that this is no digit at all."""
        return max(0.0, 1.0 - sum(self.probabilities))


EMPTY = Recognition(reason="Draw a digit.")
"""What there is to say of an empty pad."""
