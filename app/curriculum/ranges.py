"""How many of a class said something, told as a range: at no moment does it say what one of them said, nor in what has moved since.

Counts move five people at a time. An exact count of five tells on each of them when all five said the same, and so does the next count
when five more did. A range does not: whoever looks at it, again and again, and knows one answer besides, can never tell another's.
"""

from __future__ import annotations

from dataclasses import dataclass

from .progress import FEWEST_ANSWERS


@dataclass(frozen=True)
class Range:
    """Of `answered` people, `least` to `most` said it. `answered` is a multiple of five."""

    answered: int = 0
    least: int = 0
    most: int = 0

    @property
    def most_of_them(self) -> bool:
        """Whether it is half of them or more, wherever in the range the count lies."""
        return 0 < self.answered <= 2 * self.least


def with_five_more(shown: Range, count: int) -> Range:
    """The range once five more have answered; `count` is how many said it among all.

    What it can be now is cut in two, at a place that follows from what is shown and not from the count: each part can be
    reached from every count that the last range leaves open. So it tells nothing about those who had answered before, and
    of the five at most that three of them did, or that two did not. A range is never wider than five counts, and stays
    three wide for a class in which all but two agree.
    """
    cut = shown.least + FEWEST_ANSWERS if shown.least else 3
    answered, highest = shown.answered + FEWEST_ANSWERS, shown.most + FEWEST_ANSWERS
    if not shown.least <= count <= highest:
        raise ValueError(f"{count} cannot be {FEWEST_ANSWERS} answers after {shown}")
    return Range(answered, shown.least, cut - 1) if count < cut else Range(answered, cut, highest)
