"""Lessons and their questions without a connection: public pages that a browser keeps, and the answers that it sends in later.

app/static/worker.js does it in the browser; docs/decisions/0023 says why it is done so."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple, cast

from flask import Blueprint, abort, current_app, render_template, request, url_for

from app.classrooms.queries import AssignedLesson, SignedInStudent, assignments_open_to, seat_mark
from app.core import clock, sessions, static
from app.core.access import EVERYBODY, STUDENTS, open_to
from app.core.boxes import public_key
from app.core.db import db
from app.core.helplines import nearest
from app.core.i18n import current_locale
from app.core.library import lessons_by_unit, library
from app.core.pages import same_for_everybody
from app.curriculum.content import BANDS, Item, Lesson
from app.curriculum.practice import KINDS
from app.curriculum.rendering import READERS_OWN_NAMES, WORDS
from app.curriculum.scoring import NOT_SURE, PASS
from app.lessons.views import lesson_or_404, lesson_page, usual_band
from app.offline.permits import ANSWERED_FOR, Answered, Permit, answer_in
from app.offline.queries import keep_answers, sitting_to_go_on_with, sittings_by_lesson
from app.practice.views import doing, page_of
from app.quizzes.asking import Feedback, feedback_on, options_of
from app.quizzes.forms import Given, values_of
from app.quizzes.queries import Sitting

bp = Blueprint("offline", __name__, template_folder="templates")
Page = Any
MOST_BOXES = 40  # in one delivery; the browser sends fewer


# --- pages that a browser keeps: the same bytes for everybody ---------------------------------------------------------


@bp.get("/offline/")
@open_to(EVERYBODY)
@same_for_everybody
def index() -> Page:
    """What somebody sees who has no connection: the lessons that are on this device. Which ones, the script fills in."""
    return render_template("offline/index.html", offline=True, lessons=[x for _unit, lessons in lessons_by_unit() for x in lessons])


@bp.get(f"/offline/<id:number>/<any({', '.join(BANDS)}):band>")
@open_to(EVERYBODY)
@same_for_everybody
def lesson(number: int, band: str) -> Page:
    found = lesson_or_404(number)
    return lesson_page(found, band if band in found.bands else usual_band(found), offline=True)


@bp.get(f"/offline/<id:number>/<any({', '.join(BANDS)}):band>/practice/<id:nth>")
@open_to(EVERYBODY)
@same_for_everybody
def practice(number: int, band: str, nth: int) -> Page:
    """An activity that works in the page. Of one whose steps ask the server nothing is kept: its lesson says that it waits."""
    here, how = doing(number, nth)
    if not KINDS[here.activity.kind].in_page:
        abort(404)
    return page_of(here, how, kept_for=band if band in here.lesson.bands else usual_band(here.lesson))


@bp.get("/offline/waits")
@open_to(EVERYBODY)
@same_for_everybody
def waits() -> Page:
    """What somebody sees whose form could not be sent: the browser sends it again when they reload."""
    return render_template("offline/waits.html", offline=True)


class Shown(NamedTuple):
    """A question as the page of all questions has it. Which are asked, in which order, a permit says by their marks."""

    item: Item
    words: Any
    mark: str
    options: list[Any]
    values: tuple[str, ...]
    said: list[tuple[str, Feedback]]  # by choice; "" for any other


@bp.get("/offline/<id:number>/questions")
@open_to(EVERYBODY)
@same_for_everybody
def questions(number: int) -> Page:
    found = lesson_or_404(number)
    lesson_url = url_for("offline.lesson", number=number, band=usual_band(found))
    return render_template(
        "offline/questions.html",
        offline=True,
        lesson=found,
        text=found.texts[current_locale()],
        lesson_url=lesson_url,
        questions=[shown(found, item, lesson_url) for item in found.quiz.items],
        own_names=READERS_OWN_NAMES,
        unfinished=Given(),
    )


def shown(lesson: Lesson, item: Item, lesson_url: str) -> Shown:
    """Of questions with one answer, what is said to each; of the others, what fits and why, whatever was answered."""
    choices = [*item.options, NOT_SURE] if item.kind == "single" else []
    said = [(choice, feedback_on(item, choice, lesson, lesson_url)) for choice in choices]
    if not choices:
        said.append(("", feedback_on(item, NOT_SURE, lesson, lesson_url)))
    if item.sensitive:
        said.append((PASS, feedback_on(item, PASS, lesson, lesson_url)))
    return Shown(item, item.texts[current_locale()], mark_of(item.id), options_of(item), values_of(item), said)


def mark_of(item_id: str) -> str:
    """A question's name on a device, which says nothing about it: the worker makes the same one."""
    return hashlib.sha256(item_id.encode()).hexdigest()[:12]


