"""What a teacher sees of a class: who is where, what was chosen, and what to talk about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, render_template, request, url_for
from markupsafe import Markup

from app.classrooms.models import Classroom
from app.classrooms.naming import name_of
from app.classrooms.queries import assignment_in, classroom_taught_by, pulses_of, shown_code, student_in, students_in
from app.core import clock, sessions
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.library import lessons_left, library
from app.core.patterns import NUMBER, page_for_whoever_asks
from app.curriculum import progress as rules
from app.curriculum.content import Item, Lesson
from app.curriculum.progress import QuestionSummary, Reason, Standing, question_summary, standing
from app.curriculum.scoring import (
    NOT_SURE,
    feedback,
    ideas_behind,
    is_right,
    is_valid,
    made_of,
    misconceptions_behind,
    split_choice,
)
from app.progress.queries import answered_in, given_to, seats_in, standings_in, tallies_in
from app.quizzes.queries import attempts_by, tallies_of

bp = Blueprint("progress", __name__, template_folder="templates")
Page = Any
FORMULA_STARTS = tuple("=+-@\t\r\0＝＋－＠")


def own_classroom(classroom_id: int) -> Classroom:
    who = sessions.person()
    found = classroom_taught_by(who.id, classroom_id) if who else None
    if found is None:
        abort(404)
    return found


@dataclass(frozen=True)
class Column:
    assignment: Any  # a row, see progress.queries.given_to
    lesson: Lesson
    title: str
    topmark: str
    due_on: date | None
    questions_url: str
    dates_url: str


class Cell(NamedTuple):
    """Where one student stands with one lesson, and how that looks; `html` is cut where the address stands."""

    standing: str
    right: int
    counted: int
    answered: int
    total: int
    late: bool
    finished: bool
    html: tuple[str, str, str]


class Row(NamedTuple):
    student_id: int
    name: str
    cells: list[Cell]
    html: Markup  # the cells
    next_step: str
    reasons: list[str]
    group: str


def columns_of(classroom: Classroom, assigned: Sequence[Any] | None = None) -> list[Column]:
    locale, columns = current_locale(), []
    questions = url_for("progress.questions", classroom_id=classroom.id, assignment_id=0).removesuffix("0")
    dates = url_for("classrooms.edit_assignment", classroom_id=classroom.id, assignment_id=NUMBER)
    for given in given_to(classroom.id) if assigned is None else assigned:
        lesson = library().lesson(given.lesson_slug)
        if lesson is not None:
            urls = f"{questions}{given.id}", dates.replace(str(NUMBER), str(given.id))
            columns.append(Column(given, lesson, lesson.texts[locale].title, lesson.topmark, given.due_on, *urls))
    return columns


def rows_of(classroom: Classroom, columns: list[Column], hide_names: bool, seats: Any = None, summaries: Any = None) -> list[Row]:
    """One row a student, from plain rows whatever was answered: students and summary rows, read here unless they are given."""
    seats = seats_in(classroom.id) if seats is None else seats
    standings = {(s.assignment_id, s.student_id): s for s in (standings_in(classroom.id) if summaries is None else summaries)}
    today, locale = clock.today(classroom.timezone), current_locale()
    base = url_for("progress.student", classroom_id=classroom.id, assignment_id=0, student_id=0).removesuffix("0/0")
    empty = [(cell_without_work(locale, c, today), [(r, c, None) for r in reasons_untouched(c, today)]) for c in columns]
    rows = []
    for place, student in enumerate(seats, 1):
        cells: list[Cell] = []
        html: list[str] = []
        reasons: list[tuple[Reason, Column, Any]] = []
        for column, (untouched, why) in zip(columns, empty, strict=True):
            row = standings.get((column.assignment.id, student.id))
            if row is None:
                cell = untouched
                reasons += why
            else:
                due = column.due_on
                late = due is not None and row.finished_on is not None and row.finished_on > due  # handed in late
                overdue = due is not None and today > due and not row.tries
                cell = cell_of(locale, column.lesson.number, *row[2:7], late, overdue)
                if cell.standing == HAND:
                    reasons.append((Reason.LOW, column, row))
            cells.append(cell)
            before, address, after = cell.html
            html.append(f"{before}{base}{column.assignment.id}/{student.id}{after}" if address else before)
        opened = [(c, cell) for c, cell in zip(columns, cells, strict=True) if c.assignment.opens_on <= today]
        group = group_of([Standing(cell.standing) for _c, cell in opened], [r for r, _c, _row in reasons])
        name = _("Student %(number)s", number=place) if hide_names else name_of(student.first, student.second, locale)
        # Our own template around addresses of two numbers.
        line = Markup("".join(html))  # noqa: S704
        rows.append(Row(student.id, name, cells, line, next_step(opened), [reason_in_words(*r, today) for r in reasons], group))
    return rows


HAND = Standing.HAND.value
PLACE = "/-place-of-the-address-/"


@lru_cache(maxsize=4096)
def cell_of(locale: str, number: int, tries: int, answered: int, total: int, right: int, counted: int, late: bool, overdue: bool) -> Cell:
    """A kind of cell, of which a large class has a few dozen in its thousand: rule, words and template are worked through once for each."""
    state = standing(right, counted, tries, answered).value
    html = cell_html(locale, state, number, right, counted, late or overdue)
    return Cell(state, right, counted, answered, total, late, bool(tries), html)


def cell_html(_locale: str, state: str, number: int, right: int, counted: int, late: bool) -> tuple[str, str, str]:
    html = render_template("progress/_cell.html", standing=state, number=number, right=right, counted=counted, late=late, url=PLACE)
    return html.strip().partition(PLACE)


def cell_without_work(locale: str, column: Column, today: date) -> Cell:
    overdue = column.due_on is not None and today > column.due_on
    return cell_of(locale, column.lesson.number, 0, 0, column.lesson.quiz.length, 0, 0, False, overdue)


def reasons_untouched(column: Column, today: date) -> tuple[Reason, ...]:
    """Why students who have not begun this lesson might need a hand."""
    return rules.reasons_for_a_hand(touched=False, opened_on=column.assignment.opens_on, due_on=column.due_on, today=today)


def reason_in_words(reason: Reason, column: Column, row: Any, today: date) -> str:
    number = column.lesson.number
    if reason is not Reason.UNTOUCHED:
        return _("Lesson %(number)s: %(right)s of %(counted)s right, in %(tries)s tries.", number=number, right=row.best_right,
                 counted=row.best_counted, tries=row.tries)  # fmt: skip
    if column.due_on and today > column.due_on:
        return _("Lesson %(number)s: not begun, and its last day has passed.", number=number)
    return _("Lesson %(number)s: not begun, and most of the time has gone.", number=number)


def group_of(standings: list[Standing], reasons: list[Reason]) -> str:
    groups = rules.summarise([rules.Row("one", tuple(standings), tuple(reasons))])
    return "hand" if groups.hand else "on_track" if groups.on_track else "on_the_way"


def next_step(opened: list[tuple[Column, Cell]]) -> str:
    """One thing to do next for a student, in words."""
    for wanted, finished, sentence in (
        ("hand", True, _("Look at lesson %(number)s together")),
        ("started", False, _("Finish lesson %(number)s")),
        ("started", True, _("Try lesson %(number)s once more")),
        ("not_yet", False, _("Begin lesson %(number)s")),
    ):
        for column, cell in opened:
            if cell.standing == wanted and cell.finished == finished:
                return sentence % {"number": column.lesson.number}
    return _("Nothing needed")


@bp.get("/progress/<id:classroom_id>")
@open_to(TEACHERS)
def show(classroom_id: int) -> Page:
    """The class at a glance. Made anew only when something on it has changed: what is read for it is compared, and reading is quick."""
    classroom, hide_names = own_classroom(classroom_id), request.args.get("names") == "0"
    read = Read(
        described(classroom), clock.today(classroom.timezone), given_to(classroom.id), seats_in(classroom.id),
        standings_in(classroom.id), answered_in(classroom.id),
    )  # fmt: skip
    return page_for_whoever_asks(classroom.id, lambda: class_page(classroom, hide_names, read), state=read.mark())


class Read(NamedTuple):
    """All that a class page shows; texts of lessons and of the interface stay the same while the site runs."""

    classroom: dict[str, Any]
    today: date
    assigned: Sequence[Any]
    seats: Sequence[Any]
    standings: Sequence[Any]
    answered: dict[int, int]

    def mark(self) -> int:
        """64 bits that change with anything in it."""
        lists = (self.assigned, self.seats, self.standings, self.answered.items())
        return hash((tuple(self.classroom.values()), self.today, *map(tuple, lists)))


def class_page(classroom: Classroom, hide_names: bool, read: Read) -> str:
    columns = columns_of(classroom, read.assigned)
    rows = rows_of(classroom, columns, hide_names, read.seats, read.standings)
    if not hide_names:
        rows.sort(key=lambda r: r.name)
    groups = [{"key": key, "rows": own} for key in ("hand", "on_the_way", "on_track") if (own := [r for r in rows if r.group == key])]
    here = url_for("progress.show", classroom_id=classroom.id)
    idea = idea_of(columns, read.answered)
    return render_template(
        "progress/show.html",
        classroom=read.classroom,
        columns=columns,
        groups=groups,
        n_students=len(rows),
        today=read.today,
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        cards={"hand": [r for r in rows if r.group == "hand"], "idea": idea, "due": due_next(classroom, columns, rows)},
        names_hidden=hide_names,
        names_url=here if hide_names else here + "?names=0",
        csv_url=url_for("progress.export", classroom_id=classroom.id),
        csv_semicolon_url=url_for("progress.export", classroom_id=classroom.id, separator="semicolon"),
    )


def described(classroom: Classroom) -> dict[str, Any]:
    return {
        "id": classroom.id,
        "label": classroom.label,
        "code": shown_code(classroom),
        "band": classroom.band,
        "ends_on": classroom.ends_on,
    }


def idea_of(columns: list[Column], answered: dict[int, int]) -> dict[str, Any] | None:
    """The wrong idea that most of the class holds, where it is common enough to talk about."""
    # The family code is drawn anew for each assignment; a number may come again after one was deleted.
    marks = {c.assignment.id: (c.assignment.family_code, c.lesson.slug, answered.get(c.assignment.id, 0)) for c in columns}
    changed = [c for c in columns if marks[c.assignment.id] not in ideas_kept]
    tallies = tallies_in([c.assignment.id for c in changed]) if changed else {}
    for column in changed:
        while len(ideas_kept) >= MOST_IDEAS:
            ideas_kept.pop(next(iter(ideas_kept)), None)
        ideas_kept[marks[column.assignment.id]] = idea_in(column.lesson, tallies.get(column.assignment.id, {}))
    found = [(idea, column) for column in columns if (idea := ideas_kept.get(marks[column.assignment.id])) is not None]
    if not found:
        return None
    idea, column = max(found, key=lambda f: f[0].share)
    belief = library().misconceptions.get(idea.summary.misconception or "")
    return {
        "n": idea.n, "answered": idea.summary.share.answered, "lesson": column.lesson,
        "belief": belief.belief[current_locale()] if belief else "", "url": f"{column.questions_url}#{idea.item.id}",
    }  # fmt: skip


class CommonIdea(NamedTuple):
    item: Item
    summary: QuestionSummary

    @property
    def n(self) -> int:
        return self.summary.counts[self.summary.talk_about or ""]

    @property
    def share(self) -> float:
        return self.n / self.summary.share.answered


MOST_IDEAS = 2000
ideas_kept: dict[tuple[str, str, int], CommonIdea | None] = {}  # by what was counted; working one out takes all counts of a lesson


def idea_in(lesson: Lesson, tallies: dict[str, dict[str, int]]) -> CommonIdea | None:
    """The commonest wrong idea in one lesson's questions, the first of several."""
    summaries = (CommonIdea(i, summary_of(i, tallies.get(i.id, {}))) for i in lesson.quiz.items if not i.sensitive)
    return max((s for s in summaries if s.summary.talk_about), key=lambda s: s.share, default=None)


