"""One student’s answers at one lesson."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, render_template, request

from app.classrooms.forms import day_proposed
from app.classrooms.models import Assignment, Classroom
from app.classrooms.naming import name_of
from app.classrooms.queries import assignment_in, rules_of, student_in
from app.classrooms.taught import own_classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale
from app.core.library import library
from app.curriculum.content import Item
from app.curriculum.scoring import NOT_SURE, feedback, is_right, is_valid, misconceptions_behind
from app.progress.views import Page, bp, described
from app.progress.views.questions import belief
from app.quizzes.queries import attempts_by


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/<id:student_id>")
@open_to(TEACHERS)
def student(classroom_id: int, assignment_id: int, student_id: int) -> Page:
    """One student's answers at one lesson; of sensitive questions nothing is kept with the seat, so nothing can be shown."""
    classroom = own_classroom(classroom_id)
    given, seat = assignment_in(classroom.id, assignment_id), student_in(classroom.id, student_id)
    lesson = library().lesson(given.lesson_slug) if given else None
    if given is None or seat is None or lesson is None:
        abort(404)
    sittings = []
    for sitting in attempts_by(seat.id, given.id):
        lines = [answer_line(item, sitting.answers[i]) for i in sitting.items if i in sitting.answers and (item := lesson.quiz.item(i))]
        counted = [x for x in lines if x["kind"] != "hidden"]
        finished = max((a.answered_on for a in sitting.answers.values()), default=None) if sitting.finished else None
        score = {"right": sum(x["kind"] == "right" for x in counted), "counted": len(counted)}
        sittings.append({"nth": sitting.nth, "finished_on": finished, "score": score, "answers": lines, "total": len(sitting.items)})
    return render_template(
        "progress/student.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        student={"id": seat.id, "name": name_of(seat.first, seat.second, current_locale())},
        attempts=sittings,
        again=opened_again(classroom, given, seat.id),
        saved="saved" in request.args,
    )


def opened_again(classroom: Classroom, given: Assignment, student_id: int) -> dict[str, Any] | None:
    """More time for this student, where the lesson closes: the day they have now, if any, and what can be chosen."""
    if given.closes_on is None:
        return None
    today = clock.today(classroom.timezone)
    first = max(today, given.closes_on + timedelta(1))
    own = next((r.open_until for r in rules_of(given.id) if r.student_id == student_id), None)
    return {
        "until": own, "first": first, "proposed": day_proposed(today, given.closes_on, classroom.ends_on),
        "possible": first <= classroom.ends_on, "closed": today > given.closes_on,
    }  # fmt: skip


def answer_line(item: Item, answer: Any) -> dict[str, Any]:
    words = item.texts[current_locale()]
    line: dict[str, Any] = {"item": item, "words": words, "chosen": None, "parts": (), "beliefs": []}
    if item.sensitive or answer.choice is None:
        return {**line, "kind": "hidden"}
    if answer.choice == NOT_SURE:
        return {**line, "kind": "not_sure"}
    line["kind"] = "right" if is_right(item, answer.choice) else "not_yet"
    if is_valid(item, answer.choice):  # else what was chosen has left the question since
        option = words.options.get(answer.choice)
        line["chosen"] = option.text if option and item.kind == "single" else ""
        line["parts"] = feedback(item, answer.choice, current_locale()).parts
        line["beliefs"] = [b for idea in misconceptions_behind(item, answer.choice) if (b := belief(idea))]
    return line


# --- export --------------------------------------------------------------------------------------------------------
