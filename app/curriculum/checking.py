"""Everything wrong with a lessons folder, as findings: for authors, for CI and for the start of the site alike.

The rules stand in modules by what they look at: data files and lesson.toml (`checks_data`), the form of texts (`checks_texts`),
single words (`checks_words`), typing (`checks_typing`), how hard a text is (`checks_reading`), the three languages side by side
(`checks_parity`), ways through (`checks_paths`), activities (`checks_practice`, `checks_scenario`), quizzes (`checks_quiz`,
`checks_testwise`). A rule is one function that takes a
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
    checks_pictures,
    checks_practice,
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
    *checks_pictures.LESSON_RULES,
    *checks_texts.LESSON_RULES,
    *checks_words.LESSON_RULES,
    *checks_typing.LESSON_RULES,
    *checks_reading.LESSON_RULES,
    *checks_parity.LESSON_RULES,
    *checks_paths.LESSON_RULES,
    *checks_practice.LESSON_RULES,
    *checks_quiz.LESSON_RULES,
    *checks_testwise.LESSON_RULES,
)


WORTH_A_PROCESS = 4  # lessons: for fewer, starting one takes longer than they do


def check(folder: Path, today: date, processes: int = 1) -> list[Finding]:
    """Reads the folder and applies every rule; findings sorted by file and line, the same with any number of processes."""
    report = Report()
    with collecting_later():
        sources = read_sources(folder, report)
        shares = min(processes, len(sources.lessons) // WORTH_A_PROCESS)
        if shares < 2:
            check_sources(sources, compile_sources(sources, "", final=False), today, report)
        else:
            _check_beside_each_other(sources, today, report, shares)
    return report.sorted()


def _check_beside_each_other(sources: Sources, today: date, report: Report, shares: int) -> None:
    """The rules about one lesson look at that lesson's texts and at what was read of the others, so each process compiles only its own."""
    from concurrent.futures import ProcessPoolExecutor

    # Handed over as the process begins: where it is a fork of this one, nothing is copied.
    with ProcessPoolExecutor(shares, initializer=_begin, initargs=(sources, today)) as pool:
        found = pool.map(_found_in, [slice(n, None, shares) for n in range(shares)])
        check_sources(sources, compile_sources(sources, "", final=False, lessons=()), today, report, lessons=())
        for findings in found:
            report.findings += findings


_handed_over: list[tuple[Sources, date]] = []  # in a process that checks a share of the lessons


def _begin(sources: Sources, today: date) -> None:
    _handed_over.append((sources, today))


def _found_in(share: slice) -> list[Finding]:
    sources, today = _handed_over[0]
    report, lessons = Report(), sources.lessons[share]
    with collecting_later():
        compiled = compile_sources(sources, "", final=False, lessons=lessons)
        check_sources(sources, compiled, today, report, lessons, shared=False)
    return report.findings


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
