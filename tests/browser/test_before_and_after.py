"""The check before a lesson and the one after it, and the card about a wrong idea on paper."""

from __future__ import annotations

import re

import pytest
from browser.driving import LOCALES, answer, path_of, sign_in_student
from browser.walking import PHONE, Findings, look_at
from making import WORDS

from app.classrooms.models import Assignment
from app.core.db import db
from app.core.library import library
from app.curriculum.reteach import card_for

NAME = (7, 9)
PAPER = ("A4", "Letter")


@pytest.mark.parametrize(("locale", "width", "script"), [("ko", 390, False), ("fr", 1366, True)])
def test_a_student_says_what_they_think_before_and_after(browse, site, locale, width, script):
    classroom = site.new_classroom(f"checks {locale} {script}", locale)
    site.new_student(classroom.id, *NAME)
    with site.inside():
        db.session.get_one(Assignment, classroom.assignment).checks = True
        db.session.commit()
    with browse(locale, width, java_script_enabled=script) as page:
        sign_in_student(page, locale, classroom.code, NAME, WORDS.split())
        page.locator('main a[href*="/lessons/assigned/"]').first.click()
        if script:
            sound(page, locale, "the way through a lesson with checks")
        page.locator('.way a[href$="/before"]').click()
        if script:
            sound(page, locale, "a check before the lesson")
        asked = 0
        while path_of(page).endswith("/before"):
            answer_unseen(page)
            asked += 1
        assert asked in (3, 4)
        assert "/lessons/assigned/" in path_of(page)
        assert page.locator(".way > .is-done").count() == 1
        page.locator('main form[action$="/read"] button').click()
        for _ in range(20):
            if "/quizzes/result/" in path_of(page):
                break
            answer(page, 1)
            page.locator("main a.btn-go").first.click()
        page.locator('main a[href$="/after"]').click()
        for _ in range(asked):
            answer(page, 0)
            page.locator("main a.btn-go").first.click()
        assert page.locator("main ol.review > li").count() == asked
        page.goto(f"/{locale}/lessons/assigned/{classroom.assignment}")
        assert page.locator(".way > .is-done").count() == 4


def sound(page, locale, name) -> None:
    """As every page is looked at: axe, small targets, nothing wider than the screen."""
    found, address, size = Findings(), page.url, page.viewport_size
    for width in (size["width"], PHONE):
        page.set_viewport_size({"width": width, "height": 800})
        look_at(page, f"{name}, {locale}", found)
    page.set_viewport_size(size)
    page.goto(address)
    assert not found.all()


def answer_unseen(page) -> None:
    """An answer after which nothing tells right from wrong."""
    before = page.locator("main form.q input[name=item]").get_attribute("value")
    answer(page, 0, told=False)
    assert page.locator(".fb, .is-best, .parts").count() == 0
    if path_of(page).endswith("/before"):
        assert page.locator("main form.q input[name=item]").get_attribute("value") != before


@pytest.mark.parametrize("locale", LOCALES)
def test_the_longest_cards_fit_on_one_page(browse, site, state_of, locale):
    with site.inside():
        lessons = library()
        cards = {idea: card_for(lessons, idea, locale) for idea in lessons.misconceptions}
        ids = sorted(cards, key=lambda i: -length_of(cards[i], locale))[:4]
    with browse(locale, 1366, storage_state=state_of("teacher")) as page:
        for idea in ids:
            page.goto(f"/{locale}/ideas/{idea}")
            for paper in PAPER:
                assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format=paper))) == 1, (idea, paper)


def length_of(card, locale) -> int:
    words = card.item.texts[locale]
    parts = (words.scenario, card.chosen, card.fits, *card.heard, *(text for row in card.avoid for text in row), card.idea.answer[locale])
    return sum(len(re.sub("<[^>]+>", "", part)) for part in parts) + 20 * len(card.uses)
