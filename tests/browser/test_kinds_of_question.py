"""Ticking, finding, ordering and matching in a real browser: by keyboard, with a script and without, on a narrow phone."""

from __future__ import annotations

import json

import pytest
from browser.driving import browsing, watch_of
from browser.serving import Site
from browser.walking import PHONE, Findings, look_at
from curriculum.making import change, make_lessons

from app.core.library import library
from app.quizzes.queries import questions_for

NUMBER = 8
KINDS = {"several": "all-that-fit", "find": "where-it-turns", "order": "in-order", "match": "which-door"}


@pytest.fixture(scope="module")
def tiny_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    root = make_lessons(folder)
    change(root, "webcams/quiz.toml", "length = 6", "length = 16")
    made = Site(folder, root)
    yield made
    made.stop()


def fields_before(site, item_id):
    """What the self-check's form sends to come to this question: all the others are answered."""
    with site.inside():
        quiz = library().quiz("webcams")
        answers = {i: quiz.item(i).right for i in questions_for(quiz, "B", 1) if i != item_id}
    return {"band": "B", "answers": json.dumps(answers), "next": "1"}


def open_question(page, site, item_id, locale="en"):
    page.goto(f"/{locale}/lessons/{NUMBER}")
    page.evaluate(
        """([action, fields]) => {
          const form = Object.assign(document.createElement("form"), { method: "post", action });
          for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
          document.body.append(form);
          form.submit();
        }""",
        [f"/{locale}/quizzes/{NUMBER}", fields_before(site, item_id)],
    )
    page.locator(f"form.q input[name=item][value={item_id}]").wait_for(state="attached")


def check(page):
    page.locator("form.q button[type=submit]:not([name])").click()


def kind_of_feedback(page):
    page.locator(".fb").wait_for()
    return "right" if page.locator(".fb-yes").count() else "not yet"


def steps(page):
    return page.locator("[data-order] select").evaluate_all("all => all.map((s) => [s.name.slice(5), s.value])")


def test_steps_are_ordered_with_the_keyboard_and_the_change_is_said(browser, tiny_site):
    with browsing(browser, tiny_site, width=320) as page:
        open_question(page, tiny_site, KINDS["order"])
        assert steps(page) == [["block", "1"], ["save", "2"], ["stop", "3"]]
        up = page.locator("li:has([name=part-stop]) [data-move='-1']")
        up.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Space")
        assert steps(page) == [["stop", "1"], ["block", "2"], ["save", "3"]]
        assert page.locator("[data-order-said]").text_content() == "A short text: place 1 of 3."
        assert up.evaluate("e => e === document.activeElement"), "the focus stays on what was pressed"
        assert up.get_attribute("aria-disabled") == "true"
        page.keyboard.press("Enter")
        assert steps(page)[0] == ["stop", "1"], "the first one goes no higher"
        page.locator("[name=part-block]").select_option("3")
        assert steps(page) == [["stop", "1"], ["save", "2"], ["block", "3"]]
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        names = page.locator("[data-order] button, [data-order] select").evaluate_all("all => all.map((e) => e.getAttribute('aria-label'))")
        assert len(names) == 9
        assert all(name.endswith("A short text.") and len(name) > len("A short text.") for name in names)
        check(page)
        assert kind_of_feedback(page) == "right"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.promise("H-4")
def test_every_kind_can_be_answered_without_a_script(browser, tiny_site, kind):
    with tiny_site.inside():
        item = library().quiz("webcams").item(KINDS[kind])
    with browsing(browser, tiny_site, width=320, java_script_enabled=False) as page:
        html = page.request.post(f"/en/quizzes/{NUMBER}", form=fields_before(tiny_site, item.id)).text()
        page.route("**/as-sent", lambda route: route.fulfill(status=200, content_type="text/html", body=html))
        page.goto(f"/en/quizzes/{NUMBER}/as-sent")
        assert not [b for b in page.locator("[data-move]").all() if b.is_visible()]
        if kind in ("several", "find"):
            for part in item.right.split("+"):
                page.locator(f"[name=part-{part}]").check()
        elif kind == "order":
            for place, step in enumerate(item.right.split(">"), 1):
                page.locator(f"[name=part-{step}]").select_option(str(place))
        else:
            for pair in item.right.split("+"):
                page.locator(f"[name=part-{pair.split('=')[0]}]").select_option(pair.split("=")[1])
        check(page)
        assert kind_of_feedback(page) == "right"
        assert page.locator(".parts > li").count() == len(item.options)
        assert not watch_of(page).foreign


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_everything_to_press_is_large_enough_and_nothing_hangs_out(browser, tiny_site, kind, locale):
    with browsing(browser, tiny_site, locale, width=320) as page:
        open_question(page, tiny_site, KINDS[kind], locale)
        small = page.locator("form.q").evaluate(
            """(form) => [...form.querySelectorAll("label:has(input), select, button")].filter((e) => e.checkVisibility())
              .map((e) => e.getBoundingClientRect()).filter((r) => r.height < 43.5 || r.width < 43.5).length"""
        )
        assert small == 0
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        page.locator("form.q button[value=not-sure]").click()
        page.locator(".parts").wait_for()
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("kind", "locale"), [("several", "en"), ("find", "fr"), ("order", "ko"), ("match", "en"), ("order", "fr")])
def test_each_kind_passes_axe_in_the_light_and_in_the_dark_before_and_after(browser, tiny_site, kind, locale):
    found = Findings()
    with browsing(browser, tiny_site, locale, PHONE) as page:
        open_question(page, tiny_site, KINDS[kind], locale)
        look_at(page, f"{kind} asked", found)
        open_question(page, tiny_site, KINDS[kind], locale)
        if kind in ("several", "find"):
            page.locator("form.q input[type=checkbox]").nth(1).check()
        elif kind == "match":
            for select in page.locator("form.q select").all():
                select.select_option(index=1)
        check(page)
        page.locator(".parts").wait_for()
        look_at(page, f"{kind} answered", found)
    assert not found.all()
