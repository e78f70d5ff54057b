"""Counts of people that may leave a school: what would tell on somebody is hidden, and cannot be worked out from the rest.

A board's table has a row for each school (or lesson), a column for each state, and totals. Three rules (design/trust.md, L):
a count of 1 to k-1 is hidden, and so is a whole group of 1 to k-1 people; so is a count that holds a whole group ("all 30 ..."
tells on each of them); and so are as many others as it takes that, from everything shown, each hidden count could still be k or
more apart (secondary cell suppression: Hundepool et al., Statistical Disclosure Control, 2012, chapter 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from . import definitions
from .statistics import Share

FEWEST_PEOPLE = 10
FLOOR = 5  # k is never below this
BAND_EDGES = (0, 10, 25, 50, 75, 90, 100)


@dataclass(frozen=True)
class Published:
    """A table that may be shown: None stands where a count is hidden. What is shown adds up, as people expect."""

    definition: ClassVar[str] = definitions.HIDDEN_FIGURES
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

    `table[row][column]` counts people, each of them in one cell. Where nothing less would do the whole table is hidden.
    Raises ValueError for k below 5, a negative count, or rows of different length.
    """
    raise NotImplementedError


def share_band(share: Share, k: int = FEWEST_PEOPLE) -> tuple[int, int] | None:
    """Percent from and to, such as (25, 50), that a share lies in; None below k people.

    The ends are 0-10 and 90-100, so that nobody reads "all" or "none".
    """
    raise NotImplementedError


def may_refresh(shown: int, now: int, k: int = FEWEST_PEOPLE) -> bool:
    """Whether a report that counted `shown` people may be replaced by one that counts `now`: only with k more, or each new
    answer would show itself as the difference of two reports. A report of another period is a report of its own."""
    raise NotImplementedError
