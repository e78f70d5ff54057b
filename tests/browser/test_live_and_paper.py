"""A lesson as it happens, on the teacher's screen and on the wall; and a class's paper answers, typed without a mouse."""

from __future__ import annotations

import re
import time

import pytest
from browser.driving import browsing
from browser.serving import name_in
from making import make_attempt, make_students
from sqlalchemy import func, select

from app.classrooms.models import Assignment
from app.core import sessions
from app.core.db import db
from app.core.library import library
from app.curriculum.onpaper import asked_on_paper, full_length, typed_for
from app.quizzes.models import Answer, Attempt

SEEN_WITHIN = 3000  # milliseconds


@pytest.fixture
def room(site):
    """A class of the demo teacher's with eight seats."""
    made = site.new_classroom(f"Room {time.monotonic_ns() % 10000}")
    with site.inside():
        students = make_students(made.id, 8)
        slug = db.session.get_one(Assignment, made.assignment).lesson_slug
        quiz = library().quiz(slug)
    return made, students, quiz


def test_the_live_page_follows_the_class_without_being_opened_anew(browse, site, state_of, room):
    classroom, students, _quiz = room
    address = f"/en/progress/{classroom.id}/{classroom.assignment}/live"
    with browse("en", 1366, storage_state=state_of("teacher")) as page:
        page.goto(address)
        finished = page.locator("[data-text=n-finished]")
        assert finished.inner_text() == "0"
        page.evaluate("window.sameAsBefore = true")
        with site.inside():
            make_attempt(students[0], classroom.assignment, right=1)
        seat = page.locator(f"[data-seat='{students[0]}'][data-state=finished]")
        seat.wait_for(timeout=SEEN_WITHIN)
        assert finished.inner_text() == "1"
        site.new_student(classroom.id, 40, 40)
        page.get_by_text(name_in("en", 40, 40)).wait_for(timeout=SEEN_WITHIN)
        page.locator("[data-pause]").click()
        with site.inside():
            make_attempt(students[1], classroom.assignment, right=1)
        page.wait_for_timeout(SEEN_WITHIN)
        assert finished.inner_text() == "1", "paused"
        page.locator("[data-pause]").click()
        page.locator(f"[data-seat='{students[1]}'][data-state=finished]").wait_for(timeout=SEEN_WITHIN)
        assert page.evaluate("window.sameAsBefore") is True


def test_a_page_whose_session_has_ended_says_so_and_asks_no_more(browser, site, room):
    classroom, _students, _quiz = room
    with site.inside():
        token = sessions.begin("teacher", 1)
        db.session.commit()
    with browsing(browser, site, "en", 1366) as page:
        page.context.add_cookies([{"name": "balise", "value": token, "url": site.url}])
        page.goto(f"/en/progress/{classroom.id}/{classroom.assignment}/live")
        page.get_by_text("Updates every two seconds").wait_for(timeout=SEEN_WITHIN)
        with site.inside():
            db.session.execute(sessions.SessionRow.__table__.delete().where(sessions.SessionRow.token_hash == sessions.fingerprint(token)))
            db.session.commit()
        page.get_by_text("has stopped updating").wait_for(timeout=SEEN_WITHIN)
        asked = len(page.watch.requests)
        page.wait_for_timeout(SEEN_WITHIN)
        assert len(page.watch.requests) == asked


def test_without_a_script_a_link_opens_the_page_anew(browse, site, state_of, room):
    classroom, students, _quiz = room
    with browse("fr", 390, storage_state=state_of("teacher"), java_script_enabled=False) as page:
        page.goto(f"/fr/progress/{classroom.id}/{classroom.assignment}/live")
        with site.inside():
            make_attempt(students[0], classroom.assignment, right=1)
        assert page.locator("[data-text=n-finished]").inner_text() == "0"
        page.locator(".renewed a").click()
        assert page.locator("[data-text=n-finished]").inner_text() == "1"


def test_the_wall_shows_question_bars_and_answer_one_after_the_other(browse, site, state_of, room):
    classroom, students, _quiz = room
    with site.inside():
        for student_id in students:
            make_attempt(student_id, classroom.assignment, right=6)
    with browse("ko", 1366, storage_state=state_of("teacher")) as page:
        page.goto(f"/ko/progress/{classroom.id}/{classroom.assignment}/wall")
        page.locator(".walllist a").first.click()
        assert not page.locator(".wallbars rect").count()
        page.locator(".wallnav .btn-go").click()
        page.wait_for_url("**show=bars")
        assert not page.locator(".wallbars .best").count()
        page.locator(".wallnav .btn-go").click()
        page.wait_for_url("**show=answer")
        assert page.locator(".wallbars .best b").last.inner_text() == "8"
        page.locator("header .langs a[hreflang=fr]").click()
        page.wait_for_url("**/fr/**show=answer**")


def test_a_class_is_typed_in_by_keyboard_alone(browse, site, state_of, room):
    """Eight sheets, one key after the other: as many keys as the estimate in tests/progress/test_answers_on_paper.py counts."""
    classroom, students, quiz = room
    asked, _alone = asked_on_paper(quiz, "B")
    with browse("en", 1366, storage_state=state_of("teacher")) as page:
        page.goto(f"/en/progress/{classroom.id}/{classroom.assignment}/paper")
        page.locator(".papergrid input").first.focus()
        keys = 0
        for _student in students:
            for item in asked:
                letters = typed_for(item, item.right).lower()
                page.keyboard.type(letters)
                keys += len(letters)
                if not full_length(item):
                    page.keyboard.press("Enter")
                    keys += 1
        print(f"{keys} keys for {len(students)} students of {len(asked)} questions")
        page.locator("[name=keep]").click()
        page.wait_for_url(re.compile(r"kept=8$"))
    with site.inside():
        rights = db.session.execute(
            select(func.count(), func.sum(Answer.right.cast(db_integer()))).join(Attempt, Attempt.uuid == Answer.attempt_uuid)
            .where(Attempt.assignment_id == classroom.assignment)
        ).one()  # fmt: skip
    assert tuple(rights) == (8 * len(asked), 8 * len(asked))


def db_integer():
    from sqlalchemy import Integer

    return Integer


def test_enter_never_saves_half_a_table_and_a_column_can_be_pasted(browse, state_of, room):
    classroom, _students, _quiz = room
    address = f"/en/progress/{classroom.id}/{classroom.assignment}/paper"
    with browse("en", 1366, storage_state=state_of("teacher")) as page:
        page.goto(address)
        cells = page.locator(".papergrid input")
        cells.first.focus()
        page.evaluate("""() => {
          const data = new DataTransfer();
          data.setData("text/plain", "a\\tB\\nc\\n?\\n");
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""")
        rows = page.locator(".papergrid tbody tr")
        typed = [rows.nth(n).locator("input").nth(m).input_value() for n, m in ((0, 0), (0, 1), (1, 0), (2, 0), (3, 0))]
        assert typed == ["a", "B", "c", "?", ""]
        cells.first.press("ArrowDown")
        assert page.evaluate("document.activeElement.id") == rows.nth(1).locator("input").first.get_attribute("id")
        page.keyboard.press("Enter")
        assert page.url.endswith("/paper")
    with browse("en", 1366, storage_state=state_of("teacher"), java_script_enabled=False) as page:
        page.goto(address)
        page.locator(".papergrid input").first.fill("a")
        page.locator(".papergrid input").first.press("Enter")
        page.get_by_text("Every cell can be read").wait_for()
        assert page.locator(".papergrid input").first.input_value() == "a"
