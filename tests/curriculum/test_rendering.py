"""What an author types and what a reader gets."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.curriculum.content import Contact, Fact, Service
from app.curriculum.markup import Markup, Page, Rendered, Shelf, cannot_go_wrong
from app.curriculum.rendering import day_in_words, fact_html, help_html, laws_html, privacy_html

DAY = date(2026, 11, 22)


def texts(word: str) -> dict[str, str]:
    return {"fr": f"{word} fr", "en": f"{word} en", "ko": f"{word} ko"}


def a_fact(name: str, country: str = "CA", verified: date = DAY) -> Fact:
    label = {"fr": "Cyberaide", "en": "Cybertip", "ko": "사이버팁"}
    place = {"fr": "Canada", "en": "Canada", "ko": "캐나다"}
    text = {"fr": "C'est dit : oui.", "en": "It's said.", "ko": "그렇게 말해요."}
    return Fact(name, "law", "LAW", country, 2024, place, label, text, ("B",), ("x",), verified, date(2027, 5, 21))


def a_service(name: str, country: str, *contacts: Contact, order: int = 10) -> Service:
    hours = {"fr": "24 h", "en": "24 h", "ko": "24시간"}
    return Service(name, country, "talk", order, texts(name), texts("pour"), {}, hours, ("en", "fr"), {}, {}, contacts, ("x",), DAY, DAY)


PHONE = Contact("phone", "1-800-668-6868", (), {})
TEXT = Contact("text", "686868", (), {"fr": "Écris CONNECT", "en": "Text CONNECT", "ko": "CONNECT라고 보내요"})
WEB = Contact("web", "https://kidshelpphone.ca", ("en",), {})
SERVICES = (
    a_service("H-KR-01", "KR", PHONE),
    a_service("H-CA-02", "CA", WEB, order=20),
    a_service("H-CA-01", "CA", PHONE, TEXT),
    a_service("H-FR-01", "FR", PHONE),
    a_service("H-INT-01", "INT", WEB),
    a_service("H-QC-01", "QC", PHONE),
)
SHELF = Shelf(
    facts={f.id: f for f in (a_fact("E-07"), a_fact("L-CA-04"), a_fact("L-KR-03", "KR", date(2026, 10, 1)))},
    services=SERVICES,
    terms=frozenset({"consent"}),
    numbers={"reporting": 12, "sextortion": 8},
    hosts=frozenset({"kidshelpphone.ca"}),
)
MARKUP = Markup(SHELF)


def render(source: str, locale: str = "fr", laws: tuple[str, ...] = ()) -> Rendered:
    return MARKUP.render(source, Page(locale, 8, laws))


def html(source: str, locale: str = "fr") -> str:
    return render(source, locale).html


@pytest.mark.parametrize(
    ("source", "bold"),
    [
        ("**'신고'**는 중요해요.", "'신고'"),
        ("**신고(117)**를 해요.", "신고(117)"),
        ('**"도와줘"**라고 말해요.', '"도와줘"'),
        ("**“도와줘”**라고 말해요.", "“도와줘”"),
        ("이것은**동의**예요.", "동의"),
    ],
)
def test_korean_words_in_bold_stay_bold_before_a_particle(source: str, bold: str) -> None:
    """CommonMark parsers and pymdownx.betterem (which pymdownx.extra loads) fail here."""
    assert f"<strong>{bold}</strong>" in html(source, "ko")


def test_the_extensions_that_break_korean_are_not_loaded() -> None:
    names = {type(e).__module__ for e in MARKUP._md.registeredExtensions}
    assert not {n for n in names if "betterem" in n or "extra" in n}


def test_paragraphs_may_be_read_aloud() -> None:
    assert html("Un **deux**.\n\n- trois\n- quatre") == (
        '<p data-say="">Un <strong>deux</strong>.</p><ul><li data-say="">trois</li><li data-say="">quatre</li></ul>'
    )


def test_note_and_light() -> None:
    assert html("/// note | Avant\nTexte.\n///") == (
        '<div class="note" role="note"><p class="note-h">Avant</p><p data-say="">Texte.</p></div>'
    )
    assert html("/// light | Pas toi\nTexte.\n///") == ('<div class="light"><p class="light-h">Pas toi</p><p data-say="">Texte.</p></div>')


def test_words_to_borrow_have_a_button_that_waits_for_script() -> None:
    page = Page("en", 8)
    first = MARKUP.render("/// say | To an adult\nI need help.\n///", page).html
    assert first == (
        '<div class="say"><p class="say-h">To an adult</p><blockquote class="say-t" id="say-1">'
        '<p data-say="">I need help.</p></blockquote><button class="btn btn-line btn-small" data-copy="say-1" '
        'data-done="Copied" hidden="" type="button"><span>Copy these words</span></button></div>'
    )
    assert 'id="say-2"' in MARKUP.render("/// say | To a friend\nHi.\n///", page).html


def test_steps_chain_and_chat() -> None:
    assert html("/// steps\n1. **Arrêter.** Tu ne dois rien.\n2. **Parler.**\n///") == (
        '<ol class="steps"><li><div><b data-say="">Arrêter.</b><p data-say="">Tu ne dois rien.</p></div></li>'
        '<li><div><b data-say="">Parler.</b></div></li></ol>'
    )
    chain = html("/// chain | Le piège\n1. **Mots** une amitié\n2. **Lieu** une appli\n///")
    assert chain.startswith('<ol aria-label="Le piège" class="chain"><li data-say=""><b>Mots</b><span>une amitié</span></li>')
    assert html("/// chat | Inventé\n- **Alex :** Salut\n- **Toi:** Non\n///") == (
        '<div aria-label="Inventé" class="chat" role="list"><div class="msg them" role="listitem"><b class="who">Alex</b>'
        '<p data-say="">Salut</p></div><div class="msg me" role="listitem"><b class="who">Toi</b><p data-say="">Non</p></div></div>'
    )


@pytest.mark.parametrize(("locale", "name"), [("fr", "Toi"), ("en", "You"), ("ko", "나")])
def test_the_readers_own_side_of_a_chat(locale: str, name: str) -> None:
    assert f'<div class="msg me" role="listitem"><b class="who">{name}</b>' in html(f"/// chat\n- **{name}:** a\n///", locale)


def test_loose_lists_make_the_same_steps() -> None:
    tight = html("/// steps\n1. **A.** Un.\n2. **B.** Deux.\n///")
    assert html("/// steps\n\n1. **A.** Un.\n\n2. **B.** Deux.\n\n///") == tight


def test_an_activity_holds_folds() -> None:
    rendered = render("//// try | À toi ?\nChoisis.\n/// fold | Je paie\nTexte **un**.\n///\n/// fold | Je parle\nDeux.\n///\n////")
    assert rendered.html == (
        '<div class="try"><p class="try-h">À toi\u202f?</p><p data-say="">Choisis.</p>'
        '<details class="fold"><summary>Je paie</summary><div><p data-say="">Texte <strong>un</strong>.</p></div></details>'
        '<details class="fold"><summary>Je parle</summary><div><p data-say="">Deux.</p></div></details></div>'
    )
    assert rendered.folds == ("Texte un.", "Deux.")
    assert rendered.counted == "Choisis."


def test_key_words_and_links() -> None:
    page = Page("fr", 8)
    found = MARKUP.render("[oui](term:consent), [la leçon 12](lesson:reporting), [aide](help:)", page)
    assert '<a class="term" href="#term-consent">oui</a>' in found.html
    assert '<a href="/fr/lessons/12">la leçon 12</a>' in found.html
    assert '<a href="/fr/help">aide</a>' in found.html
    assert list(page.terms) == ["consent"]
    assert html("[guide](guide:sextortion)", "ko") == '<p data-say=""><a href="/ko/guides/sextortion">guide</a></p>'
    assert 'href="https://kidshelpphone.ca/x" rel="noreferrer nofollow"' in html("[a](https://kidshelpphone.ca/x)")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)", "https://evil.example", "//evil.example", "https://kidshelpphone.ca@evil.example", "lesson:none",
        "http://kidshelpphone.ca", "https://kidshelpphone.ca:8000/", "https://KIDSHELPPHONE.ca", "data:text/html,x", "/en/privacy",
        "https:/kidshelpphone.ca", "https:\\\\kidshelpphone.ca", "https://kidshelpphone.ca\\@evil.example", "../x", "term:",
        "mailto:a@b.ca",
    ],
)  # fmt: skip
def test_other_links_are_only_words(target: str) -> None:
    assert "href" not in html(f"[mot]({target})")


def test_source_marks_and_facts() -> None:
    assert html("Dix par jour {{cite:E-07}}.") == (
        '<p data-say="">Dix par jour <a class="cite" href="/fr/sources#E-07">(Cyberaide, Canada, 2024)</a>.</p>'
    )
    assert html("Dix par jour{{cite:E-07}}.") == html("Dix par jour {{cite:E-07}}."), "a source never leans on the word before"
    assert render("Dix par jour {{cite:E-07}}.").text == "Dix par jour ."
    assert '<p class="fact" data-say="">C’est dit\u00a0: oui. <a class="cite"' in html("Avant\n{{fact:E-07}}\naprès")
    assert "사이버팁, 캐나다, 2024" in html("말 {{cite:E-07}}", "ko")
    assert html("a {{cite:NONE-1}}") == '<p data-say="">a </p>'


def test_headings_keep_the_authors_id() -> None:
    assert html("### Un *titre* {#un-titre}") == '<h3 id="un-titre">Un <strong>titre</strong></h3>'
    assert html("### Titre {#x onclick=y}") == "<h3>Titre {#x onclick=y}</h3>"
    assert html("### Titre {: onclick=y }") == "<h3>Titre {: onclick=y }</h3>"


def test_tables_and_pictures() -> None:
    assert '<th scope="col">a</th>' in html("| a | b |\n|---|:-:|\n| 1 | 2 |")
    assert "style" not in html("| a | b |\n|---|:-:|\n| 1 | 2 |")
    assert html("![Une route](media/route.svg)") == '<p><img alt="Une route" loading="lazy" src="/media/8/route.svg"></p>'
    assert "img" not in html("![x](https://evil.example/a.png)")
    assert "img" not in html("![x](media/../../a.svg)")


def test_laws_stand_by_country_with_the_oldest_check() -> None:
    found = render("{{laws}}", "ko", ("L-CA-04", "L-KR-03")).html
    assert found.startswith('<div class="laws"><details class="law" open=""><summary>한국</summary><div><p>그렇게 말해요. <a class="cite"')
    assert found.index("한국") < found.index("캐나다")
    assert "마지막 확인: 2026년 10월 1일" in found
    assert found.count(" open") == 1
    english = render("{{laws}}", "en", ("L-KR-03", "L-CA-04")).html
    assert english.index("Canada") < english.index("Korea")
    assert laws_html([], "fr") == ""


@pytest.mark.parametrize(
    ("locale", "order"),
    [
        ("en", ["Canada", "Quebec", "Elsewhere in the world", "France", "Korea"]),
        ("fr", ["Canada", "Québec", "France", "Ailleurs dans le monde", "Corée"]),
        ("ko", ["한국", "그 밖의 나라", "캐나다", "퀘벡", "프랑스"]),
    ],
)
def test_help_begins_with_the_readers_likely_country(locale: str, order: list[str]) -> None:
    found = help_html(SERVICES, locale)
    assert re.findall("<summary>(.*?)</summary>", found) == order
    assert found.startswith('<div class="helpbox"><details class="helpland" open="">')
    assert found.count("open") == 1 + (locale == "en") * 0


def test_help_gives_numbers_that_can_be_tapped() -> None:
    found = help_html(SERVICES, "fr")
    assert '<a class="contact contact-phone" href="tel:18006686868" rel="noreferrer nofollow">1-800-668-6868</a>' in found
    assert 'href="sms:686868"' in found
    assert "Écris CONNECT" in found
    assert 'href="https://kidshelpphone.ca"' in found
    assert "(anglais)" in found
    assert found.index("H-CA-01") < found.index("H-CA-02")
    assert "Heures\u00a0: 24 h" in found
    assert "(" not in re.sub(r"<.*?>", "", help_html(SERVICES, "en"))


def test_the_help_of_a_lesson_is_the_help_of_the_page() -> None:
    """nh3 must not take anything out of it."""

    class Tags(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[object] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.append((tag, sorted((k, v or "") for k, v in attrs)))

    for locale in ("en", "fr", "ko"):
        lesson, page = Tags(), Tags()
        lesson.feed(html("{{help}}", locale))
        page.feed(help_html(SERVICES, locale))
        assert lesson.found == page.found
        assert fact_html(SHELF.facts["E-07"], locale).count("<") == html("{{fact:E-07}}", locale).count("<")


def test_the_mark_of_a_service_prints_its_name_in_the_language_of_the_text() -> None:
    for locale in ("en", "fr", "ko"):
        assert html("Ask {{service:H-KR-01}} today.", locale) == f'<p data-say="">Ask H-KR-01 {locale} today.</p>'
        assert html("{{service:H-KR-01}}", locale) == f'<p data-say="">H-KR-01 {locale}</p>'
    assert html("**{{service:H-FR-01}}은** 답해요.", "ko") == '<p data-say=""><strong>H-FR-01 ko은</strong> 답해요.</p>'
    assert "service" not in html("Ask {{service:H-XX-99}} today.", "en")
    assert MARKUP.render("Ask {{service:H-KR-01}} today.", Page("en")).counted == "Ask H-KR-01 en today."


def test_what_services_do_with_a_name_stands_by_country_and_only_where_they_say() -> None:
    says = [replace(s, privacy=texts(f"secret {s.id}")) for s in SERVICES if s.country != "QC"]
    found = privacy_html((*says, SERVICES[-1]), "fr")
    assert re.findall("<summary>(.*?)</summary>", found) == ["Canada", "France", "Ailleurs dans le monde", "Corée"]
    assert found.count("open") == 1
    assert found.index("secret H-CA-01 fr") < found.index("secret H-CA-02 fr") < found.index("secret H-FR-01 fr")
    assert "1-800-668-6868" not in found
    assert re.findall("<summary>(.*?)</summary>", privacy_html(says, "fr", near="KR"))[0] == "Corée"
    shelf = replace(SHELF, services=tuple(says))
    assert Markup(shelf).render("Voici.\n\n{{privacy}}\n\nFin.", Page("fr")).html.count("service-name") == len(says)


PIECES = st.sampled_from(
    [
        "*",
        "**",
        "_",
        "    ",
        "\t",
        "> ",
        "- ",
        "1. ",
        "\n",
        "\n\n",
        "mot",
        " ",
        "`",
        "/// say | À toi\n",
        "///\n",
        "| a | b |\n|---|---|\n",
        "{{help}}",
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
@example("-     mot")
@example("> mot\n>\n>     mot")
@example("- >     **")
@example("1. mot\n\n \tmot")
@settings(max_examples=400, deadline=None)
def test_what_is_not_parsed_because_it_cannot_go_wrong_does_not(source: str) -> None:
    if cannot_go_wrong(source):
        assert Markup(SHELF, final=False).render(source, Page("fr")).problems == ()


def test_a_text_missing_in_a_language_is_marked_with_its_own() -> None:
    service = a_service("H-CA-09", "CA", PHONE)
    only_french = Service(**{**service.__dict__, "purpose": {"fr": "Pour parler."}})
    assert '<span lang="fr-CA">Pour parler.</span>' in help_html([only_french], "ko")


def test_dates_in_words() -> None:
    assert day_in_words(DAY, "en") == "November 22, 2026"
    assert day_in_words(date(2026, 8, 1), "fr") == "1er août 2026"
    assert day_in_words(DAY, "ko") == "2026년 11월 22일"


def test_rendering_without_markdown_libraries_is_possible() -> None:
    """The site loads a compiled library and renders help; that must not pull in what compiling needs."""
    code = (
        "import sys, types; m = types.ModuleType('app'); m.__path__ = ['app']; sys.modules['app'] = m;"
        "import app.curriculum.library, app.curriculum.rendering, app.curriculum.scoring, app.curriculum.progress;"
        "print([n for n in ('markdown', 'pymdownx', 'nh3', 'yaml', 'flask', 'sqlalchemy') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# What a hostile author may try


ATTACKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//evil.example>",
    "<a href=javascript:alert(1)>x</a>", "<div style=background:url(//evil.example)>", "<style>*{}</style>", "<b onclick=x>y</b>",
    "<!-- --><script>x</script>", "<![CDATA[<script>x</script>]]>", "<?php x ?>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>", "<form action=//evil.example><input></form>", "<math><mi//xlink:href=javascript:x>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java&#115;cript:alert(1))", "[x](\\javascript:alert(1))",
    "[x](<javascript:alert(1)>)", "[x](vbscript:x)", "[x](data:text/html;base64,PHNjcmlwdD4=)", "![x](javascript:x)",
    "![x\" onerror=alert(1) \"](media/a.svg)", "![x](media/a.svg \" onerror=alert(1))", "[x](term:consent \" onclick=alert(1))",
    "[a]: javascript:alert(1)\n\n[a]", "<javascript:alert(1)>", "<https://evil.example>", "`<script>x</script>`",
    "    <script>x</script>", "### a {#b\" onclick=\"x}", "/// note | <script>x</script>\nx\n///",
    "/// note\n    attrs: {onclick: alert(1)}\n\nx\n///", "/// note\n    type: x\n\nx\n///", "/// fold | <img src=x onerror=y>\nx\n///",
    "/// say | \"><script>x</script>\nx\n///", "/// html | script\nalert(1)\n///", "/// chat\n- **<script>x</script>:** y\n///",
    "| <script>x</script> | b |\n|---|---|\n| <img src=x onerror=y> | d |", "{{cite:\"><script>x</script>}}", "{{fact:<script>}}",
    "\x02wzxhzdk:0\x03", "\x02amp\x03lt;script>", "\\<script\\>x\\</script\\>", "&lt;script&gt;x&lt;/script&gt;", "&#60;script&#62;",
    "**<script>x</script>**", "- <script>x</script>", "> <script>x</script>", "</p><script>x</script>", "\"><svg onload=x>",
    "<<script>script>x", "<scr<script>ipt>x</scr</script>ipt>", "<a\nhref=\"javascript:x\">y</a>", "<IMG \"\"\"><SCRIPT>x</SCRIPT>\">",
]  # fmt: skip
ALLOWED_TAGS = {
    *("a", "b", "blockquote", "br", "button", "code", "details", "div", "h3", "hr", "img", "li", "ol", "p", "pre", "span"),
    *("strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


class Watch(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.wrong.append(name)
            if name in ("href", "src") and not re.match(r"/(?!/)|#|tel:|sms:|https://kidshelpphone\.ca", value or ""):
                self.wrong.append(value or "")


def is_safe(found: str) -> bool:
    watch = Watch()
    watch.feed(found)
    return not watch.wrong


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("frame", ["{}", "a {} b", "/// say | x\n{}\n///", "1. **a** {}", "[{}](term:consent)"])
def test_nothing_runs_and_nothing_loads(attack: str, frame: str) -> None:
    source = frame.replace("{}", attack)
    for locale in ("fr", "ko"):
        assert is_safe(MARKUP.render(source, Page(locale, 8)).html)
        assert is_safe(MARKUP.render_line(source, Page(locale, 8)).html)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop whatever takes longer: a parser that goes round and round would fill the memory before a test could say so."""

    def too_long(_signal: int, _frame: object) -> None:
        raise AssertionError(f"not done within {seconds} s")

    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


