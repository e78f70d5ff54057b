"""Copies of a running site, and a site brought back from one: nothing acknowledged is missing, and what was erased stays erased.

`make drill` makes more copies of a larger database (BALISE_DRILL)."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import threading
import time
import uuid
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import SECRET, config_for
from making import AMY, WORDS, as_signed_in, change, make_attempt, make_students, on_both
from sqlalchemy import func, select, text
from trust.test_nothing_personal_is_kept import hits, planted, use_everything

from app import cli
from app.accounts.models import Invitation, Teacher
from app.accounts.queries import erase_account, invite
from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.queries import erase_all_of, erase_classroom, make_classroom, remove_student, take_back
from app.config import WrongConfiguration
from app.core import acts, clock, migrating
from app.core.db import db, make_engine
from app.core.library import library
from app.keeping import copying, ledger, own, restoring, sealing
from app.quizzes.models import Answer
from app.quizzes.queries import begin_attempt, questions_for, record_answer
from app.running import settle, tidy
from app.schools.queries import hand_over
from app.site import create_app

DRILL = bool(os.environ.get("BALISE_DRILL"))
COPIES, COPIES_IN_SHORT = 15, 4
WRITERS = 2


@pytest.fixture
def keys(tmp_path):
    """The private half of a key for copies, and where it lies."""
    from pyrage import x25519

    pair = x25519.Identity.generate()
    file = tmp_path / "elsewhere" / "key"
    file.parent.mkdir()
    file.write_text(f"{pair}\n")
    return pair, file


@pytest.fixture
def config(app, compiled):
    """The settings that the test's app was made with."""
    url = app.extensions["balise.engine"].url.render_as_string(hide_password=False)
    return replace(config_for(app.config["DATA"], lessons=compiled.parent / "lessons"), database_url=url)


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "copies").mkdir()
    return tmp_path / "copies"


@pytest.fixture
def older_copy(app, school, config, keys, elsewhere):
    """A copy from before Amy's sitting."""
    pair, _file = keys
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    with app.test_request_context():
        make_attempt(school.amy, school.assignment)
    return file


def yes(_name: str) -> bool:
    return True


