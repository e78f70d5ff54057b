"""Which questions a sitting holds, and what answers to them mean.

Whatever the kind of question, an answer is one string, its *choice*: the id of an option (`single`), the ids ticked in
display order joined by "+" (`several`, `find`), the steps joined by ">" (`order`), "situation=door" for each situation
joined by "+" (`match`), or "not-sure" or "pass" for all of them.
"""

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


KINDS = ("single", "several", "find", "order", "match")
LONGEST_CHOICE = 200  # characters: what the tables of answers and counts hold
WHOLLY_RIGHT, NOT_YET = "=right", "=not-yet"  # keys of counts, which no option can be called
_BETWEEN = {"several": "+", "find": "+", "order": ">", "match": "+"}


def join_choice(kind: str, parts: Iterable[str]) -> str:
    """One string for the parts of an answer: ids ticked, steps in order, or "situation=door" for each situation."""
    return _BETWEEN.get(kind, "").join(parts)


def split_choice(kind: str, choice: str) -> tuple[str, ...]:
    """The parts that `join_choice` joined, whether or not they make sense."""
    return tuple(choice.split(_BETWEEN[kind])) if kind in _BETWEEN and choice else (choice,) if choice else ()


def nearest_band(quiz: Quiz, band: str) -> str:
    """This band, or the nearest one that the quiz was written for."""
    return min({b for item in quiz.items for b in item.bands}, key=lambda b: (abs(ord(b) - ord(band)), b))


