"""The short checks before and after a lesson: which questions each holds, and what the pairs of answers tell."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from . import definitions
from .content import Item, Quiz
from .gain import FEWEST_PAIRS, Gain, paired_gain
from .ideas import Held
from .progress import FEWEST_ANSWERS
from .scoring import draw, misconceptions_behind

BEFORE, AFTER = 0, -1  # what a sitting at a check is called beside the sittings at the quiz itself, which are numbered from 1
FORMS = ("A", "B")
MOST_QUESTIONS = 4


def short_checks(quiz: Quiz, band: str) -> dict[str, tuple[str, ...]]:
    """Form -> its questions in the order they are asked: as many of one form as of the other, at most 4; empty when one has none.

    Sensitive questions are left out, and anchors, which every sitting at the quiz asks again. Those that the first sitting asks come
    last: its feedback teaches them. Of the others, pairs with the same objective come first, so that both forms ask for the same, and
    short kinds before longer ones; then a fixed lot decides.
    """
    taught = draw(quiz, band, 1)

    def order(item: Item) -> tuple[bool, bool, bytes]:
        lot = hashlib.sha256("\n".join((quiz.slug, band, item.id)).encode()).digest()
        return item.id in taught, item.kind != "single", lot

    items = sorted((i for i in quiz.for_band(band) if not i.sensitive and not i.anchor), key=order)
    of = {form: [i for i in items if i.form == form] for form in FORMS}
    wanted = min(MOST_QUESTIONS, *(len(own) for own in of.values()))
    alike = _rounds({form: [i for i in own if i.id not in taught] for form, own in of.items()})
    return {form: tuple(i.id for i in (*alike[form], *(i for i in own if i not in alike[form]))[:wanted]) for form, own in of.items()}


def _rounds(of: Mapping[str, Sequence[Item]]) -> dict[str, list[Item]]:
    """Questions in pairs of one objective, first one pair of each objective, then a second of each that has one."""
    chosen: dict[str, list[Item]] = {form: [] for form in of}
    by_objective = {form: {i.objective: [o for o in own if o.objective == i.objective] for i in own} for form, own in of.items()}
    shared = sorted(set.intersection(*(set(own) for own in by_objective.values())))
    for nth in range(MOST_QUESTIONS):
        for objective in shared:
            if all(len(own[objective]) > nth for own in by_objective.values()):
                for form, own in by_objective.items():
                    chosen[form].append(own[objective][nth])
    return chosen


def form_of(quiz: Quiz, item_ids: Iterable[str]) -> str:
    """The form that a check's questions belong to; "" when none of them is in the bank any more."""
    return next((item.form for i in item_ids if (item := quiz.item(i)) is not None and item.form in FORMS), "")


def other_form(form: str) -> str:
    return FORMS[1 - FORMS.index(form)]


@dataclass(frozen=True)
class CheckAnswer:
    """One answer in one check."""

    item_id: str
    choice: str
    right: bool


@dataclass(frozen=True)
class Check:
    """One check of one student, with what was answered in it."""

    student_id: int
    nth: int  # BEFORE or AFTER
    finished: bool
    answers: tuple[CheckAnswer, ...]


@dataclass(frozen=True)
class Shift:
    """A wrong idea before and after the lesson, among those who took both checks."""

    idea: str
    before: Held
    after: Held


class Verdict(Enum):
    """Which sentence stands at the top; templates word it."""

    TOO_FEW = "too_few"  # fewer than 5 pairs: nothing is shown
    COUNTS = "counts"  # fewer than 8: how many improved, and no average
    ALIKE = "alike"  # everybody's gain is the same, so that nothing says how far to trust it
    CHANCE = "chance"  # the interval holds 0
    GAINED = "gained"
    LOWER = "lower"


@dataclass(frozen=True)
class Pair:
    """One student's two checks: right answers of those asked. Whose they are is left behind."""

    right_before: int
    of_before: int
    right_after: int
    of_after: int

    @property
    def before(self) -> float:
        return self.right_before / self.of_before

    @property
    def after(self) -> float:
        return self.right_after / self.of_after


