"""Whose help a student is shown first: the class's country, whatever language the phone speaks."""

from __future__ import annotations

import re

import pytest

from app.classrooms.models import Classroom
from app.core.db import db
from app.core.library import library
from app.curriculum.rendering import help_html

COUNTRIES = {"캐나다": "CA", "퀘벡": "QC", "한국": "KR", "프랑스": "FR"}


def set_clock(app, school, timezone):
    with app.test_request_context():
        db.session.get_one(Classroom, school.class_6b).timezone = timezone
        db.session.commit()


def countries(html):
    """In the order they are shown, those of the help panel and those of every list in the lesson."""
    boxes = re.findall(r'<div class="helpbox">(.*?)</details></div>', html, re.DOTALL)
    return [re.findall(r"<summary>([^<]+)</summary>", box) for box in boxes]


@pytest.mark.parametrize(
    ("timezone", "first"),
    [("America/Toronto", ["캐나다", "퀘벡"]), ("Europe/Paris", ["프랑스"]), ("Asia/Seoul", ["한국"]), ("UTC", ["한국"])],
)
def test_a_korean_phone_in_a_class_is_shown_the_help_of_the_class_first(app, school, visit, timezone, first):
    set_clock(app, school, timezone)
    student = visit("Amy")
    least = {"/ko/my-lessons": 1, "/ko/lessons/8": 2, "/ko/lessons/12?band=B": 3, f"/ko/lessons/assigned/{school.assignment}": 2}
    for address, boxes in least.items():  # of the third, one says what services do with a name
        answer = student.get(address)
        assert answer.status_code == 200, address
        shown = countries(answer.get_data(as_text=True))
        assert len(shown) >= boxes, address
        assert all(own[: len(first)] == first for own in shown), (address, shown)
        assert all(len(own) == len(set(own)) == 5 for own in shown)


def test_a_kept_page_of_one_country_is_not_given_to_a_class_in_another(app, school, visit):
    student, firsts = visit("Amy"), []
    for timezone in ("America/Toronto", "Europe/Paris", "America/Toronto"):
        set_clock(app, school, timezone)
        firsts.append(countries(student.get("/ko/lessons/8").get_data(as_text=True))[0][0])
    assert firsts == ["캐나다", "프랑스", "캐나다"]


def test_for_a_visitor_and_a_teacher_the_language_says_it(school, visit):
    for who in (None, "Ms Tremblay"):
        html = (visit(who) if who else visit()).get("/ko/lessons/8").get_data(as_text=True)
        assert countries(html)[0][0] == "한국"


def test_every_country_stays_in_the_list_whatever_comes_first(app):
    with app.app_context():
        for locale in ("en", "fr", "ko"):
            for near in ("", "CA", "FR", "KR"):
                own = countries(help_html(library().services, locale, near))[0]
                assert len(own) == len(set(own)) == 5


def directory(html):
    """The countries of the page of all places that help, as they follow one another."""
    return re.findall(r'<h2 id="country-([A-Z]+)">', html)


@pytest.mark.parametrize(
    ("timezone", "first"), [("America/Toronto", ["CA", "QC"]), ("Europe/Paris", ["FR"]), ("Asia/Seoul", ["KR"]), ("UTC", ["KR"])]
)
def test_the_page_of_all_places_begins_with_the_country_of_the_class(app, school, visit, timezone, first):
    set_clock(app, school, timezone)
    for headers in ({}, {"Accept-Language": "ko-KR"}):
        shown = directory(visit("Amy").get("/ko/help", headers=headers).get_data(as_text=True))
        assert shown[: len(first)] == first
        assert shown[-1] == "INT"
        assert len(shown) == len(set(shown)) == 5


def test_for_a_visitor_the_browser_says_the_country(app, school, visit):
    set_clock(app, school, "Europe/Paris")
    for who in (None, "Ms Tremblay"):
        visitor = visit(who) if who else visit()
        assert directory(visitor.get("/ko/help").get_data(as_text=True))[0] == "KR"
        assert directory(visitor.get("/ko/help", headers={"Accept-Language": "ko-CA"}).get_data(as_text=True))[:2] == ["CA", "QC"]


def test_a_device_is_told_whose_help_stands_first_on_the_pages_it_keeps(app, school, visit):
    amy = visit("Amy")
    for timezone, names in (("America/Toronto", ["캐나다", "퀘벡"]), ("Asia/Seoul", ["한국"]), ("UTC", [])):
        set_clock(app, school, timezone)
        assert amy.get("/ko/offline/mine").get_json()["near"] == names
    assert amy.get("/fr/offline/mine").get_json()["near"] == []
