"""The way out and the traces of help in the other family of browsers. Where there is no Firefox, this says so and tests nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from browser.driving import WEATHER
from browser.firefox import PLACE, firefox
from browser.test_leaving import NAMES_HELP, WAY_OUT

pytestmark = pytest.mark.skipif(not PLACE, reason="no Firefox here: BALISE_FIREFOX names one, or the package firefox-esr brings it")
HIDDEN = "document.documentElement.hidden && !document.documentElement.checkVisibility()"
SHIFT = "\ue008"


def by_click(browser):
    browser.click(WAY_OUT)


def by_shift(browser):
    browser.press(*[SHIFT] * 3)


@pytest.mark.parametrize("way", [by_click, by_shift])
@pytest.mark.promise("D-5", "D-6")
def test_leaving_shows_the_weather_and_back_does_not_return(site, tmp_path, way):
    number = site.new_classroom(f"Leaving in Firefox {way.__name__}").lesson
    with firefox(tmp_path / "profile") as browser:
        browser.answered_here(WEATHER)
        browser.open(f"{site.url}/en/lessons/")
        browser.open(f"{site.url}/en/lessons/{number}")
        way(browser)
        browser.wait_until(lambda: browser.url in WEATHER)
        browser.wait_until(lambda: browser.evaluate("Boolean(document.querySelector('#outside'))"))
        browser.back()
        browser.wait_until(lambda: browser.url.startswith(site.url))
        assert urlsplit(browser.url).path == "/en/lessons/"
        assert not browser.evaluate(HIDDEN)


@pytest.mark.promise("D-5")
def test_typing_capitals_never_leaves(site, tmp_path):
    with firefox(tmp_path / "profile") as browser:
        browser.open(f"{site.url}/ko/join")
        browser.evaluate("document.querySelector('main [name=code]').focus()")
        for letter in "ABCDEFGHIJ" * 4:
            actions = [
                {"type": kind, "value": key} for kind, key in (("keyDown", SHIFT), ("keyDown", letter), ("keyUp", letter), ("keyUp", SHIFT))
            ]
            browser.ask("input.performActions", context=browser.window, actions=[{"type": "key", "id": "keys", "actions": actions}])
        assert urlsplit(browser.url).path == "/ko/join"
        assert not browser.evaluate(HIDDEN)
        assert browser.evaluate("document.querySelector('main [name=code]').value")


@pytest.mark.promise("D-1", "D-5")
def test_a_browsers_own_history_names_no_help_after_reading_it_and_leaving(site, tmp_path, promise):
    number = site.new_classroom("No trace in Firefox").lesson
    profile = tmp_path / "profile"
    with firefox(profile) as browser:
        browser.answered_here(WEATHER)
        browser.open(f"{site.url}/en/lessons/{number}")
        traces = "[history.length, localStorage.length, sessionStorage.length, document.cookie].join()"
        before = browser.evaluate(traces)
        for _ in range(20):
            browser.evaluate("document.querySelector('header details.helpnow > summary').click()")
        assert browser.evaluate(traces) == before
        by_click(browser)
        browser.wait_until(lambda: browser.url in WEATHER)
        browser.wait_until(lambda: browser.evaluate("Boolean(document.querySelector('#outside'))"))
    with closing(sqlite3.connect(f"file:{profile / 'places.sqlite'}?mode=ro", uri=True)) as database:
        rows = [(url or "", title or "") for url, title in database.execute("SELECT url, title FROM moz_places")]
    assert any(url.startswith(WEATHER) for url, _title in rows), "the way out is in it"
    telling = [row for row in rows if any(word in " ".join(row).lower().replace(site.url, "") for word in NAMES_HELP)]
    promise.figure("{telling} of {n} lines of Firefox’s own history name help", telling=len(telling), n=len(rows))
    assert not telling
