"""Right and not yet by question and language, over the whole site and without people: how a bad translation shows (curriculum/bias.py)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from markupsafe import Markup
from sqlalchemy import Executable, Integer, bindparam, select

from app.core.db import db, insert_for
from app.curriculum.bias import Bias, Stratum, compare
from app.curriculum.content import Item
from app.curriculum.library import Library
from app.curriculum.locales import LOCALES, SOURCE, in_locale
from app.quizzes.models import Answer, LanguageCount

STRATA = 5  # fifths of the other questions right, so that short and long sittings lie beside each other
PAIRS = tuple(combinations(sorted(LOCALES, key=lambda code: code != SOURCE), 2))  # the language written first stands first
Key = tuple[str, str, str, str]  # lesson, question, language, other language

answers, counts = Answer.__table__.c, LanguageCount.__table__.c
MARKS = select(answers.item_id, answers.right.cast(Integer)).where(
    answers.student_id == bindparam("student_id"), answers.attempt_uuid == bindparam("attempt_uuid"), answers.right.is_not(None)
)


@cache
def adding(dialect: str) -> Executable:
    insert = insert_for(dialect)(LanguageCount.__table__)
    new = insert.excluded
    sums = {"right": counts.right + new.right, "wrong": counts.wrong + new.wrong}
    key = ["lesson_slug", "item_id", "locale", "stratum"]
    statement: Executable = insert.on_conflict_do_update(index_elements=key, set_=sums)
    return statement


def count_first_sitting(lesson_slug: str, locale: str, student_id: int, attempt_uuid: str) -> None:
    """Add a first sitting that has just ended to the counts of its language. Sensitive questions have no mark and are left out.

    With fewer than two questions that have one there is nothing to compare by. The caller commits."""
    connection = db.connection
    rows_of = connection.execute(MARKS, {"student_id": student_id, "attempt_uuid": attempt_uuid})
    marks: dict[str, int] = dict(tuple(row) for row in rows_of)
    others, total = len(marks) - 1, sum(marks.values())
    if others < 1:
        return
    # In one order for everybody: two sittings that end at once never wait for each other's rows crosswise.
    rows = [
        {"lesson_slug": lesson_slug, "item_id": item, "locale": locale, "stratum": STRATA * (total - right) // others,
         "right": right, "wrong": 1 - right}
        for item, right in sorted(marks.items())
    ]  # fmt: skip
    connection.execute(adding(db.dialect), rows)


def strata_by_pair() -> dict[Key, list[Stratum]]:
    """For every question and two languages it was answered in: right and wrong by stratum, the first language as the source."""
    found: dict[tuple[str, str], dict[int, dict[str, tuple[int, int]]]] = defaultdict(lambda: defaultdict(dict))
    columns = (counts.lesson_slug, counts.item_id, counts.locale, counts.stratum, counts.right, counts.wrong)
    for slug, item, locale, stratum, right, wrong in db.connection.execute(select(*columns)):
        found[slug, item][stratum][locale] = (right, wrong)
    nobody = (0, 0)
    return {
        (slug, item, one, other): [Stratum(*by.get(one, nobody), *by.get(other, nobody)) for _n, by in sorted(strata.items())]
        for (slug, item), strata in sorted(found.items())
        for one, other in PAIRS
        if all(any(code in by for by in strata.values()) for code in (one, other))
    }


@dataclass(frozen=True)
class Difference:
    """One question in two languages: how it differs, how many answered in each, and the two texts."""

    lesson: str
    number: int
    item: str
    one: str  # language codes; the lesson was written in the first, or in neither
    other: str
    n_one: int
    n_other: int
    bias: Bias
    texts: tuple[str, str]  # plain: scenario, question, options

    @property
    def harder_in(self) -> str:
        return self.other if self.bias.harder_in_the_other else self.one

    def as_plain(self) -> dict[str, object]:
        """For scripts; `p` is corrected for the number of comparisons (Holm)."""
        b = self.bias
        return {
            "lesson": self.lesson, "number": self.number, "item": self.item, "languages": [self.one, self.other],
            "n": [self.n_one, self.n_other], "odds_ratio": b.alpha, "delta": b.delta, "delta_error": b.delta_error, "p": b.p,
            "class": b.ets_class, "harder_in": self.harder_in, "texts": list(self.texts),
        }  # fmt: skip

    def as_text(self) -> str:
        b = self.bias
        return (
            f"{b.ets_class}  lesson {self.number} {self.lesson}, {self.item}: harder in {self.harder_in}\n"
            f"   {self.one} {self.n_one} answers, {self.other} {self.n_other}; odds ratio {b.alpha:.2f}, "
            f"delta {b.delta:+.2f} (error {b.delta_error:.2f}), p {b.p:.2g}\n"
            f"   {self.one}: {self.texts[0]}\n   {self.other}: {self.texts[1]}"
        )


def differences(library: Library) -> list[Difference]:
    """Every comparison of a question between two languages with enough answers, largest first. Questions that left the bank are gone."""
    strata = {key: found for key, found in strata_by_pair().items() if _item(library, key) is not None}
    return [_difference(library, key, bias, strata[key]) for key, bias in compare(strata).items()]


def _item(library: Library, key: Key) -> Item | None:
    quiz = library.quiz(key[0])
    return quiz.item(key[1]) if quiz else None


def _difference(library: Library, key: Key, bias: Bias, strata: list[Stratum]) -> Difference:
    slug, item_id, one, other = key
    lesson, item = library.lesson(slug), _item(library, key)
    assert lesson is not None
    assert item is not None
    sides = [(s.source_right + s.source_wrong, s.other_right + s.other_wrong) for s in strata]
    n_one, n_other = (sum(side) for side in zip(*(pair for pair in sides if all(pair)), strict=True))  # as far as they were compared
    return Difference(slug, lesson.number, item_id, one, other, n_one, n_other, bias, (_text(item, one), _text(item, other)))


def _text(item: Item, locale: str) -> str:
    words = in_locale(item.texts, locale)
    assert words is not None
    parts = (words.scenario, words.question, *(f"({o}) {words.options[o].text}" for o in item.options))
    return " ".join(Markup(part).striptags() for part in parts if part)  # noqa: S704  (compiled content, and only its words are taken)
