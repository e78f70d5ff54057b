"""The class as a table: a row for each student, a cell for each lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask import render_template, url_for
from markupsafe import Markup

from app.classrooms.models import Classroom
from app.classrooms.naming import name_of
from app.core import clock
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.library import library
from app.core.patterns import NUMBER
from app.curriculum import progress as rules
from app.curriculum.content import Lesson
from app.curriculum.progress import Reason, Standing, standing
from app.progress.queries import given_to, seats_in, standings_in


@dataclass(frozen=True)
class Column:
    assignment: Any  # a row, see progress.queries.given_to
    lesson: Lesson
    title: str
    topmark: str
    due_on: date | None
    questions_url: str
    dates_url: str


class Cell(NamedTuple):
    """Where one student stands with one lesson, and how that looks; `html` is cut where the address stands."""

    standing: str
    right: int
    counted: int
    answered: int
    total: int
    late: bool
    finished: bool
    html: tuple[str, str, str]


class Row(NamedTuple):
    student_id: int
    name: str
    cells: list[Cell]
    html: Markup  # the cells
    next_step: str
    reasons: list[str]
    group: str


def columns_of(classroom: Classroom, assigned: Sequence[Any] | None = None) -> list[Column]:
    locale, columns = current_locale(), []
    questions = url_for("progress.questions", classroom_id=classroom.id, assignment_id=0).removesuffix("0")
    dates = url_for("classrooms.edit_assignment", classroom_id=classroom.id, assignment_id=NUMBER)
    for given in given_to(classroom.id) if assigned is None else assigned:
        lesson = library().lesson(given.lesson_slug)
        if lesson is not None:
            urls = f"{questions}{given.id}", dates.replace(str(NUMBER), str(given.id))
            columns.append(Column(given, lesson, lesson.texts[locale].title, lesson.topmark, given.due_on, *urls))
    return columns


def rows_of(classroom: Classroom, columns: list[Column], hide_names: bool, seats: Any = None, summaries: Any = None) -> list[Row]:
    """One row a student, from plain rows whatever was answered: students and summary rows, read here unless they are given."""
    seats = seats_in(classroom.id) if seats is None else seats
    standings = {(s.assignment_id, s.student_id): s for s in (standings_in(classroom.id) if summaries is None else summaries)}
    today, locale = clock.today(classroom.timezone), current_locale()
    base = url_for("progress.student", classroom_id=classroom.id, assignment_id=0, student_id=0).removesuffix("0/0")
    empty = [(cell_without_work(locale, c, today), [(r, c, None) for r in reasons_untouched(c, today)]) for c in columns]
    rows = []
    for place, student in enumerate(seats, 1):
        cells: list[Cell] = []
        html: list[str] = []
        reasons: list[tuple[Reason, Column, Any]] = []
        for column, (untouched, why) in zip(columns, empty, strict=True):
            row = standings.get((column.assignment.id, student.id))
            if row is None:
                cell = untouched
                reasons += why
            else:
                due = column.due_on
                late = due is not None and row.finished_on is not None and row.finished_on > due  # handed in late
                overdue = due is not None and today > due and not row.tries
                cell = cell_of(locale, column.lesson.number, *row[2:7], late, overdue)
                if cell.standing == HAND:
                    reasons.append((Reason.LOW, column, row))
            cells.append(cell)
            before, address, after = cell.html
            html.append(f"{before}{base}{column.assignment.id}/{student.id}{after}" if address else before)
        opened = [(c, cell) for c, cell in zip(columns, cells, strict=True) if c.assignment.opens_on <= today]
        group = group_of([Standing(cell.standing) for _c, cell in opened], [r for r, _c, _row in reasons])
        name = _("Student %(number)s", number=place) if hide_names else name_of(student.first, student.second, locale)
        # Our own template around addresses of two numbers.
        line = Markup("".join(html))  # noqa: S704
        rows.append(Row(student.id, name, cells, line, next_step(opened), [reason_in_words(*r, today) for r in reasons], group))
    return rows


HAND = Standing.HAND.value
PLACE = "/-place-of-the-address-/"


@lru_cache(maxsize=4096)
def cell_of(locale: str, number: int, tries: int, answered: int, total: int, right: int, counted: int, late: bool, overdue: bool) -> Cell:
    """A kind of cell, of which a large class has a few dozen in its thousand: rule, words and template are worked through once for each."""
    state = standing(right, counted, tries, answered).value
    html = cell_html(locale, state, number, right, counted, late or overdue)
    return Cell(state, right, counted, answered, total, late, bool(tries), html)


def cell_html(_locale: str, state: str, number: int, right: int, counted: int, late: bool) -> tuple[str, str, str]:
    html = render_template("progress/_cell.html", standing=state, number=number, right=right, counted=counted, late=late, url=PLACE)
    return html.strip().partition(PLACE)


def cell_without_work(locale: str, column: Column, today: date) -> Cell:
    overdue = column.due_on is not None and today > column.due_on
    return cell_of(locale, column.lesson.number, 0, 0, column.lesson.quiz.length, 0, 0, False, overdue)


def reasons_untouched(column: Column, today: date) -> tuple[Reason, ...]:
    """Why students who have not begun this lesson might need a hand."""
    return rules.reasons_for_a_hand(touched=False, opened_on=column.assignment.opens_on, due_on=column.due_on, today=today)


def reason_in_words(reason: Reason, column: Column, row: Any, today: date) -> str:
    number = column.lesson.number
    if reason is not Reason.UNTOUCHED:
        return _("Lesson %(number)s: %(right)s of %(counted)s right, in %(tries)s tries.", number=number, right=row.best_right,
                 counted=row.best_counted, tries=row.tries)  # fmt: skip
    if column.due_on and today > column.due_on:
        return _("Lesson %(number)s: not begun, and its last day has passed.", number=number)
    return _("Lesson %(number)s: not begun, and most of the time has gone.", number=number)


def group_of(standings: list[Standing], reasons: list[Reason]) -> str:
    groups = rules.summarise([rules.Row("one", tuple(standings), tuple(reasons))])
    return "hand" if groups.hand else "on_track" if groups.on_track else "on_the_way"


def next_step(opened: list[tuple[Column, Cell]]) -> str:
    """One thing to do next for a student, in words."""
    for wanted, finished, sentence in (
        ("hand", True, _("Look at lesson %(number)s together")),
        ("started", False, _("Finish lesson %(number)s")),
        ("started", True, _("Try lesson %(number)s once more")),
        ("not_yet", False, _("Begin lesson %(number)s")),
    ):
        for column, cell in opened:
            if cell.standing == wanted and cell.finished == finished:
                return sentence % {"number": column.lesson.number}
    return _("Nothing needed")


def state_words() -> dict[str, str]:
    return {
        "solid": _("solid"), "getting_there": _("getting there"), "hand": _("could use a hand"),
        "started": _("started"), "not_yet": _("not yet"),
    }  # fmt: skip
