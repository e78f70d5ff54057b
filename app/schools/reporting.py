"""Reports for a board: who is waiting to be counted, the report made of them, and its evidence pack."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, func, select

from app.accounts.models import Board, Membership, School
from app.classrooms.models import Assignment, Classroom
from app.core import clock
from app.core.db import db
from app.core.keys import keyed_hex
from app.core.library import library
from app.core.spreadsheets import MARK, csv_lines
from app.curriculum.before_after import AFTER, BEFORE
from app.curriculum.content import AGES
from app.curriculum.disclosure import FEWEST_PEOPLE
from app.curriculum.locales import LOCALES
from app.curriculum.reports import ROWS_LAST, Batch, Finished, LessonRow, batch, may_report
from app.quizzes.models import Answer, Attempt, Standing
from app.schools.definitions import frozen
from app.schools.models import Report

MARKS_LAST = timedelta(430)  # a class lives for a year and a month
AGES_SHOWN = {band: f"{first}-{last}" for band, (first, last) in AGES.items()}
Body = dict[str, Any]


# --- finding -------------------------------------------------------------------------------------------------------


def reports_of(board_id: int) -> Sequence[Report]:
    """A board's reports, newest first."""
    return db.session.scalars(select(Report).where(Report.board_id == board_id).order_by(Report.made_on.desc(), Report.id.desc())).all()


def report_of(board_id: int, report_id: int) -> Report | None:
    """One's own board's report; another board's does not exist."""
    return db.session.scalar(select(Report).where(Report.id == report_id, Report.board_id == board_id))


def schools_of(board_id: int) -> Sequence[School]:
    return db.session.scalars(select(School).where(School.board_id == board_id).order_by(School.label, School.id)).all()


def body_of(report: Report) -> Body:
    """What was published: everything but the marks of what has been counted."""
    body: Body = json.loads(report.body)
    del body["counted"]
    return body


def days_in(body: Body) -> set[str]:
    """The days on which what stands in a report was counted, as ISO dates."""
    rows = [*body["lessons"], *([body["people"]] if body["people"] else [])]
    return {row["counted_on"] for row in rows}


def _in_board(statement: Any, board_id: int) -> Any:
    return (
        statement.join(Classroom, Classroom.id == Assignment.classroom_id)
        .join(Membership, Membership.teacher_id == Classroom.teacher_id)
        .join(School, School.id == Membership.school_id)
        .where(School.board_id == board_id)
    )


def mark_of(family_code: str) -> str:
    """What stands for an assignment among those counted: nobody reads from it which one it was."""
    return keyed_hex("counted", family_code)[:16]


def over_in(board_id: int) -> dict[int, Any]:
    """The assignments of a board's classes that are over, by id: rows with lesson_slug, last_day, family_code, band and school_id."""
    last_day = func.coalesce(Assignment.closes_on, Assignment.due_on, Classroom.ends_on).label("last_day")
    of_class = (Classroom.band, Classroom.timezone, School.id.label("school_id"))
    given = select(Assignment.id, Assignment.lesson_slug, last_day, Assignment.family_code, *of_class).select_from(Assignment)
    rows = db.session.execute(_in_board(given, board_id))
    return {row.id: row for row in rows if row.last_day < clock.today(row.timezone) and library().lesson(row.lesson_slug)}


def marks_in(before: Body) -> dict[str, list[str]]:
    """Day of a report -> marks of the assignments counted then, as long as those can exist."""
    return {day: marks for day, marks in before.get("counted", {}).items() if clock.today() - date.fromisoformat(day) < MARKS_LAST}


def waiting_in(board_id: int, over: dict[int, Any]) -> list[Finished]:
    """Everybody who finished one of these assignments by its last day."""
    s = Standing
    columns = (s.assignment_id, s.student_id, s.best_right, s.best_counted, s.finished_on, s.locale)
    finished = select(*columns).select_from(Assignment).join(s, s.assignment_id == Assignment.id).where(s.finished_on.is_not(None))
    gains = gains_in(board_id)
    return [
        Finished(row.student_id, given.lesson_slug, given.band, given.school_id, row.locale, row.finished_on,
                 row.best_right, row.best_counted, gains.get((row.assignment_id, row.student_id)))
        for row in db.session.execute(_in_board(finished, board_id))
        if (given := over.get(row.assignment_id)) and row.finished_on <= given.last_day
    ]  # fmt: skip


