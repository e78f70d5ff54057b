"""Every page of the site, in every language, for everybody who may open it; and nobody else."""

from __future__ import annotations

import pytest
from flask import url_for
from walking import OF, addresses, values_for

from app.core.access import Who, audience_of
from app.core.i18n import same_page_in

LOCALES = ("en", "fr", "ko")
PEOPLE = {"": Who.VISITORS, "Amy": Who.STUDENTS, "Ms Tremblay": Who.TEACHERS}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_opens_for_those_who_may_and_for_nobody_else(app, school, visit, who, locale):
    values = values_for(app, school)
    visitor, opened, refused = visit(who), 0, 0
    for endpoint, address in addresses(app, values, locale):
        response = visitor.get(address)
        may = audience_of(app, endpoint)
        if who == "Ms Tremblay" and part_of(endpoint) in OF:
            refused += 1
            assert response.status_code == 404, f"{address}: {response.status_code}"
        elif PEOPLE[who] in may:
            assert response.status_code in (200, 301, 302, 303), f"{address}: {response.status_code}"
            opened += 1
        else:
            refused += 1
            shut_out = response.status_code in (303, 403) or (may == Who.STUDENTS and who == "" and b"word1" in response.data)
            assert shut_out or (may == Who.VISITORS and response.status_code == 403), f"{address}: {response.status_code}"
    print(f"{who or 'visitor'} {locale}: {opened} opened, {refused} refused")
    assert opened > 15


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("part", OF)
def test_the_pages_of_a_lead_and_of_a_board_open_for_them(app, school, visit, part, locale):
    values, who = values_for(app, school), visit(OF[part])
    own = [address for endpoint, address in addresses(app, values, locale) if part_of(endpoint) == part]
    assert len(own) >= 3
    for address in own:
        assert who.get(address).status_code == 200, address


def part_of(endpoint):
    return endpoint.partition(".")[0]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_offers_the_other_two_languages_at_the_same_place(app, school, visit, locale):
    values = values_for(app, school)
    others = [code for code in LOCALES if code != locale]
    for _endpoint, address in addresses(app, values, locale):
        page = visit().get(address, check=False)
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        html = page.get_data(as_text=True)
        for code in others:
            assert f'href="/{code}{address[3:]}' in html, f"{address} has no link to itself in {code}"


def test_the_first_address_leads_to_the_readers_language(visit):
    for accept, locale in (("fr-CA,fr;q=0.9,en;q=0.8", "fr"), ("ko-KR,ko;q=0.9", "ko"), ("de, en;q=0.5", "en"), ("", "en")):
        response = visit().get("/", headers={"Accept-Language": accept})
        assert response.headers["Location"] == f"/{locale}/"


def test_a_plain_slug_leads_to_the_discreet_number(visit):
    for address in ("/fr/lessons/sextortion", "/ko/quizzes/sextortion", "/en/plans/sextortion"):
        response = visit().get(address)
        assert response.status_code == 301
        assert "sextortion" not in response.headers["Location"]


@pytest.mark.promise("F-4")
def test_public_pages_set_no_cookie_and_are_the_same_bytes_for_everybody(app, school, visit):
    values = values_for(app, school)
    for _endpoint, address in addresses(app, values, "fr"):
        first, second = visit().get(address, check=False), visit().get(address, check=False)
        if first.status_code == 200:
            assert "Set-Cookie" not in first.headers, address
            if "invitation" not in address and "join" not in address:
                assert first.data == second.data, address


def test_an_unchanged_public_page_is_not_sent_again(visit):
    visitor = visit()
    page = visitor.get("/fr/lessons/1")
    again = visitor.get("/fr/lessons/1", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_addresses_that_lead_nowhere_say_so_in_the_readers_language(visit):
    for address, lang in (("/fr/nothing", 'lang="fr-CA"'), ("/ko/lessons/77", 'lang="ko"'), ("/nothing", 'lang="en-CA"')):
        response = visit().get(address)
        assert response.status_code == 404
        assert lang in response.get_data(as_text=True)


@pytest.mark.promise("G-2")
def test_odd_numbers_and_texts_in_addresses_are_not_here_rather_than_errors(visit):
    teacher, student = visit("Ms Tremblay"), visit("Amy")
    for odd in ("0", "01", "\u0661", "\u00b2", "2147483648", "9223372036854775808", "-1", "1e3", "%00", "%ff", "a" * 3000, "1%20OR%201"):
        for visitor, address in (
            (teacher, f"/en/progress/{odd}"),
            (student, f"/en/lessons/assigned/{odd}"),
            (visit(), f"/en/guides/family/{odd}"),
        ):
            assert visitor.get(address, check=False).status_code in (404, 400, 414), (address, odd)


NOWHERE_ELSE = {
    "home.stay",
    "classrooms.sign_out",
    "accounts.sign_out",
}  # these answer with no page of their own, and lead to the first one


def test_every_page_that_a_form_leads_to_has_a_twin_in_the_other_languages(app, school, visit):
    values = values_for(app, school)
    readable = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    for rule in app.url_map.iter_rules():
        if rule.rule in readable or rule.endpoint in NOWHERE_ELSE:
            continue
        gaps = {k: ("en" if k == "locale" else values[k]) for k in rule.arguments}
        with app.test_request_context(url_for_rule(app, rule.endpoint, gaps), method="POST"):
            app.preprocess_request()
            other = same_page_in("ko")
        assert other != "/ko/", f"{rule.endpoint}: name its twin in core/i18n.py"
        visitor = visit(
            "Amy"
            if audience_of(app, rule.endpoint) == Who.STUDENTS
            else OF.get(part_of(rule.endpoint), "Ms Tremblay")
            if Who.TEACHERS in audience_of(app, rule.endpoint)
            else ""
        )
        assert visitor.get(other).status_code == 200, f"{rule.endpoint}: {other}"


def url_for_rule(app, endpoint, gaps):
    with app.test_request_context():
        return url_for(endpoint, **gaps)


def test_teachers_and_students_are_told_of_an_error_in_their_own_register(visit):
    pages = {
        who: visit(who).get("/ko/nowhere").get_data(as_text=True).split("<main")[1].split("</main>")[0] for who in ("Amy", "Ms Tremblay")
    }
    assert "찾을 수 없어요" in pages["Amy"]
    assert "찾을 수 없습니다" in pages["Ms Tremblay"]
