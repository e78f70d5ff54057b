"""A question to the class: answered once for each student, kept without whose it was, and told five answers at a time as a range."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from making import AMY, as_signed_in, change, in_days, make_students, on_both
from sqlalchemy import inspect, select, text
from visiting import Visitor, lasting

from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.naming import name_of
from app.classrooms.queries import erase_classroom, remove_student
from app.core.db import db
from app.core.library import library
from app.curriculum.practice_pulse import pulse_of
from app.practice.models import ClassPulse, Practised
from app.practice.pulse_queries import count_answer, pulses_in, says_to

SLUG = "sextortion"  # what 6B has been given
LOCALES = ("en", "fr", "ko")


@pytest.fixture
def pulse(app):
    with app.test_request_context():
        lesson = library().lesson(SLUG)
        activity = next(a for a in lesson.practice if a.kind == "pulse")
    return lesson.number, activity


@pytest.fixture
def address(pulse):
    return lambda locale="en", end="": f"/{locale}/lessons/{pulse[0]}/practice/{pulse[1].number}{end}"


@pytest.fixture
def pupils(app, school):
    """Twelve more students of 6B, each in a browser of their own."""

    def signed_in(student_id):
        visitor = Visitor(app, school)
        visitor.sign_in("student", student_id)
        return visitor

    with app.test_request_context():
        return [signed_in(student_id) for student_id in make_students(school.class_6b, 12)]


@pytest.fixture
def say(address, pulse):
    """Answer as a student does and add it to the class's; returns the page that comes."""

    def send(visitor, agrees=True, guess=5, locale="en"):
        options = pulse_of(pulse[1])
        answer = options.norm if agrees else next(o for o in options.options if o != options.norm)
        return visitor.post(address(locale, "/count"), {"step": "guess", "answer": answer, "guess": str(guess)}).get_data(as_text=True)

    return send


def stored(app):
    with app.test_request_context():
        rows = db.session.scalars(select(ClassPulse)).all()
        return [(r.answered, r.says, r.fewer, r.shown, r.says_least, r.says_most, r.fewer_least, r.fewer_most) for r in rows]


