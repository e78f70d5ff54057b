"""What leaves a school tells on nobody, however cleverly it is read."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.curriculum.disclosure import Published, protect, share_band
from app.curriculum.statistics import Share

from .attacking import audit

Table = list[list[int]]


def disclosed(published: Published) -> list[tuple[int, int]]:
    """Places of hidden counts that a reader can bound to less than k."""
    return [place for place, (least, most) in audit(published).items() if most is not None and most - least < published.k]


def grid_of(published: Published) -> list[list[int | None]]:
    rows = [[*row, total] for row, total in zip(published.cells, published.row_totals, strict=True)]
    return [*rows, [*published.column_totals, published.total]]


def with_totals(table: Table) -> Table:
    rows = [[*row, sum(row)] for row in table]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def tables(most: int) -> st.SearchStrategy[Table]:
    counts = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, most))
    return st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(counts, min_size=n, max_size=n), min_size=1, max_size=6))


# --- the reader ------------------------------------------------------------------------------------------------------


def by_hand(published: Published) -> dict[tuple[int, int], tuple[int, int]]:
    """The same bounds by trying every table of two rows that adds up to what is shown, with no total hidden."""
    places = [(r, c) for r, row in enumerate(published.cells) for c, n in enumerate(row) if n is None]
    found: dict[tuple[int, int], list[int]] = {place: [] for place in places}
    for values in product(*(range(min(published.row_totals[r], published.column_totals[c]) + 1) for r, c in places)):
        filled = [list(row) for row in published.cells]
        for (r, c), value in zip(places, values, strict=True):
            filled[r][c] = value
        if [sum(row) for row in filled] == list(published.row_totals) and [sum(c) for c in zip(*filled, strict=True)] == list(
            published.column_totals
        ):
            for place, value in zip(places, values, strict=True):
                found[place].append(value)
    return {place: (min(values), max(values)) for place, values in found.items()}


@given(
    st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=2, max_size=2),
    st.sets(st.tuples(st.integers(0, 1), st.integers(0, 2)), max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_the_reader_finds_the_bounds_that_trying_everything_finds(table: Table, hidden: set[tuple[int, int]]) -> None:
    *rows, totals = with_totals(table)
    cells = tuple(tuple(None if (r, c) in hidden else n for c, n in enumerate(row[:-1])) for r, row in enumerate(rows))
    published = Published(cells, tuple(row[-1] for row in rows), tuple(totals[:-1]), totals[-1])
    assert audit(published) == by_hand(published)


@pytest.mark.promise("L-4")
def test_the_reader_sees_through_hiding_small_counts_only() -> None:
    """The self-test: what most tables do, and hiding one more by guess, tells on somebody."""
    small_only = Published(((None, 30, 40), (20, 30, 40), (20, 30, 40)), (73, 90, 90), (43, 90, 120), 253)
    assert audit(small_only) == {(0, 0): (3, 3)}
    two_in_a_row = Published(((None, None, 40), (20, 30, 40), (20, 30, 40)), (73, 90, 90), (43, 90, 120), 253)
    assert audit(two_in_a_row) == {(0, 0): (3, 3), (0, 1): (30, 30)}
    a_narrow_square = Published(((None, None), (None, None)), (7, 40), (5, 42), 47)
    assert audit(a_narrow_square)[0, 0] == (0, 5)
    assert len(disclosed(small_only)) + len(disclosed(two_in_a_row)) + len(disclosed(a_narrow_square)) == 7


def test_the_reader_knows_when_a_table_does_not_add_up() -> None:
    with pytest.raises(ValueError, match="add up"):
        audit(Published(((1, None), (2, 3)), (4, 6), (3, 9), 10))
    with pytest.raises(ValueError, match="add up"):
        audit(Published(((1, 2),), (4,), (1, 2), 3))


def test_many_schools_with_small_counts_hidden_only_would_tell() -> None:
    """Hiding the small counts alone and publishing the totals: how often the reader gets one to less than ten."""
    chance, told = random.Random(9), 0
    for _ in range(300):
        *rows, totals = with_totals(some_schools(chance))
        cells = tuple(tuple(None if 0 < n < 10 else n for n in row[:-1]) for row in rows)
        told += bool(disclosed(Published(cells, tuple(row[-1] for row in rows), tuple(totals[:-1]), totals[-1])))
    assert told > 200


# --- what is published -----------------------------------------------------------------------------------------------


def some_schools(chance: random.Random) -> Table:
    """Up to eight schools of 1 to 150 students, in five states."""
    weights = [chance.random() ** 2 + 0.02 for _ in range(5)]
    table = []
    for _ in range(chance.randint(1, 8)):
        row = [0] * 5
        for state in chance.choices(range(5), weights, k=chance.choice([chance.randint(1, 30), chance.randint(1, 150)])):
            row[state] += 1
        table.append(row)
    return table


def assert_tells_on_nobody(table: Table, k: int) -> None:
    published = protect(table, k)
    assert published.k == k
    assert disclosed(published) == []
    people = sum(map(sum, table))
    assert published.total == (None if 0 < people < k else people)
    for shown, true in zip(grid_of(published), with_totals(table), strict=True):
        for count, really in zip(shown, true, strict=True):
            assert count is None or (count == really and (count == 0 or count >= k))
        group = true[-1]
        if 0 < group < k:
            assert shown == [None] * len(shown)  # nothing of a group below k, not even that nobody is in a state
        # Nobody reads that all of a group are in one state.
        assert len(shown) == 2 or all(count is None or count < group or not group for count in shown[:-1])
        # Remainder: what a total leaves after all that is shown below it is nobody, or k and more.
        if shown[-1] is not None:
            rest = shown[-1] - sum(count or 0 for count in shown[:-1])
            assert rest == 0 or rest >= k
    for column in zip(*grid_of(published), strict=True):
        if column[-1] is not None:
            rest = column[-1] - sum(count or 0 for count in column[:-1])
            assert rest == 0 or rest >= k


@pytest.mark.long
@given(tables(60), st.sampled_from([5, 10]))
@settings(max_examples=2000, deadline=None)
@pytest.mark.promise("L-2")
def test_no_table_tells_on_anybody(table: Table, k: int) -> None:
    assert_tells_on_nobody(table, k)


@pytest.mark.promise("L-2")
def test_four_hundred_boards_of_schools_tell_on_nobody() -> None:
    chance = random.Random(20261122)
    for _ in range(400):
        assert_tells_on_nobody(some_schools(chance), 10)


def test_a_table_of_large_counts_is_shown_whole() -> None:
    published = protect([[30, 40], [10, 25]])
    assert grid_of(published) == [[30, 40, 70], [10, 25, 35], [40, 65, 105]]
    assert published.hidden == 0


def test_nobody_reads_that_a_whole_school_is_in_one_state() -> None:
    published = protect([[30, 40], [0, 25], [12, 88]])
    assert published.cells == ((None, None), (None, None), (12, 88))
    assert published.row_totals == (70, 25, 100)


def test_one_small_count_hides_as_few_others_as_it_can() -> None:
    published = protect([[3, 30, 40], [20, 30, 40], [25, 30, 40]])
    assert published.cells[0][0] is None
    assert published.hidden == 4  # a square: two in its row and column, and where these cross
    assert (published.row_totals, published.column_totals, published.total) == ((73, 90, 95), (48, 90, 120), 258)
    assert not published.is_whole_table_hidden
    assert protect([[1, 41, 0]]).cells == ((None, None, 0),)  # the empty state could not take what is missing


def test_a_school_of_a_few_hides_with_its_total() -> None:
    published = protect([[2, 4, 0], [20, 30, 40], [20, 30, 40]])
    assert published.cells[0] == (None, None, None)
    assert published.row_totals[0] is None
    assert published.row_totals.count(None) >= 2  # or the total of all less the others would tell


def test_below_k_people_in_all_nothing_is_shown() -> None:
    published = protect([[1, 2], [3, 3]])
    assert published.is_whole_table_hidden
    assert published.hidden == 9
    assert published.total is None


def test_a_table_that_shows_nothing_says_so() -> None:
    published = protect([[3, 4], [2, 5]])
    assert published.is_whole_table_hidden
    assert published.total == 14


def test_nobody_anywhere_is_no_secret() -> None:
    assert protect([[0, 0], [0, 0]]).hidden == 0
    assert protect([[30, 40], [0, 0]]).cells[1] == (0, 0)  # a school that has not begun


def test_sixty_schools_take_no_longer_than_a_page_may() -> None:
    chance = random.Random(60)
    table = [[chance.randint(0, 25) for _ in range(5)] for _ in range(60)]
    published = protect(table)
    small = sum(0 < n < 10 for row in table for n in row)
    assert published.total == sum(map(sum, table))
    assert None not in published.row_totals + published.column_totals
    assert published.hidden < 1.4 * small  # of 300 cells; what is hidden besides is little


@pytest.mark.parametrize("table", [[], [[]], [[1, 2], [3]], [[1, -1]]])
def test_what_is_no_table_is_a_mistake(table: Table) -> None:
    with pytest.raises(ValueError, match="one length"):
        protect(table)


def test_k_is_never_below_five() -> None:
    with pytest.raises(ValueError, match="below 5"):
        protect([[30, 40]], k=4)


# --- bands and dates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "answered", "band"),
    [
        (0, 9, None),
        (0, 10, (0, 10)),
        (1, 10, (10, 25)),
        (24, 100, (10, 25)),
        (25, 100, (25, 50)),
        (50, 100, (50, 75)),
        (89, 100, (75, 90)),
        (9, 10, (90, 100)),
        (40, 40, (90, 100)),
    ],
)
@pytest.mark.promise("L-1")
def test_shares_are_told_in_bands(right: int, answered: int, band: tuple[int, int] | None) -> None:
    assert share_band(Share(right, answered)) == band
