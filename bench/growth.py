"""Time that does not grow with the data: the pages a teacher opens most, with 10 thousand and with 10 million answers in the database.

For each database and each size there is a site of its own with the same class in it (35 students, 20 lessons, all answered). Around that
class lie other schools: copies of a usual one, each with its own numbers, made by the database itself. The sites are asked in turns, so
that a busy machine slows all of them; a ratio is the median of those within one turn. Before each reading an answer arrives in the class,
by a connection of its own: nothing that was made for an earlier reading is used again.
"""

from __future__ import annotations

import gc
import logging
import os
import random
import re
import shutil
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import Column, Connection, Engine, String, Table, create_engine, insert
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import create_app
from app.accounts.models import Membership
from app.accounts.queries import email_hash, make_school, make_teacher
from app.classrooms.models import Assignment, Pulse, SeatRule, Student
from app.classrooms.queries import PULSES
from app.config import PROJECT, Config
from app.core import clock, logs, sessions
from app.core.db import Model, db, make_engine
from app.core.keys import fingerprint
from app.core.passwords import hash_secret
from app.curriculum.before_after import AFTER, BEFORE, Check, CheckAnswer, counted, pairs_in, short_checks
from app.curriculum.content import Item
from app.curriculum.scoring import NOT_SURE, is_right, tally_keys, wrong_choices
from app.lessons.models import Reading
from app.progress.models import Dismissal
from app.progress.views import overview
from app.quizzes.models import Answer, Attempt, PairCount, ShiftCount, Standing, Tally
from app.quizzes.queries import questions_for
from app.running import prepare
from bench.measures import Result, by_ratio, by_value
from bench.school import BAND, STUDENTS, class_of, lesson_of, statements_of, words
from bench.serving import cpu_of
from bench.wire import Ask
from tests.postgres import PostgresServer

SIZES = {10_000: "10 thousand", 100_000: "100 thousand", 1_000_000: "1 million", 10_000_000: "10 million"}
MOST = 1.2  # times what it takes at the smallest size
ERASED = "a seat erased"
LOOSER = {ERASED: 2.0}  # two milliseconds for some hundred rows all over the place: a tree that is one level deeper shows
ROUNDS = 25
PREFIX = "growth: "  # of the names of these results
USUAL = (24, 9)  # students and lessons of a usual class
TRIES = (7, 73, 15, 5)  # of a hundred students: with no sitting at a lesson, one, two, three
COPIES_FROM = 100_000  # numbers of rows in copies: above all that the site itself gives out here
SPREAD = 2_654_435_761  # odd, near 2**32 divided by the golden ratio: neighbours get far apart, and no two the same (Knuth, TAOCP 6.4)
BYTES = 900  # of disk that an answer takes with all that hangs on it, written twice
FILLING = ("autovacuum = off", "max_wal_size = '16GB'", "checkpoint_timeout = '1h'", "full_page_writes = off")  # see `looked_after`
FAST = {"journal_mode": "OFF", "synchronous": "OFF", "cache_size": -262_144, "foreign_keys": "OFF"}


def largest() -> int:
    """How many answers to go up to: 10 million, or what BALISE_GROWTH says (0: nothing of this is measured)."""
    return int(os.environ.get("BALISE_GROWTH") or max(SIZES))


def is_whole() -> bool:
    """Whether it goes as far as results are kept and told for; a smaller one is for trying."""
    return largest() >= max(SIZES)


def run(folder: Path, env: dict[str, str]) -> Iterator[Result]:
    """Everything of this kind; `env` as for a server. Sizes for which the disk has no room and databases that are not here are left out."""
    room = shutil.disk_usage(tempfile.gettempdir()).free
    sizes = [size for size in SIZES if size <= largest() and size * BYTES < room]
    yield from measured("SQLite", [told(sqlite_site, folder, env, size) for size in sizes])
    server = PostgresServer.start()
    if server is None:
        yield Result(f"{PREFIX}PostgreSQL: none is here", None, "CPU ms")
        return
    try:
        for setting in FILLING:
            server.run(f"ALTER SYSTEM SET {setting}")
        server.run("SELECT pg_reload_conf()")
        yield from measured("PostgreSQL", [told(postgres_site, server, env, size) for size in sizes])
    finally:
        server.stop()