def summary_of(item: Item, counts: dict[str, int]) -> QuestionSummary:
    return question_summary(item, counts)


def due_next(classroom: Classroom, columns: list[Column], rows: list[Row]) -> dict[str, Any] | None:
    today = clock.today(classroom.timezone)
    coming = [(c.due_on, n) for n, c in enumerate(columns) if c.due_on and c.due_on >= today and c.assignment.opens_on <= today]
    if not coming:
        return None
    due_on, n = min(coming)
    cells = [r.cells[n] for r in rows]
    done, not_yet = sum(c.finished for c in cells), sum(c.standing == "not_yet" for c in cells)
    counts = {"done": done, "started": len(cells) - done - not_yet, "not_yet": not_yet, "total": len(cells)}
    return {"column": columns[n], "due_on": due_on, **counts}


@dataclass(frozen=True)
class Bar:
    id: str  # as in scoring.tally_keys
    letter: str
    text: str
    n: int
    share: float
    right: bool
    misconception: Any


@dataclass(frozen=True)
class Bars:
    """The bars of a question, or of one step or situation of it, which then has its text."""

    text: str
    bars: list[Bar]


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>")
@open_to(TEACHERS)
def questions(classroom_id: int, assignment_id: int) -> Page:
    """What was chosen in each question at the first sitting: counts, never names."""
    classroom = own_classroom(classroom_id)
    given = assignment_in(classroom.id, assignment_id)
    lesson = library().lesson(given.lesson_slug) if given else None
    if given is None or lesson is None:
        abort(404)
    tallies = tallies_of(given.id)
    # The order of the first sitting for this class's band first; then whatever else was answered.
    over = given.due_on is not None and clock.today(classroom.timezone) > given.due_on
    shown_now = [i for i in lesson.quiz.items if i.id in tallies and (over or not i.sensitive)]  # see quizzes.queries.still_open
    items = [question_view(item, tallies[item.id]) for item in shown_now]
    columns = columns_of(classroom)
    shown = [i for i in items if not i["too_few"]]
    return render_template(
        "progress/questions.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        columns=columns,
        n_students=len(students_in(classroom.id)),
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        items=items,
        pulses=pulses_of(given.id),
        top=max((i for i in shown if i["idea"]), key=lambda i: i["idea"].n / i["answered"], default=None),
    )