def rows_of(url: str) -> dict[str, list[tuple]]:
    """Every row of every table that a restore must bring back as it was."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            names = (
                "teachers", "classrooms", "students", "assignments", "attempts", "answers", "standings", "tallies", "memberships",
            )  # fmt: skip
            return {name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}")).all()), key=str) for name in names}
    finally:
        engine.dispose()


class Writer(threading.Thread):
    """Answers questions one after the other; notes what was acknowledged, and when."""

    def __init__(self, app, student_id: int, assignment_id: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.app, self.student_id, self.assignment_id, self.stop = app, student_id, assignment_id, stop
        self.acknowledged: list[tuple[float, str, str]] = []

    def run(self) -> None:
        nth = 0
        while not self.stop.is_set():
            nth += 1
            attempt_uuid = str(uuid.uuid4())
            with self.app.test_request_context(method="POST"):
                student, given = as_signed_in(self.student_id), db.session.get_one(Assignment, self.assignment_id)
                quiz = library().quiz(given.lesson_slug)
                items = [quiz.item(i) for i in questions_for(quiz, student.band, nth)]
            for item in items:
                with self.app.test_request_context(method="POST"):
                    attempt = begin_attempt(student, given, quiz, attempt_uuid, nth, library().version)
                    record_answer(student, attempt, quiz, item, item.right, "en")
                    db.session.commit()
                    db.close()
                self.acknowledged.append((time.monotonic(), attempt_uuid, item.id))


@on_both
@pytest.mark.promise("K-1", "K-2", "K-4")
def test_copies_of_a_busy_site_are_whole_and_bring_it_back(app, school, config, keys, elsewhere, tmp_path, promise):
    """Copies while two write; the last one put in the place of a destroyed database: every acknowledged answer is there, and Amy gets in."""
    pair, _file = keys
    with app.test_request_context():
        students = make_students(school.class_6b, WRITERS)
    stop = threading.Event()
    writers = [Writer(app, s, school.assignment, stop) for s in students]
    for writer in writers:
        writer.start()
    copies = []
    for _ in range(COPIES if config.sqlite or DRILL else COPIES_IN_SHORT):
        while sum(len(w.acknowledged) for w in writers) < 3 * (len(copies) + 1):
            time.sleep(0.005)
        begun = time.monotonic()
        copies.append((begun, *copying.copy(config, elsewhere, pair.to_public())))
    stop.set()
    for writer in writers:
        writer.join(30)
    acknowledged = [a for w in writers for a in w.acknowledged]

    missing = 0
    for begun, file, manifest in copies:
        assert copying.look_over(config, file, pair) == manifest
        missing += max(0, sum(at < begun for at, _, _ in acknowledged) - manifest.rows["answers"])
        assert file.stat().st_mode & 0o077 == 0

    file, last = copying.copy(config, elsewhere, pair.to_public())
    before = rows_of(config.database_url)
    app.extensions["balise.engine"].dispose()
    destroy(config)
    done = restoring.restore(config, file, pair, yes)
    after = rows_of(config.database_url)
    different = sum(before[table] != after[table] for table in before)
    lost = {(a, i) for _, a, i in acknowledged} - {(row[1], row[2]) for row in after["answers"]}
    again = create_app(config)
    client = again.test_client()
    one, two, three = WORDS.split()
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "word1": one, "word2": two, "word3": three}
    signed_in = client.post("/en/sign-in", data=form).status_code
    again.extensions["balise.engine"].dispose()
    promise.figure(
        "{missing} of {n} acknowledged answers missing in {copies} copies made meanwhile, {lost} after destroying the site and bringing it back",
        missing=missing, n=len(acknowledged), copies=len(copies), lost=len(lost),
    )  # fmt: skip
    assert (missing, len(lost), different) == (0, 0, 0)
    assert signed_in == 303
    assert done.manifest.rows == last.rows
    assert done.before is None


def destroy(config) -> None:
    if config.sqlite:
        shutil.rmtree(copying.database_file(config).parent)
        return
    engine = make_engine(config.database_url)
    with engine.begin() as connection:
        restoring.drop_everything(connection)
    engine.dispose()


@pytest.mark.promise("K-1")
def test_a_plain_copy_of_the_file_would_be_missing_something(app, school, config, tmp_path):
    """That the test above can see loss: the database file copied by itself lacks what is still in the write-ahead log."""
    with app.test_request_context():
        make_attempt(school.amy, school.assignment)
    copied = shutil.copy(copying.database_file(config), tmp_path / "copied.sqlite3")
    with closing(sqlite3.connect(copied)) as one:
        assert one.execute("SELECT count(*) FROM answers").fetchone() == (0,)


@on_both
@pytest.mark.promise("K-4")
def test_a_stolen_copy_says_nothing(app, school, visit, config, keys, elsewhere, promise):
    pair, _file = keys
    use_everything(app, school, visit)
    secrets = [*planted(app, school), *markers(app)]
    file, manifest = copying.copy(config, elsewhere, pair.to_public())
    beside = copying.beside_of(file)
    stolen = file.read_bytes() + beside.read_bytes()
    found = hits(stolen, secrets)
    promise.figure(
        "{found} of {n} planted texts found in a stolen copy of {bytes} bytes", found=len(found), n=len(secrets), bytes=len(stolen)
    )
    assert found == []
    assert {f.stat().st_mode & 0o777 for f in (file, beside)} == {0o600}
    assert not list(app.config["DATA"].glob(copying.REMAINS + "*")), "nothing unsealed is left"
    inside = elsewhere / "inside"
    with inside.open("w+b") as out:
        sealing.unseal(file, out, pair)
    assert hits(inside.read_bytes(), markers(app)) == markers(app), "the scan can see: opened, all of it is there"
    assert manifest.rows["students"] == 3


def markers(app) -> list[str]:
    """What the database itself holds about people and classes."""
    with app.test_request_context():
        found = [s.secret_hash for s in db.session.scalars(select(Student))] + [c.code_hash for c in db.session.scalars(select(Classroom))]
        found += [x for t in db.session.scalars(select(Teacher)) for x in (t.email_hash, t.password_hash)]
        return list(dict.fromkeys(found))


@on_both
@pytest.mark.promise("K-6")
def test_what_was_erased_stays_erased_when_an_older_copy_is_brought_back(app, school, config, keys, elsewhere, promise):
    pair, _file = keys
    with app.test_request_context(method="POST"):
        gone_class = make_classroom(school.tremblay, "Gone", "B", "en", "UTC", 30, clock.today() + timedelta(50))
        ids = make_students(gone_class.id, 3)
        db.session.commit()
        make_attempt(school.amy, school.assignment)
        marks = [
            db.session.get_one(Student, school.min).mark,
            gone_class.mark,
            db.session.get_one(Assignment, school.assignment_other).mark,
        ]
        other = db.session.get_one(Teacher, school.board)
        marks.append(other.mark)
        bystander = db.session.get_one(Student, school.amy).mark
    file, manifest = copying.copy(config, elsewhere, pair.to_public())
    with app.test_request_context(method="POST"):
        remove_student(db.session.get_one(Student, school.min))
        take_back(db.session.get_one(Assignment, school.assignment_other))
        erase_classroom(db.session.get_one(Classroom, gone_class.id))
        erase_account(db.session.get_one(Teacher, school.board))
        db.session.commit()
        new_one = make_students(school.class_6b, 1, start=9)[0]  # came after the copy, and goes before the disaster
        remove_student(db.session.get_one(Student, new_one))
        db.session.commit()
    assert settle(app) == 5
    app.extensions["balise.engine"].dispose()
    destroy(config)  # with it the tombstones in the database: the ledger beside it has them
    done = restoring.restore(config, file, pair, yes)

    with app.test_request_context():
        back = [m for model in (Student, Classroom, Assignment, Teacher) for m in db.session.scalars(select(model.mark)) if m in marks]
        left = db.session.scalar(select(func.count()).where(Student.id.in_(ids)).select_from(Student))
        assert db.session.scalar(select(Student.id).where(Student.mark == bystander)) == school.amy
        assert db.session.scalar(select(func.count()).select_from(Answer)) == manifest.rows["answers"] > 0
        fresh = make_students(school.class_6b, 1, start=10)[0]
        assert fresh > new_one + 50_000, "no number of the lost database is given again"
    remains = [m for m in (mark.encode() for mark in marks) if any(m in row for row in bytes_of(config, tables_only=True))]
    promise.figure(
        "{back} of {n} erased classes, seats, lessons and accounts came back with an older copy", back=len(back) + left, n=len(marks)
    )
    assert (back, left, done.erased_again) == ([], 0, 4)
    assert remains == []


@on_both
@pytest.mark.promise("K-6")
def test_what_a_clock_years_ahead_swept_comes_back_with_a_copy_and_the_operator_is_told(app, school, config, keys, elsewhere):
    pair, _file = keys
    file, manifest = copying.copy(config, elsewhere, pair.to_public())
    take_out(app, school.min)
    copying.copy(config, elsewhere, pair.to_public())  # with it goes the ledger: the one beside the site forgets with the years
    clock.shift = timedelta(3650)
    own.believe_clock(config.data, sure=True)  # as somebody did who was wrong
    tidy(app)
    clock.shift = timedelta(0)
    app.extensions["balise.engine"].dispose()
    done = restoring.restore(config, file, pair, yes)
    with app.test_request_context():
        assert db.session.scalar(select(func.count()).select_from(Classroom)) == manifest.rows["classrooms"] > 0
        assert db.session.get(Student, school.min) is None, "she was taken out on a day that has been"
    assert done.erased_again == 1
    assert {one.table for one in done.from_the_future} == {"classrooms", "teachers"}
    assert {one.on for one in done.from_the_future} == {clock.today() + timedelta(3650)}


@on_both
@pytest.mark.promise("K-2", "K-6")
def test_a_class_that_was_handed_over_before_its_teacher_was_erased_is_there_in_an_older_copy(
    app, school, visit, config, keys, elsewhere, promise
):
    """In the copy it is still the erased teacher's, and must not go with her; nor may anything of her come back."""
    pair, _file = keys
    with app.test_request_context(method="POST"):
        own_class = make_classroom(school.tremblay, "Her own", "B", "en", "UTC", 30, clock.today() + timedelta(50)).id
        db.session.commit()
        teacher = db.session.get_one(Teacher, school.tremblay)
        teacher.password_hash = teacher.password_hash[:-6] + "Hers01"  # the others of the tests have the same
        db.session.commit()
        personal = [teacher.mark, teacher.email_hash, teacher.display_name, teacher.password_hash, teacher.totp_salt]
        answers = db.session.scalar(select(func.count()).select_from(Answer))
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    with app.test_request_context(method="POST"):
        hand_over(db.session.get_one(Classroom, school.class_6b), school.lead)
        erase_all_of(school.tremblay)
        erase_account(db.session.get_one(Teacher, school.tremblay))
        db.session.commit()
    settle(app)
    app.extensions["balise.engine"].dispose()
    done = restoring.restore(config, file, pair, yes)
    with app.test_request_context():
        lost = int(db.session.get(Classroom, school.class_6b) is None)
        assert db.session.get(Classroom, own_class) is None
        assert db.session.scalar(select(func.count()).select_from(Answer)) == answers
    rows = bytes_of(config)
    back = [one for one in personal if any(f"'{one}'".encode() in row for row in rows)]
    promise.figure(
        "{lost} of {n} classes that had been handed over lost, {back} values of the erased account back", lost=lost, n=1, back=len(back)
    )
    assert (lost, back, done.erased_again, done.left_over) == (0, [], 2, 1)
    lead = visit("Ms Lead")
    taken = {"teacher": str(school.lead), "sure": "y"}
    assert lead.post(f"/en/schools/classes/{school.class_6b}/hand-over", taken).status_code == 303
    assert lead.get(f"/en/classrooms/{school.class_6b}").status_code == 200


