"""Rules about cards, lines and doors: there is something to decide, and no answer gives itself away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checks_practice import Bench

FEWEST_CARDS, MOST_CARDS = 4, 12


def check_sort(bench: Bench) -> None:
    """Every pile gets a card, and none gets nearly all of them: whoever always taps the same pile must not look right."""
    piles, cards = bench.activity.data["piles"], bench.activity.of_role("card")
    if not 2 <= len(piles) <= 5:
        bench.error("card-piles", f"there are {len(piles)} piles. Give it 2 to 5.", "piles")
    if not FEWEST_CARDS <= len(cards) <= MOST_CARDS:
        bench.error("card-number", f"there are {len(cards)} cards. Give it {FEWEST_CARDS} to {MOST_CARDS}.", "cards")
    for pile in piles:
        own = sum(pile in card.data["right"] for card in cards)
        if cards and not own:
            bench.error("card-piles", f'no card belongs on "{pile}". Add one, or take the pile away.', "piles")
        elif own > 0.7 * len(cards):
            bench.error("card-piles", f'"{pile}" is right for {own} of {len(cards)} cards. Let the piles share them.', "piles")


def check_compose(bench: Bench) -> None:
    """Each slot gives a choice; with a meter, each of its slots has a kinder and a less kind line."""
    slots, levels = bench.activity.of_role("slot"), bench.activity.of_role("level")
    for slot in slots:
        if len(slot.options) < 2:
            bench.error("card-slot", f'"{slot.id}" leaves nothing to choose. Give it two options or more.', "slots", slot.id)
        for name in slot.data["tones"]:
            if name not in slot.options:
                bench.error("unknown-option", f'"{name}" in tones is no option of "{slot.id}".', "slots", slot.id, "tones")
    if levels and not any(1 in slot.data["tones"].values() for slot in slots):
        bench.error("card-slot", "there is a meter, and no line moves it up. Give some option a tone of 1.", "levels")


def check_route(bench: Bench) -> None:
    """Each question of the form has answers that help, and others."""
    for piece in bench.activity.of_role("field"):
        if not 0 < len(piece.data["useful"]) < len(piece.options):
            bench.error("card-form", f'"{piece.id}" needs answers that help and answers that do not. Mend useful.', "form", piece.id)
