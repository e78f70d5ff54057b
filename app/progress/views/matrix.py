"""The class as a table: a row for each student, a cell for each lesson."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask import render_template, url_for
from markupsafe import Markup

from app.classrooms.models import EVERYBODY, Classroom
from app.classrooms.naming import name_of
from app.classrooms.queries import gives_to
from app.core import clock
from app.core.i18n import current_locale, ngettext
from app.core.i18n import gettext as _
from app.core.library import library
from app.core.patterns import NUMBER
from app.curriculum import progress as rules
from app.curriculum.content import Lesson
from app.curriculum.progress import Reason, Standing, standing
from app.curriculum.statistics import Share
from app.progress.queries import Again, Read, given_to, read_classes, wrong_again_in
from app.progress.views import bp

HAND, NOT_YET, NOT_GIVEN = Standing.HAND.value, Standing.NOT_YET.value, "not_given"


@dataclass(frozen=True)
class Column:
    assignment: Any  # a row, see progress.queries.GIVEN
    lesson: Lesson
    title: str
    topmark: str
    due_on: date | None
    questions_url: str
    dates_url: str
    today: date  # in the class's time zone

    @property
    def last_day(self) -> date | None:
        return self.due_on or self.assignment.closes_on

    @property
    def opened(self) -> bool:
        return bool(self.assignment.opens_on <= self.today)

    @property
    def running(self) -> bool:
        """Open, with a last day that is still to come."""
        return self.opened and self.last_day is not None and self.today <= self.last_day

    @property
    def closed(self) -> bool:
        """Answers are no longer taken, but of those to whom it was opened again."""
        closes_on = self.assignment.closes_on
        return closes_on is not None and closes_on < self.today


class Cell(NamedTuple):
    """Where one student stands with one lesson, and how that looks; `html` is cut where the address stands."""

    standing: str  # a Standing, or NOT_GIVEN
    right: int
    counted: int
    answered: int
    total: int
    late: bool
    finished: bool
    html: tuple[str, str, str]


class Why(NamedTuple):
    """A reason for a hand: the lesson it is about, how much there is to it (see `Dismissal.evidence`), and the words beside the name;
    `many` are the words for several lessons of which the same is to be said."""

    reason: Reason
    assignment_id: int
    evidence: int
    number: int
    words: str
    many: str


class Row(NamedTuple):
    student_id: int
    name: str
    group_number: int
    cells: list[Cell]
    finished_on: list[date | None]  # the first sitting handed in, by cell
    locales: list[str]  # in which language it was answered last, by cell
    next_step: str
    reasons: list[Why]
    put_aside: list[Why]  # reasons that hold too, until something new happens
    group: str  # hand | on_the_way | on_track


def columns_of(classroom: Classroom, assigned: Sequence[Any] | None = None) -> list[Column]:
    locale, columns, today = current_locale(), [], clock.today(classroom.timezone)
    questions = url_for("progress.questions", classroom_id=classroom.id, assignment_id=0).removesuffix("0")
    dates = url_for("classrooms.edit_assignment", classroom_id=classroom.id, assignment_id=NUMBER)
    for given in given_to(classroom.id) if assigned is None else assigned:
        lesson = library().lesson(given.lesson_slug)
        if lesson is not None:
            urls = f"{questions}{given.id}", dates.replace(str(NUMBER), str(given.id))
            columns.append(Column(given, lesson, lesson.texts[locale].title, lesson.topmark, given.due_on, *urls, today))
    return columns


def next_to_end(columns: Iterable[Column]) -> list[Column]:
    """The lessons that are running, the next last day first; of one day those for everybody before those for some."""
    return sorted((c for c in columns if c.running), key=lambda c: (c.last_day or c.today, c.assignment.for_group != EVERYBODY))


@bp.app_template_global("lesson_now")
def lesson_now(columns: Sequence[Column]) -> Column | None:
    """The lesson that a class is at, for pages that have to open one: what runs and ends next, else what opened last, else what will
    open first."""
    opened = [c for c in columns if c.opened]
    return next(iter(next_to_end(columns)), None) or (opened[-1] if opened else columns[0] if columns else None)


def rows_of(
    classroom: Classroom, columns: list[Column], hide_names: bool = False, read: Read | None = None, again: Iterable[Again] | None = None
) -> list[Row]:
    """One row a student, in the order of the seats, from plain rows whatever was answered; read here unless they are given."""
    read = read or read_classes([classroom.id])
    if again is None:
        again = wrong_again_in([classroom.id]) if read.third_sittings else ()
    table = Table(columns, read, again, clock.today(classroom.timezone), current_locale())
    return [table.row(seat, place if hide_names else 0) for place, seat in enumerate(read.seats, 1)]


class Work(NamedTuple):
    """One lesson given to one student: the cell, and the summary row behind it, if there is one."""

    column: Column
    cell: Cell
    row: Any


class Table:
    """What was read of a class, found by student and lesson."""

    def __init__(self, columns: list[Column], read: Read, again: Iterable[Again], today: date, locale: str) -> None:
        self.columns, self.today, self.locale = columns, today, locale
        self.standings = {(s.assignment_id, s.student_id): s for s in read.standings}
        self.rules = {(s.assignment_id, s.student_id): s for s in read.single if s.reason is None}
        self.put_aside = {(s.assignment_id, s.student_id, s.reason): s.evidence for s in read.single if s.reason is not None}
        self.again: dict[tuple[int, int], int] = {}
        for found in again:
            place = found.assignment_id, found.student_id
            self.again[place] = max(found.marks, self.again.get(place, 0))
        self.untouched = [cell_without_work(locale, c, c.last_day, today) for c in columns]
        self.not_given = [cell_of(locale, c.lesson.number, 0, 0, 0, 0, 0, False, False, False) for c in columns]

    def row(self, seat: Any, place: int) -> Row:
        """`place` stands for the name where names are hidden; 0 shows the name."""
        cells: list[Cell] = []
        finished_on: list[date | None] = []
        locales: list[str] = []
        works: list[Work] = []
        for n, column in enumerate(self.columns):
            key = column.assignment.id, seat.id
            rule = self.rules.get(key)
            row = None
            if not gives_to(column.assignment.for_group, seat.group_number, rule is not None and rule.given):
                cell = self.not_given[n]
            else:
                row = self.standings.get(key)
                cell = self.cell(n, row, rule)
                if column.assignment.opens_on <= self.today:
                    works.append(Work(column, cell, row))
            cells.append(cell)
            finished_on.append(row.finished_on if row else None)
            locales.append(row.locale if row else "")
        reasons, put_aside = self.reasons(seat.id, works)
        name = _("Student %(number)s", number=place) if place else name_of(seat.first, seat.second, self.locale)
        group = group_of([Standing(w.cell.standing) for w in works], reasons)
        return Row(
            seat.id, name, seat.group_number, cells, finished_on, locales, next_step(works, bool(reasons)), reasons, put_aside, group
        )

    def cell(self, n: int, row: Any, rule: Any) -> Cell:
        column = self.columns[n]
        last_day = own_last_day(column, rule)
        if row is None:
            own = last_day != column.last_day
            return cell_without_work(self.locale, column, last_day, self.today) if own else self.untouched[n]
        late = column.due_on is not None and row.finished_on is not None and row.finished_on > column.due_on  # handed in late
        overdue = last_day is not None and self.today > last_day and not row.tries
        return cell_of(self.locale, column.lesson.number, *row[2:7], late, overdue)

    def reasons(self, student_id: int, works: list[Work]) -> tuple[list[Why], list[Why]]:
        """The reasons that hold for a student now, and those of them that were put aside with as much evidence."""
        holding: list[Why] = []
        asides: list[Why] = []
        for why in self.all_reasons(student_id, works):
            aside = self.put_aside.get((why.assignment_id, student_id, why.reason.value))
            (holding if aside is None or why.evidence > aside else asides).append(why)
        return holding, asides

    def all_reasons(self, student_id: int, works: list[Work]) -> Iterable[Why]:
        handed_in = sorted((w for w in works if w.cell.finished), key=lambda w: w.row.finished_on or self.today)
        if (lately := rules.lately([Share(w.cell.right, w.cell.counted) for w in handed_in])) is not None and lately.is_low:
            last = next(w.column for w in reversed(handed_in) if w.cell.counted)
            words, tries = low_in_words(lately), sum(w.row.tries for w in handed_in)
            yield Why(Reason.LOW, last.assignment.id, tries, last.lesson.number, words, words)
        for work in works:
            given, number = work.column.assignment, work.column.lesson.number
            if work.cell.standing == HAND:
                words = _("Lesson %(number)s: %(right)s of %(counted)s right, in %(tries)s tries.", number=number, right=work.cell.right,
                          counted=work.cell.counted, tries=work.row.tries)  # fmt: skip
                yield Why(Reason.TWICE, given.id, work.row.tries, number, words, _("Lessons %(numbers)s: below half after two tries."))
            if marks := self.again.get((given.id, student_id)):
                words = _("Lesson %(number)s: the same question not right three times running.", number=number)
                many = _("Lessons %(numbers)s: in each, the same question not right three times running.")
                yield Why(Reason.SAME_QUESTION, given.id, marks, number, words, many)
            if work.row is None and (why := self.untouched_for(student_id, work.column)):
                yield why

    def untouched_for(self, student_id: int, column: Column) -> Why | None:
        given, number = column.assignment, column.lesson.number
        last_day = own_last_day(column, self.rules.get((given.id, student_id)))
        if not rules.reasons_for_a_hand(touched=False, opened_on=given.opens_on, due_on=last_day, today=self.today) or last_day is None:
            return None
        if last_day != column.last_day and self.today <= last_day:
            return None  # more time has just been given, or is running: that is no news to whoever gave it
        if self.today > last_day:
            words = _("Lesson %(number)s: not begun, and its last day has passed.", number=number)
            many = _("Lessons %(numbers)s: not begun, and the last days have passed.")
        else:
            words = _("Lesson %(number)s: not begun, and most of the time has gone.", number=number)
            many = _("Lessons %(numbers)s: not begun, and most of the time has gone.")
        # There is nothing to count: a later last day is what is new.
        return Why(Reason.UNTOUCHED, given.id, last_day.toordinal(), number, words, many)


def own_last_day(column: Column, rule: Any) -> date | None:
    """Until when one student has: the lesson's last day, or a later one for whom it was opened again."""
    days = [day for day in (column.last_day, rule.open_until if rule is not None else None) if day is not None]
    return max(days) if column.last_day is not None else None


