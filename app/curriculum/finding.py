"""Finding things in the lessons: every text as words, an index of them, and the places that fit a query best.

French and English words lose their accents and endings (a light stem, by rule); Korean is looked for by pairs of syllables, so that a
word is found whatever particle hangs on it. Nothing here remembers a query.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import log2

from .content import Document, Lesson
from .library import Library
from .locales import in_locale

TITLE, HEADING, TEXT, AROUND = 8.0, 4.0, 1.0, 0.5  # what a word weighs in a title, a heading, the text, and in the title of the whole page
WHOLE, BEGUN, MISTYPED = 1.0, 0.7, 0.4  # what it counts when the word itself, its beginning, or a neighbour one letter away is there
LEAST_MISTYPED = 5  # letters: shorter words have too many neighbours
MOST_BEGUN = 60  # words looked at that begin like the one typed
LONGEST_QUERY = 80  # characters; what is longer is cut
MOST_WORDS = 8
OF_ONE_PAGE = 2  # places of the same page among the results
SNIPPET = {"en": 170, "fr": 180, "ko": 95}  # characters

_WORD = re.compile(r"[가-힣]+|[^\W_가-힣]+")
_HANGUL = re.compile(r"[가-힣]+")
_SYLLABLES = frozenset(map(chr, range(ord("가"), ord("힣") + 1)))
_BLANK = re.compile(r"[ \t\r\n]+")  # not the no-break spaces, which keep « and ? with their words
_BEFORE_A_STOP = re.compile(r"\s+(?=[.,])")  # left where a source mark stood
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_VOWEL = re.compile("[aeiouy]")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What hangs on the end of a Korean word: particles, and the forms of 하다. Longest first; only ever an alternative.
_ENDINGS = _words(
    """했습니다 합니다 했어요 하세요 에서는 에게서 하는지 하려면 한테서 이라고 으로 에서 에게 한테 까지 부터 처럼 보다
    하기 하는 하면 해요 하고 하다 해서 이나 라고 이란 을 를 이 가 은 는 에 의 와 과 도 로 만 요"""
)
# Words that say nothing of what is looked for, without accents; taken out of a query unless it has no others.
STOP = {
    "en": _words(
        """a an and are at be by can do does for from how i if in is it me my of on or s t that the this to was what when where who why
        with you your"""
    ),
    "fr": _words(
        """a ai au aux avec c ce ces comment d dans de des du elle en est et il j je l la le les m ma me mes mon n ne ou par pas pour
        pourquoi qu quand que qui quoi s sa se ses si son sur t ta te tes ton tu un une y"""
    ),
    "ko": _words("어떻게 무엇 뭐 왜 하는 방법 이 그 저 것 the a of"),
}


@dataclass(frozen=True)
class Place:
    """Somewhere a reader can be led to: a page, one section of it, a service or a key word."""

    kind: str  # lesson | guide | help | word
    number: int  # of the lesson; 0 for services
    slug: str  # of the lesson; the service's country
    anchor: str  # id on that page, empty for its top
    band: str  # the band that must be chosen to see it, empty where everybody does
    title: str
    heading: str  # empty for a whole page
    text: str
    locale: str  # of the text, which may be another than was asked for


@dataclass
class Index:
    """Where every word of one language stands."""

    locale: str
    places: tuple[Place, ...]
    keys: dict[str, dict[int, float]]  # stem or syllables -> place -> weight
    words: list[str]  # all folded words, sorted
    backwards: list[str]  # the same, each reversed, sorted
    stems: dict[str, str] = field(repr=False)  # folded word -> stem
    spelled: dict[str, str] = field(repr=False)  # word as it stands in a text -> stem


@dataclass(frozen=True)
class Found:
    """One result: the place, and its heading and text in pieces, each with whether it is what was looked for."""

    place: Place
    heading: tuple[tuple[str, bool], ...]
    snippet: tuple[tuple[str, bool], ...]


# Words


def fold(word: str) -> str:
    """Small letters without accents: "Écran" is "ecran". Hangul stays as it is."""
    word = word.lower()
    if word.isascii() or _HANGUL.match(word):
        return word
    decomposed = unicodedata.normalize("NFD", word.translate(_LIGATURES))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def english_stem(word: str) -> str:
    """A folded English word without its endings: shares, shared, sharing -> shar. Made for finding, not for grammar."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, least in (("ment", 5), ("ing", 3), ("ers", 5), ("ed", 3), ("er", 5), ("or", 5), ("ly", 4), ("ion", 4)):
        rest = word.removesuffix(ending)
        if rest is not word and rest != word and len(rest) >= least and _VOWEL.search(rest):
            word = _single(rest)
            break
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


