"""Typing in what students answered on paper: a table of letters, checked cell by cell; nothing typed is ever lost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from app.classrooms.models import Assignment, Classroom
from app.classrooms.naming import alphabetical, name_of
from app.classrooms.taught import own_classroom
from app.core.access import TEACHERS, open_to
from app.core.db import db
from app.core.forms import clean
from app.core.i18n import OWN_NAME, current_locale
from app.core.i18n import gettext as _
from app.core.library import library
from app.curriculum.content import Item, Lesson
from app.curriculum.locales import LOCALES
from app.curriculum.onpaper import Problem, Typed, asked_on_paper, full_length, letters_of, read_typed, typed_for
from app.progress.live import SeatAtWork, seats_at_work
from app.progress.paper import first_sittings_at, keep_from_paper
from app.progress.views import Page, bp, described
from app.progress.views.live import given_and_lesson, mark_of
from app.quizzes.queries import UUID

LONGEST_CELL = 40  # characters


@dataclass(frozen=True)
class Cell:
    name: str  # of the field
    typed: str
    meant: Typed
    error: str
    label: str


@dataclass(frozen=True)
class Row:
    """One student: cells to type into, or how many answers there are already."""

    seat: SeatAtWork
    name: str
    answered: int | None  # in Balise; None while there is no sitting
    cells: list[Cell]

    @property
    def choices(self) -> dict[int, str]:
        """Answers by the place of their question."""
        return {place: cell.meant.choice for place, cell in enumerate(self.cells) if cell.meant.choice}

    @property
    def wrong(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.error]


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/paper")
@open_to(TEACHERS)
def paper(classroom_id: int, assignment_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    rows = rows_of(classroom, given, asked_on_paper(lesson.quiz, classroom.band)[0], {})
    return table_page(classroom, given, lesson, rows, str(uuid.uuid4()))


@bp.post("/progress/<id:classroom_id>/<id:assignment_id>/paper")
@open_to(TEACHERS)
def keep_paper(classroom_id: int, assignment_id: int) -> Page:
    """Keep the rows of a sheet, each once however often it is sent; with a cell that means nothing, or to look only, keep none."""
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    asked, alone = asked_on_paper(lesson.quiz, classroom.band)
    sheet = request.form.get("sheet", "")
    if not UUID.fullmatch(sheet):
        abort(400)
    tongue = tongue_of(classroom)
    rows = rows_of(classroom, given, asked, {k: clean(v)[:LONGEST_CELL] for k, v in request.form.items()}, also_answered=True)
    wrong = any(row.wrong for row in rows if row.answered is None)
    same_questions = request.form.get("questions") == mark_of([item.id for item in asked])
    if wrong or not same_questions or "keep" not in request.form:
        shown = rows_of(classroom, given, asked, request.form)
        return table_page(classroom, given, lesson, shown, sheet, looked=True, other_questions=not same_questions), 422 if wrong else 200
    kept = left = 0
    for row in (r for r in rows if r.choices and not r.wrong):
        choices = {asked[place].id: choice for place, choice in row.choices.items()}
        if keep_from_paper(classroom, row.seat, given, lesson.quiz, library().version, sheet, choices, alone, tongue):
            kept += 1
        else:
            left += 1
        db.session.commit()  # one student after the other: see keep_from_paper
    return redirect(url_for("progress.paper", classroom_id=classroom.id, assignment_id=given.id, kept=kept, left=left or None), 303)


def tongue_of(classroom: Classroom) -> str:
    """The language of the sheets: as chosen in the form, or the class's."""
    chosen = request.form.get("tongue", "")
    return chosen if chosen in LOCALES else classroom.locale


def rows_of(classroom: Classroom, given: Assignment, asked: list[Item], typed: Any, also_answered: bool = False) -> list[Row]:
    """Every seat the lesson is given to, by name; whoever has answered already gets no cells, unless they are wanted too."""
    begun, locale = first_sittings_at(given.id), current_locale()
    rows = []
    for seat in seats_at_work(given):
        name, answered = name_of(seat.first, seat.second, locale), begun.get(seat.id)
        cells = [] if answered is not None and not also_answered else cells_of(seat.id, name, asked, typed)
        rows.append(Row(seat, name, answered, cells))
    return sorted(rows, key=lambda r: alphabetical(r.name))


def cells_of(student_id: int, name: str, asked: list[Item], typed: Any) -> list[Cell]:
    cells = []
    for number, item in enumerate(asked, 1):
        field = f"c{student_id}-{number}"
        text = clean(typed.get(field, ""))[:LONGEST_CELL]
        meant = read_typed(item, text)
        cells.append(Cell(field, text, meant, problem_in_words(item, meant), _("%(name)s, question %(number)s", name=name, number=number)))
    return cells


def problem_in_words(item: Item, meant: Typed) -> str:
    """What is wrong with a cell and what to type instead."""
    letters = list(letters_of(item))
    match meant.problem:
        case None:
            return ""
        case Problem.UNKNOWN:
            return _(
                "“%(letter)s” is not one of the answers. Type letters from A to %(last)s, or ? for “I’m not sure”.",
                letter=meant.letter,
                last=letters[-1],
            )
        case Problem.TWICE:
            return _("The letter %(letter)s stands here twice. Type each letter once.", letter=meant.letter)
        case Problem.ONE:
            return _("One letter only: this question has one answer.")
        case Problem.ALL:
            return _("Type all letters from A to %(last)s, in the order they are to be done.", last=letters[-1])
        case Problem.EACH:
            return _("Type %(n)s letters, one for each situation, from the first to the last.", n=len(item.options))


def table_page(
    classroom: Classroom,
    given: Assignment,
    lesson: Lesson,
    rows: list[Row],
    sheet: str,
    looked: bool = False,
    other_questions: bool = False,
) -> str:
    asked, alone = asked_on_paper(lesson.quiz, classroom.band)
    words = [item.texts[current_locale()] for item in asked]
    kept, left = (n if (n := request.args.get(name, "")).isdecimal() and len(n) < 4 else "" for name in ("kept", "left"))
    return render_template(
        "progress/paper.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        asked=list(zip(asked, words, strict=True)),
        kinds={item.kind for item in asked},
        full=[full_length(item) for item in asked],
        key=[typed_for(item, item.right) for item in asked],
        alone=len(alone),
        rows=rows,
        wrong=[cell for row in rows for cell in row.wrong],
        filled=[r for r in rows if r.choices],
        whole=sum(len(r.choices) == len(asked) for r in rows),
        looked=looked,
        other_questions=other_questions,
        sheet=sheet,
        questions=mark_of([item.id for item in asked]),
        tongues=OWN_NAME,
        tongue=tongue_of(classroom),
        kept=int(kept) if kept else None,
        left=int(left) if left else 0,
    )
