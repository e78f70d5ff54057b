"""Spaces and apostrophes, typed plainly and printed well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.typography import french, french_html, typeset, typeset_html

N, W = "\u202f", "\u00a0"  # narrow, wide

TEXTS = [
    ("Quoi ?", f"Quoi{N}?"),
    ("Quoi?", f"Quoi{N}?"),
    ("Non !", f"Non{N}!"),
    ("Quoi ?!", f"Quoi{N}?!"),
    ("Un ; deux", f"Un{N}; deux"),
    ("Voici : un", f"Voici{W}: un"),
    ("Voici: un", f"Voici{W}: un"),
    ("Voici :", f"Voici{W}:"),
    ("À 10:30, à 9:05", "À 10:30, à 9:05"),
    ("« Oui »", f"«{W}Oui{W}»"),
    ("«Oui»", f"«{W}Oui{W}»"),
    ("« Oui ? »", f"«{W}Oui{N}?{W}»"),
    ("Elle dit : « Stop ! »", f"Elle dit{W}: «{W}Stop{N}!{W}»"),
    ("50 $ et 40 %", f"50{W}$ et 40{W}%"),
    ("50$ et 40%", f"50{W}$ et 40{W}%"),
    ("de %(n)s %%, de %(a)s %(b)s et %(a)s%(b)s", f"de %(n)s{W}%%, de %(a)s %(b)s et %(a)s%(b)s"),
    ("$HOME", "$HOME"),
    ("Va sur https://exemple.ca/a?b=c;d:e !", f"Va sur https://exemple.ca/a?b=c;d:e{N}!"),
    ("Écris à a.b@exemple.ca ; merci", f"Écris à a.b@exemple.ca{N}; merci"),
    ("mailto:a@b.ca tel:911", "mailto:a@b.ca tel:911"),
    ("l'école d'été", "l’école d’été"),
    ("aujourd'hui l'« ami »", f"aujourd’hui l’«{W}ami{W}»"),
    ("qu'11 élèves", "qu’11 élèves"),
    ("(?)", "(?)"),
    ("? seul", "? seul"),
    ("C:\\dossier", "C:\\dossier"),
    ("a::b", "a::b"),
    (f"Quoi{W}? «{N}Oui{N}»", f"Quoi{N}? «{W}Oui{W}»"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "printed"), TEXTS)
def test_french_text(typed: str, printed: str) -> None:
    assert french(typed) == printed
    assert french(printed) == printed


HTML = [
    ("<p>Quoi ?</p>", f"<p>Quoi{N}?</p>"),
    ("<p><strong>Quoi</strong> ?</p>", f"<p><strong>Quoi</strong>{N}?</p>"),
    ("<p>Un <strong>« Oui »</strong> :</p>", f"<p>Un <strong>«{W}Oui{W}»</strong>{W}:</p>"),
    ("<p>l'<strong>école</strong></p>", "<p>l’<strong>école</strong></p>"),
    ('<a href="/a?b" title="c : d !">e : f</a>', f'<a href="/a?b" title="c : d !">e{W}: f</a>'),
    ("<code>a ? b : c;</code> !", f"<code>a ? b : c;</code>{N}!"),
    ("<p>a &amp; b &lt; c</p>", "<p>a &amp; b &lt; c</p>"),
    ("<p>a&nbsp;: b</p>", f"<p>a{W}: b</p>"),
    ("<p>a</p><p>? b</p>", "<p>a</p><p>? b</p>"),
    ("<li>Un</li>\n<li>: deux</li>", "<li>Un</li>\n<li>: deux</li>"),
    ('<button data-copy="say-1">Copier :</button>', f'<button data-copy="say-1">Copier{W}:</button>'),
]


@pytest.mark.parametrize(("typed", "printed"), HTML)
def test_french_html(typed: str, printed: str) -> None:
    assert french_html(typed) == printed
    assert french_html(printed) == printed


ENGLISH = [
    ("Don't ask: it's \"fine\"? 50%!", "Don’t ask: it’s “fine”? 50%!"),
    ('"Say yes or I\'ll tell." "Okay..."', "“Say yes or I’ll tell.” “Okay...”"),
    ('She says ("no") and "why?"', "She says (“no”) and “why?”"),
    ("\"He said 'no' twice.\"", "“He said ‘no’ twice.”"),
    ("the students' cards, Chris's card", "the students’ cards, Chris’s card"),
    ("already “curly” and ‘so’", "already “curly” and ‘so’"),
    ('"http://a.b/c"', "“http://a.b/c”"),
]


@pytest.mark.parametrize(("typed", "printed"), ENGLISH)
def test_english_text(typed: str, printed: str) -> None:
    assert typeset(typed, "en") == printed
    assert typeset(printed, "en") == printed


def test_english_html() -> None:
    assert typeset_html("<p>It's <b>Sam</b>'s</p>", "en") == "<p>It’s <b>Sam</b>’s</p>"
    assert typeset_html('<p><strong>"Hi"</strong> &quot;you&quot;</p>', "en") == "<p><strong>“Hi”</strong> “you”</p>"
    assert typeset_html('<a title="&quot;" href="x">"a"</a>', "en") == '<a title="&quot;" href="x">“a”</a>'


def test_korean_is_left_as_it_is_typed() -> None:
    text = "'신고'는 'AI'와 \"도와줘\"라고 말해요: 정말?"
    assert typeset(text, "ko") == text
    assert typeset_html(f"<p>{text}</p>", "ko") == f"<p>{text}</p>"


PIECES = [*"aé'1 \u00a0\u202f\n?!;:«»$%()[]<>&/=.@-_#\"\\\ue000\ue001\ue002가", "http://", "&nbsp;", "<b>", "</p>"]
AWKWARD = st.lists(st.sampled_from(PIECES)).map("".join)


@given(AWKWARD)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    for locale in ("fr", "en", "ko"):
        once = typeset(text, locale)
        assert typeset(once, locale) == once
        html = typeset_html(text, locale)
        assert typeset_html(html, locale) == html


@given(st.text())
def test_words_are_never_lost(text: str) -> None:
    import re

    def bare(s: str) -> str:
        return re.sub(r"[\s\u00a0\u202f]", "", s.replace("’", "'"))

    assert bare(french(text)) == bare(text)
