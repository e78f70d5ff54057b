"""What somebody types finds what they mean: accents, endings, particles, beginnings and one wrong letter."""

from __future__ import annotations

import pytest

from app.curriculum.content import Document, Lesson, Quiz, Section, Service, Term
from app.curriculum.finding import Found, asks_for_help, english_stem, find, fold, french_stem, index_of, pairs, within_one
from app.curriculum.library import Library
from tests.curriculum.making import TODAY

TEXTS = {
    "fr": (
        "Une image voyage",
        "Envoyer une photo d’un appareil à l’autre.",
        "Faire une capture d’écran",
        "Quelqu’un menace de partager ta photo. Le chantage est interdit. Tu peux signaler le compte, bloquer et garder les messages.",
    ),
    "en": (
        "A picture travels",
        "Send a photo from phone to phone.",
        "Taking a screenshot",
        "Somebody threatens to share your picture. Blackmail is not allowed. You can report the account, block it and keep the messages.",
    ),
    "ko": (
        "사진은 여행을 떠나요",
        "사진 한 장을 보내 봐요.",
        "화면 캡처",
        "누군가 사진을 퍼뜨리겠다고 해요. 계정을 신고하기 전에 메시지를 남겨요. 단체 대화방에서는 앱을 조심해요.",
    ),
}


def documents(number: int) -> dict[str, Document]:
    found = {}
    for code, (title, summary, heading, text) in TEXTS.items():
        sections = (Section("one", heading, "", text, bands=("A",) if number else ()), Section("two", f"{number}", "", "..."))
        found[code] = Document(code, title if not number else f"{title} {number}", summary, "", sections)
    return found


def lesson(number: int) -> Lesson:
    quiz = Quiz(f"l-{number}", 0, (), {})
    return Lesson(
        f"l-{number}", number, "u", "ball", ("A", "B"), 20, (), False, (), (), (), (), ("consent",), documents(number), {}, {}, quiz
    )


def service() -> Service:
    name = {"fr": "Jeunesse, J’écoute", "en": "Kids Help Phone", "ko": "키즈 헬프 폰"}
    empty: dict[str, str] = {}
    return Service("H-1", "CA", "talk", 1, name, {"fr": "N’importe quel souci."}, empty, empty, (), empty, empty, (), (), TODAY, TODAY)


def term() -> Term:
    return Term(
        "consent",
        {"fr": "consentement", "en": "consent", "ko": "동의"},
        {"fr": "Un oui libre.", "en": "A free yes.", "ko": "자유로운 승낙이에요."},
    )


LIBRARY = Library("v", (lesson(0), lesson(1)), (), (service(),), {}, {"consent": term()}, {})
INDEX = {code: index_of(LIBRARY, code) for code in TEXTS}


def places(locale: str, query: str) -> list[tuple[str, int, str]]:
    return [(f.place.kind, f.place.number, f.place.anchor) for f in find(INDEX[locale], query)]


def marked(found: Found) -> list[str]:
    return [text for text, is_marked in found.snippet if is_marked]


@pytest.mark.parametrize(
    ("locale", "query"),
    [
        ("fr", "ecran"), ("fr", "ÉCRAN"), ("fr", "partagée"), ("fr", "partagent"), ("fr", "signalement"), ("fr", "menacer"), ("fr", "captures"),
        ("fr", "chantag"), ("fr", "chanatge"), ("fr", "chantagge"), ("fr", "siganler"), ("fr", "la capture d’un écran"),
        ("en", "sharing"), ("en", "shared pictures"), ("en", "screensh"), ("en", "blakmail"), ("en", "blackmial"), ("en", "reported"),
        ("en", "how do I block somebody"),
        ("ko", "사진"), ("ko", "사진을"), ("ko", "사진이"), ("ko", "신고"), ("ko", "신고하는 방법"), ("ko", "앱"), ("ko", "단체대화방"), ("ko", "메시지를"),
    ],
)  # fmt: skip
def test_the_section_is_found(locale: str, query: str) -> None:
    assert ("lesson", 0, "one") in places(locale, query)


@pytest.mark.parametrize(
    ("locale", "query"), [("fr", "xylophone"), ("en", "zebra"), ("ko", "기린"), ("fr", ""), ("fr", "!?"), ("en", "taht")]
)
def test_what_is_not_there_is_not_found(locale: str, query: str) -> None:
    assert places(locale, query) == []


def test_words_in_a_title_come_before_those_in_a_text() -> None:
    assert places("fr", "image")[0] == ("lesson", 0, "")
    assert places("en", "picture")[0] == ("lesson", 0, "")
    assert places("en", "screenshot")[0][2] == "one"


def test_places_with_all_words_push_out_those_with_one() -> None:
    assert places("en", "kids help phone") == [("help", 0, "H-1")]
    assert {p[2] for p in places("en", "picture blackmail")} == {"one"}


