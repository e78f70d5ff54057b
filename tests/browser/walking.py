"""A walk over every page somebody can have before them, noting on each what no page may do.

`make test` opens each kind of page (pages.py: every address of the app, and every page that only a form leads to) once, in the language that its
name decides, on a phone of 320 px: axe with every rule of WCAG 2.0 to 2.2 A and AA and its best practices in the light, and its colours in the
dark; whether it fits there, on a screen of 1366 px and at 200 %; targets are measured, help is opened, nothing moves, and text is spaced out.

The two rules about colour take nine tenths of axe's time, and depend on nothing but how an element is painted: its colours, size and weight, and
the background, opacity and place of all that lies behind it. So each way to paint something is asked about twice, on two pages, and no more.

`make browser` (BALISE_WALK=whole) leaves nothing to that reasoning: every page, those that visitors have too among them, in each language, on
both, in the light and in the dark, and all of axe about every element."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from browser.driving import LOCALES, WHOLE, browsing, watch_of
from browser.pages import Kind, pages_for
from playwright.sync_api import Error, Page

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
BY_COLOUR = ["color-contrast", "link-in-text-block"]
# A second look sees the same elements at another width and in other colours: only what depends on those is asked again.
AGAIN = [*BY_COLOUR, "scrollable-region-focusable", "target-size"]
TAGS = {"type": "tag", "values": RULES}
MOST_TIMES = 2  # axe is asked about each way to paint something
PHONE, SCREEN = 320, 1366
AT_200_PERCENT = SCREEN // 2
THEMES = ("light", "dark")
PARTS = {"visitor": 3, "teacher": 3, "student": 1, "board": 1}  # pieces of a walk, for workers to share
LEAST = 3  # pages in each of them
LOOKS_LIKE_SCHOOL_WORK = ("home.tables",)  # on purpose, and so without help in it

# A change of theme runs as transitions, parents before children: all of them end before colours are read.
RUN_AXE = """async ([runOnly, marked]) => {
  for (let n = 0; n < 50 && document.getAnimations().length; n++)
    for (const a of document.getAnimations()) a.effect.getComputedTiming().endTime < Infinity ? a.finish() : a.cancel();
  const rules = [{ id: "color-contrast", selector: "[data-painted]" }, { id: "link-in-text-block", selector: "a[href][data-painted]" }];
  if (marked) axe.configure({ rules });
  const r = await axe.run({ runOnly, resultTypes: ["violations"], preload: false, iframes: false });
  return r.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary.split("\\n")[1]}`));
}"""
# Of all that shows text, one element for each way to paint it that is not known yet is marked; gives these ways.
MARK = """(known) => {
  for (let n = 0; n < 50 && document.getAnimations().length; n++)
    for (const a of document.getAnimations()) a.effect.getComputedTiming().endTime < Infinity ? a.finish() : a.cancel();
  const seen = new Set(known), behind = new Map([[null, ""]]);
  const layer = (e) => {
    if (!behind.has(e)) {
      const s = getComputedStyle(e), clear = s.backgroundColor === "rgba(0, 0, 0, 0)" && s.backgroundImage === "none";
      behind.set(e, layer(e.parentElement) + (clear ? "" : `|${s.backgroundColor} ${s.backgroundImage}`) + (s.opacity === "1" ? "" : `|${s.opacity}`)
        + (s.position === "static" ? "" : `|${s.position}`) + (s.filter === "none" ? "" : `|${s.filter}`) + (s.mixBlendMode === "normal" ? "" : s.mixBlendMode));
    }
    return behind.get(e);
  };
  const says = (e) => e.matches("input, select, textarea") || [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  return [...document.querySelectorAll("body *")].flatMap((e) => {
    e.removeAttribute("data-painted");
    if (!says(e) || e.closest("svg") || !e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return [];
    const box = e.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || box.right < 0 || box.bottom + scrollY < 0) return []; // for screen readers only
    const s = getComputedStyle(e), p = getComputedStyle(e.parentElement);
    const way = [e.tagName === "A", s.color, s.fontSize, s.fontWeight, s.textShadow, s.textDecorationLine, s.borderBottomWidth, p.color, p.fontWeight,
      e.matches(":disabled, [aria-disabled=true]"), layer(e)].join(";");
    if (seen.has(way)) return [];
    seen.add(way);
    e.setAttribute("data-painted", "");
    return [way];
  });
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
# Somebody who asked for less motion gets none: nothing takes longer than a blink to change, and nothing glides.
MOVES = """() => {
  const slow = (text) => text.split(",").some((one) => parseFloat(one) * (one.trim().endsWith("ms") ? 1 : 1000) > 20);
  const parts = [...document.querySelectorAll("*")].flatMap((e) => [[e, null], [e, "::before"], [e, "::after"]]);
  return [...new Set(parts.flatMap(([e, part]) => {
    const s = getComputedStyle(e, part);
    const why = s.animationName !== "none" && slow(s.animationDuration) ? s.animationName
      : slow(s.transitionDuration) ? `${s.transitionProperty} ${s.transitionDuration}` : s.scrollBehavior === "smooth" ? "glides" : "";
    return why ? [`${e.tagName}.${e.className.baseVal ?? e.className}${part ?? ""}: ${why}`] : [];
  }))].slice(0, 5);
}"""
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
    moving: list[str] = field(default_factory=list)
    help: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)

    def all(self) -> list[str]:
        return [f"{part.name}: {told}" for part in fields(self) if part.name != "pages" for told in getattr(self, part.name)]


def walks_of(who: str, part: int, site: Any, seats: dict[str, Any]) -> Iterator[tuple[str, int, list[Kind]]]:
    """(language, width, pages) of one part of a walk."""
    for locale in LOCALES:
        kinds = pages_for(who, locale, site, seats, own=not WHOLE)[part :: PARTS[who]]
        if WHOLE:
            yield locale, PHONE, kinds
            yield locale, SCREEN, kinds
        else:
            yield locale, PHONE, [kind for kind in kinds if LOCALES[number_of(kind) % len(LOCALES)] == locale]


def number_of(kind: Kind) -> int:
    """Made of its name: it stays the same whatever pages come and go."""
    return zlib.crc32(kind.name.encode())


def walk(browser: Any, site: Any, seats: dict[str, Any], who: str, part: int, state: Any) -> Findings:
    found = Findings()
    statuses: list[int] = []
    for locale, width, kinds in walks_of(who, part, site, seats):
        with browsing(browser, site, locale, width, storage_state=state) as page:
            page.on("response", lambda r: r.request.is_navigation_request() and statuses.append(r.status))
            for kind in kinds:
                statuses.clear()
                found.pages += 1
                try:
                    kind.open(page)
                    look_at(page, f"{kind.name}, {locale}", found, kind.name not in LOOKS_LIKE_SCHOOL_WORK)
                except Error as error:  # a page that cannot be opened must not hide what is wrong with the others
                    found.status.append(f"{kind.name}, {locale}: {page.url}: {str(error).splitlines()[0]}")
                    continue
                if not statuses or statuses[-1] != kind.status:
                    found.status.append(f"{kind.name}, {locale}: {statuses} and not {kind.status}")
            if who == "visitor":
                found.stored += [c["name"] for c in page.context.cookies()]
                found.stored += page.evaluate("() => Object.keys(localStorage)")
                # A story that was begun can go on in the same tab: numbers of the lesson and the activity (decision 0021), until it is closed.
                found.stored += [
                    name for name in page.evaluate("() => Object.keys(sessionStorage)") if not re.fullmatch(r"p\d+\.\d+", name)
                ]
            watch = watch_of(page)
            found.outside += watch.foreign + watch.complaints
            watch.foreign, watch.complaints = [], []  # told by the test about it
    return found


def look_at(page: Page, name: str, found: Findings, has_help: bool = True) -> None:
    """All there is to see on the page that is open, at the width it was opened in: a phone's or a screen's."""
    size: Any = page.viewport_size
    width = size["width"]
    themes = THEMES if width == PHONE else THEMES[::-1]
    for turn, theme in enumerate(themes):
        page.emulate_media(color_scheme=theme)
        found.axe += [f"{name}, {width} {theme}: {told}" for told in barriers(page, theme, not turn)]
    if wider := page.evaluate(WIDER):
        found.sideways.append(f"{name}, {width}: {wider}")
    found.outside += [f"{name}: {h}" for h in page.locator(HINTS).evaluate_all("all => all.map((e) => e.outerHTML)")]
    if width != PHONE or not WHOLE:
        for other in (AT_200_PERCENT,) if WHOLE else (AT_200_PERCENT, SCREEN):
            page.set_viewport_size({"width": other, "height": 800 * other // SCREEN})
            if wider := page.evaluate(WIDER):
                found.sideways.append(f"{name}, {other}: {wider}")
        page.set_viewport_size(size)
    if width != PHONE:
        return
    found.small += [f"{name}: {one}" for one in page.evaluate(SMALL)]
    found.moving += [f"{name}: {one}" for one in page.evaluate(MOVES)]
    if has_help:
        open_help(page, name, found)
    cut_before = set(page.evaluate(CUT_OFF))
    page.evaluate(SPACED)
    if wider := page.evaluate(WIDER):
        found.spaced.append(f"{name}: {wider}")
    found.spaced += [f"{name}: cut off: {e}" for e in page.evaluate(CUT_OFF) if e not in cut_before]


asked_about: dict[str, Counter[str]] = {theme: Counter() for theme in THEMES}  # ways to paint something, in this process


def barriers(page: Page, theme: str, thorough: bool) -> list[str]:
    """What axe finds: by all its rules, or by those that depend on size and colour. Not in the whole walk, where it is asked about each
    element: the colours of what is painted in a way that is known are not asked about again."""
    runs = TAGS if thorough else {"type": "rule", "values": AGAIN if WHOLE else BY_COLOUR}
    if not WHOLE:
        known = asked_about[theme]
        ways = page.evaluate(MARK, [way for way, times in known.items() if times >= MOST_TIMES])
        known.update(ways)
        if not ways and not thorough:
            return []
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN_AXE, [runs, not WHOLE])


def open_help(page: Page, name: str, found: Findings) -> None:
    """Help is in the page: opening it asks nobody anything and leaves nothing behind."""
    before, asked = page.evaluate(TRACES), len(watch_of(page).requests)
    panel = page.locator("header details").first
    panel.locator("summary").first.click()
    if not panel.locator('a[href^="tel:"]').first.is_visible():
        found.help.append(f"{name}: no telephone number to be seen")
    if page.evaluate(WIDER):
        found.sideways.append(f"{name}, help open: {page.evaluate(WIDER)}")
    # A page about a class at work asks how it is getting on every two seconds, and the list of lessons fetches what the device keeps for
    # when there is no connection, help open or not.
    others = re.compile(r"/live\.json$|/wall\.json$|/offline/")
    requests = [url for url in watch_of(page).requests[asked:] if not others.search(url)]
    if page.evaluate(TRACES) != before or requests:
        found.help.append(f"{name}: {before} became {page.evaluate(TRACES)}, asked for {requests}")
    page.keyboard.press("Escape")
    if panel.evaluate("(e) => e.open"):
        found.help.append(f"{name}: Esc does not close it")
