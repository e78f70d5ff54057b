"""Korean as checking reads it: particles by the final consonant, spaces before them, and the two registers.

A particle has two forms: one after a syllable with a final consonant (받침), one after an open syllable; 로 also follows ㄹ.
Wrong forms are told only where they cannot be another word: 를, 와, 으로 and 로 by their place at the end of a word, with the
few words that end so listed below; 이/가, 은/는 and 과 only after a noun of words/nouns.ko.txt or a closing quotation mark.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

RIEUL = 8  # the index of ㄹ among final consonants

_WORD = re.compile(r"[가-힣]+")
_CLOSES = re.compile("[’”」』》\"']")
_AFTER_QUOTE = re.compile(r"[‘“「『《]?[가-힣]*([가-힣])[’”」』》\"']+(을|를|은|는|이|가|과|와|으로|로)(?![가-힣])")
_AFTER_BRACKET = re.compile(r"[가-힣]*([가-힣])\(([^()\n]{1,60})\)(을|를|은|는|이|가|과|와|으로|로)(?![가-힣])")
_PLACEHOLDER = re.compile(r"[을를이가은는와과]\([을를이가은는와과]\)|\(으\)로|\(이\)(?:나|라|랑|며|고|에요|다)|[아야]\([아야]\)")
# 이, 가, 의, 도, 만 begin other words (이 앱, 만 18세): never told.
_APART = re.compile(r"[’”」』)A-Za-z0-9]\s+(을|를|은|는|에서|에게|으로|까지|부터|처럼)(?=[\s.,!?…]|$)")

# After an open syllable, yet right: other words that end in 을 or 은, and verbs that lose ㅅ.
_EUL = re.compile(
    r"(?:마을|가을|노을|고을|개울을?|거을|어스름을?|(?:이|잇|지|나|부|저|그|자|짓|쏟아부|퍼부|휘저|내저|결정지|마무리지|줄지|연이)을)$"
)
# After a closed syllable, yet right.
_REUL = re.compile(r"(?:들를)$")
_WA = re.compile(r"(?:안와|못와)$")
_RO = re.compile(
    r"(?:진로|경로|통로|항로|선로|폭로|난로|근로|종로|공로|운로|환로|간로|산책로|등산로|접속로|분기로|탈출로|신작로|우회로|"
    r"활주로|원로|청로|언로|망로|연락로|수송로|별로|홀로|절로|실로|물로|날로|달로|말로|철로|혈로|활로|멜로|솔로|할로|헬로)$"
)

# Endings that make another word of a noun: a photographer (사진가) is no slip for 사진이.
_OTHER_WORDS = frozenset({"사진가", "음악가", "법가", "수사가", "글로", "말로", "형가", "상담가", "게임가", "평가가"})
_RIGHT = {"을": "를", "를": "을", "은": "는", "는": "은", "이": "가", "가": "이", "과": "와", "와": "과", "으로": "로", "로": "으로"}
_LAST_OF_PARTICLES = frozenset(particle[-1] for particle in _RIGHT)


def final(syllable: str) -> int:
    """The index of its final consonant, 0 for none (Unicode: 28 syllables for each pair of initial and vowel)."""
    return (ord(syllable) - 0xAC00) % 28


def fits(syllable: str, particle: str) -> bool:
    """Whether this particle may follow the syllable."""
    closed = final(syllable)
    if particle in ("로", "으로"):
        return (particle == "로") == (closed in (0, RIEUL))
    return (particle in ("을", "은", "이", "과")) == bool(closed)


@lru_cache
def nouns() -> frozenset[str]:
    text = (Path(__file__).parent / "words" / "nouns.ko.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#"))


@lru_cache
def slips_of_nouns() -> dict[str, str]:
    """Every wrong form of a listed noun, with the right one."""
    wrong: dict[str, str] = {}
    for noun in nouns():
        for particle, other in _RIGHT.items():
            if not fits(noun[-1], particle) and noun + particle not in _OTHER_WORDS and noun + particle not in nouns():
                wrong[noun + particle] = noun + other
    return wrong


@lru_cache(maxsize=50_000)
def _slip_of(word: str) -> str:
    """The right form of one word with a wrong particle, or nothing."""
    if known := slips_of_nouns().get(word):
        return known
    if len(word) < 2 or word[-1] not in "을를와로":
        return ""
    stem, particle = (word[:-2], "으로") if word.endswith("으로") else (word[:-1], word[-1])
    exceptions = {"을": _EUL, "를": _REUL, "와": _WA, "로": _RO}.get(particle)
    if not stem or fits(stem[-1], particle) or (exceptions and exceptions.search(word)):
        return ""
    return stem + _RIGHT[particle]


def wrong_particles(text: str) -> list[tuple[str, str]]:
    """What stands there and what should, for each particle that does not fit, in a line without marks."""
    found = [(word, right) for word in _WORD.findall(text) if word[-1] in _LAST_OF_PARTICLES and (right := _slip_of(word))]
    for quote in _AFTER_QUOTE.finditer(text) if _CLOSES.search(text) else ():
        if not fits(quote[1], quote[2]):
            found.append((quote[0], quote[0][: -len(quote[2])] + _RIGHT[quote[2]]))
    for bracket in _AFTER_BRACKET.finditer(text) if ")" in text else ():
        # Read aloud, the particle follows the word before the bracket, or what is in it: wrong is what fits neither.
        inside = bracket[2][-1]
        read = [bracket[1], inside] if "가" <= inside <= "힣" else [bracket[1]]
        if not any(fits(syllable, bracket[3]) for syllable in read):
            found.append((bracket[0], bracket[0][: -len(bracket[3])] + _RIGHT[bracket[3]]))
    return found


def placeholder(text: str) -> str:
    """The first particle left open, such as 은(는); or nothing."""
    found = _PLACEHOLDER.search(text) if "(" in text else None
    return found[0] if found else ""


def particle_apart(text: str) -> str:
    """The first particle with a space before it after a quotation mark, bracket or Latin word; or nothing."""
    found = _APART.search(text)
    return found[0] if found else ""


_QUOTED = re.compile(r"“[^”]*”|‘[^’]*’|「[^」]*」|『[^』]*』|\"[^\"]*\"")
_FORMAL = re.compile(r"[가-힣]*(?:(?<!아)니다|니까|십시오|시오)(?=[\s.!?…)]|$)")
_POLITE = re.compile(r"[가-힣]*(?<!필)(?<!중)(?<!주)(?<!수)(?<!강)요(?=[.!](?:\s|$))")


def formal(text: str) -> str:
    """A word in 합쇼체, in the author's own words (not in quotation marks); or nothing."""
    for found in _FORMAL.finditer(_QUOTED.sub("·", text)) if "니다" in text or "니까" in text or "시오" in text else ():
        if not found[0].endswith("니까") or found[0].endswith(("습니까", "입니까", "합니까", "됩니까", "옵니까")):
            return found[0]
    return ""


def polite(text: str) -> str:
    """A sentence's last word in 해요체, in the author's own words (not in quotation marks); or nothing."""
    found = _POLITE.search(_QUOTED.sub("·", text)) if "요" in text else None
    return found[0] if found else ""
