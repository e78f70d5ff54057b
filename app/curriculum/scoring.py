"""Which questions a sitting holds, and what answers to them mean."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .content import Item, Quiz
from .locales import in_locale

# "Yes." belongs to whoever chose the right option; whoever was not sure reads the reason without it.
YES = re.compile(r"^(\s*(?:<p[^>]*>)?)(?:Yes|Oui|Exactly|Exactement|맞아요)[.!,]\s*(\w)", re.IGNORECASE)
NOT_SURE = "not-sure"  # offered with every question; "not yet", never "wrong"
PASS = "pass"  # noqa: S105  (a sensitive question stepped over: it counts neither way)


def draw(quiz: Quiz, band: str, nth: int) -> tuple[str, ...]:
    """The questions of a band's n-th sitting (from 1): its anchors, and of the others the next ones in turn.

    The same for everybody in the band, always: anchors can be compared between sittings, and a new try meets new
    questions until all have been asked.
    """

    def shuffled(items: Iterable[Item], *seed: str | int) -> list[str]:
        def rank(item_id: str) -> bytes:
            return hashlib.sha256("\n".join(map(str, (quiz.slug, band, *seed, item_id))).encode()).digest()

        return sorted((item.id for item in items), key=rank)

    items = quiz.for_band(band)
    anchors = [item.id for item in items if item.anchor][: quiz.length]
    others = shuffled(item for item in items if not item.anchor)
    wanted = min(quiz.length - len(anchors), len(others))
    start = (max(nth, 1) - 1) * wanted
    chosen = {*anchors, *(others[(start + i) % len(others)] for i in range(wanted))}
    return tuple(shuffled((item for item in items if item.id in chosen), nth))


def is_right(item: Item, choice: str) -> bool:
    return choice == item.right


@dataclass(frozen=True)
class Feedback:
    """What is said after an answer."""

    kind: str  # right | not_yet | not_sure | passed
    html: str
    misconception: str | None  # id of the idea behind a wrong option
    section: str  # the section of the lesson to read again


def feedback(item: Item, choice: str, locale: str) -> Feedback:
    """The words for this choice; "I'm not sure" gets the reason of the right option.

    Raises KeyError for an option the question does not have.
    """
    words = in_locale(item.texts, locale)
    options = words.options if words else {}
    if choice == PASS:
        return Feedback("passed", "", None, item.section)
    if choice == NOT_SURE:
        return Feedback("not_sure", YES.sub(lambda m: m[1] + m[2].upper(), options[item.right].feedback), None, item.section)
    kind = "right" if is_right(item, choice) else "not_yet"
    return Feedback(kind, options[choice].feedback, item.misconceptions.get(choice), item.section)


@dataclass(frozen=True)
class Score:
    """A sitting in numbers. Sensitive questions are answered but never counted."""

    right: int  # of those counted
    answered: int
    counted: int
    misconceptions: tuple[str, ...]  # behind the wrong options chosen, in the order of the questions, sensitive ones left out


def score(items: Iterable[Item], choices: Mapping[str, str]) -> Score:
    """Choices by item id; items without a choice, or stepped over, count neither way."""
    right = answered = counted = 0
    misconceptions: dict[str, None] = {}
    for item in items:
        choice = choices.get(item.id)
        if choice is None or choice == PASS:
            continue
        answered += 1
        if item.sensitive:
            continue
        counted += 1
        right += is_right(item, choice)
        if choice in item.misconceptions:
            misconceptions[item.misconceptions[choice]] = None
    return Score(right, answered, counted, tuple(misconceptions))
