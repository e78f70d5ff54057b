"""The short checks before and after an assigned lesson, as a student takes them."""

from __future__ import annotations

import random
import uuid
from collections import Counter

import pytest
from making import as_signed_in, make_attempt, make_students, on_both
from sqlalchemy import func, select

from app.classrooms.models import Assignment
from app.classrooms.queries import assignment_open_to
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.curriculum.before_after import AFTER, BEFORE, FORMS, form_of, short_checks
from app.curriculum.scoring import wrong_choices
from app.lessons.queries import record_reading
from app.quizzes.checks import first_form, questions_of_check
from app.quizzes.models import Answer, Attempt, Standing, Tally

OF_WORDS = {BEFORE: "before", AFTER: "after"}


@pytest.fixture
def checks(app, school):
    """The sextortion lesson in 6B has checks."""
    with app.test_request_context():
        db.session.get_one(Assignment, school.assignment).checks = True
        db.session.commit()
    return school


def quiz():
    found = library().quiz("sextortion")
    assert found is not None
    return found


def asked(app, school, student_id, nth=BEFORE):
    with app.test_request_context():
        student = as_signed_in(student_id)
        assignment = assignment_open_to(student, school.assignment)
        before = db.session.scalar(select(Attempt).where(Attempt.student_id == student_id, Attempt.nth == BEFORE))
        return [quiz().item(i) for i in questions_of_check(student, assignment, quiz(), nth, before)]


def address(school, nth, locale="en"):
    return f"/{locale}/quizzes/assigned/{school.assignment}/{OF_WORDS[nth]}"


def answer(visitor, school, nth, item, choice, attempt, locale="en", **kwargs):
    return visitor.post(address(school, nth, locale), {"attempt": attempt, "nth": str(nth), "item": item.id, "choice": choice}, **kwargs)


def take(visitor, school, nth, items, right=99):
    attempt = str(uuid.uuid4())
    for place, item in enumerate(items):
        done = answer(visitor, school, nth, item, item.right if place < right else wrong_choices(item)[0], attempt)
        assert done.status_code == 303
    return attempt


def rows(app, model, *where):
    with app.test_request_context():
        return db.session.scalar(select(func.count()).select_from(model).where(*where))


@on_both
def test_a_student_says_what_they_think_reads_answers_and_says_it_again(app, checks, visit):
    amy = visit("Amy")
    lesson = f"/en/lessons/assigned/{checks.assignment}"
    assert "Say what I think" in amy.get(lesson).get_data(as_text=True)
    before = asked(app, checks, checks.amy)
    page = amy.get(address(checks, BEFORE)).get_data(as_text=True)
    assert f'value="{before[0].id}"' in page
    take(amy, checks, BEFORE, before, right=1)
    done = amy.get(address(checks, BEFORE))
    assert (done.status_code, done.headers["Location"]) == (303, f"{lesson}#ui-steps")
    assert "Thank you. It is kept." in amy.get(lesson).get_data(as_text=True)
    assert amy.get(address(checks, AFTER)).status_code == 303, "not before the questions of the lesson"
    with app.test_request_context():
        sitting = make_attempt(checks.amy, checks.assignment)
    assert address(checks, AFTER) in amy.get(f"/en/quizzes/result/{sitting}").get_data(as_text=True)
    assert "Say what I think now" in amy.get(lesson).get_data(as_text=True)
    after = asked(app, checks, checks.amy, AFTER)
    with app.test_request_context():
        assert {form_of(quiz(), [i.id for i in items]) for items in (before, after)} == set(FORMS)
    take(amy, checks, AFTER, after)
    result = amy.get(address(checks, AFTER)).get_data(as_text=True)
    assert f"{len(after)} of {len(after)} ideas are solid" in result
    assert address(checks, AFTER) not in amy.get(f"/en/quizzes/result/{sitting}").get_data(as_text=True)
    assert rows(app, Attempt, Attempt.finished_on.is_not(None)) == 3


