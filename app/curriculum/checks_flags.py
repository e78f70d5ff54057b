"""Rules about a chat to mark: there is something to find, something to leave alone, and no line that could be used (R-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .checks_scenario import THREAT_LINES, THREAT_WORDS
from .checks_texts import count_words
from .locales import LOCALES

if TYPE_CHECKING:
    from .checks_practice import Bench

FEWEST_MESSAGES, MOST_MESSAGES = 6, 16
FEWEST_KIND = 3  # messages of others that hide nothing


def check_flags(bench: Bench) -> None:
    messages = bench.activity.of_role("message")
    others = [m for m in messages if not m.data["mine"]]
    hiding = [m for m in others if m.data["trick"]]
    if not FEWEST_MESSAGES <= len(messages) <= MOST_MESSAGES:
        bench.error("flag-number", f"there are {len(messages)} messages. Give it {FEWEST_MESSAGES} to {MOST_MESSAGES}.", "messages")
    if len(others) - len(hiding) < FEWEST_KIND:
        message = (
            f"only {len(others) - len(hiding)} messages hide nothing: whoever marks all of them would look right. Make it {FEWEST_KIND}."
        )
        bench.error("flag-all-tricks", message, "messages")
    for trick in bench.activity.of_role("trick"):
        if all(m.data["trick"] != trick.id for m in hiding):
            bench.error("flag-unmet", f'no message hides "{trick.id}". Give one of them this trick, or take it out.', "tricks")
    for own in messages:
        if own.data["mine"] and own.data["trick"]:
            bench.error("flag-speaker", f'"{own.id}" is the reader\'s own and hides a trick. Keep one of the two.', "messages", own.id)
    for locale in LOCALES:
        _spoken(bench, locale)


def _spoken(bench: Bench, locale: str) -> None:
    """One line each, by whom practice.toml says, and short where somebody pushes."""
    sides = {person["names"].get(locale): person["side"] for person in bench.activity.data.get("people", [])}
    row = 0
    for piece in bench.activity.of_role("message"):
        words = bench.words(locale, piece.id)
        if words is None:
            continue
        if len(words.lines) != 1 or not words.lines[0].name:
            bench.text_error(locale, piece.id, "flag-line", f'"{piece.id}" is one line of the chat: "- **Name:** words". Write it so.')
            continue
        line = words.lines[0]
        side = sides.get(line.name, "")
        if piece.data["mine"] != (side == "me"):
            message = f'"{piece.id}": mine is for what the reader\'s side says, and only for that. Mend mine, or who speaks.'
            bench.text_error(locale, piece.id, "flag-speaker", message, line.line)
        row = row + 1 if side == "them" else 0
        if row > THREAT_LINES or (side == "them" and count_words(line.text) > THREAT_WORDS[locale]):
            message = f'"{piece.id}": somebody who pushes says at most {THREAT_WORDS[locale]} words, {THREAT_LINES} lines in a row (R-20).'
            bench.text_error(locale, piece.id, "flag-long", message, line.line)
