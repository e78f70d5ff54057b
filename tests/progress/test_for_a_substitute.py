"""A lesson for a substitute teacher: two sheets of what the plan says, for this class's country, without anybody's name."""

from __future__ import annotations

import re
import zlib
from html import unescape

import pytest
from making import on_both

from app.classrooms.models import Classroom, Student
from app.classrooms.naming import name_of
from app.core.db import db
from app.core.library import library
from app.curriculum.onpaper import FOR_A_SUBSTITUTE, for_a_substitute
from app.lessons import printing

LOCALES = ("en", "fr", "ko")


def sheets(html):
    return html.split('<article class="piece')[1].split("</article>")[0]


def address(school, locale="en", end=""):
    return f"/{locale}/progress/{school.class_6b}/{school.assignment}/substitute{end}"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_plan_has_what_a_substitute_needs_and_it_is_short(app, locale):
    with app.app_context():
        for lesson in library().lessons:
            parts = for_a_substitute(lesson.plans[locale], lesson.bands[0])
            assert tuple(parts) == tuple(FOR_A_SUBSTITUTE), lesson.slug
            minutes, rules, say, disclosure = (html for _title, html in parts.values())
            assert minutes.count("<table") == minutes.count("</table>") == 1
            assert minutes.count("<tr") >= 5
            assert minutes.rstrip().endswith("</p>")
            assert 4 <= rules.count("<li") <= 7
            assert say
            assert disclosure.count("<li") >= 4
            assert disclosure.endswith("</ol>")
            assert sum(len(html) for _title, html in parts.values()) < 9000, lesson.slug
            for left in ("<a ", "<details", "<button", " id="):
                assert not any(left in html for _title, html in parts.values()), (lesson.slug, left)


AGES_NAMED = re.compile(r"[Aa]ges? (?:of )?\d\d|\d\d\s?(?:ans\b|세)|\(\d\d[-~]\d\d\)")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_age_has_each_step_once_and_none_of_another_age(app, locale):
    with app.app_context():
        for lesson in library().lessons:
            minutes = next(section for section in lesson.plans[locale].sections if section.id == "minutes")
            # Steps that differ by age stand one after the other, with the same minutes.
            steps = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td>", minutes.html)
            slots = [time for n, (time, step) in enumerate(steps) if not (AGES_NAMED.search(step) and n and same(steps[n - 1], time))]
            for band in lesson.bands:
                table = for_a_substitute(lesson.plans[locale], band)["minutes"][1].partition("</table>")[0]
                assert re.findall(r"<tr><td>(.*?)</td>", table) == slots, (lesson.slug, band)
                assert not AGES_NAMED.search(table), (lesson.slug, band)


def same(step: tuple[str, str], time: str) -> bool:
    return step[0] == time and bool(AGES_NAMED.search(step[1]))


@pytest.mark.parametrize(("locale", "kept", "left"), [("en", "Lina", "Noa"), ("fr", "Lina", "Noa"), ("ko", "서연", "지우")])
def test_the_steps_are_those_of_the_class(app, locale, kept, left):
    with app.app_context():
        plan = next(lesson for lesson in library().lessons if lesson.slug == "sextortion").plans[locale]
    younger, older = (for_a_substitute(plan, band)["minutes"][1] for band in "BC")
    assert kept in younger
    assert left not in younger
    assert left in older
    assert kept not in older


@on_both
@pytest.mark.parametrize("locale", LOCALES)
def test_the_sheets_say_all_of_it_and_name_nobody(app, school, visit, locale):
    html = visit("Ms Tremblay").get(address(school, locale)).get_data(as_text=True)
    with app.test_request_context():
        lesson = library().lesson_by_number(8)
        seats = db.session.query(Student).filter_by(classroom_id=school.class_6b).all()
        names = [name_of(s.first, s.second, code) for s in seats for code in LOCALES]
    shown = sheets(html)
    assert lesson.texts[locale].title in shown
    for part, (title, words) in for_a_substitute(lesson.plans[locale], "B").items():
        assert title in shown, part
        assert words in shown, part
    size = {"en": f"{len(seats)} students", "fr": f"{len(seats)} élèves", "ko": f"학생 {len(seats)}명"}[locale]
    assert size in shown
    for activity in lesson.practice_for("B"):
        assert activity.texts[locale].title in shown
    own = {
        "en": "The steps below are the ones for ages 12 to 14.",
        "fr": "Les étapes ci-dessous sont celles des 12 à 14 ans.",
        "ko": "아래 단계는 12~14세에 맞춘 것입니다.",
    }
    assert own[locale] in re.sub(r"[\u00a0\u202f]", " ", unescape(shown))
    assert f"/{locale}/lessons/8/plan" in shown
    assert names
    assert not any(name in html for name in names)


