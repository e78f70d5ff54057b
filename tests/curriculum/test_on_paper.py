"""Letters on paper: what is typed means what was ticked, for every question there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.onpaper import KOREAN_KEYS, Problem, full_length, letters_of, read_typed, tidy, typed_for
from app.curriculum.scoring import KINDS, NOT_SURE, is_valid, wrong_choices

from .making import an_item_of

MATCHED = "in-danger=image-help+picture-spreads=emergency+just-to-talk=image-help"


@pytest.mark.parametrize(
    ("kind", "typed", "choice"),
    [
        ("single", "B", "two"), ("single", " b ", "two"), ("single", "Ｂ", "two"), ("single", "ㅠ", "two"), ("single", "?", NOT_SURE),
        ("single", "？", NOT_SURE), ("several", "CA", "ask+tell"), ("several", "a, c", "ask+tell"), ("find", "A C", "hello+our-secret"),
        ("several", "ㅁㅊ", "ask+tell"), ("several", "ac.", "ask+tell"), ("order", "CABD", "stop>tell>save>block"),
        ("order", "c-a-b-d", "stop>tell>save>block"), ("order", "1C 2A 3B 4D", "stop>tell>save>block"), ("match", "BAB", MATCHED),
        ("match", "b a b", MATCHED), ("match", "1=B, 2=A, 3=B", MATCHED), ("single", "", ""), ("order", "  ", ""),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_as_people_write_it(kind, typed, choice):
    assert read_typed(an_item_of(kind), typed).choice == choice


@pytest.mark.parametrize(
    ("kind", "typed", "problem"),
    [
        ("single", "D", Problem.UNKNOWN), ("single", "AB", Problem.ONE), ("single", "AA", Problem.TWICE), ("several", "AXC", Problem.UNKNOWN),
        ("several", "ACA", Problem.TWICE), ("order", "CAB", Problem.ALL), ("order", "CABC", Problem.TWICE), ("match", "BA", Problem.EACH),
        ("match", "BABA", Problem.EACH), ("match", "BAD", Problem.UNKNOWN), ("single", "A?", Problem.UNKNOWN), ("order", "이상해", Problem.UNKNOWN),
    ],
)  # fmt: skip
def test_what_is_no_answer_says_why(kind, typed, problem):
    meant = read_typed(an_item_of(kind), typed)
    assert (meant.choice, meant.problem) == ("", problem)


@given(st.text(max_size=40) | st.text("ABCDabcd?, ㅁㅠ1=", max_size=6), st.sampled_from(KINDS))
def test_whatever_is_typed_is_an_answer_nothing_or_a_problem(typed, kind):
    item = an_item_of(kind)
    meant = read_typed(item, typed)
    if meant.problem is None and meant.choice:
        assert is_valid(item, meant.choice)
        assert read_typed(item, typed_for(item, meant.choice)) == meant
    else:
        assert not meant.choice


def test_every_answer_of_every_kind_can_be_typed():
    for kind in KINDS:
        item = an_item_of(kind)
        for choice in (item.right, *wrong_choices(item), NOT_SURE):
            assert read_typed(item, typed_for(item, choice)).choice == choice
        assert set(letters_of(item)) == set("ABCDE"[: len(item.doors or item.options)])
        assert full_length(item) in (0, len(typed_for(item, item.right)))


def test_a_korean_keyboard_types_the_letters_of_its_keys():
    assert tidy("ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓ") == "ABCDEFGHIJ"
    assert tidy("오") == "DH"  # two keys that became one syllable
    assert set(KOREAN_KEYS.values()) == set("ABCDEFGHIJ")