@on_both
@pytest.mark.promise("K-5")
def test_a_second_restore_of_the_same_copy_gives_no_number_of_the_first_again(app, school, config, keys, elsewhere):
    """Nor does one of a copy in which a table had given none yet."""
    pair, _file = keys
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    given = []
    for _ in range(3):
        app.extensions["balise.engine"].dispose()
        restoring.restore(config, file, pair, yes)
        with app.test_request_context(method="POST"):
            given.append(make_classroom(school.tremblay, "New", "B", "en", "UTC", 30, clock.today() + timedelta(50)).id)
            acts.record(db.session.connection(), school.tremblay, None, "signed-in")
            db.session.commit()
    assert given[2] > given[1] + 50_000 > given[0] + 100_000


def bytes_of(config, tables_only: bool = False) -> list[bytes]:
    """Every row of the tables in which something was erased, as text."""
    engine = make_engine(config.database_url)
    try:
        with engine.connect() as connection:
            return [
                str(row).encode()
                for t in ("students", "classrooms", "assignments", "teachers")
                for row in connection.execute(text(f"SELECT * FROM {t}"))
            ]
    finally:
        engine.dispose()


def take_out(app, student_id: int) -> None:
    """A teacher removes a student, and the files are rid of it."""
    with app.test_request_context(method="POST"):
        remove_student(db.session.get_one(Student, student_id))
        db.session.commit()
    settle(app)


