"""Taking a quiz, one question a page: as assigned (each answer kept as given) or as a self-check that keeps nothing."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from app.classrooms.queries import AssignedLesson, SignedInStudent, assignment_open_to, seat_mark
from app.core import clock
from app.core.access import EVERYBODY, STUDENTS, open_to
from app.core.db import db
from app.core.errors import error_page
from app.core.i18n import OTHER_LANGUAGE, current_locale, show_day
from app.core.i18n import gettext as _
from app.core.library import library
from app.core.sessions import person
from app.curriculum.before_after import AFTER, BEFORE
from app.curriculum.content import Item, Lesson
from app.curriculum.rendering import READERS_OWN_NAMES
from app.curriculum.scoring import canonical
from app.lessons.views import lesson_or_404, own_assignment, usual_band
from app.quizzes.asking import Feedback, answers_in_form, feedback_on, ideas_of, options_of
from app.quizzes.checks import begin_check, check_of, record_in_check
from app.quizzes.forms import Given, given_in, values_of
from app.quizzes.queries import (
    UUID,
    Sitting,
    as_sitting,
    attempt_of,
    begin_attempt,
    last_handed_in,
    questions_for,
    record_answer,
    sitting_of,
)

bp = Blueprint("quizzes", __name__, template_folder="templates")
Page = Any


# --- assigned ------------------------------------------------------------------------------------------------------


@bp.get("/quizzes/assigned/<id:assignment_id>")
@open_to(STUDENTS)
def take(assignment_id: int) -> Page:
    """The next question; `?item=` shows a question that was answered, with its feedback; `?answers=` leads to what was handed in last,
    while another sitting is under way too."""
    student, assignment, lesson = own_assignment(assignment_id)
    if "answers" in request.args and (handed_in := last_handed_in(student, assignment)):
        return redirect(url_for("quizzes.result", attempt_uuid=handed_in), 303)
    sitting = sitting_of(student, assignment, lesson.quiz, str(uuid.uuid4()), again="again" in request.args)
    wanted = request.args.get("item", "")
    if wanted in sitting.answers:
        return question_page(lesson, assignment, sitting, wanted, sitting.answers[wanted].choice)
    following = sitting.next_item(lesson.quiz)
    if following is None:
        return redirect(url_for("quizzes.result", attempt_uuid=sitting.uuid), 303)
    if has_closed(student, assignment):
        return redirect(url_for("quizzes.result", attempt_uuid=sitting.uuid), 303) if sitting.answers else closed_page(assignment)
    return question_page(lesson, assignment, sitting, following)


def has_closed(student: SignedInStudent, assignment: AssignedLesson) -> bool:
    return assignment.is_closed(clock.today(student.timezone))


def closed_page(assignment: AssignedLesson) -> Page:
    """What somebody reads whose answer comes after the last day has ended in the class's time zone. Nothing saved before is touched."""
    assert assignment.last_day is not None
    sentence = _(
        "Its last day was %(day)s. What you answered before is kept, and you can still read the lesson. "
        "To answer more, ask your teacher to open it again for you.",
        day=show_day(assignment.last_day),
    )
    read = (_("Read the lesson"), url_for("lessons.assigned", assignment_id=assignment.id))
    return error_page(403, _("This lesson has closed"), sentence, read)


TAKEN_AT = {BEFORE: "quizzes.before", AFTER: "quizzes.after"}


def result_url(assignment: AssignedLesson, sitting: Sitting) -> str:
    if sitting.nth in TAKEN_AT:
        return url_for(TAKEN_AT[sitting.nth], assignment_id=assignment.id)
    return url_for("quizzes.result", attempt_uuid=sitting.uuid)


