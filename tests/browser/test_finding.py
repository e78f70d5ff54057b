"""Finding something while typing: results come by themselves, arrow keys go through them, and nothing of it stands in an address."""

from __future__ import annotations

import pytest
from browser.driving import LOCALES, browsing, path_of, watch_of

WORDS = {"en": "picture", "fr": "image", "ko": "사진"}
HURTS = {"en": "blackmail", "fr": "chantage", "ko": "협박"}


def test_results_come_while_typing_and_the_keyboard_goes_through_them(browser, site):
    for locale in LOCALES:
        with browsing(browser, site, locale) as page:
            page.goto(f"/{locale}/lessons/")
            field = page.locator("[name=q]")
            field.press_sequentially(WORDS[locale])
            results = page.locator("[data-found] li a")
            results.first.wait_for()
            assert page.locator("[data-found] [aria-live]").inner_text().strip()
            assert page.locator("[data-found] mark").count()
            assert path_of(page) == f"/{locale}/lessons/"
            assert not [url for url in watch_of(page).requests if "q=" in url]
            page.keyboard.press("ArrowDown")
            assert results.first.evaluate("(e) => e === document.activeElement")
            page.keyboard.press("ArrowDown")
            assert results.nth(1).evaluate("(e) => e === document.activeElement")
            page.keyboard.press("Escape")
            assert field.evaluate("(e) => e === document.activeElement")
            page.keyboard.press("Escape")
            assert page.locator("[data-found]").is_hidden()
            field.fill(HURTS[locale])
            page.locator("[data-found] [data-care]").wait_for()
            page.keyboard.press("Enter")  # stays on the page: the word gets into no history
            page.locator("[data-found] li a").first.wait_for()
            assert path_of(page) == f"/{locale}/lessons/"
            assert "?" not in page.url
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
            page.wait_for_url(f"**/{locale}/help")


@pytest.mark.promise("H-4")
def test_without_script_the_form_leads_to_the_results(browser, site):
    with browsing(browser, site, "fr", java_script_enabled=False) as page:
        page.goto("/fr/lessons/")
        page.locator("[name=q]").fill("caméra")
        page.locator("form[role=search] button").click()
        assert path_of(page) == "/fr/search"
        assert page.locator("main mark").count()


def test_the_field_is_large_enough_for_a_finger(browser, site):
    with browsing(browser, site, "ko", width=390) as page:
        for address in ("/ko/", "/ko/lessons/", "/ko/search"):
            page.goto(address)
            for part in ("[name=q]", "form[role=search] button"):
                assert page.locator(part).bounding_box()["height"] >= 44


def test_the_year_plan_prints_one_page_for_each_age(browser, site):
    import re

    for locale in LOCALES:
        with browsing(browser, site, locale, width=1366) as page:
            for size in ("A4", "Letter"):
                page.goto(f"/{locale}/lessons/")
                assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size))) == 3, (locale, size)
                page.goto(f"/{locale}/lessons/?band=A")
                assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size))) == 1, (locale, size)
