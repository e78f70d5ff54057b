"""Everything wrong with a lessons folder, as findings: for authors, for CI and for the start of the site alike.

The rules stand in three modules by what they look at: data files and lesson.toml (`checks_data`), Markdown
(`checks_texts`), quizzes (`checks_quiz`). A rule is one function that takes a `Desk`; its name in findings is stable,
since tests and authors refer to it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from . import checks_boosters, checks_data, checks_quiz, checks_texts
from .compiling import Compiled, compile_sources
from .desk import Desk
from .findings import Finding, Report
from .reading import Sources, read_sources


def check(folder: Path, today: date) -> list[Finding]:
    """Reads the folder and applies every rule; findings sorted by file and line."""
    report = Report()
    sources = read_sources(folder, report)
    check_sources(sources, compile_sources(sources, ""), today, report)
    return report.sorted()


def check_sources(sources: Sources, compiled: Compiled, today: date, report: Report) -> None:
    """Adds what the rules find to the report."""
    desk = Desk(sources, compiled, today, report)
    for rule in (*checks_data.FOLDER_RULES, *checks_boosters.FOLDER_RULES):
        rule(desk)
    for lesson in sources.lessons:
        for lesson_rule in (*checks_data.LESSON_RULES, *checks_texts.LESSON_RULES, *checks_quiz.LESSON_RULES):
            lesson_rule(desk, lesson)
