"""Whether a quiz can be passed without knowing anything (features N13)."""

from __future__ import annotations

from .desk import Desk, quoted
from .locales import LOCALES
from .markup import plain
from .reading import LessonSource, QuizTextSource
from .testwise import PASS_MARK, Question, Sitting, sit, tried

FEWEST = 6  # questions with one right option: in a shorter quiz nothing is beyond chance

MEND = {
    "the longest": "Shorten the right options or lengthen others",
    "the shortest": "Lengthen the right options or shorten others",
    "the first": "Put the right options elsewhere",
    "the last": "Put the right options elsewhere",
    "the most cautious": 'Give wrong options their "may" and "often" too, and right ones a plain verb',
    "the one that repeats the question": "Take the question's words out of the right options, or give them to wrong ones",
    '"all of the above"': "Leave such options out",
}


def no_strategy_beats_chance(desk: Desk, lesson: LessonSource) -> None:
    """A warning when a strategy beats chance (testwise.py says when), an error when it reaches the pass mark besides."""
    if lesson.quiz is None:
        return
    for locale in LOCALES:
        texts = lesson.quiz_texts.get(locale)
        if texts is None:
            continue
        asked = _questions(lesson, texts)
        results = {question.id: tried(question, locale) for _, question in asked}
        told: set[tuple[str, ...]] = set()  # bands with the same questions are told once
        for band in lesson.bands:
            questions = [question for bands, question in asked if band in bands]
            key = tuple(question.id for question in questions)
            if len(questions) >= FEWEST and key not in told:
                told.add(key)
                for sitting in sit(questions, results):
                    _tell(desk, texts, band, sitting)


def _questions(lesson: LessonSource, texts: QuizTextSource) -> list[tuple[tuple[str, ...], Question]]:
    """The questions with one right option and their bands."""
    found = []
    for source in lesson.quiz.items if lesson.quiz else ():
        item, words = source.item, texts.item(source.item.id)
        if item.kind != "single" or words is None or item.right not in item.options:
            continue
        typed = [words.option(option) for option in item.options]
        if all(typed):
            options = tuple(plain(option.text) for option in typed if option)
            asked = plain(f"{words.scenario} {words.question}")
            found.append((item.bands, Question(item.id, asked, options, item.options.index(item.right))))
    return found


def _tell(desk: Desk, texts: QuizTextSource, band: str, sitting: Sitting) -> None:
    if not sitting.is_suspicious:
        return
    message = (
        f"who always takes {sitting.strategy} gets {sitting.expected:.1f} of {sitting.questions} questions of band {band} right, by chance "
        f"{sitting.chance:.1f}. {MEND[sitting.strategy]}, in some of: {quoted(sitting.given_away[:12])}."
    )
    if sitting.share >= PASS_MARK:
        desk.report.error(texts.file, 1, "test-wise-pass", message)
    else:
        desk.report.warning(texts.file, 1, "test-wise", message)


LESSON_RULES = (no_strategy_beats_chance,)
