"""What a teacher shows to the class: questions in large type, counts of five and more, and nobody. See app/progress/wall.py."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import abort, render_template, request, url_for

from app.classrooms.models import Assignment, Classroom
from app.classrooms.taught import own_classroom
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.sessions import asked_by_script
from app.curriculum.content import Lesson
from app.progress.views import Page, bp
from app.progress.views.live import given_and_lesson, mark_of, unchanged, with_mark
from app.progress.wall import STEPS, WallQuestion, wall_of
from app.quizzes.queries import questions_for, steady_counts, tallies_of


class OnTheWall(NamedTuple):
    """What is shown: all questions, or one of them as far as `step` goes; and its ETag."""

    questions: list[WallQuestion]
    one: WallQuestion | None
    step: str
    mark: str


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/wall")
@open_to(TEACHERS)
def wall(classroom_id: int, assignment_id: int) -> Page:
    """All questions of the lesson; `?item=` one of them, with `&show=bars` how the class chose, with `&show=answer` what is right too."""
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    shown = on_the_wall(classroom, given, lesson)
    questions, one = shown.questions, shown.one
    place = questions.index(one) if one else -1
    ids: dict[str, Any] = {"classroom_id": classroom.id, "assignment_id": given.id}
    return render_template(
        "progress/wall.html",
        title=lesson.texts[current_locale()].title,
        number=lesson.number,
        shape=lesson.topmark,
        questions=questions,
        one=one,
        step=shown.step,
        previous=questions[place - 1] if place > 0 else None,
        next=questions[place + 1] if one and place + 1 < len(questions) else None,
        wall_url=url_for("progress.wall", **ids),
        live_url=url_for("progress.live", **ids),
        now_url=url_for("progress.wall_now", **ids, item=one.id if one else None, show=shown.step or None),
        mark=shown.mark,
        texts=texts_of(questions, one),
        widths=widths_of(one),
    )


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/wall.json")
@open_to(TEACHERS)
@asked_by_script
def wall_now(classroom_id: int, assignment_id: int) -> Page:
    """What has changed on the wall."""
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    shown = on_the_wall(classroom, given, lesson)
    if request.headers.get("If-None-Match") == shown.mark:
        return unchanged(shown.mark)
    return with_mark({"texts": texts_of(shown.questions, shown.one), "widths": widths_of(shown.one)}, shown.mark)


def on_the_wall(classroom: Classroom, given: Assignment, lesson: Lesson) -> OnTheWall:
    """What the address asks for; 404 for a question that is not shown."""
    step = request.args.get("show", "")
    step = step if step in STEPS else ""
    counts, wanted = tallies_of(given.id), request.args.get("item")
    if item := lesson.quiz.item(wanted or ""):
        counts[item.id] = steady_counts(given.id, item)
    questions = wall_of(lesson.quiz, questions_for(lesson.quiz, classroom.band, 1), counts, current_locale(), step)
    if wanted is None:
        return OnTheWall(questions, None, step, mark_of([(q.id, q.at_least) for q in questions]))
    one = next((q for q in questions if q.id == wanted), None)
    if one is None:
        abort(404)
    return OnTheWall(questions, one, step, mark_of(one))


def texts_of(questions: list[WallQuestion], one: WallQuestion | None) -> dict[str, str]:
    texts = {f"w-{q.id}": answered_in_words(q) for q in questions}
    return texts | {f"b-{bar.letter}": bar_in_words(bar.n) for bar in (one.bars if one else ())}


def answered_in_words(question: WallQuestion) -> str:
    if not question.at_least:
        return _("fewer than 5 answers so far")
    return _("%(n)s answers or more", n=question.at_least)


def bar_in_words(n: int | None) -> str:
    return _("fewer than 5") if n is None else str(n)


def widths_of(one: WallQuestion | None) -> dict[str, float]:
    return {f"b-{bar.letter}": round(100 * bar.share, 1) for bar in (one.bars if one else ())}