def test_the_check_before_shows_neither_right_nor_wrong_and_the_one_after_does(app, checks, visit):
    amy, attempt = visit("Amy"), str(uuid.uuid4())
    items = asked(app, checks, checks.amy)
    single = next(i for i in items if i.kind == "single")
    for item in items[: items.index(single) + 1]:
        answer(amy, checks, BEFORE, item, wrong_choices(item)[0], attempt)
    following = amy.get(address(checks, BEFORE) + f"?item={single.id}")
    page = following.get_data(as_text=True)
    with app.test_request_context():
        feedback = [o.feedback for o in single.texts["en"].options.values()]
    assert not any(text in page for text in (*feedback, "Best answer", 'class="fb '))
    for item in items[items.index(single) + 1 :]:
        answer(amy, checks, BEFORE, item, item.right, attempt)
    assert amy.get(f"/en/quizzes/result/{attempt}").status_code == 404, "no result page gives it away"
    with app.test_request_context():
        make_attempt(checks.amy, checks.assignment)
    single = next(i for i in asked(app, checks, checks.amy, AFTER) if i.kind == "single")
    done = answer(amy, checks, AFTER, single, wrong_choices(single)[0], str(uuid.uuid4()))
    page = amy.get(done.headers["Location"]).get_data(as_text=True)
    with app.test_request_context():
        assert single.texts["en"].options[wrong_choices(single)[0]].feedback in page


@on_both
def test_the_checks_count_for_no_standing_no_tally_and_no_try(app, checks, visit):
    amy = visit("Amy")
    take(amy, checks, BEFORE, asked(app, checks, checks.amy), right=0)
    assert rows(app, Standing) == rows(app, Tally) == 0
    with app.test_request_context():
        make_attempt(checks.amy, checks.assignment, right=6)
        counted = db.session.execute(select(Tally.item_id, Tally.choice, Tally.n).order_by(Tally.item_id, Tally.choice)).all()
        standing = db.session.execute(select(Standing.tries, Standing.answered, Standing.best_right)).all()
    take(amy, checks, AFTER, asked(app, checks, checks.amy, AFTER), right=0)
    with app.test_request_context():
        assert db.session.execute(select(Tally.item_id, Tally.choice, Tally.n).order_by(Tally.item_id, Tally.choice)).all() == counted
        assert db.session.execute(select(Standing.tries, Standing.answered, Standing.best_right)).all() == standing
    page = amy.get(f"/en/quizzes/assigned/{checks.assignment}?again=1").get_data(as_text=True)
    assert 'name="nth" value="2"' in page, "the next try at the quiz is the second"


def test_a_teacher_sees_nobodys_answers_to_the_checks(app, checks, visit):
    take(visit("Amy"), checks, BEFORE, asked(app, checks, checks.amy), right=0)
    html = visit("Ms Tremblay").get(f"/en/progress/{checks.class_6b}/{checks.assignment}/{checks.amy}").get_data(as_text=True)
    assert "Nothing answered yet" in html


@on_both
def test_an_answer_in_a_check_sent_again_or_changed_gives_one_row_and_the_first_stands(app, checks, visit):
    amy, attempt = visit("Amy"), str(uuid.uuid4())
    item = asked(app, checks, checks.amy)[0]
    for choice in (item.right, item.right, wrong_choices(item)[0]):
        assert answer(amy, checks, BEFORE, item, choice, attempt).status_code == 303
    other = answer(visit("Amy"), checks, BEFORE, asked(app, checks, checks.amy)[1], "not-sure", str(uuid.uuid4()))
    assert other.status_code == 303, "another device that began with a uuid of its own"
    with app.test_request_context():
        kept = db.session.execute(select(Answer.item_id, Answer.choice, Answer.right).where(Answer.item_id == item.id)).all()
        assert kept == [(item.id, item.right, True)]
    assert rows(app, Attempt) == 1
    assert rows(app, Answer) == 2