def test_services_and_key_words_are_found() -> None:
    assert places("fr", "jeunesse j ecoute") == [("help", 0, "H-1")]
    assert places("ko", "동의") == [("word", 0, "term-consent")]


def test_a_section_of_another_age_group_is_led_to_with_its_band() -> None:
    bands = {f.place.number: f.place.band for f in find(INDEX["en"], "blackmail")}
    assert bands == {0: "", 1: "A"}


def test_what_was_looked_for_is_marked_and_nothing_else() -> None:
    assert marked(find(INDEX["fr"], "partage photo")[0]) == ["partager", "photo"]
    assert marked(next(f for f in find(INDEX["ko"], "신고하는") if f.place.anchor == "one")) == ["신고"]
    assert marked(next(f for f in find(INDEX["ko"], "해") if f.place.anchor == "one")) == ["해"], "해요, and not 조심해요"


def test_the_snippet_keeps_french_marks_with_their_words() -> None:
    quoted = "Une «\u00a0capsule\u00a0», ici\n ou là\u202f?"
    document = Document("fr", "T", "S", "", (Section("one", "Un", "", quoted),))
    library = Library("v", (Lesson("l", 1, "u", "ball", ("B",), 1, (), False, (), (), (), (), (), {"fr": document}, {}, {}, Quiz("l", 0, (), {})),), (), (), {}, {}, {})  # fmt: skip
    found = find(index_of(library, "fr"), "capsule")[0]
    assert "".join(piece for piece, _ in found.snippet) == "Une «\u00a0capsule\u00a0», ici ou là\u202f?"


def test_the_snippet_holds_what_was_found_and_is_short() -> None:
    long = Section("long", "Long", "", "word " * 300 + "needle " + "word " * 300)
    document = Document("en", "T", "S", "", (long,))
    library = Library("v", (Lesson("l", 1, "u", "ball", ("B",), 1, (), False, (), (), (), (), (), {"en": document}, {}, {}, Quiz("l", 0, (), {})),), (), (), {}, {}, {})  # fmt: skip
    found = find(index_of(library, "en"), "needle")[0]
    text = "".join(piece for piece, _ in found.snippet)
    assert marked(found) == ["needle"]
    assert len(text) < 200
    assert text.startswith("… ")
    assert text.endswith(" …")


@pytest.mark.parametrize(("first", "second"), [("partagées", "partager"), ("signaux", "signal"), ("menaçant", "menace"), ("vidéos", "vidéo"), ("appelle", "appeler"), ("jeux", "jeu")])  # fmt: skip
def test_french_words_of_one_family_share_a_stem(first: str, second: str) -> None:
    assert french_stem(fold(first)) == french_stem(fold(second))


@pytest.mark.parametrize(("first", "second"), [("sharing", "shared"), ("stories", "story"), ("stopped", "stop"), ("sextortion", "sextorted"), ("harassment", "harass")])  # fmt: skip
def test_english_words_of_one_family_share_a_stem(first: str, second: str) -> None:
    assert english_stem(first) == english_stem(second)


@pytest.mark.parametrize(("first", "second"), [("photo", "photon"), ("help", "held"), ("live", "liver")])
def test_other_words_keep_stems_of_their_own(first: str, second: str) -> None:
    assert english_stem(first) != english_stem(second)


@pytest.mark.parametrize(
    ("a", "b", "near"), [("abcde", "abcde", True), ("abcde", "abxde", True), ("abcde", "abcd", True), ("abcde", "xabcde", True), ("abcde", "axxde", False), ("ab", "abcd", False)]
)  # fmt: skip
def test_one_letter_more_less_or_other_is_near(a: str, b: str, near: bool) -> None:
    assert within_one(a, b) is near


def test_pairs_of_syllables() -> None:
    assert pairs("신고하기") == ["신고", "고하", "하기"]
    assert pairs("앱") == ["앱"]


PHRASES = ("suicid*", "kill myself", "chantage", "nude", "죽고 싶")


@pytest.mark.parametrize(
    "query", ["suicide", "Suicidal thoughts", "I want to kill myself", "suicied", "chantages", "du chantage", "죽고싶어", "나 죽고 싶어요"]
)
def test_help_comes_first_where_it_may_be_about_oneself(query: str) -> None:
    assert asks_for_help(query, PHRASES)


@pytest.mark.parametrize("query", ["", "suit", "kill", "photo", "chanter", "사진", "nudge the dog"])
def test_and_nowhere_else(query: str) -> None:
    assert not asks_for_help(query, PHRASES)


def test_a_very_long_query_is_cut_and_odd_ones_do_no_harm() -> None:
    for query in ("a" * 10_000, "가" * 10_000, "*(", "[", "\\", "%", "\x00", "é" * 500, "a b " * 500):
        find(INDEX["fr"], query)
        asks_for_help(query, PHRASES)