def test_without_the_ledger_the_erased_would_be_back(app, school, config, keys, elsewhere):
    """That the test above can see it."""
    pair, _file = keys
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    take_out(app, school.min)
    app.extensions["balise.engine"].dispose()
    destroy(config)
    ledger.ledger_in(config.data).unlink()
    restoring.restore(config, file, pair, yes)
    with app.test_request_context():
        assert db.session.get(Student, school.min) is not None


@on_both
@pytest.mark.promise("K-6", "C-1")
def test_a_restore_opens_no_session_link_or_code_of_then(app, school, visit, config, keys, elsewhere):
    pair, _file = keys
    amy = visit("Amy")
    with app.test_request_context(method="POST"):
        token = invite("new@school.example")
        db.session.commit()
    change(app, Student, school.min, reset_hash="x" * 64, reset_until=clock.seconds() + 600)
    assert amy.get("/en/my-lessons").status_code == 200
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    app.extensions["balise.engine"].dispose()
    restoring.restore(config, file, pair, yes)
    assert b"word1" in amy.get("/en/my-lessons").data
    assert visit().get(f"/en/accounts/invitation/{token}").status_code == 404
    with app.test_request_context():
        assert db.session.scalar(select(func.count()).select_from(Invitation)) == 0
        assert db.session.get_one(Student, school.min).reset_hash is None


@on_both
@pytest.mark.promise("P-3")
def test_a_restore_over_data_asks_for_the_name_and_copies_what_is_there_first(app, config, keys, older_copy):
    pair, _file = keys
    app.extensions["balise.engine"].dispose()
    before = rows_of(config.database_url)
    asked = []
    with pytest.raises(WrongConfiguration, match="its name is typed"):
        restoring.restore(config, older_copy, pair, lambda name: asked.append(name))
    assert asked == [config.database_url.rpartition("/")[2]]
    assert rows_of(config.database_url) == before
    done = restoring.restore(config, older_copy, pair, yes)
    assert rows_of(config.database_url)["answers"] == []
    assert copying.look_over(config, done.before, pair).rows["answers"] == len(before["answers"]) > 0
    restoring.restore(config, done.before, pair, yes)
    assert rows_of(config.database_url) == before, "and back again"


