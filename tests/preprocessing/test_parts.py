"""Groups of strokes that may be one digit, from left to right."""

import pytest

from mnist_helpers.preprocessing.parts import Box, line_of, overlap

BAR = ((0.0, 0.0), (0.0, 10.0))
HAT = ((0.0, 0.0), (5.0, 0.0))


def at(stroke, x, y=0.0):
    return tuple((left + x, top + y) for left, top in stroke)


def test_strokes_are_ordered_by_where_they_lie_not_by_when_they_were_drawn():
    line = line_of((at(BAR, 20), at(BAR, 0), at(BAR, 10)))
    assert line.orders == ((1, 2, 0),)


def test_a_late_bar_is_beside_the_digit_it_lies_over():
    line = line_of((at(BAR, 0), at(BAR, 10), at(BAR, 20), at(HAT, 0)))
    found = {each.strokes for runs in line.candidates for begin in runs for each in begin}
    assert {(0, 3), (1,), (2,)} <= found


def test_a_bar_that_reaches_over_the_next_digit_keeps_its_place_in_one_order():
    long_bar = ((0.5, 0.0), (23.0, 0.0))
    line = line_of((at(BAR, 0), at(BAR, 10), long_bar, at(BAR, 20)))
    assert any(order[:2] == (0, 2) for order in line.orders)


def test_a_candidate_has_at_most_six_strokes_and_starts_at_every_place():
    line = line_of(tuple(at(BAR, x) for x in range(8)))
    (runs,) = line.candidates
    assert [len(begin) for begin in runs] == [6, 6, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("far", [12.0, 30.0])
def test_strokes_far_apart_are_never_one_digit(far):
    (runs,) = line_of((at(BAR, 0), at(BAR, far))).candidates
    assert [each.strokes for begin in runs for each in begin] == [(0,), (1,)]


def test_box_and_gap_are_those_of_the_strokes():
    line = line_of((at(BAR, 0), at(BAR, 3, -5), at(BAR, 4)))
    candidate = line.candidate((1, 0))
    assert candidate.strokes == (0, 1)
    assert candidate.box == Box(left=0, top=-5, right=3, bottom=10)
    assert candidate.box.width == 3 and candidate.box.height == 15
    assert candidate.gap == pytest.approx(0.3)
    assert line.candidate((0, 2, 1)).gap == pytest.approx(0.3)


def test_overlap_is_negative_where_there_is_a_gap():
    left, right = Box(left=0, top=0, right=4, bottom=1), Box(left=3, top=5, right=9, bottom=9)
    assert overlap(left, right) == overlap(right, left) == 1
    assert overlap(left, Box(left=6, top=0, right=7, bottom=1)) == -2


def test_neither_place_nor_size_changes_the_candidates():
    drawing = (at(BAR, 0), at(HAT, 1), at(BAR, 12))
    larger = tuple(tuple((7 * x + 100, 7 * y - 50) for x, y in stroke) for stroke in drawing)

    def strokes(of):
        return [each.strokes for runs in line_of(of).candidates for begin in runs for each in begin]

    assert strokes(drawing) == strokes(larger)
    assert line_of(larger).candidate((0, 1)).gap == pytest.approx(line_of(drawing).candidate((0, 1)).gap)
