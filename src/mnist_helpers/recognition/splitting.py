"""Cut a drawing into digits: the split that the network and the geometry find best.

A split's score is the sum of its digits' log probabilities, less penalties for unusual geometry: gaps within a digit,
wide, small or overlapping digits, neighbours of unequal height, strokes that are left out. The best split is found by
dynamic programming from left to right. The penalties were chosen on numbers made of people's drawn digits.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mnist_helpers.preprocessing.parts import Box, Candidate, Line, Runs, distance, overlap
from mnist_helpers.preprocessing.raster import BOX_SIZE, PEN_WIDTH

LogProbabilities: TypeAlias = Mapping[tuple[int, ...], float]
"""For the strokes of each candidate, the log probability of its best digit."""

LEAST_LOG_PROBABILITY = -14.0
"""Smallest log probability of a candidate that counts; otherwise one blot would decide against any split."""

SHORT = 3
"""Number of digits up to which a number may be a letter or a sign instead."""

TOUCHING = PEN_WIDTH / BOX_SIZE / 2
"""Largest gap, in heights of the line, between digits that seem to touch: half the pen's width."""

MARKS = (1, 7)
"""Digits that, as one stroke each and repeated, may be quotation marks, bars or a letter instead."""


@dataclass(frozen=True, kw_only=True)
class Penalties:
    """Penalties on a split's score, for lengths in heights of the line above the limits that end in `_free`."""

    part: float = 0.11
    single: float = 0.27
    """Advantage of a single digit over any number."""
    gap: float = 4.3
    gap_free: float = 0.03
    width: float = 3.0
    width_free: float = 0.5
    smallness: float = 6.9
    height_free: float = 0.55
    overlap: float = 6.0
    overlap_free: float = 0.07
    overlap_most: float = 0.25
    """Largest overlap of two digits; crossing strokes such as those of an X have more."""
    height_ratio: float = 1.0
    height_ratio_free: float = 0.25
    left_out: float = 16.0
    """For each stroke below `height_free`. A higher one is never left out, so that two joined digits become a "?"."""


PENALTIES = Penalties()


@dataclass(frozen=True, kw_only=True)
class Split:
    """Candidates from left to right, each taken as a digit, and their score."""

    score: float = -math.inf
    candidates: tuple[Candidate, ...] = ()


def unsplit(line: Line, log_probabilities: LogProbabilities) -> Split:
    """All strokes as one digit. No other split can have a score of 0 or more."""
    whole = line.candidate(range(len(line.boxes)))
    return Split(score=PENALTIES.single + _candidate_score(whole, line, log_probabilities), candidates=(whole,))


def best_split(line: Line, log_probabilities: LogProbabilities) -> Split:
    """The best split into two or more digits, which may leave strokes out; an empty one if there is none."""
    several = [
        split
        for candidates in line.candidates
        for split in _splits(candidates, line, log_probabilities)
        if len(split.candidates) > 1
    ]
    return max(several, key=_score, default=Split())


def may_be_one(split: Split, line: Line, digits: Sequence[int | None]) -> list[bool]:
    """For each digit of a split, whether it may be a piece of one sign, such as one half of a letter.

    That is so if it touches its neighbour or ink that was left out, or if all digits are the same mark, in numbers of
    up to `SHORT` digits. `digits` are the best digits of the candidates.
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


def _splits(runs: Runs, line: Line, known: LogProbabilities) -> list[Split]:
    """The best splits of one order of strokes, one for each last candidate."""
    ending: list[list[Split]] = [[] for _ in range(len(runs) + 1)]
    ending[0] = [Split(score=0.0)]
    for start, candidates in enumerate(runs):
        if not ending[start]:
            continue
        for candidate in candidates:
            ending[start + len(candidate.strokes)].append(_extended(ending[start], candidate, line, known))
        if candidates[0].box.height < PENALTIES.height_free * line.height:
            best = max(ending[start], key=_score)
            ending[start + 1].append(Split(score=best.score - PENALTIES.left_out, candidates=best.candidates))
    return ending[-1]


def _extended(splits: Iterable[Split], candidate: Candidate, line: Line, known: LogProbabilities) -> Split:
    """The best of some splits, extended by a candidate."""
    score = _candidate_score(candidate, line, known)
    scores = [
        split.score - (_penalty_between(split.candidates[-1].box, candidate.box, line) if split.candidates else 0)
        for split in splits
    ]
    before, split = max(zip(scores, splits, strict=True), key=lambda pair: pair[0])
    return Split(score=before + score, candidates=(*split.candidates, candidate))


def _candidate_score(candidate: Candidate, line: Line, known: LogProbabilities) -> float:
    """The score of a candidate by itself."""
    log_probability = max(known.get(candidate.strokes, -math.inf), LEAST_LOG_PROBABILITY)
    return (
        log_probability
        - PENALTIES.gap * max(candidate.gap - PENALTIES.gap_free, 0)
        - PENALTIES.width * max(candidate.box.width / line.height - PENALTIES.width_free, 0)
        - PENALTIES.smallness * max(PENALTIES.height_free - candidate.box.height / line.height, 0)
    )


def _penalty_between(one: Box, other: Box, line: Line) -> float:
    """The penalty for two digits side by side."""
    least = 0.05 * line.height
    ratio = abs(math.log(max(one.height, least) / max(other.height, least)))
    overlapping = overlap(one, other) / line.height
    if overlapping > PENALTIES.overlap_most:
        return math.inf
    return (
        PENALTIES.part
        + PENALTIES.overlap * max(overlapping - PENALTIES.overlap_free, 0)
        + PENALTIES.height_ratio * max(ratio - PENALTIES.height_ratio_free, 0)
    )


def _score(split: Split) -> float:
    return split.score
