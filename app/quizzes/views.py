"""Taking a quiz, one question a page: as assigned (each answer kept as given) or as a self-check that keeps nothing."""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from app.classrooms.queries import AssignedLesson, SignedInStudent, assignment_in
from app.core.access import EVERYBODY, STUDENTS, open_to
from app.core.db import db
from app.core.i18n import current_locale
from app.core.library import library
from app.core.sessions import person
from app.curriculum.content import Lesson
from app.curriculum.rendering import READERS_OWN_NAMES
from app.curriculum.scoring import canonical
from app.lessons.views import lesson_or_404, own_assignment, usual_band
from app.quizzes.asking import Feedback, answers_in_form, feedback_on, ideas_of, options_of
from app.quizzes.forms import Given, given_in, values_of
from app.quizzes.queries import UUID, Sitting, as_sitting, attempt_of, begin_attempt, questions_for, record_answer, sitting_of

bp = Blueprint("quizzes", __name__, template_folder="templates")
Page = Any


# --- assigned ------------------------------------------------------------------------------------------------------


@bp.get("/quizzes/assigned/<id:assignment_id>")
@open_to(STUDENTS)
def take(assignment_id: int) -> Page:
    """The next question; `?item=` shows a question that was answered, with its feedback."""
    student, assignment, lesson = own_assignment(assignment_id)
    sitting = sitting_of(student, assignment, lesson.quiz, str(uuid.uuid4()), again="again" in request.args)
    wanted = request.args.get("item", "")
    if wanted in sitting.answers:
        return question_page(lesson, assignment, sitting, wanted, sitting.answers[wanted].choice)
    following = sitting.next_item(lesson.quiz)
    if following is None:
        return redirect(url_for("quizzes.result", attempt_uuid=sitting.uuid), 303)
    return question_page(lesson, assignment, sitting, following)


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
        return redirect(url_for("quizzes.result", attempt_uuid=sitting.uuid), 303)
    lesson_url = url_for("lessons.assigned", assignment_id=assignment.id)
    shown = chosen or given
    answered = item_id in sitting.answers
    feedback = feedback_on(item, shown, lesson, lesson_url) if shown else None
    if answered and not shown:
        feedback = Feedback("passed", "", lesson_url, "")
    take_url = url_for("quizzes.take", assignment_id=assignment.id)
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
        hidden=[("attempt", sitting.uuid), ("nth", str(sitting.nth)), ("item", item_id)],
        chosen=shown,
        values=values_of(item),
        unfinished=unfinished or Given(),
        own_names=READERS_OWN_NAMES,
        feedback=feedback,
        next_url=url_for("quizzes.result", attempt_uuid=sitting.uuid) if done else take_url,
        next_form=False,
        saved=answered,
        self_check=False,
        can_pass=item.sensitive and not answered,
        back_url=lesson_url,
        last=done,
    )


@bp.post("/quizzes/assigned/<id:assignment_id>")
@open_to(STUDENTS)
def answer(assignment_id: int) -> Page:
    """Keep one answer. Sending it twice, late or from two tabs gives one row and the same page."""
    student, assignment, lesson = own_assignment(assignment_id)
    posted = request.form
    item = lesson.quiz.item(posted.get("item", ""))
    nth = posted.get("nth", "")
    if item is None or not UUID.fullmatch(posted.get("attempt", "")) or not (nth.isascii() and nth.isdecimal() and len(nth) < 4):
        abort(400)
    given = given_in(item, posted)
    if not given.choice:
        sitting = sitting_of(student, assignment, lesson.quiz, posted["attempt"], again=True)
        if item.id not in sitting.items or item.id in sitting.answers:
            return redirect(url_for("quizzes.take", assignment_id=assignment.id), 303)
        return question_page(lesson, assignment, sitting, item.id, unfinished=given), 422
    attempt = begin_attempt(student, assignment, lesson.quiz, posted["attempt"], int(nth), library().version)
    if attempt is None or item.id not in attempt.items.split():
        abort(404)
    try:
        record_answer(student, attempt, lesson.quiz, item, given.choice)
    except ValueError:
        abort(400)
    db.session.commit()
    if item.sensitive:
        # The choice is not kept with the seat, so its feedback is shown here and now, and never again.
        return question_page(lesson, assignment, as_sitting(attempt), item.id, given=given.choice)
    return redirect(url_for("quizzes.take", assignment_id=assignment.id, item=item.id), 303)


@bp.get("/quizzes/result/<attempt_uuid>")
@open_to(STUDENTS)
def result(attempt_uuid: str) -> Page:
    student = signed_in()
    attempt = attempt_of(student.id, attempt_uuid) if UUID.fullmatch(attempt_uuid) else None
    assignment = assignment_in(student.classroom_id, attempt.assignment_id) if attempt else None
    lesson = library().lesson(assignment.lesson_slug) if assignment else None
    if attempt is None or assignment is None or lesson is None:
        abort(404)
    sitting = as_sitting(attempt)
    if sitting.next_item(lesson.quiz) is not None:
        return redirect(url_for("quizzes.take", assignment_id=assignment.id), 303)
    choices = [(i, sitting.answers[i].choice) for i in sitting.items if i in sitting.answers]
    ideas, score = ideas_of(lesson, choices, url_for("lessons.assigned", assignment_id=assignment.id))
    return render_template(
        "quizzes/result.html",
        lesson=lesson,
        text=lesson.texts[current_locale()],
        score=score,
        ideas=ideas,
        again_url=url_for("quizzes.take", assignment_id=assignment.id, again=1),
        home_url=url_for("home.student"),
        lesson_url=url_for("lessons.assigned", assignment_id=assignment.id),
    )


def signed_in() -> SignedInStudent:
    who = person()
    assert isinstance(who, SignedInStudent)
    return who


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
    if here in items and here not in answers and "next" not in request.form:
        item = lesson.quiz.item(here)
        assert item is not None
        given = given_in(item, request.form)
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
