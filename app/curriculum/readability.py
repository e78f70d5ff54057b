"""How hard a text is to read: one measure for each language, each on its own scale, never compared between languages.

English: the Flesch-Kincaid grade, 0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid, Fishburne, Rogers and
Chissom, 1975, "Derivation of new readability formulas for Navy enlisted personnel", Research Branch Report 8-75).

French: the reading ease of Kandel and Moles (1958, "Application de l'indice de Flesch à la langue française", Cahiers
d'études de radio-télévision 19), 207 - 1.015 words/sentence - 73.6 syllables/word, turned into a school level with the
scale that Flesch gives for his own (1949, "The Art of Readable Writing": 90 and more is the fifth school year, 60 the
eighth to ninth, 30 the end of university): level = (150 - ease) / 10 down to the ease of 50, that is 5 at 100 and 9 at 60.

Korean: a house measure, not a published scale: eojeol (words between spaces) a sentence, plus 30 times the share of long
eojeol (six syllables and more), plus 30 times the share of formal Sino-Korean endings. It orders our own texts; it is no
school year.

Syllables are counted by rule, without a dictionary: about one word in thirty is off by one, in both directions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_SENTENCE_END = re.compile(r"([.!?…][»”\"’)]*(?:[ \u00a0\u202f]»)?)[ \u00a0\u202f]+")
_ENDS = re.compile(r"\w\s+\S.*[.!?…][»”\"’)]*\s*$", re.DOTALL)
_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HANGUL = re.compile(r"[가-힣]")
FEWEST_WORDS = 3  # shorter lines without a full stop are labels and headings, and would make every text look easy
LONG_EOJEOL = 6  # syllables

# Counted as spoken, against the rule below.
_ENGLISH_EXCEPTIONS = {
    **dict.fromkeys(("some", "once", "one", "eye", "eyes", "real", "phone", "our"), 1),
    **dict.fromkeys(("someone", "sometimes", "something", "somewhere", "people", "being", "doing", "going", "seeing"), 2),
    **dict.fromkeys(("saying", "playing", "trying", "really", "science", "quiet", "create", "creates", "business", "every"), 2),
    **dict.fromkeys(("evening", "nothing", "lion", "somehow", "sometime", "different", "poem", "hundred"), 2),
    **dict.fromkeys(("somebody", "idea", "ideas", "video", "videos", "radio", "area", "areas", "created", "creative", "everyone"), 3),
    **dict.fromkeys(("everything", "interesting", "camera", "cameras", "diary", "media", "anyone", "actual", "whoever", "museum"), 3),
    **dict.fromkeys(("everybody", "reality", "society", "actually", "usually", "situation"), 4),
    "individual": 5,
}

_ENGLISH_VOWELS = re.compile(r"[aeiouy]+")
# mak(e), ask(e)d, mak(e)s; but ta-ble, want-ed, box-es.
_ENGLISH_SILENT = re.compile(
    r"(?:[^aeiouyl]e|[qg]ue|[aeiouyrl]le|[aeo]ye)$|[^aeiouytdl]ed$|[aeiouy]led$|[^aeiouysxzcghl]es$|[aeiouyr]les$|[aeiouy][^aeiouycst]hes$"
)
_ENGLISH_SILENT_INSIDE = re.compile(r"[aeiouy][^aeiouy]e(?=(?:ful|less|ment|ness|ly|ty)[a-z]{0,3}$)")
# Two vowels that are two syllables: medi-a, curi-ous, happi-est.
_ENGLISH_APART = re.compile(
    r"[^aeioucstgx]i(?:a|o(?!u?gh))|[^aeiou]io?us$|i(?:er|est|ety)$|[^aeiou]ying$|[^aeiouqg]ua[^rs]|[^aeiouyg]eo[^u]|ism"
)
_FRENCH_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")
_FRENCH_MUTE_U = re.compile(r"(?<=[qg])u(?=[aeiéèêy]|$)")
_FRENCH_MUTE_E = re.compile(r"(?<=[^aeiouyàâäéèêëîïôöùûüœæ])es?$|(?<=[aiouyéèêëîïû])es?$|(?<=ai)ent$")
# Two vowels that are two syllables: cré-er, No-ël, pay-er, cri-er. Other groups are one: oi, eau, ien, ui.
_FRENCH_APART = (
    re.compile(r"[éèêëïü](?=[aâeouéèêi])|[aeou](?=[éèïë])|[aeou](?=y[aeéèiou])"),
    re.compile(r"[bcdfgptv][rl]i(?=[aeoé])"),
)
_FORMAL_ENDING = re.compile(
    r"(?:적|적인|적으로|적이고|적이며|화된|화되는|화하는|성을|성이|성은|률이|률을|함으로써|으로써|에게서의|에서의|으로의|에의|및|하여|되어|하며|되며|하는바|인바|의거|관한|대한|인한|따른|관련된|해당하는)$"
)


@dataclass(frozen=True)
class Reading:
    """What was measured of a text. `level` is on the scale of its language (see the head of this module)."""

    level: float
    words: int
    sentences: int
    longest: str  # the sentence with most words
    longest_words: int


def sentences_of(text: str) -> list[str]:
    """The sentences of a text: cut at . ! ? … and at line ends, without labels of one or two words."""
    pieces = _SENTENCE_END.sub(r"\1\n", text).split("\n")
    return [piece for piece in pieces if len(piece.split()) >= FEWEST_WORDS or _ENDS.search(piece)]


Sample = list[tuple[str, list[str]]]  # sentences, each with its words


def sample(text: str, locale: str) -> Sample:
    """The sentences of a text with their words; samples of several texts can be joined with +."""
    return [(sentence, _words_in(sentence, locale)) for sentence in sentences_of(text)]


def measure(found: Sample, locale: str) -> Reading | None:
    """How hard the text is; None when it holds no words. Raises KeyError for another language than en, fr, ko."""
    level_of = _LEVELS[locale]
    words = [word for _, own in found for word in own]
    if not words:
        return None
    longest, own = max(found, key=lambda pair: len(pair[1]))
    return Reading(round(level_of(words, len(found)), 1), len(words), len(found), " ".join(longest.split()), len(own))


def _words_in(sentence: str, locale: str) -> list[str]:
    if locale == "ko":
        return [word for word in sentence.split() if any(c.isalnum() for c in word)]
    return _LATIN_WORD.findall(sentence)


def english_level(words: list[str], sentences: int) -> float:
    """The Flesch-Kincaid grade: years of school in North America."""
    syllables = sum(map(english_syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def french_ease(words: list[str], sentences: int) -> float:
    """The reading ease of Kandel and Moles: 100 is very easy, 30 very hard."""
    syllables = sum(map(french_syllables, words))
    return 207 - 1.015 * len(words) / sentences - 73.6 * syllables / len(words)


def french_level(words: list[str], sentences: int) -> float:
    """Flesch's school level for the ease of Kandel and Moles."""
    return (150 - french_ease(words, sentences)) / 10


