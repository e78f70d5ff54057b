"""Which questions are asked, and what answers mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.content import Item, ItemText, OptionText, Quiz
from app.curriculum.scoring import NOT_SURE, PASS, Score, draw, feedback, is_right, score


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
