"""What every kind of activity is made of: `practice.py` lists the kinds, each of which reads its own part of practice.toml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .content import Activity, Piece
from .tables import ID, Lines, Table

SIDES = ("me", "them", "friend", "adult")
Read = Callable[[Table], "Parts"]


@dataclass(frozen=True)
class Parts:
    """What a kind reads: pieces, each with a heading of its own in practice.<lang>.md, and what it says of the activity as a whole."""

    pieces: tuple[Piece, ...]
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """One kind of activity: its name in practice.toml, and how its own keys are read.

    `read` takes its keys from the activity's table and calls neither `finish` nor the common keys; what is mistyped becomes a finding.
    Its rules stand in checks_practice.RULES, its page is practice/<name>.html."""

    name: str
    read: Read
    in_page: bool = True  # False: its steps ask the server, so it waits where there is no connection


@dataclass(frozen=True)
class ActivitySource:
    """One activity of practice.toml: the record without words, and where it stands."""

    activity: Activity
    file: str
    lines: Lines
    place: int  # from 0, in the file

    def line(self, *path: str | int) -> int:
        """The line of a key, such as ("nodes", "hello", "choices")."""
        return self.lines.of("activities", self.place, *path)


def pieces_in(table: Table, key: str, role: str, read: Callable[[Table], Piece], needed: bool = True) -> tuple[Piece, ...]:
    """The pieces of `[activities.<key>.<id>]`, in order. `read` makes one of them from its table; its id and role are put in here."""
    own = table.table(key)
    if own is None:
        if needed:
            table.error(key, "missing-key", f'"{key}" is missing. Begin each {role} with [activities.{key}.its-id].')
        return ()
    found = []
    for name, entry in own.named_tables().items():
        if not ID.fullmatch(name):
            message = f'"{name}" is not an id. Use lower-case ASCII words joined by "-".'
            entry.report.error(entry.file, entry.line(), "bad-id", message)
        piece = read(entry)
        entry.finish()
        found.append(Piece(name, role, piece.options, piece.data))
    return tuple(found)


def only_options(entry: Table) -> Piece:
    """For pieces that say nothing but what can be chosen in them: `options = ["one", "two"]`."""
    return Piece("", "", entry.words("options", needed=False))


def people_of(table: Table) -> list[dict[str, Any]]:
    """Who speaks: `[activities.people.<id>]` with side = "me" | "them" | "friend" | "adult" and name = { fr = .., en = .., ko = .. }."""
    own = table.table("people")
    people = []
    for name, entry in (own.named_tables() if own else {}).items():
        side = entry.text("side", needed=False, one_of=SIDES) or "them"
        people.append({"id": name, "side": side, "names": entry.texts("name"), "start": entry.text("start", needed=False)})
        entry.finish()
    return people
