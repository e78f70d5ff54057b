"""Wrong ideas: those of a class over all its quizzes and languages, and a card for five minutes about one of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import abort, render_template, request

from app.classrooms.models import Classroom
from app.classrooms.queries import students_in
from app.classrooms.taught import own_classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.helplines import ON_A_LINE, lines_of
from app.core.i18n import OWN_NAME, current_locale
from app.core.library import lessons_by_unit, lessons_left, library
from app.curriculum.assigning import is_shown
from app.curriculum.before_after import Shift, shifts_of
from app.curriculum.content import Misconception
from app.curriculum.ideas import Entry, Held, Worth, ledger
from app.curriculum.rendering import HELP_ORDER, WORDS
from app.curriculum.reteach import card_for
from app.progress.queries import tallies_in
from app.progress.views import Page, bp, described
from app.progress.views.gain import shown as shown_shift
from app.progress.views.matrix import Column, columns_of, lesson_now
from app.quizzes.checks import counted_in

SOME_ID = re.compile("0|[1-9][0-9]{0,8}")


@bp.get("/progress/<id:classroom_id>/ideas")
@open_to(TEACHERS)
def ideas(classroom_id: int) -> Page:
    """The class's wrong ideas, most widely held first; `?lesson=8` or `?unit=help` shows those of one lesson or unit."""
    classroom = own_classroom(classroom_id)
    columns = columns_of(classroom)
    wanted, now = Wanted.from_request(columns), lesson_now(columns)
    chosen = [c for c in columns if wanted.fits(c)]
    found = [shown(e, chosen) for e in entries_of(classroom, chosen, now)]
    shifts = {s.idea: shown_shift(s) for s in shifts_in(chosen)}
    return render_template(
        "progress/ideas.html",
        classroom=described(classroom),
        columns=columns,
        units=[u for u, lessons in lessons_by_unit() if any(c.lesson.unit == u.id for c in columns)],
        wanted=wanted,
        n_students=len(students_in(classroom.id)),
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        groups=[(worth.value, [i for i in found if i.entry.worth is worth]) for worth in Worth],
        now=now if now in chosen else None,
        shifts=shifts,
        only_checks=[s for idea, s in shifts.items() if idea not in {i.idea.id for i in found}],
        n_ideas=len(found),
    )


@dataclass(frozen=True)
class Wanted:
    """What part of a class's lessons to look at; anything odd in the address is passed over."""

    lesson: int = -1  # its number; -1 for all
    unit: str = ""

    @classmethod
    def from_request(cls, columns: list[Column]) -> Wanted:
        lesson, unit = request.args.get("lesson", ""), request.args.get("unit", "")
        return cls(
            next((c.lesson.number for c in columns if str(c.lesson.number) == lesson), -1),
            unit if any(c.lesson.unit == unit for c in columns) else "",
        )

    def fits(self, column: Column) -> bool:
        return self.lesson in (-1, column.lesson.number) and self.unit in ("", column.lesson.unit)


def entries_of(classroom: Classroom, columns: list[Column], now: Column | None) -> tuple[Entry, ...]:
    """Counts over first sittings; those of sensitive questions only once the due day is over, see quizzes.queries.still_open."""
    tallies, today = tallies_in([c.assignment.id for c in columns]), clock.today(classroom.timezone)
    shown = {c.assignment.id: is_shown(today, c.assignment.due_on, c.assignment.counted_until) for c in columns}
    answered = (
        (column.lesson.slug, item, counts[item.id])
        for column in columns
        if (counts := tallies.get(column.assignment.id))
        for item in column.lesson.quiz.items
        if item.id in counts and (not item.sensitive or shown[column.assignment.id])
    )
    return ledger(answered, now.lesson.slug if now else "")


@dataclass(frozen=True)
class ShownEntry:
    entry: Entry
    idea: Misconception
    places: list[tuple[Column, list[str]]]  # a lesson of the class, with the questions in which the idea was met


def shown(entry: Entry, columns: list[Column]) -> ShownEntry:
    places = [(c, own) for c in columns if (own := [p.item for p in entry.places if p.lesson == c.lesson.slug])]
    return ShownEntry(entry, library().misconceptions[entry.idea], places)


def shifts_in(columns: list[Column]) -> tuple[Shift, ...]:
    """Each idea before and after, over all lessons with checks."""
    given = [c.assignment.id for c in columns if c.assignment.checks]
    counts = counted_in(given) if given else {}
    pooled: dict[str, tuple[Held, Held]] = {}
    for known in (counts[one] for one in given if one in counts):
        for idea, (before, after) in known.ideas.items():
            so_far = pooled.get(idea, (Held(0, 0), Held(0, 0)))
            pooled[idea] = so_far[0] + before, so_far[1] + after
    return shifts_of(pooled)


@bp.get("/ideas/<idea_id>")
@open_to(TEACHERS)
def idea(idea_id: str) -> Page:
    """Five minutes about one wrong idea, on a sheet to print."""
    card = card_for(library(), idea_id, current_locale())
    if card is None:
        abort(404)
    asked = request.args.get("class", "")
    classroom = own_classroom(int(asked)) if SOME_ID.fullmatch(asked) else None  # the class somebody came from, and goes back to
    helping = [(WORDS[current_locale()][c], lines) for c in HELP_ORDER[current_locale()] if (lines := lines_of(c, ON_A_LINE))]
    own = described(classroom) if classroom else None
    return render_template("progress/idea.html", card=card, classroom=own, tongues=OWN_NAME, helping=helping)
