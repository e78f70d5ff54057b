"""`flags`: an invented chat in which somebody marks the messages that push. Each mark names the trick; what only seems one is told kindly.

There is no score, and nothing to be right about without deciding: some messages are as kind as they look.
"""

from __future__ import annotations

from .content import Piece
from .practice_kind import Kind, Parts, pieces_in
from .practice_labs import MINUTE
from .tables import Table


def _flags(table: Table) -> Parts:
    tricks = table.words("tricks")
    messages = pieces_in(table, "messages", "message", lambda entry: _message(entry, tricks))
    return Parts((*messages, *(Piece(name, "trick") for name in tricks), Piece("exits", "told"), MINUTE))


def _message(entry: Table, tricks: tuple[str, ...]) -> Piece:
    """`mine`: what the reader's side says, which is not marked. Of every other message, `why` is what is said to whoever marks it."""
    mine = entry.flag("mine")
    return Piece("", "", () if mine else ("why",), {"mine": mine, "trick": entry.text("trick", needed=False, one_of=tricks)})


KINDS = (Kind("flags", _flags),)
