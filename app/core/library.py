"""The lessons in memory: compiled once for each version of the folder, never rendered in a request."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app

from app.config import Config, WrongConfiguration
from app.core import clock
from app.core.i18n import current_locale
from app.curriculum import library as curriculum
from app.curriculum.content import Fact, Item, Lesson, Unit
from app.curriculum.findings import Finding
from app.curriculum.library import Library
from app.curriculum.locales import LOCALES, in_locale
from app.curriculum.rendering import cite_label, sources_address


def compiled_file(config: Config, version: str) -> Path:
    """Where a library of this version is kept."""
    return config.data / "compiled" / f"{version}.json"


def lessons_to_compile(config: Config) -> int:
    """How many lessons this start has to compile: none when they lie there as they are."""
    if compiled_file(config, curriculum.folder_version(config.lessons)).exists():
        return 0
    return sum(1 for _ in config.lessons.glob("*/lesson.toml"))


def open_library(config: Config) -> Library:
    """The compiled lessons; compiles them when the folder has changed since.

    Raises WrongConfiguration with the first findings if a lesson cannot be read."""
    file = compiled_file(config, curriculum.folder_version(config.lessons))
    if file.exists():
        try:
            return fill_gaps(curriculum.load(file.read_bytes()))
        except ValueError:  # cut short by a full disk or a power cut: made anew
            file.unlink()
    made, findings = curriculum.read_library(config.lessons, clock.today())
    broken = [f for f in findings if f.level == "error" and not may_start_with(f)]
    if broken:
        broken.sort(key=lambda f: f.file.endswith("boosters.toml"))  # boosters name what lies in the lessons: causes come first
        shown = "\n".join(f"  {f}" for f in broken[:10])
        raise WrongConfiguration(f"The lessons have {len(broken)} mistakes. Run `balise check` for all of them:\n{shown}")
    keep_compiled(config, made)
    return fill_gaps(made)


def keep_compiled(config: Config, made: Library) -> None:
    """For the next start, in place of all before it."""
    file = compiled_file(config, made.version)
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(curriculum.dump(made))
    for old in file.parent.glob("*.json"):
        old.unlink(missing_ok=True)
    temporary.replace(file)


# Rules about how something is typed or how a quiz is balanced: errors for its author, no reason to keep a site down.
SLIPS = frozenset(
    (
        "double-space", "french-space", "guillemets", "inclusive-dots", "korean-particle", "korean-spacing", "spelling", "straight-quotes",
        "test-wise-pass", "typed-space", "word-to-avoid",
    )
)  # fmt: skip


def may_start_with(finding: Finding) -> bool:
    """What `balise check` calls an error but readers are better served with than without: a fact whose date has passed (the
    page says when it was checked), a text that one language lacks (it is shown in another, and said so), and a slip of typing."""
    if finding.rule.startswith("expir") or finding.rule in SLIPS:
        return True
    return finding.rule == "missing-file" and finding.file.endswith((".en.md", ".ko.md"))


def fill_gaps(library: Library) -> Library:
    """Where a language lacks a text, the next one in the order of fallback stands in, marked as what it is."""
    for lesson in library.lessons:
        for texts in (lesson.texts, lesson.plans, lesson.guides):
            fill(texts)
        fill(lesson.quiz.titles)
        for item in lesson.quiz.items:
            fill(item.texts)
        for activity in lesson.practice:
            fill(activity.texts)
    return library


def fill(texts: dict[str, Any]) -> None:
    for locale in LOCALES:
        if locale not in texts and (other := in_locale(texts, locale)) is not None:
            texts[locale] = other


def library() -> Library:
    """The lessons of this app."""
    return cast(Library, current_app.extensions["balise.library"])


def lessons_by_unit() -> list[tuple[Unit, list[Lesson]]]:
    """The channel: every unit that has lessons, with them in order."""
    lessons = library().lessons
    return [(u, own) for u in library().units if (own := [x for x in lessons if x.unit == u.id])]


def facts_behind(lesson: Lesson, bands: Collection[str] = ()) -> list[Fact]:
    """The facts and laws a lesson rests on; for a student's page only those that readers of `bands` may read."""
    own = (library().facts[key] for key in (*lesson.facts, *lesson.laws) if key in library().facts)
    return [fact for fact in own if not bands or set(bands) & set(fact.bands)]


def sources_behind(item: Item) -> tuple[tuple[str, str], ...]:
    """Who says what a question takes for a fact, and the address of that entry among the sources; who says several things stands once."""
    locale = current_locale()
    named: dict[str, str] = {}
    for fact in (library().facts[key] for key in item.facts if key in library().facts):
        named.setdefault(cite_label(fact, locale), sources_address(locale, fact.id))
    return tuple(named.items())


def lessons_left(band: str, slugs: Collection[str]) -> list[Lesson]:
    """The lessons written for an age group that are not among `slugs`: what a class can still be given."""
    return [x for x in library().lessons if band in x.bands and x.slug not in slugs]


def init_app(app: Flask, config: Config) -> None:
    app.extensions["balise.library"] = open_library(config)
