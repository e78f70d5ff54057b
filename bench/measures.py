"""What is measured, and the goal of each. CPU is that of all server processes, in rounds that take turns with the bare route."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path
from statistics import median
from typing import Any

from app.config import PROJECT
from bench.school import LESSONS, School, words
from bench.serving import Server
from bench.wire import Answer, Ask, Line, all_at_once, share

PUBLIC = Ask("/en/lessons/1")
ROUNDS = 7
AT_ONCE = 16
LOAD = 1600  # answers, 16 at once
STARTS = 3


@dataclass(frozen=True)
class Result:
    """One line of the table. `ratio` is to the bare route (or what `goal` names); `limit` is what `ok` compares."""

    name: str
    value: float | None
    unit: str
    limit: float | None = None
    ratio: float | None = None
    goal: str = ""
    ok: bool | None = None


def by_value(name: str, value: float | None, unit: str, limit: float, ratio: float | None = None, least: bool = False) -> Result:
    """A result whose value itself has a limit; None was not measured here."""
    ok = None if value is None else (value >= limit if least else value <= limit)
    return Result(name, value, unit, limit, ratio, f"{'>=' if least else '<='} {limit:g} {unit}", ok)


def by_ratio(name: str, value: float, unit: str, ratio: float, limit: float, to: str = "B") -> Result:
    return Result(name, value, unit, limit, ratio, f"<= {limit:g} {to}", ratio <= limit)


@dataclass
class Ground:
    """The two servers, the school, and how many answers ours has said are kept."""

    ours: Server
    bare: Server
    school: School
    acknowledged: int
    database: Path


# --- CPU, side by side -------------------------------------------------------------------------------------------------


def looks(ours: Server, school: School) -> dict[str, Answer]:
    """Each page once: the bare server offers one of the same size and as many headers. Spends one answer of each kind."""
    line = Line(ours.port)
    asked = {"public": PUBLIC, "lesson": school.lesson, "matrix": school.matrix, "answer": school.answers[0].pop(0),
             "sensitive": school.sensitive.pop()}  # fmt: skip
    found = {name: line.ask(request) for name, request in asked.items()}
    line.close()
    return found


def like(look: Answer) -> tuple[int, int]:
    return look.size, len(look.headers)


def side_by_side(ground: Ground, look: Answer, asks: Iterator[Ask], each: int) -> tuple[float, float]:
    """(CPU ms a request, ratio to the bare route), medians of rounds in which the two take turns."""
    bare_ask = Ask("/b/{}-{}".format(*like(look)))

    def spent(server: Server, requests: Iterator[Ask], count: int) -> float:
        before, line = server.cpu(), Line(server.port)
        for request in islice(requests, count):
            line.ask(request)
            ground.acknowledged += request.form is not None
        line.close()
        return (server.cpu() - before) / count * 1000

    figures = []
    for number in range(ROUNDS + 1):
        turns: list[Callable[[], float]] = [
            lambda: spent(ground.ours, asks, each),
            lambda: spent(ground.bare, repeat(bare_ask), max(each, 100)),
        ]
        if number % 2:
            bare, ours = turns[1](), turns[0]()
        else:
            ours, bare = turns[0](), turns[1]()
        if number:  # the first round is for warming up
            figures.append((ours, ours / bare))
    return median(f[0] for f in figures), median(f[1] for f in figures)


def pages(ground: Ground, look: dict[str, Answer]) -> Iterator[Result]:
    def again(request: Ask) -> Iterator[Ask]:
        while True:
            yield request

    def measured(name: str, kind: str, asks: Iterator[Ask], each: int, limit: float | None) -> Result:
        value, ratio = side_by_side(ground, look[kind], asks, each)
        return Result(name, value, "CPU ms", None, ratio) if limit is None else by_ratio(name, value, "CPU ms", ratio, limit)

    school, counted = ground.school, ground.school.statements
    yield measured("public lesson page", "public", again(PUBLIC), 300, 0.5)
    unchanged = Ask(PUBLIC.path, etag=look["public"].header("ETag"), status=304)
    yield measured("public lesson page, unchanged (304)", "public", again(unchanged), 300, 0.4)
    yield measured("lesson, signed in", "lesson", again(school.lesson), 80, 3)
    yield Result("lesson, signed in: SQL", counted["lesson"], "statements")
    usual = [ask for own in school.answers[:18] for ask in own]
    yield measured("answer saved, durable", "answer", iter(usual), 100, 3)
    yield Result("answer saved: SQL", counted["answer"], "statements")
    yield Result("first answer of a sitting: SQL", counted["first answer"], "statements")
    yield measured("answer to a sensitive question, with its page", "sensitive", iter(school.sensitive), 30, None)
    yield measured("progress matrix 35 x 20, an answer since", "matrix", after_an_answer(school.matrix, ground.database), 20, 10)
    yield by_value("progress matrix: SQL", counted["matrix"], "statements", 8)
    # Browsers keep nothing of a signed-in page (no-store), so they never ask whether it is unchanged: they get it whole.
    yield measured("progress matrix, unchanged (sent whole)", "matrix", again(school.matrix), 40, 4)


def after_an_answer(request: Ask, database: Path) -> Iterator[Ask]:
    """The same page, each time with one more answer in the class: written from here, so that the server is not charged for it."""
    one = "(SELECT assignment_id FROM standings LIMIT 1), (SELECT student_id FROM standings LIMIT 1)"
    while True:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute(f"UPDATE standings SET answered = answered + 1 WHERE (assignment_id, student_id) = ({one})")
            connection.execute("UPDATE tallies SET n = n + 1 WHERE assignment_id = (SELECT min(assignment_id) FROM tallies)")
        yield request


# --- many at once ------------------------------------------------------------------------------------------------------


def answers_at_once(ground: Ground, look: dict[str, Answer]) -> Iterator[Result]:
    """16 students answer without a pause; each is one connection, which goes on with the next student."""
    students = ground.school.answers[18:]
    queues: list[list[Ask]] = [[] for _ in range(AT_ONCE)]
    for number, own in enumerate(students):
        queues[number % AT_ONCE] += own
    queues = [queue[: LOAD // AT_ONCE] for queue in queues]
    bare_ask = Ask("/b/{}-{}".format(*like(look["answer"])))
    bare_took, _refused, bare_wall = all_at_once(ground.bare.port, [[bare_ask] * len(queue) for queue in queues])
    took, refused, wall = all_at_once(ground.ours.port, queues)
    ground.acknowledged += len(took) - refused
    p99 = share(took, 0.99) * 1000
    yield Result("16 answer at once: half are faster than", share(took, 0.5) * 1000, "ms", None, share(took, 0.5) / share(bare_took, 0.5))
    yield by_value("16 answer at once: 99 of 100 are faster than", p99, "ms", 40, p99 / share(bare_took, 0.99) / 1000)
    yield by_value(
        "16 answer at once: answers", len(took) / wall, "a second", 1000, (len(took) / wall) / (len(bare_took) / bare_wall), True
    )
    yield by_value("16 answer at once: refused", refused, "answers", 0)


def sign_ins_at_once(ground: Ground) -> Result:
    """30 students at once, three times, each with the words checked by argon2."""
    from app.core.passwords import hasher

    stored = hasher.hash("x" * 64)
    floors = []
    rounds = []
    for number in range(3):
        some = ground.school.sign_ins[number * 30 : number * 30 + 30]
        for _ in range(6):
            begun = time.perf_counter()
            hasher.verify(stored, "x" * 64)
            floors.append(time.perf_counter() - begun)
        _took, refused, wall = all_at_once(ground.ours.port, [[ask] for ask in some])
        if refused:
            raise RuntimeError(f"{refused} of 30 sign-ins were refused ({words()!r})")
        rounds.append(wall)
    floor = median(floors) * 30 / (os.cpu_count() or 1)
    return by_ratio("30 sign in at once", median(rounds), "s", median(rounds) / floor, 1.6, "argon2 floor")


def kept(database: Path) -> int:
    """Answers in the database."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM answers").fetchone()[0])
    finally:
        connection.close()


