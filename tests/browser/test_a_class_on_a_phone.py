"""The top of a class's pages on a phone: one row of tabs that scrolls sideways, and the first card in sight."""

from __future__ import annotations

import pytest
from browser.driving import LOCALES
from making import make_attempt, make_students

from app.accounts.models import Teacher
from app.core.db import db

HIGH = 0.4  # of a window of 390 x 844
TABS = 8
FINGER = 44  # pixels
# Nothing lies over it: what is in its middle is itself.
IN_SIGHT = """(link) => {
  const { left, right, top, bottom } = link.getBoundingClientRect(), x = (left + right) / 2, y = (top + bottom) / 2;
  return left >= 0 && right <= innerWidth && link.contains(document.elementFromPoint(x, y));
}"""


@pytest.fixture(scope="module")
def classroom(site):
    """A class with a name as long as most, six students and one lesson; nothing is new since the teacher's last sign-in."""
    made = site.new_classroom("Grade 10, room 4")
    with site.inside():
        for place, student in enumerate(make_students(made.id, 6)):
            make_attempt(student, made.assignment, right=2 + place)
        db.session.get_one(Teacher, 1).before_on = None
        db.session.commit()
    return made


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_every_page_of_a_class_begins_high_and_shows_which_one_it_is(browse, state_of, classroom, locale, script):
    with browse(locale, 390, storage_state=state_of("teacher"), java_script_enabled=script) as page:
        page.goto(f"/{locale}/progress/{classroom.id}")
        tabs = page.locator(".tabs .strip > a")
        addresses = tabs.evaluate_all("links => links.map((link) => link.href)")
        assert len(set(addresses)) == TABS
        assert page.locator(".todo").first.bounding_box()["y"] <= HIGH * 844
        for address in addresses:
            page.goto(address)
            assert tabs.count() == TABS, address
            head = page.locator(".tbar").bounding_box()
            assert head["y"] + head["height"] <= HIGH * 844, address
            assert tabs.locator("nth=0").bounding_box()["height"] >= FINGER
            assert page.locator(".tabs [aria-current=page]").evaluate(IN_SIGHT), f"{address}: the present tab is not in sight"


def test_the_arrow_beside_the_tabs_shows_all_of_them_also_by_key_and_without_a_script(browse, state_of, classroom):
    with browse("en", 390, storage_state=state_of("teacher"), java_script_enabled=False) as page:
        page.goto(f"/en/progress/{classroom.id}")
        tabs = page.locator(".tabs .strip > a")
        seen = tabs.evaluate_all(f"links => links.filter({IN_SIGHT}).length")
        assert 1 < seen < TABS, "some, and the last of them cut off: more follow"
        arrow = page.locator(".tabs summary")
        box = arrow.bounding_box()
        assert min(box["width"], box["height"]) >= FINGER
        arrow.focus()
        page.keyboard.press("Enter")
        assert tabs.evaluate_all(f"links => links.filter({IN_SIGHT}).length") == TABS


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_tab_that_has_the_focus_can_be_seen(browse, state_of, classroom, script):
    with browse("en", 320, storage_state=state_of("teacher"), java_script_enabled=script) as page:
        page.goto(f"/en/progress/{classroom.id}")
        page.locator(".tabs summary").focus()
        for key in ("Tab",) * TABS + ("Shift+Tab",) * (TABS - 1):
            page.keyboard.press(key)
            focused = page.locator(".tabs .strip > a:focus")
            assert focused.evaluate(IN_SIGHT), f"{key}: {focused.inner_text()} cannot be seen"


def test_on_a_screen_there_is_no_arrow_and_every_tab_is_in_sight(browse, state_of, classroom):
    with browse("en", 1366, storage_state=state_of("teacher")) as page:
        page.goto(f"/en/progress/{classroom.id}")
        assert not page.locator(".tabs summary").is_visible()
        assert page.locator(".tabs .strip > a").evaluate_all(f"links => links.filter({IN_SIGHT}).length") == TABS
