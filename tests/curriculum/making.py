"""A tiny lessons folder in which nothing is wrong, to break one thing at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.curriculum.checks_texts import GUIDE_SECTIONS, PLAN_SECTIONS
from app.curriculum.content import Item, ItemText, OptionText

TODAY = date(2026, 11, 22)

UNITS = """\
[pressure]
number = 3
topmark = "cone-down"
title.fr = "Pression"
title.en = "Pressure"
title.ko = "압박"
"""

GLOSSARY = """\
[consent]
term.fr = "consentement"
term.en = "consent"
term.ko = "동의"
text.fr = "Un oui libre."
text.en = "A free yes."
text.ko = "자유로운 승낙이에요."
"""

MISCONCEPTIONS = """\
[paying-ends-it]
belief.fr = "Payer met fin à tout."
belief.en = "Paying ends it."
belief.ko = "돈을 주면 끝난다."
answer.fr = "Souvent, une autre demande suit."
answer.en = "Often another demand follows."
answer.ko = "다른 요구가 이어지는 일이 많습니다."
tempting.fr = "On voudrait que ce soit fini."
tempting.en = "You want it to be over."
tempting.ko = "끝났으면 하는 마음이에요."
say.fr = "Ne rien donner ne donne rien."
say.en = "Giving nothing gives nothing away."
say.ko = "아무것도 주지 않으면 내주는 것이 없어요."
"""


def fact(name: str, kind: str = "figure", country: str = "CA", bands: str = '["B", "T"]') -> str:
    return f"""\
[{name}]
kind = "{kind}"
tag = "FOUND"
country = "{country}"
year = 2024
place.fr = "Canada"
place.en = "Canada"
place.ko = "캐나다"
label.fr = "Cyberaide"
label.en = "Cybertip"
label.ko = "사이버팁"
text.fr = "Beaucoup en parlent : c'est utile."
text.en = "Many tell someone."
text.ko = "많은 사람이 이야기해요."
bands = {bands}
source = ["https://example.org"]
verified_on = 2026-11-22
expires_on = 2027-05-21
"""


def service(name: str = "H-CA-01", country: str = "CA", order: int = 20) -> str:
    return f"""\
[[services]]
id = "{name}"
country = "{country}"
kind = "talk"
order = {order}
name.fr = "Une ligne {name}"
name.en = "A line {name}"
name.ko = "상담 {name}"
for.fr = "Pour parler."
for.en = "To talk."
for.ko = "이야기하고 싶을 때."
hours.fr = "24 h"
hours.en = "24 hours"
hours.ko = "24시간"
languages = ["en", "fr"]
contacts = [
  {{ kind = "phone", value = "1-800-668-6868" }},
  {{ kind = "text", value = "686868" }},
  {{ kind = "web", value = "https://kidshelpphone.ca", languages = ["en"] }},
]
source = ["https://example.org"]
verified_on = 2026-11-22
expires_on = 2027-05-21
privacy.fr = "C'est confidentiel."
privacy.en = "It is confidential."
privacy.ko = "비밀을 지켜 줘요."
called = ["Ligne Info", "Lumio", "정보전화", "Cyberaide"]
"""


LESSON = """\
number = 8
unit = "pressure"
bands = ["B"]
minutes = 30
shape = [3, 11, 4, 9, 3]
sensitive = true
seeds = ["003"]
objectives = ["four-moves", "help-a-friend"]
laws = ["L-CA-04"]
facts = ["E-07"]
terms = ["consent"]

[[sections]]
id = "start"
kind = "opening"

[[sections]]
id = "four-moves"
kind = "do"
sensitive = true

[[sections]]
id = "close"
kind = "help"
"""

WORDS = {
    "fr": {
        "title": "Titre",
        "text": "Un texte court.",
        "say": "À un adulte",
        "friend": "À une amie",
        "breath": "Une minute",
        "doors": "Portes",
    },
    "en": {
        "title": "Title",
        "text": "A short text.",
        "say": "To an adult",
        "friend": "To a friend",
        "breath": "One minute",
        "doors": "Doors",
    },
    "ko": {
        "title": "제목",
        "text": "짧은 글이에요.",
        "adult": "짧은 글입니다.",
        "say": "어른에게",
        "friend": "친구에게",
        "breath": "일 분",
        "doors": "창구",
    },
}


def lesson_text(locale: str) -> str:
    w = WORDS[locale]
    return f"""\
