"""Wrong ideas over a class: how many hold each, and the card about one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.curriculum.content import Item
from app.curriculum.ideas import Held, Worth, held_in, ledger, ranked
from app.curriculum.statistics import Rest, rest_says


def item(kind="single", item_id="q", options=("a", "b", "c"), right="a", ideas=None, doors=()):
    return Item(item_id, kind, ("B",), "one", "part", options, right, ideas or {"b": "first", "c": "second"}, doors=doors)


def test_two_options_of_one_idea_are_added_where_only_one_can_be_chosen():
    same = item(ideas={"b": "first", "c": "first"})
    assert held_in(same, {"a": 10, "b": 4, "c": 3, "not-sure": 3}) == {"first": Held(7, 20)}


def test_nobody_is_counted_twice_where_several_can_be_chosen():
    ticked = item("several", right="a", ideas={"b": "first", "c": "first"})
    counts = {"=right": 5, "=not-yet": 5, "a": 10, "b": 4, "c": 3}
    assert held_in(ticked, counts) == {"first": Held(4, 10)}
    matched = item("match", right="a=x+b=y+c=x", ideas={"b": "first", "c": "first"}, doors=("x", "y", "z"))
    counts = {"=right": 2, "=not-yet": 8, "b=x": 3, "b=z": 2, "c=y": 4, "a=x": 10}
    assert held_in(matched, counts) == {"first": Held(5, 10)}


def test_the_first_step_of_an_order_carries_its_idea():
    ordered = item("order", right="a>b>c", ideas={"b": "first"})
    assert held_in(ordered, {"=right": 6, "=not-yet": 4, "b@1": 3, "b@2": 6, "a@1": 6}) == {"first": Held(3, 10)}


@pytest.mark.parametrize(
    ("chosen", "met", "worth"), [(5, 16, Worth.TALK), (4, 6, Worth.SOME), (5, 20, Worth.SOME), (2, 21, Worth.HARDLY), (0, 9, Worth.HARDLY)]
)
def test_what_an_idea_is_worth(chosen, met, worth):
    assert Held(chosen, met).worth is worth


def test_the_lower_end_of_the_share_is_wilsons():
    # R 4: prop.test(8, 20, correct = FALSE)$conf.int is 0.2188065 to 0.6134185.
    assert Held(8, 20).at_least == pytest.approx(0.2188065, abs=1e-7)
    assert Held(0, 0).at_least == 0.0


def test_an_idea_over_several_questions_is_one_line_and_few_answers_weigh_less():
    one, two = item(item_id="one"), item(item_id="two", ideas={"b": "first", "c": "third"})
    found = ledger([("a", one, {"a": 6, "b": 14}), ("b", two, {"a": 10, "b": 6, "c": 4}), ("b", item(item_id="few"), {"b": 4})])
    assert [(e.idea, e.held) for e in found] == [("first", Held(20, 40)), ("third", Held(4, 20)), ("second", Held(0, 20))]
    assert [p.item for p in found[0].places] == ["one", "two"]
    sure, shaky = ledger([("a", item(item_id="x", ideas={"b": "many"}), {"a": 6, "b": 14}), ("a", item(item_id="y", ideas={"b": "few"}), {"a": 1, "b": 4})])  # fmt: skip
    assert (sure.idea, shaky.idea) == ("many", "few")


def held_by(chosen, of=20, sensitive=False, lesson="a", idea="first"):
    """One question of a lesson where so many hold an idea."""
    one = item(item_id=f"{lesson}-{idea}-{sensitive}", ideas={"b": idea})
    return lesson, replace(one, sensitive=sensitive), {"a": of - chosen, "b": chosen}


def order_of(*answered, now=""):
    return [e.idea for e in ledger(answered, now)]


def test_what_the_class_is_at_comes_first_where_it_is_worth_talking_about():
    earlier, at_hand = held_by(17, lesson="a", idea="widest"), held_by(8, lesson="b", idea="of-now")
    assert order_of(earlier, at_hand) == ["widest", "of-now"]
    assert order_of(earlier, at_hand, now="b") == ["of-now", "widest"]
    assert order_of(earlier, held_by(4, lesson="b", idea="of-now"), now="b") == ["widest", "of-now"], "too few to talk about"


def test_an_idea_that_only_the_lesson_at_hand_brings_up_is_worth_talking_about_too():
    earlier, at_hand = held_by(1, of=24, lesson="a"), held_by(8, lesson="b")
    (entry,) = ledger([earlier, at_hand])
    assert (entry.worth, entry.to_talk_about) == (Worth.SOME, False)
    (entry,) = ledger([earlier, at_hand], now="b")
    assert (entry.worth, entry.to_talk_about, entry.question.lesson) == (Worth.TALK, True, "b")


def test_sensitive_questions_lift_no_idea_to_the_front():
    close, other = held_by(19, sensitive=True, lesson="b", idea="close"), held_by(8, lesson="a", idea="other")
    assert order_of(close, other, now="b") == ["other", "close"]
    found = {e.idea: e for e in ledger([close, other], now="b")}
    assert found["close"].worth is Worth.TALK, "it has its place in the list, and its card"
    assert not found["close"].to_talk_about
    assert found["other"].to_talk_about


def test_where_to_look_first_is_the_question_where_most_hold_it():
    few, many = held_by(7, lesson="a"), held_by(14, lesson="b")
    assert ledger([few, many])[0].question.lesson == "b"
    assert ledger([few, many], now="a")[0].question.lesson == "a"
    assert ledger([few, held_by(19, lesson="b", sensitive=True)])[0].question.lesson == "a"


def test_nothing_met_is_nothing_ranked():
    assert ranked([]) == ()


def test_two_questions_of_four_people_are_not_eight_people():
    assert ledger([("a", item(), {"a": 2, "b": 2}), ("a", item(item_id="other"), {"a": 2, "b": 2})]) == ()


@pytest.mark.parametrize(
    ("r", "says"), [(None, None), (0.4, Rest.WITH), (0.15, Rest.WITH), (0.1, Rest.LITTLE), (-0.1, Rest.LITTLE), (-0.2, Rest.AGAINST)]
)
def test_a_correlation_in_three_words(r, says):
    assert rest_says(r) is says
