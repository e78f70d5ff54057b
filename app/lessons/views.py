"""Reading lessons: in public, or as assigned to a class."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any, NamedTuple, cast

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from app.classrooms.queries import PULSES, AssignedLesson, SignedInStudent, assignment_open_to, record_pulse
from app.core import clock, marks, sessions
from app.core.access import EVERYBODY, STUDENTS, open_to
from app.core.db import db
from app.core.helplines import help_panel, near_person, privacy_panel
from app.core.i18n import current_locale
from app.core.library import facts_behind, lessons_by_unit, library
from app.core.pages import same_for_everybody
from app.core.patterns import NUMBER, page_for_whoever_asks
from app.curriculum.before_after import FORMS, short_checks
from app.curriculum.content import BANDS, Lesson, Section, Unit
from app.curriculum.onpaper import for_paper
from app.curriculum.practice import KINDS
from app.curriculum.scoring import nearest_band
from app.curriculum.yearplan import year_plan
from app.lessons.queries import Steps, has_read, record_reading, steps_of

bp = Blueprint("lessons", __name__, template_folder="templates")
Page = Any


def lesson_or_404(number: int) -> Lesson:
    found = library().lesson_by_number(number)
    if found is None:
        abort(404)
    return found


def unit_of(lesson: Lesson) -> Unit:
    return next(u for u in library().units if u.id == lesson.unit)


def usual_band(lesson: Lesson) -> str:
    """The band shown to somebody who did not say."""
    return lesson.usual_band


class Shown(NamedTuple):
    """All that a lesson's page shows of an assignment: two students for whom this is the same get the same page."""

    id: int
    due_on: date | None
    over: bool
    last_day: date | None  # on which answers are taken
    closed: bool
    again: bool  # opened again for this student alone
    read: bool
    pulses: tuple[str, ...]  # questions that can still be tapped
    steps: Steps | None  # of lessons with a check before and after
    n_check: int  # questions of each check


def lesson_page(lesson: Lesson, band: str, assignment: Shown | None = None, offline: bool = False) -> str:
    text = lesson.texts[current_locale()]
    sections = with_help_near(text.for_band(band))
    previous, following = library().neighbours(lesson.slug)
    doing = next((s.id for s in sections if s.kind in ("practise", "do") and not s.sensitive), None)
    return render_template(
        "lessons/show.html",
        lesson=lesson,
        text=text,
        sections=sections,
        band=band,
        bands=lesson.bands,
        terms=[library().terms[t] for t in lesson.terms if t in library().terms],
        previous=previous,
        next=following,
        assignment=assignment,
        offline=offline,
        read=assignment is not None and assignment.read,
        over=assignment is not None and assignment.over,
        pulses=assignment.pulses if assignment else (),
        total_questions=lesson.quiz.length,
        steps=assignment.steps if assignment else None,
        n_check=assignment.n_check if assignment else 0,
        what_to_do=doing,
        waiting=[kind.name for kind in KINDS.values() if offline and not kind.in_page],
        activities=[a for a in lesson.practice_for(band) if current_locale() in a.texts],
        pause_section=next((s.id for s in reversed(sections) if s.kind == "help"), None),
        unit=unit_of(lesson),
        facts=facts_behind(lesson, band),
    )