def worker() -> Page:
    """`/worker.js`: at the top of the site, because a worker looks after what lies below it. Another one for each edition of the files."""
    head = f'const EDITION = "{static.version()}";\n'
    return current_app.response_class(head + static.files()["worker.js"].decode(), mimetype="text/javascript")


# --- what a signed-in student's browser keeps, and what comes back ------------------------------------------------------


@bp.get("/offline/mine")
@open_to(STUDENTS)
@sessions.asked_by_script
def mine() -> Page:
    """The lessons given to this student, as numbers, each with the right to answer its questions later; and what closes boxes."""
    student = cast(SignedInStudent, sessions.person())
    begun = sittings_by_lesson(student.id)
    return {
        "seat": seat_mark(student.id),
        "key": public_key(),
        "lasts": ANSWERED_FOR,  # seconds: a device's own clock may be wrong
        "edition": library().version,
        "near": [WORDS[current_locale()][country] for country in nearest(student.country)],  # whose help stands first on its pages
        "lessons": [
            on_device(student, given, lesson, begun)
            for given in assignments_open_to(student)
            if (lesson := library().lesson(given.lesson_slug)) is not None
        ],
    }


def on_device(student: SignedInStudent, given: AssignedLesson, lesson: Lesson, begun: dict[int, Sitting]) -> dict[str, Any]:
    band = student.band if student.band in lesson.bands else usual_band(lesson)
    doable = [a.number for a in lesson.practice_for(band) if KINDS[a.kind].in_page and current_locale() in a.texts]
    kept: dict[str, Any] = {"id": given.id, "number": lesson.number, "band": band, "practice": doable}
    if sitting := sitting_to_go_on_with(student, given, lesson, begun):
        permit = Permit(student.id, given.id, sitting.uuid, sitting.nth, sitting.items, clock.seconds())
        asked = [i for i in sitting.items if lesson.quiz.item(i) is not None]
        kept |= {
            "permit": permit.slip(),
            "nth": sitting.nth,
            "items": [mark_of(i) for i in asked],
            "done": [mark_of(i) for i in asked if i in sitting.answers],
        }
    return kept


@bp.post("/offline/")
@open_to(EVERYBODY)
def deliver() -> Page:
    """Take boxes from whoever hands them in: the permit in a box is the right to it, and whoever carries it learns nothing of it.

    Sent without a cookie. A box that cannot be opened is passed over in silence: the browser keeps it for its seven days."""
    saved: list[str] = []
    over: list[str] = []
    by_sitting = sorted(boxes_sent(), key=lambda a: (a.permit.assignment_id, a.permit.student_id, a.permit.nth, a.permit.attempt_uuid))
    for permit, answers in groupby(by_sitting, key=lambda a: a.permit):
        kept, lost = keep_answers(permit, answers)
        db.session.commit()  # one sitting at a time, so that two deliveries never wait for each other crosswise
        saved += kept
        over += lost
    return {"saved": saved, "over": over}


def boxes_sent() -> Iterator[Answered]:
    for box_id, text in list(request.form.items())[:MOST_BOXES]:
        try:
            answered = answer_in(box_id, b64decode(text, validate=True))
        except ValueError:
            continue
        if answered is not None:
            yield answered