def told(make: Callable[..., Site], *where: Any) -> Site:
    """Make a site, and say that it is there: the largest takes minutes."""
    begun = time.perf_counter()
    made = make(*where)
    with made.students.connect() as connection:
        answers = rows_in(connection, Answer.__tablename__)
    print(f"balise: {answers:,} answers in {made.students.dialect.name}, {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    return made


# --- a site of some size -----------------------------------------------------------------------------------------------


@dataclass
class Site:
    """One database with the class in it; `things` are what is measured, each done once when it is called."""

    size: int
    app: Flask
    asks: dict[str, Ask]
    things: dict[str, Callable[[], None]]
    students: Engine  # by which answers arrive
    place: dict[str, Any]  # of those answers
    servers: list[int] = field(default_factory=list)  # the database's own processes

    def answer_arrives(self) -> None:
        """One more answer in the class, and nothing is left of what was kept of the others; sessions were used just now, so that no
        reading has to write that."""
        overview.lines_kept.clear()
        overview.ideas_kept.clear()
        values = {**self.place, "n": next(ANSWERED), "now": clock.seconds()}
        with self.students.begin() as connection:
            for statement in ARRIVES:
                connection.exec_driver_sql(statement.format(**values))

    def cpu(self) -> float:
        """CPU seconds of this process, and of the database's where it has one."""
        return time.process_time() + sum(map(cpu_of, self.servers))

    def close(self) -> None:
        self.students.dispose()
        self.app.extensions["balise.engine"].dispose()


ANSWERED = count(1000)  # no number comes twice, so that nothing kept for another site fits
ARRIVES = (
    "UPDATE standings SET answered = {n} WHERE assignment_id = {assignment} AND student_id = {student}",
    "UPDATE tallies SET n = n + 1 WHERE assignment_id = {assignment}",
    "UPDATE sessions SET seen_at = {now} WHERE token_hash IN ('{teacher}', '{seat}')",
)


def sqlite_site(folder: Path, env: dict[str, str], size: int) -> Site:
    return site(Config.from_environment({**env, "DATABASE_URL": f"sqlite:///{folder}/grown-{size}/balise.sqlite3"}), size)


def postgres_site(server: PostgresServer, env: dict[str, str], size: int) -> Site:
    server.create(f"grown_{size}")
    made = site(Config.from_environment({**env, "DATABASE_URL": server.url(f"grown_{size}")}), size)
    for thing in made.things.values():
        thing()  # now every connection is there
    if sys.platform == "linux":
        with made.students.connect() as connection:
            asked = connection.exec_driver_sql("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            made.servers = list(asked.scalars())
    return made


def site(config: Config, size: int) -> Site:
    """The class, and as many copies of a usual school around it as make this many answers. The class's lessons are answered one after
    the other while the copies come in, so that its rows lie as far apart as they would."""
    prepare(config)
    app, dice, url = create_app(config), random.Random(20261122), config.database_url
    logs.log.setLevel(logging.WARNING)
    with writing(url) as connection:
        for rows in history(app, dice, made_in(app, partial(a_class, "usual", USUAL[0])))[: USUAL[1]]:
            enter(connection, rows)
        original = Original.staged(connection)
        own = made_in(app, partial(a_class, "bench", STUDENTS, ("To begin", "To begin, too")))
        app.extensions["balise.engine"].dispose()
        lessons = history(app, dice, own)
        copies = max(0, round((size - original.answers - sum(len(rows[Answer]) for rows in lessons)) / original.answers))
        for n, rows in enumerate(lessons):
            original.copy(connection, copies * n // len(lessons) + 1, copies * (n + 1) // len(lessons))
            enter(connection, rows)
    looked_after(url)
    return site_of(app, url, size, own)


class AClass(NamedTuple):
    room: int
    students: list[Student]
    lessons: list[tuple[Assignment, date]]  # with the day on which the class sat at it
    teacher: str  # tokens of open sessions
    seat: str


def made_in(app: Flask, make: Callable[[], AClass]) -> AClass:
    with app.test_request_context(method="POST"):
        made = make()
        db.session.commit()
    return made


def a_class(name: str, seats: int, others: Sequence[str] = ()) -> AClass:
    """A school with a teacher, and a class that has every lesson assigned; `others` of this teacher have yet to begin."""
    today = clock.today()
    teacher = make_teacher(email_hash(f"{name}@school.example"), "Ms Bench", "a password nobody else has", name, "en")
    db.session.add(Membership(teacher_id=teacher.id, school_id=make_school("A school", None).id, role="teacher"))
    hashed = hash_secret(words())
    students, given, room = class_of(teacher.id, "Some months", seats, hashed, today)
    for number, one in enumerate(given):
        one.checks = number % 4 == 0
    for label in others:
        class_of(teacher.id, label, USUAL[0], hashed, today)
    days = [today - timedelta(4 * (len(given) - n)) for n in range(len(given))]
    tokens = sessions.begin("teacher", teacher.id), sessions.begin("student", students[-1].id)
    db.session.flush()
    return AClass(room.id, students, list(zip(given, days, strict=True)), *tokens)


def site_of(app: Flask, url: str, size: int, own: AClass) -> Site:
    given, student = own.lessons[0][0], own.students[-1]
    later = own.lessons[len(own.lessons) // 2][0]
    class_page = f"/en/progress/{own.room}"
    asks = {
        "class home, with the matrix": Ask(class_page, own.teacher),
        "question analysis": Ask(f"{class_page}/{given.id}", own.teacher),
        "wrong ideas of the class": Ask(f"{class_page}/ideas", own.teacher),
        "one student's answers": Ask(f"{class_page}/{later.id}/{own.students[0].id}", own.teacher),
        "list of classes": Ask("/en/classrooms/", own.teacher),
        "a student's first page": Ask("/en/my-lessons", own.seat),
    }
    students = make_engine(url)
    things: dict[str, Callable[[], None]] = {name: partial(read, app, ask) for name, ask in asks.items()}
    things[ERASED] = partial(erase, students, own.students[1].id)
    place = {"assignment": given.id, "student": student.id, "teacher": fingerprint(own.teacher), "seat": fingerprint(own.seat)}
    return Site(size, app, asks, things, students, place)


def read(app: Flask, ask: Ask) -> None:
    """One request, as a server would hand it over."""
    builder = EnvironBuilder(path=ask.path, method=ask.method, headers=ask.headers(), base_url="http://127.0.0.1")
    body, status, _headers = run_wsgi_app(app, builder.get_environ())
    sent = sum(map(len, body))
    assert status.startswith(str(ask.status)), f"{ask.path}: {status}"
    assert sent


def erase(engine: Engine, student_id: int) -> None:
    """With everything that hangs on it; taken back at once, for the next turn."""
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DELETE FROM students WHERE id = {student_id}")
        connection.rollback()


# --- what students leave behind ----------------------------------------------------------------------------------------

Rows = dict[type[Model], list[dict[str, Any]]]


def history(app: Flask, dice: random.Random, own: AClass) -> list[Rows]:
    """All that a class leaves behind, lesson by lesson."""
    with app.app_context():
        return [lesson_rows(dice, given, own.students, day) for given, day in own.lessons]


def lesson_rows(dice: random.Random, given: Assignment, students: list[Student], day: date) -> Rows:
    """A class at one lesson: what was read, sittings at the quiz and at the checks, and the counts and summaries that are kept of them."""
    quiz, tally = lesson_of(given).quiz, Counter[tuple[str, str]]()
    rows: Rows = {model: [] for model in (Reading, Attempt, Answer, Standing, Tally, PairCount, ShiftCount, Pulse, SeatRule, Dismissal)}
    checks: list[Check] = []
    for number, student in enumerate(students):
        tries, skill = dice.choices(range(4), TRIES)[0], 0.4 if number % 9 == 4 else 0.82
        place = {"assignment_id": given.id, "student_id": student.id}
        begin = partial(sitting, dice, rows, place, day=day, skill=skill)
        rows[Reading].append({**place, "read_on": day})
        for nth, form in ((BEFORE, "A"), (AFTER, "B")) if given.checks and tries else ():
            chosen = begin([quiz.item(i) for i in short_checks(quiz, BAND)[form]], nth, share=1.0)
            answers = tuple(CheckAnswer(item.id, choice, is_right(item, choice)) for item, choice in chosen)
            checks.append(Check(student.id, nth, True, answers))
        standing = {**place, "tries": 0, "finished_on": None, "locale": "en"}
        for nth in range(1, tries + 1):
            items = [quiz.item(i) for i in questions_for(quiz, BAND, nth)]
            share = 0.5 if nth == tries and dice.random() < 0.08 else 1.0
            chosen = begin(items, nth, share=share)
            if nth == 1:
                tally.update((item.id, key) for item, choice in chosen for key in tally_keys(item, choice))
            sum_up(standing, items, chosen, day)
        if tries:
            rows[Standing].append(standing)
    rows[Tally] += ({"assignment_id": given.id, "item_id": i, "choice": choice, "n": n} for (i, choice), n in tally.items())
    known = counted(quiz, pairs_in(checks))
    rows[PairCount] += ({"assignment_id": given.id, **asdict(pair), "n": n} for pair, n in Counter(known.pairs).items())
    rows[ShiftCount] += (
        {"assignment_id": given.id, "idea": idea, "chosen_before": before.chosen, "met_before": before.met,
         "chosen_after": after.chosen, "met_after": after.met}
        for idea, (before, after) in known.ideas.items()
    )  # fmt: skip
    taps = [(question, reply) for question, replies in PULSES.items() for reply in replies]
    for model, more in ((SeatRule, {"given": True, "open_until": None}),
                        (Dismissal, {"reason": "untouched", "evidence": 1, "dismissed_on": day})):  # fmt: skip
        rows[model] += ({"assignment_id": given.id, "student_id": student.id, **more} for student in dice.sample(students, 2))
    rows[Pulse] += ({"assignment_id": given.id, "question": q, "reply": r, "n": 7, "shown": 5} for q, r in taps)
    return rows


Chosen = list[tuple[Item, str]]


def sitting(
    dice: random.Random, rows: Rows, place: dict[str, int], items: list[Item], nth: int, *, day: date, share: float, skill: float
) -> Chosen:
    """Add one sitting to the rows; returns what was chosen in it."""
    key = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    done = items[: round(len(items) * share)]
    chosen = [(item, item.right if dice.random() < skill else dice.choice([*wrong_choices(item), NOT_SURE])) for item in done]
    rows[Attempt].append({"uuid": key, **place, "nth": nth, "items": " ".join(i.id for i in items), "content_version": "0" * 16,
                          "started_on": day, "finished_on": day if share == 1 else None, "counted": nth < 1})  # fmt: skip
    for item, choice in chosen:
        kept = (None, None) if item.sensitive else (choice, is_right(item, choice))
        rows[Answer].append({"student_id": place["student_id"], "attempt_uuid": key, "item_id": item.id, "choice": kept[0],
                             "right": kept[1], "answered_on": day})  # fmt: skip
    return chosen


def sum_up(standing: dict[str, Any], items: list[Item], chosen: Chosen, day: date) -> None:
    """As quizzes/queries.py does it after each answer."""
    marks = [is_right(item, choice) for item, choice in chosen if not item.sensitive]
    ended = len(chosen) == len(items)
    right, counted = (sum(marks), len(marks)) if ended else (standing.get("last_right", 0), standing.get("last_counted", 0))
    best = max((standing.get("best_right", 0), standing.get("best_counted", 0)), (right, counted))
    standing.update(answered=len(chosen), total=len(items), last_right=right, last_counted=counted, best_right=best[0],
                    best_counted=best[1], tries=standing["tries"] + ended,
                    finished_on=standing["finished_on"] or (day if ended else None))  # fmt: skip


def enter(connection: Connection, rows: Rows) -> None:
    for model, own in rows.items():
        if own:
            connection.execute(insert(model), own)
    connection.commit()


# --- copies ------------------------------------------------------------------------------------------------------------


@contextmanager
def writing(url: str) -> Iterator[Connection]:
    """A connection that writes as fast as it can. That all references lead somewhere is looked at in a test, and not for each row."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
                connection.commit()
            yield connection
    finally:
        engine.dispose()


@dataclass
class Original:
    """What is copied: every row there was when it was staged, by table, and how far the numbers of each table reach."""

    tables: list[Table]
    spans: dict[str, int]
    answers: int

    @classmethod
    def staged(cls, connection: Connection) -> Original:
        found, spans = [], {}
        for table in Model.metadata.sorted_tables:
            if table.name == sessions.SessionRow.__tablename__ or not rows_in(connection, table.name):
                continue
            connection.exec_driver_sql(f'CREATE TEMP TABLE "staged_{table.name}" AS SELECT * FROM "{table.name}"')
            found.append(table)
            if "id" in table.c:
                spans[table.name] = connection.exec_driver_sql(f'SELECT max(id) - min(id) + 1 FROM "{table.name}"').scalar_one()
        connection.commit()
        return cls(found, spans, rows_in(connection, "answers"))

    def copy(self, connection: Connection, first: int, last: int) -> None:
        """Copies from the first to the last, counted from 1."""
        if first > last:
            return
        for pragma, value in FAST.items() if connection.dialect.name == "sqlite" else ():
            connection.exec_driver_sql(f"PRAGMA {pragma}={value}")
        numbers = f"WITH RECURSIVE n(k) AS (SELECT {first} UNION ALL SELECT k + 1 FROM n WHERE k < {last})"
        for table in self.tables:
            names = ", ".join(f'"{column.name}"' for column in table.c)
            values = ", ".join(self.value(column, connection.dialect.name) for column in table.c)
            source = f'FROM n CROSS JOIN "staged_{table.name}" AS s'
            connection.exec_driver_sql(f'{numbers} INSERT INTO "{table.name}" ({names}) SELECT {values} {source}')
        connection.commit()

    def value(self, column: Column[Any], dialect: str) -> str:
        """What the k-th copy has in a column: numbers of rows moved on, words that may be there only once made different."""
        meant = column
        while meant.foreign_keys:
            meant = next(iter(meant.foreign_keys)).column
        once = meant.unique or list(meant.table.primary_key) == [meant]
        if meant.name == "id" and meant.table.name in self.spans:
            return f'(s."{column.name}" + {COPIES_FROM} + (k - 1) * {self.spans[meant.table.name]})'
        if once and isinstance(meant.type, String):
            own = column.table.c["id" if "id" in column.table.c else "student_id"]
            spread = f"({self.value(own, dialect)} * {SPREAD}) & {2**32 - 1}"
            number = f"printf('%08x', {spread})" if dialect == "sqlite" else f"lpad(to_hex({spread}), 8, '0')"
            return f'{number} || substr(s."{column.name}", 9)'
        return f's."{column.name}"'


def rows_in(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one())


def looked_after(url: str) -> None:
    """What PostgreSQL does by itself a minute after so many rows (autovacuum). SQLite gathers no figures on a running site either."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for order in ("VACUUM ANALYZE", "CHECKPOINT"):
                connection.exec_driver_sql(order)
        engine.dispose()


# --- measuring ---------------------------------------------------------------------------------------------------------


class Spent(NamedTuple):
    """Milliseconds."""

    cpu: float
    clock: float


def measured(database: str, sites: list[Site]) -> Iterator[Result]:
    try:
        for name in sites[0].asks:
            yield statements(database, name, sites)
        turns = [in_turns(sites, turn) for turn in range(ROUNDS + 1)][1:]  # the first is for warming up
        for name in sites[0].things:
            for kind, unit in (("cpu", "CPU ms"), ("clock", "ms"))[: 1 + (database != "SQLite")]:
                figures = [[getattr(turn[name, one.size], kind) for one in sites] for turn in turns]
                for n, one in enumerate(sites):
                    value, ratio = median(f[n] for f in figures), median(f[n] / f[0] for f in figures)
                    title = name_of(name, database, one.size, kind)
                    most = LOOSER.get(name, MOST)
                    yield by_ratio(title, value, unit, ratio, most, f"x {SIZES[sites[0].size]}") if n else Result(title, value, unit)
    finally:
        for one in sites:
            one.close()


def name_of(thing: str, database: str, size: int, kind: str) -> str:
    return f"{PREFIX}{thing}, {database}, {SIZES[size]}{', by the clock' if kind == 'clock' else ''}"


def statements(database: str, name: str, sites: list[Site]) -> Result:
    """How many statements a page takes at most, wherever there are more answers than in the smallest."""
    counted = []
    for one in sites:
        one.answer_arrives()
        counted.append(statements_of(one.app, one.asks[name]))
    return by_value(f"{PREFIX}{name}, {database}: SQL at any size", max(counted), "statements", counted[0])


def in_turns(sites: list[Site], turn: int) -> dict[tuple[str, int], Spent]:
    """Each thing at each size once, beginning with another size each time. Memory is tidied between turns, not within a reading."""
    found = {}
    gc.disable()
    for name in sites[0].things:
        for n in range(len(sites)):
            one = sites[(n + turn) % len(sites)]
            one.answer_arrives()
            begun, used = time.perf_counter(), one.cpu()
            one.things[name]()
            found[name, one.size] = Spent((one.cpu() - used) * 1000, (time.perf_counter() - begun) * 1000)
    gc.enable()
    gc.collect()
    return found


# --- the table in the README -------------------------------------------------------------------------------------------

README = PROJECT / "README.md"
BEGINS, ENDS = "<!-- growth: written by `make bench` -->\n", "<!-- growth ends -->\n"


def tell(results: Sequence[Result], file: Path = README) -> None:
    """Put the table of these results between its two marks."""
    before, mark, rest = file.read_text("utf-8").partition(BEGINS)
    _old, other, after = rest.partition(ENDS)
    if not mark or not other:
        raise RuntimeError(f"{file.name} has lost its marks for the table: {BEGINS.strip()} and {ENDS.strip()}")
    file.write_text(f"{before}{mark}\n{table_of(results)}\n{other}{after}", "utf-8")


def table_of(results: Sequence[Result]) -> str:
    """In Markdown: a row for each thing and database, first the milliseconds at the smallest size, then times of that."""
    by_name = {r.name: r for r in results}
    smallest, *larger = [size for size, words in SIZES.items() if any(f", {words}" in name for name in by_name)] or SIZES
    heads = ["what", "database", f"{SIZES[smallest]} answers", *(SIZES[size] for size in larger)]
    lines = [f"| {' | '.join(heads)} |", "|---|---|" + "---:|" * (1 + len(larger))]
    for thing, database in dict.fromkeys((t, d) for t, d in map(thing_of, by_name) if d):
        for kind, unit in (("cpu", "ms of processor time"), ("clock", "ms by the clock")):
            first = by_name.get(name_of(thing, database, smallest, kind))
            if first is None or first.value is None:
                continue
            found = [by_name.get(name_of(thing, database, size, kind)) for size in larger]
            cells = [f"{r.ratio:.2f} times" if r and r.ratio is not None else "" for r in found]
            lines.append(f"| {thing} | {database} | {first.value:.1f} {unit} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def thing_of(name: str) -> tuple[str, str]:
    """What was measured, and in which database; ("", "") for a result of another kind."""
    found = re.fullmatch(rf"{PREFIX}(.+), (SQLite|PostgreSQL), {SIZES[min(SIZES)]}", name)
    return (found[1], found[2]) if found else ("", "")