_FRENCH = _words(
    """issements issement eraient ements ations erions ement ation eront erait erais aient erons trice ments erez erai eras ions euse
    teur ment ante ait ais ant ent ees era ons ier ion eux eur iez ee es er ez ai as ir it is ie e a i"""
)


def french_stem(word: str) -> str:
    """A folded French word without its endings: partage, partagée, partager, partagent -> partag."""
    if len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("eaux"):
        word = word[:-1]
    elif word.endswith("aux") and len(word) > 5:
        word = word[:-3] + "al"
    elif word.endswith(("eux", "oux")) or (word.endswith("s") and not word.endswith("ss")):
        word = word[:-1]
    for ending in _FRENCH:
        if word.endswith(ending) and len(word) - len(ending) >= (4 if len(ending) > 2 else 3):
            return _single(word[: -len(ending)].rstrip("ei") or word)
    return _single(word)


def _single(word: str) -> str:
    """Without a doubled last consonant: stopp -> stop, appell -> appel."""
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiousz" else word


def stem(word: str, locale: str) -> str:
    """The stem of a folded word that is not Korean."""
    return french_stem(word) if locale == "fr" else english_stem(word)


def pairs(syllables: str) -> list[str]:
    """The neighbouring pairs of a Korean word, and of a single syllable that syllable."""
    return [syllables[n : n + 2] for n in range(len(syllables) - 1)] or [syllables]


# Making the index


def index_of(library: Library, locale: str) -> Index:
    """The index of one language over lessons, guides, services and key words."""
    places = tuple(_places(library, locale))
    keys: dict[str, dict[int, float]] = {}
    stems: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for number, place in enumerate(places):
        around = "" if not place.heading else place.title
        title, heading = (place.title, "") if not place.heading else ("", place.heading)
        counted: dict[str, float] = {}
        for text, weight in ((title, TITLE), (heading, HEADING), (place.text, TEXT), (around, AROUND)):
            for word in _WORD.findall(text):
                if word[0] in _SYLLABLES:
                    # The first syllable by itself too, so that a word of one syllable is found with its particle.
                    own = (word[0], *pairs(word)) if len(word) > 1 else (word,)
                else:
                    own = (spelled.get(word) or _learn(word, locale, stems, spelled),)
                for key in own:
                    counted[key] = counted.get(key, 0.0) + weight
        for key, weight in counted.items():
            keys.setdefault(key, {})[number] = weight
    return Index(locale, places, keys, sorted(stems), sorted(word[::-1] for word in stems), stems, spelled)


def _learn(word: str, locale: str, stems: dict[str, str], spelled: dict[str, str]) -> str:
    folded = fold(word)
    spelled[word] = stems[folded] = stem(folded, locale)
    return spelled[word]


def _places(library: Library, locale: str) -> Iterator[Place]:
    for lesson in library.lessons:
        for kind, documents in (("lesson", lesson.texts), ("guide", lesson.guides)):
            document = in_locale(documents, locale)
            if document is not None:
                yield from _document(kind, lesson, document)
    for service in library.services:
        told = (in_locale(texts, locale) or "" for texts in (service.purpose, service.who, service.next, service.hours) if texts)
        name = in_locale(service.name, locale) or ""
        contacts = (c.value.removeprefix("https://") for c in service.contacts)
        yield Place("help", 0, service.country, service.id, "", name, "", " ".join((*told, *contacts)), locale)
    for term in library.terms.values():
        # A key word is shown beside the first lesson that has it.
        lesson_with = next((x for x in library.lessons if term.id in x.terms), None)
        if lesson_with is not None and locale in term.term:
            where = (lesson_with.number, lesson_with.slug, f"term-{term.id}", "")
            yield Place("word", *where, term.term[locale], "", term.text.get(locale, ""), locale)


