"""What a question and its answer look like on a page: for quizzes and boosters, assigned or for oneself alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.library import sources_behind
from app.curriculum import scoring
from app.curriculum.content import Item, Lesson, OptionText
from app.curriculum.scoring import NOT_SURE, PASS, Part, is_valid
from app.quizzes.forms import TICKED


@dataclass(frozen=True)
class PartShown:
    """An option, step or situation after the answer: what was made of it, and what is said of that."""

    id: str
    text: str
    who: str  # find: who speaks
    given: str | None  # as in scoring.Part
    right: str
    given_door: str
    right_door: str
    html: str
    fits: bool


@dataclass(frozen=True)
class Feedback:
    kind: str  # right | not_yet | not_sure | passed
    html: str
    section_url: str
    section_title: str
    parts: tuple[PartShown, ...] = ()  # of questions with several parts
    sources: tuple[tuple[str, str], ...] = ()  # who says what the question takes for a fact, and where that stands

    @property
    def fitting(self) -> int:
        """Parts that fit, of those that could: of lists to tick, the right ones that were."""
        return sum(p.fits for p in self.parts if p.right)

    @property
    def possible(self) -> int:
        return sum(bool(p.right) for p in self.parts)

    @property
    def too_many(self) -> int:
        """What was ticked and does not fit."""
        return sum(p.given == TICKED and not p.right for p in self.parts)


def options_of(item: Item) -> list[tuple[str, OptionText]]:
    """The options in the item's own order, the same in every language, and "I'm not sure" last."""
    words = item.texts[current_locale()]
    return [*((o, words.options[o]) for o in item.options), (NOT_SURE, OptionText(_("I’m not sure"), ""))]


def feedback_on(item: Item, choice: str, lesson: Lesson, lesson_url: str) -> Feedback:
    """What the option chosen deserves to hear, and the part of the lesson to look at again."""
    if choice != PASS and not is_valid(item, choice):  # the option has left the question since it was chosen
        choice = NOT_SURE
    said = scoring.feedback(item, choice, current_locale())
    section = next((s for s in lesson.texts[current_locale()].sections if s.id == said.section), None)
    return Feedback(
        said.kind, said.html, f"{lesson_url}#{section.id}" if section else lesson_url, section.title if section else "",
        tuple(part_shown(item, part) for part in said.parts), sources_behind(item),
    )  # fmt: skip


def part_shown(item: Item, part: Part) -> PartShown:
    words = item.texts[current_locale()]
    option = words.options[part.id]
    given, right = (words.doors.get(door or "", "") for door in (part.given, part.right))
    return PartShown(part.id, option.text, option.who, part.given, part.right, given, right, part.html, part.fits)


class Idea(NamedTuple):
    """One line of a result: what was asked, what was chosen, what to take from it."""

    item: Item
    words: Any
    chosen_text: str | None
    kind: str
    feedback: Feedback


@dataclass(frozen=True)
class Score:
    right: int
    counted: int


def ideas_of(lesson: Lesson, choices: list[tuple[str, str | None]], lesson_url: str) -> tuple[list[Idea], Score]:
    ideas, right, counted = [], 0, 0
    for item_id, choice in choices:
        item = lesson.quiz.item(item_id)
        if item is None:
            continue
        words = item.texts[current_locale()]
        if item.sensitive or choice is None:
            continue
        feedback = feedback_on(item, choice, lesson, lesson_url)
        counted += choice != PASS
        right += feedback.kind == "right"
        text = dict(options_of(item)).get(choice)
        ideas.append(Idea(item, words, text.text if text else None, feedback.kind, feedback))
    return ideas, Score(right, counted)


def answers_in_form(text: str, items: Mapping[str, Item]) -> dict[str, str]:
    """The answers so far, as the form of a self-check carries them; anything odd in it is left out. `items` are by their name in it."""
    try:
        given = json.loads(text[:4000])
    except (ValueError, RecursionError):
        return {}
    if not isinstance(given, dict):
        return {}
    kept = {}
    for name, item in items.items():
        choice = given.get(name)
        if isinstance(choice, str) and (choice == PASS or is_valid(item, choice)):
            kept[name] = choice
    return kept
