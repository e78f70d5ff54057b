"""The class table, and every answer in it, as files. Both take the filter of the table from the address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Response, request
from markupsafe import Markup

from app.classrooms.models import Classroom
from app.classrooms.naming import alphabetical
from app.classrooms.taught import own_classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.db import db
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.curriculum.content import Item
from app.curriculum.scoring import NOT_SURE, PASS, parse
from app.progress.files import Cell, Sheet, Word, as_csv, as_json, as_xlsx
from app.progress.queries import answers_of, read_classes
from app.progress.views import bp
from app.progress.views.filters import Filter, asked_for, choices, narrowed
from app.progress.views.matrix import NOT_GIVEN, Column, Row, columns_of, rows_of, state_words

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/progress/<id:classroom_id>/results.csv")
@open_to(TEACHERS)
def export(classroom_id: int) -> Response:
    """The class table; with `separator=semicolon` for a spreadsheet that uses the comma in numbers."""
    return file_of(classroom_id, "results", "csv")


@bp.get("/progress/<id:classroom_id>/results.xlsx")
@open_to(TEACHERS)
def export_xlsx(classroom_id: int) -> Response:
    return file_of(classroom_id, "results", "xlsx")


@bp.get("/progress/<id:classroom_id>/results.json")
@open_to(TEACHERS)
def export_json(classroom_id: int) -> Response:
    return file_of(classroom_id, "results", "json")


@bp.get("/progress/<id:classroom_id>/answers.csv")
@open_to(TEACHERS)
def answers(classroom_id: int) -> Response:
    """Every answer, one line each; of a sensitive question only that it was answered, because no more is kept."""
    return file_of(classroom_id, "answers", "csv")


@bp.get("/progress/<id:classroom_id>/answers.xlsx")
@open_to(TEACHERS)
def answers_xlsx(classroom_id: int) -> Response:
    return file_of(classroom_id, "answers", "xlsx")


@bp.get("/progress/<id:classroom_id>/answers.json")
@open_to(TEACHERS)
def answers_json(classroom_id: int) -> Response:
    return file_of(classroom_id, "answers", "json")


def file_of(classroom_id: int, what: str, kind: str) -> Response:
    classroom = own_classroom(classroom_id)
    columns, rows, wanted = table_asked_for(classroom)
    make: Callable[[list[Column], list[Row]], Sheet] = results_sheet if what == "results" else answers_sheet
    sheet = make(columns, rows)
    if kind == "csv":
        pieces = as_csv(sheet, ";" if request.args.get("separator") == "semicolon" else ",")
    elif kind == "json":
        about = {"class": classroom.label, "language": current_locale(), "made_on": clock.today(classroom.timezone)}
        pieces = as_json(sheet, {**about, "shown": wanted.in_address})
    else:
        pieces = as_xlsx(sheet, _("Results") if what == "results" else _("Answers"))
    response = Response(pieces, content_type=TYPES[kind])
    words = file_name(classroom.label, _("Results") if what == "results" else _("Answers"))
    named = f"filename=\"balise-class-{classroom.id}-{what}.{kind}\"; filename*=UTF-8''{quote(words)}.{kind}"  # RFC 6266
    response.headers["Content-Disposition"] = f"attachment; {named}"
    return response


def file_name(*words: str) -> str:
    """What a teacher finds among the downloads: "balise-6B-résultats", without signs that some disk does not take."""
    return re.sub(r"[^\w]+", "-", " ".join(("balise", *words[:-1], words[-1].lower()))).strip("-")


def table_asked_for(classroom: Classroom) -> tuple[list[Column], list[Row], Filter]:
    """What the class page shows under the same address: the same columns, rows by name."""
    read = read_classes([classroom.id])
    columns = columns_of(classroom, read.assigned)
    rows = rows_of(classroom, columns, read=read)
    wanted = asked_for(request.args, choices(columns, rows))
    columns, rows = narrowed(columns, rows, wanted)
    return columns, sorted(rows, key=lambda r: alphabetical(r.name)), wanted


def results_sheet(columns: list[Column], rows: list[Row]) -> Sheet:
    """A row for each student; of what was not handed in, the counts are empty: nought would be a mark."""
    heads, keys = [_("Student"), _("Group")], ["student", "group"]
    for c in columns:
        title = _("Lesson %(number)s", number=c.lesson.number)
        parts = {"state": title, "right": f"{title} · " + _("right"), "counted": f"{title} · " + _("of how many"),
                 "late": f"{title} · " + _("handed in late"), "handed_in_on": f"{title} · " + _("first handed in on")}  # fmt: skip
        heads += parts.values()
        keys += (f"{c.lesson.slug}.{part}" for part in parts)
    return Sheet(heads, keys, results_lines(rows, state_words()), _("yes"))


def results_lines(rows: list[Row], words: dict[str, str]) -> Iterator[list[Cell]]:
    for row in rows:
        line: list[Cell] = [row.name, row.group_number or None]
        for cell, day in zip(row.cells, row.finished_on, strict=True):
            state = Word(cell.standing, words[cell.standing])
            line += (state, cell.right, cell.counted, cell.late, day) if cell.finished else (state, None, None, None, None)
        yield line


def answers_sheet(columns: list[Column], rows: list[Row]) -> Sheet:
    columns_heads = {
        "student": _("Student"), "group": _("Group"), "lesson": _("Lesson"), "lesson_title": _("Title"), "sitting": _("Try"),
        "question": _("Question (key)"), "question_text": _("Question"), "chosen": _("Answer (key)"), "chosen_text": _("Answer"),
        "result": _("Result"), "answered_on": _("Answered on"),
    }  # fmt: skip
    # What is no longer given to a student does not show in the table, so it is not here either.
    hidden = {(c.assignment.id, r.student_id) for r in rows for c, cell in zip(columns, r.cells, strict=True) if cell.standing == NOT_GIVEN}
    found = answers_of(db.engine, [r.student_id for r in rows], [c.assignment.id for c in columns])
    kept = (answer for answer in found if (answer.assignment_id, answer.student_id) not in hidden)
    # Words are looked up here: rows are made when the request is over.
    results = {"right": _("right"), "not_yet": _("not yet"), "not_sure": _("not sure"), "not_kept": _("answered, not kept")}
    words = {key: Word(key, text) for key, text in results.items()}
    return Sheet(list(columns_heads.values()), list(columns_heads), answers_lines(columns, rows, kept, words, current_locale()), _("yes"))


def answers_lines(
    columns: list[Column], rows: list[Row], found: Iterable[Any], words: dict[str, Word], locale: str
) -> Iterator[list[Cell]]:
    students, lessons = {r.student_id: r for r in rows}, {c.assignment.id: c for c in columns}
    told: dict[tuple[int, str, str | None], tuple[Cell, Cell, Cell, Cell]] = {}  # a class gives the same answers again and again
    for answer in found:
        student, column = students[answer.student_id], lessons[answer.assignment_id]
        said = answer.assignment_id, answer.item_id, answer.choice
        if said not in told:
            if len(told) >= MOST_TOLD:
                told.clear()
            told[said] = question_and_answer(column.lesson.quiz.item(answer.item_id), answer, words, locale)
        yield [
            student.name, student.group_number or None, column.lesson.number, column.title, answer.nth, answer.item_id, *told[said],
            answer.answered_on,
        ]  # fmt: skip


MOST_TOLD = 5000


def question_and_answer(item: Item | None, answer: Any, words: dict[str, Word], locale: str) -> tuple[Cell, Cell, Cell, Cell]:
    """The question in words, the answer as it is kept and in words, and what it counts as."""
    result = result_of(item, answer)
    question = question_text(item, locale) if item else None
    if result == "not_kept":
        return question, None, None, words[result]
    return question, answer.choice, chosen_text(item, answer.choice, locale) if item else None, words[result]


def result_of(item: Item | None, answer: Any) -> str:
    """A sensitive question says nothing, also where it became sensitive after it was answered."""
    if answer.choice is None or answer.choice == PASS or (item is not None and item.sensitive):
        return "not_kept"
    return "not_sure" if answer.choice == NOT_SURE else "right" if answer.right else "not_yet"


@lru_cache(maxsize=2000)
def text_of(html: str) -> str:
    return Markup(html).striptags()  # noqa: S704  (only what is in it is kept)


def question_text(item: Item, locale: str) -> str:
    return text_of(item.texts[locale].question)


def chosen_text(item: Item, choice: str, locale: str) -> str:
    """An answer in the words of its question; empty when the question has no such answer any more."""
    words, parts = item.texts[locale], parse(item, choice)
    if parts is None:
        return ""
    if item.kind == "match":
        pairs = (part.partition("=") for part in parts)
        return " | ".join(f"{text_of(words.options[situation].text)}: {text_of(words.doors[door])}" for situation, _is, door in pairs)
    return (" > " if item.kind == "order" else " | ").join(text_of(words.options[part].text) for part in parts)