def test_the_language_can_change_in_the_middle_of_a_check(app, checks, visit):
    amy, attempt, items = visit("Amy"), str(uuid.uuid4()), asked(app, checks, checks.amy)
    answer(amy, checks, BEFORE, items[0], items[0].right, attempt)
    for locale in ("fr", "ko"):
        page = amy.get(address(checks, BEFORE, locale)).get_data(as_text=True)
        assert f'value="{items[1].id}"' in page
        assert f'value="{attempt}"' in page


def test_whoever_has_read_or_begun_the_questions_is_past_the_check_before(app, checks, visit):
    amy, min_ = visit("Amy"), visit("Min")
    items = asked(app, checks, checks.amy)
    begun = str(uuid.uuid4())
    answer(amy, checks, BEFORE, items[0], items[0].right, begun)
    with app.test_request_context():
        record_reading(checks.amy, checks.assignment, clock.today("America/Toronto"))
        make_attempt(checks.min, checks.assignment, answered=1)
    for visitor in (amy, min_):
        assert visitor.get(address(checks, BEFORE)).status_code == 303
    answer(min_, checks, BEFORE, asked(app, checks, checks.min)[0], "not-sure", str(uuid.uuid4()))
    assert rows(app, Attempt, Attempt.student_id == checks.min, Attempt.nth == BEFORE) == 0
    assert "You went on without them" in min_.get(f"/en/lessons/assigned/{checks.assignment}").get_data(as_text=True)
    answer(amy, checks, BEFORE, items[1], items[1].right, begun)
    assert rows(app, Answer, Answer.student_id == checks.amy) == 2, "what was on its way is kept"


def test_without_checks_there_are_none(app, school, visit):
    amy = visit("Amy")
    items = asked(app, school, school.amy)
    for nth in (BEFORE, AFTER):
        assert amy.get(address(school, nth)).status_code == 303
        answer(amy, school, nth, items[0], items[0].right, str(uuid.uuid4()))
    assert rows(app, Attempt) == 0
    assert 'id="ui-steps"' not in amy.get(f"/en/lessons/assigned/{school.assignment}").get_data(as_text=True)


def test_the_quiz_takes_no_answer_for_a_check_and_a_check_none_of_somebody_else(app, checks, visit):
    items = asked(app, checks, checks.amy)
    own = str(uuid.uuid4())
    answer(visit("Amy"), checks, BEFORE, items[0], items[0].right, own)
    for nth, attempt in (("0", own), ("0", str(uuid.uuid4())), ("1", own)):
        form = {"attempt": attempt, "nth": nth, "item": items[1].id, "choice": items[1].right}
        assert visit("Amy").post(f"/en/quizzes/assigned/{checks.assignment}", form).status_code == 404
    answer(visit("Min"), checks, BEFORE, items[1], items[1].right, own)
    assert rows(app, Answer) == 1


@pytest.mark.parametrize("change", [{"item": "no-such-item"}, {"attempt": "1"}, {"choice": "no-such-option"}])
def test_odd_answers_to_a_check_are_refused(app, checks, visit, change):
    item = asked(app, checks, checks.amy)[0]
    form = {"attempt": str(uuid.uuid4()), "nth": "0", "item": item.id, "choice": item.right, **change}
    assert visit("Amy").post(address(checks, BEFORE), form).status_code == 400
    assert rows(app, Answer) == 0


def test_no_choice_gets_a_kind_word_and_the_same_question(app, checks, visit):
    item = asked(app, checks, checks.amy)[0]
    response = visit("Amy").post(address(checks, BEFORE), {"attempt": str(uuid.uuid4()), "nth": "0", "item": item.id})
    assert response.status_code == 422
    assert f'value="{item.id}"' in response.get_data(as_text=True)