def korean_level(words: list[str], sentences: int) -> float:
    """Our own index: about 6 for a plain text, about 15 for an official letter."""
    return len(words) / sentences + 30 * sum(map(korean_weight, words)) / len(words)


@lru_cache(maxsize=40_000)
def korean_weight(word: str) -> int:
    """1 for a long eojeol, 1 more for a formal ending."""
    long = len(_HANGUL.findall(word)) >= LONG_EOJEOL
    return long + bool(_FORMAL_ENDING.search(word.rstrip(".,!?…”’)")))


_LEVELS: dict[str, Callable[[list[str], int], float]] = {"en": english_level, "fr": french_level, "ko": korean_level}


@lru_cache(maxsize=20_000)
def english_syllables(word: str) -> int:
    """Syllables of an English word, by rule."""
    word = word.lower().replace("’", "'")
    if "-" in word:
        return sum(map(english_syllables, word.split("-")))
    stem = word.removesuffix("n't").split("'")[0]
    if stem in _ENGLISH_EXCEPTIONS:
        return _ENGLISH_EXCEPTIONS[stem]
    count = len(_ENGLISH_VOWELS.findall(stem)) - bool(_ENGLISH_SILENT.search(stem))
    count -= bool(_ENGLISH_SILENT_INSIDE.search(stem))
    count += len(_ENGLISH_APART.findall(stem))
    if word.endswith(("dn't", "sn't")):
        count += 1  # did-n't, is-n't
    return max(count, 1)


@lru_cache(maxsize=20_000)
def french_syllables(word: str) -> int:
    """Syllables of a French word as it is read, by rule: final mute e is not counted, nor the -ent of ils regardent."""
    word = word.lower().replace("’", "'")
    if "-" in word:
        return sum(map(french_syllables, word.split("-")))
    elided, _, word = word.rpartition("'")
    if len(elided) > 2:
        return french_syllables(word) + french_syllables(elided)
    stem = _FRENCH_MUTE_U.sub("", word)
    stem = _FRENCH_MUTE_E.sub("", stem) or stem
    for pattern in _FRENCH_APART:
        if pattern.search(stem):
            stem = pattern.sub(r"\g<0>-", stem)
    return max(len(_FRENCH_VOWELS.findall(stem)), 1)
