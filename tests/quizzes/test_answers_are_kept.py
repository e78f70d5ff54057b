from __future__ import annotations

import random
import re
import threading
import uuid

import pytest
from making import AMY, MIN, WORDS, as_signed_in, make_attempt, make_students, on_both
from sqlalchemy import func, select
from visiting import language_button

from app.classrooms.models import Assignment
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.scoring import tally_keys, wrong_choices
from app.quizzes.models import Answer, Attempt, Standing, Tally
from app.quizzes.queries import questions_for, standings_of, tallies_of


def quiz():
    found = library().quiz("sextortion")
    assert found is not None
    return found


def items_of(app, nth=1):
    with app.test_request_context():
        return [quiz().item(i) for i in questions_for(quiz(), "B", nth)]


def answer(visitor, school, item, choice, attempt, nth=1, locale="en", **kwargs):
    form = {"attempt": attempt, "nth": str(nth), "item": item.id, "choice": choice}
    return visitor.post(f"/{locale}/quizzes/assigned/{school.assignment}", form, **kwargs)


def rows(app, model, *where):
    with app.test_request_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where))


@on_both
def test_a_student_answers_every_question_and_sees_a_result_that_teaches(app, school, visit):
    amy, attempt = visit("Amy"), str(uuid.uuid4())
    for place, item in enumerate(items_of(app)):
        page = amy.get(f"/en/quizzes/assigned/{school.assignment}").get_data(as_text=True)
        assert f'value="{item.id}"' in page
        wrong = wrong_choices(item)[0]
        done = answer(amy, school, item, wrong if place == 0 and not item.sensitive else item.right, attempt)
        feedback = amy.get(done.headers["Location"]) if done.status_code == 303 else done
        assert feedback.status_code == 200
    result = amy.get(f"/fr/quizzes/result/{attempt}")
    assert result.status_code == 200
    assert rows(app, Answer) == len(items_of(app))
    with app.test_request_context():
        row = standings_of(school.amy)[school.assignment]
        assert (row.tries, row.answered) == (1, len(items_of(app)))
        assert row.best_counted == sum(not i.sensitive for i in items_of(app))


def test_the_language_can_change_in_the_middle_and_place_and_answers_stay(app, school, visit):
    amy, attempt, items = visit("Amy"), str(uuid.uuid4()), items_of(app)
    for item in items[:2]:
        answer(amy, school, item, item.right, attempt)
    for locale in ("fr", "ko"):
        page = amy.get(f"/{locale}/quizzes/assigned/{school.assignment}").get_data(as_text=True)
        assert f'value="{items[2].id}"' in page
        assert f'value="{attempt}"' in page


@pytest.mark.promise("I-7")
def test_another_device_continues_at_the_same_question(app, school, visit):
    items, attempt = items_of(app), str(uuid.uuid4())
    answer(visit("Amy"), school, items[0], items[0].right, attempt)
    page = visit("Amy").get(f"/en/quizzes/assigned/{school.assignment}").get_data(as_text=True)
    assert f'value="{items[1].id}"' in page


@on_both
@pytest.mark.promise("I-4")
def test_an_answer_sent_again_late_or_changed_gives_one_row_and_the_first_stands(app, school, visit):
    amy, attempt = visit("Amy"), str(uuid.uuid4())
    item = next(i for i in items_of(app) if not i.sensitive)
    other = wrong_choices(item)[0]
    pages = [answer(amy, school, item, choice, attempt).headers["Location"] for choice in (item.right, item.right, other)]
    assert len(set(pages)) == 1
    with app.test_request_context():
        kept = db.session.scalars(select(Answer)).all()
        assert [(a.item_id, a.choice, a.right) for a in kept] == [(item.id, item.right, True)]
        assert set(db.session.scalars(select(Tally.n))) == {1}


@pytest.mark.promise("I-4")
def test_two_devices_that_begin_at_once_end_up_in_one_sitting(app, school, visit):
    items = items_of(app)
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    answer(visit("Amy"), school, items[0], items[0].right, one)
    answer(visit("Amy"), school, items[1], items[1].right, two)
    assert rows(app, Attempt) == 1
    assert rows(app, Answer, Answer.attempt_uuid == one) == 2