def _document(kind: str, lesson: Lesson, document: Document) -> Iterator[Place]:
    yield Place(kind, lesson.number, lesson.slug, "", "", document.title, "", document.summary, document.locale)
    for section in document.sections:
        band = "" if not section.bands or lesson.usual_band in section.bands else section.bands[0]
        yield Place(kind, lesson.number, lesson.slug, section.id, band, document.title, section.title, section.text, document.locale)


# Looking for something


@dataclass
class _Term:
    """One word of a query: what places it fits and how well, and what to mark in them."""

    fits: dict[int, float]
    stems: set[str] = field(default_factory=set)
    syllables: set[str] = field(default_factory=set)


def find(index: Index, query: str, limit: int = 20) -> list[Found]:
    """The places that fit, best first. Where no place has all the words, those that have most of them."""
    words = [w if _HANGUL.match(w) else fold(w) for w in _WORD.findall(unicodedata.normalize("NFC", query)[:LONGEST_QUERY])]
    telling = [w for w in words if w not in STOP[index.locale]] or words
    terms = [_term(index, word) for word in dict.fromkeys(telling[:MOST_WORDS])]
    scores: dict[int, float] = {}
    hits: dict[int, int] = {}
    for term in terms:
        rare = log2(1 + len(index.places) / (1 + len(term.fits)))
        for place, fit in term.fits.items():
            scores[place] = scores.get(place, 0.0) + rare * log2(1 + fit)
            hits[place] = hits.get(place, 0) + 1
    most = max(hits.values(), default=0)
    best = sorted((p for p in scores if hits[p] == most), key=lambda p: (-scores[p], p))
    stems = frozenset().union(*(t.stems for t in terms)) if terms else frozenset()
    syllables = tuple(sorted(frozenset().union(*(t.syllables for t in terms)) if terms else (), key=len, reverse=True))
    return [_found(index, index.places[p], stems, syllables) for p in _spread(index, best, limit)]


def _spread(index: Index, best: Iterable[int], limit: int) -> list[int]:
    """No page more than twice, so that one long lesson does not push the others out."""
    seen: dict[tuple[str, int, str], int] = {}
    kept = []
    for number in best:
        place = index.places[number]
        page = (place.kind, place.number, place.anchor if place.kind in ("help", "word") else "")
        seen[page] = seen.get(page, 0) + 1
        if seen[page] <= OF_ONE_PAGE:
            kept.append(number)
        if len(kept) == limit:
            break
    return kept


def _term(index: Index, word: str) -> _Term:
    return _korean(index, word) if _HANGUL.match(word) else _latin(index, word)


def _latin(index: Index, word: str) -> _Term:
    term = _Term({})
    own = stem(word, index.locale)
    _add(index, term, own, WHOLE)
    if len(word) > 1:
        for longer in _beginning(index.words, word, MOST_BEGUN):
            if index.stems[longer] != own:
                _add(index, term, index.stems[longer], BEGUN)
    if not term.fits and len(word) >= LEAST_MISTYPED:
        for near in neighbours(index, word):
            _add(index, term, index.stems[near], MISTYPED)
    return term


def _add(index: Index, term: _Term, key: str, share: float) -> None:
    for place, weight in index.keys.get(key, {}).items():
        term.fits[place] = max(term.fits.get(place, 0.0), share * weight)
        term.stems.add(key)


def _beginning(words: list[str], start: str, most: int) -> list[str]:
    first = bisect_left(words, start)
    found = []
    for word in words[first : first + most]:
        if not word.startswith(start):
            break
        found.append(word)
    return found


def neighbours(index: Index, word: str) -> set[str]:
    """Words of the index one letter away (one more, one less, another one, or two that changed places).

    One edit lies in the first or in the second half of the word, so the other half stands unchanged at the end or at the beginning: two
    short ranges of the sorted words hold every candidate."""
    half = len(word) // 2
    candidates = set(_beginning(index.words, word[:half], len(index.words)))
    candidates |= {w[::-1] for w in _beginning(index.backwards, word[half:][::-1], len(index.words))}
    found = {w for w in candidates if within_one(word, w)}
    swapped = (word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1))
    return found | {w for w in swapped if w in index.stems}


def within_one(a: str, b: str) -> bool:
    """At most one letter more, less or other."""
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    n = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[n + (len(a) == len(b)) :] == b[n + 1 :]