+++
title = "{w["title"]}"
summary = "{w["text"]}"
note = "{w["text"]}"
+++

## {w["title"]} 1 {{#start}}

{w["text"]} [{w["title"]}](term:consent) {{{{cite:E-07}}}}

/// say | {w["say"]}
{w["text"]}
///

/// say | {w["friend"]}
{w["text"]}
///

## {w["title"]} 2 {{#four-moves}}

/// steps
1. **{w["title"]}.** {w["text"]}
2. **{w["title"]}.** {w["text"]} [{w["title"]}](help:)
///

{{{{laws}}}}

## {w["title"]} 3 {{#close}}

/// pause | {w["breath"]}
{w["text"]}
///

{{{{help}}}}
"""


def adult_text(locale: str, sections: tuple[str, ...]) -> str:
    w = WORDS[locale]
    adult = w.get("adult", w["text"])
    parts = [f'+++\ntitle = "{w["title"]}"\nsummary = "{adult}"\n+++\n']
    for name in sections:
        body = w["text"] if name == "sheet" else adult
        if name == "objectives":
            body = f"- {adult}\n- {adult}"
        if name in ("disclosure", "help"):
            body += "\n\n{{help}}"
        parts.append(f"## {w['title']} {{#{name}}}\n\n{body}\n")
    return "\n".join(parts)


ITEMS = 12  # of kind "single"; then one of each other kind
OTHERS = """
[[items]]
id = "all-that-fit"
bands = ["B"]
kind = "several"
objective = "four-moves"
section = "four-moves"
form = "A"
options = ["ask", "wait", "tell", "pay"]
right = ["tell", "ask"]

[items.misconceptions]
wait = "paying-ends-it"
pay = "paying-ends-it"

[[items]]
id = "where-it-turns"
bands = ["B"]
kind = "find"
objective = "four-moves"
section = "four-moves"
form = "B"
options = ["hello", "you-play-well", "our-secret", "see-you"]
right = ["our-secret"]

[items.misconceptions]
hello = "paying-ends-it"
you-play-well = "paying-ends-it"
see-you = "paying-ends-it"

[[items]]
id = "in-order"
bands = ["B"]
kind = "order"
objective = "four-moves"
section = "four-moves"
form = "A"
options = ["block", "save", "stop"]
right = ["stop", "save", "block"]

[items.misconceptions]
block = "paying-ends-it"

[[items]]
id = "which-door"
bands = ["B"]
kind = "match"
objective = "help-a-friend"
section = "four-moves"
form = "B"
options = ["in-danger", "picture-spreads", "just-to-talk"]
doors = ["emergency", "image-help", "helpline"]
right = { in-danger = "emergency", picture-spreads = "image-help", just-to-talk = "helpline" }

[items.misconceptions]
picture-spreads = "paying-ends-it"
"""
OTHER_OPTIONS = {
    "all-that-fit": ("ask", "wait", "tell", "pay"),
    "where-it-turns": ("hello", "you-play-well", "our-secret", "see-you"),
    "in-order": ("block", "save", "stop"),
    "which-door": ("in-danger", "picture-spreads", "just-to-talk"),
}
OTHER_DOORS = ("emergency", "image-help", "helpline")


def quiz_toml(places: Sequence[int] = (0, 1, 2)) -> str:
    """`places`: where the right option stands, in turn."""
    parts = ["length = 6\n"]
    for n in range(ITEMS):
        options = ["one", "two", "three"]
        right = options[places[n % len(places)]]
        wrong = "\n".join(f'{o} = "paying-ends-it"' for o in options if o != right)
        parts.append(
            f"""
[[items]]
id = "item-{n}"
bands = ["B"]
kind = "single"
objective = "{"four-moves" if n % 2 else "help-a-friend"}"
section = "four-moves"
{"anchor = true" if n < 4 else f'form = "{"AB"[n // 2 % 2]}"'}
right = "{right}"
options = ["one", "two", "three"]