def plain(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- one after the other, without a script ---------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_every_question_goes_from_an_opinion_to_a_guess_to_the_survey(app, visit, locale):
    with app.test_request_context():
        every = [(x.number, a) for x in library().lessons for a in x.practice if a.kind == "pulse"]
    assert every
    for number, activity in every:
        at, asked = f"/{locale}/lessons/{number}/practice/{activity.number}", pulse_of(activity)
        first = visit().get(at).get_data(as_text=True)
        assert re.findall(r'name="answer" value="([\w-]+)"', first) == list(asked.options)
        assert f"{asked.percent:g}" not in plain(first.partition("<main")[2]), "what others say comes after"
        for option in asked.options:
            second = visit().post(at, {"step": "ask", "answer": option}).get_data(as_text=True)
            assert re.findall(r'name="guess" value="(\d+)"', second) == [str(n) for n in range(11)]
            third = plain(visit().post(at, {"step": "guess", "answer": option, "guess": "3"}).get_data(as_text=True))
            words = activity.texts[locale].pieces["ask"].options[option]
            assert plain(words.feedback).strip() in third
            assert "89" in third
            assert "92" in third


def test_nothing_chosen_is_said_and_loses_nothing(visit, address):
    for sent, field in (({"step": "ask"}, "answer"), ({"step": "guess", "answer": "maker"}, "guess")):
        html = visit().post(address(), sent).get_data(as_text=True)
        assert "Choose one answer to go on." in html
        assert f'type="radio" name="{field}"' in html
    assert 'name="answer" value="maker"' in html
    assert "Choose one answer to go on." not in visit().get(address()).get_data(as_text=True)
    assert "Choose one answer to go on." not in visit().post(address(), {"go": "again"}).get_data(as_text=True)


def test_what_no_page_offers_is_passed_over(visit, address):
    for sent in (
        {"answer": "<b>"},
        {"answer": "maker", "guess": "11"},
        {"answer": "maker", "guess": "-1"},
        {"answer": "maker", "guess": "１"},
    ):
        html = visit().post(address(), {"step": "ask", **sent}).get_data(as_text=True)
        assert "seen-t" not in html
        assert "<b>&" not in html


def test_a_guess_below_the_survey_is_told_so_and_any_other_is_not(pulse, visit, address):
    words = pulse[1].texts["en"].pieces
    for guess, told in ((0, "lower"), (8, "lower"), (9, "near"), (10, "near")):
        html = visit().post(address(), {"answer": "maker", "guess": str(guess)}).get_data(as_text=True)
        assert [name for name in ("lower", "near") if f">{words[name].title}<" in html] == [told]


def test_a_visitor_compares_with_the_survey_and_nothing_is_stored(app, visit, address, statements):
    with statements() as seen:
        response = visit().post(address(), {"step": "guess", "answer": "maker", "guess": "3"})
    assert seen == []
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    html = response.get_data(as_text=True)
    assert ">Your class<" not in html
    assert "3 of 10" in html
    assert "South Korea, 2024" in html
    assert "/count" not in visit().post(address(), {"step": "ask", "answer": "maker"}).get_data(as_text=True)
    assert visit().post(address(end="/count"), {"answer": "maker", "guess": "3"}, check=False).status_code == 401
    assert visit("Ms Tremblay").post(address(end="/count"), {"answer": "maker", "guess": "3"}, check=False).status_code == 403
    assert stored(app) == []


def test_the_addresses_say_nothing(visit, address):
    for sent in ({"step": "ask", "answer": "maker"}, {"step": "guess", "answer": "maker", "guess": "3"}):
        response = visit("Amy").post(address(), sent)
        assert response.status_code == 200
        assert "Location" not in response.headers
        assert not re.search(r'(href|action)="[^"]*(maker|guess=)', response.get_data(as_text=True))


# --- counted once, without whose it was ---------------------------------------------------------------------------------


@on_both
@pytest.mark.promise("F-11")
def test_of_each_student_the_first_answer_counts_and_a_later_one_looks_alike(app, visit, say, address):
    amy, other_tab = visit("Amy"), visit("Amy")
    assert "Compare without adding it" in other_tab.post(address(), {"answer": "maker"}).get_data(as_text=True)
    first = say(amy, agrees=True, guess=3)
    again = [say(amy, agrees=True, guess=3), say(other_tab, agrees=True, guess=3)]
    assert stored(app) == [(1, 1, 1, 0, 0, 0, 0, 0)]
    assert {lasting(page) for page in again} == {lasting(first)}
    say(other_tab, agrees=False, guess=10)
    assert stored(app) == [(1, 1, 1, 0, 0, 0, 0, 0)]
    with app.test_request_context():
        assert len(db.session.scalars(select(Practised)).all()) == 1


@on_both
@pytest.mark.promise("F-11")
def test_figures_move_with_every_fifth_answer_and_stand_still_between(app, school, visit, pupils, say):
    pages = []
    for n, pupil in enumerate(pupils, 1):
        say(pupil, agrees=n != 2, guess=9 if n % 4 == 0 else 4)
        answered, says, fewer, shown, *_ranges = stored(app)[0]
        assert (answered, says, fewer) == (n, n - (n >= 2), n - n // 4)
        assert shown == n - n % 5
        html = visit("Ms Tremblay").get(f"/en/practice/{school.class_6b}").get_data(as_text=True)
        wall = visit("Ms Tremblay").get(f"/en/practice/{school.class_6b}/wall").get_data(as_text=True)
        pages.append(lasting(html + wall))
    assert pages[0] == pages[1] == pages[2] == pages[3], "nothing before five"
    assert pages[4] == pages[5] == pages[6] == pages[7] == pages[8] != pages[3]
    assert pages[9] == pages[10] == pages[11] != pages[8]
    assert "3 or more of 5" in pages[4]
    assert "8 or more of 10" in pages[9]
    assert stored(app) == [(12, 11, 9, 10, 8, 10, 8, 10)]


@pytest.mark.promise("F-11")
def test_no_page_tells_a_class_that_all_said_the_same(school, visit, pupils, say):
    for pupil in pupils[:10]:
        say(pupil, agrees=True, guess=10)
    teacher, pages = visit("Ms Tremblay"), []
    for locale in LOCALES:
        pages += [teacher.get(f"/{locale}/practice/{school.class_6b}{end}").get_data(as_text=True) for end in ("", "/wall?show=class")]
        pages.append(say(pupils[0], locale=locale))
    for page in map(plain, pages):
        assert not re.search(r"\b10 (of|out of|sur) 10\b|10명 중 10명|\ball 10\b|les 10\b", page)
    assert "8 or more of 10" in plain(pages[0])
    assert "at most 2 of 10" in plain(pages[0]), "and nobody guessed fewer, which is not said either"


@pytest.mark.promise("F-11")
def test_a_student_sees_the_class_once_counted_and_from_five_on(pupils, say, address):
    for pupil in pupils[:4]:
        assert ">Your class<" not in say(pupil)
    assert "is not shown for now" in say(pupils[3])
    fifth = say(pupils[4], guess=3)
    assert ">Your class<" in fifth
    assert "3 or more of 5" in fifth
    assert "3 of 10" in fifth, "the own guess"
    assert "3 or more of 5" in pupils[0].get(address()).get_data(as_text=True), "those who were counted before see it, too"
    late = pupils[6].get(address()).get_data(as_text=True)
    assert "3 or more of 5" not in late, "whoever has not answered is not swayed"
    assert 'name="answer"' in late
    compared = pupils[6].post(address(), {"answer": "maker", "guess": "3"}).get_data(as_text=True)
    assert "3 or more of 5" not in compared, "and who is not counted compares with the survey alone"


def test_what_somebody_answered_is_not_shown_again(pupils, say, address, pulse):
    words = pulse[1].texts["en"].pieces["ask"].options
    assert plain(words["boy"].feedback).strip() in plain(pupils[0].post(address(), {"answer": "boy", "guess": "3"}).get_data(as_text=True))
    say(pupils[0])
    html = pupils[0].get(address()).get_data(as_text=True)
    assert "Your answer is counted" in html
    assert "You answered" not in html
    assert not re.search(r'name="answer"|name="guess"', html)
    again = pupils[0].post(address(), {"go": "again"}).get_data(as_text=True)
    assert 'name="answer"' in again
    assert "/count" not in pupils[0].post(address(), {"answer": "maker"}).get_data(as_text=True), "a second time counts nothing"


def test_a_class_that_mostly_thinks_otherwise_is_not_told_so_and_its_teacher_is(school, visit, pupils, say):
    pages = [say(pupil, agrees=n % 5 == 0) for n, pupil in enumerate(pupils[:10])]
    assert "is not shown for now" in pages[9]
    assert ">Your class<" not in pages[9]
    item = re.search(r"item=([\d-]+)", visit("Ms Tremblay").get(f"/en/practice/{school.class_6b}/wall").get_data(as_text=True))[1]
    wall = visit("Ms Tremblay").get(f"/en/practice/{school.class_6b}/wall?item={item}&show=class").get_data(as_text=True)
    assert "is not shown for now" in wall
    assert "at most 2 of 10" not in wall
    teacher = visit("Ms Tremblay").get(f"/en/practice/{school.class_6b}").get_data(as_text=True)
    assert "at most 2 of 10" in teacher
    assert "The class does not see this" in teacher


@on_both
@pytest.mark.promise("F-11")
def test_no_row_says_who_answered_what(app, pupils, say):
    say(pupils[0])
    with app.test_request_context():
        columns = {t: {c["name"] for c in inspect(db.session.connection()).get_columns(t)} for t in ("class_pulses", "practised")}
        assert not {c for c in columns["class_pulses"] if "student" in c or "answer_id" in c or "option" in c}
        assert columns["practised"] == {"student_id", "lesson_slug", "activity_id"}
        assert db.session.execute(text("SELECT count(*) FROM answers")).scalar() == 0


def test_a_lesson_that_is_not_given_or_has_closed_counts_nothing_and_still_compares(app, school, pupils, say, address):
    change(app, Assignment, school.assignment, opens_on=in_days(-9), due_on=in_days(-5), closes_on=in_days(-2))
    assert "/count" not in pupils[0].post(address(), {"answer": "maker"}).get_data(as_text=True)
    assert "South Korea, 2024" in say(pupils[0])
    change(app, Assignment, school.assignment, closes_on=None, lesson_slug="webcams")
    assert "/count" not in pupils[0].post(address(), {"answer": "maker"}).get_data(as_text=True)
    assert "South Korea, 2024" in say(pupils[0])
    assert stored(app) == []
    with app.test_request_context():
        assert db.session.scalars(select(Practised)).all() == []


def test_an_answer_without_a_guess_is_asked_for_it_and_not_counted(app, visit, address):
    response = visit("Amy").post(address(end="/count"), {"step": "guess", "answer": "maker"})
    assert response.status_code == 422
    assert "Choose one answer to go on." in response.get_data(as_text=True)
    assert stored(app) == []


@on_both
def test_counts_go_with_the_class_and_the_mark_with_the_seat(app, school, visit, say):
    say(visit("Amy"))
    with app.test_request_context():
        remove_student(db.session.scalars(select(Student).where(Student.classroom_id == school.class_6b, Student.first == AMY[0])).one())
        db.session.commit()
        assert db.session.scalars(select(Practised)).all() == []
        assert len(stored(app)) == 1
        erase_classroom(db.session.get(Classroom, school.class_6b))
        db.session.commit()
        assert db.session.execute(text("SELECT count(*) FROM class_pulses")).scalar() == 0


def test_giving_a_lesson_anew_starts_nothing_from_the_beginning(app, school, pupils, say):
    """Otherwise two looks, before and after, would tell of fewer than five."""
    for pupil in pupils[:5]:
        say(pupil)
    before = stored(app)
    with app.test_request_context():
        db.session.delete(db.session.get_one(Assignment, school.assignment))
        db.session.commit()
    say(pupils[5])
    assert stored(app) == before
    with app.test_request_context():
        given = {"opens_on": in_days(-1), "created_on": in_days(-1), "family_code": "ABCDEFGH"}
        db.session.add(Assignment(classroom_id=school.class_6b, lesson_slug=SLUG, **given))
        db.session.commit()
    say(pupils[0], agrees=False)
    assert stored(app) == before
    say(pupils[5], agrees=False)
    assert stored(app)[0][:4] == (6, 5, before[0][2] + 1, 5)


# --- the teacher, the wall and the others ---------------------------------------------------------------------------------


@on_both
@pytest.mark.promise("A-8", "F-11")
def test_what_another_class_says_is_never_among_the_figures(app, school):
    with app.test_request_context():
        for classroom_id, least in ((school.class_6b, 8), (school.class_other, 3)):
            row = {"lesson_slug": SLUG, "activity_id": f"ask-{classroom_id}", "answered": 10, "says": 9, "fewer": 9}
            ranges = {"shown": 10, "says_least": least, "says_most": least + 2, "fewer_least": 3, "fewer_most": 7}
            db.session.add(ClassPulse(classroom_id=classroom_id, **row, **ranges))
        db.session.add(Practised(student_id=school.amy, lesson_slug=SLUG, activity_id=f"ask-{school.class_6b}"))
        db.session.add(Practised(student_id=school.amy, lesson_slug=SLUG, activity_id=f"ask-{school.class_other}"))
        db.session.commit()
        assert [(key[1], says.says.least) for key, says in pulses_in(school.class_6b).items()] == [(f"ask-{school.class_6b}", 8)]
        assert [(key[1], says.says.least) for key, says in pulses_in(school.class_other).items()] == [(f"ask-{school.class_other}", 3)]
        amy, lee = as_signed_in(school.amy), as_signed_in(school.lee)
        assert says_to(amy, SLUG, f"ask-{school.class_6b}").says.least == 8
        assert says_to(amy, SLUG, f"ask-{school.class_other}") is None
        assert says_to(lee, SLUG, f"ask-{school.class_other}") is None, "Lee has not been counted"


@pytest.mark.parametrize("end", ["", "/wall"])
def test_another_teacher_cannot_tell_that_the_class_exists(school, visit, end):
    assert visit("Mr Other").get(f"/en/practice/{school.class_6b}{end}").status_code == 404


@pytest.mark.parametrize("locale", LOCALES)
def test_the_wall_shows_question_class_and_survey_and_no_name(app, school, visit, pupils, say, pulse, locale):
    for pupil in pupils[:10]:
        say(pupil)
    wall = f"/{locale}/practice/{school.class_6b}/wall"
    pages = [visit("Ms Tremblay").get(wall + query).get_data(as_text=True) for query in ("", f"?item={pulse[0]}-{pulse[1].number}")]
    shown = visit("Ms Tremblay").get(f"{wall}?item={pulse[0]}-{pulse[1].number}&show=class").get_data(as_text=True)
    asked = pulse[1].texts[locale].pieces["ask"]
    assert asked.question in pages[0]
    assert asked.options["boy"].text in pages[1]
    assert "bf-may" not in pages[1]
    assert "bf-may" in shown
    assert "92" in plain(shown)
    with app.test_request_context():
        seats = db.session.scalars(select(Student).where(Student.classroom_id == school.class_6b)).all()
        names = [name_of(s.first, s.second, locale) for s in seats]
    assert len(names) >= 12
    for page in (*pages, shown):
        assert not [name for name in names if name in page]
        assert "Tremblay" not in page
        assert "helpland" in page


def test_a_question_that_no_class_was_asked_is_not_on_the_wall(school, visit):
    for item in ("7-1", "99-1", "x", ""):
        assert visit("Ms Tremblay").get(f"/en/practice/{school.class_6b}/wall?item={item}").status_code == 404


@pytest.mark.parametrize("locale", LOCALES)
def test_paper_has_slips_that_nobody_signs_and_never_a_show_of_hands(visit, address, pulse, locale):
    html = visit().get(address(locale, "/paper")).get_data(as_text=True)
    slips = html.split('class="slips"')[1].split("</article>")[0]
    options = pulse_of(pulse[1]).options
    assert slips.count('class="slip"') == 4
    assert slips.split('class="slip"')[1].count("p-box") == len(options) + 11
    assert "p-line" not in html
    assert html.split('class="p-steps"')[1].split("</ol>")[0].count("<li>") == 6


def test_the_pages_are_a_bounded_number_of_statements(school, visit, pupils, say, address, statements):
    for pupil in pupils[:6]:
        say(pupil)
    teacher = visit("Ms Tremblay")
    teacher.get(f"/en/practice/{school.class_6b}")
    for end in ("", "/wall"):
        with statements() as seen:
            teacher.get(f"/en/practice/{school.class_6b}{end}")
        assert len(seen) <= 7, seen
    with statements() as seen:
        say(pupils[7])
    assert len(seen) <= 11, seen
    with statements() as seen:
        pupils[7].get(address())
    assert len(seen) <= 5, seen


def test_many_at_once_are_each_counted_and_none_twice(app, school):
    """In turns as the database gives them, two tries for each student."""
    with app.test_request_context(method="POST"):
        ids = make_students(school.class_6b, 23)
        db.session.commit()
    for student_id in [i for i in ids for _try in range(2)]:
        with app.test_request_context(method="POST"):
            count_answer(as_signed_in(student_id), SLUG, "ask", says=True, fewer=False)
            db.session.commit()
    assert stored(app) == [(23, 23, 0, 20, 18, 20, 0, 2)]


def test_my_data_says_that_somebody_was_counted_and_not_what_was_said(visit, say):
    amy = visit("Amy")
    say(amy)
    html = amy.get("/en/privacy").get_data(as_text=True)
    assert "you were counted once for the class" in html


@on_both
def test_tabs_at_the_same_time_count_each_student_once(app, school, pulse):
    """Five students with three tabs each, every request on a connection of its own."""
    with app.test_request_context(method="POST"):
        ids = make_students(school.class_6b, 5)

    def answer(student_id):
        with app.test_request_context(method="POST"):
            done = count_answer(as_signed_in(student_id), SLUG, "ask", says=True, fewer=True)
            db.session.commit()
            return done

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(answer, [i for i in ids for _try in range(3)]))
    assert sum(done) == 5
    assert stored(app) == [(5, 5, 5, 5, 3, 5, 3, 5)]
