"""Rules about the shared data files and about lesson.toml."""

from __future__ import annotations

import re
from datetime import date, timedelta

from .content import Fact
from .desk import Desk, quoted
from .reading import LessonSource
from .words import find_words

WARN_BEFORE = timedelta(days=30)
PRACTICE_SHARE = 0.4  # at least so much of the time is doing


# The shared files


def dates_hold(desk: Desk) -> None:
    """A law, figure or number that nobody has checked in time may send a child to the wrong door."""
    for fact in desk.sources.facts.values():
        file, line = desk.sources.place("facts.toml", fact.id, "expires_on")
        _check_dates(desk, "fact", fact.id, fact.verified_on, fact.expires_on, file, line)
    for service in desk.sources.services:
        file, line = desk.sources.service_place(service, "expires_on")
        _check_dates(desk, "help", service.id, service.verified_on, service.expires_on, file, line)


def _check_dates(desk: Desk, what: str, name: str, verified: date, expires: date, file: str, line: int) -> None:
    if date.min in (verified, expires):
        return  # reading has said so already
    mend = "Check it at its source, then set verified_on and expires_on."
    if expires < desk.today:
        desk.report.error(file, line, f"expired-{what}", f'"{name}" expired on {expires}. {mend}')
    elif expires <= desk.today + WARN_BEFORE:
        desk.report.warning(file, line, f"expiring-{what}", f'"{name}" expires on {expires}. {mend}')
    if expires <= verified:
        desk.report.error(file, line, "wrong-dates", f'"{name}" expires before it was checked. Set expires_on later.')
    if verified > desk.today:
        desk.report.error(file, line, "wrong-dates", f'"{name}" was checked in the future. Set verified_on.')


def contacts_can_be_used(desk: Desk) -> None:
    """Every service that can be called or opened has a contact whose form fits its kind."""
    for service in desk.sources.services:
        file, line = desk.sources.service_place(service, "contacts")
        for contact in service.contacts:
            good = {
                "phone": r"\+?[\d() .-]{2,20}",
                "text": r"[#*+]?[\d() .-]{2,20}|#.{1,20}",
                "web": r"https://[a-z0-9.-]+(/\S*)?",
                "chat": r"https://[a-z0-9.-]+(/\S*)?|.{2,60}",
            }.get(contact.kind)
            if good and not re.fullmatch(good, contact.value):
                message = f'"{service.id}": "{contact.value}" is no {contact.kind} contact. Numbers for phone and text, https:// for web.'
                desk.report.error(file, line, "contact-form", message)


def titles_of_units_are_discreet(desk: Desk) -> None:
    for unit in desk.sources.units.values():
        for locale, title in unit.titles.items():
            for _, word in find_words("sensitive", locale, title):
                file, line = desk.sources.place("units.toml", unit.id, "title", locale)
                desk.report.error(file, line, "sensitive-title", discreet(title, word))


def discreet(title: str, word: str) -> str:
    return f'title "{title}" holds "{word}", which would stand in the tab and the history. Use an everyday word.'


FOLDER_RULES = (
    dates_hold,
    contacts_can_be_used,
    titles_of_units_are_discreet,
)


# lesson.toml


def number_is_its_own(desk: Desk, lesson: LessonSource) -> None:
    for other in desk.sources.lessons:
        if other.slug < lesson.slug and other.number == lesson.number:
            message = f'number {lesson.number} belongs to "{other.slug}" already. Choose another.'
            desk.in_toml(lesson, "duplicate-number", message, "number")


def unit_exists(desk: Desk, lesson: LessonSource) -> None:
    if lesson.unit and lesson.unit not in desk.sources.units:
        known = quoted(desk.sources.units)
        desk.in_toml(lesson, "unknown-unit", f'there is no unit "{lesson.unit}". Use one of {known}.', "unit")


def minutes_add_up(desk: Desk, lesson: LessonSource) -> None:
    if len(lesson.shape) != 5:
        message = "shape needs five numbers: opening, do, learn, practise, help. Write the five."
        desk.in_toml(lesson, "minutes-sum", message, "shape")
        return
    if sum(lesson.shape) != lesson.minutes:
        message = f"shape adds up to {sum(lesson.shape)}, minutes is {lesson.minutes}. Make them equal."
        desk.in_toml(lesson, "minutes-sum", message, "shape")
    doing = lesson.shape[1] + lesson.shape[3]
    if lesson.minutes and doing < PRACTICE_SHARE * lesson.minutes:
        message = f"do + practise is {doing} of {lesson.minutes} minutes. Give them at least 40 % (R-04)."
        desk.in_toml(lesson, "minutes-practice", message, "shape")


def section_bands_are_the_lessons(desk: Desk, lesson: LessonSource) -> None:
    for section in lesson.sections:
        for band in section.bands:
            if lesson.bands and band not in lesson.bands:
                message = f'section "{section.id}" is for band {band}, which the lesson does not have. Mend one of the two.'
                desk.report.error(lesson.file, section.line, "section-band", message)


def listed_things_exist(desk: Desk, lesson: LessonSource) -> None:
    facts = desk.sources.facts
    for law in lesson.laws:
        if law not in facts:
            desk.in_toml(lesson, "unknown-law", f'there is no law "{law}" in facts.toml. Add it there, or take it out.', "laws")
        elif facts[law].kind != "law":
            message = f'"{law}" is a fact of kind "{facts[law].kind}", not a law. Move it to facts.'
            desk.in_toml(lesson, "unknown-law", message, "laws")
    for fact in lesson.facts:
        if fact not in facts:
            desk.in_toml(
                lesson,
                "unknown-fact",
                f'there is no fact "{fact}" in facts.toml. Add it there, or take it out.',
                "facts",
            )
    for term in lesson.terms:
        if term not in desk.sources.terms:
            message = f'there is no term "{term}" in glossary.toml. Add it there, or take it out.'
            desk.in_toml(lesson, "unknown-term", message, "terms")


def note_announces_what_is_sensitive(desk: Desk, lesson: LessonSource) -> None:
    for (kind, _), document in lesson.documents.items():
        if kind == "lesson" and lesson.sensitive and not document.note.strip():
            message = 'a sensitive lesson says beforehand what it is about. Add note = "..." to the head.'
            desk.report.error(document.file, 1, "note-missing", message)


def readable_by(fact: Fact, bands: tuple[str, ...]) -> bool:
    """Whether everybody of these bands may read the fact."""
    return all(band in fact.bands for band in bands)


LESSON_RULES = (
    number_is_its_own,
    unit_exists,
    minutes_add_up,
    section_bands_are_the_lessons,
    listed_things_exist,
    note_announces_what_is_sensitive,
)
