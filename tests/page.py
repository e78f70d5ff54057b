"""What every page must be, called for each page a test opens."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import blake2b
from html.parser import HTMLParser

import html5lib

LANGS = {"en": "en-CA", "fr": "fr-CA", "ko": "ko"}
FIELDS = ("input", "select", "textarea")
WITHOUT_HELP = ("/tables",)  # looks like school work on purpose
# Parts that stand by themselves and come back on page after page: each is parsed once, and then known by its text.
SVG = re.compile(r"<(svg)\b.*?</svg>", re.DOTALL)
PART = re.compile(r"<(header|footer|main)\b.*?</\1>", re.DOTALL)
MADE_ANEW = re.compile(r' name="csrf" value="\w+"| data-(idle|most)="\d+"')
valid: set[bytes] = set()  # digests of what was found right


class Reader(HTMLParser):
    """A page as lists: ids, headings, fields, labels, text of title and h1."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: list[str] = []
        self.headings: list[int] = []
        self.fields: list[dict[str, str]] = []
        self.label_for: set[str] = set()
        self.within: list[str] = []
        self.texts = {"title": "", "h1": ""}
        self.lang = ""
        self.classes: set[str] = set()
        self.inline: list[str] = []
        self.images: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        self.classes.update(given.get("class", "").split())
        if tag == "html":
            self.lang = given.get("lang", "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.label_for.add(given.get("for", ""))
        if tag in FIELDS and given.get("type") not in ("hidden", "submit", "button"):
            self.fields.append({**given, "in_label": "y" if "label" in self.within else ""})
        if tag == "img":
            self.images.append(given)
        self.inline += [f"{tag} {k}" for k in given if k == "style" or k.startswith("on")]
        if tag == "script" and "src" not in given:
            self.inline.append("script")
        if tag == "style":
            self.inline.append("style")
        if tag not in ("br", "hr", "img", "input", "link", "meta", "wbr", "path", "circle", "rect"):
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.within:
            while self.within and self.within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in ("title", "h1"):
            if tag in self.within and ("svg" not in self.within or tag == "h1"):
                self.texts[tag] += data


def squeeze(text: str) -> str:
    return " ".join(text.split())


def mistakes(html: str) -> list[object]:
    """What a strict HTML5 parser says of a page. Parts that were found right before are not read again: parsing is a third of all tests' time."""
    pieces: list[str] = []

    def taken_out(part: re.Match[str]) -> str:
        pieces.append(part[0])
        return f"<{part[1]}></{part[1]}>"

    whole = PART.sub(taken_out, SVG.sub(taken_out, MADE_ANEW.sub("", html)))
    for piece in (whole, *pieces):
        if (known := blake2b(piece.encode(), digest_size=16).digest()) in valid:
            continue
        parser = html5lib.HTMLParser(strict=False)
        if piece is whole:
            parser.parse(piece)
        else:
            parser.parseFragment(piece, container="div")
        if parser.errors:
            return [*parser.errors[:3], piece[:200]]
        valid.add(known)
    return []


def check_page(html: str, address: str) -> Reader:
    """Fail with the address and the reason when a page is not what every page must be."""
    page = Reader()
    page.feed(html)
    locale = address.split("/")[1][:2]
    wrong = mistakes(html)
    assert not wrong, f"{address}: not valid HTML5: {wrong}"
    if locale in LANGS:
        assert page.lang == LANGS[locale], f"{address}: lang is {page.lang!r}"
    assert page.headings.count(1) == 1, f"{address}: {page.headings.count(1)} h1"
    title, h1 = squeeze(page.texts["title"]), squeeze(page.texts["h1"])
    assert h1, f"{address}: empty h1"
    assert title.startswith(h1), f"{address}: the title {title!r} does not begin with the h1 {h1!r}"
    twice = {i for i, n in Counter(page.ids).items() if n > 1}
    assert not twice, f"{address}: double ids {twice}"
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        assert after <= before + 1, f"{address}: h{after} follows h{before}"
    for field in page.fields:
        named = field["in_label"] or field.get("aria-label") or field.get("aria-labelledby") or field.get("id", "-") in page.label_for
        assert named, f"{address}: a field without a label: {field}"
    if " data-print" in html:  # a button that only a script shows
        assert "<noscript>" in html, f"{address}: nothing says how to print without a script"
    for image in page.images:
        assert "alt" in image, f"{address}: an image without alt: {image}"
    assert not page.inline, f"{address}: inline script or style: {page.inline}"
    if not address.split("?")[0].endswith(WITHOUT_HELP):
        assert "helpbox" in page.classes, f"{address}: help is not in the page"
    return page
