"""A story in a real browser: with the keyboard alone, without script, without network, in peace; and nothing of it stays."""

from __future__ import annotations

import pytest
from browser.driving import browsing, watch_of
from browser.walking import PHONE, SCREEN, Findings, look_at

STORY = "/{locale}/lessons/7/practice/1"
AT = "p7.1"  # where the tab keeps the place


def open_story(page, locale="en"):
    page.goto(STORY.format(locale=locale))


def choose(page, *ways):
    for way in ways:
        page.locator(f'#story [name=go][value="{way}"]').click()


def path(page):
    return page.locator("#story [name=path]").input_value()


def place(page):
    return page.evaluate(f"sessionStorage.getItem('{AT}')")


def test_the_story_goes_on_without_asking_the_server(browser, site):
    with browsing(browser, site) as page:
        open_story(page)
        page.wait_for_load_state("networkidle")
        asked = len(watch_of(page).requests)
        page.context.set_offline(True)
        choose(page, "0", "0", "1", "0", "0")
        page.locator("[name=thing][value=messages]").check()
        choose(page, "keep", "n")
        page.locator("[data-closing]").wait_for()
        page.locator(".chip").first.click()
        assert page.locator("#message-words").text_content() == page.locator(".chip").first.text_content().strip()
        assert watch_of(page).requests[asked:] == [], "neither a choice nor the message goes anywhere"
        assert path(page) == "0.0.1.0.0.k0.n"
        assert page.locator("[data-found]:visible").count() == 4


def test_what_was_chosen_and_what_comes_of_it_are_read_out_as_one_piece_in_their_order(browser, site):
    """Orca read out the scene that follows first and the answer that led to it second, as long as they came into two places."""
    with browsing(browser, site) as page:
        open_story(page)
        for n in range(3):
            assert page.locator("[data-log] > *").count() == n + 1
            choose(page, "0")
            turn = page.locator("[data-log] > *").last
            assert turn.get_attribute("role") == "group"
            assert turn.locator(":scope > :first-child").evaluate("e => 'said' in e.dataset || e.matches('.did')")
            assert turn.locator(":scope > *").count() > 1


def test_with_the_keyboard_alone(browser, site):
    with browsing(browser, site, width=PHONE) as page:
        open_story(page)
        page.locator("#story button").first.focus()
        for _scene in range(5):
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.matches('[data-ways]')"), "the focus is on what can be done next"
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == "thing"
        page.keyboard.press("Space")
        while page.evaluate("document.activeElement.value") != "keep":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("[data-closing]").wait_for()
        assert page.evaluate("document.activeElement.matches('[data-scene]')"), "at the end the focus is on what happened last"
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")


def test_what_happens_is_read_out_and_rewinding_is_not(browser, site):
    with browsing(browser, site) as page:
        open_story(page)
        log = page.locator("[data-log]")
        assert log.get_attribute("role") == "log"
        page.wait_for_function("() => !document.querySelector('[data-log]').hasAttribute('aria-live')")
        log.evaluate(
            "e => new MutationObserver((all) => { e.dataset.added = all.flatMap((one) => [...one.addedNodes]).map((n) => n.role).join(' ') }).observe(e, { childList: true, subtree: true })"
        )
        choose(page, "0")
        assert log.get_attribute("data-added") == "group", (
            "what was said to the choice and the next scene: one piece, or not all of it is read"
        )
        assert log.get_attribute("aria-live") is None
        page.locator("[name=go][value=back]").click()
        assert log.get_attribute("aria-live") == "off"
        assert path(page) == ""
        assert page.locator("[name=go][value=back]").is_disabled()


def test_a_break_and_back(browser, site):
    with browsing(browser, site) as page:
        open_story(page)
        choose(page, "0", "0")
        page.locator("[name=go][value=pause]").click()
        assert not page.locator("[data-story]").is_visible()
        assert not page.locator("[data-intro]").first.is_visible()
        assert page.evaluate("document.activeElement.id") == "calm-t"
        page.locator("[name=go][value=resume]").click()
        assert page.locator("[data-story]").is_visible()
        assert path(page) == "0.0"


def test_the_same_tab_can_go_on_and_leaving_quickly_takes_it_away(browser, site):
    with browsing(browser, site, allowed=("https://www.weather.go.kr/",)) as page:
        open_story(page)
        choose(page, "1", "0")
        assert place(page) == ":1.0", "numbers only"
        open_story(page, "ko")
        page.locator("[data-resume] button").click()
        assert path(page) == "1.0"
        page.route("https://www.weather.go.kr/**", lambda route: route.fulfill(body="rain"))
        page.locator(".safety a[data-exit]").click()
        page.wait_for_url(lambda url: "weather" in url)
        page.goto(site.url + STORY.format(locale="ko"))
        assert place(page) in ("", None)
        assert not page.locator("[data-resume]").is_visible()


def test_what_somebody_else_did_in_this_tab_is_not_taken_up(browser, site):
    with browsing(browser, site) as page:
        open_story(page)
        page.evaluate(f"sessionStorage.setItem('{AT}', '0123456789ab:0.0')")
        open_story(page)
        assert path(page) == ""
        assert not page.locator("[data-resume]").is_visible()


def test_everything_works_without_a_script(browser, site):
    with browsing(browser, site, width=PHONE, java_script_enabled=False) as page:
        open_story(page, "fr")
        choose(page, "0", "1", "1")
        page.locator("[name=go][value=pause]").click()
        assert not page.locator("[data-story]").is_visible()
        page.locator("[name=go][value=resume]").click()
        page.locator("[name=go][value=back]").click()
        choose(page, "0", "2")
        choose(page, "0")
        page.locator(".tools [name=go][value=w]").click()
        choose(page, "n")
        assert page.locator("[data-closing]").is_visible()
        assert "practice/1#now" in page.url
        assert page.url.split("#")[0].endswith("/fr/lessons/7/practice/1")


@pytest.mark.parametrize(("locale", "width"), [("fr", SCREEN), ("ko", PHONE)])
def test_choosing_what_to_keep_can_be_done_by_everybody(browser, site, locale, width):
    """axe, targets, colours by day and night, spaced texts, nothing that moves. The other moments are walked with all pages (pages.py)."""
    found = Findings()
    with browsing(browser, site, locale, width) as page:
        open_story(page, locale)
        choose(page, *"00000")
        look_at(page, "choosing what to keep", found)
    assert not found.all()


@pytest.mark.parametrize(("locale", "story"), [("fr", "16/practice/1"), ("ko", "8/practice/1"), ("en", "7/practice/2")])
def test_a_story_in_which_time_passes_has_no_barrier_from_beginning_to_end(browser, site, locale, story):
    found = Findings()
    with browsing(browser, site, locale, PHONE) as page:
        page.goto(f"/{locale}/lessons/{story}")
        look_at(page, f"{story}, {locale}", found)
        page.reload()
        while page.locator("#story [data-ways]:visible button").count():
            page.locator("#story [data-ways] button").first.click()
        assert page.locator(".log .when").count(), "a scene says when it is"
        look_at(page, f"{story}, {locale}, the end", found)
    assert not found.all()


def test_scripts_of_the_page_are_light(browser, site):
    sizes = {}
    with browsing(browser, site) as page:
        page.on("response", lambda r: sizes.update({r.url: r.request.sizes()["responseBodySize"]}) if ".js" in r.url else None)
        open_story(page)
        page.wait_for_load_state("networkidle")
    assert len(sizes) == 2
    assert sum(sizes.values()) <= 15_000, sizes