def question_view(item: Item, counts: dict[str, int]) -> dict[str, Any]:
    summary = summary_of(item, counts)
    words = item.texts[current_locale()]
    answered = summary.share.answered
    groups = bars_of(item, summary)
    idea = next((b for group in groups for b in group.bars if b.id == summary.talk_about), None)
    if summary.too_few:
        sentence = _("Too few answers to say anything: counts are shown from 5 answers on.")
    elif idea is not None:
        sentence = idea_in_words(item, idea, answered)
    elif summary.share.right * 10 >= answered * 8:
        sentence = _("%(right)s of %(answered)s had it right: the class is sure here.", right=summary.share.right, answered=answered)
    else:
        sentence = _(
            "%(right)s of %(answered)s had it right, and no single other idea stands out.", right=summary.share.right, answered=answered
        )
    return {
        "item": item, "words": words, "answered": answered, "too_few": summary.too_few, "right": summary.share.right, "groups": groups,
        "not_sure_n": summary.counts.get(NOT_SURE, 0), "sentence": sentence, "idea": idea,
    }  # fmt: skip


def bars_of(item: Item, summary: QuestionSummary) -> list[Bars]:
    """One bar for each option; of steps and situations, for the right place or door and the others that were given."""
    words, counts, answered = item.texts[current_locale()], summary.counts, summary.share.answered
    ideas = ideas_behind(item)

    def bar(key: str, letter: str, text: str, right: bool) -> Bar:
        n = counts.get(key, 0)
        return Bar(key, letter, text, n, n / answered if answered else 0.0, right, belief(ideas.get(key, "")))

    if item.kind not in ("order", "match"):
        right = split_choice(item.kind, item.right)
        return [Bars("", [bar(o, letter, words.options[o].text, o in right) for letter, o in zip("ABCDEFGH", item.options, strict=False)])]
    wanted, groups = made_of(item, item.right), []
    for option in sorted(wanted, key=lambda o: int(wanted[o])) if item.kind == "order" else item.options:
        if item.kind == "match":
            bars = [bar(f"{option}={d}", "", words.doors[d], d == wanted[option]) for d in item.doors]
        else:
            places = range(1, len(item.options) + 1)
            bars = [bar(f"{option}@{n}", str(n), _("In place %(place)s", place=n), str(n) == wanted[option]) for n in places]
        groups.append(Bars(words.options[option].text, [b for b in bars if b.right or b.n]))
    return groups


