"""Putting a reason for a hand aside until something new happens, and taking that back."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from flask import abort, redirect, request, url_for

from app.classrooms.models import Classroom
from app.classrooms.taught import own_classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.db import db
from app.curriculum.progress import Reason
from app.progress.queries import put_aside, read_classes, take_back
from app.progress.views import Page, bp
from app.progress.views.filters import Filter
from app.progress.views.matrix import Row, Why, columns_of, rows_of

ORDER = (Reason.LOW, Reason.TWICE, Reason.SAME_QUESTION, Reason.UNTOUCHED)


class Said(NamedTuple):
    """One line beside a name: what is to be said, and the reasons behind it as a form sends them."""

    words: str
    value: str


def said(row: Row, reasons: list[Why]) -> list[Said]:
    """The reasons of a student in words: of several lessons with the same to say, one line."""
    alike: dict[tuple[Reason, str], list[Why]] = {}
    for why in sorted(reasons, key=lambda w: ORDER.index(w.reason)):
        alike.setdefault((why.reason, why.many), []).append(why)
    lines = []
    for (_reason, many), whys in alike.items():
        words = whys[0].words if len(whys) == 1 else many % {"numbers": ", ".join(str(why.number) for why in whys)}
        lines.append(Said(words, " ".join(f"{row.student_id}.{w.assignment_id}.{w.reason.value}.{w.evidence}" for w in whys)))
    return lines


@bp.post("/progress/<id:classroom_id>/put-aside")
@open_to(TEACHERS)
def put_reason_aside(classroom_id: int) -> Page:
    """Not to be shown again with the evidence that the teacher saw: what came in since the page was made counts as new."""
    classroom = own_classroom(classroom_id)
    for student_id, why, seen in reasons_asked_for(classroom):
        put_aside(why.assignment_id, student_id, why.reason.value, min(seen, why.evidence), clock.today(classroom.timezone))
    db.session.commit()
    return back_to_the_class(classroom_id)


@bp.post("/progress/<id:classroom_id>/take-back")
@open_to(TEACHERS)
def take_reason_back(classroom_id: int) -> Page:
    for student_id, why, _seen in reasons_asked_for(own_classroom(classroom_id)):
        take_back(why.assignment_id, student_id, why.reason.value)
    db.session.commit()
    return back_to_the_class(classroom_id)


REASON = re.compile(r"([0-9]{1,10})\.([0-9]{1,10}\.[a-z_]{1,16})\.([0-9]{1,9})")


def reasons_asked_for(classroom: Classroom) -> list[tuple[int, Why, int]]:
    """The student, the reason as it stands now, and how much of it the teacher had seen, for each that a form names; those that hold no
    longer are left out. A student of another class is a 404, anything else that is no reason a 400."""
    asked = [REASON.fullmatch(name) for name in request.form.get("reason", "").split(" ", MOST_AT_ONCE)]
    read = read_classes([classroom.id])
    rows = {str(r.student_id): r for r in rows_of(classroom, columns_of(classroom, read.assigned), read=read)}
    found = []
    for match in asked:
        if match is None:
            abort(400)
        student_id, reason, seen = match.groups()
        row = rows.get(student_id) or abort(404)
        holding = (w for w in (*row.reasons, *row.put_aside) if f"{w.assignment_id}.{w.reason.value}" == reason)
        found += [(row.student_id, why, int(seen)) for why in holding]
    return found


MOST_AT_ONCE = 100  # far more than a class has lessons


def back_to_the_class(classroom_id: int) -> Page:
    kept: dict[str, Any] = {name: value for name in (*Filter._fields, "names") if (value := request.args.get(name)) and len(value) <= 64}
    return redirect(url_for("progress.show", classroom_id=classroom_id, **kept, _anchor="mx"), 303)
