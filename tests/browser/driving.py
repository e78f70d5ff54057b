"""What tests do with a browser, in a few verbs. Everything is found by role, name or address: words may change, and there are three languages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from browser.serving import Site, Teacher, code_now
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from app.classrooms.naming import nouns
from app.home.views import EXITS

LOCALES = ("en", "fr", "ko")
WIDTHS = (390, 1366)
# `make browser` does everything in each language and size; `make test` goes each long way once in each language.
WHOLE = os.environ.get("BALISE_WALK") == "whole"
EVERYWHERE = tuple((locale, width) for locale in LOCALES for width in WIDTHS) if WHOLE else (("en", 390), ("fr", 1366), ("ko", 390))
ACCEPT = {"en": "en-CA", "fr": "fr-CA", "ko": "ko-KR"}
CHROMIUM = os.environ.get("BALISE_CHROMIUM") or "/usr/bin/chromium"
# Nothing leaves this machine: no background talk, and no name but our own is found.
QUIET = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
LISTEN = """addEventListener("securitypolicyviolation", (e) =>
  console.error("CSP forbids " + e.violatedDirective + " " + e.blockedURI + " in " + e.sourceFile + ":" + e.lineNumber))"""


def start_browser(playwright: Playwright) -> Browser:
    root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    return playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *root])


@dataclass
class Watch:
    """What a browser asked for, and what it complained about."""

    home: str
    allowed: tuple[str, ...] = ()
    requests: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("request", self.note_request)
        context.on("console", self.note_console)
        context.on("weberror", lambda e: self.complaints.append(f"{e.page.url if e.page else ''}: {e.error}"))

    def note_request(self, request: Any) -> None:
        self.requests.append(request.url)
        if not request.url.startswith((self.home + "/", "data:", "blob:", *self.allowed)):
            self.foreign.append(f"{request.frame.url}: {request.url}")

    def note_console(self, message: Any) -> None:
        where = message.location["url"]
        # A page that is an error on purpose (404, 422) is told to the console too.
        if message.text.startswith("Failed to load resource: the server responded") and where.split("?")[0].startswith(self.home) and "/static/" not in where:  # fmt: skip
            return
        if message.type in ("error", "warning"):
            self.complaints.append(f"{where}: {message.text}")


@contextmanager
def browsing(
    browser: Browser, site: Site, locale: str = "en", width: int = 390, allowed: tuple[str, ...] = (), **more: Any
) -> Iterator[Page]:
    """A person with a browser of their own. Whatever they do: no other host is asked, no policy is broken, no script fails."""
    context = browser.new_context(
        base_url=site.url, locale=ACCEPT[locale], viewport={"width": width, "height": 844 if width < 500 else 800}, reduced_motion="reduce", **more
    )  # fmt: skip
    context.set_default_timeout(20_000)
    context.add_init_script(LISTEN)
    watch = Watch(site.url, allowed)
    watch.follow(context)
    page = context.new_page()
    page.watch = watch  # type: ignore[attr-defined]
    try:
        yield page
        assert not watch.foreign, f"another host was asked: {watch.foreign[:5]}"
        assert not watch.complaints, f"the browser complains: {watch.complaints[:5]}"
    finally:
        context.close()


def watch_of(page: Page) -> Watch:
    return page.watch  # type: ignore[attr-defined]


# --- reading a page --------------------------------------------------------------------------------------------------


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def send(page: Page, action: str, button: str = "button:not([name])") -> None:
    """Press the button of the form that posts to an address ending so."""
    page.locator(f'main form[action$="{action}"] {button}').first.click()


# --- students ----------------------------------------------------------------------------------------------------------


def labels_of(name: tuple[int, int], locale: str) -> tuple[str, str]:
    firsts, seconds = nouns()
    return firsts[name[0]][locale], seconds[name[1]][locale]


def fill_in_who(page: Page, code: str, name: tuple[int, int], locale: str) -> None:
    first, second = labels_of(name, locale)
    page.locator("[name=code]").fill(code)
    page.locator("select[name=first]").select_option(label=first)
    page.locator("select[name=second]").select_option(label=second)


def sign_in_student(page: Page, locale: str, code: str, name: tuple[int, int], words: list[str]) -> None:
    page.goto(f"/{locale}/sign-in")
    fill_in_who(page, code, name, locale)
    for place, word in enumerate(words, 1):
        page.locator(f"[name=word{place}]").fill(word)
    send(page, "/sign-in")
    page.wait_for_url(f"**/{locale}/my-lessons")


def words_shown(page: Page) -> list[str]:
    """The three secret words, without the figures beside them."""
    return [
        line.strip()
        for line in page.locator("main ol").first.locator("li").evaluate_all("all => all.map((li) => li.lastChild.textContent)")
    ]


def name_with(label: str, locale: str) -> tuple[int, int]:
    """The pseudonym that reads so."""
    from app.classrooms.naming import name_of

    firsts, seconds = nouns()
    return next((f, s) for f in firsts for s in seconds if name_of(f, s, locale) == label)


def answer(page: Page, choice: int = 0, told: bool = True) -> str:
    """Answer the question that is shown with its n-th option; returns the question's id. Steps stay in the order they are shown in.

    `told`: feedback follows; without it, the next page."""
    item = page.locator("form input[name=item]").first.get_attribute("value") or ""
    if (radios := page.locator("input[name=choice][type=radio]")).count():
        radios.nth(choice).check()
    elif (boxes := page.locator("form.q input[type=checkbox]")).count():
        boxes.nth(choice).check()
    else:
        selects = page.locator("form.q select")
        for place in range(selects.count()):
            if not selects.nth(place).input_value():
                selects.nth(place).select_option(index=(place if page.locator("[data-order]").count() else choice) + 1)
    button = page.locator("main form.q button[type=submit]:not([name])")
    if told:
        button.click()
        page.locator("main .fb").wait_for()
    else:
        with page.expect_navigation():
            button.click()
    return item


def go_on(page: Page) -> None:
    """From the feedback to the next question, or to the result."""
    with page.expect_navigation():
        page.locator('main a.btn-go[href*="/quizzes/"], main button[name=next]').first.click()


# --- teachers ----------------------------------------------------------------------------------------------------------


def sign_in_teacher(page: Page, locale: str, teacher: Teacher) -> None:
    page.goto(f"/{locale}/accounts/sign-in")
    page.locator("[name=email]").fill(teacher.email)
    page.locator("[name=password]").fill(teacher.password)
    page.locator("[name=code]").fill(code_now(teacher.totp_secret))
    send(page, "/accounts/sign-in")
    page.wait_for_url(re.compile(f"/{locale}/(classrooms|boards)/$"))


# --- leaving -----------------------------------------------------------------------------------------------------------

OUTSIDE = "<!doctype html><html lang=en><title>Weather</title><h1 id=outside>Sun and clouds</h1>"
WEATHER = tuple(EXITS.values())


def weather_outside(page: Page) -> None:
    """The weather services, answered here: nothing leaves this machine."""
    for address in WEATHER:
        page.context.route(f"{address}**", lambda route: route.fulfill(status=200, content_type="text/html", body=OUTSIDE))
