"""A teacher switches looking back on or off for a class, and sees what is still known: counts, never names."""

from __future__ import annotations

from dataclasses import dataclass

from babel.dates import get_day_names
from flask import abort, redirect, render_template, request, url_for

from app.boosters.queries import counts_in, switch_off, switch_on
from app.boosters.views import Page, bp
from app.classrooms.models import Assignment
from app.classrooms.queries import assignments_of, shown_code
from app.classrooms.taught import own_classroom
from app.core.access import TEACHERS, open_to
from app.core.db import db
from app.core.i18n import current_locale
from app.core.library import lessons_left, library
from app.curriculum.content import Lesson
from app.curriculum.objectives import objectives_in_words
from app.curriculum.spacing import SCHOOL_DAYS, Kept, Retained

OFF = "0"


@dataclass(frozen=True)
class Point:
    """One objective of a lesson, and what is known of it some weeks later."""

    objective: str
    words: str  # HTML
    section: str  # of the lesson, behind it
    rounds: dict[int, Retained]  # those that may be shown, first to last

    @property
    def latest(self) -> Retained:
        return self.rounds[max(self.rounds)]


@dataclass(frozen=True)
class LookedBack:
    """A lesson that was looked back at."""

    lesson: Lesson
    points: list[Point]


@bp.get("/boosters/class/<id:classroom_id>")
@open_to(TEACHERS)
def of_class(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    given, counts = assignments_of(classroom.id), counts_in(classroom.id)
    lessons = [found for a in given if (found := looked_back(a, counts.get(a.id, {}))) is not None]
    latest = [point.latest.kept for found in lessons for point in found.points]
    return render_template(
        "boosters/of_class.html",
        classroom={"id": classroom.id, "label": classroom.label, "code": shown_code(classroom)},
        columns=[{"assignment": a} for a in given],
        can_assign=bool(lessons_left(classroom.band, [a.lesson_slug for a in given])),
        day=classroom.booster_day,
        days=[(n, day_of_the_week(n)) for n in SCHOOL_DAYS],
        ends_on=classroom.ends_on,
        lessons=lessons,
        known=latest.count(Kept.SOLID),
        again=latest.count(Kept.AGAIN),
        all_points=len(latest),
        saved="saved" in request.args,
    )


def day_of_the_week(n: int) -> str:
    """Monday is 1."""
    name: str = get_day_names("wide", "stand-alone", current_locale())[n - 1]
    return name


def looked_back(given: Assignment, counts: dict[str, dict[int, Retained]]) -> LookedBack | None:
    """What may be shown of a lesson; None where that is nothing, so that nobody can tell whether anybody has looked back."""
    lesson = library().lesson(given.lesson_slug)
    if lesson is None:
        return None
    words = objectives_in_words(lesson, current_locale())
    points = [Point(o, words[o], section_behind(lesson, o), counts[o]) for o in lesson.objectives if o in counts]
    return LookedBack(lesson, points) if points else None


def section_behind(lesson: Lesson, objective: str) -> str:
    return next((i.section for i in lesson.quiz.items if i.objective == objective), "")


@bp.post("/boosters/class/<id:classroom_id>")
@open_to(TEACHERS)
def switch(classroom_id: int) -> Page:
    """On, with the day of the week on which new questions begin, or off."""
    classroom, day = own_classroom(classroom_id), request.form.get("day", "")
    if day == OFF:
        switch_off(classroom)
    elif day in map(str, SCHOOL_DAYS):
        switch_on(classroom, int(day))
    else:
        abort(400)
    db.session.commit()
    return redirect(url_for("boosters.of_class", classroom_id=classroom.id, saved=1), 303)
