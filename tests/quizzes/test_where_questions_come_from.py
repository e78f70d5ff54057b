"""A question that takes something for a fact says, after the answer and on the teacher's key, who says so (R-19)."""

from __future__ import annotations

import re
from html import unescape

import pytest

from app.core.library import library, sources_behind
from app.curriculum.scoring import NOT_SURE, draw
from app.lessons.printing import on_paper

LOCALES = ("en", "fr", "ko")
LEAD = {"en": "Where this comes from:", "fr": "D’où cela vient", "ko": "출처:"}


def those_with_facts(app, locale):
    """Each lesson with its questions that name facts: id -> who says so and where that stands."""
    with app.test_request_context(f"/{locale}/"):
        app.preprocess_request()
        found = [(x, {i.id: sources_behind(i) for i in x.quiz.items if i.facts}) for x in library().lessons]
        return [(lesson, items) for lesson, items in found if items]


def told_in(html):
    """Each line that says where something comes from, as words."""
    paragraphs = re.findall(r'<p class="(?:hint|p-how)">(.*?)</p>', html, re.DOTALL)
    plain = [unescape(re.sub(r"<[^>]+>", "", p)) for p in paragraphs]
    return [p for p in plain if any(p.startswith(lead) for lead in LEAD.values())]


@pytest.mark.parametrize("locale", LOCALES)
def test_who_says_so_stands_under_every_question_with_facts(app, visit, locale):
    found = those_with_facts(app, locale)
    assert sum(len(items) for _lesson, items in found) > 50
    for lesson, items in found:
        page = visit().get(f"/{locale}/offline/{lesson.number}/questions", check=False).get_data(as_text=True)
        parts = dict(re.findall(r'<section data-mark="\w+" data-item="([\w-]+)"(.*?)</section>', page, re.DOTALL))
        assert len(parts) == len(lesson.quiz.items)
        for item in lesson.quiz.items:
            said = told_in(parts[item.id])
            assert bool(said) == bool(item.facts), (lesson.slug, item.id)
            for line in said:
                assert line.startswith(LEAD[locale])
                assert all(label in line for label, _address in items[item.id]), (lesson.slug, item.id)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_of_a_question_leads_to_its_sources_once_it_is_answered(app, visit, locale):
    seen, visitor = 0, visit()
    for lesson, items in those_with_facts(app, locale):
        for item, band in ((i, b) for i in lesson.quiz.items for b in lesson.bands if i.id in items):
            if item.id not in draw(lesson.quiz, band, 1) or seen > 12:
                continue
            sources = items[item.id]
            seen += 1
            form = {"band": band, "item": item.id, "answers": "{}", "choice": NOT_SURE}
            page = visitor.post(f"/{locale}/quizzes/{lesson.number}", data=form).get_data(as_text=True)
            assert len(told_in(page)) == 1, (lesson.slug, item.id)
            for label, address in sources:
                assert f'<a href="{address}">{label}</a>' in page, (lesson.slug, item.id)
            source_page = visitor.get(sources[0][1]).get_data(as_text=True)
            assert f'id="{sources[0][1].partition("#")[2]}"' in source_page
    assert seen > 12


def test_nothing_is_said_before_the_answer_nor_of_a_question_that_was_stepped_over(app, visit):
    asked = [(x, q) for x, items in those_with_facts(app, "en") for q in x.quiz.items if q.sensitive and q.id in items]
    lesson, item = next((x, q) for x, q in asked if "B" in x.bands and q.id in draw(x.quiz, "B", 1))
    form = {"band": "B", "item": item.id, "answers": "{}"}
    unanswered = visit().post(f"/en/quizzes/{lesson.number}", data=form).get_data(as_text=True)
    passed = visit().post(f"/en/quizzes/{lesson.number}", data={**form, "choice": "pass"}).get_data(as_text=True)
    assert not told_in(unanswered)
    assert not told_in(passed)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_key_names_who_says_so(app, locale):
    with app.test_request_context(f"/{locale}/"):
        app.preprocess_request()
        for lesson in library().lessons:
            for item in lesson.quiz.items:
                sheet = on_paper(item)
                assert sheet.sources == [label for label, _address in sources_behind(item)]
                assert bool(sheet.sources) == bool(item.facts)


def test_the_key_is_printed_with_them(app, visit):
    found = those_with_facts(app, "en")
    lesson, items = max(found, key=lambda pair: sum(i in draw(pair[0].quiz, pair[0].usual_band, 1) for i in pair[1]))
    page = visit("Ms Tremblay").get(f"/en/lessons/{lesson.number}/print?band={lesson.usual_band}&piece=key").get_data(as_text=True)
    asked = [i for i in items if i in draw(lesson.quiz, lesson.usual_band, 1)]
    assert len(asked) > 2
    assert len(told_in(page)) == len(asked)
