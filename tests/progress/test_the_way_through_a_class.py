"""A teacher's way: from a number to the students behind it, to more time for one, to the lesson at hand, to the same question everywhere."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from making import change, in_days, make_attempt, make_students, on_both

from app.classrooms.models import Assignment, Classroom, SeatRule
from app.classrooms.naming import name_of
from app.classrooms.queries import assign, make_classroom, open_for, students_in
from app.core import clock
from app.core.db import db
from app.core.i18n import show_day
from app.core.library import library
from app.curriculum.onpaper import typed_for
from app.curriculum.scoring import draw, numbers

NUMBER = 8  # of the lesson that 6B is given


def overview(school) -> str:
    return f"/en/progress/{school.class_6b}"


def page_of(visit, address: str) -> str:
    return visit("Ms Tremblay").get(address).get_data(as_text=True)


def text_in(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def rows_in(html: str) -> set[str]:
    """Names of the students that the table shows."""
    return set(re.findall(r'<tr><th scope="row">([^<]+)</th>', html))


def names_in(app, school) -> dict[int, str]:
    with app.test_request_context():
        return {s.id: name_of(s.first, s.second, "en") for s in students_in(school.class_6b)}


def give(app, school, number, opens_on, due_on=None) -> int:
    with app.test_request_context(method="POST"):
        given = assign(db.session.get_one(Classroom, school.class_6b), library().lesson_by_number(number).slug, opens_on, due_on)
        db.session.commit()
        return given.id


# --- before the first student --------------------------------------------------------------------------------------------


def test_a_lesson_that_waits_for_the_first_students_is_found_again_in_the_empty_class(app, school, visit):
    with app.test_request_context(method="POST"):
        made = make_classroom(school.tremblay, "Room 12", "B", "en", "America/Toronto", 30, in_days(90))
        db.session.commit()
        empty = made.id
    assert f"/en/classrooms/{empty}/assign" in (before := page_of(visit, f"/en/progress/{empty}"))
    assert "Assigned lessons" not in before
    with app.test_request_context(method="POST"):
        given = assign(db.session.get_one(Classroom, empty), library().lesson_by_number(NUMBER).slug, in_days(0), in_days(7))
        db.session.commit()
        assignment = given.id
    after = page_of(visit, f"/en/progress/{empty}")
    assert "Nobody is in this class yet" in after
    assert f'href="/en/classrooms/{empty}/assignments/{assignment}"' in after
    assert "Progress shows up here." not in after, "that step is done"


# --- who has not started -----------------------------------------------------------------------------------------------


@pytest.fixture
def eight(app, school):
    """Amy and Min, and six more: two have finished, three have begun, three have not started."""
    with app.test_request_context(method="POST"):
        extra = make_students(school.class_6b, 6)
        for student_id in extra[:2]:
            make_attempt(student_id, school.assignment)
        for student_id in extra[2:5]:
            make_attempt(student_id, school.assignment, answered=2)
    return {"done": set(extra[:2]), "begun": set(extra[2:5]), "not_started": {school.amy, school.min, extra[5]}}


@on_both
def test_each_number_of_the_running_lesson_leads_to_the_students_behind_it(app, school, visit, eight):
    names, html = names_in(app, school), page_of(visit, overview(school))
    counts = re.search(r'<p class="counts">(.*?)</p>', html, re.DOTALL)
    links = re.findall(r'<a href="([^"]+)">(\w[\w ]*): (\d+)\.</a>', counts[1])
    assert [(words, n) for _url, words, n in links] == [("Finished", "2"), ("Started", "3"), ("Not yet", "3")]
    for (url, _words, n), state in zip(links, ("done", "begun", "not_started"), strict=True):
        assert f"state={state}" in url
        assert f"lesson={NUMBER}" in url
        found = page_of(visit, url.replace("&amp;", "&"))
        assert rows_in(found) == {names[i] for i in eight[state]}
        assert f"{n} of 8 students." in text_in(found)


def test_names_stay_hidden_on_the_way_there(app, school, visit, eight):
    html = page_of(visit, overview(school) + "?names=0")
    url = re.search(r'href="([^"]+state=not_started[^"]*)"', html)[1].replace("&amp;", "&")
    found = page_of(visit, url)
    assert not any(name in found for name in names_in(app, school).values())
    assert len(rows_in(found)) == 3


def test_a_number_that_counts_nobody_leads_nowhere(app, school, visit):
    counts = re.search(r'<p class="counts">(.*?)</p>', page_of(visit, overview(school)), re.DOTALL)[1]
    assert text_in(counts) == "Finished: 0. Started: 0. Not yet: 2."
    assert re.findall(r"state=(\w+)", counts) == ["not_started"]


def test_who_handed_in_late_is_found_and_has_finished_too(app, school, visit, eight):
    names = names_in(app, school)
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
    change(app, Assignment, school.assignment, due_on=in_days(-1))
    late = rows_in(page_of(visit, overview(school) + f"?lesson={NUMBER}&state=late"))
    assert late == {names[i] for i in (school.amy, *eight["done"])}
    assert late == rows_in(page_of(visit, overview(school) + f"?lesson={NUMBER}&state=done"))


def test_nobody_has_not_started_what_is_not_given_or_not_open(app, school, visit, eight):
    names = names_in(app, school)
    give(app, school, 1, in_days(5), in_days(9))
    change(app, Assignment, school.assignment, for_group=3)
    assert not rows_in(page_of(visit, overview(school) + "?state=not_started"))
    change(app, Assignment, school.assignment, for_group=0)
    assert rows_in(page_of(visit, overview(school) + "?state=not_started")) == {names[i] for i in eight["not_started"]}
    assert not rows_in(page_of(visit, overview(school) + "?lesson=1&state=not_started"))


def test_a_file_holds_the_same_students_as_the_table(app, school, visit, eight):
    file = visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/results.csv?lesson={NUMBER}&state=begun").get_data(as_text=True)
    names = names_in(app, school)
    assert {line.split(",")[0] for line in file.splitlines()[1:]} == {names[i] for i in eight["begun"]}


def test_the_table_in_part_takes_no_more_statements_than_the_whole(school, visit, statements, eight):
    teacher, seen = visit("Ms Tremblay"), {}
    for query in ("", f"?lesson={NUMBER}&state=not_started"):
        teacher.get(overview(school) + query, check=False)
        with statements() as made:
            teacher.get(overview(school) + query + ("&" if query else "?") + "names=0", check=False)
        seen[query] = len(made)
    assert len(set(seen.values())) == 1, seen


def test_the_page_of_an_assignment_leads_to_who_has_not_started(school, visit, eight):
    html = page_of(visit, f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}")
    url = re.search(r'href="([^"#]+state=not_started)', html)[1].replace("&amp;", "&")
    assert len(rows_in(page_of(visit, url))) == 3


# --- more time for one -------------------------------------------------------------------------------------------------


def cells_of(html: str, assignment_id: int) -> list[str]:
    return re.findall(rf'href="(/en/progress/\d+/{assignment_id}/\d+)#again"', html)


def test_a_student_who_never_began_a_closed_lesson_is_given_time_from_the_table(app, school, visit):
    assert not cells_of(page_of(visit, overview(school)), school.assignment), "the lesson is open"
    change(app, Assignment, school.assignment, due_on=in_days(-3), closes_on=in_days(-2))
    found = cells_of(page_of(visit, overview(school)), school.assignment)
    own = f"/en/progress/{school.class_6b}/{school.assignment}/{school.amy}"
    assert own in found
    assert len(found) == 2
    html = page_of(visit, own)
    form = re.search(r'<section[^>]* id="again".*?</section>', html, re.DOTALL)[0]
    assert re.search(rf'name="student" value="{school.amy}"', form)
    assert f'value="{in_days(7).isoformat()}"' in form
    sent = visit("Ms Tremblay").post(
        f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}/reopen",
        {"student": str(school.amy), "from": "answers", "open_until": in_days(7).isoformat()},
    )
    assert sent.headers["Location"].startswith(own)
    assert visit("Amy").get(f"/en/quizzes/assigned/{school.assignment}").status_code == 200
    assert visit("Min").get(f"/en/quizzes/assigned/{school.assignment}").status_code == 403


def test_the_form_of_an_assignment_proposes_a_day_and_nobody(app, school, visit):
    change(app, Assignment, school.assignment, due_on=in_days(-3), closes_on=in_days(-2))
    address = f"/en/classrooms/{school.class_6b}/assignments/{school.assignment}"
    form = re.search(r'<section[^>]* id="again".*?</section>', page_of(visit, address), re.DOTALL)[0]
    assert re.search(r'<select[^>]*><option value="0">Choose<', form)
    assert f'value="{in_days(7).isoformat()}"' in form
    refused = visit("Ms Tremblay").post(f"{address}/reopen", {"student": "0", "open_until": in_days(7).isoformat()})
    assert refused.status_code == 422
    assert "Choose a student." in refused.get_data(as_text=True)
    change(app, Assignment, school.assignment, closes_on=in_days(4))  # more time begins when the others' time ends
    assert f'value="{in_days(12).isoformat()}"' in page_of(visit, address)
    change(app, Classroom, school.class_6b, ends_on=in_days(6))
    assert f'value="{in_days(6).isoformat()}"' in page_of(visit, address)


def test_the_page_of_students_names_the_way_to_more_time(school, visit):
    html = page_of(visit, f"/en/classrooms/{school.class_6b}")
    url = re.search(r'<a href="([^"]+)">More time for one student</a>', html)[1].replace("&amp;", "&")
    assert visit("Ms Tremblay").get(url).status_code == 200


def test_a_cell_says_until_when_the_lesson_is_open_for_who_has_more_time(app, school, visit):
    change(app, Assignment, school.assignment, due_on=in_days(-3), closes_on=in_days(-2))
    with app.test_request_context(method="POST"):
        open_for(db.session.get_one(Assignment, school.assignment), school.amy, in_days(3))
        db.session.commit()
        day = show_day(in_days(3))
    html = page_of(visit, overview(school))
    assert len(cells_of(html, school.assignment)) == 2, "both lead to where time is given and taken back"
    said = dict(re.findall(rf'href="/en/progress/\d+/{school.assignment}/(\d+)#again" aria-label="([^"]+)"', html))
    assert said[str(school.amy)] == f"Lesson {NUMBER}: not yet, open for this student until {day}"
    assert said[str(school.min)] == f"Lesson {NUMBER}: not yet, and closed. Give more time"
    change(app, SeatRule, (school.assignment, school.amy), open_until=in_days(-1))
    assert page_of(visit, overview(school)).count("not yet, and closed. Give more time") == 2, "that time is over as well"


# --- one number for each question --------------------------------------------------------------------------------------


def test_sensitive_questions_come_last_in_every_sitting_of_every_lesson(app):
    with app.test_request_context():
        quizzes = [(x.quiz, band) for x in library().lessons for band in x.bands]
    assert any(item.sensitive for quiz, _band in quizzes for item in quiz.items)
    for quiz, band in quizzes:
        for nth in range(1, 5):
            sensitive = [quiz.item(i).sensitive for i in draw(quiz, band, nth)]
            assert sensitive == sorted(sensitive), (quiz.slug, band, nth)


def test_a_question_has_the_same_number_in_the_quiz_on_every_page_and_on_paper(app, school, visit):
    with app.test_request_context():
        quiz = library().quiz("sextortion")
        number = numbers(quiz, "B")
        for student_id in make_students(school.class_6b, 6):
            make_attempt(student_id, school.assignment)
    items = [quiz.item(i) for i in number]
    questions = {item.id: item.texts["en"].question for item in items}
    calm = {i: n for i, n in number.items() if not quiz.item(i).sensitive}
    assert len(calm) < len(number), "one of them is sensitive"

    in_the_quiz, amy, attempt = {}, visit("Amy"), str(uuid.uuid4())
    for _item in items:
        html = amy.get(f"/en/quizzes/assigned/{school.assignment}").get_data(as_text=True)
        place = int(re.search(r"<h1>Question (\d+) of", html)[1])
        item_id = next(i for i in questions if f'name="item" value="{i}"' in html)
        in_the_quiz[item_id] = place
        form = {"attempt": attempt, "nth": "1", "item": item_id, "choice": quiz.item(item_id).right}
        amy.post(f"/en/quizzes/assigned/{school.assignment}", form)
    assert in_the_quiz == number

    lesson = f"/en/progress/{school.class_6b}/{school.assignment}"
    asked = re.search(r'<ol class="askedlist">(.*?)</ol>', page_of(visit, f"{lesson}/live"), re.DOTALL)[1]
    assert {i: n for n, i in enumerate(re.findall(r'data-text="q-([^"]+)"', asked), 1)} == number
    wall = page_of(visit, f"{lesson}/wall")
    assert {i: int(n) for i, n in re.findall(r'\?item=([^"&]+)"><span[^>]*>(\d+)</span>', wall)} == calm
    columns = re.findall(r'<span class="qn">.*?</span>(\d+)</span>.*?</span>([^<]+)</span></th>', page_of(visit, f"{lesson}/paper"))
    assert {int(n): typed for n, typed in columns} == {n: typed_for(quiz.item(i), quiz.item(i).right) for i, n in calm.items()}
    sheets = page_of(visit, f"/en/lessons/{NUMBER}/print?band=B")
    printed = re.findall(r'<h3><span class="p-no">(\d+)</span>(.*?)</h3>', sheets)
    wanted = [(str(n), questions[i]) for i, n in calm.items()]
    assert printed == wanted * 2, "on the sheet and in the key"

    clock.shift = timedelta(days=60)  # sensitive ones are shown once nobody's answer can be told from the count
    html = page_of(visit, lesson)
    cards = re.findall(r'<article class="qcard" id="([^"]+)".*?<span class="tag">Question (\d+)</span>', html, re.DOTALL)
    assert [(i, int(n)) for i, n in cards] == list(number.items())


# --- the lesson at hand ------------------------------------------------------------------------------------------------


def leads_to(visit, school, page: str) -> str:
    return visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{page}").headers["Location"]


def test_questions_live_lesson_and_overview_open_the_lesson_that_runs_and_ends_next(app, school, visit):
    give(app, school, 0, in_days(-30), in_days(-20))
    for_some = give(app, school, 1, in_days(-1), in_days(20))
    change(app, Assignment, for_some, for_group=1)
    give(app, school, 2, in_days(3), in_days(4))
    change(app, Assignment, school.assignment, opens_on=in_days(-4), due_on=in_days(2))
    lesson = f"/en/progress/{school.class_6b}/{school.assignment}"
    assert leads_to(visit, school, "questions") == lesson
    assert leads_to(visit, school, "live") == f"{lesson}/live"
    html = page_of(visit, overview(school))
    assert f"Lesson {NUMBER}: finish by" in html
    for page in (html, page_of(visit, f"{lesson}/live"), page_of(visit, f"/en/progress/{school.class_6b}/ideas")):
        assert re.search(r'<nav class="tabs".*?</nav>', page, re.DOTALL)[0].count(f'href="{lesson}"') == 1
    # Where no list of lessons is at hand, the tab asks for it.
    students = page_of(visit, f"/en/classrooms/{school.class_6b}")
    assert f'href="/en/progress/{school.class_6b}/questions"' in students


def test_of_two_that_end_on_one_day_the_one_for_everybody_comes_first(app, school, visit):
    change(app, Assignment, school.assignment, due_on=in_days(5), for_group=2)
    everybody = give(app, school, 1, in_days(-1), in_days(5))
    assert leads_to(visit, school, "questions").endswith(f"/{everybody}")


def test_without_a_running_lesson_the_one_that_opened_last_is_opened(app, school, visit):
    change(app, Assignment, school.assignment, opens_on=in_days(-9), due_on=in_days(-2))
    last = give(app, school, 1, in_days(-5))
    give(app, school, 2, in_days(5), in_days(6))
    assert leads_to(visit, school, "questions").endswith(f"/{last}")
    assert leads_to(visit, school, "live").endswith(f"/{last}/live")


def test_a_class_without_a_lesson_is_led_to_its_overview(app, school, visit):
    with app.test_request_context(method="POST"):
        db.session.delete(db.session.get_one(Assignment, school.assignment))
        db.session.commit()
    assert leads_to(visit, school, "questions") == f"{overview(school)}#assigned"
    assert leads_to(visit, school, "live") == overview(school)
    assert visit("Mr Other").get(f"/en/progress/{school.class_6b}/questions").status_code == 404