@dataclass(frozen=True)
class Comparison:
    """What a class's checks tell. Only who took both is compared; everybody else is counted, by why.

    The pairs are those that may be shown: whoever the lesson is given to now, and five more at a time (quizzes/checks.py)."""

    definition: ClassVar[str] = definitions.GAIN
    gain: Gain
    pairs: tuple[Pair, ...]
    both: int  # of those to whom the lesson is given now, as the next three
    only_before: int
    only_after: int
    neither: int
    shifts: tuple[Shift, ...]  # most changed first; those with 5 answers on each side

    @property
    def left_out(self) -> int:
        return self.only_before + self.only_after + self.neither

    @property
    def verdict(self) -> Verdict:
        if self.gain.n < FEWEST_ANSWERS:
            return Verdict.TOO_FEW
        if self.gain.n < FEWEST_PAIRS:
            return Verdict.COUNTS
        if self.gain.could_be_chance is None:
            return Verdict.ALIKE
        if self.gain.could_be_chance:
            return Verdict.CHANCE
        return Verdict.GAINED if (self.gain.mean or 0) > 0 else Verdict.LOWER


@dataclass(frozen=True)
class Counted:
    """What is known of a class's pairs of checks: nobody's, and in no order."""

    pairs: tuple[Pair, ...] = ()
    ideas: Mapping[str, tuple[Held, Held]] = field(default_factory=dict)  # each wrong idea before and after


def counted(quiz: Quiz, both: Sequence[tuple[Check, Check]]) -> Counted:
    """What these pairs tell together."""
    return Counted(tuple(Pair(*_score(before), *_score(after)) for before, after in both), ideas_in(quiz, both))


def compare(known: Counted, taken: Mapping[int, Collection[int]], students: Iterable[int]) -> Comparison:
    """What the pairs tell; and of the students to whom the lesson is given, who took which checks (`taken`: student -> BEFORE, AFTER)."""
    own = [set(taken.get(student, ())) for student in students]
    return Comparison(
        paired_gain([p.before for p in known.pairs], [p.after for p in known.pairs]),
        tuple(sorted(known.pairs, key=lambda p: (p.before, p.after))),
        own.count({BEFORE, AFTER}),
        own.count({BEFORE}),
        own.count({AFTER}),
        own.count(set()),
        shifts_of(known.ideas),
    )


def pairs_in(checks: Iterable[Check]) -> list[tuple[Check, Check]]:
    """The two checks of everybody who finished both. One that was begun and not finished counts as not taken."""
    taken: dict[int, dict[int, Check]] = {}
    for check in checks:
        if check.finished and check.answers:
            taken.setdefault(check.student_id, {})[check.nth] = check
    return [(own[BEFORE], own[AFTER]) for own in taken.values() if len(own) == 2]


def _score(check: Check) -> tuple[int, int]:
    return sum(a.right for a in check.answers), len(check.answers)


def ideas_in(quiz: Quiz, both: Iterable[tuple[Check, Check]]) -> dict[str, tuple[Held, Held]]:
    """Each wrong idea before and after, from people's two checks."""
    counted: dict[str, tuple[list[bool], list[bool]]] = {}
    for pair in both:
        for side, check in enumerate(pair):
            for idea, holds in _held_by(quiz, check).items():
                counted.setdefault(idea, ([], []))[side].append(holds)
    return {idea: (Held(sum(b), len(b)), Held(sum(a), len(a))) for idea, (b, a) in counted.items()}


def _held_by(quiz: Quiz, check: Check) -> dict[str, bool]:
    """Each wrong idea that could be chosen in a check -> whether it was, at least once."""
    found: dict[str, bool] = {}
    for answer in check.answers:
        item = quiz.item(answer.item_id)
        if item is None or item.sensitive:
            continue
        chosen = misconceptions_behind(item, answer.choice)
        for idea in item.misconceptions.values():
            found[idea] = found.get(idea, False) or idea in chosen
    return found


def shifts_of(ideas: Mapping[str, tuple[Held, Held]]) -> tuple[Shift, ...]:
    """Those that five people met on each side and somebody held, the largest change first."""
    met = (Shift(idea, before, after) for idea, (before, after) in ideas.items() if not before.too_few and not after.too_few)
    shown = [s for s in met if s.before.chosen or s.after.chosen]
    return tuple(sorted(shown, key=lambda s: (-abs(s.after.share - s.before.share), s.idea)))
