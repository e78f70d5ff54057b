"""What a class gained between the check before a lesson and the one after it: pairs only, nobody by name, no more than they show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import abort, render_template

from app.classrooms.queries import assignment_in, given_seats, rules_of, students_in
from app.classrooms.taught import own_classroom
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.library import lessons_left, library
from app.curriculum.before_after import Comparison, Counted, Pair, Shift, Verdict, compare
from app.curriculum.content import Misconception
from app.curriculum.gain import FEWEST_PAIRS, Gain
from app.curriculum.ideas import Worth
from app.progress.views import Page, bp, described
from app.progress.views.matrix import columns_of
from app.quizzes.checks import counted_in, taken_in


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/gain")
@open_to(TEACHERS)
def gain(classroom_id: int, assignment_id: int) -> Page:
    """Before and after one lesson."""
    classroom = own_classroom(classroom_id)
    given = assignment_in(classroom.id, assignment_id)
    lesson = library().lesson(given.lesson_slug) if given else None
    if given is None or lesson is None:
        abort(404)
    students = students_in(classroom.id)
    has_it = given_seats([given], students, rules_of(given.id))[given.id]
    found = compare(counted_in([given.id]).get(given.id, Counted()), taken_in([given.id]).get(given.id, {}), has_it)
    columns = columns_of(classroom)
    return render_template(
        "progress/gain.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        columns=[c for c in columns if c.assignment.checks],
        n_students=len(students),
        n_given=len(has_it),
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        found=found,
        verdict=found.verdict.value,
        sentence=sentence_of(found),
        average=average_of(found.gain),
        bubbles=bubbles_of(found.pairs) if found.gain.n >= FEWEST_PAIRS else [],  # of five people each would stand alone
        steps=steps_of(found.pairs),
        shifts=[shown(s) for s in found.shifts],
        still=still_held(found),
    )


def sentence_of(found: Comparison) -> str:
    """What the pairs tell, and what to do about it."""
    return {
        Verdict.TOO_FEW: _(
            "Fewer than 5 students have taken both checks, so nothing is shown. Give the class five minutes for the last step, “And now?”."
        ),
        Verdict.COUNTS: _(
            "With fewer than 8 pairs an average would say more about chance than about the class. "
            "Ask the others to take the last step, “And now?”."
        ),
        Verdict.ALIKE: _(
            "Everybody’s change is the same, so there is no telling how far to trust the average. "
            "Look at the ideas below, and go by what you hear in class."
        ),
        Verdict.CHANCE: _(
            "There is no change that could not be chance. Talk through the idea that most still hold, and ask what was unclear."
        ),
        Verdict.GAINED: _(
            "The class has more right than before, and chance alone is an unlikely reason. "
            "Talk once more about the idea that most still hold, then go on."
        ),
        Verdict.LOWER: _(
            "The class has less right than before, and chance alone is an unlikely reason. "
            "Ask what was unclear, and go through the lesson once more together."
        ),
    }[found.verdict]


def average_of(gain: Gain) -> str:
    """The mean gain with its interval, in percentage points; empty where there is too little for one."""
    if gain.mean is None or gain.low is None or gain.high is None:
        return ""
    return _("On average %(mean)s percentage points; the 95%% interval goes from %(low)s to %(high)s.",
             mean=points(gain.mean), low=points(gain.low), high=points(gain.high))  # fmt: skip


def points(share: float) -> str:
    """+18, −3 or 0: hundredths with their sign."""
    n = round(100 * share)
    return f"+{n}" if n > 0 else f"\N{MINUS SIGN}{-n}" if n < 0 else "0"


@dataclass(frozen=True)
class Bubble:
    """Students with the same two results: where they lie in the drawing (0-1 to the right and upwards), and how many they are."""

    before: float
    after: float
    n: int

    @property
    def kind(self) -> str:
        return "up" if self.after > self.before + 1e-9 else "down" if self.after < self.before - 1e-9 else "same"


def bubbles_of(pairs: tuple[Pair, ...]) -> list[Bubble]:
    return [Bubble(before, after, n) for (before, after), n in sorted(Counter((p.before, p.after) for p in pairs).items())]


def steps_of(pairs: tuple[Pair, ...]) -> int:
    """How many questions each check held, for the scale of the drawing; 4 where they differ (a question left the bank)."""
    held = {n for p in pairs for n in (p.of_before, p.of_after)}
    return held.pop() if len(held) == 1 else 4


@dataclass(frozen=True)
class ShownIdea:
    shift: Shift
    idea: Misconception

    @property
    def worth_talking(self) -> bool:
        return self.shift.after.worth is Worth.TALK


def shown(shift: Shift) -> ShownIdea:
    return ShownIdea(shift, library().misconceptions[shift.idea])


def still_held(found: Comparison) -> ShownIdea | None:
    """The idea that most hold after the lesson, where they are many."""
    most = max(found.shifts, key=lambda s: s.after.at_least, default=None)
    return shown(most) if most is not None and most.after.chosen > 1 and most.after.worth is not Worth.HARDLY else None
