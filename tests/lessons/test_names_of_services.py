"""What a lesson says of services comes from help.toml alone: their names, and what each does with the name of whoever calls."""

from __future__ import annotations

import re
from html import unescape

import pytest

from app.core.library import library

LOCALES = ("en", "fr", "ko")


@pytest.mark.parametrize("locale", LOCALES)
def test_the_lesson_on_reporting_says_of_every_service_what_the_data_says(app, visit, locale):
    with app.test_request_context():
        lesson, services = library().lesson("reporting"), library().services
    page = visit().get(f"/{locale}/lessons/{lesson.number}?band=B").get_data(as_text=True)
    part = page.partition('<section aria-labelledby="with-name">')[2].partition("</section>")[0]
    shown = [
        tuple(unescape(words) for words in pair)
        for pair in re.findall(r'<b class="service-name">(.*?)</b><p class="service-for">(.*?)</p></li>', part)
    ]
    assert sorted(shown) == sorted((s.name[locale], s.privacy[locale]) for s in services if s.privacy)
    assert len(shown) > 20
    assert len(re.findall("<summary>", part)) == 5 + 2


@pytest.mark.parametrize("locale", LOCALES)
def test_no_mark_of_a_service_is_left_and_its_name_stands_in_texts_and_questions(app, locale):
    with app.test_request_context():
        tool = next(s for s in library().services if s.id == "H-IN-01").name[locale]
        naming = set()
        for lesson in library().lessons:
            for texts in (lesson.texts, lesson.plans, lesson.guides):
                html = "".join(s.html + s.text for s in texts[locale].sections)
                assert "{{" not in html
                naming |= {lesson.slug} if tool in html else set()
            for item in lesson.quiz.items:
                words = item.texts[locale]
                said = [words.scenario, words.question, *(o.text + o.feedback for o in words.options.values()), *words.doors.values()]
                assert "{{" not in "".join(said), item.id
                naming |= {item.id} if tool in "".join(said) else set()
    assert {"rights", "sextortion", "which-asks-name"} <= naming