def idea_in_words(item: Item, idea: Bar, answered: int) -> str:
    """What many did, in one sentence."""
    option, _between, _rest = idea.id.partition("=" if item.kind == "match" else "@")
    text = plain_text(item.texts[current_locale()].options[option].text)
    if item.kind == "order":
        return _("%(n)s of %(answered)s put this step first: “%(step)s”. Worth five minutes with the class.", n=idea.n, answered=answered,
                 step=text)  # fmt: skip
    if item.kind == "match":
        return _("%(n)s of %(answered)s chose “%(door)s” for “%(situation)s”. Worth five minutes with the class.", n=idea.n,
                 answered=answered, door=plain_text(idea.text), situation=text)  # fmt: skip
    return _("%(n)s of %(answered)s chose %(letter)s. Worth five minutes with the class.", n=idea.n, answered=answered, letter=idea.letter)


def plain_text(html: str) -> str:
    return Markup(html).striptags()  # noqa: S704  (only what is in it is kept)


def belief(misconception_id: str) -> dict[str, str] | None:
    """A wrong idea, and what a teacher can say to it."""
    found = library().misconceptions.get(misconception_id)
    return {"belief": found.belief[current_locale()], "answer": found.answer[current_locale()]} if found else None


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/<id:student_id>")
@open_to(TEACHERS)
def student(classroom_id: int, assignment_id: int, student_id: int) -> Page:
    """One student's answers at one lesson; of sensitive questions nothing is kept with the seat, so nothing can be shown."""
    classroom = own_classroom(classroom_id)
    given, seat = assignment_in(classroom.id, assignment_id), student_in(classroom.id, student_id)
    lesson = library().lesson(given.lesson_slug) if given else None
    if given is None or seat is None or lesson is None:
        abort(404)
    sittings = []
    for sitting in attempts_by(seat.id, given.id):
        lines = [answer_line(item, sitting.answers[i]) for i in sitting.items if i in sitting.answers and (item := lesson.quiz.item(i))]
        counted = [x for x in lines if x["kind"] != "hidden"]
        finished = max((a.answered_on for a in sitting.answers.values()), default=None) if sitting.finished else None
        score = {"right": sum(x["kind"] == "right" for x in counted), "counted": len(counted)}
        sittings.append({"nth": sitting.nth, "finished_on": finished, "score": score, "answers": lines, "total": len(sitting.items)})
    return render_template(
        "progress/student.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        student={"id": seat.id, "name": name_of(seat.first, seat.second, current_locale())},
        attempts=sittings,
    )