[items.misconceptions]
{wrong}
"""
        )
    return "".join(parts) + OTHERS


def quiz_text(locale: str) -> str:
    w = WORDS[locale]
    parts = [f'+++\ntitle = "{w["title"]}"\n+++\n']
    for n in range(ITEMS):
        parts.append(f"\n## item-{n}\n\n{w['text']}\n\n### {w['title']} ?\n\n")
        for option in ("one", "two", "three"):
            parts.append(f"- [{option}] {w['text']}\n  > {w['text']}\n")
    for name, options in OTHER_OPTIONS.items():
        parts.append(f"\n## {name}\n\n{w['text']}\n\n### {w['title']} ?\n\n")
        who = "**Alex:** " if name == "where-it-turns" else ""
        parts += [f"- [{option}] {who}{w['text']}\n  > {w['text']}\n" for option in options]
    parts.append(f"\n#### {w['doors']}\n")
    parts += [f"- [{door}] {w['text']}\n" for door in OTHER_DOORS]
    return "".join(parts)


def files() -> dict[str, str]:
    """Path below lessons/ -> text."""
    found = {
        "units.toml": UNITS,
        "glossary.toml": GLOSSARY,
        "misconceptions.toml": MISCONCEPTIONS,
        "facts.toml": fact("E-07") + fact("L-CA-04", kind="law"),
        "help.toml": service(),
        "webcams/lesson.toml": LESSON,
        "webcams/quiz.toml": quiz_toml(),
    }
    for locale in ("fr", "en", "ko"):
        found[f"webcams/lesson.{locale}.md"] = lesson_text(locale)
        found[f"webcams/plan.{locale}.md"] = adult_text(locale, PLAN_SECTIONS)
        found[f"webcams/guide.{locale}.md"] = adult_text(locale, GUIDE_SECTIONS)
        found[f"webcams/quiz.{locale}.md"] = quiz_text(locale)
    return found


def make_lessons(folder: Path, changed: dict[str, str] | None = None, without: str = "nothing") -> Path:
    """Writes a valid lessons folder below `folder`, with some files changed or (by the end of their name) left out."""
    root = folder / "lessons"
    kept = {name: text for name, text in files().items() if not name.endswith(without)}
    for name, text in (kept | (changed or {})).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return root


def change(root: Path, name: str, old: str, new: str, times: int = 1) -> None:
    """Replaces `old`, which must be there, in a file of the folder."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    path.write_text(text.replace(old, new, times), encoding="utf-8", newline="")


def an_item_of(kind: str, sensitive: bool = False) -> Item:
    """A compiled question of each kind, in French."""
    options = {
        "single": ("one", "two", "three"),
        "several": ("ask", "wait", "tell", "pay"),
        "find": ("hello", "you-play-well", "our-secret", "other-app", "see-you"),
        "order": ("tell", "save", "stop", "block"),
        "match": ("in-danger", "picture-spreads", "just-to-talk"),
    }[kind]
    right = {
        "single": "two",
        "several": "ask+tell",
        "find": "our-secret+other-app",
        "order": "stop>save>block>tell",
        "match": "in-danger=emergency+picture-spreads=image-help+just-to-talk=helpline",
    }[kind]
    misconceptions = {
        "single": {"one": "idea-one", "three": "idea-three"},
        "several": {"wait": "idea-wait", "pay": "idea-pay"},
        "find": {"hello": "idea-hello", "you-play-well": "idea-well", "see-you": "idea-hello"},
        "order": {"block": "idea-block"},
        "match": {"picture-spreads": "idea-police"},
    }[kind]
    words = {o: OptionText(o, f"<p>Oui, {o}.</p>") for o in options}
    return Item(
        id=kind,
        kind=kind,
        bands=("B",),
        objective="x",
        section="why",
        options=options,
        right=right,
        misconceptions=misconceptions,
        sensitive=sensitive,
        texts={"fr": ItemText("", "?", words)},
        doors=("emergency", "image-help", "helpline") if kind == "match" else (),
    )
