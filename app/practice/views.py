"""Doing something of a lesson: in public, without anything that is kept. What was chosen travels in the form, never in the address.

A student may add the way through a story, or the answer to a question to the class, to the counts of the class; they move five
students at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from app.classrooms.models import Assignment, Classroom
from app.classrooms.queries import SignedInStudent, assignments_of, assignments_open_to, shown_code
from app.classrooms.taught import own_classroom
from app.core import clock, sessions
from app.core.access import EVERYBODY, STUDENTS, TEACHERS, open_to
from app.core.db import db
from app.core.i18n import OTHER_LANGUAGE, current_locale
from app.core.library import library
from app.core.pages import same_for_everybody
from app.curriculum.content import Activity, Lesson
from app.curriculum.practice_pulse import PULSE, ClassSays, pulse_of
from app.curriculum.practice_scenario import story_of, walk
from app.curriculum.ranges import Range
from app.lessons.views import lesson_or_404
from app.practice.doing import Doing, Shown, nothing_more
from app.practice.kinds import SHOWN
from app.practice.pulse import ClassPulsePage, for_class, said_in
from app.practice.pulse_queries import count_answer, pulses_in, says_to
from app.practice.queries import count_way, counts_in, waiting_in
from app.practice.shares import shares_of

bp = Blueprint("practice", __name__, template_folder="templates")
Page = Any


def activity_or_404(number: int, nth: int) -> tuple[Lesson, Activity]:
    lesson = lesson_or_404(number)
    activity = lesson.activity(nth)
    if activity is None or current_locale() not in activity.texts:
        abort(404)
    return lesson, activity


def doing(number: int, nth: int) -> tuple[Doing, Shown]:
    """The activity at this address, with what its form carried."""
    lesson, activity = activity_or_404(number, nth)
    here = Doing(lesson, activity, activity.texts[current_locale()], current_locale())
    if request.method == "POST":
        here = replace(here, sent=request.form, ticked=request.form.getlist)
    return here, SHOWN.get(activity.kind, Shown(nothing_more))


def way_back(lesson: Lesson) -> str:
    """The lesson, as it is assigned to whoever is signed in or for everybody."""
    who = sessions.person()
    given = assignments_open_to(who) if isinstance(who, SignedInStudent) else []
    own = next((a.id for a in given if a.lesson_slug == lesson.slug), None)
    page = url_for("lessons.show", number=lesson.number) if own is None else url_for("lessons.assigned", assignment_id=own)
    return f"{page}#ui-practice"


def page_of(here: Doing, how: Shown, kept_for: str = "") -> str:
    """The page of an activity; with a band, as a device keeps it for when there is no connection."""
    lesson, activity = here.lesson, here.activity
    return render_template(
        f"practice/{activity.kind}.html",
        lesson=lesson,
        activity=activity,
        text=here.text,
        note=lesson.texts[here.locale].note if activity.sensitive else "",
        others=[a for a in lesson.practice if set(a.bands) & set(activity.bands)],  # what somebody of this age may do besides
        script=how.script,
        style=how.style,
        carries=how.carries,
        back_url=f"{url_for('offline.lesson', number=lesson.number, band=kept_for)}#ui-practice" if kept_for else way_back(lesson),
        offline=bool(kept_for),
        sitting=sessions.mark_of_session(),
        paper_url=url_for("practice.paper", number=lesson.number, nth=activity.number),
        **{**how.words(here), **(seen_by_class(here) if activity.kind == PULSE else {})},
    )


def seen_by_class(here: Doing) -> dict[str, Any]:
    """Of a question to the class, for a student of one: whether an answer can still be counted, and once it was, what the class says."""
    student, slug = sessions.person(), here.lesson.slug
    if not isinstance(student, SignedInStudent):
        return {}
    says = says_to(student, slug, here.activity.id)
    if says is None:
        return {"may_count": takes_answers(student, slug)}
    seen = not here.sent or (OTHER_LANGUAGE in here.sent and here.sent.get("step") == "seen")
    return {"of_class": says, "step": "seen"} if seen else {"of_class": says}


def takes_answers(student: SignedInStudent, slug: str) -> bool:
    """Whether this lesson is given to the student and has not closed."""
    today = clock.today(student.timezone)
    return any(a.lesson_slug == slug and not a.is_closed(today) for a in assignments_open_to(student))


@bp.get("/lessons/<id:number>/practice/<id:nth>")
@open_to(EVERYBODY)
@same_for_everybody
def show(number: int, nth: int) -> Page:
    return page_of(*doing(number, nth))


@bp.post("/lessons/<id:number>/practice/<id:nth>")
@open_to(EVERYBODY)
def go_on(number: int, nth: int) -> Page:
    """One step further, for browsers without script; nothing is kept."""
    return page_of(*doing(number, nth))


@bp.get("/lessons/<id:number>/practice/<id:nth>/paper")
@open_to(EVERYBODY)
@same_for_everybody
def paper(number: int, nth: int) -> Page:
    """The same on paper, for classes without devices."""
    here, how = doing(number, nth)
    return render_template(
        f"practice/{here.activity.kind}_paper.html",
        lesson=here.lesson,
        activity=here.activity,
        text=here.text,
        **(how.on_paper or how.words)(here),
    )


STORY = "scenario"


@bp.post("/lessons/<id:number>/practice/<id:nth>/count")
@open_to(STUDENTS)
def count(number: int, nth: int) -> Page:
    """Add a finished way through a story, or an answer to a question to the class, to the counts of the class: once for each student.
    A later one changes nothing and looks alike."""
    lesson, activity = activity_or_404(number, nth)
    student = sessions.person()
    assert isinstance(student, SignedInStudent)
    if activity.kind == PULSE:
        return count_pulse(student, *doing(number, nth))
    if activity.kind != STORY:
        abort(404)
    path = request.form.get("path", "")
    way = walk(story_of(activity), path)
    if way.path != path or not way.node.ending or way.player:
        abort(400)
    count_way(student, lesson.slug, activity.id, way)
    db.session.commit()
    return redirect(way_back(lesson), 303)


def count_pulse(student: SignedInStudent, here: Doing, how: Shown) -> Page:
    """The page comes with the answer that was sent, and not by a redirect: the next request would not know it, for it is not kept."""
    said, pulse, slug = said_in(here), pulse_of(here.activity), here.lesson.slug
    if not said.is_whole:
        return page_of(here, how), 422
    if takes_answers(student, slug):
        count_answer(student, slug, here.activity.id, said.answer == pulse.norm, pulse.guessed_fewer(said.guess or 0))
    page = page_of(here, how)
    db.session.commit()
    return page


@bp.get("/practice/<id:classroom_id>")
@open_to(TEACHERS)
def of_class(classroom_id: int) -> Page:
    """What a class chose in its stories and says to its questions: counts, never names and never one way."""
    classroom = own_classroom(classroom_id)
    given, shown, begun = assignments_of(classroom.id), counts_in(classroom.id), waiting_in(classroom.id)
    assigned = {a.lesson_slug for a in given}
    stories = [
        shares_of(lesson, activity, current_locale(), shown.get((lesson.slug, activity.id), {}))
        for lesson in library().lessons
        for activity in lesson.practice_for(classroom.band)
        if activity.kind == STORY and current_locale() in activity.texts
        if lesson.slug in assigned or (lesson.slug, activity.id) in begun
    ]
    return render_template(
        "practice/of_class.html",
        classroom={"id": classroom.id, "label": classroom.label, "code": shown_code(classroom)},
        columns=[{"assignment": a} for a in given],
        stories=stories,
        pulses=pulses_of(classroom, given),
    )


NOBODY_YET = ClassSays(Range(), Range())


def pulses_of(classroom: Classroom, given: Sequence[Assignment]) -> list[ClassPulsePage]:
    """The questions to a class that its lessons have, or that somebody has answered."""
    found, assigned, locale = pulses_in(classroom.id), {a.lesson_slug for a in given}, current_locale()
    return [
        for_class(lesson, activity, locale, found.get((lesson.slug, activity.id), NOBODY_YET))
        for lesson in library().lessons
        for activity in lesson.practice_for(classroom.band)
        if activity.kind == PULSE and locale in activity.texts
        if lesson.slug in assigned or (lesson.slug, activity.id) in found
    ]


@bp.get("/practice/<id:classroom_id>/wall")
@open_to(TEACHERS)
def wall(classroom_id: int) -> Page:
    """For the projector: the questions to the class; `?item=` one of them, with `&show=class` what the class says. It is given ranges
    and words of the lesson and nothing else, so that no name can stand on it."""
    classroom = own_classroom(classroom_id)
    pulses, wanted = pulses_of(classroom, assignments_of(classroom.id)), request.args.get("item")
    one = next((p for p in pulses if p.id == wanted), None)
    if wanted is not None and one is None:
        abort(404)
    return render_template(
        "practice/pulse_wall.html", pulses=pulses, one=one, shown=request.args.get("show") == "class", classroom_id=classroom.id
    )