@lru_cache(maxsize=4096)
def cell_of(
    locale: str, number: int, tries: int, answered: int, total: int, right: int, counted: int, late: bool, overdue: bool,
    given: bool = True, closed: bool = False, own_day: date | None = None,
) -> Cell:  # fmt: skip
    """A kind of cell, of which a large class has a few dozen in its thousand: rule, words and template are worked through once for each."""
    state = standing(right, counted, tries, answered).value if given else NOT_GIVEN
    html = cell_html(locale, state, number, right, counted, late or overdue, closed, own_day)
    return Cell(state, right, counted, answered, total, late, bool(tries), html)


PLACE = "/-place-of-the-address-/"


def cell_html(
    _locale: str, state: str, number: int, right: int, counted: int, late: bool, closed: bool, own_day: date | None
) -> tuple[str, str, str]:
    told = {"standing": state, "number": number, "right": right, "counted": counted, "late": late, "closed": closed, "own_day": own_day}
    return render_template("progress/_cell.html", **told, url=PLACE).strip().partition(PLACE)


def cell_without_work(locale: str, column: Column, last_day: date | None, today: date) -> Cell:
    overdue = last_day is not None and today > last_day
    own_day = last_day if column.closed and not overdue else None  # closed for the others, and open again for this student
    return cell_of(
        locale, column.lesson.number, 0, 0, column.lesson.quiz.length, 0, 0, False, overdue, closed=column.closed, own_day=own_day
    )


