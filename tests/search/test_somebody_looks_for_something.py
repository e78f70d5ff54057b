"""Looking for something: found in three languages, with help above it where it may be about oneself, and nowhere kept."""

from __future__ import annotations

import logging
import time
from urllib.parse import quote

import pytest

from app.curriculum.finding import find
from app.search.views import index_for


@pytest.mark.parametrize(("locale", "word", "mark"), [("fr", "caméra", "caméra"), ("en", "pictures", "picture"), ("ko", "사진을", "사진")])
def test_results_lead_to_pages_that_hold_the_word(visit, locale, word, mark):
    html = visit().get(f"/{locale}/search?q={quote(word)}").get_data(as_text=True)
    assert f"<mark>{mark}" in html
    addresses = [part.split('"')[0].replace("&amp;", "&") for part in html.split('<h2><a href="')[1:]]
    assert len(addresses) > 2
    for address in addresses[:6]:
        page, _, anchor = address.partition("#")
        there = visit().get(page)
        assert there.status_code == 200
        if anchor:
            assert f'id="{anchor}"' in there.get_data(as_text=True), address


@pytest.mark.parametrize(
    "address", ["/fr/search?q=chantage", "/en/search?q=suicide", "/ko/search?q=협박", "/en/search?q=자살", "/fr/search?q=sextorsion"]
)
@pytest.mark.promise("E-3")
def test_words_that_hurt_lead_to_help_first(visit, address):
    main = visit().get(address).get_data(as_text=True).split("<main")[1].split("data-shown")[1]
    assert "data-care" in main
    assert main.index("data-care") < main.index("found-n")


def test_other_words_do_not(visit):
    main = visit().get("/en/search?q=screen").get_data(as_text=True).split("<main")[1].split("data-shown")[1]
    assert "data-care" not in main


def test_nothing_found_says_what_to_try(visit):
    html = visit().get("/en/search?q=zzzzzz").get_data(as_text=True)
    assert "Nothing found" in html
    assert "Try another word" in html


def test_what_only_another_language_has_is_found_there_and_marked_as_such(visit):
    answer = visit().get("/en/search/now", headers={"Search-For": quote("신고하기")}).get_json()
    assert answer["results"]
    assert all(r["lang"] == "ko" and r["url"].startswith("/ko/") for r in answer["results"])


def test_while_typing_the_word_travels_in_a_header_only(visit):
    answer = visit().get("/fr/search/now", headers={"Search-For": quote("caméra")})
    assert answer.get_json()["results"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert visit().get("/fr/search/now").get_json()["results"] == []
    for odd in ("%", "%ff%fe", "%00", "a" * 9000):
        assert visit().get("/fr/search/now", headers={"Search-For": odd}).status_code == 200


@pytest.mark.promise("E-1")
def test_a_query_is_not_kept_by_anybody(app, visit, statements):
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger = logging.getLogger("balise")
    logger.addHandler(handler)
    try:
        with statements() as seen:
            first = visit().get("/en/search?q=verysecretword")
            visit().get("/en/search/now", headers={"Search-For": "verysecretword"})
    finally:
        logger.removeHandler(handler)
    assert first.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in first.headers
    assert lines
    assert not [line for line in lines if "verysecretword" in line]
    assert not [s for s in seen if not s.startswith("SELECT")]
    assert not [a for a in app.extensions["balise.pages"].pages if "search" in a]


def test_a_word_in_the_address_cannot_become_html(visit):
    html = visit().get("/en/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22").get_data(as_text=True)
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_query_takes_less_than_ten_milliseconds(app):
    with app.test_request_context():
        library = app.extensions["balise.library"]
        for locale, words in (("fr", "partager une photo"), ("en", "sharing pictures"), ("ko", "사진을")):
            index = index_for(library, locale)
            start = time.process_time()
            for _ in range(10):
                find(index, words)
            assert (time.process_time() - start) / 10 < 0.010, (locale, words)


@pytest.mark.parametrize("address", ["/en/", "/fr/lessons/", "/ko/search"])
def test_the_field_stands_where_lessons_are_listed(visit, address):
    html = visit().get(address).get_data(as_text=True)
    assert html.count('role="search"') == 1
    assert 'type="search"' in html
    assert "find.js" in html


WAYS = {
    "More time for one student": ["more time", "reopen a lesson", "plus de temps", "rouvrir", "다시 열기", "시간 더 주기"],
    "Who has not started": ["not started", "who hasn't started", "qui n’a pas commencé", "pas rendu", "시작하지 않은 학생"],
}


@pytest.mark.parametrize(("heading", "query"), [(heading, query) for heading, queries in WAYS.items() for query in queries])
def test_what_a_teacher_does_with_a_class_is_found_above_the_lessons(visit, heading, query):
    found = visit().get("/en/search/now", headers={"Search-For": quote(query)}).get_json()["results"]
    assert [found[0]["heading"], found[0]["url"]] == [[[heading, False]], "/en/classrooms/"]
    assert all(other["url"] != "/en/classrooms/" for other in found[1:])


def test_words_near_those_of_a_teacher_find_lessons_alone(visit):
    for locale, query in (("en", "open"), ("en", "time"), ("fr", "couvrir"), ("fr", "temps"), ("ko", "시간")):
        found = visit().get(f"/{locale}/search/now", headers={"Search-For": quote(query)}).get_json()["results"]
        assert found, query
        assert not any(x["url"] == f"/{locale}/classrooms/" for x in found), query
