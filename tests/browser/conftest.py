"""One real server and one browser for each worker; everybody signs in once."""

from __future__ import annotations

import shutil
from functools import cache

import pytest
from browser.driving import browsing, sign_in_student, sign_in_teacher, start_browser
from browser.serving import Site
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def site(tmp_path_factory, compiled):
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(compiled / "compiled", folder / "data" / "compiled")  # a start of its own would compile them again
    made = Site(folder)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        started = start_browser(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def seats(site):
    return site.seats()


@pytest.fixture(scope="session")
def state_of(site, browser, seats):
    """`browse(storage_state=state_of("teacher"))`: a browser in which somebody of the demo school is signed in already.

    Once for each, because a code from the authenticator app works once in 30 seconds."""

    @cache
    def state(who: str):
        if who == "visitor":
            return None
        with browsing(browser, site) as page:
            if who in ("teacher", "board"):
                sign_in_teacher(page, "en", site.demo_teacher() if who == "teacher" else site.demo_board())
            else:
                sign_in_student(page, "fr", seats["code"], seats["name"], seats["words"])
            return page.context.storage_state()

    return state


@pytest.fixture
def browse(browser, site):
    """`with browse("ko", 390) as page:` gives somebody a browser of their own."""
    return lambda *args, **kwargs: browsing(browser, site, *args, **kwargs)


def pytest_collection_modifyitems(items):
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
