"""A question to the class (`pulse`): what do you think, and how many of you think so? The class's own answers stand beside a survey's.

It is about an opinion, never about what somebody has lived: nearly everybody believes that others take it more lightly than they do.
"""

from __future__ import annotations

from dataclasses import dataclass

from .content import Activity, Piece
from .practice_kind import Kind, Parts
from .practice_labs import MINUTE
from .ranges import Range
from .tables import Table

PULSE = "pulse"
OUT_OF = 10  # what is guessed is a number out of ten
TOLD = ("lower", "near")  # what is said to a guess below the survey, and to any other


def _pulse(table: Table) -> Parts:
    options = table.words("options")
    data = {"norm": table.text("norm", one_of=options), "fact": "", "percent": 0.0}
    survey = table.table("survey")
    if survey is None:
        table.error("survey", "missing-key", '"survey" is missing. Add [activities.survey] with a fact and its percent.')
    else:
        data |= {"fact": survey.text("fact"), "percent": survey.percent("percent")}
        survey.finish()
    told = (Piece(name, "told") for name in TOLD)
    return Parts((Piece("ask", "question", options), Piece("guess", "question"), Piece("survey", "survey"), *told, MINUTE), data)


KINDS = (Kind(PULSE, _pulse, in_page=False),)


@dataclass(frozen=True)
class Pulse:
    """The question as its pages need it. `norm` is the answer that the survey's figure is about."""

    options: tuple[str, ...]
    norm: str
    fact: str
    percent: float

    @property
    def tens(self) -> int:
        """The survey's figure out of ten, rounded down: to guess fewer is to take the others for worse than they are."""
        return int(self.percent * OUT_OF / 100)

    def guessed_fewer(self, guess: int) -> bool:
        return guess < self.tens


def pulse_of(activity: Activity) -> Pulse:
    asked = activity.piece("ask")
    return Pulse(asked.options if asked else (), activity.data["norm"], activity.data["fact"], float(activity.data["percent"]))


@dataclass(frozen=True)
class ClassSays:
    """All that anybody may know of a class: how many say what the survey's most say, and how many guessed fewer. It has no seat."""

    says: Range
    fewer: Range

    @property
    def answered(self) -> int:
        return self.says.answered

    @property
    def for_the_class(self) -> bool:
        """Whether the class itself sees it: not before five, and only a norm that helps. A class that is told how many of it think
        the worse thing comes to think it more (the boomerang of norms: Schultz et al., Psychological Science 18(5), 2007)."""
        return self.says.most_of_them
