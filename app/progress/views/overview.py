"""The class at a glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import render_template, request, url_for

from app.classrooms.models import Classroom
from app.classrooms.naming import alphabetical
from app.classrooms.taught import own_classroom
from app.core import clock, sessions
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale
from app.core.library import lessons_left, library
from app.core.patterns import page_for_whoever_asks
from app.curriculum.content import Lesson
from app.curriculum.ideas import Entry, Met, met_in, ranked
from app.progress.queries import Again, Read, Tallies, classrooms_with, read_classes, tallies_and_wrong_again, wrong_again_in
from app.progress.views import Page, bp, described
from app.progress.views.filters import BEGUN, DONE, NOT_STARTED, asked_for, choices, narrowed, state_of
from app.progress.views.hand import said
from app.progress.views.matrix import NOT_GIVEN, Column, Row, cells_html, columns_of, lesson_now, next_to_end, rows_of


@bp.get("/progress/<id:classroom_id>")
@open_to(TEACHERS)
def show(classroom_id: int) -> Page:
    """The class at a glance. Made anew only when something on it has changed: what is read for it is compared, and reading is quick."""
    classroom = own_classroom(classroom_id)
    before_on = getattr(sessions.person(), "before_on", None)
    read, today = read_classes([classroom.id]), clock.today(classroom.timezone)
    state = hash((tuple(described(classroom).values()), today, before_on, read.mark()))
    return page_for_whoever_asks(classroom.id, lambda: class_page(classroom, before_on, today, read), state=state)


def class_page(classroom: Classroom, before_on: date | None, today: date, read: Read) -> str:
    hide_names = request.args.get("names") == "0"
    columns = columns_of(classroom, read.assigned)
    tallies, again = read_besides(classroom.id, columns, read)
    rows = rows_of(classroom, columns, hide_names, read, again)
    offered = choices(columns, rows)
    wanted = asked_for(request.args, offered)
    shown_columns, shown_rows = narrowed(columns, rows, wanted)
    if not hide_names:
        shown_rows = sorted(shown_rows, key=lambda r: alphabetical(r.name))
    kept = {**wanted.in_address, **({"names": "0"} if hide_names else {})}
    here: dict[str, Any] = {"classroom_id": classroom.id, **wanted.in_address}
    return render_template(
        "progress/show.html",
        classroom=described(classroom),
        columns=columns,
        shown_columns=shown_columns,
        groups=[
            {"key": key, "rows": [(r, cells_html(classroom.id, shown_columns, r)) for r in own]}
            for key in ("hand", "on_the_way", "on_track")
            if (own := [r for r in shown_rows if r.group == key])
        ],
        n_students=len(rows),
        n_shown=len(shown_rows),
        today=today,
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        hand=sorted((r for r in rows if r.group == "hand"), key=lambda r: alphabetical(r.name)),
        said=said,
        put_aside=[(r, line) for r in sorted(rows, key=lambda r: alphabetical(r.name)) for line in said(r, r.put_aside)],
        idea=idea_of(columns, tallies),
        running=running(classroom.id, columns, rows, "0" if hide_names else None),
        next_up=min((c for c in columns if c.assignment.opens_on > today), key=lambda c: c.assignment.opens_on, default=None),
        news=news_since(before_on, columns, rows, today),
        choices={name: options for name, options in offered.items() if len(options) > 1 or name in wanted.in_address},
        wanted=wanted,
        wanted_values=wanted._asdict(),
        shown_words=[dict(offered[name])[value] for name, value in wanted.in_address.items()],
        names_hidden=hide_names,
        names_url=url_for("progress.show", names=None if hide_names else "0", **here),
        put_aside_url=url_for("progress.put_reason_aside", classroom_id=classroom.id, **kept),
        take_back_url=url_for("progress.take_reason_back", classroom_id=classroom.id, **kept),
        here=here,
    )


def read_besides(classroom_id: int, columns: list[Column], read: Read) -> tuple[Tallies, list[Again]]:
    """The counts of lessons where they have changed, and questions wrong three times running: at most one statement."""
    changed = [c.assignment.id for c in columns if c.assignment.counted and mark_of(c) not in ideas_kept]
    if changed:
        return tallies_and_wrong_again(changed, [classroom_id] if read.third_sittings else [])
    return {}, wrong_again_in([classroom_id]) if read.third_sittings else []


# --- what is new, what is running ------------------------------------------------------------------------------------


class News(NamedTuple):
    """What students did since the teacher last signed in: numbers of students."""

    since: date
    handed_in: int  # a lesson they had not handed in before
    late: int  # of them, after a lesson's last day
    finished_all: int  # of them, have now handed in all that is open to them


def news_since(before_on: date | None, columns: list[Column], rows: list[Row], today: date) -> News | None:
    """None while that day is not known. That day counts whole: of what was handed in on it nobody knows whether the teacher saw it."""
    if before_on is None or before_on > today:
        return None
    handed_in = late = finished_all = 0
    opened = [n for n, column in enumerate(columns) if column.assignment.opens_on <= today]
    for row in rows:
        new = [cell for cell, day in zip(row.cells, row.finished_on, strict=True) if day is not None and day >= before_on]
        if new:
            handed_in += 1
            late += any(cell.late for cell in new)
            finished_all += all(row.cells[n].finished for n in opened if row.cells[n].standing != NOT_GIVEN)
    return News(before_on, handed_in, late, finished_all)


class Running(NamedTuple):
    """A lesson that is open and not over: how many of those it is given to have finished it, begun it, or not; `urls` lead to who they
    are, by the state that the table is then filtered by."""

    column: Column
    done: int
    started: int
    not_yet: int
    urls: dict[str, str]

    @property
    def total(self) -> int:
        return self.done + self.started + self.not_yet


def running(classroom_id: int, columns: list[Column], rows: list[Row], names: str | None) -> list[Running]:
    """Those with a last day still to come, the next one first. `names` is how the address says that names are hidden."""
    found, place = [], {column.assignment.id: n for n, column in enumerate(columns)}
    for column in next_to_end(columns):
        states = [state_of(row.cells[place[column.assignment.id]]) for row in rows]
        lesson: dict[str, Any] = {"classroom_id": classroom_id, "lesson": column.lesson.number, "names": names, "_anchor": "mx"}
        urls = {state: url_for("progress.show", **lesson, state=state) for state in (DONE, BEGUN, NOT_STARTED)}
        found.append(Running(column, states.count(DONE), states.count(BEGUN), states.count(NOT_STARTED), urls))
    return found


# --- one idea to talk through ------------------------------------------------------------------------------------------


def mark_of(column: Column) -> tuple[str, str, int]:
    # The family code is drawn anew for each assignment; a number may come again after one was deleted.
    return column.assignment.family_code, column.lesson.slug, column.assignment.counted


class TalkAbout(NamedTuple):
    """The wrong idea to talk through first; `lesson` is that of the question where it shows most."""

    entry: Entry
    belief: str
    lesson: Lesson
    url: str  # of that question


def idea_of(columns: list[Column], tallies: Tallies) -> TalkAbout | None:
    """The first of the class's wrong ideas that is common enough to talk about. Sensitive questions are left out here: an overview is
    looked at where others may see it."""
    for column in columns:
        if column.assignment.id in tallies:
            while len(ideas_kept) >= MOST_IDEAS:
                ideas_kept.pop(next(iter(ideas_kept)), None)
            ideas_kept[mark_of(column)] = met_in_lesson(column.lesson, tallies[column.assignment.id])
    now = lesson_now(columns)
    entries = ranked((met for column in columns for met in ideas_kept.get(mark_of(column), ())), now.lesson.slug if now else "")
    for entry in entries[:1]:
        belief = library().misconceptions.get(entry.idea)
        if entry.to_talk_about and belief is not None:
            column = next(c for c in columns if c.lesson.slug == entry.question.lesson)
            return TalkAbout(entry, belief.belief[current_locale()], column.lesson, f"{column.questions_url}#{entry.question.item}")
    return None


MOST_IDEAS = 2000
ideas_kept: dict[tuple[str, str, int], tuple[Met, ...]] = {}  # by what was counted; working them out takes all counts of a lesson


def met_in_lesson(lesson: Lesson, tallies: dict[str, dict[str, int]]) -> tuple[Met, ...]:
    """The wrong ideas met in one lesson's questions, sensitive ones left out."""
    return tuple(met for i in lesson.quiz.items if not i.sensitive for met in met_in(lesson.slug, i, tallies.get(i.id, {})))


