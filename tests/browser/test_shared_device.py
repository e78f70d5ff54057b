"""The next person at this computer sees nothing of the one before."""

from __future__ import annotations

from contextlib import suppress

import pytest
from browser.driving import sign_in_student, sign_in_teacher
from browser.serving import name_in
from playwright.sync_api import Error

WORDS = ["otter", "lamp", "river"]


def go_back(page):
    """Back, whether the page comes from the server, from memory or not at all."""
    with suppress(Error):  # a page brought back from memory may take the question with it
        page.evaluate("() => { history.back(); }")
    page.wait_for_timeout(400)
    page.wait_for_load_state()


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
@pytest.mark.promise("C-5")
def test_after_signing_out_back_shows_nothing_of_a_student(browse, site, locale):
    classroom = site.new_classroom(f"Shared {locale}", locale)
    site.new_student(classroom.id, 3, 4)
    name = name_in(locale, 3, 4)
    with browse(locale) as page:
        sign_in_student(page, locale, classroom.code, (3, 4), WORDS)
        page.locator('main a[href*="/lessons/assigned/"]').first.click()
        page.locator("main article").wait_for()
        assert name in page.content()
        page.locator('header form[action$="/sign-out"] button').click()
        page.wait_for_url(f"**/{locale}/sign-in")
        for _ in range(3):
            go_back(page)
            assert name not in page.locator("body").inner_text()
            assert not page.locator('form[action$="/read"]').count()
        assert "balise" not in {c["name"] for c in page.context.cookies()}


@pytest.mark.promise("C-5")
def test_after_signing_out_back_shows_nothing_of_a_class(browse, site):
    teacher = site.new_teacher("shared")
    classroom = site.new_classroom("Room seven", teacher_id=teacher.id)
    site.new_student(classroom.id, 5, 6)
    with browse("en", 1366) as page:
        sign_in_teacher(page, "en", teacher)
        page.goto(f"/en/classrooms/{classroom.id}")
        assert name_in("en", 5, 6) in page.content()
        page.locator('footer form[action$="/accounts/sign-out"] button').click()
        page.wait_for_url("**/en/")
        for _ in range(3):
            go_back(page)
            assert not {"Room seven", name_in("en", 5, 6), "shared"} & set(page.locator("body").inner_text().split("\n"))
            assert "Room seven" not in page.content()


@pytest.mark.promise("C-1")
def test_a_copied_cookie_opens_nothing_after_signing_out(browse, site):
    classroom = site.new_classroom("Copied")
    site.new_student(classroom.id, 7, 8)
    with browse("en") as page:
        sign_in_student(page, "en", classroom.code, (7, 8), WORDS)
        copied = page.context.cookies()
        page.locator('header form[action$="/sign-out"] button').click()
        page.wait_for_url("**/en/sign-in")
        page.context.add_cookies(copied)
        page.goto("/en/my-lessons")
        assert page.locator("main [name=word1]").is_visible()


def test_reading_settings_are_kept_only_when_chosen(browse):
    with browse("en") as page:
        page.goto("/en/settings")
        page.locator("main label:has([name=theme][value=dark])").click()
        page.locator('main form[action$="/settings"] button').click()
        page.wait_for_url("**/settings?saved=1")
        assert page.locator("html[data-theme=dark]").count()
        assert [c["name"] for c in page.context.cookies()] == ["reading"]
        page.locator("main label:has([name=theme][value=''])").click()
        page.locator('main form[action$="/settings"] button').click()
        page.locator("html:not([data-theme])").wait_for(state="attached")
        assert not page.context.cookies()