def draw(quiz: Quiz, band: str, nth: int) -> tuple[str, ...]:
    """The questions of a band's n-th sitting (from 1): its anchors, and of the others the next ones in turn.

    The same for everybody in the band, always: anchors can be compared between sittings, and a new try meets new
    questions until all have been asked. Sensitive ones come last: help follows them, and a sheet of paper, on which nobody answers
    them, counts the others as the screen does (see `numbers`).
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
    sensitive = {item.id for item in items if item.sensitive}
    return tuple(sorted(shuffled((item for item in items if item.id in chosen), nth), key=sensitive.__contains__))


def numbers(quiz: Quiz, band: str) -> dict[str, int]:
    """The number of each question wherever a teacher meets one, on screens, walls, sheets and keys: its place in the first sitting of
    the age group. What only later sittings ask has no number."""
    return {item_id: number for number, item_id in enumerate(draw(quiz, nearest_band(quiz, band), 1), 1)}


def parse(item: Item, choice: str) -> tuple[str, ...] | None:
    """The parts of an answer that this question can have, in the order `format_choice` gives them; None of any other.

    "not-sure" and "pass" have no parts: None as well.
    """
    parts = split_choice(item.kind, choice)
    if len(choice) > LONGEST_CHOICE or not parts or len(set(parts)) != len(parts):
        return None
    if item.kind == "match":
        given = dict(part.partition("=")[::2] for part in parts)
        if len(given) != len(parts) or set(given) != set(item.options) or not set(given.values()) <= set(item.doors):
            return None
        return tuple(f"{situation}={given[situation]}" for situation in item.options)
    if item.kind == "order":
        return parts if len(parts) == len(item.options) and set(parts) == set(item.options) else None
    return tuple(o for o in item.options if o in parts) if set(parts) <= set(item.options) else None


def format_choice(item: Item, parts: Iterable[str]) -> str:
    """The choice with these parts: options ticked in any order, steps from first to last, or "situation=door"."""
    parts = list(parts)
    if item.kind in ("several", "find"):
        parts.sort(key=lambda part: item.options.index(part) if part in item.options else len(item.options))
    return join_choice(item.kind, parts)


def canonical(item: Item, choice: str) -> str | None:
    """The one string for this answer, whatever order its parts came in; None when the question has no such answer."""
    if choice == NOT_SURE or (choice == PASS and item.sensitive):
        return choice
    parts = parse(item, choice)
    return None if parts is None else join_choice(item.kind, parts)


def is_valid(item: Item, choice: str) -> bool:
    return canonical(item, choice) is not None


def is_right(item: Item, choice: str) -> bool:
    """Wholly right: every option, step and situation."""
    parts = parse(item, choice)
    return parts is not None and parts == parse(item, item.right)


def misconceptions_behind(item: Item, choice: str) -> tuple[str, ...]:
    """Ids of the ideas behind what is wrong in an answer, in its own order."""
    ideas = ideas_behind(item)
    return tuple(dict.fromkeys(ideas[key] for key in _part_keys(item, choice) if key in ideas))


def tally_keys(item: Item, choice: str) -> tuple[str, ...]:
    """What an answer adds one to: the option chosen; of the other kinds the whole, and each of its parts.

    A part is an option ticked, "situation=door", or "step@place" (places from 1).
    """
    if item.kind == "single" or choice == NOT_SURE:
        return (choice,)
    return (WHOLLY_RIGHT if is_right(item, choice) else NOT_YET, *_part_keys(item, choice))


def _part_keys(item: Item, choice: str) -> tuple[str, ...]:
    parts = parse(item, choice) or ()
    return tuple(f"{step}@{place}" for place, step in enumerate(parts, 1)) if item.kind == "order" else parts


def ideas_behind(item: Item) -> dict[str, str]:
    """Key of a part, as in `tally_keys` -> id of the idea behind choosing it."""
    if item.kind == "order":
        return {f"{step}@1": idea for step, idea in item.misconceptions.items()}
    if item.kind == "match":
        right = split_choice(item.kind, item.right)
        pairs = ((f"{situation}={door}", idea) for situation, idea in item.misconceptions.items() for door in item.doors)
        return {pair: idea for pair, idea in pairs if pair not in right}
    return dict(item.misconceptions)


def people_answered(item: Item, counts: Mapping[str, int]) -> int:
    """How many people the counts of a question come from; parts are no people."""
    if item.kind == "single":
        return sum(n for key, n in counts.items() if not key.startswith("="))
    return sum(counts.get(key, 0) for key in (WHOLLY_RIGHT, NOT_YET, NOT_SURE))


def wrong_choices(item: Item) -> tuple[str, ...]:
    """What somebody might answer instead of the right thing, likelier first: for the demo school and for tests."""
    right = parse(item, item.right) or ()
    if item.kind in ("several", "find"):
        more = [format_choice(item, (*right, o)) for o in item.options if o not in right]
        fewer = [format_choice(item, (o for o in right if o != left_out)) for left_out in right if len(right) > 1]
        found = [*more, *fewer]
    elif item.kind == "order":
        firsts = [o for o in item.options if o in item.misconceptions]
        found = [format_choice(item, (o, *(r for r in right if r != o))) for o in firsts]
        found += [format_choice(item, item.options), format_choice(item, reversed(right))]
    elif item.kind == "match":
        situations = sorted(range(len(right)), key=lambda n: item.options[n] not in item.misconceptions)
        others = ((n, f"{item.options[n]}={door}") for n in situations for door in item.doors)
        found = [format_choice(item, (*right[:n], pair, *right[n + 1 :])) for n, pair in others]
    else:
        found = list(item.options)
    return tuple(dict.fromkeys(choice for choice in found if not is_right(item, choice)))


@dataclass(frozen=True)
class Part:
    """One line of an answer that has several: what was made of an option, step or situation, and what is said of it.

    `given` and `right` are "yes" or "" for an option ticked or left, the place of a step ("1" is the first), the door of
    a situation; `given` is None when nothing was.
    """

    id: str
    given: str | None
    right: str
    html: str

    @property
    def fits(self) -> bool:
        return self.given == self.right


@dataclass(frozen=True)
class Feedback:
    """What is said after an answer."""

    kind: str  # right | not_yet | not_sure | passed
    html: str  # of `single`; the other kinds have parts
    misconception: str | None  # id of the (first) idea behind a wrong choice
    section: str  # the section of the lesson to read again
    parts: tuple[Part, ...] = ()  # in display order; of `order` in the right order


def feedback(item: Item, choice: str, locale: str) -> Feedback:
    """The words for this choice; "I'm not sure" gets the reason of what is right.

    Raises KeyError for an answer the question cannot have.
    """
    words = in_locale(item.texts, locale)
    options = words.options if words else {}
    if choice == PASS:
        return Feedback("passed", "", None, item.section)
    if choice != NOT_SURE and parse(item, choice) is None:
        raise KeyError(choice)
    kind = "not_sure" if choice == NOT_SURE else "right" if is_right(item, choice) else "not_yet"
    idea = next(iter(misconceptions_behind(item, choice)), None)
    if item.kind == "single":
        said = options[item.right if choice == NOT_SURE else choice].feedback
        return Feedback(kind, without_yes(said) if choice == NOT_SURE else said, idea, item.section)
    given, right = made_of(item, choice), made_of(item, item.right)
    parts = []
    for option in sorted(item.options, key=lambda o: int(right[o])) if item.kind == "order" else item.options:
        said, made = options[option].feedback, given.get(option)
        parts.append(Part(option, made, right[option], said if made == right[option] else without_yes(said)))
    return Feedback(kind, "", idea, item.section, tuple(parts))


def without_yes(html: str) -> str:
    return YES.sub(lambda m: m[1] + m[2].upper(), html)


def made_of(item: Item, choice: str) -> dict[str, str]:
    """What an answer made of each option, as `Part` has it; empty for "not-sure" and for what the question does not have."""
    parts = parse(item, choice)
    if parts is None:
        return {}
    if item.kind == "order":
        return {step: str(place) for place, step in enumerate(parts, 1)}
    if item.kind == "match":
        return dict(part.partition("=")[::2] for part in parts)
    return {option: "yes" if option in parts else "" for option in item.options}


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
        misconceptions |= dict.fromkeys(misconceptions_behind(item, choice))
    return Score(right, answered, counted, tuple(misconceptions))