@pytest.mark.promise("I-4")
def test_deliveries_in_any_order_and_any_number_give_each_answer_once(app, school, visit, promise):
    with app.test_request_context():
        ids = make_students(school.class_6b, 12)
    dice, deliveries = random.Random(7), []
    for student_id in ids:
        attempt = str(uuid.uuid4())
        for item in items_of(app):
            choice = dice.choice([item.right, *wrong_choices(item)])
            deliveries += [(student_id, attempt, item, choice)] * dice.randint(1, 5)
    dice.shuffle(deliveries)
    first = {}  # the delivery that came first stands
    for student_id, _attempt, item, choice in deliveries:
        first.setdefault((student_id, item.id), (item, choice))
    visitors = {}
    for student_id in ids:
        visitors[student_id] = visit()
        visitors[student_id].sign_in("student", student_id)
    for student_id, attempt, item, choice in deliveries:
        assert answer(visitors[student_id], school, item, choice, attempt, check=False).status_code in (200, 303)
    expected = len(ids) * len(items_of(app))
    kept = rows(app, Answer)
    promise.figure(
        "{wrong} of {n} answers lost or kept twice, in {deliveries} deliveries",
        wrong=abs(kept - expected),
        n=expected,
        deliveries=len(deliveries),
    )
    assert kept == expected
    with app.test_request_context():
        n = db.session.scalar(select(func.sum(Tally.n)))
        assert n == sum(len(tally_keys(item, choice)) for item, choice in first.values())
        for row in db.session.scalars(select(Standing)):
            right = db.session.scalar(select(func.count()).where(Answer.student_id == row.student_id, Answer.right.is_(True)))
            assert (row.tries, row.best_right) == (1, right)


@on_both
@pytest.mark.promise("I-4")
def test_sixty_students_answering_in_the_same_instant_give_sixty_rows(app, school, visit):
    with app.test_request_context():
        ids = make_students(school.class_6b, 60)
    item, statuses, barrier = items_of(app)[0], [], threading.Barrier(20)
    visitors = []
    for student_id in ids:
        visitors.append(visit())
        visitors[-1].sign_in("student", student_id)

    def work(own):
        barrier.wait()
        for visitor in own:
            statuses.append(answer(visitor, school, item, item.right, str(uuid.uuid4()), check=False).status_code)

    threads = [threading.Thread(target=work, args=(visitors[n::20],)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {200, 303}
    assert rows(app, Answer) == 60
    with app.test_request_context():
        assert set(db.session.scalars(select(Tally.n))) == {60}


@pytest.mark.promise("I-5")
def test_an_attempt_belongs_to_its_maker(app, school, visit):
    with app.test_request_context():
        theirs = make_attempt(school.min, school.assignment, answered=1)
    item = items_of(app)[1]
    assert answer(visit("Amy"), school, item, item.right, theirs).status_code == 404
    assert visit("Amy").get(f"/en/quizzes/result/{theirs}").status_code == 404
    assert rows(app, Answer, Answer.student_id == school.amy) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"item": "no-such-item"},
        {"attempt": "1"},
        {"attempt": ""},
        {"nth": "x"},
        {"nth": "9999"},
        {"choice": "no-such-option"},
        {"choice": "\x00"},
    ],
)
@pytest.mark.promise("G-2")
def test_odd_answers_are_refused_and_nothing_is_kept(app, school, visit, change):
    item = items_of(app)[0]
    form = {"attempt": str(uuid.uuid4()), "nth": "1", "item": item.id, "choice": item.right, **change}
    assert visit("Amy").post(f"/en/quizzes/assigned/{school.assignment}", form).status_code in (400, 404)
    assert rows(app, Answer) == 0


def test_no_choice_gets_a_kind_word_and_the_same_question(app, school, visit):
    item = items_of(app)[0]
    response = visit("Amy").post(f"/en/quizzes/assigned/{school.assignment}", {"attempt": str(uuid.uuid4()), "nth": "1", "item": item.id})
    assert response.status_code == 422
    assert f'value="{item.id}"' in response.get_data(as_text=True)


