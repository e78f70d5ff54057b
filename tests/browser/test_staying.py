"""Two minutes before a session ends the page says so, takes no focus, and one press keeps it."""

from __future__ import annotations

import pytest
from browser.driving import sign_in_student

WORDS = ["otter", "lamp", "river"]


@pytest.mark.promise("C-4")
def test_the_warning_comes_in_time_and_one_press_keeps_the_session(browse, site):
    classroom = site.new_classroom("Staying")
    site.new_student(classroom.id, 9, 10)
    with browse("en") as page:
        page.clock.install()
        sign_in_student(page, "en", classroom.code, (9, 10), WORDS)
        note = page.locator("[data-stay]")
        link = page.locator('main a[href*="/lessons/assigned/"]').first
        link.focus()
        page.clock.fast_forward("17:30")
        assert not note.is_visible()
        page.clock.fast_forward("00:40")
        page.clock.run_for(200)
        assert "two minutes" in note.locator("[aria-live]").inner_text()
        assert link.evaluate("e => e === document.activeElement"), "the focus stays where it was"
        note.get_by_role("button", name="Stay signed in").click()
        note.get_by_role("button", name="Close").wait_for()
        page.clock.run_for(200)
        assert "stay signed in" in note.locator("[aria-live]").inner_text()
        note.get_by_role("button", name="Close").click()
        assert not note.is_visible()
        page.clock.fast_forward("21:00")
        page.clock.run_for(200)
        assert "signed out" in note.locator("[aria-live]").inner_text()
        assert "not lost" in note.locator("[aria-live]").inner_text()
