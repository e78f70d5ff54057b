"""A walk over every page somebody can have before them, noting on each what no page may do. One walk serves several tests."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from browser.driving import browsing, watch_of
from browser.pages import Kind, pages_for
from playwright.sync_api import Error, Page

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
# Every page in each language. Languages share their markup, so that each takes its own part of the sizes and themes.
LOOKS = {"en": ((390, "light"), (1366, "dark")), "fr": ((390, "dark"),), "ko": ((1366, "light"),)}
# Pages that visitors have too differ for others in the bar on top only: one language each shows it.
SHARED_IN = {"visitor": ("en", "fr", "ko"), "student": ("fr",), "teacher": ("ko",), "board": ()}

# The second look sees the same elements at another width and in other colours: only what depends on those is asked again.
AGAIN = ["color-contrast", "scrollable-region-focusable"]
# Templates and colours are the same in all languages: the walk in each (BALISE_WALK=whole) takes ten minutes more.
WHOLE = os.environ.get("BALISE_WALK") == "whole"

RUN_AXE = """([type, values]) => {
  // A change of theme runs as transitions, parents before children: let all of them end before colours are read.
  for (let n = 0; n < 50 && document.getAnimations().length; n++)
    for (const a of document.getAnimations()) a.effect.getComputedTiming().endTime < Infinity ? a.finish() : a.cancel();
  return axe.run({ runOnly: { type, values }, resultTypes: ["violations"], preload: false, iframes: false }).then((r) =>
    r.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary.split("\\n")[1]}`)));
}"""
WIDER = """() => {
  const wide = document.documentElement.scrollWidth;
  if (wide <= innerWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  return `${wide} px wide: ` + out.slice(-3).map((e) => `${e.tagName}.${e.className.baseVal ?? e.className}`).join(", ");
}"""
CUT_OFF = """() => [...document.querySelectorAll("main *, header *")].filter((e) => {
  const s = getComputedStyle(e);
  const hides = ["hidden", "clip"].includes(s.overflowX) || ["hidden", "clip"].includes(s.overflowY);
  return hides && e.clientHeight > 4 && e.innerText?.trim() && !e.closest("svg") && !e.matches("select, input")
    && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2);
}).map((e) => `${e.tagName}.${e.className}`)"""
SMALL = """() => [...document.querySelectorAll("button, summary, select, textarea, input:not([type=hidden]), a.btn, header nav a")].flatMap((e) => {
  const target = e.matches("[type=radio], [type=checkbox]") ? e.closest("label") ?? e : e;
  const { width, height } = target.getBoundingClientRect();
  return e.checkVisibility({ visibilityProperty: true }) && width && (width < 24 || height < 24)
    ? [`${e.tagName} ${e.innerText || e.name}: ${Math.round(width)} x ${Math.round(height)}`] : [];
})"""
# WCAG 1.4.12; put in as a style sheet object, because the policy forbids styles inside the page.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}");
  document.adoptedStyleSheets = [sheet];
}"""
TRACES = "() => [history.length, location.href, document.cookie, localStorage.length, sessionStorage.length]"
HINTS = (
    'link[rel~="preconnect"], link[rel~="dns-prefetch"], link[rel~="prefetch"], link[rel~="preload"][href^="http"], link[rel~="prerender"]'
)


@dataclass
class Findings:
    """What was wrong where, by kind; empty lists are good news."""

    pages: int = 0
    status: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    spaced: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    help: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)


def walk(browser: Any, site: Any, seats: dict[str, Any], who: str, locale: str, state: Any) -> Findings:
    found = Findings()
    kinds = pages_for(who, locale, site, seats, own=locale not in SHARED_IN[who])
    with browsing(browser, site, locale, 390, storage_state=state) as page:
        page.on("response", lambda r: r.request.is_navigation_request() and statuses.append(r.status))
        for kind in kinds:
            statuses: list[int] = []
            found.pages += 1
            try:
                kind.open(page)
                look_at(page, kind, locale, found)
            except Error as error:  # a page that cannot be opened must not hide what is wrong with the others
                found.status.append(f"{kind.name}: {page.url}: {str(error).splitlines()[0]}")
                continue
            if not statuses or statuses[-1] != kind.status:
                found.status.append(f"{kind.name}: {statuses} and not {kind.status}")
        if who == "visitor":
            found.stored += [c["name"] for c in page.context.cookies()]
            found.stored += page.evaluate("() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        watch = watch_of(page)
        found.outside += watch.foreign + watch.complaints
        watch.foreign, watch.complaints = [], []  # told by the test about it
    return found


def look_at(page: Page, kind: Kind, locale: str, found: Findings) -> None:
    page.evaluate(AXE_SCRIPT)
    for (width, theme), rules in zip(LOOKS[locale], (["tag", RULES], ["rule", AGAIN]), strict=False):
        page.set_viewport_size({"width": width, "height": 844 if width < 500 else 800})
        page.emulate_media(color_scheme=theme)
        found.axe += [f"{kind.name}, {width} {theme}: {v}" for v in page.evaluate(RUN_AXE, rules)]
    page.set_viewport_size({"width": 320, "height": 640})
    found.small += [f"{kind.name}: {v}" for v in page.evaluate(SMALL)]
    if wider := page.evaluate(WIDER):
        found.sideways.append(f"{kind.name}: {wider}")
    found.outside += [f"{kind.name}: {h}" for h in page.locator(HINTS).evaluate_all("all => all.map((e) => e.outerHTML)")]
    open_help(page, kind, found)
    cut_before = set(page.evaluate(CUT_OFF))
    page.evaluate(SPACED)
    if wider := page.evaluate(WIDER):
        found.spaced.append(f"{kind.name}: {wider}")
    found.spaced += [f"{kind.name}: cut off: {e}" for e in page.evaluate(CUT_OFF) if e not in cut_before]


def open_help(page: Page, kind: Kind, found: Findings) -> None:
    """Help is in the page: opening it asks nobody anything and leaves nothing behind."""
    if kind.name == "home.tables":
        return  # looks like school work on purpose
    before, asked = page.evaluate(TRACES), len(watch_of(page).requests)
    panel = page.locator("header details").first
    panel.locator("summary").first.click()
    if not panel.locator('a[href^="tel:"]').first.is_visible():
        found.help.append(f"{kind.name}: no telephone number to be seen")
    if page.evaluate(WIDER):
        found.sideways.append(f"{kind.name}, help open: {page.evaluate(WIDER)}")
    if page.evaluate(TRACES) != before or watch_of(page).requests[asked:]:
        found.help.append(f"{kind.name}: {before} became {page.evaluate(TRACES)}, asked for {watch_of(page).requests[asked:]}")
    page.keyboard.press("Escape")
    if panel.evaluate("(e) => e.open"):
        found.help.append(f"{kind.name}: Esc does not close it")
