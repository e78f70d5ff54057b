"""Right and not yet by question and language: counted at the end of a first sitting, without anybody in it, and compared for translators."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest
from making import make_attempt, make_students, on_both
from sqlalchemy import func, select

from app.classrooms.queries import remove_student, student_in
from app.core.db import db
from app.core.library import library
from app.curriculum.bias import Stratum
from app.quizzes.languages import STRATA, count_first_sitting, differences, strata_by_pair
from app.quizzes.models import LanguageCount, Standing
from app.quizzes.queries import questions_for

LESSON = "sextortion"
REFERENCE = Path(__file__).parents[1] / "curriculum" / "reference" / "language_bias.json"


def rows(app):
    with app.test_request_context():
        return db.session.execute(
            select(LanguageCount.item_id, LanguageCount.locale, LanguageCount.stratum, LanguageCount.right, LanguageCount.wrong)
        ).all()


def graded(app) -> list[str]:
    """The questions of a first sitting that are counted, in the order in which they are asked."""
    with app.test_request_context():
        quiz = library().quiz(LESSON)
        return [i for i in questions_for(quiz, "B", 1) if not quiz.item(i).sensitive]


@on_both
def test_a_finished_first_sitting_is_counted_once_in_its_language_by_how_the_rest_went(app, school):
    items = graded(app)
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=3, locale="ko")
    counted = {item: (locale, stratum, right, wrong) for item, locale, stratum, right, wrong in rows(app)}
    assert set(counted) == set(items), "sensitive questions are left out"
    with app.test_request_context():
        order = questions_for(library().quiz(LESSON), "B", 1)
    marks = {i: int(order.index(i) < 3) for i in items}
    for item, (locale, stratum, right, wrong) in counted.items():
        others = sum(marks.values()) - marks[item]
        assert (locale, right, wrong) == ("ko", marks[item], 1 - marks[item])
        assert stratum == STRATA * others // (len(items) - 1)


@on_both
def test_only_whole_first_sittings_count_and_two_in_one_place_add_up(app, school):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, right=9, answered=4)
        assert db.session.scalars(select(LanguageCount)).all() == []
        make_attempt(school.min, school.assignment, right=9)
        before = sorted(map(tuple, rows(app)))
        make_attempt(school.min, school.assignment, right=0, nth=2)
        make_attempt(school.lee, school.assignment_other, right=9)
    after = sorted(map(tuple, rows(app)))
    assert [(i, loc, s, 2 * r, 2 * w) for i, loc, s, r, w in before] == after
    assert all(stratum == STRATA and wrong == 0 for _i, _l, stratum, _r, wrong in after)


def test_one_question_alone_has_nothing_to_be_compared_by(app, school):
    with app.test_request_context():
        attempt = make_attempt(school.amy, school.assignment, answered=1)
        count_first_sitting(LESSON, "en", school.amy, attempt)
        db.session.commit()
    assert rows(app) == []


def test_what_nobody_knows_the_language_of_is_compared_with_nothing(app, school):
    with app.test_request_context():
        make_attempt(school.amy, school.assignment, locale="")
        assert db.session.scalar(select(Standing.locale)) == ""
    assert rows(app) == []


@on_both
def test_the_language_of_the_last_answer_stands_beside_the_result(app, school, visit):
    amy, attempt = visit("Amy"), str(uuid.uuid4())
    for locale, item in zip(("fr", "ko"), graded(app), strict=False):
        with app.test_request_context():
            right = library().quiz(LESSON).item(item).right
        form = {"attempt": attempt, "nth": "1", "item": item, "choice": right}
        assert amy.post(f"/{locale}/quizzes/assigned/{school.assignment}", form).status_code == 303
        with app.test_request_context():
            assert db.session.scalar(select(Standing.locale)) == locale


@on_both
def test_counts_stay_when_a_student_is_erased_because_they_are_about_nobody(app, school):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
        before = rows(app)
        remove_student(student_in(school.class_6b, school.amy))
        db.session.commit()
    assert sorted(map(tuple, rows(app))) == sorted(map(tuple, before))
    assert not {c.name for c in LanguageCount.__table__.columns} & {
        "student_id",
        "attempt_uuid",
        "assignment_id",
        "classroom_id",
        "school_id",
    }


def test_the_last_answer_of_a_first_sitting_costs_two_statements_more_and_others_none(app, school, statements, visit):
    """Reading the marks and adding them up in one go; the other answers of a sitting do not get slower."""
    amy, attempt, seen_by = visit("Amy"), str(uuid.uuid4()), []
    with app.test_request_context():
        quiz = library().quiz(LESSON)
        items = [quiz.item(i) for i in questions_for(quiz, "B", 1)]
    for item in items:
        with statements() as seen:
            amy.post(f"/en/quizzes/assigned/{school.assignment}", {"attempt": attempt, "nth": "1", "item": item.id, "choice": item.right})
        seen_by.append([s for s in seen if "language_counts" in s])
    assert [len(s) for s in seen_by] == [0] * (len(items) - 1) + [1]


# --- comparing -----------------------------------------------------------------------------------------------------------


def stored(app, kept: list[tuple[str, str, list[list[int]]]]) -> None:
    """Counts as the table holds them: (question, other language, strata of source right, source wrong, other right, other wrong)."""
    with app.test_request_context(method="POST"):
        for item, other, strata in kept:
            for n, (a, b, c, d) in enumerate(strata):
                for locale, right, wrong in (("fr", a, b), (other, c, d)):
                    db.session.add(LanguageCount(lesson_slug=LESSON, item_id=item, locale=locale, stratum=n, right=right, wrong=wrong))
        db.session.commit()


@on_both
def test_the_stored_reference_comes_out_of_the_database(app):
    reference = json.loads(REFERENCE.read_text("utf-8"))["items"]
    with app.test_request_context():
        names = [item.id for item in library().quiz(LESSON).items]
    assert len(reference) <= len(names)
    stored(app, [(name, "ko", item["strata"]) for name, item in zip(names, reference, strict=False)])
    with app.test_request_context():
        found = {d.item: d for d in differences(library())}
    assert len(found) == len(reference)
    for name, item in zip(names, reference, strict=False):
        plain = found[name].as_plain()
        for ours, theirs in (("odds_ratio", "alpha"), ("delta", "delta"), ("delta_error", "delta_error"), ("p", "holm")):
            assert plain[ours] == pytest.approx(item[theirs], rel=1e-9, abs=1e-12), (name, ours)
        both = [s for s in item["strata"] if s[0] + s[1] and s[2] + s[3]]
        assert plain["n"] == [sum(s[0] + s[1] for s in both), sum(s[2] + s[3] for s in both)]
        assert plain["languages"] == ["fr", "ko"]
    order = [abs(d.bias.delta) for d in found.values()]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize(("source", "other", "heard"), [((80, 20), (60, 39), False), ((80, 20), (60, 40), False), ((120, 60), (60, 39), False), ((150, 50), (60, 40), True)])  # fmt: skip
def test_silent_below_100_in_each_language_and_300_in_both(app, source, other, heard):
    stored(app, [(graded(app)[0], "en", [[*source, *other]])])
    with app.test_request_context():
        assert bool(differences(library())) is heard


def test_every_pair_of_languages_is_compared_and_the_one_written_first_is_the_source(app):
    item = graded(app)[0]
    with app.test_request_context(method="POST"):
        for locale, right in (("en", 90), ("fr", 150), ("ko", 30)):
            db.session.add(LanguageCount(lesson_slug=LESSON, item_id=item, locale=locale, stratum=3, right=right, wrong=200 - right))
        db.session.commit()
        pairs = {(key[2], key[3]): strata for key, strata in strata_by_pair().items()}
        assert pairs[("fr", "ko")] == [Stratum(150, 50, 30, 170)]
        assert set(pairs) == {("fr", "en"), ("fr", "ko"), ("en", "ko")}
        found = differences(library())
    assert [d.harder_in for d in found] == ["ko", "ko", "en"]
    assert {d.bias.ets_class for d in found} == {"C"}
    words = library_text(app, item)
    assert words["fr"] in found[0].texts[0]
    assert words["ko"] in found[0].texts[1]


def library_text(app, item) -> dict[str, str]:
    from markupsafe import Markup

    with app.test_request_context():
        texts = library().quiz(LESSON).item(item).texts
        return {code: Markup(text.question).striptags() for code, text in texts.items()}


def test_a_question_that_left_the_bank_is_not_compared(app):
    stored(app, [("gone-long-ago", "ko", [[200, 100, 100, 200]])])
    with app.test_request_context():
        assert differences(library()) == []


@on_both
def test_a_class_that_finishes_at_once_is_counted_whole(app, school):
    import threading

    with app.test_request_context(method="POST"):
        ids = make_students(school.class_6b, 12)

    def work(student):
        with app.test_request_context(method="POST"):
            make_attempt(student, school.assignment, right=4)

    threads = [threading.Thread(target=work, args=(i,)) for i in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.test_request_context():
        right, wrong = db.session.execute(select(func.sum(LanguageCount.right), func.sum(LanguageCount.wrong))).one()
    assert right + wrong == 12 * len(graded(app))
