"""What a class is told of itself moves five answers at a time and never says what somebody answered, whoever looks and however often."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest

from app.curriculum.ranges import Range, with_five_more

BATCHES = 5


def looks(batches):
    """Every range that is shown while these batches of five answer, each with so many who say it."""
    shown, count, seen = Range(), 0, []
    for said in batches:
        count += said
        shown = with_five_more(shown, count)
        seen.append(shown)
    return tuple(seen)


@pytest.fixture(scope="module")
def every_class():
    """All ways in which 25 students can answer, by what is shown of them from first to last."""
    alike = defaultdict(list)
    for batches in product(range(6), repeat=BATCHES):
        alike[looks(batches)].append(batches)
    assert sum(map(len, alike.values())) == 6**BATCHES
    return alike


@pytest.mark.promise("F-11")
def test_whoever_looks_each_time_and_knows_one_answer_can_tell_no_other(every_class):
    """Of the five in one batch somebody knows one answer, the own: among the other four both must remain possible."""
    told = []
    for seen, ways in every_class.items():
        for place in range(BATCHES):
            for own in (0, 1):
                others = {way[place] - own for way in ways if 0 <= way[place] - own <= 4}
                if others and (others == {0} or others == {4} or len(others) == 1):
                    told.append((seen, place, own, others))
    assert told == []


@pytest.mark.promise("F-11")
def test_what_is_shown_later_tells_nothing_of_those_before(every_class):
    """Whatever comes next, everything that was possible for those who had answered is still possible."""
    before = defaultdict(set)
    for batches in product(range(6), repeat=BATCHES - 1):
        before[looks(batches)].add(batches)
    for seen, ways in every_class.items():
        assert {way[:-1] for way in ways} == before[seen[:-1]]


def test_the_count_lies_in_the_range_which_is_never_wider_than_five_counts(every_class):
    for seen, ways in every_class.items():
        for way in ways:
            for n, shown in enumerate(seen, 1):
                assert shown.answered == 5 * n
                assert 0 <= shown.least <= sum(way[:n]) <= shown.most <= shown.answered
                assert 2 <= shown.most - shown.least <= 4


def test_unanimous_classes_are_never_told_so(every_class):
    for said in (0, 5):
        (seen,) = [seen for seen, ways in every_class.items() if (said,) * BATCHES in ways]
        assert len(every_class[seen]) > 1
        assert all(shown.most - shown.least == 2 for shown in seen), "and still are told as closely as may be"


@pytest.mark.parametrize("n", range(5, 41, 5))
def test_a_class_in_which_two_differ_reads_that_nearly_all_agree(n):
    batches = [5] * (n // 5)
    batches[0] -= 1
    batches[-1] -= 1
    assert looks(batches)[-1] == Range(n, n - 2, n)


@pytest.mark.parametrize(
    ("batches", "shown", "most_of_them"),
    [
        ((3,), (3, 5), True),
        ((2,), (0, 2), False),
        ((4, 4, 4, 4, 4), (18, 22), True),
        ((3, 3), (3, 7), False),
        ((2, 5), (3, 7), False),
        ((0, 0), (0, 2), False),
        ((5, 0, 5), (8, 12), True),
    ],
)
def test_ranges_of_small_classes(batches, shown, most_of_them):
    last = looks(batches)[-1]
    assert (last.least, last.most) == shown
    assert last.most_of_them is most_of_them


def test_nobody_is_most_of_a_class_that_has_not_answered():
    assert Range().most_of_them is False


@pytest.mark.parametrize("count", [-1, 6])
def test_a_count_that_cannot_be_is_refused(count):
    with pytest.raises(ValueError, match="cannot be"):
        with_five_more(Range(), count)