def cells_html(classroom_id: int, columns: list[Column], row: Row) -> Markup:
    """The cells of a row, each leading to the answers where there are some, and of a closed lesson not begun to more time for one."""
    base = url_for("progress.student", classroom_id=classroom_id, assignment_id=0, student_id=0).removesuffix("0/0")
    html = []
    for column, cell in zip(columns, row.cells, strict=True):
        before, address, after = cell.html
        html.append(f"{before}{base}{column.assignment.id}/{row.student_id}{after}" if address else before)
    # Our own template around addresses of two numbers.
    return Markup("".join(html))  # noqa: S704


def low_in_words(lately: rules.Lately) -> str:
    right, counted, n = lately.share.right, lately.share.answered, lately.quizzes
    return ngettext("%(right)s of %(counted)s right in the last quiz handed in.",
                    "%(right)s of %(counted)s right in the last %(n)s quizzes handed in.", n, right=right, counted=counted)  # fmt: skip


def group_of(standings: list[Standing], reasons: list[Why]) -> str:
    # Why a lesson is below half is among the reasons; once that is put aside, the lesson counts as under way.
    shown = tuple(Standing.STARTED if s is Standing.HAND and not reasons else s for s in standings)
    groups = rules.summarise([rules.Row("one", shown, tuple(why.reason for why in reasons))])
    return "hand" if groups.hand else "on_track" if groups.on_track else "on_the_way"


def next_step(works: list[Work], needs_a_hand: bool) -> str:
    """One thing to do next for a student, in words."""
    for wanted, sentence in (
        ("hand", _("Look at lesson %(number)s together")),
        ("started", _("Finish lesson %(number)s")),
        ("once_more", _("Try lesson %(number)s once more")),
        ("not_yet", _("Begin lesson %(number)s")),
    ):
        for work in works:
            if work.cell.standing == wanted:
                return sentence % {"number": work.column.lesson.number}
    return _("Ask how it is going") if needs_a_hand else _("Nothing needed")


def state_words() -> dict[str, str]:
    return {
        "solid": _("solid"), "getting_there": _("getting there"), "hand": _("could use a hand"),
        "once_more": _("worth another try"), "started": _("started"), "not_yet": _("not yet"), "not_given": _("not given"),
    }  # fmt: skip