def test_after_the_closing_day_nothing_is_taken_and_a_kind_page_says_so(app, checks, visit):
    amy, attempt, items = visit("Amy"), str(uuid.uuid4()), asked(app, checks, checks.amy)
    answer(amy, checks, BEFORE, items[0], items[0].right, attempt)
    with app.test_request_context():
        given = db.session.get_one(Assignment, checks.assignment)
        given.due_on = given.closes_on = clock.today("America/Toronto") - clock.timedelta(1)
        db.session.commit()
    assert answer(amy, checks, BEFORE, items[1], items[1].right, attempt).status_code == 403
    assert "This lesson has closed" in amy.get(address(checks, BEFORE)).get_data(as_text=True)
    assert rows(app, Answer) == 1


@on_both
def test_half_of_a_class_begins_with_either_form_whoever_comes_and_whoever_goes(app, checks):
    with app.test_request_context():
        ids = [checks.amy, checks.min, *make_students(checks.class_6b, 29)]
        forms = [first_form(as_signed_in(i), checks.assignment) for i in ids]
        assert abs(forms.count("A") - forms.count("B")) == 1
        make_students(checks.class_6b, 5, start=60)
        assert [first_form(as_signed_in(i), checks.assignment) for i in ids] == forms, "new seats change nobody's form"
        others = [[first_form(as_signed_in(i), checks.assignment + n) for i in ids] for n in range(1, 6)]
        assert any(other != forms for other in others), "another assignment draws another lot"


def test_every_lesson_has_two_checks_of_one_length_without_sensitive_questions_and_anchors(app):
    lengths = Counter()
    with app.test_request_context():
        for lesson in library().lessons:
            for band in lesson.bands:
                of = short_checks(lesson.quiz, band)
                items = {form: [lesson.quiz.item(i) for i in ids] for form, ids in of.items()}
                usable = [i for i in lesson.quiz.for_band(band) if not i.sensitive and not i.anchor]
                most = [sum(i.form == form for i in usable) for form in FORMS]
                assert [len(own) for own in items.values()] == [min(4, *most)] * 2
                assert all(i in usable and i.form == form for form, own in items.items() for i in own)
                lengths[min(4, *most)] += 1
    assert set(lengths) == {3, 4}, lengths


def test_an_answer_to_a_check_takes_a_bounded_number_of_statements(app, checks, visit, statements):
    amy, attempt, items = visit("Amy"), str(uuid.uuid4()), asked(app, checks, checks.amy)
    for item, most in ((items[0], 11), (items[1], 7)):
        with statements() as seen:
            answer(amy, checks, BEFORE, item, item.right, attempt)
        assert len(seen) <= most, "\n".join(seen)
    with statements() as with_checks:
        amy.get(f"/en/lessons/assigned/{checks.assignment}")
    with app.test_request_context():
        db.session.get_one(Assignment, checks.assignment).checks = False
        db.session.commit()
    with statements() as without:
        amy.get(f"/en/lessons/assigned/{checks.assignment}")
    assert len(with_checks) == len(without) + 1


def test_deliveries_of_a_check_in_any_order_give_each_answer_once(app, checks, visit):
    with app.test_request_context():
        ids = make_students(checks.class_6b, 8)
        for student_id in ids:
            make_attempt(student_id, checks.assignment)
    dice, deliveries, visitors = random.Random(5), [], {}
    for student_id in ids:
        visitors[student_id] = visit()
        visitors[student_id].sign_in("student", student_id)
        attempt = str(uuid.uuid4())
        deliveries += [(student_id, attempt, i) for i in asked(app, checks, student_id, AFTER)] * dice.randint(1, 4)
    dice.shuffle(deliveries)
    for student_id, attempt, item in deliveries:
        answer(visitors[student_id], checks, AFTER, item, item.right, attempt, check=False)
    with app.test_request_context():
        kept = db.session.execute(
            select(Attempt.student_id, Attempt.finished_on, func.count())
            .join(Answer, (Answer.attempt_uuid == Attempt.uuid) & (Answer.student_id == Attempt.student_id))
            .where(Attempt.nth == AFTER)
            .group_by(Attempt.student_id, Attempt.finished_on)
        ).all()
    assert len(kept) == 8
    assert all(finished is not None and n == 4 for _student, finished, n in kept)
