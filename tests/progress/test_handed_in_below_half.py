"""Who handed in below half has finished: the table, its key, the filter, the files, the report and the page of numbers say the same."""

from __future__ import annotations

import csv
import io
import re

import pytest
from making import in_days, make_attempt, make_students, on_both

from app.classrooms.models import Assignment, Student
from app.classrooms.naming import name_of
from app.core.db import db

LOW = "worth another try"


@pytest.fixture
def three(app, school):
    """By what they did: handed in below half once; answered two and stopped; below half twice. Amy and Min have not begun. Commits."""
    with app.test_request_context(method="POST"):
        low, begun, twice = make_students(school.class_6b, 3)
        make_attempt(low, school.assignment, right=1)
        make_attempt(begun, school.assignment, answered=2)
        for nth in (1, 2):
            make_attempt(twice, school.assignment, right=0, nth=nth)
        return {
            key: name_of(seat.first, seat.second, "en")
            for key, seat in (("low", db.session.get_one(Student, low)), ("begun", db.session.get_one(Student, begun)))
        }


def page(visit, school, end: str = "") -> str:
    return visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}{end}").get_data(as_text=True)


def cell_in(html: str, name: str) -> str:
    return re.search(rf'<th scope="row">{name}</th>.*?(<td data-n="8".*?</td>)', html, re.DOTALL)[1]


@on_both
def test_the_cell_shows_the_number_and_a_word_of_its_own(school, visit, three):
    html = page(visit, school)
    low, begun = cell_in(html, three["low"]), cell_in(html, three["begun"])
    assert re.search(rf'aria-label="Lesson 8: 1 of \d, {LOW}"', low)
    assert re.sub(r"<[^>]+>", "", low).strip() == "1"
    assert f'data-w="{LOW}"' in low
    assert "k-half" not in low
    assert 'aria-label="Lesson 8: started"' in begun
    assert "k-half" in begun
    key = re.search(r'<ul class="key".*?</ul>', html, re.DOTALL)[0]
    assert re.findall(r"([a-z ]+)</li>", key).index(LOW) < re.findall(r"([a-z ]+)</li>", key).index("started")


def test_handed_in_late_and_below_half_is_said_in_the_cell(app, school, visit, three):
    with app.test_request_context(method="POST"):
        db.session.get_one(Assignment, school.assignment).due_on = in_days(-1)
        db.session.commit()
    assert re.search(rf'aria-label="Lesson 8: 1 of \d, {LOW}, handed in late"', cell_in(page(visit, school), three["low"]))


def test_card_filter_file_and_report_count_the_same(school, visit, three):
    html = page(visit, school)
    counts = re.sub(r"<[^>]+>", "", re.search(r'<p class="counts">(.*?)</p>', html, re.DOTALL)[1])
    assert counts.split() == ["Finished:", "2.", "Started:", "1.", "Not", "yet:", "2."]
    assert html.count('aria-label="Lesson 8: started') == 1
    begun, done = (re.findall(r'<tr><th scope="row">(.*?)</th>', page(visit, school, f"?lesson=8&state={s}")) for s in ("begun", "done"))
    assert begun == [three["begun"]]
    assert three["low"] in done
    assert len(done) == 2
    file = list(csv.reader(io.StringIO(page(visit, school, "/results.csv").lstrip("\ufeff"))))
    states = {line[0]: line[2] for line in file[1:]}
    assert (states[three["low"]], states[three["begun"]]) == (LOW, "started")
    assert list(states.values()).count("started") == 1
    cells = re.findall(r'<td data-l="([^"]+)">(\d+)</td>', page(visit, school, "/report"))
    assert dict(cells)[LOW] == dict(cells)["started"] == "1"


def test_the_page_of_numbers_says_what_the_words_stand_for(visit):
    said = visit("Ms Tremblay").get("/en/numbers").get_data(as_text=True)
    section = re.search(r'aria-labelledby="standing".*?</section>', said, re.DOTALL)[0]
    assert "Worth another try: one sitting is handed in, below 50%. Started: a first sitting is under way." in section
