"""A teacher's plan with the lesson's text: what students of one age read, from the lesson itself, so that nothing else need be printed."""

from __future__ import annotations

import re

import pytest

from app.core.library import library
from app.curriculum.onpaper import for_paper

LOCALES = ("en", "fr", "ko")


def read_part(html):
    """What students read, as the plan holds it; empty where it does not."""
    found = re.search(r'<section class="printsheet planread".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("locale", LOCALES)
def test_every_part_of_every_age_stands_in_the_plan_with_its_stories_open(app, visit, locale):
    with app.test_request_context():
        lessons = library().lessons
    visitor = visit()
    for place, lesson in enumerate(lessons):
        for band in lesson.bands:
            address = f"/{locale}/lessons/{lesson.number}/plan?with=lesson&band={band}"
            part = read_part(visitor.get(address, check=place % 4 == 0).get_data(as_text=True))
            sections = lesson.texts[locale].for_band(band)
            assert [t.strip() for t in re.findall(r"<h3>(.*?)</h3>", part) if t in {s.title for s in sections}] == [
                s.title for s in sections
            ]
            for section in sections:
                assert for_paper(section.html) in part, (address, section.id)
            assert part.count('class="fold"') == sum(s.html.count('<details class="fold"') for s in sections)
            others = {s.id: s.html for s in lesson.texts[locale].sections if s not in sections}
            assert not any(for_paper(html) in part for html in others.values()), address
            assert "<details" not in part.replace('<details class="helpland" open', "").replace('<details class="law" open', ""), address


@pytest.mark.parametrize("locale", LOCALES)
def test_the_note_and_the_way_past_close_parts_come_with_it(app, visit, locale):
    with app.test_request_context():
        lesson = library().lesson("sextortion")
    part = read_part(visit().get(f"/{locale}/lessons/{lesson.number}/plan?with=lesson&band=B").get_data(as_text=True))
    text = lesson.texts[locale]
    sensitive = [s for s in text.for_band("B") if s.sensitive]
    assert text.note
    assert text.note in part
    assert sensitive
    assert part.count('<p class="hint">') == len(sensitive)
    assert 'class="helpbox"' in part


def test_the_plan_alone_is_as_short_as_before_and_leads_to_the_other(app, visit):
    html = visit().get("/en/lessons/8/plan").get_data(as_text=True)
    assert not read_part(html)
    assert 'href="/en/lessons/8/plan?with=lesson#ui-read"' in html
    longer = visit().get("/en/lessons/8/plan?with=lesson").get_data(as_text=True)
    assert 'href="/en/lessons/8/plan"' in longer
    assert 'href="/en/lessons/8/plan?with=lesson&amp;band=C#ui-read"' in longer
    assert 'href="/fr/lessons/8/plan?with=lesson' in longer, "another language keeps what was asked for"


def test_an_age_the_lesson_is_not_for_and_odd_words_give_the_usual_one(visit):
    usual = read_part(visit().get("/en/lessons/8/plan?with=lesson&band=B").get_data(as_text=True))
    assert usual
    for query in ("with=lesson", "with=lesson&band=A", "with=lesson&band=%3Cscript%3E"):
        assert read_part(visit().get(f"/en/lessons/8/plan?{query}").get_data(as_text=True)) == usual, query
    assert not read_part(visit().get("/en/lessons/8/plan?with=%3Cb%3E").get_data(as_text=True))


def test_the_print_pack_leads_to_it_for_the_age_chosen(visit):
    html = visit("Ms Tremblay").get("/en/lessons/8/print?band=C").get_data(as_text=True)
    assert 'href="/en/lessons/8/plan?with=lesson&amp;band=C"' in html
