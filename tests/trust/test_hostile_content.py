"""Whatever an author, a teacher or an address says: pages hold the elements and attributes that they would hold anyway, and nothing that runs.

The same pages are opened in a real browser by tests/browser/test_hostile_content.py."""

from __future__ import annotations

import re
from urllib.parse import quote

import html5lib
import pytest
from trust.hostile import MARK, make_hostile
from trust.payloads import IN_PLAIN_TEXT, PAYLOADS, of
from walking import OF, addresses, values_for

from app.core.access import VISITORS, audience_of

PEOPLE = ("", "Amy", "Ms Tremblay", "Ms Lead", "Mr Board")
# What Markdown may make in a text, where a page of ours may not happen to have it.
OF_TEXTS = {("blockquote", "data-say"), ("ol", "start"), ("span", "lang"), ("img", "loading"), ("a", "hreflang"), ("th", "scope"), ("pre", ""), ("code", ""), ("hr", ""), ("br", ""), ("ul", "class"), ("td", "class"), ("table", ""), ("tbody", ""), ("thead", ""), ("tr", ""), ("th", ""), ("td", ""), ("strong", ""), ("h3", "id"), ("div", "role"), ("div", "aria-label"), ("ol", "class"), ("ol", "aria-label"), ("p", "data-say"), ("li", "data-say"), ("b", "data-say"), ("b", "class"), ("span", "class"), ("p", "class"), ("img", ""), ("img", "class"), ("img", "src"), ("img", "alt"), ("a", "rel")}  # fmt: skip
LEADS_TO = re.compile(r"/(?!/)|#|\?|$|tel:[+\d]|sms:[+\d]|https://")
HOSTS = re.compile(r"https://([^/?#]*)")


def parts_of(html: str) -> tuple[set[tuple[str, str]], set[str]]:
    """(element, attribute) pairs, elements with "" too; and every address that a press, a load or a form would lead to."""
    pairs, targets = set(), set()
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            continue  # a comment
        tag = element.tag.rpartition("}")[2]
        pairs.add((tag, ""))
        for name, value in element.attrib.items():
            name = name.rpartition("}")[2] if isinstance(name, str) else str(name)
            pairs.add((tag, name))
            if name in ("href", "src", "action", "formaction", "data", "poster", "srcset", "ping", "background", "cite"):
                targets.add(value.strip())
    return pairs, targets


def pages_of(app, school, visit, values):
    """(address, page) of everything that somebody of each kind may read."""
    for who in PEOPLE:
        visitor = visit(who)
        for endpoint, address in addresses(app, values, "en"):
            if endpoint == "home.leave" or OF.get(endpoint.split(".")[0], who) != who or (who and VISITORS in audience_of(app, endpoint)):
                continue
            response = visitor.get(address, check=False)
            if response.status_code == 200 and response.mimetype == "text/html":
                yield f"{who} {endpoint}", response.get_data(as_text=True)


@pytest.mark.long
@pytest.mark.promise("G-6")
def test_no_text_of_an_author_or_a_teacher_adds_anything_that_runs_or_loads(app, school, visit, tmp_path, promise):
    values = values_for(app, school)
    clean, known = set(), set()
    for _where, html in pages_of(app, school, visit, values):
        pairs, targets = parts_of(html)
        clean |= pairs
        known |= targets | {host[1] for t in targets if (host := HOSTS.match(t))}
    make_hostile(app, tmp_path)
    app.extensions["balise.patterns"].kept.clear()
    pages, wrong, arrived = 0, [], set()
    for where, html in pages_of(app, school, visit, values):
        pages += 1
        pairs, targets = parts_of(html)
        wrong += [f"{where}: {pair}" for pair in pairs - clean - OF_TEXTS]
        wrong += [
            f"{where}: leads to {t[:80]!r}"
            for t in targets - known
            if not LEADS_TO.match(t) or ((host := HOSTS.match(t)) and host[1] not in known)
        ]
        arrived |= set(re.findall(rf"\b{MARK}(\d+)\b", html))
    promise.figure("{wrong} unknown elements, attributes or addresses on {pages} pages with {n} hostile texts", wrong=len(wrong), n=len(arrived), pages=pages)  # fmt: skip
    assert not wrong, "\n".join(wrong[:30])
    lost = [n for n in range(len(PAYLOADS)) if str(n) not in arrived]
    assert not lost, f"these never came into a page: {[PAYLOADS[n] for n in lost]}"
    assert len(arrived) > 200
    assert pages > 60


# Where an address or a form says something that the page shows again.
SHOWN_AGAIN = [
    ("", "GET", "/en/search?q={}"), ("", "GET", "/en/join?code={}"), ("", "GET", "/en/sign-in?code={}"), ("", "GET", "/en/lessons/?band={}"), ("", "GET", "/en/guides/family/{}"),
    ("", "GET", "/en/{}"), ("", "GET", "/{}"), ("", "POST", "/en/join"), ("", "POST", "/en/sign-in"), ("", "POST", "/en/accounts/sign-in"),
    ("Ms Tremblay", "POST", "/en/classrooms/new"), ("Ms Tremblay", "GET", "/en/classrooms/?{}={}"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "method", "address"), SHOWN_AGAIN)
@pytest.mark.promise("G-6", "G-1")
def test_what_an_address_or_a_form_says_is_shown_as_words_only(app, school, visit, promise, who, method, address):
    visitor, unescaped = visit(who), []
    for n, payload in enumerate(IN_PLAIN_TEXT):
        there = address.replace("{}", quote(payload, safe=""))
        fields = dict.fromkeys(("code", "first", "second", "word1", "word2", "word3", "email", "password", "label", "band", "seats", "ends_on", "kept"), payload)  # fmt: skip
        response = visitor.get(there, check=False) if method == "GET" else visitor.post(there, fields, check=False)
        html = response.get_data(as_text=True)
        assert response.status_code < 500
        if re.search(rf"<[^>]*\bxq\({n}\)[^<]*>", without_values(html)) or f"<script>xq({n})" in html:
            unescaped.append(payload)
    promise.figure("{unescaped} of {n} hostile texts shown as more than words", unescaped=len(unescaped), n=len(IN_PLAIN_TEXT))
    assert not unescaped, unescaped[:10]


QUOTED = re.compile(r'(?<==)"[^"]*"')


def without_values(html: str) -> str:
    """The page without what stands between the quotes of attributes: words there run nothing."""
    return QUOTED.sub('""', html)


@pytest.mark.parametrize(
    "html",
    [
        "<script>xq(1)</script>",
        "<img src=x onerror=xq(1)>",
        "<svg onload=xq(1)>",
        '<p style="x">',
        "<a href='javascript:xq(1)'>",
        "<iframe></iframe>",
    ],
)
def test_the_look_can_see(html):
    pairs, targets = parts_of(f"<!doctype html><title>x</title><p>a{html}")
    bad = {("script", ""), ("img", "onerror"), ("svg", "onload"), ("p", "style"), ("iframe", "")}
    assert pairs & bad or not all(LEADS_TO.match(t) for t in targets)


def test_every_payload_has_its_own_number():
    assert len(PAYLOADS) > 100
    assert sum("xq(" in p for p in PAYLOADS) > 100
    assert of(7, "<b onclick=CALL>") == "<b onclick=xq(7)>"