@pytest.mark.promise("K-2")
def test_a_broken_database_is_sealed_as_it_is_and_replaced(app, school, config, keys, elsewhere):
    pair, _file = keys
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    app.extensions["balise.engine"].dispose()
    place = copying.database_file(config)
    place.write_bytes(b"a letter to a friend " * 500)
    done = restoring.restore(config, file, pair, yes)
    assert done.before.name.endswith("-as-it-was.age")
    out = elsewhere / "opened"
    with out.open("w+b") as opened:
        sealing.unseal(done.before, opened, pair)
    assert out.read_bytes().startswith(b"a letter to a friend ")
    assert len(rows_of(config.database_url)["students"]) == 3


@on_both
@pytest.mark.promise("K-2")
def test_a_restore_under_a_running_server_changes_nothing(app, config, keys, older_copy):
    pair, _file = keys
    with app.extensions["balise.engine"].connect() as running:
        running.execute(text("SELECT count(*) FROM students"))
        with pytest.raises(WrongConfiguration, match="stop the server"):
            restoring.restore(config, older_copy, pair, yes)
        assert running.execute(text("SELECT count(*) FROM answers")).scalar() > 0
    assert len(rows_of(config.database_url)["answers"]) > 0


@pytest.mark.promise("K-1", "K-4")
def test_a_copy_that_is_changed_cut_off_or_somebody_elses_is_told_apart(app, school, config, keys, elsewhere, promise):
    from pyrage import x25519

    pair, _file = keys
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    whole, dice = file.read_bytes(), __import__("random").Random(3)
    copying.look_over(config, file)
    taken = 0
    spoiled = [whole[: len(whole) * n // 20] for n in range(20)]
    for _ in range(30):
        place = dice.randrange(len(whole))
        spoiled.append(whole[:place] + bytes([whole[place] ^ (1 << dice.randrange(8))]) + whole[place + 1 :])
    for one in spoiled:
        file.write_bytes(one)
        for key in (None, pair):
            try:
                copying.look_over(config, file, key)
                taken += 1
            except WrongConfiguration:
                pass
    promise.figure("{taken} of {n} spoiled copies taken for whole, with and without the key", taken=taken, n=2 * len(spoiled))
    assert taken == 0
    file.write_bytes(whole)
    copying.look_over(config, file, pair)
    with pytest.raises(WrongConfiguration, match="not made for this key"):
        copying.look_over(config, file, x25519.Identity.generate())
    with pytest.raises(WrongConfiguration, match="present key"):
        copying.look_over(replace(config, secret=SECRET[::-1]), file, pair)
    forged = json.loads(copying.beside_of(file).read_bytes())
    copying.beside_of(file).write_text(json.dumps({**forged, "rows": {}}))
    with pytest.raises(WrongConfiguration, match="present key"):
        copying.look_over(config, file)


def test_copies_go_after_35_days_and_too_old_ones_are_not_brought_back(app, school, config, keys, elsewhere):
    pair, _file = keys
    first, _ = copying.copy(config, elsewhere, pair.to_public())
    kept = shutil.copy(first, elsewhere.parent / "kept.age")
    clock.shift = timedelta(34, 80000)
    copying.copy(config, elsewhere, pair.to_public())
    assert first.exists()
    clock.shift = timedelta(35, 60)
    copying.copy(config, elsewhere, pair.to_public())
    assert not first.exists()
    assert not copying.beside_of(first).exists()
    app.extensions["balise.engine"].dispose()
    with pytest.raises(WrongConfiguration, match="older than 35 days"):
        restoring.restore(config, Path(kept), pair, yes)
    restoring.restore(config, Path(kept), pair, yes, even_if_old=True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
@pytest.mark.promise("K-1", "K-2")
def test_a_full_disk_is_a_sentence_and_no_copy_is_called_damaged_for_it(app, school, config, keys, elsewhere, monkeypatch):
    """Whoever is told that the last copy is damaged makes room by deleting it."""
    pair, _file = keys
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    app.extensions["balise.engine"].dispose()
    before, opened = rows_of(config.database_url), os.fdopen

    def full(number, mode):
        """As if what is written here were on a full disk."""
        os.close(number)
        return open("/dev/full", mode, buffering=0 if "+" in mode else -1)

    monkeypatch.setattr(os, "fdopen", lambda number, mode="r": full(number, mode) if mode.startswith("w") else opened(number, mode))
    for folder, work in (
        (config.data, lambda: copying.look_over(config, file, pair)),
        (copying.database_file(config).parent, lambda: restoring.restore(config, file, pair, yes)),
        (elsewhere, lambda: copying.copy(config, elsewhere, pair.to_public())),
    ):
        with pytest.raises(WrongConfiguration, match=f"no room left on the disk that {folder} is on"):
            work()
    monkeypatch.undo()
    assert rows_of(config.database_url) == before
    assert sorted(f.name for f in elsewhere.iterdir()) == sorted([file.name, copying.beside_of(file).name]), "nothing unfinished is left"
    copying.look_over(config, file, pair)


class Full(io.RawIOBase):
    """A file on a disk that is full."""

    def writable(self):
        return True

    def write(self, _piece):
        raise OSError(28, "No space left on device")


def test_that_the_disk_is_full_is_told_from_other_mistakes():
    import errno

    from pyrage import EncryptError, decrypt_io, encrypt_io, x25519

    with closing(sqlite3.connect(":memory:")) as small:
        small.execute("CREATE TABLE t (v)")
        small.execute("PRAGMA max_page_count=3")
        with pytest.raises(sqlite3.OperationalError) as full:
            small.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert sealing.is_full(full.value)
    pair, whole = x25519.Identity.generate(), io.BytesIO()
    encrypt_io(io.BytesIO(b"x" * 10**6), whole, [pair.to_public()])
    for work in (lambda: encrypt_io(io.BytesIO(b"x" * 10**6), Full(), [pair.to_public()]), lambda: decrypt_io(whole, Full(), [pair])):
        whole.seek(0)
        with pytest.raises((OSError, EncryptError)) as told:
            work()
        assert sealing.is_full(told.value), told.value
    assert sealing.is_full(OSError(errno.EDQUOT, "quota"))
    assert not sealing.is_full(OSError(errno.EIO, "the disk is broken"))
    assert not sealing.is_full(sqlite3.DatabaseError("malformed"))


@pytest.mark.promise("K-7")
def test_what_was_unfinished_or_broken_goes_like_a_copy(app):
    place = app.config["DATA"] / "before-restore"
    place.mkdir()
    names = ("balise-20261101T000000Z-as-it-was.age", "balise-20261101T000000Z-2-as-it-was.age", "balise-20261101T000000Z.age.unfinished")
    for name in names:
        (place / name).touch()
    os.utime(place / names[-1], (clock.seconds() - 60, clock.seconds() - 60))
    clock.shift = timedelta(minutes=50)
    copying.forget_old_copies(place)
    assert sorted(f.name for f in place.iterdir()) == sorted(names)
    clock.shift = timedelta(35)
    tidy(app)
    assert list(place.iterdir()) == []


@pytest.mark.promise("K-4")
def test_what_a_killed_restore_left_beside_a_database_that_lies_elsewhere_goes(app, config, tmp_path, loaded):
    moved = tmp_path / "other disk" / "site.sqlite3"
    moved.parent.mkdir()
    shutil.copy(copying.database_file(config), moved)
    left = moved.parent / (copying.REMAINS + "x")
    left.mkdir()
    not_ours = moved.parent / "copying-machine-manuals"
    not_ours.mkdir()
    there = loaded.create_app(replace(config, database_url=f"sqlite:///{moved}"))
    tidy(there)
    assert left.exists(), "it may be under way"
    clock.shift = timedelta(hours=2)
    tidy(there)
    assert not left.exists()
    assert not_ours.exists(), "what others keep there is theirs"
    there.extensions["balise.engine"].dispose()


def test_a_copy_of_an_older_form_is_brought_to_the_present_one(app, school, config, keys, elsewhere, monkeypatch):
    """Before 0005 there were no marks: they are drawn when it is brought back."""
    pair, _file = keys
    engine = app.extensions["balise.engine"]
    migrating.downgrade(engine, "0004")
    engine.dispose()
    monkeypatch.setattr(copying, "in_present_form", lambda _config: "0004")
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    monkeypatch.undo()
    destroy(config)
    restoring.restore(config, file, pair, yes)
    with app.test_request_context():
        marks = db.session.scalars(select(Student.mark)).all()
        assert len(set(marks)) == 3
        assert all(len(mark) == 16 for mark in marks)


@pytest.mark.promise("P-3", "K-1", "K-2")
def test_the_commands_make_a_key_a_copy_and_bring_the_site_back(tmp_path, commanded, monkeypatch, capsys):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    copies = tmp_path / "copies"
    copies.mkdir()
    key = tmp_path / "usb" / "key"
    assert cli.main(["backup", str(copies)]) == 2
    assert "balise backup-key FILE" in capsys.readouterr().err
    key.parent.mkdir()
    assert cli.main(["backup-key", str(key)]) == 0
    assert cli.main(["backup-key", str(key)]) == 2
    told = capsys.readouterr()
    assert key.read_text().strip() not in told.out + told.err
    assert key.read_text().startswith("AGE-SECRET-KEY-")
    assert key.stat().st_mode & 0o077 == 0
    assert not any(b"AGE-SECRET-KEY" in f.read_bytes() for f in commanded.rglob("*") if f.is_file()), (
        "the private half is nowhere on the site"
    )
    assert cli.main(["backup", str(copies)]) == 0
    (file,) = copies.glob("*.age")
    assert cli.main(["verify", str(file)]) == 0
    assert cli.main(["verify", str(file), "--key", str(key)]) == 0
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert cli.main(["restore", str(file), "--key", str(key)]) == 2
    assert cli.main(["restore", str(file), "--key", str(key), "--over", "something"]) == 2
    assert "balise.sqlite3" in capsys.readouterr().err
    assert cli.main(["restore", str(file), "--key", str(key), "--over", "balise.sqlite3"]) == 0
    assert "erased again" in capsys.readouterr().out
    ledger.append(copies / "erased", [ledger.Erased(clock.today() + timedelta(days), "students", f"{days:016x}") for days in (2, 3, 900)])
    assert cli.main(["restore", str(file), "--key", str(key), "--over", "balise.sqlite3"]) == 0
    assert f"2 marks of what was erased are dated ahead of today (until {clock.today() + timedelta(900)})" in capsys.readouterr().out


@on_both
@pytest.mark.promise("P-1", "P-2", "K-1")
def test_no_command_goes_by_another_key_than_the_database_was_made_with(app, school, config, keys, elsewhere, monkeypatch, capsys):
    """The copy would look well, and bring nobody back. PostgreSQL has no file that says it is used: there a new key is made, and refused."""
    _pair, key = keys
    monkeypatch.setenv("BALISE_DATA", str(config.data))
    monkeypatch.setenv("DATABASE_URL", config.database_url)
    monkeypatch.setenv("BALISE_SECRET", SECRET.decode())
    app.extensions["balise.engine"].dispose()
    assert cli.main(["backup-key", str(key.with_name("new"))]) == 0
    assert cli.main(["backup", str(elsewhere)]) == 0
    (file,) = elsewhere.glob("*.age")
    assert cli.main(["verify", str(file)]) == 0
    if config.sqlite:
        monkeypatch.setenv("BALISE_SECRET", SECRET.decode()[::-1])
    else:
        monkeypatch.delenv("BALISE_SECRET")
    capsys.readouterr()
    for words in (["backup", str(elsewhere)], ["verify", str(file)], ["schools"]):
        assert cli.main(words) == 2
        assert f"Bring back {config.data / 'keys' / 'secret'}" in capsys.readouterr().err
    assert cli.main(["doctor"]) == 1
    assert "key          WRONG: This database was made with another key" in capsys.readouterr().out
    assert list(elsewhere.glob("*.age")) == [file]


def test_where_nobody_has_a_class_yet_the_record_of_staff_tells_whose_key_it_is(app, school, config):
    with app.test_request_context(method="POST"):
        for room in db.session.scalars(select(Classroom)).all():
            erase_classroom(room)
        acts.record(db.session.connection(), school.tremblay, None, "signed-in")
        db.session.commit()
    own.key_fits(config)
    with pytest.raises(WrongConfiguration, match="another key"):
        own.key_fits(replace(config, secret=SECRET[::-1]))


def test_classes_of_a_time_with_a_wrong_key_do_not_lock_the_right_one_out(app, school, config):
    change(app, Classroom, school.class_other, code_hash="0" * 64)
    own.key_fits(config)


@pytest.mark.promise("P-1", "P-2", "K-7")
def test_no_command_goes_by_a_clock_that_leapt(tmp_path, commanded, monkeypatch, capsys):
    """A start, a copy (which would take good ones for old) and a restore say so, and what to do."""
    copies, key = tmp_path / "copies", tmp_path / "key"
    copies.mkdir()
    for words in (["clock-is-right"], ["backup-key", str(key)], ["backup", str(copies)]):
        assert cli.main(words) == 0
    (file,) = copies.glob("*.age")
    monkeypatch.setattr(clock, "shift", timedelta(3650))
    capsys.readouterr()
    restore = ["restore", str(file), "--key", str(key), "--over", "balise.sqlite3"]
    for words in (["schools"], ["backup", str(copies)], restore):
        assert cli.main(words) == 2
        assert "`balise clock-is-right`" in capsys.readouterr().err
    assert list(copies.glob("*.age")) == [file]
    assert cli.main(["doctor"]) == 1
    assert "clock        WRONG: The clock of this machine says" in capsys.readouterr().out
    assert cli.main(["clock-is-right"]) == 0
    assert cli.main(["backup", str(copies)]) == 0
    assert not file.exists()


@on_both
@pytest.mark.promise("K-5")
def test_a_number_is_never_given_again(app, school, promise):
    """A bookmark, a session or an answer of an erased class, lesson, seat or account must not become the next one's."""
    given, again = {"classrooms": [], "students": [], "assignments": [], "teachers": []}, 0
    for _ in range(5):
        with app.test_request_context(method="POST"):
            from making import colleague

            from app.classrooms.queries import assign

            teacher = colleague(db.session.get_one(Teacher, school.tremblay), "Ms Short")
            room = make_classroom(teacher.id, "Short", "B", "en", "UTC", 30, clock.today() + timedelta(50))
            seat = make_students(room.id, 1)[0]
            lesson = assign(room, "sextortion", clock.today(), None)
            db.session.commit()
            for table, number in (("classrooms", room.id), ("students", seat), ("assignments", lesson.id), ("teachers", teacher.id)):
                again += number in given[table]
                given[table].append(number)
        with app.test_request_context(method="POST"):
            teacher = db.session.get_one(Teacher, given["teachers"][-1])
            take_back(db.session.get_one(Assignment, given["assignments"][-1]))
            erase_all_of(teacher.id)
            erase_account(teacher)
            db.session.commit()
    promise.figure("{again} of {n} numbers given a second time", again=again, n=sum(map(len, given.values())))
    assert again == 0


MEGABYTES = 100 if DRILL else 8


@on_both
@pytest.mark.promise("K-2")
def test_a_large_site_is_copied_and_back_within_a_minute(app, school, config, keys, elsewhere, promise):
    pair, _file = keys
    grow(app, school, MEGABYTES)
    begun = time.monotonic()
    file, _ = copying.copy(config, elsewhere, pair.to_public())
    copied = time.monotonic() - begun
    app.extensions["balise.engine"].dispose()
    done = restoring.restore(config, file, pair, yes)
    promise.figure(
        "{n} MB copied in {copied} ms and brought back in {back} ms, with a copy of what was there before",
        n=MEGABYTES, copied=round(copied * 1000), back=round(done.seconds * 1000),
    )  # fmt: skip
    assert done.seconds < 60


def grow(app, school, megabytes: int) -> None:
    """Fill the database with sittings until it is about that large: 1,200 answers and their sittings take some 200 KB."""
    sittings = megabytes * 1000
    engine = app.extensions["balise.writer"]
    with app.test_request_context():
        students = make_students(school.class_6b, 20)
    attempts = "INSERT INTO attempts VALUES (:u, :s, :a, :n, :items, 'v', '2026-11-01', '2026-11-01', FALSE)"
    answers = "INSERT INTO answers VALUES (:s, :u, :i, 'an-option-that-is-chosen', :r, '2026-11-01')"
    for start in range(0, sittings, 2000):
        made = [
            {"u": str(uuid.uuid4()), "s": students[n % 20], "a": school.assignment, "n": 10 + n // 20, "items": "a-question " * 6}
            for n in range(start, min(start + 2000, sittings))
        ]
        with engine.begin() as connection:
            connection.execute(text(attempts), made)
            connection.execute(text(answers), [{**row, "i": f"question-number-{n}", "r": True} for row in made for n in range(6)])