def gains_in(board_id: int) -> dict[tuple[int, int], float]:
    """(assignment, student) -> share right after minus before, of everybody with both checks."""
    right = func.sum(Answer.right.cast(Integer))
    checks = (
        select(Attempt.assignment_id, Attempt.student_id, Attempt.nth, right, func.count(Answer.right))
        .select_from(Assignment)
        .join(Attempt, Attempt.assignment_id == Assignment.id)
        .join(Answer, (Answer.attempt_uuid == Attempt.uuid) & (Answer.student_id == Attempt.student_id))
        .where(Attempt.nth.in_((BEFORE, AFTER)), Attempt.finished_on.is_not(None))
        .group_by(Attempt.assignment_id, Attempt.student_id, Attempt.nth)
    )
    shares = {(a, s, nth): n / asked for a, s, nth, n, asked in db.session.execute(_in_board(checks, board_id)) if asked}
    return {(a, s): shares[a, s, AFTER] - share for (a, s, nth), share in shares.items() if nth == BEFORE and (a, s, AFTER) in shares}


# --- making --------------------------------------------------------------------------------------------------------


def may_make(board_id: int) -> tuple[bool, date | None]:
    """Whether a report may be made today, and when the last one was."""
    last = db.session.scalar(select(func.max(Report.made_on)).where(Report.board_id == board_id))
    return may_report(last, clock.today()), last


def make_report(board: Board) -> Report | None:
    """Today's report, or None when it is too early for one. The caller commits."""
    # One at a time for each board: two reports made at once would count the same students twice.
    db.session.execute(select(Board.id).where(Board.id == board.id).with_for_update())
    if not may_make(board.id)[0]:
        return None
    last = next(iter(reports_of(board.id)), None)
    before: Body = json.loads(last.body) if last else {}
    counted, schools = marks_in(before), schools_of(board.id)
    done = {mark for marks in counted.values() for mark in marks}
    waiting = {i: row for i, row in over_in(board.id).items() if mark_of(row.family_code) not in done}
    found = batch(waiting_in(board.id, waiting), LOCALES, [school.id for school in schools])
    now = sorted(mark_of(row.family_code) for row in waiting.values() if (row.lesson_slug, row.band) in found.counted)
    body = published(board, schools, found, before) | {"counted": {**counted, clock.today().isoformat(): now}}
    made = Report(board_id=board.id, made_on=clock.today(), content_version=library().version[:16], body=as_json(body))
    db.session.add(made)
    db.session.flush()
    return made


def published(board: Board, schools: Sequence[School], found: Batch, before: Body) -> Body:
    """The report as it is kept and shown: today's rows, and those of earlier reports that nothing new replaces."""
    today = clock.today()
    new = {(row.lesson, row.band): lesson_row(row, today) for row in found.rows}
    kept = (row for row in before.get("lessons", ()) if today - date.fromisoformat(row["counted_on"]) < ROWS_LAST)
    old = {(row["lesson"], row["age_group"]): row for row in kept}
    rows = sorted({**old, **new}.values(), key=lambda row: (row["number"], row["age_group"]))
    people = before.get("people")
    if found.people is not None:
        people = {
            "counted_on": today.isoformat(),
            "students": found.people.students,
            "languages": [{"language": code, "students": found.people.languages[code]} for code in LOCALES],
            "schools": [{"school": school.label, "students": found.people.schools[school.id]} for school in schools],
        }
    body: Body = {
        "format": 1, "board": board.label, "made_on": today.isoformat(), "k": FEWEST_PEOPLE, "content_version": library().version[:16],
        "lessons": rows, "people": people, **frozen(),
    }  # fmt: skip
    return {**body, "held_back": held_back(body)}


