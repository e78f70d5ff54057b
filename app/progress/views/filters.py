"""Which part of the class table is shown: the same on the screen, in files and on paper, because it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.core.i18n import OWN_NAME, current_locale, show_day
from app.core.i18n import gettext as _
from app.core.library import library
from app.progress.views.matrix import NOT_GIVEN, NOT_YET, Cell, Column, Row

NOT_STARTED, BEGUN, DONE, LATE = "not_started", "begun", "done", "late"


def state_of(cell: Cell) -> str:
    """Whether a lesson is finished, begun or neither; empty where it is not given."""
    if cell.finished:
        return DONE
    return {NOT_YET: NOT_STARTED, NOT_GIVEN: ""}.get(cell.standing, BEGUN)


class Filter(NamedTuple):
    """Empty parts show everything."""

    group: str = ""  # number of a group; "0": in none
    lesson: str = ""  # number of a lesson, or id of a unit
    week: str = ""  # the Monday of the week in which lessons opened, as ISO date
    language: str = ""  # of the last answers, in at least one of the lessons shown
    state: str = ""  # as in `state_of`, or LATE; in at least one of the lessons shown that have opened

    @property
    def in_address(self) -> dict[str, Any]:
        return {name: value for name, value in self._asdict().items() if value}

    def shows(self, column: Column) -> bool:
        if self.week and monday_of(column.assignment.opens_on).isoformat() != self.week:
            return False
        return not self.lesson or self.lesson in (str(column.lesson.number), column.lesson.unit)


Options = list[tuple[str, str]]


def asked_for(args: Mapping[str, Any], offered: dict[str, Options]) -> Filter:
    """What an address asks for; what this class does not have (see `choices`) is passed over."""
    return Filter(**{name: args.get(name, "") if args.get(name) in dict(options) else "" for name, options in offered.items()})


def narrowed(columns: list[Column], rows: list[Row], wanted: Filter) -> tuple[list[Column], list[Row]]:
    """The columns and rows that are shown. What a row says of the student beside its cells stays what it is in the whole table."""
    places = [n for n, column in enumerate(columns) if wanted.shows(column)]
    if len(places) < len(columns):
        columns = [columns[n] for n in places]
        rows = [
            row._replace(
                cells=[row.cells[n] for n in places],
                finished_on=[row.finished_on[n] for n in places],
                locales=[row.locales[n] for n in places],
            )
            for row in rows
        ]
    if wanted.group:
        rows = [row for row in rows if str(row.group_number) == wanted.group]
    if wanted.language:
        rows = [row for row in rows if wanted.language in row.locales]
    if wanted.state:
        opened = [column.opened for column in columns]
        rows = [row for row in rows if any(o and fits(cell, wanted.state) for cell, o in zip(row.cells, opened, strict=True))]
    return columns, rows


def fits(cell: Cell, state: str) -> bool:
    """Handed in late is done as well."""
    return cell.finished and cell.late if state == LATE else state_of(cell) == state


def choices(columns: list[Column], rows: list[Row]) -> dict[str, Options]:
    """(value, words) of all that can be chosen in this class, by name of the field."""
    groups = sorted({row.group_number for row in rows}) if any(row.group_number for row in rows) else []
    units, numbers = {c.lesson.unit for c in columns}, {c.lesson.number: c.title for c in columns}
    locale = current_locale()
    weeks = sorted({monday_of(c.assignment.opens_on) for c in columns})
    answered = {locale for row in rows for locale in row.locales}
    return {
        "group": [*((str(n), group_words(n)) for n in groups if n), *(("0", group_words(0)) for n in groups[:1] if not n)],
        "lesson": [
            *((u.id, _("Unit: %(title)s", title=u.titles[locale])) for u in library().units if u.id in units),
            *((str(n), f"{n}. {title}") for n, title in sorted(numbers.items())),
        ],
        "week": [(day.isoformat(), _("Week of %(day)s", day=show_day(day))) for day in weeks],
        "language": [(code, name) for code, name in OWN_NAME.items() if code in answered],
        "state": [(NOT_STARTED, _("Not started")), (BEGUN, _("Begun, not finished")), (DONE, _("Finished")), (LATE, _("Handed in late"))],
    }


def group_words(number: int) -> str:
    return _("Group %(number)s", number=number) if number else _("In no group")


def monday_of(day: date) -> date:
    return day - timedelta(day.weekday())
