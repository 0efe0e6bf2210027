"""Make the network's outputs into probabilities that hold, and say when they are enough for an answer.

Trained with smoothed labels, the network is never more than 95 % sure even where it is right 99.9 % of the time. One
number, the temperature, mends that (Guo et al. 2017, "On calibration of modern neural networks"); a second one, the
threshold, says from which probability of the best digit on there is an answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NO_DIGIT_CLASS = 10
"""The label of what is no digit, the class that the network leaves out of its ten outputs."""
BINS = 15
TEMPERATURES = np.round(np.arange(0.1, 3.0, 0.01), 2)

_FLOOR = 1e-7  # float32 knows a sum near 1 no better

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.integer]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The two settings of the recogniser; the default is that of a network that was not calibrated yet."""

    temperature: float = 1.0
    threshold: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """How sure and how right, in bins of the best digit's probability; NaN where a bin is empty."""

    confidence: Floats
    accuracy: Floats
    count: Labels

    @property
    def expected_calibration_error(self) -> float:
        """Expected calibration error (Guo et al. 2017): the bins' gap between sure and right, weighted by size."""
        gap = np.nan_to_num(np.abs(self.confidence - self.accuracy))
        return float((gap * self.count).sum() / self.count.sum())


def apply_temperature(uncalibrated: Floats, temperature: float) -> Floats:
    """The ten outputs (n, 10) with each log probability, that of no digit too, divided by the temperature."""
    return _scaled_with_no_digit(uncalibrated, temperature)[:, :NO_DIGIT_CLASS]


def fit_temperature(uncalibrated: Floats, labels: Labels) -> float:
    """The temperature under which the labels, 0 to 10, are most likely, given the network's own outputs (n, 10)."""
    chosen = np.arange(len(labels)), labels
    losses = [-np.log(_scaled_with_no_digit(uncalibrated, temperature)[chosen]).mean() for temperature in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def threshold_for_coverage(probabilities: Floats, coverage: float) -> float:
    """The highest threshold that leaves this share of the digits with these probabilities (n, 10) an answer."""
    return float(np.floor(np.quantile(probabilities.max(axis=1), 1 - coverage) * 1000) / 1000)


def reliability(probabilities: Floats, labels: Labels, bins: int = BINS) -> Reliability:
    """How right the best digit is where it is about so sure, in bins of equal width."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((sure * bins).astype(int), bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        return Reliability(
            confidence=np.bincount(place, sure, bins) / count,
            accuracy=np.bincount(place, right, bins) / count,
            count=count,
        )


def _scaled_with_no_digit(uncalibrated: Floats, temperature: float) -> Floats:
    uncalibrated = uncalibrated.astype(np.float64)
    eleven = np.concatenate([uncalibrated, 1 - uncalibrated.sum(axis=1, keepdims=True)], axis=1).clip(_FLOOR)
    scores = np.log(eleven) / temperature
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)
