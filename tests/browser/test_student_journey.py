"""A student's way through a lesson: in by an open door, out in the middle, back from another device, to the end and once more."""

from __future__ import annotations

import re

import pytest
from browser.driving import (
    ACCEPT,
    EVERYWHERE,
    LOCALES,
    answer,
    go_on,
    heading,
    name_with,
    path_of,
    send,
    sign_in_student,
    words_shown,
)

OTHER = {"en": "fr", "fr": "ko", "ko": "en"}
QUESTION = "main form input[name=item]"


def open_the_door(browse, state, locale, classroom_id):
    with browse(locale, 1366, storage_state=state) as page:
        page.goto(f"/{locale}/classrooms/{classroom_id}")
        send(page, "/door")
        page.locator('main form[action$="/door/close"]').wait_for()


def join(page, locale, code):
    """From the first page to one's own page; returns the name chosen and the three words drawn."""
    page.goto(f"/{locale}/")
    page.locator("main [name=code]").fill(code)
    page.locator("main form:has([name=code]) button").click()
    page.locator('main form[action$="/join/name"]').wait_for()
    names = page.locator("main label:has(input[name=name])")
    names.nth(2).click()
    name = name_with(names.nth(2).inner_text().strip(), locale)
    send(page, "/join/name")
    first_draw = words_shown(page)
    send(page, "/join/words", "button[name=again]")
    page.locator("main ol").first.wait_for()
    words = words_shown(page)
    assert len(set(words)) == 3
    assert words != first_draw
    send(page, "/join/words")
    page.wait_for_url(f"**/{locale}/my-lessons")
    return name, words


def question(page):
    return page.locator(QUESTION).first.get_attribute("value")


def switch(page, locale):
    page.locator(f"header nav :is(a[hreflang={locale}], button[value={locale}])").click()
    page.locator(f"html[lang={ACCEPT[locale] if locale != 'ko' else 'ko'}]").wait_for()


def change_language_before_answering(page, locale):
    """What was chosen and not checked yet is still chosen, and neither the address nor the browser has kept it."""
    page.locator("main form#question label.opt").nth(1).click()
    chosen = page.locator("main form#question input:checked").get_attribute("value")
    for code in (OTHER[locale], locale):
        switch(page, code)
        assert page.locator("main form#question input:checked").get_attribute("value") == chosen
        assert chosen not in page.url
    assert page.evaluate("() => sessionStorage.length + localStorage.length") == 0


def journey(browse, site, as_teacher, locale, width, script=True):
    classroom = site.new_classroom(f"{locale} {width} {script}", locale)
    open_the_door(browse, as_teacher, locale, classroom.id)

    with browse(locale, width, java_script_enabled=script) as page:
        name, words = join(page, locale, classroom.code)
        page.locator('main a[href*="/lessons/assigned/"]').first.click()
        page.locator("main article section h2").first.wait_for()
        page.locator('main form[action$="/read"] button').click()
        page.wait_for_url("**/quizzes/assigned/*")

        change_language_before_answering(page, locale)

        # Two answers, each with its feedback; then another language in the middle.
        seen = [answer(page, 0)]
        assert page.locator("main .fb").inner_text().strip()
        chosen = page.locator("main input[name=choice]:checked").get_attribute("value")
        if "item=" in page.url:
            switch(page, OTHER[locale])
            assert question(page) == seen[0]
            assert page.locator("main input[name=choice]:checked").get_attribute("value") == chosen
            switch(page, locale)
        go_on(page)
        seen.append(answer(page, 1))
        go_on(page)
        third = question(page)
        assert third not in seen
        switch(page, OTHER[locale])
        assert question(page) == third
        switch(page, locale)
        assert question(page) == third

        page.locator('header form[action$="/sign-out"] button').click()
        page.wait_for_url(f"**/{locale}/sign-in")

    with browse(locale, width, java_script_enabled=script) as page:
        sign_in_student(page, locale, classroom.code, name, words)
        page.locator('main a[href*="/quizzes/assigned/"]').first.click()
        assert question(page) == third
        while "/quizzes/result/" not in page.url:
            seen.append(answer(page, len(seen) % 2))
            go_on(page)
        assert len(set(seen)) == len(seen) == page.locator("header ~ main").locator(".segs i").count()
        assert heading(page)
        assert page.locator("main ol li h3").count() >= len(seen) - 2  # questions close to home are not repeated

        page.locator('main a[href*="again="]').click()
        assert page.locator("main form input[name=nth]").get_attribute("value") == "2"
        first = answer(page, 0)
        go_on(page)
        page.goto(f"/{locale}/my-lessons")
        assert page.locator("main h2").count() == 1
        page.locator('main a[href*="/quizzes/assigned/"]').first.click()
        assert question(page) != first


@pytest.mark.parametrize(("locale", "width"), EVERYWHERE)
def test_a_student_joins_learns_leaves_and_comes_back_from_another_device(browse, site, state_of, locale, width):
    journey(browse, site, state_of("teacher"), locale, width)


def test_all_of_it_works_without_script(browse, site, state_of):
    journey(browse, site, state_of("teacher"), "fr", 390, script=False)


def test_a_closed_door_lets_nobody_in(browse, site):
    classroom = site.new_classroom("Closed")
    with browse("en") as page:
        page.goto(f"/en/join?code={classroom.code}")
        send(page, "/join")
        assert page.locator("main [role=alert]").is_visible()
        assert not page.locator("main input[name=name]").count()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_mistake_in_a_form_does_not_lose_the_place_when_the_language_changes(browse, site, seats, state_of, locale):
    with browse(locale, 390, storage_state=state_of("student")) as page:
        page.goto(f"/{locale}/quizzes/assigned/{seats['assignment_id']}")
        asked = question(page)
        page.locator("main form.q button:not([name])").click()
        page.locator("main [role=alert]").wait_for()
        switch(page, OTHER[locale])
        assert question(page) == asked


@pytest.mark.parametrize("locale", LOCALES)
def test_a_self_check_stays_a_self_check_when_the_language_changes(browse, site, seats, locale):
    with browse(locale) as page:
        page.goto(f"/{locale}/quizzes/{site.new_classroom('Self-check').lesson}")
        answer(page)
        switch(page, OTHER[locale])
        assert re.search(rf"^/{OTHER[locale]}/quizzes/\d+$", path_of(page))
