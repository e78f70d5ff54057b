"""A bar chart drawn in its own units, and the numbers on it held against the facts they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 200  # of the drawing
LEFT, BOTTOM, TOP = 8, 168, 22  # where bars begin; room for a number above the tallest and a name below


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: int

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def bars(values: Sequence[int], low: int, high: int) -> tuple[Bar, ...]:
    """One bar for each value on an axis from `low` to `high`; what is below the axis has no height."""
    room = (WIDTH - 2 * LEFT) / len(values)
    found = []
    for n, value in enumerate(values):
        height = round((BOTTOM - TOP) * max(0, value - low) / (high - low), 1)
        found.append(Bar(round(LEFT + room * n + room * 0.15, 1), round(BOTTOM - height, 1), round(room * 0.7, 1), height, value))
    return tuple(found)


def looks(values: Sequence[int], low: int) -> float | None:
    """How many times as tall as the first bar the last one is drawn; None when the first cannot be seen."""
    return (values[-1] - low) / (values[0] - low) if values[0] > low else None


_GAP = "[ ,.\u00a0\u202f]?"  # between thousands, by language


def stands_in(value: int, text: str) -> bool:
    """Is this number written in the text? 6322 may be 6322, 6,322 or 6 322.

    >>> stands_in(6322, "6 322 en 2020"), stands_in(632, "6 322 en 2020")
    (True, False)
    """
    grouped = f"{value:,}".replace(",", _GAP)
    return re.search(rf"(?<!\d)(?<!\d[ ,.\u00a0\u202f]){grouped}(?![ ,.\u00a0\u202f]?\d)", text) is not None