def test_a_later_sitting_cannot_begin_before_the_first_is_over(app, school, visit):
    item = items_of(app, 2)[0]
    assert answer(visit("Amy"), school, item, item.right, str(uuid.uuid4()), nth=2).status_code == 404


def test_a_quiz_can_be_taken_again_and_the_best_sitting_counts(app, school, visit):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=1)
        make_attempt(school.amy, school.assignment, right=6, nth=2)
        row = standings_of(school.amy)[school.assignment]
        assert row.tries == 2
        assert row.best_right == row.best_counted == row.last_right
    page = visit("Amy").get(f"/en/quizzes/assigned/{school.assignment}?again=1").get_data(as_text=True)
    assert 'name="nth" value="3"' in page or 'value="3"' in page


@on_both
def test_a_worse_try_later_changes_neither_the_best_one_nor_the_first_day_nor_what_the_class_counts(app, school):
    """Bars show what the class believed before it read any feedback: first sittings only."""
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=6)
        first, counted = standings_of(school.amy)[school.assignment], tallies_of(school.assignment)
        best, day = (first.best_right, first.best_counted), first.finished_on
        assert counted
        db.session.rollback()
        clock.shift = clock.timedelta(days=2)
        make_attempt(school.amy, school.assignment, right=1, nth=2)
        row = standings_of(school.amy)[school.assignment]
        assert (row.tries, row.best_right, row.best_counted, row.finished_on) == (2, *best, day)
        assert row.last_right < row.best_right
        assert tallies_of(school.assignment) == counted


@pytest.mark.promise("L-5")
def test_a_sensitive_answer_is_not_kept_with_the_seat_and_stepping_over_leaves_no_trace(app, school, visit):
    """Whoever answers a sensitive question and whoever steps over it leave the same rows; only the class's count differs."""
    with app.test_request_context():
        sensitive = [i for nth in range(1, 9) for i in (quiz().item(x) for x in questions_for(quiz(), "B", nth)) if i.sensitive]
    assert sensitive, "the lesson has sensitive questions"
    first = items_of(app)
    item = next((i for i in first if i.sensitive), None)
    assert item is not None, "the first sitting asks one of them"
    for who, choice in (("Amy", item.right), ("Min", "pass")):
        response = answer(visit(who), school, item, choice, str(uuid.uuid4()))
        assert response.status_code == 200
    with app.test_request_context():
        kept = [(a.item_id, a.choice, a.right) for a in db.session.scalars(select(Answer).order_by(Answer.student_id))]
        assert kept == [(item.id, None, None)] * 2
        standings = [(s.answered, s.total, s.tries, s.best_counted) for s in db.session.scalars(select(Standing))]
        assert standings[0] == standings[1]
        assert tallies_of(school.assignment)[item.id] == dict.fromkeys(tally_keys(item, item.right), 1), "stepping over is no answer"
    pages = [
        visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/{school.assignment}/{s}").get_data(as_text=True)
        for s in (school.amy, school.min)
    ]
    assert "pass" not in pages[1].split("<main")[1].lower().replace("password", "")


@pytest.mark.promise("C-4", "I-7")
def test_a_session_that_ends_in_the_middle_loses_nothing(app, school, visit):
    amy, attempt = visit("Amy"), str(uuid.uuid4())
    item = next(i for i in items_of(app) if not i.sensitive)
    clock.shift = clock.timedelta(minutes=21)
    page = answer(amy, school, item, item.right, attempt)
    assert page.status_code == 401
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert kept, "the answer waits in the form"
    one, two, three = WORDS.split()
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "word1": one, "word2": two, "word3": three, "kept": kept[1]}
    resume = amy.client.post("/en/sign-in", data=form)
    html = resume.get_data(as_text=True)
    assert resume.status_code == 200
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    assert fields["choice"] == item.right
    assert amy.client.post(f"/en/quizzes/assigned/{school.assignment}", data=fields).status_code == 303
    assert rows(app, Answer) == 1


