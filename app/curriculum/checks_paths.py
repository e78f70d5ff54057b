"""Whether readers can get everywhere, and from everywhere on: no dead ends by band, unit or picture."""

from __future__ import annotations

import re

from .desk import Desk
from .reading import LessonSource
from .starting import TO_WRITE

_LESSON_LINK = re.compile(r"\]\(\s*lesson:([\w-]+)")
FEWEST_SECTIONS = 2  # something to read or do, and help


def every_unit_has_lessons(desk: Desk) -> None:
    """A warning: a unit without lessons is a heading above nothing."""
    used = {lesson.unit for lesson in desk.sources.lessons}
    for unit in desk.sources.units.values():
        if unit.id not in used:
            file, line = desk.sources.place("units.toml", unit.id)
            desk.report.warning(file, line, "unit-empty", f'no lesson belongs to unit "{unit.id}". Add one, or take the unit out.')


def somebody_can_reach_it(desk: Desk, lesson: LessonSource) -> None:
    """A lesson without a band is on nobody's map; a band without sections opens an empty page."""
    if not lesson.bands:
        message = 'the lesson is for no band, so that nobody can reach it. Write bands = ["B", "C"].'
        desk.in_toml(lesson, "lesson-unreachable", message, "bands")
    for band in lesson.bands:
        seen = [section for section in lesson.sections if not section.bands or band in section.bands]
        if len(seen) < FEWEST_SECTIONS:
            message = f"band {band} sees {len(seen)} sections. Give it something to do and help, or take {band} out of bands."
            desk.in_toml(lesson, "lesson-unreachable", message, "bands")


def links_suit_their_readers(desk: Desk, lesson: LessonSource) -> None:
    """A warning: a lesson for older readers alone is a dead end for the younger one who follows the link."""
    for (kind, _), document in lesson.documents.items():
        for section in document.sections if kind == "lesson" else ():
            rule = lesson.section(section.id)
            bands = (rule.bands if rule else ()) or lesson.bands
            for found in _LESSON_LINK.finditer(section.body):
                other = desk.sources.lesson(found[1])
                shut = [band for band in bands if other is not None and band not in other.bands]
                if shut:
                    line = section.body_line + section.body.count("\n", 0, found.start())
                    message = (
                        f'"lesson:{found[1]}" is not for band {", ".join(shut)}, which reads this. Link to another, or divide the section.'
                    )
                    desk.report.warning(document.file, line, "link-band", message)


def pictures_are_shown(desk: Desk, lesson: LessonSource) -> None:
    """A warning: a picture that no text shows."""
    texts = [section.body for document in lesson.documents.values() for section in document.sections]
    for name in lesson.media:
        if not any(f"({name})" in text for text in texts):
            file = f"{lesson.file.rsplit('/', 1)[0]}/{name}"
            desk.report.warning(file, 1, "media-unused", "no text shows this picture. Show it, or take it out.")


def everything_is_written(desk: Desk, lesson: LessonSource) -> None:
    """`balise new-lesson` marks what is to write; once for each section and item is enough."""
    told: set[tuple[str, str]] = set()
    for passage in desk.passages(lesson):
        mark = TO_WRITE[passage.locale]
        start = passage.text.find(mark)
        if start >= 0 and (passage.file, passage.place) not in told:
            told.add((passage.file, passage.place))
            where = f'"{passage.place}"' if passage.place else "the head"
            desk.report.error(passage.file, passage.line_of(start), "unwritten", f"{where} still says {mark}. Write it.")


FOLDER_RULES = (every_unit_has_lessons,)
LESSON_RULES = (somebody_can_reach_it, links_suit_their_readers, pictures_are_shown, everything_is_written)