def test_the_help_lines_are_those_of_the_country_of_the_class(app, school, visit):
    teacher = visit("Ms Tremblay")
    for timezone, own, other in (("America/Toronto", "911", "3018"), ("Europe/Paris", "3018", "911"), ("Asia/Seoul", "112", "911")):
        with app.test_request_context():
            db.session.get_one(Classroom, school.class_6b).timezone = timezone
            db.session.commit()
        foot = sheets(teacher.get(address(school)).get_data(as_text=True)).split("p-lines")[1].split("</ul>")[0]
        assert re.search(rf"\b{own}\b", foot), timezone
        assert not re.search(rf"\b{other}\b", foot), timezone


def test_it_is_reached_from_on_paper_and_another_teachers_is_not_there(school, visit):
    teacher = visit("Ms Tremblay")
    html = teacher.get(f"/en/progress/{school.class_6b}/print").get_data(as_text=True)
    assert html.count(f'href="{address(school)}"') == 2  # of the lesson in use, and in its line
    assert 'href="/en/lessons/8/plan"' in html
    for end in ("", ".pdf"):
        assert visit("Mr Other").get(address(school, end=end)).status_code == 404
        assert visit("Amy").get(address(school, end=end)).status_code == 403
        assert visit().get(address(school, end=end)).status_code == 303


def test_it_comes_in_a4_and_letter_and_takes_few_statements(school, visit, statements):
    teacher = visit("Ms Tremblay")
    for locale, size in (("en", "letter"), ("fr", "letter"), ("ko", "a4")):
        assert f'class="pack is-{size}"' in teacher.get(address(school, locale, "?size=tabloid")).get_data(as_text=True)
    with statements() as seen:
        html = teacher.get(address(school, end="?size=a4"), check=False).get_data(as_text=True)
    assert 'class="pack is-a4"' in html
    assert len(seen) <= 5, seen


def test_the_pdf_holds_the_same_sheets_and_without_the_optional_part_leads_to_the_page(app, school, visit, monkeypatch):
    teacher = visit("Ms Tremblay")
    monkeypatch.setattr(printing, "CAN_MAKE_PDF", False)
    assert "substitute.pdf" not in teacher.get(address(school)).get_data(as_text=True)
    answer = teacher.get(address(school, end=".pdf?size=a4"))
    assert (answer.status_code, answer.location) == (303, address(school, end="?size=a4"))
    made = []
    monkeypatch.setattr(printing, "CAN_MAKE_PDF", True)
    monkeypatch.setattr("app.core.pdf.pdf_of", lambda html, lessons: made.append(html) or b"%PDF-1.7")
    page = teacher.get(address(school, "ko", "?size=letter")).get_data(as_text=True)
    assert f'href="{address(school, "ko", ".pdf?size=letter")}"' in page
    answer = teacher.get(address(school, "ko", ".pdf?size=letter"))
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert for_a_substitute(library_plan(app), "B")["say"][1] in sheets(made[0])


def library_plan(app):
    with app.app_context():
        return library().lesson_by_number(8).plans["ko"]


@pytest.mark.parametrize(
    ("locale", "query"),
    [("en", "substitute teacher"), ("en", "Substitutes"), ("fr", "suppléant"), ("fr", "suppléance"), ("ko", "대체 수업"), ("ko", "보결")],
)
def test_looking_for_a_substitute_finds_the_plans(visit, locale, query):
    html = visit().get(f"/{locale}/search", query_string={"q": query}).get_data(as_text=True)
    assert f'href="/{locale}/classrooms/"' in html
    assert html.count('/plan"') >= 10


def test_other_words_find_what_they_found(visit):
    for locale, query in (("en", "password"), ("fr", "supplier"), ("ko", "수업")):
        assert f'href="/{locale}/classrooms/"' not in visit().get(f"/{locale}/search", query_string={"q": query}).get_data(as_text=True)


def test_the_real_package_where_it_is_installed_makes_two_sheets_with_korean(school, visit):
    pytest.importorskip("weasyprint", reason="an optional part of Balise: pip install .[pdf]")
    made = visit("Ms Tremblay").get(address(school, "ko", ".pdf?size=a4")).data
    assert made.startswith(b"%PDF-")
    # Newer versions of the package put what a page is made of into packed streams.
    packed = re.findall(rb"/ObjStm\b.*?stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    objects = b"".join([made, *(zlib.decompressobj().decompress(stream) for stream in packed)])
    assert b"Balise-Hangul" in objects
    assert re.search(rb"/Count 2\b", objects)
