"""Which questions are asked, and what answers mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum import scoring
from app.curriculum.content import Item, ItemText, OptionText, Quiz
from app.curriculum.scoring import (
    LONGEST_CHOICE,
    NOT_SURE,
    PASS,
    Score,
    canonical,
    draw,
    feedback,
    format_choice,
    is_right,
    is_valid,
    misconceptions_behind,
    parse,
    people_answered,
    score,
    tally_keys,
    wrong_choices,
)

from .making import an_item_of


def an_item(name: str, bands: str = "B", anchor: bool = False, sensitive: bool = False, right: str = "two") -> Item:
    options = ("one", "two", "three")
    words = {o: OptionText(o, f"<p>{o}</p>") for o in options}
    return Item(
        id=name,
        kind="single",
        bands=tuple(bands),
        objective="x",
        section="why",
        options=options,
        right=right,
        misconceptions={o: f"idea-{o}" for o in options if o != right},
        anchor=anchor,
        sensitive=sensitive,
        texts={"fr": ItemText("", "?", words)},
    )


def a_quiz(length: int = 6, anchors: int = 4, others: int = 8, slug: str = "webcams") -> Quiz:
    items = [an_item(f"a-{n}", anchor=True) for n in range(anchors)] + [an_item(f"o-{n}") for n in range(others)]
    return Quiz(slug, length, tuple(items), {})


def test_a_sitting_holds_the_anchors_and_the_next_others() -> None:
    quiz = a_quiz()
    sittings = [draw(quiz, "B", n) for n in (1, 2, 3, 4)]
    for sitting in sittings:
        assert len(sitting) == len(set(sitting)) == 6
        assert {i for i in sitting if i.startswith("a-")} == {"a-0", "a-1", "a-2", "a-3"}
    asked = [i for sitting in sittings for i in sitting if i.startswith("o-")]
    assert sorted(asked) == [f"o-{n}" for n in range(8)]
    assert {i for i in draw(quiz, "B", 5) if i.startswith("o-")} == {i for i in sittings[0] if i.startswith("o-")}


def test_the_same_sitting_is_the_same_for_everybody() -> None:
    assert draw(a_quiz(), "B", 2) == draw(a_quiz(), "B", 2)
    assert draw(a_quiz(), "B", 1) != draw(a_quiz(slug="reporting"), "B", 1)


def test_the_anchors_do_not_always_come_first() -> None:
    orders = [draw(a_quiz(), "B", n) for n in range(1, 9)]
    assert any(not order[0].startswith("a-") for order in orders)
    assert len({tuple(i for i in order if i.startswith("a-")) for order in orders}) > 1


@given(st.integers(0, 12), st.integers(0, 6), st.integers(0, 20), st.integers(-1, 50))
def test_a_sitting_never_breaks(length: int, anchors: int, others: int, nth: int) -> None:
    quiz = a_quiz(length, anchors, others)
    sitting = draw(quiz, "B", nth)
    assert len(sitting) == len(set(sitting)) == min(length, anchors + others) if others else True
    assert len(sitting) <= length
    assert draw(quiz, "C", nth) == ()


def test_another_band_gets_its_own_items() -> None:
    quiz = Quiz("x", 6, (an_item("b", "B"), an_item("bc", "BC"), an_item("c", "C")), {})
    assert set(draw(quiz, "C", 1)) == {"bc", "c"}


def test_not_sure_is_not_yet_and_never_wrong() -> None:
    item = an_item("a")
    assert is_right(item, "two")
    assert not is_right(item, NOT_SURE)
    said = feedback(item, NOT_SURE, "fr")
    assert (said.kind, said.html, said.misconception, said.section) == ("not_sure", "<p>two</p>", None, "why")
    assert score([item], {"a": NOT_SURE}) == Score(0, 1, 1, ())


def test_feedback_names_the_idea_and_the_section_to_read_again() -> None:
    item = an_item("a")
    assert feedback(item, "two", "ko").kind == "right"
    said = feedback(item, "one", "ko")
    assert (said.kind, said.html, said.misconception, said.section) == ("not_yet", "<p>one</p>", "idea-one", "why")
    assert feedback(item, PASS, "fr").kind == "passed"
    with pytest.raises(KeyError):
        feedback(item, "none", "fr")


def test_sensitive_questions_never_count() -> None:
    items = [an_item("a"), an_item("s", sensitive=True), an_item("t", sensitive=True), an_item("b")]
    choices = {"a": "two", "s": "one", "t": PASS, "b": "three", "unknown": "x"}
    assert score(items, choices) == Score(right=1, answered=3, counted=2, misconceptions=("idea-three",))


def test_unanswered_questions_count_neither_way() -> None:
    assert score([an_item("a"), an_item("b")], {"a": "two"}) == Score(1, 1, 1, ())


# The other kinds of question

ITEMS = {kind: an_item_of(kind) for kind in scoring.KINDS}
kinds = st.sampled_from(scoring.KINDS)
# What could be posted: ids of the question and strange words, joined by anything.
WORDS = sorted({o for i in ITEMS.values() for o in (*i.options, *i.doors)} | {NOT_SURE, PASS, "", "=", "one", "\x00", "오", "a" * 300})
posted = st.one_of(
    st.text(max_size=60),
    st.builds(lambda words, joint: joint.join(words), st.lists(st.sampled_from(WORDS), max_size=7), st.sampled_from("+>=,@ ")),
    st.builds(
        lambda pairs: "+".join(f"{a}={b}" for a, b in pairs),
        st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), max_size=5),
    ),
)


@given(kinds, posted)
def test_whatever_is_posted_is_an_answer_or_refused(kind: str, text: str) -> None:
    item = ITEMS[kind]
    choice = canonical(item, text)
    assert (choice is not None) == is_valid(item, text)
    if choice is None:
        assert text == PASS or parse(item, text) is None
        if text != PASS:
            with pytest.raises(KeyError):
                feedback(item, text, "fr")
        return
    assert len(choice) <= LONGEST_CHOICE
    assert canonical(item, choice) == choice
    if choice != NOT_SURE:
        assert format_choice(item, parse(item, choice) or ()) == choice
        assert parse(item, choice) == parse(item, text)
    assert feedback(item, choice, "fr").kind == ("right" if is_right(item, text) else "not_sure" if choice == NOT_SURE else "not_yet")
    keys = tally_keys(item, choice)
    assert len(set(keys)) == len(keys)
    assert all(len(key) <= LONGEST_CHOICE for key in keys)
    assert people_answered(item, dict.fromkeys(keys, 1)) == 1


@given(kinds, st.data())
def test_the_order_of_ticks_and_situations_does_not_matter_and_that_of_steps_does(kind: str, data: st.DataObject) -> None:
    item = ITEMS[kind]
    parts = data.draw(st.permutations(scoring.split_choice(kind, item.right)))
    choice = scoring.join_choice(kind, parts)
    assert is_right(item, choice) == (kind != "order" or choice == item.right)


@pytest.mark.parametrize("kind", scoring.KINDS)
def test_wrong_choices_are_answers_and_not_right(kind: str) -> None:
    item = ITEMS[kind]
    wrong = wrong_choices(item)
    assert wrong
    assert len(set(wrong)) == len(wrong)
    assert all(canonical(item, choice) == choice and not is_right(item, choice) for choice in wrong)
    assert misconceptions_behind(item, wrong[0])


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        ("several", "ask+ask"),
        ("several", "ask+"),
        ("several", "+"),
        ("several", "ask+sing"),
        ("several", "ask>tell"),
        ("several", "ask+not-sure"),
        ("order", "stop>save>block"),
        ("order", "stop>save>block>block"),
        ("order", "stop+save+block+tell"),
        ("match", "in-danger=emergency+picture-spreads=image-help"),
        ("match", "in-danger=emergency+in-danger=helpline+just-to-talk=helpline"),
        ("match", "in-danger=emergency+picture-spreads=sing+just-to-talk=helpline"),
        ("match", "in-danger+picture-spreads+just-to-talk"),
        ("single", "one+two"),
        ("find", ""),
    ],
)
def test_half_answers_are_no_answers(kind: str, choice: str) -> None:
    assert not is_valid(ITEMS[kind], choice)
    assert not is_right(ITEMS[kind], choice)


def test_only_sensitive_questions_can_be_stepped_over() -> None:
    assert not is_valid(ITEMS["single"], PASS)
    assert canonical(an_item_of("single", sensitive=True), PASS) == PASS


def test_counts_hold_the_whole_and_each_part() -> None:
    assert tally_keys(ITEMS["single"], "one") == ("one",)
    assert tally_keys(ITEMS["several"], "ask+pay") == ("=not-yet", "ask", "pay")
    assert tally_keys(ITEMS["several"], "ask+tell") == ("=right", "ask", "tell")
    assert tally_keys(ITEMS["order"], "block>stop>save>tell") == ("=not-yet", "block@1", "stop@2", "save@3", "tell@4")
    given = "in-danger=emergency+picture-spreads=emergency+just-to-talk=helpline"
    assert tally_keys(ITEMS["match"], given) == ("=not-yet", "in-danger=emergency", "picture-spreads=emergency", "just-to-talk=helpline")
    assert {tally_keys(item, NOT_SURE) for item in ITEMS.values()} == {(NOT_SURE,)}


def test_the_ideas_behind_what_is_wrong_are_found() -> None:
    assert misconceptions_behind(ITEMS["several"], "ask+wait+tell+pay") == ("idea-wait", "idea-pay")
    assert misconceptions_behind(ITEMS["several"], "ask") == ()
    assert misconceptions_behind(ITEMS["find"], "hello+see-you") == ("idea-hello",)
    assert misconceptions_behind(ITEMS["order"], "block>stop>save>tell") == ("idea-block",)
    assert misconceptions_behind(ITEMS["order"], "stop>block>save>tell") == ()
    given = "in-danger=helpline+picture-spreads=emergency+just-to-talk=helpline"
    assert misconceptions_behind(ITEMS["match"], given) == ("idea-police",)
    assert misconceptions_behind(ITEMS["match"], ITEMS["match"].right) == ()
    assert score(ITEMS.values(), {"several": "ask+pay", "order": "stop>save>block>tell"}) == Score(1, 2, 2, ("idea-pay",))


def test_feedback_says_of_each_part_whether_it_fits() -> None:
    def parts(kind: str, choice: str) -> list[tuple[str, str | None, str, bool]]:
        return [(p.id, p.given, p.right, p.fits) for p in feedback(ITEMS[kind], choice, "ko").parts]

    assert parts("several", "ask+pay") == [
        ("ask", "yes", "yes", True), ("wait", "", "", True), ("tell", "", "yes", False), ("pay", "yes", "", False),
    ]  # fmt: skip
    assert parts("order", "stop>block>save>tell") == [
        ("stop", "1", "1", True), ("save", "3", "2", False), ("block", "2", "3", False), ("tell", "4", "4", True),
    ]  # fmt: skip
    assert parts("match", "in-danger=emergency+picture-spreads=helpline+just-to-talk=helpline")[1] == (
        "picture-spreads", "helpline", "image-help", False,
    )  # fmt: skip
    assert {fits for kind in ("several", "find", "order", "match") for *_rest, fits in parts(kind, NOT_SURE)} == {False}
    assert feedback(ITEMS["several"], "tell+ask", "fr").kind == "right"


def test_yes_is_said_only_of_what_was_done() -> None:
    said = {p.id: p.html for p in feedback(ITEMS["several"], "ask", "fr").parts}
    assert said["ask"] == "<p>Oui, ask.</p>"
    assert said["tell"] == "<p>Tell.</p>"
