"""Activities with cards and words: `sort` puts each card on a pile, `compose` picks lines that make a text or a plan, `route` leads from
a situation to the services of help.toml.

None of them has a score. Every answer is told why it holds, or what to look at again.
"""

from __future__ import annotations

from typing import Any

from .content import SERVICE_KINDS, Piece
from .practice_kind import Kind, Parts, only_options, pieces_in
from .practice_labs import MINUTE
from .tables import Table

LOOKS = ("message", "map", "design")


def _sort(table: Table) -> Parts:
    piles = table.words("piles")
    cards = pieces_in(table, "cards", "card", lambda entry: _card(entry, piles))
    return Parts((*(Piece(name, "pile") for name in piles), *cards, MINUTE), {"piles": list(piles)})


def _card(entry: Table, piles: tuple[str, ...]) -> Piece:
    """A card may belong on several piles: then the talk about it is the point."""
    return Piece("", "", ("why",), {"right": list(entry.words("right", one_of=piles))})


def _compose(table: Table) -> Parts:
    slots = pieces_in(table, "slots", "slot", _slot)
    levels = table.words("levels", needed=False)
    look = table.text("look", one_of=LOOKS)
    data: dict[str, Any] = {"look": look, "help": table.flag("help")}
    return Parts((*slots, *(Piece(name, "level") for name in levels), Piece("made", "made"), MINUTE), data)


def _slot(entry: Table) -> Piece:
    """`tones` is how far an option moves the meter, from -1 to 1; `most` how many may be chosen together."""
    tones = entry.table("tones")
    data: dict[str, Any] = {
        "tones": {name: tones.whole_number(name, -1, 1) for name in tones.names()} if tones else {},
        "most": entry.number("most") or 1,
    }
    if tones is not None:
        tones.finish()
    return Piece("", "", entry.words("options"), data)


def _route(table: Table) -> Parts:
    situations = pieces_in(table, "situations", "situation", _situation)
    form = pieces_in(table, "form", "field", _field)
    return Parts((*situations, Piece("case", "case"), *form, Piece("then", "told"), MINUTE))


def _situation(entry: Table) -> Piece:
    return Piece("", "", ("why",), {"doors": list(entry.words("doors", one_of=SERVICE_KINDS))})


def _field(entry: Table) -> Piece:
    """One thing a report asks for, in the invented case; `useful` are the answers that help whoever reads it."""
    options = only_options(entry).options
    return Piece("", "", options, {"useful": list(entry.words("useful", one_of=options))})


KINDS = (Kind("sort", _sort), Kind("compose", _compose), Kind("route", _route))