@pytest.mark.promise("C-7")
def test_what_one_student_left_behind_is_never_sent_for_the_next(app, school, visit):
    amy = visit("Amy")
    item = next(i for i in items_of(app) if not i.sensitive)
    clock.shift = clock.timedelta(minutes=21)
    page = answer(amy, school, item, item.right, str(uuid.uuid4()))
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', page.get_data(as_text=True))[1]
    one, two, three = WORDS.split()
    form = {"code": school.code_6b, "first": MIN[0], "second": MIN[1], "word1": one, "word2": two, "word3": three, "kept": kept}
    done = amy.client.post("/en/sign-in", data=form)
    assert done.status_code == 303, "Min comes in, and Amy's answer is not offered"
    assert item.right not in done.get_data(as_text=True)
    out = visit("Amy")
    clock.shift = clock.timedelta(minutes=45)
    assert 'name="kept" value=""' in out.post("/en/sign-out").get_data(as_text=True) or b"kept" not in out.post("/en/sign-out").data


@on_both
def test_the_last_two_answers_at_once_finish_the_sitting(app, school, visit):
    items, barrier, uuids = items_of(app), threading.Barrier(2), []
    with app.test_request_context():
        ids = make_students(school.class_6b, 8)
    for student_id in ids:
        attempt = str(uuid.uuid4())
        tabs = [visit(), visit()]
        for tab in tabs:
            tab.sign_in("student", student_id)
        for item in items[:-2]:
            answer(tabs[0], school, item, item.right, attempt, check=False)

        def send(tab, item, attempt=attempt):
            barrier.wait()
            answer(tab, school, item, item.right, attempt, check=False)

        threads = [threading.Thread(target=send, args=pair) for pair in zip(tabs, items[-2:], strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        uuids.append(attempt)
    with app.test_request_context():
        for student_id in ids:
            assert standings_of(student_id)[school.assignment].tries == 1


def test_the_self_check_keeps_nothing(app, school, visit):
    visitor = visit()
    with app.test_request_context():
        items = questions_for(quiz(), "B", 1)
    page = visitor.get("/ko/quizzes/8?band=B")
    for _ in items:
        fields = form_fields(page)
        item = fields["item"]
        with app.test_request_context():
            right = quiz().item(item).right
        page = visitor.post("/ko/quizzes/8", {**fields, "choice": right})
        assert page.status_code == 200
        page = visitor.post("/ko/quizzes/8", form_fields(page))
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert rows(app, Answer) == rows(app, Attempt) == rows(app, Tally) == 0


def form_fields(page) -> dict[str, str]:
    import html

    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.get_data(as_text=True))
    return {k: html.unescape(v) for k, v in found}


def test_saving_an_answer_takes_a_bounded_number_of_statements(app, school, visit, statements):
    amy, attempt = visit("Amy"), str(uuid.uuid4())
    first, second = [i for i in items_of(app) if not i.sensitive][:2]
    for item, most in ((first, 10), (second, 8)):
        with statements() as seen:
            answer(amy, school, item, item.right, attempt)
        assert len(seen) <= most, "\n".join(seen)


def test_what_is_assigned_is_described_for_the_student(app, school):
    with app.test_request_context():
        assert as_signed_in(school.amy).band == "B"
        assert db.session.get_one(Assignment, school.assignment).lesson_slug == "sextortion"


def test_what_is_said_to_a_sensitive_answer_can_be_read_in_another_language(app, school, visit):
    amy = visit("Amy")
    item, attempt = next(i for i in items_of(app) if i.sensitive), str(uuid.uuid4())
    said = answer(amy, school, item, item.right, attempt).get_data(as_text=True)
    address, sent = language_button(said, "fr")
    assert sent["choice"] == item.right
    again = amy.post(address, {k: v for k, v in sent.items() if k != "csrf"})
    assert again.status_code == 200
    assert 'lang="fr-CA"' in again.get_data(as_text=True)
    assert 'class="fb fb-yes"' in again.get_data(as_text=True)
    assert rows(app, Answer) == 1
