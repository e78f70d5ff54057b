"""Doors open in the page as they do from the server; and in the middle of an activity another language takes along what was done."""

from __future__ import annotations

import pytest
from browser.driving import browsing
from browser.walking import PHONE, Findings, look_at


def shown(page):
    """(country, kinds of service, services) that are in sight."""
    land = page.locator("[data-land]:visible")
    return (
        land.get_attribute("data-land"),
        [step.get_attribute("data-kind") for step in land.locator("[data-kind]:visible").all()],
        land.locator("[data-kind]:visible .service-name").all_inner_texts(),
    )


@pytest.mark.parametrize(
    "answers", [("private-picture", "CA", "without"), ("harmful-page", "KR", "without"), ("just-a-feeling", "QC", "named")]
)
def test_the_page_opens_the_same_doors_as_the_server(browser, site, answers):
    found = []
    for script in (True, False):
        with browsing(browser, site, width=PHONE, java_script_enabled=script) as page:
            page.goto("/en/lessons/12/practice/1")
            assert page.locator("[data-land]:visible").count() == 0, "nothing before the first question is answered"
            for name, value in zip(("situation", "country", "name"), answers, strict=True):
                page.locator(f"[name={name}][value={value}]").check()
            if not script:
                page.get_by_role("button", name="Show the doors that fit").click()
            found.append(shown(page))
            assert page.locator("[data-why]:visible").count() == page.locator("[data-named]:visible").count() == 1
            if script:
                findings = Findings()
                look_at(page, "doors", findings)
                assert not findings.all()
    assert found[0] == found[1]
    assert found[0][2]


def test_who_thinks_again_about_a_name_finds_the_usual_order(browser, site):
    with browsing(browser, site, width=PHONE) as page:
        page.goto("/ko/lessons/12/practice/1")
        page.locator("[value=harmful-page]").check()
        before = shown(page)
        page.locator("[name=name][value=without]").check()
        assert shown(page) != before
        page.locator("[name=name][value=named]").check()
        assert shown(page) == before


def test_another_language_takes_along_what_was_done(browser, site):
    with browsing(browser, site, width=PHONE) as page:
        page.goto("/en/lessons/7/practice/1")
        for _ in range(2):
            page.locator('#story [name=go][value="0"]').click()
        page.get_by_role("button", name="한국어").click()
        page.wait_for_url("**/ko/lessons/7/practice/1")
        assert page.locator("#story [name=path]").input_value() == "0.0"
        assert page.locator("[data-scene]:visible").count() == 3
        page.locator('#story [name=go][value="1"]').click()
        assert page.locator("#story [name=path]").input_value() == "0.0.1", "and it goes on in the page"
        page.goto("/en/lessons/7/practice/3")
        page.locator("[name=mark]").nth(2).check()
        page.get_by_role("button", name="Français").click()
        page.wait_for_url("**/fr/lessons/7/practice/3")
        assert page.locator("[name=mark]").nth(2).is_checked()
        assert page.locator("[data-note=missed]:visible").count() == 0, "what was missed still waits"
        page.locator(".flag-end button").click()
        page.get_by_role("button", name="English").click()
        page.wait_for_url("**/en/lessons/7/practice/3")
        assert page.locator("[data-note=missed]:visible").count() > 0