def question_page(
    lesson: Lesson,
    assignment: AssignedLesson,
    sitting: Sitting,
    item_id: str,
    chosen: str | None = None,
    given: str = "",
    unfinished: Given | None = None,
) -> Page:
    """One question. `chosen` is the stored choice; `given` one that is not kept with the seat (sensitive questions)."""
    item = lesson.quiz.item(item_id)
    if item is None:
        # The question was taken out of the bank after this sitting began: it counts for nothing, so go round it.
        return redirect(result_url(assignment, sitting), 303)
    lesson_url = url_for("lessons.assigned", assignment_id=assignment.id)
    shown = chosen or given
    answered = item_id in sitting.answers
    feedback = feedback_on(item, shown, lesson, lesson_url) if shown else None
    if answered and not shown:
        feedback = Feedback("passed", "", lesson_url, "")
    take_url = url_for(TAKEN_AT.get(sitting.nth, "quizzes.take"), assignment_id=assignment.id)
    done = sitting.next_item(lesson.quiz) is None
    return render_template(
        "quizzes/question.html",
        lesson=lesson,
        title=lesson.texts[current_locale()].title,
        item=item,
        words=item.texts[current_locale()],
        options=options_of(item),
        position=sitting.items.index(item_id) + 1,
        total=len(sitting.items),
        action_url=take_url,
        # The seat is for the browser alone (app/static/worker.js); here the form's token says whose it is.
        hidden=[("attempt", sitting.uuid), ("nth", str(sitting.nth)), ("item", item_id), ("seat", seat_mark(signed_in().id))],
        chosen=shown,
        values=values_of(item),
        unfinished=unfinished or Given(),
        own_names=READERS_OWN_NAMES,
        feedback=feedback,
        next_url=result_url(assignment, sitting) if done else take_url,
        next_form=False,
        saved=answered,
        self_check=False,
        check=sitting.nth if sitting.nth in TAKEN_AT else None,
        can_pass=item.sensitive and not answered,
        back_url=lesson_url,
        last=done,
    )


@bp.post("/quizzes/assigned/<id:assignment_id>")
@open_to(STUDENTS)
def answer(assignment_id: int) -> Page:
    """Keep one answer. Sending it twice, late or from two tabs gives one row and the same page."""
    student, assignment, lesson = own_assignment(assignment_id)
    if has_closed(student, assignment):
        return closed_page(assignment)
    posted, item, nth = request.form, posted_item(lesson), request.form.get("nth", "")
    if not (nth.isascii() and nth.isdecimal() and len(nth) < 4):
        abort(400)
    given, to_read = given_in(item, posted), OTHER_LANGUAGE in posted
    if to_read or not given.choice:
        sitting = sitting_of(student, assignment, lesson.quiz, posted["attempt"], again=True)
        if item.id not in sitting.items or item.id in sitting.answers:
            return redirect(url_for("quizzes.take", assignment_id=assignment.id), 303)
        return question_page(
            lesson, assignment, sitting, item.id, unfinished=given.unchecked if to_read else given
        ), 200 if to_read else 422
    attempt = begin_attempt(student, assignment, lesson.quiz, posted["attempt"], int(nth), library().version)
    if attempt is None or item.id not in attempt.items.split():
        abort(404)
    try:
        record_answer(student, attempt, lesson.quiz, item, given.choice, current_locale())
    except ValueError:
        abort(400)
    db.session.commit()
    if item.sensitive:
        # The choice is not kept with the seat, so its feedback is shown here and now, and never again.
        return question_page(lesson, assignment, as_sitting(attempt), item.id, given=given.choice)
    return redirect(url_for("quizzes.take", assignment_id=assignment.id, item=item.id), 303)


def posted_item(lesson: Lesson) -> Item:
    """The question that was answered; 400 for a form that is none of ours."""
    item = lesson.quiz.item(request.form.get("item", ""))
    if item is None or not UUID.fullmatch(request.form.get("attempt", "")):
        abort(400)
    return item


@bp.get("/quizzes/result/<attempt_uuid>")
@open_to(STUDENTS)
def result(attempt_uuid: str) -> Page:
    student = signed_in()
    attempt = attempt_of(student.id, attempt_uuid) if UUID.fullmatch(attempt_uuid) else None
    assignment = assignment_open_to(student, attempt.assignment_id) if attempt else None
    lesson = library().lesson(assignment.lesson_slug) if assignment else None
    if attempt is None or assignment is None or lesson is None:
        abort(404)
    sitting = as_sitting(attempt)
    unfinished, closed = sitting.next_item(lesson.quiz) is not None, has_closed(student, assignment)
    if unfinished and (not closed or not sitting.answers):
        return redirect(url_for("quizzes.take", assignment_id=assignment.id), 303)
    choices = [(i, sitting.answers[i].choice) for i in sitting.items if i in sitting.answers]
    ideas, score = ideas_of(lesson, choices, url_for("lessons.assigned", assignment_id=assignment.id))
    return render_template(
        "quizzes/result.html",
        lesson=lesson,
        text=lesson.texts[current_locale()],
        score=score,
        ideas=ideas,
        again_url=None if closed else url_for("quizzes.take", assignment_id=assignment.id, again=1),
        after_url=None if closed else after_url(student, assignment, lesson),
        closed_on=assignment.last_day if closed else None,
        unfinished=(len(sitting.answers), len(sitting.items)) if unfinished else None,
        home_url=url_for("home.student"),
        lesson_url=url_for("lessons.assigned", assignment_id=assignment.id),
    )


