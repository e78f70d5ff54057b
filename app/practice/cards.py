"""Cards, lines and doors as their pages need them. Nothing here is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.library import library
from app.curriculum.content import Piece, PieceText
from app.curriculum.rendering import help_html
from app.practice.doing import Doing, Shown

# Cards on piles


@dataclass(frozen=True)
class Card:
    piece: Piece
    text: PieceText
    chosen: str  # a pile, or "" while it lies on none

    @property
    def right(self) -> list[str]:
        return list(self.piece.data["right"])

    @property
    def fits(self) -> bool:
        return self.chosen in self.right


def sort_on_page(doing: Doing) -> dict[str, Any]:
    text, piles = doing.text.pieces, doing.activity.data["piles"]
    cards = [Card(p, text[p.id], _one_of(doing.sent.get(p.id, ""), piles)) for p in doing.activity.of_role("card")]
    return {"piles": [(name, text[name]) for name in piles], "cards": cards, "looked": sum(bool(c.chosen) for c in cards)}


def _one_of(sent: str, known: tuple[str, ...] | list[str]) -> str:
    return sent if sent in known else ""


# Lines that make a text


@dataclass(frozen=True)
class Slot:
    piece: Piece
    text: PieceText
    chosen: tuple[str, ...]

    @property
    def several(self) -> bool:
        return int(self.piece.data["most"]) > 1

    def tone(self, option: str) -> int:
        return int(self.piece.data["tones"].get(option, 0))


def compose_on_page(doing: Doing) -> dict[str, Any]:
    text = doing.text.pieces
    slots = [_slot(doing, piece, text[piece.id]) for piece in doing.activity.of_role("slot")]
    levels = [text[p.id] for p in doing.activity.of_role("level")]
    chosen = [(slot, option) for slot in slots for option in slot.chosen]
    return {
        "slots": slots,
        "look": doing.activity.data["look"],
        "with_help": doing.activity.data["help"],
        "levels": levels,
        "level": level_of([slot.tone(option) for slot, option in chosen], len(levels)),
        "lines": [slot.text.options[option].text for slot, option in chosen],
    }


def _slot(doing: Doing, piece: Piece, text: PieceText) -> Slot:
    sent = [option for option in doing.ticked(piece.id) if option in piece.options]
    return Slot(piece, text, tuple(dict.fromkeys(sent))[: int(piece.data["most"])])


def level_of(tones: list[int], levels: int) -> int:
    """Where the meter stands, from 0: the mean of the chosen tones (-1 to 1) laid evenly over the levels, from lowest to
    highest; the middle without a choice. practice-cards.js counts the same way."""
    if not levels:
        return 0
    mean = sum(tones) / len(tones) if tones else 0
    return int((mean + 1) / 2 * (levels - 1) + 0.5)


# The way to a door


def route_on_page(doing: Doing) -> dict[str, Any]:
    text, activity = doing.text.pieces, doing.activity
    situations = [(p, text[p.id], doors_of(p, doing.locale)) for p in activity.of_role("situation")]
    fields = [(p, text[p.id], _one_of(doing.sent.get(p.id, ""), p.options)) for p in activity.of_role("field")]
    return {
        "situations": situations,
        "chosen": _one_of(doing.sent.get("situation", ""), [p.id for p, _text, _doors in situations]),
        "fields": fields,
    }


def doors_of(situation: Piece, locale: str) -> str:
    """The services of help.toml that fit, by country, as HTML."""
    return help_html([s for s in library().services if s.kind in situation.data["doors"]], locale)


CARDS: dict[str, Shown] = {
    "sort": Shown(sort_on_page, script="practice-cards.js", style="cards.css"),
    "compose": Shown(compose_on_page, script="practice-cards.js", style="cards.css"),
    "route": Shown(route_on_page, script="practice-cards.js", style="cards.css"),
}
