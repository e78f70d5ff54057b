from __future__ import annotations

import re
import unicodedata

import pytest

from app.classrooms.naming import name_of, nouns, offers, secret_words

SHAPE = {"en": r"[a-z]{3,8}", "fr": r"[a-z]{3,9}", "ko": r"[가-힣]{2,4}"}


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
@pytest.mark.promise("B-3")
def test_there_are_1024_words_that_a_child_can_type(locale):
    words = secret_words(locale)
    assert len(words) == len(set(words)) == 1024
    for word in words:
        assert word == unicodedata.normalize("NFC", word)
        assert re.fullmatch(SHAPE[locale], word), word


def near(one: str, two: str) -> bool:
    """One letter more, less or other."""
    if abs(len(one) - len(two)) > 1:
        return False
    if len(one) == len(two):
        return sum(a != b for a, b in zip(one, two, strict=True)) <= 1
    short, long = sorted((one, two), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.promise("B-3")
def test_one_slip_of_the_finger_never_makes_another_word(locale):
    words = secret_words(locale)
    assert not [(a, b) for i, a in enumerate(words) for b in words[i + 1 :] if near(a, b)]


def test_pseudonyms_are_two_nouns_known_in_three_languages():
    firsts, seconds = nouns()
    assert len(firsts) >= 40
    assert len(seconds) >= 60
    for group in (firsts, seconds):
        for locale in ("en", "fr", "ko"):
            shown = [words[locale] for words in group.values()]
            assert len(shown) == len(set(shown))
    first, second = next(iter(firsts)), next(iter(seconds))
    assert name_of(first, second, "fr").split()[0] == seconds[second]["fr"].split()[0]


def test_names_offered_are_free_and_unlike_each_other():
    taken = {(1, n) for n in range(1, 30)}
    offered = offers(taken, 6)
    assert len(offered) == len(set(offered)) == 6
    assert not set(offered) & taken
    assert len({s for _, s in offered}) == 6
