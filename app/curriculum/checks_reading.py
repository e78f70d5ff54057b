"""Whether those a text is for can read it (R-17)."""

from __future__ import annotations

from .content import BANDS
from .desk import Desk
from .locales import LOCALES
from .markup import plain
from .readability import Reading, Sample, measure, sample
from .reading import DocumentSource, LessonSource

# The hardest that a whole lesson may be for each band, on the scale of its language (readability.py). English is R-17: school
# years 4, 6 and 8. French and Korean were set in November 2026 on the lessons then finished, above all but the hardest of them.
LESSON_LEVEL = {
    "en": {"A": 4.0, "B": 6.0, "C": 8.0},
    "fr": {"A": 6.0, "B": 7.0, "C": 8.0},
    "ko": {"A": 7.0, "B": 8.0, "C": 9.0},
}
# One section may be somewhat harder: a law has its words, and twenty sentences vary more than two hundred.
SECTION_MORE = {"en": 1.0, "fr": 1.0, "ko": 2.0}
FEWEST_WORDS = {"en": 50, "fr": 50, "ko": 35}  # in shorter sections one long word decides


def texts_are_easy_enough(desk: Desk, lesson: LessonSource) -> None:
    """A warning for each section, and for each band's whole lesson, that reads harder than its youngest reader should meet."""
    for locale in LOCALES:
        document = lesson.documents.get(("lesson", locale))
        if document is None:
            continue
        texts = _texts_by_band(desk, lesson, document)
        for band, sections in texts.items():
            told = {name for name, found in sections.items() if _check_section(desk, document, name, found, band)}
            _check_lesson(desk, document, [pair for name, found in sections.items() if name not in told for pair in found], band)


def _texts_by_band(desk: Desk, lesson: LessonSource, document: DocumentSource) -> dict[str, dict[str, Sample]]:
    """The sentences of each section, under the youngest band that reads it."""
    texts: dict[str, dict[str, Sample]] = {}
    for section in document.sections:
        rendered = desk.compiled.sections.get((document.file, section.id))
        rule = lesson.section(section.id)
        bands = (rule.bands if rule else ()) or lesson.bands
        youngest = next((band for band in BANDS if band in bands), "")
        if rendered is not None and youngest:
            texts.setdefault(youngest, {})[section.id] = sample("\n".join((rendered.counted, *rendered.folds)), document.locale)
    return texts


def _check_section(desk: Desk, document: DocumentSource, name: str, found: Sample, band: str) -> bool:
    locale = document.locale
    reading, most = measure(found, locale), LESSON_LEVEL[locale][band] + SECTION_MORE[locale]
    if reading is None or reading.words < FEWEST_WORDS[locale] or reading.level <= most:
        return False
    section = document.section(name)
    line = section.line if section else 1
    desk.report.warning(document.file, line, "hard-section", f'section "{name}" {_told(document, reading, band, most)}')
    return True


def _check_lesson(desk: Desk, document: DocumentSource, found: Sample, band: str) -> None:
    reading, most = measure(found, document.locale), LESSON_LEVEL[document.locale][band]
    if reading is not None and reading.words >= 3 * FEWEST_WORDS[document.locale] and reading.level > most:
        line = _line_of(document, reading.longest)
        desk.report.warning(document.file, line, "hard-lesson", f"the lesson {_told(document, reading, band, most)}")


def _told(document: DocumentSource, reading: Reading, band: str, most: float) -> str:
    scale = "on our scale" if document.locale == "ko" else "as a school level"
    unit = "eojeol" if document.locale == "ko" else "words"
    return (
        f"reads at {reading.level:g} {scale}, at most {most:g} for band {band}. Its longest sentence has {reading.longest_words} {unit} "
        f'(line {_line_of(document, reading.longest)}): "{reading.longest[:60]}...". Cut it in two, or use shorter words.'
    )


def _line_of(document: DocumentSource, sentence: str) -> int:
    """The line on which a rendered sentence begins, as nearly as can be told."""
    wanted = sentence.split()[:4]
    for section in document.sections:
        for number, line in enumerate(section.body.split("\n"), section.body_line):
            words = plain(line)
            if wanted and all(word in words for word in wanted):
                return number
    return 1


LESSON_RULES = (texts_are_easy_enough,)