def with_help_near(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The same with the help of the student's class first, where the lesson says who helps."""
    near = near_person()
    if not near or help_panel(near) == help_panel():
        return sections
    panels = [(panel(), panel(near)) for panel in (help_panel, privacy_panel)]
    return tuple(replace(s, html=reduce(lambda html, pair: html.replace(*pair), panels, s.html)) for s in sections)


@bp.get("/lessons/")
@open_to(EVERYBODY)
@same_for_everybody
def index() -> Page:
    """The path through all lessons; `?band=B&minutes=25&unit=help` shows those that fit."""
    wanted = Wanted.from_request()
    shown = [(u, own) for u, lessons in lessons_by_unit() if (own := [x for x in lessons if wanted.fits(x)])]
    return render_template(
        "lessons/index.html",
        units=shown,
        all_units=library().units,
        wanted=wanted,
        count=sum(len(lessons) for _unit, lessons in shown),
        bands=BANDS,
        most_minutes=MOST_MINUTES,
        boosters={} if wanted.minutes else {b.after: b for b in library().boosters if wanted.band in ("", *b.items)},
        plans=[(band, year_plan(library(), band)) for band in ([wanted.band] if wanted.band else BANDS)],
    )


MOST_MINUTES = (20, 25, 30)


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the path; anything odd in the address is passed over."""

    band: str = ""
    minutes: int = 0  # at most; 0 for any
    unit: str = ""

    @classmethod
    def from_request(cls) -> Wanted:
        band, minutes, unit = (request.args.get(name, "") for name in ("band", "minutes", "unit"))
        return cls(
            band if band in BANDS else "",
            next((n for n in MOST_MINUTES if str(n) == minutes), 0),
            unit if any(u.id == unit for u in library().units) else "",
        )

    def fits(self, lesson: Lesson) -> bool:
        return self.band in ("", *lesson.bands) and (not self.minutes or lesson.minutes <= self.minutes) and self.unit in ("", lesson.unit)

    def __bool__(self) -> bool:
        return bool(self.band or self.minutes or self.unit)


@bp.get("/lessons/<id:number>")
@open_to(EVERYBODY)
@same_for_everybody
def show(number: int) -> Page:
    lesson = lesson_or_404(number)
    wanted = request.args.get("band", "")
    band = wanted if wanted in lesson.bands else usual_band(lesson)
    if sessions.person():
        return page_for_whoever_asks((lesson.number, band), lambda: lesson_page(lesson, band))
    return lesson_page(lesson, band)


@bp.get("/lessons/<slug>")
@open_to(EVERYBODY)
def by_slug(slug: str) -> Page:
    """A plain slug, which teachers and parents can type, leads to the discreet number."""
    found = library().lesson(slug)
    if found is None:
        abort(404)
    return redirect(url_for("lessons.show", number=found.number), 301)


@bp.get("/lessons/<id:number>/plan")
@open_to(EVERYBODY)
@same_for_everybody
def plan(number: int) -> Page:
    """What a teacher needs; with `?with=lesson&band=B` also all that students of that age read, so that the plan on paper is enough."""
    lesson = lesson_or_404(number)
    wanted = request.args.get("band", "")
    band = wanted if wanted in lesson.bands else usual_band(lesson)
    text = lesson.texts[current_locale()]
    return render_template(
        "lessons/plan.html",
        lesson=lesson,
        plan=lesson.plans[current_locale()],
        unit=unit_of(lesson),
        facts=facts_behind(lesson),
        text=text,
        band=band,
        read=[(s, for_paper(s.html)) for s in text.for_band(band)] if request.args.get("with") == "lesson" else [],
    )


def own_assignment(assignment_id: int) -> tuple[SignedInStudent, AssignedLesson, Lesson]:
    """The signed-in student's assignment; another class's does not exist."""
    student = cast(SignedInStudent, sessions.person())
    assignment = assignment_open_to(student, assignment_id)
    lesson = library().lesson(assignment.lesson_slug) if assignment else None
    if assignment is None or lesson is None:
        abort(404)
    return student, assignment, lesson


@bp.get("/lessons/assigned/<id:assignment_id>")
@open_to(STUDENTS)
def assigned(assignment_id: int) -> Page:
    student, assignment, lesson = own_assignment(assignment_id)
    band = student.band if student.band in lesson.bands else usual_band(lesson)
    today = clock.today(student.timezone)
    shown = Shown(
        NUMBER, assignment.due_on, assignment.due_on is not None and assignment.due_on < today, assignment.last_day,
        assignment.is_closed(today), assignment.is_open_again(today), has_read(student.id, assignment.id), tuple(pulses_to_ask(assignment)),
        *steps_in(student, assignment, lesson),
    )  # fmt: skip
    return page_for_whoever_asks((lesson.number, band, shown), lambda: lesson_page(lesson, band, shown), number=assignment.id)


def steps_in(student: SignedInStudent, assignment: AssignedLesson, lesson: Lesson) -> tuple[Steps | None, int]:
    """How far this student is where the lesson has checks, and how many questions each holds."""
    n = len(short_checks(lesson.quiz, nearest_band(lesson.quiz, student.band))[FORMS[0]]) if assignment.checks else 0
    return (steps_of(student.id, assignment.id), n) if n else (None, 0)


@bp.post("/lessons/assigned/<id:assignment_id>/read")
@open_to(STUDENTS)
def mark_read(assignment_id: int) -> Page:
    student, assignment, _lesson = own_assignment(assignment_id)
    record_reading(student.id, assignment.id, clock.today(student.timezone))
    db.session.commit()
    return redirect(url_for("quizzes.take", assignment_id=assignment.id), 303)


def pulses_to_ask(assignment: AssignedLesson) -> dict[str, tuple[str, ...]]:
    """The closing questions this sitting has not answered yet, each with what can be tapped."""
    told = marks.marks()
    return {question: replies for question, replies in PULSES.items() if f"{assignment.id}.{question}" not in told}


@bp.post("/lessons/assigned/<id:assignment_id>/pulse")
@open_to(STUDENTS)
def pulse(assignment_id: int) -> Page:
    """Count one tap, without the seat; the same sitting's second tap on a question is passed over."""
    _student, assignment, _lesson = own_assignment(assignment_id)
    question, reply = request.form.get("question", ""), request.form.get("reply", "")
    if reply not in PULSES.get(question, ()):
        abort(400)
    back = redirect(url_for("lessons.assigned", assignment_id=assignment.id) + "#ui-pulse", 303)
    if question not in pulses_to_ask(assignment):
        return back
    record_pulse(assignment.id, question, reply)
    db.session.commit()
    return marks.add_mark(back, f"{assignment.id}.{question}")


@bp.get("/plans/<slug>")
@open_to(EVERYBODY)
def plan_by_slug(slug: str) -> Page:
    found = library().lesson(slug)
    if found is None:
        abort(404)
    return redirect(url_for("lessons.plan", number=found.number), 301)


def media(number: int, name: str) -> Page:
    """A lesson's own picture, `/media/NUMBER/NAME.svg`, the same in every language."""
    lesson = lesson_or_404(number)
    file = current_app.config["LESSONS"] / lesson.slug / "media" / name
    if not re.fullmatch(r"[a-z0-9-]{1,60}\.svg", name) or file.is_symlink() or file.parent.is_symlink() or not file.is_file():
        abort(404)
    response = current_app.response_class(file.read_bytes(), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


from app.lessons import printing  # noqa: E402, F401
