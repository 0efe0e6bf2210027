"""The result of recognising one digit."""

from dataclasses import dataclass

SUPPORTS, OPPOSES = (255, 176, 0), (0, 158, 255)
"""RGB colours, 0 to 255, of ink that speaks for the answer (orange) and against it (blue), on the page and in charts.
Colour-blind people can tell them apart."""


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """The probabilities of the ten digits, and an answer or the reason why there is none.

    The ten sum to 1 minus the probability of the no-digit class. `is_corrected` is set where the answer is that of a
    person's correction.
    """

    probabilities: tuple[float, ...] = (0.0,) * 10
    answer: int | None = None
    reason: str = ""
    is_corrected: bool = False

    @property
    def best(self) -> int | None:
        """The most probable digit, whether it is the answer or not; None if all probabilities are 0."""
        return max(range(10), key=self.probabilities.__getitem__) if any(self.probabilities) else None

    @property
    def runner_up(self) -> int | None:
        """The second most probable digit; None if all probabilities are 0."""
        order = sorted(range(10), key=self.probabilities.__getitem__)
        return order[-2] if any(self.probabilities) else None

    @property
    def no_digit(self) -> float:
        """The probability of the no-digit class."""
        return max(0.0, 1.0 - sum(self.probabilities))

    @property
    def is_torn(self) -> bool:
        """Whether there is no answer because it may be one digit or another."""
        runner_up = self.runner_up
        return self.answer is None and runner_up is not None and self.no_digit < self.probabilities[runner_up]


EMPTY = Recognition(reason="Draw a digit, or a number.")
"""The recognition of an empty pad."""