def after_url(student: SignedInStudent, assignment: AssignedLesson, lesson: Lesson) -> str | None:
    """Where the check after the lesson is, while it is still to be taken."""
    sitting = check_of(student, assignment, lesson.quiz, AFTER, "")
    return url_for("quizzes.after", assignment_id=assignment.id) if sitting and sitting.next_item(lesson.quiz) else None


def signed_in() -> SignedInStudent:
    who = person()
    assert isinstance(who, SignedInStudent)
    return who


# --- a short check before the lesson, and one after it -----------------------------------------------------------------


@bp.route("/quizzes/assigned/<id:assignment_id>/before", methods=["GET", "POST"])
@open_to(STUDENTS)
def before(assignment_id: int) -> Page:
    """What somebody thinks before reading: no right or wrong is shown, for it would teach what is asked afterwards."""
    return check(assignment_id, BEFORE)


@bp.route("/quizzes/assigned/<id:assignment_id>/after", methods=["GET", "POST"])
@open_to(STUDENTS)
def after(assignment_id: int) -> Page:
    """What somebody thinks after the lesson and its questions, with feedback as everywhere."""
    return check(assignment_id, AFTER)


def check(assignment_id: int, nth: int) -> Page:
    """Keep an answer, or show the next question; `?item=` one that was answered. Without a check to take, the lesson shows the way."""
    student, assignment, lesson = own_assignment(assignment_id)
    if request.method == "POST":
        return keep_in_check(student, assignment, lesson, nth)
    sitting = check_of(student, assignment, lesson.quiz, nth, str(uuid.uuid4()))
    back = redirect(url_for("lessons.assigned", assignment_id=assignment.id) + "#ui-steps", 303)
    if sitting is None:
        return back
    wanted = request.args.get("item", "")
    if nth == AFTER and wanted in sitting.answers:
        return question_page(lesson, assignment, sitting, wanted, sitting.answers[wanted].choice)
    following = sitting.next_item(lesson.quiz)
    if following is None:
        return check_result(assignment, lesson, sitting) if nth == AFTER else back
    if has_closed(student, assignment):
        return closed_page(assignment)
    return question_page(lesson, assignment, sitting, following)


def keep_in_check(student: SignedInStudent, assignment: AssignedLesson, lesson: Lesson, nth: int) -> Page:
    if has_closed(student, assignment):
        return closed_page(assignment)
    item, here = posted_item(lesson), url_for(TAKEN_AT[nth], assignment_id=assignment.id)
    given, to_read = given_in(item, request.form), OTHER_LANGUAGE in request.form
    if to_read or not given.choice:
        sitting = check_of(student, assignment, lesson.quiz, nth, request.form["attempt"])
        if sitting is None or item.id not in sitting.items or item.id in sitting.answers:
            return redirect(here, 303)
        return question_page(
            lesson, assignment, sitting, item.id, unfinished=given.unchecked if to_read else given
        ), 200 if to_read else 422
    attempt = begin_check(student, assignment, lesson.quiz, request.form["attempt"], nth, library().version)
    if attempt is None or item.id not in attempt.items.split():
        return redirect(here, 303)
    try:
        record_in_check(student, attempt, lesson.quiz, item, given.choice, current_locale())
    except ValueError:
        abort(400)
    db.session.commit()
    return redirect(here if nth == BEFORE else f"{here}?item={item.id}", 303)


