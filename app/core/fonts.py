"""The Korean font, cut to the characters the site really uses: `python3 dev.py fonts PretendardVariable.woff2`.

For maintainers; needs fontTools and the variable font from the `pretendard` package (OFL, renamed because its name is reserved).
Cut into files by who needs them, so that a first visit stays light. The browser fetches only the files whose characters are on the
page. `python3 dev.py fonts latin` takes out of the Latin font what no page shows.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from app.config import PROJECT
from app.core.static import STATIC

FAMILY = "Balise Hangul"
FOLDER = STATIC / "fonts"
LATIN = range(0x20, 0x7F)
EXTRA = "·×÷°…‘’“”〈〉《》「」『』、。〜～※→←↑↓①②③④⑤⑥⑦⑧⑨₩±²³½—–‑\u00a0"


HEAD = re.compile(r"^(?:title|summary) = .*$", re.MULTILINE)
FOR_TEACHERS = re.compile(
    r"^(progress|accounts)/|^classrooms/(forms|views/(teaching|printing))|base_teacher|macros/teacher|"
    r"classrooms/(assign|assignment|form|index|show|sheet|cards|_pulses|_head)\.html$"
)


def hangul_in(texts: Iterable[str]) -> set[str]:
    return {c for text in texts for c in text if "가" <= c <= "힣" or "ㄱ" <= c <= "ㆎ" or c in EXTRA}


def korean_of(value: object) -> Iterable[str]:
    """Every text under a key `ko` in a TOML table."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "ko" and isinstance(inner, str):
                yield inner
            else:
                yield from korean_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from korean_of(inner)


def characters(lessons: Path = PROJECT / "lessons") -> dict[str, set[str]]:
    """Characters by file of the font, each in one: what every public page shows, what several lessons say to students, each lesson's own,
    what only adults read, and the words that are drawn for students."""
    public, adults = catalogue()
    code = [(PROJECT / "app/curriculum/rendering.py").read_text("utf-8"), (PROJECT / "app/core/i18n.py").read_text("utf-8")]
    data = [tomllib.loads(f.read_text("utf-8")) for f in sorted(lessons.glob("*.toml"))]
    help_and_units = [t for d in data if "services" in d or "ready" in d for t in korean_of(d)]
    names = tomllib.loads((PROJECT / "app/classrooms/words/pseudonyms.toml").read_text("utf-8"))
    words = (PROJECT / "app/classrooms/words/secret.ko.txt").read_text("utf-8")
    folders = [folder for folder in sorted(lessons.iterdir()) if folder.is_dir()]
    read = {folder.name: hangul_in(read_in(folder, data)) for folder in folders}
    heads = [line for folder in folders for f in folder.glob("lesson.ko.md") for line in HEAD.findall(f.read_text("utf-8"))]
    beside = hangul_in(f.read_text("utf-8") for folder in folders for f in folder.glob("*.ko.md"))
    in_how_many = Counter(c for chars in read.values() for c in chars)
    wanted = {
        "interface": hangul_in([*public, *code, *help_and_units, EXTRA]),
        "lessons": {c for c, n in in_how_many.items() if n > 1} | hangul_in(heads),  # one lesson's title stands on other pages too
        **read,
        "adults": beside | hangul_in([*adults, *(t for d in data for t in korean_of(d))]),
        "words": hangul_in([words, *korean_of(names)]),
    }
    found: dict[str, set[str]] = {}
    for name, chars in wanted.items():
        found[name] = chars.difference(*found.values())
    return {name: chars for name, chars in found.items() if chars}


def read_in(folder: Path, data: list[dict[str, Any]]) -> Iterator[str]:
    """What a student reads on a lesson's page: its own text, its key words and the facts that it names."""
    yield from (f.read_text("utf-8") for f in folder.glob("lesson.ko.md"))
    lesson = tomllib.loads((folder / "lesson.toml").read_text("utf-8"))
    named = {i for key in ("terms", "facts", "laws") for i in lesson.get(key, ())}
    for table in data:
        yield from (text for key, row in table.items() if key in named for text in korean_of(row))


