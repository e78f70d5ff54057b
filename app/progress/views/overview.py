"""The class at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from flask import render_template, request, url_for

from app.classrooms.models import Classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale
from app.core.library import lessons_left, library
from app.core.patterns import page_for_whoever_asks
from app.curriculum.content import Item, Lesson
from app.curriculum.progress import QuestionSummary, question_summary
from app.progress.queries import answered_in, given_to, seats_in, standings_in, tallies_in
from app.progress.views import Page, bp, described, own_classroom
from app.progress.views.matrix import Column, Row, columns_of, rows_of


@bp.get("/progress/<id:classroom_id>")
@open_to(TEACHERS)
def show(classroom_id: int) -> Page:
    """The class at a glance. Made anew only when something on it has changed: what is read for it is compared, and reading is quick."""
    classroom, hide_names = own_classroom(classroom_id), request.args.get("names") == "0"
    read = Read(
        described(classroom), clock.today(classroom.timezone), given_to(classroom.id), seats_in(classroom.id),
        standings_in(classroom.id), answered_in(classroom.id),
    )  # fmt: skip
    return page_for_whoever_asks(classroom.id, lambda: class_page(classroom, hide_names, read), state=read.mark())


class Read(NamedTuple):
    """All that a class page shows; texts of lessons and of the interface stay the same while the site runs."""

    classroom: dict[str, Any]
    today: date
    assigned: Sequence[Any]
    seats: Sequence[Any]
    standings: Sequence[Any]
    answered: dict[int, int]

    def mark(self) -> int:
        """64 bits that change with anything in it."""
        lists = (self.assigned, self.seats, self.standings, self.answered.items())
        return hash((tuple(self.classroom.values()), self.today, *map(tuple, lists)))


def class_page(classroom: Classroom, hide_names: bool, read: Read) -> str:
    columns = columns_of(classroom, read.assigned)
    rows = rows_of(classroom, columns, hide_names, read.seats, read.standings)
    if not hide_names:
        rows.sort(key=lambda r: r.name)
    groups = [{"key": key, "rows": own} for key in ("hand", "on_the_way", "on_track") if (own := [r for r in rows if r.group == key])]
    here = url_for("progress.show", classroom_id=classroom.id)
    idea = idea_of(columns, read.answered)
    return render_template(
        "progress/show.html",
        classroom=read.classroom,
        columns=columns,
        groups=groups,
        n_students=len(rows),
        today=read.today,
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        cards={"hand": [r for r in rows if r.group == "hand"], "idea": idea, "due": due_next(classroom, columns, rows)},
        names_hidden=hide_names,
        names_url=here if hide_names else here + "?names=0",
        csv_url=url_for("progress.export", classroom_id=classroom.id),
        csv_semicolon_url=url_for("progress.export", classroom_id=classroom.id, separator="semicolon"),
    )


def idea_of(columns: list[Column], answered: dict[int, int]) -> dict[str, Any] | None:
    """The wrong idea that most of the class holds, where it is common enough to talk about."""
    # The family code is drawn anew for each assignment; a number may come again after one was deleted.
    marks = {c.assignment.id: (c.assignment.family_code, c.lesson.slug, answered.get(c.assignment.id, 0)) for c in columns}
    changed = [c for c in columns if marks[c.assignment.id] not in ideas_kept]
    tallies = tallies_in([c.assignment.id for c in changed]) if changed else {}
    for column in changed:
        while len(ideas_kept) >= MOST_IDEAS:
            ideas_kept.pop(next(iter(ideas_kept)), None)
        ideas_kept[marks[column.assignment.id]] = idea_in(column.lesson, tallies.get(column.assignment.id, {}))
    found = [(idea, column) for column in columns if (idea := ideas_kept.get(marks[column.assignment.id])) is not None]
    if not found:
        return None
    idea, column = max(found, key=lambda f: f[0].share)
    belief = library().misconceptions.get(idea.summary.misconception or "")
    return {
        "n": idea.n, "answered": idea.summary.share.answered, "lesson": column.lesson,
        "belief": belief.belief[current_locale()] if belief else "", "url": f"{column.questions_url}#{idea.item.id}",
    }  # fmt: skip


class CommonIdea(NamedTuple):
    item: Item
    summary: QuestionSummary

    @property
    def n(self) -> int:
        return self.summary.counts[self.summary.talk_about or ""]

    @property
    def share(self) -> float:
        return self.n / self.summary.share.answered


MOST_IDEAS = 2000
ideas_kept: dict[tuple[str, str, int], CommonIdea | None] = {}  # by what was counted; working one out takes all counts of a lesson


def idea_in(lesson: Lesson, tallies: dict[str, dict[str, int]]) -> CommonIdea | None:
    """The commonest wrong idea in one lesson's questions, the first of several."""
    summaries = (CommonIdea(i, question_summary(i, tallies.get(i.id, {}))) for i in lesson.quiz.items if not i.sensitive)
    return max((s for s in summaries if s.summary.talk_about), key=lambda s: s.share, default=None)


def due_next(classroom: Classroom, columns: list[Column], rows: list[Row]) -> dict[str, Any] | None:
    today = clock.today(classroom.timezone)
    coming = [(c.due_on, n) for n, c in enumerate(columns) if c.due_on and c.due_on >= today and c.assignment.opens_on <= today]
    if not coming:
        return None
    due_on, n = min(coming)
    cells = [r.cells[n] for r in rows]
    done, not_yet = sum(c.finished for c in cells), sum(c.standing == "not_yet" for c in cells)
    counts = {"done": done, "started": len(cells) - done - not_yet, "not_yet": not_yet, "total": len(cells)}
    return {"column": columns[n], "due_on": due_on, **counts}
