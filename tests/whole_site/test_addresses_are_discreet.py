"""No address, title or file name on a student's way names the hard thing (trust D-3)."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from walking import addresses, values_for

from app.core.access import Who, audience_of

WORDS = Path(__file__).resolve().parents[2] / "app" / "curriculum" / "words"
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
FOR_ADULTS = ("guides.", "lessons.plan", "lessons.by_slug", "quizzes.self_check_by_slug", "home.sources")


def sensitive(locale: str) -> list[str]:
    lines = (WORDS / f"sensitive.{locale}.txt").read_text("utf-8").splitlines()
    return [line.strip().lower() for line in lines if line.strip() and not line.startswith("#")]


def pattern(word: str, locale: str) -> str:
    """As the list says: a star is any letters. Korean words stand inside others; other words are whole, with the endings of many and of her."""
    letters = re.escape(word).replace(r"\*", r"\w*")
    return letters if locale == "ko" else rf"\b{letters}(e|s|es)?\b"


@pytest.mark.parametrize(
    ("title", "locale"),
    [
        ("Sextortion, lesson 8", "en"),
        ("Extorting", "en"),
        ("Reports", "en"),
        ("Sextorsion", "fr"),
        ("몸캠피싱과 협박", "ko"),
        ("Numbers", ""),
        ("Le nuage", ""),
    ],
)
def test_the_look_for_hard_things_can_see(title, locale):
    hits = {one for one in ("en", "fr", "ko") if any(re.search(pattern(word, one), title.lower()) for word in sensitive(one))}
    assert locale in hits if locale else not hits


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
@pytest.mark.promise("D-3")
def test_no_address_or_title_a_student_reaches_names_the_hard_thing(app, school, visit, locale):
    values, hits, looked = values_for(app, school), [], 0
    hard = [pattern(word, locale) for word in sensitive(locale)]
    for who in ("", "Amy"):
        visitor = visit(who)
        for endpoint, address in addresses(app, values, locale):
            if endpoint.startswith(FOR_ADULTS) or Who.STUDENTS not in audience_of(app, endpoint):
                continue
            response = visitor.get(address, check=False)
            title = TITLE.search(response.get_data(as_text=True)) if response.mimetype == "text/html" else None
            looked += 1
            text = f"{address} {unescape(title[1]) if title else ''}".lower()
            hits += [(address, word, text) for word in hard if re.search(word, text)]
    assert not hits
    assert looked > 30
