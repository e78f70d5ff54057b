"""A new lesson folder: every file, in the three languages, with what is still to write marked."""

from __future__ import annotations

from pathlib import Path

from .checks_texts import GUIDE_SECTIONS, PLAN_SECTIONS
from .locales import LOCALES
from .reading import Sources
from .tables import ID

TO_WRITE = {"fr": "[À ÉCRIRE]", "en": "[TO WRITE]", "ko": "[쓸 것]"}  # `unwritten` reports every place that still holds it

_SECTIONS = (("welcome", "opening"), ("what-to-do", "do"), ("why-it-helps", "learn"), ("your-turn", "practise"), ("getting-help", "help"))
_SAY = {"fr": ("À un adulte", "À une amie ou un ami"), "en": ("To an adult", "To a friend"), "ko": ("어른에게", "친구에게")}
_BREATH = {"fr": "Une minute pour souffler", "en": "A minute to breathe", "ko": "잠깐 숨 고르기"}
_OPTIONS = ("one", "two", "three")
ITEMS = 12
_OTHERS = {"several": ("one", "two", "three", "four"), "find": ("one", "two", "three", "four"), "order": _OPTIONS}


NEXT_STEPS = """\
Next:
1. lesson.toml: unit, bands, minutes, objectives, and one [[sections]] for each screen (docs/authoring.md).
2. lesson.fr.md, then plan, guide and quiz in French: write every place that says [À ÉCRIRE].
3. The same in English and Korean, then `balise ack SLUG` records which French they were written from.
4. `balise check` until it is silent; `balise where-used KEY` tells where a fact or key word stands."""


class CannotStart(Exception):
    """The slug or number cannot be used; the message says why and what to do."""


def new_lesson(folder: Path, sources: Sources, slug: str, number: int | None = None) -> list[str]:
    """Writes lessons/<slug>/ and returns the names of its files. Raises CannotStart, before anything is written."""
    number = number if number is not None else max((lesson.number for lesson in sources.lessons), default=-1) + 1
    if not ID.fullmatch(slug):
        raise CannotStart(f'"{slug}" is not an id. Use lower-case ASCII words joined by "-", such as safe-links.')
    if (folder / slug).exists():
        raise CannotStart(f'there is a folder "{slug}" already. Choose another slug.')
    if not 0 <= number <= 99:
        raise CannotStart(f"{number} cannot be a lesson's number. Choose one from 0 to 99.")
    if taken := next((lesson.slug for lesson in sources.lessons if lesson.number == number), ""):
        raise CannotStart(f'number {number} belongs to "{taken}" already. Choose another with --number.')
    if not sources.units:
        raise CannotStart("units.toml has no unit that the lesson could belong to. Add one first.")
    files = lesson_files(number, next(iter(sources.units)), next(iter(sources.misconceptions), "an-idea"))
    (folder / slug).mkdir(parents=True)
    for name, text in files.items():
        (folder / slug / name).write_text(text, encoding="utf-8", newline="\n")
    return list(files)


def lesson_files(number: int, unit: str, misconception: str) -> dict[str, str]:
    """The files of a new lesson by name."""
    files = {"lesson.toml": _lesson_toml(number, unit), "quiz.toml": _quiz_toml(misconception)}
    for locale in LOCALES:
        files[f"lesson.{locale}.md"] = _lesson_text(locale)
        files[f"plan.{locale}.md"] = _adult_text(locale, PLAN_SECTIONS)
        files[f"guide.{locale}.md"] = _adult_text(locale, GUIDE_SECTIONS)
        files[f"quiz.{locale}.md"] = _quiz_text(locale)
    return files


def _lesson_toml(number: int, unit: str) -> str:
    sections = "".join(f'\n[[sections]]\nid = "{name}"\nkind = "{kind}"\n' for name, kind in _SECTIONS)
    return f"""\
number = {number}
unit = "{unit}"
bands = ["B", "C"]             # A 10-11, B 12-14, C 15-17
minutes = 25
shape = [2, 8, 5, 7, 3]        # opening, do, learn, practise, help: adds up to minutes
sensitive = false
objectives = ["first-skill", "second-skill"]
{sections}"""


def _head(locale: str) -> str:
    return f'+++\ntitle = "{TO_WRITE[locale]}"\nsummary = "{TO_WRITE[locale]}."\n+++\n'


def _lesson_text(locale: str) -> str:
    mark = TO_WRITE[locale]
    parts = [_head(locale)]
    for name, kind in _SECTIONS:
        body = f"{mark}."
        if kind == "do":
            body = "/// steps\n" + "\n".join(f"1. **{mark}.** {mark}." for _ in range(2)) + "\n///"
        elif kind == "practise":
            body = "\n\n".join(f"/// say | {title}\n{mark}.\n///" for title in _SAY[locale])
        elif kind == "help":
            body = f"/// pause | {_BREATH[locale]}\n{mark}.\n///\n\n{{{{help}}}}"
        parts.append(f"\n## {mark} {{#{name}}}\n\n{body}\n")
    return "".join(parts)


def _adult_text(locale: str, sections: tuple[str, ...]) -> str:
    mark = TO_WRITE[locale]
    parts = [_head(locale)]
    for name in sections:
        body = f"- {mark}.\n- {mark}." if name == "objectives" else f"{mark}."
        if name in ("disclosure", "help"):
            body += "\n\n{{help}}"
        parts.append(f"\n## {mark} {{#{name}}}\n\n{body}\n")
    return "".join(parts)


def _items() -> list[tuple[str, str, tuple[str, ...]]]:
    """Id, kind and options of each item of a new quiz."""
    single = [(f"item-{n}", "single", _OPTIONS) for n in range(1, ITEMS + 1)]
    return [*single, *((f"{kind}-1", kind, options) for kind, options in _OTHERS.items())]


def _quiz_toml(misconception: str) -> str:
    parts = ["length = 6\n"]
    for n, (name, kind, options) in enumerate(_items()):
        right: str | list[str] = options[n % 3]
        if kind == "order":
            right = [options[1], options[0], *options[2:]]
        elif kind != "single":
            right = list(options[1:3])
        shown = f'"{right}"' if isinstance(right, str) else "[" + ", ".join(f'"{o}"' for o in right) + "]"
        wrong = [options[0]] if kind == "order" else [o for o in options if o != right and o not in right]
        place = "anchor = true" if n < 4 else f'form = "{"AB"[n // 2 % 2]}"'
        ideas = "\n".join(f'{option} = "{misconception}"' for option in wrong)
        parts.append(
            f'\n[[items]]\nid = "{name}"\nbands = ["B", "C"]\nkind = "{kind}"\n'
            f'objective = "{("first-skill", "second-skill")[n % 2]}"\nsection = "what-to-do"\n{place}\n'
            f"options = [{', '.join(f'{chr(34)}{o}{chr(34)}' for o in options)}]\nright = {shown}\n\n[items.misconceptions]\n{ideas}\n"
        )
    return "".join(parts)


def _quiz_text(locale: str) -> str:
    mark = TO_WRITE[locale]
    parts = [f'+++\ntitle = "{mark}"\n+++\n']
    for name, _, options in _items():
        parts.append(f"\n## {name}\n\n{mark}.\n\n### {mark} ?\n\n")
        parts += [f"- [{option}] {mark}\n  > {mark}.\n" for option in options]
    return "".join(parts)
