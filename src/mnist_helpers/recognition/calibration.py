"""Calibrate the network's outputs, and choose the threshold for an answer.

Trained with label smoothing, the network is never more than 95 % sure, even where it is right 99.9 % of the time. One
number, the temperature, corrects that (Guo et al. 2017, "On calibration of modern neural networks"). A second one, the
threshold, is the smallest probability of the best digit at which there is an answer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NO_DIGIT_CLASS = 10
"""The label of the no-digit class, which the saved network leaves out of its ten outputs."""
BINS = 15
"""Number of bins for the expected calibration error."""
TEMPERATURES = np.round(np.arange(0.1, 3.0, 0.01), 2)

_FLOOR = 1e-7  # float32 does not resolve smaller differences from 1

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.integer]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """Temperature and threshold; the defaults are for a network that was not calibrated yet."""

    temperature: float = 1.0
    threshold: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Mean confidence, accuracy and count in bins of the best digit's probability; NaN where a bin is empty."""

    confidence: Floats
    accuracy: Floats
    count: Labels

    @property
    def expected_calibration_error(self) -> float:
        """The mean gap between confidence and accuracy, bins weighted by their counts (Guo et al. 2017)."""
        gap = np.nan_to_num(np.abs(self.confidence - self.accuracy))
        return float((gap * self.count).sum() / self.count.sum())


def apply_temperature(uncalibrated: Floats, temperature: float) -> Floats:
    """Divide all log probabilities, that of the no-digit class too, by the temperature; returns (n, 10).

    `uncalibrated` holds the network's ten outputs (n, 10).
    """
    return _scaled_with_no_digit(uncalibrated, temperature)[:, :NO_DIGIT_CLASS]


def fit_temperature(uncalibrated: Floats, labels: Labels) -> float:
    """Fit the temperature under which labels (n,) from 0 to 10 are most likely, for the network's outputs (n, 10)."""
    chosen = np.arange(len(labels)), labels
    losses = [-np.log(_scaled_with_no_digit(uncalibrated, temperature)[chosen]).mean() for temperature in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def threshold_for_coverage(probabilities: Floats, coverage: float) -> float:
    """The highest threshold at which a share `coverage` of digits with probabilities (n, 10) still gets an answer."""
    return float(np.floor(np.quantile(probabilities.max(axis=1), 1 - coverage) * 1000) / 1000)


def reliability(probabilities: Floats, labels: Labels) -> Reliability:
    """Compare confidence with accuracy in `BINS` bins of equal width, for probabilities (n, 10) and labels (n,)."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    chosen = np.minimum((sure * BINS).astype(int), BINS - 1)
    count = np.bincount(chosen, minlength=BINS)
    with np.errstate(invalid="ignore"):
        return Reliability(
            confidence=np.bincount(chosen, sure, BINS) / count,
            accuracy=np.bincount(chosen, right, BINS) / count,
            count=count,
        )


def _scaled_with_no_digit(uncalibrated: Floats, temperature: float) -> Floats:
    uncalibrated = uncalibrated.astype(np.float64)
    eleven = np.concatenate([uncalibrated, 1 - uncalibrated.sum(axis=1, keepdims=True)], axis=1).clip(_FLOOR)
    scores = np.log(eleven) / temperature
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)
