"""Counts of people that may leave a school: what would tell on somebody is hidden, and cannot be worked out from the rest.

A board's table has a row for each school (or lesson), a column for each state, and totals. Three rules:
a count of 1 to k-1 is hidden, and so is a whole group of 1 to k-1 people; so is a count that holds a whole group ("all 30 ..."
tells on each of them); and so are as many others as it takes that, from everything shown, each hidden count could still be k or
more apart (secondary cell suppression: Hundepool et al., Statistical Disclosure Control, 2012, chapter 4).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from . import definitions
from .hiding import Network
from .statistics import Share

FEWEST_PEOPLE = 10
FLOOR = 5  # k is never below this
BAND_EDGES = (0, 10, 25, 50, 75, 90, 100)


@dataclass(frozen=True)
class Published:
    """A table that may be shown: None stands where a count is hidden. What is shown adds up, as people expect."""

    definition_of: ClassVar[Mapping[str, str]] = {"cells": definitions.HIDDEN_FIGURES}
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None
    k: int = FEWEST_PEOPLE

    @property
    def hidden(self) -> int:
        """How many figures are hidden, totals among them."""
        figures = [*(c for row in self.cells for c in row), *self.row_totals, *self.column_totals, self.total]
        return sum(figure is None for figure in figures)

    @property
    def is_whole_table_hidden(self) -> bool:
        """Whether no cell is left: the page shows a sentence then, and no empty grid."""
        return all(cell is None for row in self.cells for cell in row)


def protect(table: Sequence[Sequence[int]], k: int = FEWEST_PEOPLE) -> Published:
    """The table with its totals, as much of it as may be shown.

    `table[row][column]` counts people, each of them in one cell. Below k people in all nothing is shown. What is hidden besides
    the small counts is chosen to cost little, not proven to cost least.
    Raises ValueError for k below 5, a negative count, and rows that are empty or of different length.
    """
    if k < FLOOR:
        raise ValueError(f"k is {k}; below {FLOOR} a count tells on people")
    if not table or not table[0] or len({len(row) for row in table}) > 1 or min(map(min, table)) < 0:
        raise ValueError("a table has rows of one length that hold counts of 0 and more")
    network = Network(table)
    if 0 < network.total < k:
        network.hide(network.places())
        return _published(network, k)
    queue = deque(place for place in network.places() if _tells(network, place, k))
    network.hide(queue)
    while queue:  # whoever is hidden to protect another is looked at as well
        queue.extend(network.protect(queue.popleft(), k))
    return _published(network, k)


def _tells(network: Network, place: tuple[int, int], k: int) -> bool:
    """Whether a count tells on somebody by itself: it is small, its row is, or it holds everybody of its row."""
    row, column = place
    count, group = network.counts[row][column], network.counts[row][-1]
    holds_everybody = column < network.columns and network.columns > 1 and count == group > 0
    return 0 < count < k or 0 < group < k or holds_everybody


def _published(network: Network, k: int) -> Published:
    def row_of(row: int) -> tuple[int | None, ...]:
        return tuple(None if network.is_hidden((row, column)) else n for column, n in enumerate(network.counts[row]))

    *rows, totals = [row_of(row) for row in range(network.rows + 1)]
    return Published(tuple(row[:-1] for row in rows), tuple(row[-1] for row in rows), totals[:-1], totals[-1], k)


def share_band(share: Share, k: int = FEWEST_PEOPLE) -> tuple[int, int] | None:
    """Percent from and to, such as (25, 50), that a share lies in; None below k people. Its definition is "bands".

    The ends are 0-10 and 90-100, so that nobody reads "none" or "all". A share on an edge belongs to the band above it.
    """
    if share.answered < k:
        return None
    place = max(n for n, edge in enumerate(BAND_EDGES[:-1]) if 100 * share.right >= edge * share.answered)
    return BAND_EDGES[place], BAND_EDGES[place + 1]
