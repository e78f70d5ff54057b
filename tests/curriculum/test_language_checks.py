"""What the rules about words, typing, reading level and guessing find, and what they leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.curriculum import checks_reading, checks_testwise, korean, words
from app.curriculum.checking import check
from app.curriculum.checks_parity import numbers_in, other_numbers, shape
from app.curriculum.readability import english_syllables, french_syllables, measure, sample, sentences_of
from app.curriculum.testwise import STRATEGIES, Question, sit, tail_probabilities, tried

from .making import TODAY, change, make_lessons
from .test_checking import EN, FR, KO, LESSON, QUIZ, only, rules

OLD = {"fr": (FR, "Un texte court. ["), "en": (EN, "A short text. ["), "ko": (KO, "짧은 글이에요. [")}
GOOD = {
    "fr": [
        "On ne traite personne de prédateur.",
        "On ne dit pas « pornographie juvénile ».",
        "Un hypertrucage (deepfake), c'est faux.",
        "Elle a dit : « Je l'ai cru “pour rire” », puis rien.",
        "C'est à 10:30, sur kidshelpphone.ca : vas-y ! Tu viens ?",
        "Pas besoin de raconter toute ta vie.",
        "A et B jouent. Deux œufs, trois sœurs.",
    ],
    "en": [
        "We call nobody a predator.",
        "The old word was “child porn”.",
        "It's on the internet. Nobody deserves it.",
        "The Center's program (screen shot) helps.",
    ],
    "ko": [
        "누구에게도 범죄자라고 하지 않아요.",
        "‘리벤지 포르노’라는 말은 쓰지 않아요.",
        "언제할수록 좋을까요?",
        "마을과 가을, 노을을 봐요. 더 나은 길로 가요.",
        "진로, 통로, 경로를 골라요. 연필로 쓰고 휴대폰으로 봐요.",
        "다은이는 밑줄을 그을 곳을 찾아요.",
        "“저장했습니다.”라고 앱이 말해요.",
        "해시값(hash)을 봐요. 트로이 목마(RAT)는 거짓이에요.",
        "셀 수없이 많아요. 이 앱 이 화면도 봐요.",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("locale", "sentence"), [(k, s) for k, v in GOOD.items() for s in v])
def test_good_sentences_are_left_alone(tmp_path: Path, locale: str, sentence: str) -> None:
    root = make_lessons(tmp_path)
    name, old = OLD[locale]
    change(root, name, old, f"{sentence} [")
    assert rules(check(root, TODAY)) <= {"digit-parity"}


def test_what_is_quoted_as_not_to_say_may_stand(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, "webcams/guide.fr.md", "{#not-say}\n\nUn texte court.", "{#not-say}\n\nC'est en ligne pour toujours.")
    change(root, "webcams/plan.en.md", "{#say}\n\nA short text.", "{#say}\n\nNot: a predator, revenge porn.")
    change(root, "webcams/plan.ko.md", "{#then-now}\n\n짧은 글입니다.", "{#then-now}\n\n그때는 몰카라고 했습니다.")
    change(root, "misconceptions.toml", 'belief.fr = "Payer met fin à tout."', 'belief.fr = "Un predateur gâche ta vie."')
    assert check(root, TODAY) == []


def test_a_wrong_option_may_say_what_people_fear(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, "webcams/quiz.en.md", "- [one] A short text.", "- [one] It is online forever.")
    assert check(root, TODAY) == []


def test_people_in_a_chat_speak_as_they_like(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    for name, words_ in ((FR, "- **Alex:** Oui."), (EN, "- **Alex:** Yes."), (KO, "- **Alex:** 저장했습니다.")):
        change(root, name, {FR: "Un texte court. [", EN: "A short text. [", KO: "짧은 글이에요. ["}[name], f"/// chat\n{words_}\n///\n\n[")
    assert check(root, TODAY) == []


LISTS = ("blame", "fear", "avoid", "terms", "slips", "sensitive")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("locale", ["fr", "en", "ko"])
def test_every_phrase_of_a_list_is_found_and_says_what_to_write(name: str, locale: str) -> None:
    found = words.phrases(name, locale)
    assert found
    assert len({phrase.words for phrase in found}) == len(found)
    for phrase in found:
        typed = phrase.words.replace("*", "x")
        assert words.find_words(name, locale, f"... {typed} ..."), phrase.words
        index = words.Index(["...", f"... {typed} ...", "..."], locale)
        assert phrase in index.may_hold(name), phrase.words
        assert index.places_of([phrase.small_seed]) == [1], phrase.words
        assert bool(phrase.right) == (name in ("avoid", "terms", "slips")), phrase.words


@pytest.mark.parametrize("locale", ["fr", "en", "ko"])
def test_what_a_list_proposes_is_not_itself_on_a_list(locale: str) -> None:
    for name in ("avoid", "terms", "slips"):
        for phrase in words.phrases(name, locale):
            right = phrase.right.split(" (")[0]
            assert not words.find_words("slips", locale, right), phrase.words
            assert not words.find_words("terms", locale, right), phrase.words


def test_of_overlapping_phrases_the_longest_is_told() -> None:
    assert words.find_words("blame", "fr", "Tu n’aurais\npas dû.") == [(3, "n'aurais pas dû")]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("휴대폰로 봐요", "휴대폰으로"),
        ("휴대폰를 봐요", "휴대폰을"),
        ("학교으로 가요", "학교로"),
        ("연필으로 써요", "연필로"),
        ("친구을 도와요", "친구를"),
        ("사진가 아니라 사진는 사진와", "사진은"),
        ("‘동의’은 말이에요", "‘동의’는"),
        ("메시지(문자)을 봐요", "메시지(문자)를"),
        ("온라인로 만나요", "온라인으로"),
        ("학생가 말해요", "학생이"),
    ],
)
def test_a_particle_that_does_not_fit_is_found(typed: str, right: str) -> None:
    assert right in [better for _, better in korean.wrong_particles(typed)]


@pytest.mark.parametrize("noun", sorted(korean.nouns()))
def test_a_listed_noun_has_its_right_particles(noun: str) -> None:
    closed = bool(korean.final(noun[-1]))
    line = " ".join(noun + p for p in (("이", "을", "은", "과") if closed else ("가", "를", "는", "와")))
    line += f" {noun}{'로' if korean.final(noun[-1]) in (0, korean.RIEUL) else '으로'}"
    assert korean.wrong_particles(line) == []


def test_the_final_consonant_decides() -> None:
    assert [korean.final(c) for c in "가각갈"] == [0, 1, 8]
    assert korean.fits("글", "로")
    assert not korean.fits("글", "으로")
    assert korean.fits("폰", "으로")


SYLLABLES = {
    "en": "screenshot:2 pictures:2 make:1 asked:1 wanted:2 table:2 watches:2 because:2 private:2 messages:3 permission:3 anything:3 "
    "evidence:3 deleted:3 already:3 isn't:2 don't:1 didn't:2 you're:1 people's:2 media:3 video:3 changes:2 curious:3 understand:3 "
    "whoever:3 friendship:2 helpline:2 careful:2 safety:2 movement:2 unique:2 language:2 poem:2 look-alike:3 noticed:2 hundred:2",
    "fr": "image:2 partager:3 téléphone:3 vidéo:3 consentement:4 personne:2 quelqu'un:2 adultes:2 école:2 d'écran:2 créer:2 réel:2 "
    "envoyer:3 envoie:2 payer:2 maïs:2 idée:2 plusieurs:2 longue:1 heureux:2 beaucoup:2 crier:2 théâtre:2 nuit:1 c'est:1 feuille:1 "
    "regardaient:3 lorsqu'il:2 peut-être:2 bloqué:2 fatigué:3",
}  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_syllables_are_counted_as_spoken(locale: str) -> None:
    count = {"en": english_syllables, "fr": french_syllables}[locale]
    pairs = [pair.split(":") for pair in SYLLABLES[locale].split()]
    assert [(word, count(word)) for word, n in pairs if count(word) != int(n)] == []


def test_flesch_kincaid_is_the_published_formula() -> None:
    reading = measure(sample("The cat sat on the mat. It was happy.", "en"), "en")
    assert reading is not None
    assert (reading.words, reading.sentences, reading.longest_words) == (9, 2, 6)
    assert reading.level == round(0.39 * 9 / 2 + 11.8 * 10 / 9 - 15.59, 1)


def test_kandel_and_moles_is_the_published_formula() -> None:
    reading = measure(sample("Le chat dort sur le tapis. Il est content.", "fr"), "fr")
    assert reading is not None
    ease = 207 - 1.015 * 9 / 2 - 73.6 * 11 / 9
    assert reading.level == round((150 - ease) / 10, 1)


def test_long_formal_korean_reads_harder_than_plain_korean() -> None:
    plain = measure(sample("사진을 봐요. 친구에게 말해요. 어른이 도와줘요.", "ko"), "ko")
    hard = measure(sample("개인정보보호위원회로부터 관련된 자료제출요구를 받은 정보통신서비스제공자는 이에 따라야 합니다.", "ko"), "ko")
    assert plain
    assert hard
    assert plain.level < 5 < 15 < hard.level


def test_nothing_to_read_has_no_level() -> None:
    assert measure(sample("", "fr"), "fr") is None
    assert sentences_of("Un titre\nUne phrase entière ici. Et une autre encore !") == ["Une phrase entière ici.", "Et une autre encore !"]


HARD = {
    "fr": "Les autorités administratives compétentes communiquent immédiatement les informations personnelles nécessaires. " * 6,
    "en": "The responsible administrative authorities immediately communicate the necessary personal information. " * 6,
    "ko": "개인정보보호위원회로부터 자료제출요구를 받았으므로 정보통신서비스제공자들은 관계기관협의체에 따라야만 하는 것이에요. " * 6,
}


@pytest.mark.parametrize("locale", ["fr", "en", "ko"])
def test_a_section_too_hard_for_its_readers_is_told_with_its_longest_sentence(tmp_path: Path, locale: str) -> None:
    root = make_lessons(tmp_path)
    name, old = OLD[locale]
    change(root, name, old, HARD[locale] + "[")
    finding = only(root, "hard-section", "warning")[0]
    assert (finding.file, finding.line) == (f"lessons/{name}", 7)
    assert "band B" in finding.message
    assert "(line 9)" in finding.message


def test_a_lesson_of_hard_sections_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_lessons(tmp_path)
    monkeypatch.setitem(checks_reading.FEWEST_WORDS, "en", 1)
    monkeypatch.setitem(checks_reading.LESSON_LEVEL["en"], "B", -20.0)
    monkeypatch.setitem(checks_reading.SECTION_MORE, "en", 50.0)
    only(root, "hard-lesson", "warning")


def test_numbers_are_compared_as_they_are_meant() -> None:
    assert numbers_in("1 200 élèves, 3,5 fois, 50 $") == {"1200", "3.5", "50"} == numbers_in("1,200 students, 3.5 times, $50")
    assert numbers_in("1. Une chose\n2. Deux") == set()
    assert other_numbers("Twenty minutes", "20 minutes") == (set(), set())
    assert other_numbers("30 minutes", "20 minutes") == ({"30"}, {"20"})
    assert numbers_in("10월 10일") == {"10"}


def test_the_shape_of_a_section_is_its_blocks_items_lines_and_rows() -> None:
    body = "/// chat | X\n- **A:** oui\n- **B:** non\n///\n\n- un\n- deux\n\n| a | b |\n|---|---|\n| c | d |\n\n### Titre\n"
    assert shape(body) == {'blocks "chat"': 1, "lines of chat": 2, "list items": 2, "table rows": 2, "headings": 1}


# Pupils who guess well


def question(name: str, options: tuple[str, ...], right: int, asked: str = "") -> Question:
    return Question(name, asked, options, right)


def test_the_probability_of_guessing_is_the_exact_binomial() -> None:
    tails = tail_probabilities([0.25] * 4)
    assert tails == pytest.approx([1, 1 - 0.75**4, 1 - 0.75**4 - 4 * 0.25 * 0.75**3, 4 * 0.25**3 * 0.75 + 0.25**4, 0.25**4])


@pytest.mark.parametrize(
    ("strategy", "options", "asked", "locale"),
    [
        ("the longest", ("oui", "oui, bien sûr", "non"), "", "fr"),
        ("the shortest", ("oui, bien sûr", "oui", "pas du tout"), "", "fr"),
        ("the last", ("un", "un", "un"), "", "fr"),
        ("the most cautious", ("It always works", "It may often work", "It never works"), "", "en"),
        ("the one that repeats the question", ("Block her", "Save the message first", "Delete it"), "Noa got a message. What first?", "en"),
        ("the one that repeats the question", ("차단하기", "메시지를 남겨요", "지워요"), "준이가 메시지를 받았어요.", "ko"),
        ('"all of the above"', ("Tell", "All of the above", "Wait"), "", "en"),
    ],
)
def test_a_strategy_finds_what_gives_itself_away(strategy: str, options: tuple[str, ...], asked: str, locale: str) -> None:
    right = 2 if strategy == "the last" else 1
    questions = [question(f"q{n}", options, right, asked) for n in range(8)]
    results = {q.id: tried(q, locale) for q in questions}
    sitting = next(s for s in sit(questions, results) if s.strategy == strategy)
    assert sitting.expected == 8
    assert sitting.is_suspicious
    assert sitting.given_away == tuple(q.id for q in questions)


def test_a_sound_quiz_is_not_suspicious() -> None:
    questions = [question(f"q{n}", ("même", "même", "même"), n % 3) for n in range(12)]
    results = {q.id: tried(q, "fr") for q in questions}
    assert not any(s.is_suspicious for s in sit(questions, results))
    assert sit([], {}) == []


def test_every_strategy_has_its_advice() -> None:
    assert set(checks_testwise.MEND) == set(STRATEGIES)


def shorten_right(root: Path, count: int) -> None:
    path = root / "webcams" / "quiz.en.md"
    parts = path.read_text(encoding="utf-8").split("## item-")
    for n in range(count):
        key = ("one", "two", "three")[n % 3]
        parts[n + 1] = parts[n + 1].replace(f"[{key}] A short text.", f"[{key}] A text.")
    path.write_text("## item-".join(parts), encoding="utf-8")


def test_guessing_by_length_fails_when_it_passes_and_warns_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = make_lessons(tmp_path)
    shorten_right(root, 6)  # 6 + 6/3 of 12: a guesser reaches 8 in 2 % of cases, more than 5 % / 7
    assert check(root, TODAY) == []
    make_lessons(tmp_path)
    shorten_right(root, 8)
    finding = only(root, "test-wise-pass")[0]
    assert "the shortest gets 9.3 of 12" in finding.message
    assert '"item-7"' in finding.message
    assert '"item-8"' not in finding.message
    monkeypatch.setattr(checks_testwise, "PASS_MARK", 0.8)
    only(root, "test-wise", "warning")


# Ways through


def test_a_band_without_sections_is_unreachable(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, LESSON, 'bands = ["B"]', 'bands = ["B", "C"]')
    for old in ('kind = "opening"', 'kind = "do"'):
        change(root, LESSON, old, f'{old}\nbands = ["B"]')
    assert "lesson-unreachable" in rules(check(root, TODAY))


def test_a_link_to_a_lesson_for_others_is_a_dead_end(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams").rename(root / "older")
    make_lessons(tmp_path)
    for name in (LESSON, QUIZ):
        change(root, name.replace("webcams", "older"), '["B"]', '["C"]', 20)
    change(root, "older/lesson.toml", "number = 8", "number = 9")
    change(root, "facts.toml", '["B", "T"]', '["B", "C"]', 2)
    assert check(root, TODAY) == []
    for name in (FR, EN, KO):
        change(root, name, "(term:consent)", "(lesson:older)")
    assert len(only(root, "link-band", "warning")) == 3
