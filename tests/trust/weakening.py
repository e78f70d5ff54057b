"""Weakened rules: each audience opened, each condition on an owner taken out of its query, one at a time.

A query is weakened where it leaves for the database: of every SELECT, UPDATE and DELETE that protected pages send, each condition such as
`classrooms.teacher_id = ?` in turn becomes `(classrooms.teacher_id = ? OR 1=1)`. So no list of queries has to be kept."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from trust.authorising import Cell, World

OWNER = ("teacher_id", "classroom_id", "student_id", "assignment_id", "school_id", "board_id", "person_id", "role", "attempt_uuid")
CONDITION = re.compile(rf"\b(\w+)\.({'|'.join(OWNER)})\s*(?:=\s*\?|IN \(\?(?:, \?)*\))")
MANY = re.compile(r"IN \(\?(?:, \?)*\)")


@dataclass(frozen=True, order=True)
class Weakness:
    """One condition of one query: the function that sends it, the column, and which of the conditions on it."""

    function: str
    column: str
    statement: str  # lists of any length written as IN (?)
    place: int

    def __str__(self) -> str:
        return f"{self.function} without {self.column}"


def usual(statement: str) -> str:
    return MANY.sub("IN (?)", statement)


def sender() -> str:
    """The function of ours that sends the statement: `classrooms.queries.student_in`."""
    frame, found = sys._getframe(2), "?"
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name.startswith("app.") and name not in ("app.core.db", "app.core.sessions"):
            code = frame.f_code.co_qualname if hasattr(frame.f_code, "co_qualname") else frame.f_code.co_name
            found = f"{name.removeprefix('app.')}.{code}"
            break
        frame = frame.f_back
    return found


def conditions(statement: str) -> list[re.Match[str]]:
    """The conditions on owners behind WHERE or ON; a statement that only writes new rows has none."""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
        return []
    start = statement.find("FROM") if statement.startswith(("SELECT", "WITH")) else statement.find("WHERE")
    return [match for match in CONDITION.finditer(statement) if match.start() > start >= 0]


@contextmanager
def listening(world: World) -> Iterator[list[tuple[str, str]]]:
    """Collects (function, statement) of what is sent."""
    seen: list[tuple[str, str]] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if conditions(statement):
            seen.append((sender(), usual(statement)))

    engine = world.app.extensions["balise.engine"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def weaknesses_in(sent: dict[Cell, set[tuple[str, str]]]) -> dict[Weakness, list[Cell]]:
    """Every condition that can be taken out, and the requests that send its query."""
    found: dict[Weakness, list[Cell]] = {}
    for cell, statements in sent.items():
        for function, statement in statements:
            for place, match in enumerate(conditions(statement)):
                found.setdefault(Weakness(function, f"{match[1]}.{match[2]}", statement, place), []).append(cell)
    return found


@contextmanager
def weakened(world: World, weakness: Weakness) -> Iterator[None]:
    def weaken(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
        if usual(statement) != weakness.statement:
            return statement, parameters
        match = conditions(statement)[weakness.place]
        return f"{statement[: match.start()]}({match[0]} OR 1=1){statement[match.end() :]}", parameters

    engine = world.app.extensions["balise.engine"]
    event.listen(engine, "before_cursor_execute", weaken, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", weaken)
