"""Every page of the site, from the app's own map of addresses, and the pages that only a form leads to.

A new page is found by itself. If it needs something new in its address, `unknown` says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from browser.driving import answer, fill_in_who, go_on, send
from browser.serving import Site
from flask import url_for
from playwright.sync_api import Page

from app.core.access import STUDENTS, TEACHERS, VISITORS, audience_of
from app.core.library import library
from app.lessons.views import usual_band
from app.quizzes.queries import questions_for

NOT_PAGES = {
    "home.welcome": "leads to the reader's language",
    "home.leave": "leads out",
    "home.health": "plain text",
    "home.sitemap": "for machines",
    "home.robots": "for machines",
    "home.security": "for machines",
    "offline.worker": "what the browser runs",
    "offline.mine": "what worker.js asks",
    "search.now": "what find.js asks",
    "lessons.media": "a drawing",
    "lessons.by_slug": "leads to the number",
    "lessons.plan_by_slug": "leads to the number",
    "quizzes.self_check_by_slug": "leads to the number",
    "guides.short": "leads to the family page",
    "progress.export": "a file",
    "boards.evidence": "a file",
    "progress.live_latest": "leads to the lesson that the class is at",
    "progress.questions_now": "leads to the lesson that the class is at",
    "progress.live_now": "what live.js asks",
    "progress.wall_now": "what live.js asks",
    "lessons.print_pdf": "a file",
    "progress.substitute_pdf": "a file",
    "progress.export_xlsx": "a file",
    "progress.export_json": "a file",
    "progress.answers": "a file",
    "progress.answers_xlsx": "a file",
    "progress.answers_json": "a file",
}
STORY = 7  # a lesson with a story
KINDS = {"visitor": VISITORS, "student": STUDENTS, "teacher": TEACHERS, "board": TEACHERS}
# Where somebody who is signed in is led on, so that there is no page of their own to look at.
LED_ON = {("student", "classrooms.join"), ("student", "classrooms.sign_in"), ("teacher", "accounts.sign_in")}


@dataclass(frozen=True)
class Kind:
    """One kind of page, and how to get there."""

    name: str
    open: Callable[[Page], None]
    status: int = 200


def pages_for(who: str, locale: str, site: Site, seats: dict[str, Any], own: bool = False) -> list[Kind]:
    """Every page a visitor, a student or a teacher can have before them, in one language; `own`: those that visitors do not have."""
    return [*by_address(who, locale, site, seats, own), *AFTER_A_FORM[who](locale, site, seats)]


def by_address(who: str, locale: str, site: Site, seats: dict[str, Any], own: bool) -> list[Kind]:
    found = {}
    with site.inside():
        lesson = library().lessons[0]
        given = {
            **seats, "number": lesson.number, "slug": lesson.slug, "idea_id": next(iter(library().misconceptions)), "code": seats["family_code"], "locale": locale, "band": "B",
            "token": invitation(site) if who == "visitor" else "", "nth": 1,
        }  # fmt: skip
        for rule in site.app.url_map.iter_rules():
            audience = audience_of(site.app, rule.endpoint)
            if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_PAGES or not audience or KINDS[who] not in audience:
                continue
            if own and who != "visitor" and VISITORS in audience:
                continue
            if who in ("teacher", "board") and (who == "board") != rule.endpoint.startswith("boards."):
                continue  # reports are not there for teachers, and the others have been looked at; the demo's teacher leads the school
            if (who, rule.endpoint) in LED_ON or (rule.endpoint == "accounts.accept" and who != "visitor"):
                continue
            unknown = rule.arguments - given.keys()
            assert not unknown, f"{rule.endpoint} is new: say in tests/browser/pages.py what {unknown} is, or add it to NOT_PAGES"
            number = {"number": library().boosters[0].number} if rule.endpoint.startswith("boosters.") else {}
            number |= {"number": STORY} if rule.endpoint.startswith("practice.") else {}
            address = url_for(rule.endpoint, **{name: {**given, **number}[name] for name in rule.arguments})
            found[address] = rule.endpoint
    return [Kind(name, go(address)) for address, name in found.items()]


def invitation(site: Site) -> str:
    if not hasattr(site, "invitation"):
        site.invitation = site.new_invitation("somebody@school.example")  # type: ignore[attr-defined]
    return site.invitation  # type: ignore[attr-defined]


def go(address: str) -> Callable[[Page], None]:
    return lambda page: page.goto(address) and None


def for_visitors(locale: str, site: Site, seats: dict[str, Any]) -> list[Kind]:
    code = open_class(site).code
    lesson = seats["lesson"] = seats.get("lesson") or open_class(site).lesson

    def wrong_code(page: Page) -> None:
        page.goto(f"/{locale}/join")
        page.locator("[name=code]").fill("BBBB BBBB")
        send(page, "/join")

    def names(page: Page) -> None:
        page.goto(f"/{locale}/join?code={code}")
        send(page, "/join")

    def words(page: Page) -> None:
        names(page)
        send(page, "/join/name")

    def wrong_words(page: Page) -> None:
        page.goto(f"/{locale}/sign-in")
        send(page, "/sign-in")

    def wrong_digits(page: Page) -> None:
        page.goto(f"/{locale}/sign-in/new-words")
        fill_in_who(page, code, seats["name"], locale)
        send(page, "/sign-in/new-words")

    def nothing_chosen(page: Page) -> None:
        page.goto(f"/{locale}/quizzes/{lesson}")
        page.locator("main form.q button:not([name])").click()

    def feedback(page: Page) -> None:
        page.goto(f"/{locale}/quizzes/{lesson}")
        answer(page)

    def own_result(page: Page) -> None:
        # The form carries what was answered so far: with all but this one in it, the next page is the result.
        page.goto(f"/{locale}/quizzes/{lesson}")
        page.locator("main form.q input[name=answers]").evaluate("(field, all) => { field.value = all; }", all_answers(site, lesson))
        answer(page)
        go_on(page)

    def wrong_password(page: Page) -> None:
        page.goto(f"/{locale}/accounts/sign-in")
        send(page, "/accounts/sign-in")

    def story_over(page: Page) -> None:
        page.goto(f"/{locale}/lessons/{STORY}/practice/1")
        page.locator(".tools [name=go][value=w]").click()
        page.locator("#story [name=go][value=n]").click()
        page.locator("[data-closing]").wait_for()

    def story_resting(page: Page) -> None:
        page.goto(f"/{locale}/lessons/{STORY}/practice/1")
        page.locator("[name=go][value=pause]").click()
        page.locator("[data-calm]").wait_for()

    return [
        *looked_for(locale),
        Kind("story, over", story_over),
        Kind("story, a break", story_resting),
        Kind("settings saved", go(f"/{locale}/settings?saved=1")),
        Kind("not here", go(f"/{locale}/nowhere"), 404),
        Kind("signed out meanwhile", go(f"/{locale}/my-lessons")),
        Kind("join, wrong code", wrong_code, 422),
        Kind("join, names", names),
        Kind("join, words", words),
        Kind("sign in, wrong", wrong_words, 422),
        Kind("new words, wrong", wrong_digits, 422),
        Kind("self-check, nothing chosen", nothing_chosen, 422),
        Kind("self-check, feedback", feedback),
        Kind("self-check, result", own_result),
        Kind("teacher sign in, wrong", wrong_password, 422),
    ]


def for_students(locale: str, site: Site, seats: dict[str, Any]) -> list[Kind]:
    assignment, item = seats["answered"]

    def nothing_chosen(page: Page) -> None:
        page.goto(f"/{locale}/quizzes/assigned/{seats['assignment_id']}")
        page.locator("main form.q button:not([name])").click()

    return [
        Kind("quiz, feedback", go(f"/{locale}/quizzes/assigned/{assignment}?item={item}")),
        Kind("quiz, nothing chosen", nothing_chosen, 422),
        Kind("not for students", go(f"/{locale}/classrooms/"), 403),
    ]


def for_teachers(locale: str, site: Site, seats: dict[str, Any]) -> list[Kind]:
    empty = open_class(site)

    def reset(page: Page) -> None:
        page.goto(f"/{locale}/classrooms/{seats['classroom_id']}")
        page.locator('details:has(form[action$="/reset"]) summary').last.click()
        page.locator('main form[action$="/reset"] button').last.click()

    def nothing_filled_in(page: Page) -> None:
        page.goto(f"/{locale}/classrooms/new")
        send(page, "/classrooms/new")

    def nothing_assigned(page: Page) -> None:
        page.goto(f"/{locale}/classrooms/{empty.id}/assign")
        send(page, "/assign")

    def days_saved(page: Page) -> None:
        page.goto(f"/{locale}/classrooms/{empty.id}/assignments/{empty.assignment}")
        send(page, f"/assignments/{empty.assignment}")

    def not_deleted(page: Page) -> None:
        page.goto(f"/{locale}/classrooms/{empty.id}/edit")
        send(page, "/delete")

    def teacher_invited(page: Page) -> None:
        page.goto(f"/{locale}/schools/")
        page.locator("[name=email]").fill(f"roy-{locale}@ecole.example")
        send(page, "/schools/invite")

    def nobody_invited(page: Page) -> None:
        page.goto(f"/{locale}/schools/")
        send(page, "/schools/invite")

    def not_closed(page: Page) -> None:
        page.goto(f"/{locale}/schools/teachers/{seats['colleague_id']}/close")
        send(page, "/close")

    def not_handed_over(page: Page) -> None:
        page.goto(f"/{locale}/schools/classes/{seats['room_id']}/hand-over")
        send(page, "/hand-over")

    def what_ends(page: Page) -> None:
        page.goto(f"/{locale}/schools/year-end")
        send(page, "/schools/year-end")

    return [
        Kind("teacher invited", teacher_invited),
        Kind("nobody invited", nobody_invited, 422),
        Kind("account not closed", not_closed, 422),
        Kind("class not handed over", not_handed_over, 422),
        Kind("what ends with the year", what_ends),
        Kind("class with an open door and nobody in it", go(f"/{locale}/classrooms/{empty.id}")),
        Kind("class without progress", go(f"/{locale}/progress/{empty.id}")),
        Kind("questions without answers", go(f"/{locale}/progress/{empty.id}/{empty.assignment}")),
        Kind("a part of the class table", go(f"/{locale}/progress/{seats['classroom_id']}?lesson=1")),
        Kind("class with names hidden", go(f"/{locale}/progress/{seats['classroom_id']}?names=0")),
        Kind("a number for new words", reset),
        Kind("new class, nothing filled in", nothing_filled_in, 422),
        Kind("assign, nothing chosen", nothing_assigned, 422),
        Kind("days saved", days_saved),
        Kind("class not deleted", not_deleted, 422),
        Kind("not for teachers", go(f"/{locale}/my-lessons"), 403),
    ]


def all_answers(site: Site, number: int) -> str:
    """Right answers to all questions of a self-check but the first, as its form carries them."""
    with site.inside():
        lesson = library().lesson_by_number(number)
        assert lesson is not None
        items = [lesson.quiz.item(i) for i in questions_for(lesson.quiz, usual_band(lesson), 1)[1:]]
        return json.dumps({item.id: item.right for item in items if item})


def looked_for(locale: str) -> list[Kind]:
    """What is found, what is not, and what help comes before; the path sifted down to nothing."""
    word = {"en": "picture", "fr": "chantage", "ko": "신고"}[locale]

    def while_typing(page: Page) -> None:
        page.goto(f"/{locale}/lessons/")
        page.locator("[name=q]").press_sequentially(word)
        page.locator("[data-found] li").first.wait_for()

    return [
        Kind("found", go(f"/{locale}/search?q={word}")),
        Kind("nothing found", go(f"/{locale}/search?q=zzzzzz")),
        Kind("found while typing", while_typing),
        Kind("lessons of one age", go(f"/{locale}/lessons/?band=A&minutes=20")),
        Kind("no lesson fits", go(f"/{locale}/lessons/?band=A&unit=pressure&minutes=20")),
    ]


def for_boards(locale: str, _site: Site, _seats: dict[str, Any]) -> list[Kind]:
    return [Kind("no class of a board", go(f"/{locale}/schools/"), 404)]


AFTER_A_FORM = {"visitor": for_visitors, "student": for_students, "teacher": for_teachers, "board": for_boards}


def open_class(site: Site) -> Any:
    """A class of the demo teacher's whose door stands open, with nobody in it."""
    if not hasattr(site, "open_class"):
        site.open_class = site.new_classroom("Room 9")  # type: ignore[attr-defined]
        site.open_door(site.open_class.id)  # type: ignore[attr-defined]
    return site.open_class  # type: ignore[attr-defined]
