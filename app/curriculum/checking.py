"""Everything wrong with a lessons folder, as findings: for authors, for CI and for the start of the site alike.

The rules stand in modules by what they look at: data files and lesson.toml (`checks_data`), the form of texts (`checks_texts`),
single words (`checks_words`), typing (`checks_typing`), how hard a text is (`checks_reading`), the three languages side by side
(`checks_parity`), ways through (`checks_paths`), quizzes (`checks_quiz`, `checks_testwise`). A rule is one function that takes a
`Desk`; its name in findings is stable, since tests, authors and the table in docs/authoring.md refer to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from . import (
    checks_boosters,
    checks_data,
    checks_parity,
    checks_paths,
    checks_quiz,
    checks_reading,
    checks_testwise,
    checks_texts,
    checks_typing,
    checks_words,
)
from .compiling import Compiled, compile_sources
from .desk import Desk
from .findings import Finding, Report
from .library import collecting_later
from .reading import LessonSource, Sources, read_sources

FOLDER_RULES = (
    *checks_data.FOLDER_RULES,
    *checks_boosters.FOLDER_RULES,
    *checks_paths.FOLDER_RULES,
    *checks_words.FOLDER_RULES,
    *checks_typing.FOLDER_RULES,
)
LESSON_RULES = (
    *checks_data.LESSON_RULES,
    *checks_texts.LESSON_RULES,
    *checks_words.LESSON_RULES,
    *checks_typing.LESSON_RULES,
    *checks_reading.LESSON_RULES,
    *checks_parity.LESSON_RULES,
    *checks_paths.LESSON_RULES,
    *checks_quiz.LESSON_RULES,
    *checks_testwise.LESSON_RULES,
)


def check(folder: Path, today: date) -> list[Finding]:
    """Reads the folder and applies every rule; findings sorted by file and line."""
    report = Report()
    with collecting_later():
        sources = read_sources(folder, report)
        check_sources(sources, compile_sources(sources, "", final=False), today, report)
    return report.sorted()


def check_sources(
    sources: Sources,
    compiled: Compiled,
    today: date,
    report: Report,
    lessons: Iterable[LessonSource] | None = None,
    shared: bool = True,
) -> None:
    """Adds what the rules find to the report: in the shared files, unless told not to, and in these lessons, by default all."""
    desk = Desk(sources, compiled, today, report)
    for rule in FOLDER_RULES if shared else ():
        rule(desk)
    for lesson in sources.lessons if lessons is None else lessons:
        for lesson_rule in LESSON_RULES:
            lesson_rule(desk, lesson)