def check_result(assignment: AssignedLesson, lesson: Lesson, sitting: Sitting) -> Page:
    lesson_url = url_for("lessons.assigned", assignment_id=assignment.id)
    choices = [(i, sitting.answers[i].choice) for i in sitting.items if i in sitting.answers]
    ideas, score = ideas_of(lesson, choices, lesson_url)
    return render_template(
        "quizzes/check_result.html", lesson=lesson, text=lesson.texts[current_locale()], score=score, ideas=ideas, lesson_url=lesson_url
    )


# --- self-check: nothing is stored anywhere; what was answered travels in the form ------------------------------------


@bp.get("/quizzes/<id:number>")
@open_to(EVERYBODY)
def self_check(number: int) -> Page:
    lesson = lesson_or_404(number)
    band = request.args.get("band", "")
    band = band if band in lesson.bands else usual_band(lesson)
    return self_question(lesson, band, {}, questions_for(lesson.quiz, band, 1)[0])


@bp.get("/quizzes/<slug>")
@open_to(EVERYBODY)
def self_check_by_slug(slug: str) -> Page:
    found = library().lesson(slug)
    if found is None:
        abort(404)
    return redirect(url_for("quizzes.self_check", number=found.number), 301)


@bp.post("/quizzes/<id:number>")
@open_to(EVERYBODY)
def self_check_answer(number: int) -> Page:
    lesson = lesson_or_404(number)
    band = request.form.get("band", "")
    band = band if band in lesson.bands else usual_band(lesson)
    g.link_query = {"band": band}
    items = questions_for(lesson.quiz, band, 1)
    asked = ((i, lesson.quiz.item(i)) for i in items)
    answers = answers_in_form(request.form.get("answers", "{}"), {i: item for i, item in asked if item is not None})
    here = request.form.get("item", "")
    if here in items and "next" not in request.form:
        item = lesson.quiz.item(here)
        assert item is not None
        if here in answers:  # what is said to an answer, in another language
            return self_question(lesson, band, answers, here, answers[here])
        given = given_in(item, request.form)
        if OTHER_LANGUAGE in request.form:
            return self_question(lesson, band, answers, here, unfinished=given.unchecked)
        choice = canonical(item, given.choice)
        if choice is not None:
            return self_question(lesson, band, {**answers, here: choice}, here, choice)
        # An answer that the question cannot have is treated like none.
        return self_question(lesson, band, answers, here, unfinished=given if given.error else given_in(item, {})), 422
    following = next((i for i in items if i not in answers), None)
    if following is not None:
        return self_question(lesson, band, answers, following)
    ideas, score = ideas_of(lesson, [(i, answers[i]) for i in items], url_for("lessons.show", number=lesson.number))
    return render_template(
        "quizzes/self_result.html",
        lesson=lesson,
        text=lesson.texts[current_locale()],
        score=score,
        ideas=ideas,
        again_url=url_for("quizzes.self_check", number=lesson.number),
        home_url=url_for("lessons.index"),
        lesson_url=url_for("lessons.show", number=lesson.number),
    )


def self_question(
    lesson: Lesson, band: str, answers: dict[str, str], item_id: str, chosen: str = "", unfinished: Given | None = None
) -> Page:
    item = lesson.quiz.item(item_id)
    assert item is not None
    items = questions_for(lesson.quiz, band, 1)
    lesson_url = url_for("lessons.show", number=lesson.number)
    hidden = [("band", band), ("item", item_id), ("answers", json.dumps(answers, separators=(",", ":")))]
    return render_template(
        "quizzes/question.html",
        lesson=lesson,
        title=lesson.texts[current_locale()].title,
        item=item,
        words=item.texts[current_locale()],
        options=options_of(item),
        position=items.index(item_id) + 1,
        total=len(items),
        action_url=url_for("quizzes.self_check_answer", number=lesson.number),
        hidden=[*hidden, ("next", "1")] if chosen else hidden,
        chosen=chosen or None,
        values=values_of(item),
        unfinished=unfinished or Given(),
        own_names=READERS_OWN_NAMES,
        feedback=feedback_on(item, chosen, lesson, lesson_url) if chosen else None,
        next_url="",
        next_form=bool(chosen),
        saved=False,
        self_check=True,
        can_pass=item.sensitive and not chosen,
        back_url=lesson_url,
        last=all(i in answers for i in items),
    )
