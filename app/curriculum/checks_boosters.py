"""Rules for boosters.toml: every item is there, fits the age group, and has been taught before."""

from __future__ import annotations

from .content import Booster, Item
from .desk import Desk, quoted
from .reading import BOOSTERS

REMEMBER = 3  # items, then one to say and one about help
LENGTH = REMEMBER + 2


def boosters_follow_a_unit(desk: Desk) -> None:
    seen: dict[int, str] = {}
    for booster in desk.sources.boosters:
        if booster.after not in desk.sources.units:
            message = f'"after" of "{booster.id}" is "{booster.after}". Use one of {quoted(desk.sources.units)}.'
            desk.report.error(*desk.sources.place(BOOSTERS, booster.id, "after"), "unknown-unit", message)
        if booster.number in seen:
            message = f'"{booster.id}" has the number of "{seen[booster.number]}". Give it another one.'
            desk.report.error(*desk.sources.place(BOOSTERS, booster.id, "number"), "booster-number", message)
        seen[booster.number] = booster.id


def boosters_ask_what_was_taught(desk: Desk) -> None:
    for booster in desk.sources.boosters:
        for band, items in booster.items.items():
            file, line = desk.sources.place(BOOSTERS, booster.id, band)
            if len(items) != LENGTH or len(set(items)) != LENGTH:
                message = f'"{booster.id}", band {band}: name {REMEMBER} different items in remember, one in say and one in help.'
                desk.report.error(file, line, "booster-length", message)
            for place, (slug, item_id) in enumerate(items):
                _check_item(desk, booster, band, (slug, item_id), place < REMEMBER)


def _check_item(desk: Desk, booster: Booster, band: str, name: tuple[str, str], remembered: bool) -> None:
    slug, item_id = name
    file, line = desk.sources.place(BOOSTERS, booster.id, band)
    lesson = desk.sources.lesson(slug)
    item = _item(desk, slug, item_id)
    here = f'"{booster.id}", band {band}: "{slug}:{item_id}"'
    if lesson is None and any(f.file == f"{desk.sources.root}/{slug}/lesson.toml" for f in desk.report.findings):
        return  # it is there and cannot be read, which has been said
    if lesson is None or item is None:
        desk.report.error(file, line, "booster-item", f'{here} is not there. Write "slug of a lesson:id of an item of its quiz.toml".')
        return
    if band not in item.bands:
        desk.report.error(file, line, "booster-band", f"{here} is not for band {band}. Take one that is.")
    if remembered and not item.anchor:
        desk.report.error(file, line, "booster-anchor", f"{here} is no anchor, so it cannot be compared. Take an anchor.")
    unit, after = desk.sources.units.get(lesson.unit), desk.sources.units.get(booster.after)
    if unit and after and unit.number > after.number:
        message = f'{here} belongs to "{unit.id}", which comes after "{after.id}". Take an earlier one.'
        desk.report.error(file, line, "booster-later", message)


def _item(desk: Desk, slug: str, item_id: str) -> Item | None:
    lesson = desk.sources.lesson(slug)
    if lesson is None or lesson.quiz is None:
        return None
    return next((source.item for source in lesson.quiz.items if source.item.id == item_id), None)


FOLDER_RULES = (boosters_follow_a_unit, boosters_ask_what_was_taught)
