"""Cards, lines and doors as their pages need them. Nothing here is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.library import library
from app.curriculum.content import SERVICE_KINDS, Piece, PieceText
from app.curriculum.rendering import HELP_ORDER, WORDS, doors_html
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

NAMES = ("unsure", "without", "named")  # would somebody give their name?
FIRST_WITHOUT_A_NAME = {"anonymous": 0, "optional": 0, "ask": 1, "": 1, "named": 2}  # practice-cards.js has the same


@dataclass(frozen=True)
class Land:
    """A country somebody may live in, and the services of each kind there, those of all countries after its own."""

    code: str
    name: str
    doors: list[tuple[str, str]]  # kind of service, services as entries of a list (HTML; an emergency without one is told in words)


def route_on_page(doing: Doing) -> dict[str, Any]:
    text, activity, sent = doing.text.pieces, doing.activity, doing.sent
    situations = [(p, text[p.id]) for p in activity.of_role("situation")]
    chosen = _one_of(sent.get("situation", ""), [p.id for p, _text in situations])
    kinds: list[str] = next((p.data["doors"] for p, _text in situations if p.id == chosen), [])
    named = _one_of(sent.get("name", ""), NAMES) or NAMES[0]
    order = [*(code for code in HELP_ORDER[doing.locale] if code != "INT"), "INT"]
    return {
        "situations": situations,
        "chosen": chosen,
        "kinds": kinds,
        "lands": [land_of(code, kinds, named, doing.locale) for code in order],
        "land": _one_of(sent.get("country", ""), order) or order[0],
        "named": named,
        "fields": [(p, text[p.id], _one_of(sent.get(p.id, ""), p.options)) for p in activity.of_role("field")],
    }


def land_of(code: str, kinds: list[str], named: str, locale: str) -> Land:
    """What stands first is what fits: the kinds that were asked for in their order, and without a name the doors that ask for none."""
    order = ["QC", "CA", "INT"] if code == "QC" else [code, "INT"]
    near = sorted((s for s in library().services if s.country in order), key=lambda s: (order.index(s.country), s.order))
    if named == "without":
        near.sort(key=lambda s: FIRST_WITHOUT_A_NAME[s.naming])
    in_order = sorted(SERVICE_KINDS, key=lambda kind: kinds.index(kind) if kind in kinds else len(SERVICE_KINDS))
    doors = [(kind, doors_html([s for s in near if s.kind == kind], locale)) for kind in in_order]
    return Land(code, WORDS[locale][code], [(kind, services) for kind, services in doors if services or kind == "emergency"])


CARDS: dict[str, Shown] = {
    "sort": Shown(sort_on_page, script="practice-cards.js", style="cards.css"),
    "compose": Shown(compose_on_page, script="practice-cards.js", style="cards.css"),
    "route": Shown(route_on_page, script="practice-cards.js", style="cards.css"),
}
