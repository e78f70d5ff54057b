"""A card for five minutes about one wrong idea, put together from texts that are there: the idea, the questions where it is met, the
teacher's plan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import log

from .content import Item, Lesson, Misconception
from .library import Library
from .scoring import split_choice

MOST_HEARD = 3
MOST_AVOIDED = 2
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
LIST = re.compile(r"<ul[^>]*>(.*?)</ul>", re.DOTALL)
POINT = re.compile(r"<li[^>]*>(.*?)</li>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True)
class Use:
    """Where an idea is met: a lesson, and its questions."""

    lesson: Lesson
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Card:
    """HTML in one language, but for `idea`, whose texts are plain."""

    idea: Misconception
    heard: tuple[str, ...]  # what students chose: other words for the same belief
    lesson: Lesson
    item: Item  # the question to read aloud
    chosen: str  # its option, step or situation behind which the idea stands
    fits: str  # what fits there instead
    avoid: tuple[tuple[str, str], ...]  # (rather, not) from the plan of the lesson
    section: str  # id of the part of the lesson behind the question
    section_title: str
    uses: tuple[Use, ...]  # this lesson first

    @property
    def close_to_home(self) -> bool:
        """Whether the question is sensitive: then nobody votes."""
        return self.item.sensitive


def uses_of(library: Library, idea: str) -> tuple[Use, ...]:
    found = ((lesson, tuple(i for i in lesson.quiz.items if idea in i.misconceptions.values())) for lesson in library.lessons)
    return tuple(Use(lesson, items) for lesson, items in found if items)


def card_for(library: Library, idea_id: str, locale: str) -> Card | None:
    """None for an idea that is not there, or stands behind no question."""
    idea, uses = library.misconceptions.get(idea_id), uses_of(library, idea_id)
    if idea is None or not uses:
        return None
    # A question that everybody answers alike, that a whole class can talk about, and that comes early on the path.
    lesson, item = min(
        ((use.lesson, item) for use in uses for item in use.items),
        key=lambda found: (found[1].sensitive, found[1].kind != "single", not found[1].anchor, found[0].number),
    )
    chosen = next(o for o in item.options if item.misconceptions.get(o) == idea_id)
    section = next((s for s in lesson.texts[locale].sections if s.id == item.section), lesson.texts[locale].sections[0])
    return Card(
        idea=idea,
        heard=_heard(uses, idea, locale),
        lesson=lesson,
        item=item,
        chosen=item.texts[locale].options[chosen].text,
        fits=_fits(item, chosen, locale),
        avoid=_avoid(lesson, idea, locale),
        section=section.id,
        section_title=section.title,
        uses=tuple(sorted(uses, key=lambda use: (use.lesson is not lesson, use.lesson.number))),
    )


def _heard(uses: tuple[Use, ...], idea: Misconception, locale: str) -> tuple[str, ...]:
    """Options of questions with one right answer: there an option says the belief itself; in other kinds it can be any line or step."""
    said = (
        (item.sensitive, not item.anchor, len(text), text)
        for use in uses
        for item in use.items
        if item.kind == "single"
        for option, behind in item.misconceptions.items()
        if behind == idea.id
        for text in [item.texts[locale].options[option].text]
    )
    return tuple(dict.fromkeys(text for *_order, text in sorted(said)))[:MOST_HEARD]


def _fits(item: Item, chosen: str, locale: str) -> str:
    """What to give instead: the right option, the first right step, the door that fits this situation; empty where it is to leave it."""
    words, right = item.texts[locale], split_choice(item.kind, item.right)
    if item.kind == "match":
        return words.doors[next(pair.partition("=")[2] for pair in right if pair.partition("=")[0] == chosen)]
    if item.kind in ("several", "find"):
        return ""
    return words.options[right[0]].text


def _avoid(lesson: Lesson, idea: Misconception, locale: str) -> tuple[tuple[str, str], ...]:
    """The rows of the plan's "what to say, what not to say" that are nearest to the idea, by the words they share in French, the
    language that plans are written in; the same rows in every language."""
    shown, source = list(_rows(lesson, locale)), list(_rows(lesson, "fr" if "fr" in lesson.plans else locale))
    about = _words(" ".join((*idea.belief.values(), *idea.answer.values())))
    rows = [_words(" ".join(row)) for row in source]
    common = Counter(word for row in rows for word in row)
    near = [sum(log(1 + len(rows) / common[word]) for word in row & about) for row in rows]
    best = sorted(range(min(len(shown), len(rows))), key=lambda n: (-near[n], n))[:MOST_AVOIDED]
    return tuple(shown[n] for n in sorted(best))


def _rows(lesson: Lesson, locale: str) -> Iterator[tuple[str, str]]:
    """(say, avoid) of a plan: rows of a table, or two lists side by side."""
    html = next((s.html for s in lesson.plans[locale].sections if s.id == "say"), "")
    rows = [cells for row in ROW.findall(html) if len(cells := CELL.findall(row)) >= 2]
    if rows:
        yield from ((cells[0], cells[1]) for cells in rows)
    else:
        yield from zip(*(POINT.findall(part) for part in LIST.findall(html)[:2]), strict=False)


def _words(html: str) -> set[str]:
    return set(WORD.findall(TAG.sub(" ", html).lower()))
