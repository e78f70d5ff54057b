"""The Korean font, cut to the characters the site really uses: `python3 dev.py fonts PretendardVariable.woff2`.

For maintainers; needs fontTools and the variable font from the `pretendard` package (OFL, renamed because its name is reserved).
Cut into files by who needs them, so that a first visit stays light: the interface, what several lessons share, each lesson's
own, and the secret words. The browser fetches only the files whose characters are on the page.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from app.config import PROJECT
from app.core.static import STATIC

FAMILY = "Balise Hangul"
FOLDER = STATIC / "fonts"
LATIN = range(0x20, 0x7F)
EXTRA = "·×÷°…‘’“”〈〉《》「」『』、。〜～※→←↑↓①②③④⑤⑥⑦⑧⑨₩±²³½—–‑\u00a0"


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


def characters() -> dict[str, set[str]]:
    """Characters by file of the font: `interface` first, then what lessons share, each lesson's own, and the words."""
    catalogue = (PROJECT / "translations/ko/LC_MESSAGES/messages.po").read_text("utf-8")
    code = [(PROJECT / "app/curriculum/rendering.py").read_text("utf-8"), (PROJECT / "app/core/i18n.py").read_text("utf-8")]
    data = [tomllib.loads(f.read_text("utf-8")) for f in sorted((PROJECT / "lessons").glob("*.toml"))]
    help_and_units = [t for d in data if "services" in d or "ready" in d for t in korean_of(d)]
    names = tomllib.loads((PROJECT / "app/classrooms/words/pseudonyms.toml").read_text("utf-8"))
    interface = hangul_in([catalogue, *code, *help_and_units, *korean_of(names), EXTRA])
    lessons = {
        folder.name: hangul_in(f.read_text("utf-8") for f in folder.glob("*.ko.md")) - interface
        for folder in sorted((PROJECT / "lessons").iterdir())
        if folder.is_dir()
    }
    others = hangul_in(t for d in data for t in korean_of(d)) - interface
    groups = [*lessons.values(), others]
    shared = {c for group in groups for c in group if sum(c in g for g in groups) > 1}
    found = {"interface": interface, "shared": shared}
    for slug, own in lessons.items():
        found[slug] = own - shared
    words = hangul_in([(PROJECT / "app/classrooms/words/secret.ko.txt").read_text("utf-8")])
    found["words"] = (others | words) - shared - interface - set().union(*lessons.values())
    return {name: chars for name, chars in found.items() if chars}


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
    import re

    text = (STATIC / "hangul.css").read_text("utf-8")
    found: set[str] = set()
    for a, b in re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", text):
        found |= {chr(c) for c in range(int(a, 16), int(b or a, 16) + 1)}
    return found


def build(source: Path) -> None:
    """Write the font files and `hangul.css`."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    for old in FOLDER.glob("balise-hangul*.woff2"):
        old.unlink()
    faces = ["/* Written by app/core/fonts.py: do not edit. */"]
    total = 0
    for place, (name, chars) in enumerate(characters().items()):
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


if __name__ == "__main__":
    build(Path(sys.argv[1]))
