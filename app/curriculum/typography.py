"""Spaces and apostrophes as each language prints them, so that authors may type plain ones.

French (as in Canada and France alike here): a narrow no-break space before `?`, `!` and `;`, a no-break space before
`:`, inside `« »`, and between a number and `$` or `%`. French and English: a curly apostrophe between letters; English:
curly quotation marks. Korean is left as it is typed, since its quotation marks stand between letters: '신고'는.

Every function is idempotent. Web addresses, e-mail addresses, times such as 10:30, code and tags are left alone.
"""

from __future__ import annotations

import re

NARROW = "\u202f"
WIDE = "\u00a0"
APOSTROPHE = "\u2019"

# While the rules run, whatever must not be touched is one private character; Content never holds these (reading
# refuses them).
_INLINE = "\ue000"  # a tag inside a line: rules look through it
_EDGE = "\ue001"  # a tag between blocks: rules stop at it
_SOLID = "\ue002"  # an address, code or entity: like a word

_TAG = r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^>]*>"
_ADDRESS = r"(?:https?://|www\.|mailto:|tel:|sms:)[^\s<>«»\"“”]+|[\w.+-]+@[\w-]+\.[\w.-]*\w"
_IN_TEXT = re.compile(f"[\ue000-\ue002]|{_ADDRESS}")
_IN_HTML = re.compile(
    rf"<(code|pre|script|style)\b.*?</\1\s*>|<!--.*?-->|{_TAG}|&(?:#\d+|#x[0-9a-fA-F]+|\w+);|[\ue000-\ue002]|{_ADDRESS}",
    re.DOTALL,
)
_INLINE_TAGS = {"a", "abbr", "b", "em", "i", "mark", "s", "small", "span", "strong", "sub", "sup", "u"}

_SPACES = "[ \t\u00a0\u202f]*"
_LETTER = "A-Za-zÀ-ÖØ-öø-ÿŒœ"
# After these, nothing is put before a mark: brackets and guillemets open, and a group such as "?!" stays together.
_BEFORE = rf"([^\s{_EDGE}(\[{{«:;?!])({_INLINE}*){_SPACES}({_INLINE}*)"

# Each rule with the marks without one of which it finds nothing: looking for these first is much quicker than the pattern.
_FRENCH = (
    ("?!;", re.compile(rf"{_BEFORE}([?!;])(?![\w=/])"), rf"\1\2{NARROW}\3\4"),
    (":", re.compile(rf"{_BEFORE}(:)(?=\s|$|»|[{_INLINE}{_EDGE}])"), rf"\1\2{WIDE}\3\4"),
    ("«", re.compile(f"«{_SPACES}"), f"«{WIDE}"),
    ("»", re.compile(f"{_SPACES}»"), f"{WIDE}»"),
    # A gap of the catalogue, "%(n)s %%", is a number too.
    ("$%", re.compile(rf"(\d|%\(\w+\)[sd])({_INLINE}*){_SPACES}([$%])(?![\w(])"), rf"\1\2{WIDE}\3"),
    ("'", re.compile(rf"([{_LETTER}]{_INLINE}*)'(?={_INLINE}*(?:[{_LETTER}\d«]|{_SOLID}))"), rf"\1{APOSTROPHE}"),
)
# A quotation mark that nothing but space, a bracket or a dash stands before opens; any other closes.
_OPENS = rf"(^|[\s(\[—–/{_EDGE}“‘])({_INLINE}*)"
_ENGLISH = (
    ("'", re.compile(rf"([{_LETTER}]{_INLINE}*)'(?={_INLINE}*[{_LETTER}])"), rf"\1{APOSTROPHE}"),
    ('"', re.compile(rf'{_OPENS}"', re.MULTILINE), r"\1\2“"),
    ('"', re.compile('"'), "”"),
    ("'", re.compile(rf"{_OPENS}'(?=[{_LETTER}])", re.MULTILINE), r"\1\2‘"),
    ("'", re.compile(rf"(?<=[{_LETTER}\d.,?!…])'"), APOSTROPHE),
)

Rules = tuple[tuple[str, re.Pattern[str], str], ...]
_RULES: dict[str, Rules] = {"fr": _FRENCH, "en": _ENGLISH, "ko": ()}


def typeset(text: str, locale: str) -> str:
    """Plain text as this language prints it."""
    return _apply(text, _RULES.get(locale, ()), _IN_TEXT)


def typeset_html(html: str, locale: str) -> str:
    """The same between the tags of clean HTML (as nh3 gives it)."""
    rules = _RULES.get(locale, ())
    return _apply(html.replace("&nbsp;", WIDE), rules, _IN_HTML) if rules else html


def french(text: str) -> str:
    return typeset(text, "fr")


def french_html(html: str) -> str:
    return typeset_html(html, "fr")


def _apply(text: str, rules: Rules, protect: re.Pattern[str]) -> str:
    if not rules or not text:
        return text
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        if found[0] == "&quot;":  # in the text, for a tag is kept whole
            return '"'
        kept.append(found[0])
        if found[0][0] == "<" and not found[1]:
            return _INLINE if (found[2] or "").lower() in _INLINE_TAGS else _EDGE
        return _SOLID

    text = protect.sub(keep, text)
    for marks, pattern, replacement in rules:
        if any(mark in text for mark in marks):
            text = pattern.sub(replacement, text)
    pieces = iter(kept)
    return re.sub("[\ue000-\ue002]", lambda _: next(pieces), text)
