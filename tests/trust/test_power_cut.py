"""The power goes while answers are kept. A disk keeps what it has been told to keep (fsync); of what came after, anything or nothing.

Every write to the database's files is recorded (disk.c); then, for many moments, the files are put together as a disk could have them after
a cut at that moment: all that was synced, and of the writes since then a random part of their sectors of 512 bytes, in no order. SQLite opens
that, and every answer that was acknowledged before the cut has to be there.

Not modelled: a disk that says it has kept what it has not, and the loss of a whole file's name (a folder that was not synced).
`make drill` cuts more often (BALISE_DRILL)."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import SECRET  # noqa: F401  (the process that answers uses it)

HERE = Path(__file__).parent
DRILL = bool(os.environ.get("BALISE_DRILL"))
CUTS, ANSWERS = (400, 4000) if DRILL else (60, 300)
HEAD = struct.Struct("8q")
NAME, WRITE, TRUNCATE, SYNC, GONE, MARK = 1, 2, 3, 4, 5, 6
SECTOR = 512

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not (shutil.which("gcc") or shutil.which("cc")),
    reason="needs Linux and a C compiler: the recorder of file writes is compiled for the test",
)


@pytest.fixture(scope="module")
def recorder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("disk") / "disk.so"
    compiler = shutil.which("gcc") or shutil.which("cc")
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(made), str(HERE / "disk.c"), "-ldl", "-lpthread"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return made


class Disk:
    """The files as they are after each record: what is safe, and what is still under way."""

    def __init__(self, folder: Path) -> None:
        self.safe: dict[str, bytearray] = {}
        self.under_way: dict[str, list[tuple[int, int, bytes]]] = {}
        for file in folder.iterdir():
            if not file.name.endswith("-shm"):
                self.safe[str(file)] = bytearray(file.read_bytes())

    def take(self, what: int, name: str, offset: int, data: bytes) -> None:
        if what in (WRITE, TRUNCATE):
            self.under_way.setdefault(name, []).append((what, offset, data))
        elif what == SYNC:
            kept = self.safe.setdefault(name, bytearray())
            for one in self.under_way.pop(name, []):
                put(kept, *one)
        elif what == GONE:
            self.safe.pop(name, None)
            self.under_way.pop(name, None)

    def after_a_cut(self, dice: random.Random) -> dict[str, bytearray]:
        """One of the states a power cut at this moment can leave: each sector under way by the throw of a coin, with one bias for all."""
        files = {name: bytearray(kept) for name, kept in self.safe.items()}
        luck = dice.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        for name, pending in self.under_way.items():
            into = files.setdefault(name, bytearray())
            for what, offset, data in pending:
                if what == TRUNCATE:
                    if dice.random() < luck:
                        put(into, what, offset, data)
                    continue
                for at in range(0, len(data), SECTOR):
                    if dice.random() < luck:
                        put(into, WRITE, offset + at, data[at : at + SECTOR])
        return files


def put(into: bytearray, what: int, offset: int, data: bytes) -> None:
    if what == TRUNCATE:
        del into[offset:]
        into.extend(bytes(offset - len(into)))
        return
    if len(into) < offset:
        into.extend(bytes(offset - len(into)))
    into[offset : offset + len(data)] = data


def records(journal: Path) -> Iterator[tuple[int, str, int, bytes]]:
    names: dict[int, str] = {}
    with journal.open("rb") as source:
        while head := source.read(HEAD.size):
            what, number, offset, length, *_ = HEAD.unpack(head)
            data = source.read(length)
            if what == NAME:
                names[number] = data.decode()
            else:
                yield what, names[number], offset, data


def answer_under_a_recorder(compiled, tmp_path, recorder, synchronous: str) -> tuple[Path, Path, Disk]:
    data = shutil.copytree(compiled, tmp_path / "data")
    disk = Disk(data / "database")
    journal, marks = tmp_path / "journal", data / "database" / "marks"
    env = {**os.environ, "LD_PRELOAD": str(recorder), "BALISE_DISK": str(data / "database"), "BALISE_JOURNAL": str(journal)}
    command = [
        sys.executable,
        str(HERE / "answering.py"),
        str(data),
        str(compiled.parent / "lessons"),
        str(marks),
        str(ANSWERS),
        synchronous,
    ]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return journal, data / "database" / "balise.sqlite3", disk


def cut(compiled, tmp_path, recorder, synchronous: str) -> dict[str, int]:
    """What is lost over many cuts: answers that were acknowledged, and databases that do not open whole."""
    journal, database, disk = answer_under_a_recorder(compiled, tmp_path, recorder, synchronous)
    total = sum(1 for _ in records(journal))
    dice = random.Random(20261122)
    moments, acknowledged = set(dice.sample(range(total), min(CUTS, total))), set()
    found = {"cuts": 0, "lost": 0, "broken": 0, "acknowledged": 0, "answers": 0}
    place = tmp_path / "after"
    for at, (what, name, offset, data) in enumerate(records(journal)):
        if what == MARK:
            acknowledged.add(tuple(data.decode().split()))
        else:
            disk.take(what, name, offset, data)
        if at in moments:
            stored, whole = opened(disk.after_a_cut(dice), place, database.name)
            found["cuts"] += 1
            found["broken"] += not whole
            found["lost"] += len(acknowledged - stored)
            found["acknowledged"] += len(acknowledged)
    found["answers"] = len(acknowledged)
    return found


def opened(files: dict[str, bytearray], place: Path, database: str) -> tuple[set[tuple[str, str]], bool]:
    """(answers, whether the database is whole) as SQLite finds them after the cut."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name, content in files.items():
        (place / Path(name).name).write_bytes(content)
    connection = sqlite3.connect(place / database)
    try:
        whole = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return set(connection.execute("SELECT attempt_uuid, item_id FROM answers").fetchall()), whole
    except sqlite3.DatabaseError:
        return set(), False
    finally:
        connection.close()


@pytest.mark.promise("I-2", "I-1")
def test_a_power_cut_loses_no_acknowledged_answer(compiled, tmp_path, recorder, promise):
    found = cut(compiled, tmp_path, recorder, "full")
    promise.figure(
        "{lost} of {n} acknowledged answers lost in {cuts} power cuts while {answers} were kept, {broken} databases broken",
        n=found["acknowledged"], **{key: found[key] for key in ("lost", "cuts", "answers", "broken")},
    )  # fmt: skip
    assert found["answers"] == ANSWERS
    assert found["cuts"] >= CUTS
    assert (found["lost"], found["broken"]) == (0, 0)


@pytest.mark.promise("I-2")
def test_the_same_cuts_lose_answers_with_the_usual_setting(compiled, tmp_path, recorder, promise):
    """That the test above can see loss: with synchronous=NORMAL a commit is acknowledged before it is on the disk."""
    found = cut(compiled, tmp_path, recorder, "normal")
    promise.figure("with synchronous=NORMAL the same cuts lose {lost} of {n}", lost=found["lost"], n=found["acknowledged"])
    assert found["lost"] > 0
    assert found["broken"] == 0
