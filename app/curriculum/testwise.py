"""Pupils who know nothing of a subject and much of tests: would they pass a quiz?

Each strategy gives every option of a single-choice question a score and takes the highest; between equals, and where it sees no
difference at all, it guesses. What it is expected to get right over a quiz is compared with guessing: the number of right answers
of a pupil who guesses is Poisson-binomial (for questions with equally many options, binomial), computed exactly. A quiz gives itself
away when guessing would reach that number with a probability of at most 5 % divided by the number of strategies (Bonferroni), so
that a sound quiz is reported by chance in at most one of twenty cases, whatever the strategy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

SIGNIFICANT = 0.05
PASS_MARK = 0.7

_HEDGES = {
    "en": r"\b(?:maybe|perhaps|might|may|could|can|often|sometimes|usually|probably|generally|some|most|many|likely|seems?|if|depends)\b",
    "fr": r"\b(?:peut-être|parfois|souvent|pourrai\w+|peux|peut|peuvent|certaine?s|généralement|d'habitude|probablement|plupart|semble"
    r"|si|selon|dépend)\b",
    "ko": r"아마|수도 있|수 있|가끔|때로|때도|보통|흔히|대체로|대개|경우|편이|것 같|듯|다면|으면|자주|많다|따라",
}
_ABSOLUTES = {
    "en": r"\b(?:always|never|all|every|everyone|nobody|nothing|only|none|must|completely|impossible|everything|no one)\b",
    "fr": r"\b(?:toujours|jamais|tout|toute|tous|toutes|aucune?|rien|seulement|personne|complètement|impossible|forcément|faut|que)\b",
    "ko": r"항상|언제나|절대|모두|모든|전부|다 |아무|만이|뿐|반드시|무조건|불가능|완전히|결코",
}  # fmt: skip
_ALL_OF_THEM = {
    "en": r"\b(?:all|none|both) of (?:the above|these|them|those)\b",
    "fr": r"\b(?:toutes? (?:ces|les) réponses|tout(?:es)? ce qui précède|aucune de ces réponses|les deux réponses)\b",
    "ko": r"위의? (?:모두|보기|것)|모두 (?:맞|옳|해당)|해당 ?없음|다 맞",
}
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Question:
    """One single-choice question in one language: its words without marks, and which option is right."""

    id: str
    asked: str  # the situation and the question
    options: tuple[str, ...]
    right: int


Strategy = Callable[[Question, str], Sequence[float]]


def _count(patterns: dict[str, str], text: str, locale: str) -> int:
    return len(_compiled(patterns[locale]).findall(text.lower()))


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def longest(question: Question, locale: str) -> list[float]:
    return [len(option) for option in question.options]


def shortest(question: Question, locale: str) -> list[float]:
    return [-len(option) for option in question.options]


def first(question: Question, locale: str) -> list[float]:
    return [-float(n) for n in range(len(question.options))]


def last(question: Question, locale: str) -> list[float]:
    return [float(n) for n in range(len(question.options))]


def most_hedged(question: Question, locale: str) -> list[float]:
    """Most "may" and "often", fewest "always" and "never"."""
    return [_count(_HEDGES, option, locale) - _count(_ABSOLUTES, option, locale) for option in question.options]


def echo(question: Question, locale: str) -> list[float]:
    """Most words of the situation and question again; in Korean, where words carry particles, most pairs of syllables."""
    asked = _pieces(question.asked, locale)
    return [float(len(_pieces(option, locale) & asked)) for option in question.options]


def _pieces(text: str, locale: str) -> frozenset[str]:
    if locale == "ko":
        return frozenset(word[n : n + 2] for word in re.findall(r"[가-힣]{2,}", text) for n in range(len(word) - 1))
    return frozenset(word[:6] for word in _WORD.findall(text.lower()))


def all_of_the_above(question: Question, locale: str) -> list[float]:
    return [float(_count(_ALL_OF_THEM, option, locale)) for option in question.options]


STRATEGIES: dict[str, Strategy] = {
    "the longest": longest,
    "the shortest": shortest,
    "the first": first,
    "the last": last,
    "the most cautious": most_hedged,
    "the one that repeats the question": echo,
    '"all of the above"': all_of_the_above,
}


@dataclass(frozen=True)
class Sitting:
    """What one strategy is expected to reach in one quiz."""

    strategy: str
    expected: float  # right answers
    chance: float  # right answers of a guesser
    questions: int
    probability: float  # that a guesser reaches as many
    given_away: tuple[str, ...]  # questions in which the strategy does better than a guesser

    @property
    def share(self) -> float:
        return self.expected / self.questions

    @property
    def is_suspicious(self) -> bool:
        return self.probability <= SIGNIFICANT / len(STRATEGIES)


def success(question: Question, scores: Sequence[float]) -> float:
    """The probability that taking one of the highest scores is right."""
    best = [n for n, score in enumerate(scores) if score == max(scores)]
    return 1 / len(best) if question.right in best else 0.0


def tried(question: Question, locale: str) -> dict[str, float]:
    """For each strategy, the probability that it gets this question right."""
    return {name: success(question, strategy(question, locale)) for name, strategy in STRATEGIES.items()}


def sit(questions: Sequence[Question], results: Mapping[str, Mapping[str, float]]) -> list[Sitting]:
    """Every strategy in one quiz, from what `tried` told of each question, by id; empty without questions."""
    chances = [1 / len(question.options) for question in questions]
    tails = tail_probabilities(chances)
    sittings = []
    for name in STRATEGIES if questions else ():
        won = [results[question.id][name] for question in questions]
        expected = sum(won)
        given = tuple(question.id for question, share, chance in zip(questions, won, chances, strict=True) if share > chance + 1e-9)
        # Rounded down: half a right answer is none.
        probability = tails[int(expected + 1e-9)]
        sittings.append(Sitting(name, expected, sum(chances), len(questions), probability, given))
    return sittings


def tail_probabilities(chances: Sequence[float]) -> list[float]:
    """For k = 0, 1, ...: the probability of k or more successes in independent trials with these chances (exact, by convolution)."""
    exactly = [1.0]
    for chance in chances:
        more = [0.0, *(p * chance for p in exactly)]
        less = [*(p * (1 - chance) for p in exactly), 0.0]
        exactly = [a + b for a, b in zip(less, more, strict=True)]
    tails = [0.0] * (len(exactly) + 1)
    for k in range(len(exactly) - 1, -1, -1):
        tails[k] = tails[k + 1] + exactly[k]
    return [min(p, 1.0) for p in tails[:-1]]