def answer_line(item: Item, answer: Any) -> dict[str, Any]:
    words = item.texts[current_locale()]
    line: dict[str, Any] = {"item": item, "words": words, "chosen": None, "parts": (), "beliefs": []}
    if item.sensitive or answer.choice is None:
        return {**line, "kind": "hidden"}
    if answer.choice == NOT_SURE:
        return {**line, "kind": "not_sure"}
    line["kind"] = "right" if is_right(item, answer.choice) else "not_yet"
    if is_valid(item, answer.choice):  # else what was chosen has left the question since
        option = words.options.get(answer.choice)
        line["chosen"] = option.text if option and item.kind == "single" else ""
        line["parts"] = feedback(item, answer.choice, current_locale()).parts
        line["beliefs"] = [b for idea in misconceptions_behind(item, answer.choice) if (b := belief(idea))]
    return line


# --- export --------------------------------------------------------------------------------------------------------


def state_words() -> dict[str, str]:
    return {
        "solid": _("solid"), "getting_there": _("getting there"), "hand": _("could use a hand"),
        "started": _("started"), "not_yet": _("not yet"),
    }  # fmt: skip


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


@bp.get("/progress/<id:classroom_id>/results.csv")
@open_to(TEACHERS)
def export(classroom_id: int) -> Response:
    """The matrix as CSV that Excel opens right, Korean too: UTF-8 with a mark, CRLF, two header rows (words, then lasting keys)."""
    classroom = own_classroom(classroom_id)
    columns = columns_of(classroom)
    rows = sorted(rows_of(classroom, columns, hide_names=False), key=lambda r: r.name)
    words = state_words()
    delimiter = ";" if request.args.get("separator") == "semicolon" else ","

    def lines() -> Iterator[list[str]]:
        head, keys = [_("Student")], ["student"]
        for c in columns:
            title = _("Lesson %(number)s", number=c.lesson.number)
            head += [title, title + " · " + _("right"), title + " · " + _("of how many"), title + " · " + _("handed in late")]
            keys += [f"{c.lesson.slug}.{k}" for k in ("state", "right", "counted", "late")]
        yield head
        yield keys
        for r in rows:
            line = [r.name]
            for cell in r.cells:
                line += [words[cell.standing], str(cell.right), str(cell.counted), _("yes") if cell.late else ""]
            yield line

    def pieces() -> Iterator[bytes]:
        yield b"\xef\xbb\xbf"
        for line in lines():
            buffer = io.StringIO()
            csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerow([safe(c) for c in line])
            yield buffer.getvalue().encode()

    response = Response(b"".join(pieces()), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="balise-class-{classroom.id}.csv"'
    return response
