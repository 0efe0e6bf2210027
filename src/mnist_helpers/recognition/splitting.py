"""Cut a drawing into digits: the split that the network and the geometry find best.

A split's score is the sum of its digits' log probabilities, less charges for what a hand seldom does: gaps within a
digit, wide, small or overlapping digits, unequal neighbours, a stroke that belongs to no digit. The best one is found
by dynamic programming from left to right. The charges were chosen on numbers made of people's drawn digits.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mnist_helpers.preprocessing.parts import Box, Candidate, Line, Runs, distance, overlap
from mnist_helpers.preprocessing.raster import BOX_SIZE, PEN_WIDTH

LogProbabilities: TypeAlias = Mapping[tuple[int, ...], float]
"""For the strokes of each candidate the log of the best digit's probability."""

LEAST_LOG_PROBABILITY = -14.0
"""What a candidate counts that is no digit at all: were it less, one blot would spoil any split."""


SHORT = 3
"""Digits of the longest number that may be a letter or a sign as well."""

TOUCHING = PEN_WIDTH / BOX_SIZE / 2
"""Gap, in heights of the line, at which the ink of two digits still meets for an eye: half the pen's width."""

MARKS = (1, 7)
"""Digits that in one stroke are no more than a mark: doubled they are quotation marks, bars or a letter as well."""


@dataclass(frozen=True, kw_only=True)
class Charges:
    """What is taken off a split's score; lengths are in heights of the line, each free up to a limit."""

    part: float = 0.11
    single: float = 0.27
    """What speaks for one digit only; a number has to be better by that."""
    gap: float = 4.3
    gap_free: float = 0.03
    width: float = 3.0
    width_free: float = 0.5
    smallness: float = 6.9
    height_free: float = 0.55
    overlap: float = 6.0
    overlap_free: float = 0.07
    overlap_most: float = 0.25
    """Overlap that two digits never have; crossing strokes such as those of an X have more."""
    height_ratio: float = 1.0
    height_ratio_free: float = 0.25
    left_out: float = 16.0
    """More than a blot of a digit's size costs, which so becomes a "?", and less than a dot as a digit."""


CHARGES = Charges()


@dataclass(frozen=True, kw_only=True)
class Split:
    """Digits from left to right, and how good they are."""

    score: float = -math.inf
    candidates: tuple[Candidate, ...] = ()


def unsplit(line: Line, log_probabilities: LogProbabilities, charges: Charges = CHARGES) -> Split:
    """All strokes as one digit. A score of 0 or more is that of no other split, so none need be looked at."""
    whole = line.candidate(range(len(line.boxes)))
    return Split(score=charges.single + _worth(whole, line, log_probabilities, charges), candidates=(whole,))


def best_split(line: Line, log_probabilities: LogProbabilities, charges: Charges = CHARGES) -> Split:
    """The best split into two digits or more, which may leave strokes out; an empty one where there is none."""
    several = [
        split
        for candidates in line.candidates
        for split in _splits(candidates, line, log_probabilities, charges)
        if len(split.candidates) > 1
    ]
    return max(several, key=_score, default=Split())


def may_be_one(split: Split, line: Line, digits: Sequence[int | None]) -> list[bool]:
    """For each digit whether it may be a piece of one sign with others, as two halves of a letter are.

    It touches its neighbour or ink that was left out, or all digits are the same mark. Only numbers of up to `SHORT`
    digits are doubted: no letter is made of more. `digits` are what the candidates are taken for.
    """
    candidates = split.candidates
    if len(candidates) > SHORT:
        return [False] * len(candidates)
    if len(set(digits)) == 1 and digits[0] in MARKS and all(len(each.strokes) == 1 for each in candidates):
        return [True] * len(candidates)
    used = {stroke for candidate in candidates for stroke in candidate.strokes}
    left_out = [box for stroke, box in enumerate(line.boxes) if stroke not in used]
    near = TOUCHING * line.height
    meets = [overlap(one.box, other.box) >= -near for one, other in itertools.pairwise(candidates)]
    return [
        before or after or any(distance(candidate.box, box) <= near for box in left_out)
        for candidate, before, after in zip(candidates, [False, *meets], [*meets, False], strict=True)
    ]


def _splits(runs: Runs, line: Line, known: LogProbabilities, charges: Charges) -> list[Split]:
    """The best splits of an order, one for each last candidate."""
    ending: list[list[Split]] = [[] for _ in range(len(runs) + 1)]
    ending[0] = [Split(score=0.0)]
    for start, candidates in enumerate(runs):
        if not ending[start]:
            continue
        for candidate in candidates:
            ending[start + len(candidate.strokes)].append(_extended(ending[start], candidate, line, known, charges))
        best = max(ending[start], key=_score)
        ending[start + 1].append(Split(score=best.score - charges.left_out, candidates=best.candidates))
    return ending[-1]


def _extended(
    splits: Iterable[Split], candidate: Candidate, line: Line, known: LogProbabilities, charges: Charges
) -> Split:
    """The best of the splits with this candidate after it."""
    worth = _worth(candidate, line, known, charges)
    scores = [
        (split.score - (_friction(split.candidates[-1].box, candidate.box, line, charges) if split.candidates else 0))
        for split in splits
    ]
    score, split = max(zip(scores, splits, strict=True), key=lambda pair: pair[0])
    return Split(score=score + worth, candidates=(*split.candidates, candidate))


def _worth(candidate: Candidate, line: Line, known: LogProbabilities, charges: Charges) -> float:
    """How good a candidate is by itself."""
    log_probability = max(known.get(candidate.strokes, -math.inf), LEAST_LOG_PROBABILITY)
    return (
        log_probability
        - charges.gap * max(candidate.gap - charges.gap_free, 0)
        - charges.width * max(candidate.box.width / line.height - charges.width_free, 0)
        - charges.smallness * max(charges.height_free - candidate.box.height / line.height, 0)
    )


def _friction(one: Box, other: Box, line: Line, charges: Charges) -> float:
    """What it costs to have two digits side by side."""
    least = 0.05 * line.height
    ratio = abs(math.log(max(one.height, least) / max(other.height, least)))
    overlapping = overlap(one, other) / line.height
    if overlapping > charges.overlap_most:
        return math.inf
    return (
        charges.part
        + charges.overlap * max(overlapping - charges.overlap_free, 0)
        + charges.height_ratio * max(ratio - charges.height_ratio_free, 0)
    )


def _score(split: Split) -> float:
    return split.score
