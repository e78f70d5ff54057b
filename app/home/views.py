"""First page, a student's own page, reading settings, leaving, and the pages about the site itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy import text
from werkzeug.wrappers import Response

from app.boosters.queries import look_of
from app.classrooms.queries import AssignedLesson, SignedInStudent, assignments_open_to
from app.core import clock, sessions
from app.core.access import EVERYBODY, STUDENTS, TEACHERS, open_to
from app.core.db import CANNOT_NOW, db
from app.core.i18n import best_locale, current_locale
from app.core.library import lessons_by_unit, library
from app.core.logs import describe, log
from app.core.pages import same_for_everybody
from app.core.preferences import Preferences, preferences, remember
from app.curriculum.content import Document, Lesson
from app.curriculum.progress import standing
from app.home.forms import SettingsForm
from app.lessons.queries import readings_of
from app.quizzes.queries import standings_of

bp = Blueprint("home", __name__, template_folder="templates")
Page = Any

# Weather services: neutral, never personalised, in the reader's language (trust D-6).
EXITS = {"en": "https://weather.gc.ca/", "fr": "https://meteo.gc.ca/", "ko": "https://www.weather.go.kr/"}
SEEDS = ("003", "000", "001", "002", "004")


def welcome() -> Page:
    """`/` leads to the reader's best language."""
    response = redirect(url_for("home.first", locale=best_locale(request.accept_languages)), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


def health() -> Page:
    """`/healthz`: 200 when the database answers and the lessons are there."""
    db.session.execute(text("SELECT 1"))
    return current_app.response_class("ok\n", mimetype="text/plain")


@bp.get("/")
@open_to(EVERYBODY)
@same_for_everybody
def first() -> Page:
    return render_template("home/first.html", units=lessons_by_unit())


@dataclass(frozen=True)
class Card:
    """One assigned lesson on a student's page."""

    lesson: Lesson
    text: Document
    assignment: AssignedLesson
    standing: str
    read: bool
    answered: int
    total: int
    due_on: date | None
    over: bool
    last_day: date | None
    closed: bool
    again: bool
    url_lesson: str
    url_quiz: str
    url_result: str | None
    redoing: bool  # handed in, and another try is under way
    url_practise: str | None


@bp.get("/my-lessons")
@open_to(STUDENTS)
def student() -> Page:
    who = sessions.person()
    assert isinstance(who, SignedInStudent)
    read, standings, today = readings_of(who.id), standings_of(who.id), clock.today(who.timezone)
    cards = []
    for given in assignments_open_to(who):
        lesson = library().lesson(given.lesson_slug)
        if lesson is None:
            continue
        row = standings.get(given.id)
        state = standing(row.best_right, row.best_counted, row.tries, row.answered).value if row else "not_yet"
        if state == "once_more":
            state = "hand"  # finished: the light is on, whatever the score; here it only ever reads "worth another look"
        cards.append(
            Card(
                lesson,
                lesson.texts[current_locale()],
                given,
                "started" if state == "not_yet" and given.id in read else state,
                given.id in read,
                row.answered if row else 0,
                row.total if row else lesson.quiz.length,
                given.due_on,
                given.due_on is not None and given.due_on < today,
                given.last_day,
                given.is_closed(today),
                given.is_open_again(today),
                url_for("lessons.assigned", assignment_id=given.id),
                url_for("quizzes.take", assignment_id=given.id),
                url_for("quizzes.take", assignment_id=given.id, answers=1) if row and (row.tries or row.answered) else None,
                bool(row and row.tries and row.answered < row.total) and not given.is_closed(today),
                url_for("lessons.assigned", assignment_id=given.id, _anchor="ui-practice") if can_practise(lesson, who.band) else None,
            )
        )
    return render_template("home/student.html", cards=cards, look_back=len(look_of(who).waiting))


def can_practise(lesson: Lesson, band: str) -> bool:
    """Whether there is something to try out for this age, in the reader's language."""
    return any(current_locale() in a.texts for a in lesson.practice_for(band if band in lesson.bands else lesson.usual_band))


@bp.get("/settings")
@open_to(EVERYBODY)
def settings() -> Page:
    return render_template("home/settings.html", form=SettingsForm(obj=preferences()), saved="saved" in request.args)


@bp.post("/settings")
@open_to(EVERYBODY)
def settings_sent() -> Page:
    form = SettingsForm.from_request()
    if not form.validate():
        abort(400)
    chosen = Preferences(form.theme.data or "", form.text.data or "", form.space.data or "")
    return remember(redirect(url_for("home.settings", saved=1), 303), chosen)


@bp.post("/stay")
@open_to(STUDENTS | TEACHERS)
def stay() -> Page:
    """Somebody presses "Stay signed in" in the warning that page.js shows: being asked keeps the session, the answer says for how long."""
    left = sessions.time_left()
    return {"idle": left.idle, "most": left.at_most} if left else abort(503)


@bp.route("/leave", methods=["GET", "POST"])
@open_to(EVERYBODY)
def leave() -> Response:
    """Leaving without script, and the goodbye that the script sends: the session ends, the browser forgets these pages."""
    if request.cookies.get(sessions.cookie_name()):
        try:
            with db.writing() as connection:
                sessions.end_in(connection)
        except CANNOT_NOW as error:
            log.error("%s", describe(error))  # the browser leaves and forgets all the same
    return sessions.take_cookie(redirect(EXITS[current_locale()], 303))


@bp.get("/tables")
@open_to(EVERYBODY)
@same_for_everybody
def tables() -> Page:
    return render_template("home/tables.html")


@bp.get("/accessibility")
@open_to(EVERYBODY)
@same_for_everybody
def accessibility() -> Page:
    return render_template("home/accessibility.html")


@bp.get("/sources")
@open_to(EVERYBODY)
@same_for_everybody
def sources() -> Page:
    used = {f for lesson in library().lessons for f in (*lesson.facts, *lesson.laws)}
    facts = [fact for key, fact in library().facts.items() if key in used]
    return render_template("home/sources.html", facts=facts, services=library().services, seeds=SEEDS)