# --- the list of classes -----------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One class in the list of classes: students who might need a hand, lessons whose last day is within a week."""

    hand: int
    due: int


WEEK = timedelta(6)  # today and the six days after it
MOST_LINES = 2000
lines_kept: dict[int, tuple[int, Line]] = {}  # by class, with the mark of what it was made from


@bp.app_template_global("lines_of_classes")
def lines_of_classes(classroom_ids: Sequence[int]) -> dict[int, Line]:
    """For the teacher's list of classes, which stands in a package below this one: six statements at most, however many classes."""
    read, lines = read_classes(classroom_ids), {}
    parts = parts_of(read)
    changed: list[tuple[Classroom, Read, int]] = []
    for classroom in classrooms_with(classroom_ids):
        part = parts[classroom.id]
        mark = hash((part.mark(), clock.today(classroom.timezone)))
        kept = lines_kept.get(classroom.id)
        if kept is not None and kept[0] == mark:
            lines[classroom.id] = kept[1]
        else:
            changed.append((classroom, part, mark))
    third = [classroom.id for classroom, part, _mark in changed if part.third_sittings]
    again = wrong_again_in(third) if third else []
    for classroom, part, mark in changed:
        while len(lines_kept) >= MOST_LINES:
            lines_kept.pop(next(iter(lines_kept)), None)
        lines[classroom.id] = line_of(classroom, part, again)
        lines_kept[classroom.id] = mark, lines[classroom.id]
    return lines


def parts_of(read: Read) -> dict[int, Read]:
    """What was read of several classes, class by class."""
    class_of = {given.id: given.classroom_id for given in read.assigned}
    parts: dict[int, Read] = defaultdict(lambda: Read([], [], [], []))
    for given in read.assigned:
        parts[given.classroom_id].assigned.append(given)
    for seat in read.seats:
        parts[seat.classroom_id].seats.append(seat)
    for row in read.standings:
        parts[class_of[row.assignment_id]].standings.append(row)
    for row in read.single:
        parts[class_of[row.assignment_id]].single.append(row)
    return parts


def line_of(classroom: Classroom, read: Read, again: Sequence[Again]) -> Line:
    columns, today = columns_of(classroom, read.assigned), clock.today(classroom.timezone)
    hand = sum(row.group == "hand" for row in rows_of(classroom, columns, read=read, again=again))
    due = sum(c.assignment.opens_on <= today and c.last_day is not None and today <= c.last_day <= today + WEEK for c in columns)
    return Line(hand, due)