def lesson_row(row: LessonRow, today: date) -> Body:
    lesson = library().lesson(row.lesson)
    assert lesson is not None
    titles = {code: lesson.texts[code].title for code in LOCALES}
    return {
        "lesson": row.lesson, "number": lesson.number, "titles": titles, "age_group": row.band,
        "counted_on": today.isoformat(), "students": row.students, "solid": row.solid, "getting_there": row.getting_there,
        "below_half": row.below_half, "pairs": row.pairs, "gain": row.gain,
    }  # fmt: skip


SHARES = ("solid", "getting_there", "below_half")
CHECKS = ("pairs", "gain")


def held_back(body: Body) -> list[dict[str, str]]:
    """The log of what is held back: every figure of a row that is shown, and every language and school. Never why, and never of whom."""
    log = [
        {"table": "lessons", "row": f"{row['lesson']} {AGES_SHOWN[row['age_group']]}", "figure": figure}
        for row in body["lessons"]
        for figure in (*SHARES, *CHECKS)
        if row[figure] is None
    ]
    people = body["people"] or {"languages": (), "schools": ()}
    for table, name in (("languages", "language"), ("schools", "school")):
        log += [{"table": table, "row": row[name], "figure": "students"} for row in people[table] if row["students"] is None]
    return log


def as_json(body: Body) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- the evidence pack ---------------------------------------------------------------------------------------------

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip files: the same report gives the same bytes, whenever it is fetched
FOR_THE_OWNER = 0o600 << 16


def pack(report: Report) -> bytes:
    """The report as one JSON and a CSV for each table, in a zip without compression: byte for byte the same each time."""
    body = body_of(report)
    files = {"report.json": json.dumps(body, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"}
    files |= {f"{name}.csv": as_csv(lines) for name, lines in tables_of(body).items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, FIRST_DAY)
            info.external_attr, info.create_system = FOR_THE_OWNER, 3
            made.writestr(info, files[name])
    return out.getvalue()


def tables_of(body: Body) -> dict[str, list[Sequence[Any]]]:
    """Each table as lines, the first with its keys."""
    bands = ("students", *SHARES, *CHECKS)
    ends = (f"{band}_{end}" for band in bands for end in ("from", "to"))
    head = ["lesson", "number", *(f"title_{code}" for code in LOCALES), "ages", "counted_on", *ends]
    lessons: list[Sequence[Any]] = [
        [r["lesson"], r["number"], *(r["titles"][code] for code in LOCALES), AGES_SHOWN[r["age_group"]], r["counted_on"],
         *(end for b in bands for end in r[b] or (None, None))]
        for r in body["lessons"]
    ]  # fmt: skip
    people = body["people"] or {"counted_on": None, "students": None, "languages": (), "schools": ()}
    day = people["counted_on"]
    languages = [[r["language"], day, *(r["students"] or (None, None))] for r in people["languages"]]
    schools = [[r["school"], day, *(r["students"] or (None, None))] for r in people["schools"]]
    words = [
        [key, *(t["name"][c] for c in LOCALES), *(t["meaning"][c] for c in LOCALES), t["formula"]] for key, t in body["definitions"].items()
    ]
    facts = [[key, body[key]] for key in ("format", "board", "made_on", "k", "content_version")]
    return {
        "lessons": [head, *lessons],
        "languages": [["language", "counted_on", "students_from", "students_to"], *languages],
        "schools": [["school", "counted_on", "students_from", "students_to"], *schools],
        "definitions": [["key", *(f"name_{c}" for c in LOCALES), *(f"meaning_{c}" for c in LOCALES), "formula"], *words],
        "limits": [[f"text_{c}" for c in LOCALES], *([text[c] for c in LOCALES] for text in body["limits"])],
        "held_back": [["table", "row", "figure"], *([line["table"], line["row"], line["figure"]] for line in body["held_back"])],
        "about": [["key", "value"], *facts],
    }


def as_csv(lines: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark and CRLF, so that Excel opens it right; no cell is taken for a formula."""
    return MARK + csv_lines(lines)