def catalogue() -> tuple[list[str], list[str]]:
    """The interface's texts: those that visitors and students may see, and those of the teachers' pages."""
    from babel.messages.extract import extract_from_dir
    from babel.messages.pofile import read_po

    with (PROJECT / "translations/ko/LC_MESSAGES/messages.po").open("rb") as file:
        texts = {m.id[0] if isinstance(m.id, tuple) else m.id: str(m.string) for m in read_po(file) if m.id}
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    options = {"**.html": {"trimmed": "true", "silent": "false"}}
    keywords = {"_": None, "_l": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
    shown: set[str] = set()
    for file_name, _line, message, *_rest in extract_from_dir(PROJECT / "app", methods, options, keywords):
        if not FOR_TEACHERS.search(file_name):
            shown.add(message[0] if isinstance(message, tuple) else message)
    return [t for i, t in texts.items() if i in shown], [t for i, t in texts.items() if i not in shown]


def ranges(chars: Iterable[str]) -> str:
    """A CSS unicode-range."""
    codes = sorted(map(ord, chars))
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)


def covered() -> set[str]:
    """The characters that the committed font files hold, as their stylesheet says."""
    text = (STATIC / "hangul.css").read_text("utf-8")
    found: set[str] = set()
    for a, b in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", text):
        found |= {chr(c) for c in range(int(a, 16), int(b or a, 16) + 1)}
    return found


def build(source: Path, lessons: Path = PROJECT / "lessons") -> None:
    """Write the font files and `hangul.css`."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    for old in FOLDER.glob("balise-hangul*.woff2"):
        old.unlink()
    faces = ["/* Written by app/core/fonts.py: do not edit. */"]
    total = 0
    for place, (name, chars) in enumerate(characters(lessons).items()):
        font = TTFont(source)
        wanted = set(map(ord, chars)) | (set(LATIN) if name == "interface" else set())
        options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "calt", "ccmp", "mark", "mkmk", "locl"], hinting=False)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=wanted)
        cutter.subset(font)
        instantiateVariableFont(font, {"wght": (400, 800)}, inplace=True)
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6, 16):
                record.string = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
        font.flavor = "woff2"
        file = FOLDER / f"balise-hangul-{place}.woff2"
        font.save(file)
        total += file.stat().st_size
        kept = {chr(c) for c in font.getBestCmap()} & {chr(c) for c in wanted}
        print(f"{file.name}  {name:18} {len(chars):5} characters  {file.stat().st_size / 1000:6.1f} kB", file=sys.stderr)
        faces.append(
            f'@font-face{{font-family:"{FAMILY}";src:url("fonts/{file.name}") format("woff2");font-weight:400 800;'
            f"font-display:optional;unicode-range:{ranges(kept)}}}"
        )
    (STATIC / "hangul.css").write_text("\n".join(faces) + "\n", "utf-8")
    print(f"{total / 1000:.0f} kB in all", file=sys.stderr)


def cut_latin() -> None:
    """Keep the characters of the Latin font that English, French and people's names have, and the features that the styles use."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    file = FOLDER / "balise-sans.woff2"
    font = TTFont(file)
    options = subset.Options(flavor="woff2", layout_features=["kern", "tnum"], hinting=False, name_IDs=["*"], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for c in font.getBestCmap() if chr(c) not in NOT_SHOWN])
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(file)


NOT_SHOWN = "¡¢£¤¥¦§¨ª¬®¯±²³´¶¸¹º¿ÃÅÐÕØÝÞãåðõøýþ"


if __name__ == "__main__":
    if sys.argv[1] == "latin":
        cut_latin()
    else:
        build(Path(sys.argv[1]), *map(Path, sys.argv[2:3]))
