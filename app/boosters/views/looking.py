"""A student's short look back: up to three questions about lessons that are over, one a page, and nothing said of who leaves them out."""

from __future__ import annotations

from typing import NamedTuple, cast

from flask import abort, redirect, render_template, request, url_for

from app.boosters.queries import look_of, record_recall, sittings_at
from app.boosters.views import Page, bp
from app.classrooms.queries import SignedInStudent
from app.core import clock, sessions
from app.core.access import STUDENTS, open_to
from app.core.db import db
from app.core.i18n import OTHER_LANGUAGE, current_locale
from app.core.i18n import gettext as _
from app.core.library import library
from app.curriculum.content import Item, Lesson
from app.curriculum.rendering import READERS_OWN_NAMES
from app.curriculum.scoring import canonical, is_right
from app.curriculum.spacing import Look, Topic, can_be_asked, question_for, round_on
from app.quizzes.asking import feedback_on, options_of
from app.quizzes.forms import Given, given_in, values_of


class Asked(NamedTuple):
    """One question of a look back."""

    topic: Topic
    lesson: Lesson
    item: Item
    nth: int  # round


def signed_in() -> SignedInStudent:
    return cast(SignedInStudent, sessions.person())


@bp.get("/boosters/look")
@open_to(STUDENTS)
def look() -> Page:
    """The next question, or that there is none."""
    student = signed_in()
    found = look_of(student)
    asked = next_question(student, found)
    if asked is None:
        return render_template("boosters/done.html", done=len(found.done))
    return question_page(student, found, asked)


def next_question(student: SignedInStudent, found: Look) -> Asked | None:
    for topic in found.waiting[:1]:
        lesson, nth = library().lesson(topic.lesson), round_on(topic.finished_on, clock.today(student.timezone))
        assert lesson is not None
        item = question_for(lesson.quiz, student.band, topic.objective, nth, sittings_at(student.id, topic.assignment_id))
        assert item is not None
        return Asked(topic, lesson, item, nth)
    return None


@bp.post("/boosters/look")
@open_to(STUDENTS)
def keep() -> Page:
    """Keep what an answer changes, once, and say what there is to say to it. Sent twice, late or from two tabs it changes nothing more.

    The choice itself is kept nowhere, so its feedback is shown here and now."""
    student = signed_in()
    found = look_of(student)
    asked = posted(student, found)
    if asked is None:  # of an earlier week, or of nobody's: what is asked now shows the way
        return redirect(url_for("boosters.look"), 303)
    answered = asked.topic in found.done
    given, to_read = given_in(asked.item, request.form), OTHER_LANGUAGE in request.form
    if to_read or not given.choice:
        if answered:
            return redirect(url_for("boosters.look"), 303)
        return question_page(student, found, asked, unfinished=given.unchecked if to_read else given), 200 if to_read else 422
    choice = canonical(asked.item, given.choice)
    if choice is None:
        abort(400)
    if not answered:
        record_recall(student, asked.topic, asked.nth, is_right(asked.item, choice), clock.today(student.timezone))
        db.session.commit()
    return question_page(student, found, asked, chosen=choice)


def posted(student: SignedInStudent, found: Look) -> Asked | None:
    """The question that was answered, if it is one of this week's look."""
    form = request.form
    for topic in (*found.waiting, *found.done):
        lesson, nth = library().lesson(topic.lesson), round_on(topic.finished_on, clock.today(student.timezone))
        if lesson is None or (form.get("lesson"), form.get("round")) != (str(topic.assignment_id), str(nth)):
            continue
        for item in can_be_asked(lesson.quiz, student.band, topic.objective):
            if item.id == form.get("item"):
                return Asked(topic, lesson, item, nth)
    return None


def question_page(student: SignedInStudent, found: Look, asked: Asked, chosen: str = "", unfinished: Given | None = None) -> Page:
    """One question. `found` is the look as it was before this answer."""
    topic, lesson, item, nth = asked
    position = len(found.done) + (topic not in found.done)
    look_url = url_for("boosters.look")
    band = student.band if student.band in lesson.bands else lesson.usual_band
    lesson_url = url_for("lessons.show", number=lesson.number, band=band)
    is_first_of_lesson = all(t.assignment_id != topic.assignment_id for t in found.done)
    return render_template(
        "quizzes/question.html",
        lesson=lesson,
        title=lesson.texts[current_locale()].title,
        item=item,
        words=item.texts[current_locale()],
        options=options_of(item),
        position=position,
        total=found.total,
        action_url=look_url,
        hidden=[("lesson", str(topic.assignment_id)), ("round", str(nth)), ("item", item.id)],
        chosen=chosen or None,
        values=values_of(item),
        unfinished=unfinished or Given(),
        own_names=READERS_OWN_NAMES,
        feedback=feedback_on(item, chosen, lesson, lesson_url) if chosen else None,
        next_url=look_url,
        next_form=False,
        saved=False,
        self_check=False,
        look_back="again" if position > 1 else "first",
        say_note=is_first_of_lesson,
        can_pass=False,
        back_url=url_for("home.student"),
        back_words=_("My lessons"),
    )
