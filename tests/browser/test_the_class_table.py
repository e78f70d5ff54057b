"""The class table by keyboard: one stop for Tab, and inside it the keys of a grid."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from making import make_attempt, make_students

from app.classrooms.models import Classroom
from app.classrooms.queries import assign
from app.core import clock
from app.core.db import db
from app.core.library import library

STUDENTS = 24
WHERE = """() => {
  const cell = document.activeElement.closest("td, th"), row = cell?.parentElement;
  return cell && cell.closest("[data-grid]") ? [cell.cellIndex, row.rowIndex, document.activeElement.className] : null;
}"""


@pytest.fixture
def table(site):
    """A class with two lessons, answered by everybody but one: some low, some high, so that the table has several groups."""
    made = site.new_classroom(f"Table {time.monotonic_ns() % 10000}")
    with site.inside():
        classroom = db.session.get_one(Classroom, made.id)
        second = [x for x in library().lessons if classroom.band in x.bands][1]
        more = assign(classroom, second.slug, clock.today() - timedelta(2), None)
        db.session.commit()
        students = make_students(made.id, STUDENTS)
        for place, student_id in enumerate(students[:-1]):
            for given in (made.assignment, more.id):
                for nth in range(1, 3):
                    make_attempt(student_id, given, right=0 if place % 3 else 8, nth=nth)
    return made


def test_arrow_keys_reach_every_lesson_of_every_group_and_enter_opens_the_answers(browse, state_of, table):
    with browse("en", 1366, storage_state=state_of("teacher")) as page:
        page.goto(f"/en/progress/{table.id}")
        headings = page.locator("[data-grid] tr.grp")
        assert headings.count() >= 2, "there is a heading of a group to step over"
        linked = page.locator("[data-grid] tbody tr:not(.grp)").evaluate_all(
            "rows => rows.filter((row) => row.cells[1].querySelector('a')).map((row) => row.rowIndex)"
        )
        assert len(linked) == STUDENTS - 1
        page.locator("[data-grid] thead a").first.focus()
        press(page, "ArrowRight")
        assert where(page)[:2] == [1, 0]
        seen = []
        for _student in linked:
            press(page, "ArrowDown")
            column, row, looks = where(page)
            assert column == 1
            assert "cell" in looks
            seen.append(row)
        assert seen == linked, "down the column of the first lesson, over the headings of the groups"
        press(page, "ArrowDown")
        assert where(page)[1] == linked[-1], "the end of the column is the end"
        press(page, "ArrowRight")
        assert where(page)[:2] == [2, linked[-1]]
        for _student in linked:
            press(page, "ArrowUp")
        assert where(page)[:2] == [2, 0]
        press(page, "ArrowDown")
        goal = page.evaluate("document.activeElement.href")
        press(page, "Enter")
        page.wait_for_url(goal)


def test_home_end_and_page_keys_go_as_in_a_grid(browse, state_of, table):
    with browse("en", 1366, storage_state=state_of("teacher")) as page:
        page.goto(f"/en/progress/{table.id}")
        page.locator("[data-grid] tbody tr:not(.grp) td a.cell").first.focus()
        column, first, _looks = where(page)
        assert column == 1
        press(page, "End")
        assert where(page)[:2] == [2, first]
        press(page, "Home")
        assert where(page)[:2] == [1, first]
        press(page, "PageDown")
        far = where(page)
        assert far[0] == 1
        assert far[1] >= first + 6
        press(page, "PageUp")
        assert where(page)[:2] == [1, first]
        press(page, "Control+End")
        last = page.locator("[data-grid] tbody tr:not(.grp) td a.cell").last
        assert last.evaluate("link => link === document.activeElement")
        press(page, "Control+Home")
        assert where(page)[:2] == [0, 0]
        assert page.locator("[data-grid] a[tabindex='0']").count() == 1, "one stop for Tab"


def press(page, key: str) -> None:
    page.keyboard.press(key)


def where(page) -> list:
    """[column, row, classes] of the cell that has the focus."""
    found = page.evaluate(WHERE)
    assert found is not None, "the focus has left the table"
    return found
