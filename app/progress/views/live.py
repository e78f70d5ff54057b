"""The class at work: who is signed in, how far everybody is, how many answered each question; renewed every two seconds by live.js."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.classrooms.models import Assignment, Classroom
from app.classrooms.naming import alphabetical, name_of
from app.classrooms.queries import assignment_in
from app.classrooms.taught import own_classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale, ngettext
from app.core.i18n import gettext as _
from app.core.library import lessons_left, library
from app.core.sessions import asked_by_script
from app.curriculum.content import Lesson
from app.progress.live import Asked, AtWork, SeatAtWork, at_work
from app.progress.views import Page, bp, described
from app.progress.views.matrix import columns_of, lesson_now


@bp.get("/progress/<id:classroom_id>/live")
@open_to(TEACHERS)
def live_latest(classroom_id: int) -> Page:
    """The lesson that the class is at now."""
    classroom = own_classroom(classroom_id)
    column = lesson_now(columns_of(classroom))
    if column is None or not column.opened:
        return redirect(url_for("progress.show", classroom_id=classroom.id), 303)
    return redirect(url_for("progress.live", classroom_id=classroom.id, assignment_id=column.assignment.id), 303)


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/live")
@open_to(TEACHERS)
def live(classroom_id: int, assignment_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    now = at_work(given, lesson.quiz, classroom.band, clock.today(classroom.timezone))
    columns = columns_of(classroom)
    return render_template(
        "progress/live.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        columns=columns,
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        now=seen(now),
        asked=[(a, a.item.texts[current_locale()].question) for a in now.asked],
        mark=mark_of(now.mark()),
    )


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/live.json")
@open_to(TEACHERS)
@asked_by_script
def live_now(classroom_id: int, assignment_id: int) -> Page:
    """What has changed on the page: nothing (304), or all its texts and bars anew."""
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    now = at_work(given, lesson.quiz, classroom.band, clock.today(classroom.timezone))
    mark = mark_of(now.mark())
    if request.headers.get("If-None-Match") == mark:
        return unchanged(mark)
    page = seen(now)
    seats = [{"id": s.id, "name": s.name, "state": s.state, "text": s.text, "width": s.width} for s in page.seats]
    return with_mark({"texts": page.texts, "widths": page.widths, "seats": seats}, mark)


def given_and_lesson(classroom: Classroom, assignment_id: int) -> tuple[Assignment, Lesson]:
    given = assignment_in(classroom.id, assignment_id)
    lesson = library().lesson(given.lesson_slug) if given else None
    if given is None or lesson is None:
        abort(404)
    return given, lesson


@dataclass(frozen=True)
class SeatSeen:
    id: int
    name: str
    state: str  # finished | answering | signed-in | away
    text: str
    width: float  # of its bar, 0-100


@dataclass(frozen=True)
class Seen:
    """The page's figures in words: `texts` and `widths` by the place where they stand."""

    texts: dict[str, str]
    widths: dict[str, float]
    seats: list[SeatSeen]


def seen(now: AtWork) -> Seen:
    total, states = len(now.seats), [s.state for s in now.seats]
    texts = {f"n-{state}": str(states.count(state)) for state in ("finished", "answering")}
    texts["n-away"] = str(states.count("away") + states.count("signed-in"))  # not started, signed in or not
    texts["n-signed-in"] = str(sum(s.signed_in for s in now.seats))
    texts["of"] = ngettext("of %(n)s student", "of %(n)s students", total)
    texts |= {f"q-{a.item.id}": answered_in_words(a, total) for a in now.asked}
    widths = {f"q-{a.item.id}": percent(0 if a.too_few else a.answered or 0, total) for a in now.asked}
    return Seen(texts, widths, sorted((seat_seen(s) for s in now.seats), key=lambda s: alphabetical(s.name)))


def seat_seen(s: SeatAtWork) -> SeatSeen:
    words = {
        "finished": _("finished"),
        "answering": _("%(answered)s of %(total)s answered", answered=s.answered, total=s.total),
        "signed-in": _("not started, signed in"),
        "away": _("not started"),
    }
    text = words[s.state]
    if s.state == "answering" and not s.signed_in:
        text = _("%(answered)s of %(total)s answered, not signed in now", answered=s.answered, total=s.total)
    width = 100.0 if s.finished else percent(s.answered, s.total)
    return SeatSeen(s.id, name_of(s.first, s.second, current_locale()), s.state, text, width)


def answered_in_words(asked: Asked, total: int) -> str:
    if asked.answered is None:
        return _("counted after the last day")
    if asked.too_few:
        return _("fewer than 5")
    return _("%(n)s of %(total)s", n=asked.answered, total=total)


def percent(n: int, of: int) -> float:
    return round(100 * min(n, of) / of, 1) if of else 0.0


# --- what a page that asks by itself gets --------------------------------------------------------------------------------


def mark_of(state: Any, *more: object) -> str:
    """An ETag of everything that a page shows and the language it is shown in; the same in every process."""
    digest = hashlib.sha256(repr((state, current_locale())).encode()).hexdigest()[:20]
    return '"{}"'.format("-".join(map(str, (digest, *more))))


def unchanged(mark: str) -> Response:
    return current_app.response_class(status=304, headers={"ETag": mark})


def with_mark(body: dict[str, Any], mark: str) -> Response:
    return current_app.response_class(current_app.json.dumps(body), mimetype="application/json", headers={"ETag": mark})