FENCES = ["/// note", "/// chat", "/// fold | t", "//// say | x", "////// note", "///", "////"]


@pytest.mark.promise("G-5")
@settings(max_examples=100, deadline=None)
@example("- /// chat\n- **a:** y\n////// chat\n- **a:** y\n///")  # found by chance: went round for ever
@example("1. //// say | x///\n/// fold | t")  # 32,000 characters of page
@given(st.lists(st.sampled_from([*FENCES, "- ", "> ", "1. ", "\n", "\n\n", "    ", "\t", "a", "- **A:** y"]), max_size=14).map("".join))
def test_no_order_of_blocks_and_lists_sends_the_parser_round_and_round(source: str) -> None:
    with within(2):
        assert len(html(source)) < 8000


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([*ATTACKS, "\n", "\n\n", " ", "**", "a", "é", "가", "/// note", "///", "{{help}}", "- ", "> "])).map("".join)
)
def test_nothing_runs_whatever_is_put_together(source: str) -> None:
    assert is_safe(html(source))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Co", "Cs"]), max_size=60))
def test_the_short_way_gives_what_the_long_way_gives(line: str) -> None:
    """Plain lines are not parsed at all: an optimisation that must not show."""
    from app.curriculum import markup

    quick = MARKUP.render(line, Page("fr", 8))
    pattern, markup._PLAIN = markup._PLAIN, re.compile(r"(?!)")
    try:
        slow = MARKUP.render(line, Page("fr", 8))
    finally:
        markup._PLAIN = pattern
    assert quick.html == slow.html
    assert quick.text == slow.text