def _korean(index: Index, word: str) -> _Term:
    term = _Term({})
    _add_syllables(index, term, word, WHOLE)
    bare = next((word.removesuffix(e) for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= 2), "")
    if bare:
        _add_syllables(index, term, bare, WHOLE if not term.fits else BEGUN)
    if not term.fits and len(word) >= 4:
        _add_most_pairs(index, term, word)
    return term


def _add_syllables(index: Index, term: _Term, word: str, share: float) -> None:
    own = [index.keys.get(pair, {}) for pair in pairs(word)]
    for place in set(own[0]).intersection(*own[1:]):
        there = index.places[place]
        # Pairs can come from two words: the syllables must stand side by side.
        if len(word) < 3 or word in there.title or word in there.heading or word in there.text:
            weight = min(having[place] for having in own)
            term.fits[place] = max(term.fits.get(place, 0.0), share * weight)
            term.syllables.add(word)


def _add_most_pairs(index: Index, term: _Term, word: str) -> None:
    """Another spacing, or one syllable mistyped: all pairs but two, and two at least."""
    own = pairs(word)
    counts: dict[int, int] = {}
    for pair in own:
        for place in index.keys.get(pair, {}):
            counts[place] = counts.get(place, 0) + 1
    for place, count in counts.items():
        if count >= max(2, len(own) - 2):
            term.fits[place] = MISTYPED * count
            term.syllables.update(p for p in own if place in index.keys.get(p, {}))


# Showing what was found


def _found(index: Index, place: Place, stems: frozenset[str], syllables: tuple[str, ...]) -> Found:
    text = _BEFORE_A_STOP.sub("", _BLANK.sub(" ", place.text).strip())
    marks = _marks(text, index.spelled, stems, syllables)
    start, end = _window(text, marks[0][0] if marks else 0, SNIPPET[index.locale])
    inside = [(max(a, start), min(b, end)) for a, b in marks if b > start and a < end]
    pieces = list(_pieces(text, inside, start, end))
    if start:
        pieces.insert(0, ("… ", False))
    if end < len(text):
        pieces.append((" …", False))
    heading = place.heading or place.title
    return Found(place, tuple(_pieces(heading, _marks(heading, index.spelled, stems, syllables), 0, len(heading))), tuple(pieces))


def _marks(text: str, spelled: Mapping[str, str], stems: frozenset[str], syllables: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where what was looked for stands, in order and without overlap."""
    marks = []
    if stems:
        marks += [m.span() for m in _WORD.finditer(text) if spelled.get(m[0]) in stems]
    if syllables:
        # A single syllable was looked for where words begin (index_of): inside another word it is something else.
        marks += [m.span() for m in re.finditer("|".join(s if len(s) > 1 else f"(?<![가-힣]){s}" for s in syllables), text)]
    return sorted(marks)


def _window(text: str, first: int, width: int) -> tuple[int, int]:
    """Where a snippet begins and ends: between words, with what was found near its beginning."""
    if len(text) <= width:
        return 0, len(text)
    start = max(0, min(first - width // 3, len(text) - width))
    if start:
        space = text.find(" ", start)
        start = space + 1 if 0 <= space < first else start
    end = min(len(text), start + width)
    if end < len(text):
        space = text.rfind(" ", start, end)
        end = space if space > first else end
    return start, end


def _pieces(text: str, marks: Iterable[tuple[int, int]], start: int, end: int) -> Iterator[tuple[str, bool]]:
    at = start
    for a, b in marks:
        if a > at:
            yield text[at:a], False
        if b > at:
            yield text[max(a, at) : b], True
            at = b
    if at < end:
        yield text[at:end], False


# When help comes first


def asks_for_help(query: str, phrases: Iterable[str]) -> bool:
    """Whether what somebody looks for may be about themselves: a listed word (* stands for any ending), or one a letter away from it."""
    words = [fold(w) for w in _WORD.findall(unicodedata.normalize("NFC", query)[:LONGEST_QUERY])]
    line, glued = f" {' '.join(words)} ", "".join(words)
    for phrase in phrases:
        if _HANGUL.search(phrase):
            if phrase.replace(" ", "") in glued:
                return True
        elif phrase.endswith("*"):
            begun = phrase[:-1]
            if f" {begun}" in line or any(len(w) > 5 and within_one(begun, w[: len(begun)]) for w in words if len(begun) > 5):
                return True
        elif f" {phrase} " in line or (len(phrase) > 5 and any(within_one(phrase, w) for w in words)):
            return True
    return False
