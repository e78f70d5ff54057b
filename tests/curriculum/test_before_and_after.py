"""What pairs of checks tell, and what they must not claim."""

from __future__ import annotations

import random

import pytest

from app.curriculum.before_after import (
    AFTER,
    BEFORE,
    Check,
    CheckAnswer,
    Verdict,
    compare,
    counted,
    form_of,
    other_form,
    pairs_in,
    short_checks,
)
from app.curriculum.content import Item, Quiz
from app.curriculum.scoring import draw


def item(item_id: str, form: str, objective: str = "one", idea: str = "wrong-idea", **more) -> Item:
    return Item(item_id, "single", ("B",), objective, "part", ("x", "y"), "x", {"y": idea}, form=form, **more)


def quiz_of(*items: Item, length: int = 2) -> Quiz:
    return Quiz("a-quiz", length, items, {})


ITEMS = tuple(item(f"{form.lower()}{n}", form) for form in "AB" for n in range(4))
QUIZ = quiz_of(*ITEMS)


def check(student: int, nth: int, right: int, form: str = "A", of: int = 4, finished: bool = True) -> Check:
    answers = tuple(CheckAnswer(f"{form.lower()}{n}", "x" if n < right else "y", n < right) for n in range(of))
    return Check(student, nth, finished, answers)


def both(student: int, before: int, after: int) -> tuple[Check, Check]:
    forms = "AB" if student % 2 else "BA"
    return check(student, BEFORE, before, forms[0]), check(student, AFTER, after, forms[1])


def compared(pairs, others=(), students=None):
    checks = [c for student, (before, after) in enumerate(pairs) for c in both(student, before, after)] + list(others)
    return told(QUIZ, checks, range(len(pairs)) if students is None else students)


def told(quiz, checks, students):
    taken: dict[int, set[int]] = {}
    for one in checks:
        if one.finished:
            taken.setdefault(one.student_id, set()).add(one.nth)
    return compare(counted(quiz, pairs_in(c for c in checks if c.student_id in students)), taken, students)


def test_checks_hold_as_many_of_one_form_as_of_the_other_and_pair_objectives():
    quiz = quiz_of(
        item("a-alike", "A", "two"), item("a-other", "A", "three"), item("a-third", "A", "four"),
        item("b-alike", "B", "two"), item("b-other", "B", "five"),
        item("b-sensitive", "B", "three", sensitive=True), item("b-anchor", "B", "three", anchor=True), item("loose", "", "three"), length=1,
    )  # fmt: skip
    found = short_checks(quiz, "B")
    assert {len(ids) for ids in found.values()} == {2}
    assert found["A"][0] == "a-alike"
    assert found["B"] == ("b-alike", "b-other")
    assert short_checks(quiz, "B") == found, "the same for everybody, always"
    assert short_checks(quiz_of(item("a", "A")), "B") == {"A": (), "B": ()}


def test_questions_that_the_first_sitting_teaches_come_last():
    quiz = quiz_of(*(item(f"{form}-{n}", form) for form in "AB" for n in range(6)), length=4)
    taught = draw(quiz, "B", 1)
    for form, ids in short_checks(quiz, "B").items():
        own = {i for i in taught if i.startswith(form)}
        assert len(ids) == 4
        assert len(own & set(ids)) == max(0, len(own) - 2), "only where the other questions of the form are too few"


def test_the_form_of_a_check_is_read_from_its_questions():
    assert form_of(QUIZ, ["left-the-bank", "b2"]) == "B"
    assert form_of(QUIZ, ["left-the-bank"]) == ""
    assert [other_form(f) for f in "AB"] == ["B", "A"]


def test_only_pairs_are_compared_and_everybody_else_is_counted_by_why():
    pairs = [(1, 3)] * 6
    others = [check(10, BEFORE, 0), check(11, BEFORE, 0), check(12, AFTER, 4), check(13, BEFORE, 2, finished=False), *both(99, 0, 4)]
    found = compared(pairs, others, students=[*range(6), 10, 11, 12, 13, 14])
    assert (found.gain.n, found.both, found.only_before, found.only_after, found.neither, found.left_out) == (6, 6, 2, 1, 2, 5)
    assert found.gain.mean == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        ([(1, 3)] * 4, Verdict.TOO_FEW),
        ([(1, 3), (2, 2), (2, 1), (1, 2), (0, 3)], Verdict.COUNTS),
        ([(1, 2)] * 9, Verdict.ALIKE),
        ([(1, 2), (2, 1), (2, 2), (3, 2), (2, 3), (1, 1), (2, 2), (0, 1)], Verdict.CHANCE),
        ([(1, 3), (1, 4), (0, 2), (1, 2), (2, 3), (1, 3), (2, 2), (0, 3)], Verdict.GAINED),
        ([(3, 1), (4, 1), (2, 0), (2, 1), (3, 2), (3, 1), (2, 2), (3, 0)], Verdict.LOWER),
    ],
)
def test_each_verdict_has_its_case(pairs, verdict):
    assert compared(pairs).verdict is verdict


def test_nothing_is_kept_of_whose_pairs_they_are():
    one, other = compared([(1, 3), (0, 4), (2, 2)] * 3), compared([(2, 2), (1, 3), (0, 4)] * 3)
    assert one.pairs == other.pairs


def test_ideas_are_counted_in_people_on_each_side_and_silent_below_five():
    found = compared([(2, 4)] * 6)
    (shift,) = found.shifts
    assert (shift.idea, shift.before.chosen, shift.before.met, shift.after.chosen, shift.after.met) == ("wrong-idea", 6, 6, 0, 6)
    assert not compared([(2, 4)] * 4).shifts


def test_ideas_of_a_question_that_has_become_sensitive_are_not_counted():
    quiz = quiz_of(*(item(i.id, i.form, sensitive=True) for i in ITEMS))
    checks = [c for student in range(6) for c in both(student, 2, 4)]
    assert told(quiz, checks, range(6)).shifts == ()


def class_that_learns_nothing(dice: random.Random, size: int, crossed: bool = True) -> list[Check]:
    """Nobody changes; form A is the easier one; those who know less tend to miss the second check."""
    checks = []
    for student in range(size):
        skill = min(0.95, max(0.05, dice.gauss(0.55, 0.2)))
        forms = "AB" if not crossed or student % 2 else "BA"
        for nth, form in zip((BEFORE, AFTER), forms, strict=True):
            if nth == AFTER and dice.random() < 0.6 * (1 - skill):
                continue
            easy = 0.1 if form == "A" else -0.1
            right = sum(dice.random() < min(0.98, max(0.02, skill + easy)) for _ in range(4))
            checks.append(check(student, nth, right, form))
    return checks


@pytest.mark.parametrize("size", [14, 25])
def test_a_class_that_learns_nothing_gains_nothing_in_93_of_100_runs(size):
    dice, runs = random.Random(20261122), 1500
    said = [told(QUIZ, class_that_learns_nothing(dice, size), range(size)).verdict for _ in range(runs)]
    claims = sum(v in (Verdict.GAINED, Verdict.LOWER) for v in said)
    print(f"{size} students: a change claimed in {claims} of {runs}")
    assert claims <= 0.07 * runs


def test_without_crossing_the_forms_the_same_class_would_seem_to_change():
    """The simulation can fail: what crossing is for."""
    dice, runs = random.Random(7), 300
    said = [told(QUIZ, class_that_learns_nothing(dice, 25, crossed=False), range(25)).verdict for _ in range(runs)]
    assert sum(v is Verdict.LOWER for v in said) > 0.5 * runs
