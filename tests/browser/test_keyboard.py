"""A student's, a teacher's and a parent's way with nothing but a keyboard: every stop is to be seen, and nothing holds the focus."""

from __future__ import annotations

import re

import pytest
from browser.driving import LOCALES, WHOLE, fill_in_who, path_of
from browser.serving import code_now

MOST_STOPS = 120
# What is focused can be seen: it has a size, an outline, and lies in the window, not under something that stays put.
UNSEEN = """() => {
  const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
  const what = `${e.tagName} ${e.className} ${(e.innerText || e.name || "").slice(0, 40)}`;
  if (e === document.body) return "";
  const own = e.matches("[type=radio], [type=checkbox]") && e.closest("label") ? [e, e.closest("label")] : [e];
  const around = [];
  for (let part = e.parentElement; part && part.matches("body *") && around.length < 5; part = part.parentElement) around.push(part);
  // A link that makes its whole card one target draws its ring round the card.
  const rings = [...own.map((part) => getComputedStyle(part)), getComputedStyle(e, "::after"), ...around.map((part) => getComputedStyle(part))];
  const outlined = rings.some((t) => (t.outlineStyle !== "none" && parseFloat(t.outlineWidth) >= 2) || (t === rings[0] && t.boxShadow !== "none"));
  if (!outlined) return `${what}: no outline`;
  const shown = own.at(-1).getBoundingClientRect();
  if (shown.width < 4 || shown.height < 4) return `${what}: ${box.width} x ${box.height}`;
  if (shown.bottom <= 0 || shown.top >= innerHeight || shown.right <= 0 || shown.left >= innerWidth) return `${what}: outside the window`;
  const at = (x, y) => { const top = document.elementFromPoint(x, y); return top && own.some((part) => part.contains(top) || top.contains(part)); };
  const [x0, x1] = [Math.max(1, shown.left + 3), Math.min(innerWidth - 2, shown.right - 3)];
  const [y0, y1] = [Math.max(1, shown.top + 3), Math.min(innerHeight - 2, shown.bottom - 3)];
  const over = document.elementFromPoint((x0 + x1) / 2, (y0 + y1) / 2);
  return at(x0, y0) || at(x1, y1) || at((x0 + x1) / 2, (y0 + y1) / 2) ? "" : `${what}: hidden behind ${over && over.outerHTML.slice(0, 80)} at ${y0}`;
}"""


def unseen(page) -> str:
    """What is wrong with what is focused now; a page that has just come may need a moment to hear that it has the focus."""
    for _ in range(10):
        if not (found := page.evaluate(UNSEEN)):
            return ""
        page.wait_for_timeout(50)
    return found


def tab_to(page, selector: str, key: str = "Tab") -> None:
    """Go on from stop to stop until the one that is wanted. Every one on the way can be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        assert not (found := unseen(page)), f"{page.url}: {found}"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{page.url}: {MOST_STOPS} stops and no {selector}")


def press(page, selector: str, key: str = "Enter") -> None:
    """Go there and press; the next page is waited for."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


def choose(page, selector: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Space")
    assert page.evaluate("() => document.activeElement.checked")


@pytest.mark.parametrize("locale", LOCALES if WHOLE else ["fr"])
def test_a_student_learns_and_answers_by_keyboard_alone(browse, site, locale):
    classroom = site.new_classroom(f"Keys {locale}", locale)
    site.new_student(classroom.id, 11, 12)
    with browse(locale, 1366) as page:
        page.goto(f"/{locale}/sign-in")
        tab_to(page, "a.skip")
        tab_to(page, "[name=code]")
        page.keyboard.type(classroom.code)
        fill_in_who(page, classroom.code, (11, 12), locale)  # a list opens as the system likes it
        for place, word in enumerate(("otter", "lamp", "river"), 1):
            tab_to(page, f"[name=word{place}]")
            page.keyboard.type(word)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert path_of(page) == f"/{locale}/my-lessons"
        press(page, 'main a[href*="/lessons/assigned/"]')
        press(page, 'main form[action$="/read"] button')
        while "/quizzes/result/" not in page.url:
            answer_by_keyboard(page)
        tab_to(page, 'main a[href*="again="]')
        page.keyboard.press("Shift+Tab")
        assert not unseen(page)


def answer_by_keyboard(page) -> None:
    if page.locator("main form.q input[type=radio]").count():
        choose(page, "input[name=choice]")
    elif page.locator("main form.q input[type=checkbox]").count():
        choose(page, "main form.q input[type=checkbox]")
    elif not page.locator("main form.q [data-order]").count():
        for select in page.locator("main form.q select").all():
            select.focus()
            page.keyboard.press("ArrowDown")
    tab_to(page, "main form.q button[type=submit]:not([name])")
    page.keyboard.press("Enter")
    page.locator("main .fb").wait_for()
    press(page, 'main a.btn-go[href*="/quizzes/"], main button[name=next]')


@pytest.mark.parametrize("locale", LOCALES if WHOLE else ["ko"])
def test_a_teacher_assigns_a_lesson_by_keyboard_alone(browse, site, locale):
    teacher = site.new_teacher(f"keys-{locale}")
    classroom = site.new_classroom(f"Keys of a teacher {locale}", locale, teacher.id)
    with browse(locale, 1366) as page:
        page.goto(f"/{locale}/accounts/sign-in")
        for name, text in (("email", teacher.email), ("password", teacher.password), ("code", code_now(teacher.totp_secret))):
            tab_to(page, f"[name={name}]")
            page.keyboard.type(text)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        press(page, f'main a[href$="/{classroom.id}"]')
        page.goto(f"/{locale}/classrooms/{classroom.id}/assign")
        choose(page, "main input[name=lesson]")
        tab_to(page, "main form button[type=submit]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"assigned=1$"))


@pytest.mark.promise("D-1")
def test_a_parent_reads_and_help_opens_and_shuts_by_keyboard_alone(browse):
    with browse("en", 390) as page:
        page.goto("/en/")
        tab_to(page, "a.skip")
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.id") == "main", "the first stop leads past the menu"
        press(page, 'main a[href="/en/guides/"]')
        press(page, 'main a[href^="/en/guides/"]')
        assert re.fullmatch(r"/en/guides/[a-z-]+", path_of(page))
        tab_to(page, "header details summary")
        page.keyboard.press("Enter")
        tab_to(page, 'header details a[href^="tel:"]')
        page.keyboard.press("Escape")
        assert page.evaluate("() => document.activeElement.matches('header details summary')"), "the focus goes back to where it came from"
        assert not page.locator("header details").first.evaluate("(e) => e.open")


def test_every_stop_of_a_page_can_be_seen_and_the_last_one_leads_out(browse, site):
    """Round the whole page: nobody is caught in it."""
    with browse("en", 390) as page:
        for address in ("/en/", "/en/lessons/1", "/en/join"):
            page.goto(address)
            stops = 0
            while True:
                page.keyboard.press("Tab")
                assert not (found := unseen(page)), f"{address}: {found}"
                if stops and page.evaluate(
                    "() => document.activeElement === document.body || document.activeElement.matches('a.skip[href=\"#main\"]')"
                ):
                    break
                stops += 1
                assert stops < 400, f"{address} does not end"
            assert stops > 10