# --- start, memory, check ----------------------------------------------------------------------------------------------


def starts(start_ours: Callable[[], Server], start_bare: Callable[[], Server]) -> Result:
    """From the start of the process to the first 200, with compiled lessons and a database that is there: the best of three."""
    figures: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(STARTS + 1):  # the very first one writes the compiled Python: never the best
        for kind, start in (("ours", start_ours), ("bare", start_bare)):
            server = start()
            figures[kind].append(server.started_in)
            server.stop()
    return by_value("start with data to the first 200", min(figures["ours"]), "s", 0.6, min(figures["ours"]) / min(figures["bare"]))


def memory(ground: Ground) -> Result:
    """After all of the load, with every public lesson page made."""
    line = Line(ground.ours.port)
    for locale in ("en", "fr", "ko"):
        for number in range(LESSONS):
            line.ask(Ask(f"/{locale}/lessons/{number}"))
    line.close()
    ours, bare = ground.ours.memory(), ground.bare.memory()
    return by_value("memory after load (PSS)", ours, "MB", 80, ours / bare if ours and bare else None)


def check_time(lessons: Path, n_lessons: str) -> Result:
    """`balise check`, in CPU seconds: on a quiet machine as long as one waits."""

    def children() -> float:
        used: Any = resource.getrusage(resource.RUSAGE_CHILDREN)
        return float(used.ru_utime + used.ru_stime)

    before = children()
    command = [sys.executable, "-m", "app.cli", "check", "--folder", str(lessons)]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True)
    if done.returncode not in (0, 1):  # 1: the lessons have mistakes, which took as long to find
        raise RuntimeError(done.stdout.decode()[-2000:] + done.stderr.decode()[-2000:])
    return by_value(f"balise check, {n_lessons} lessons", children() - before, "CPU s", 5)
