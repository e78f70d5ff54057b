"""What is erased is gone from the files, byte by byte, and what is past its time is erased, however long nobody looked."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from making import change, colleague, make_attempt, make_students, on_both
from sqlalchemy import func, select, text

from app.accounts.models import Invitation, Teacher
from app.accounts.queries import erase_account, invite
from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.queries import erase_all_of, erase_classroom, remove_student
from app.config import WrongConfiguration
from app.core import acts, clock, sessions, throttle, tombstones
from app.core.acts import StaffAct
from app.core.db import db
from app.core.sessions import SessionRow
from app.core.throttle import Throttle
from app.core.tombstones import Tombstone
from app.keeping import copying, ledger, own
from app.keeping.erasing import SETTLE_EVERY
from app.privacy.queries import LIFE, inventory
from app.quizzes.models import Answer, Attempt
from app.running import settle, tidy

WITHIN = 60  # seconds, on SQLite


def files_of(app, postgres) -> list[Path]:
    """Every file that the site, or its database, keeps rows in."""
    found = [f for f in app.config["DATA"].rglob("*") if f.is_file() and "keys" not in f.parts]
    if app.extensions["balise.engine"].dialect.name == "postgresql":
        with app.test_request_context():
            oid = db.session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        found += [f for f in (postgres.folder / "data" / "base" / str(oid)).rglob("*") if f.is_file()]
    return found


def found_in(files: list[Path], planted: list[str]) -> list[str]:
    content = [f.read_bytes() for f in files if f.exists()]
    return [text for text in planted if any(text.encode() in part for part in content)]


def use(app, school, visit) -> list[str]:
    """Everything about Ms Short, her class and the three in it; returns what of it stands in the database. Random and long: no accident."""
    with app.test_request_context(method="POST"):
        from app.classrooms.queries import assign, make_classroom

        teacher = colleague(db.session.get_one(Teacher, school.tremblay), "Ms Shortlived")
        teacher.password_hash = teacher.password_hash[:-6] + "Short1"
        room = make_classroom(teacher.id, "Shortlived 7Q", "B", "en", "UTC", 30, clock.today() + timedelta(50))
        lesson = assign(room, "sextortion", clock.today(), None)
        seats = make_students(room.id, 3)
        planted = [teacher.email_hash, teacher.display_name, teacher.password_hash, teacher.totp_salt, teacher.mark]
        planted += [room.label, room.code_seed, room.code_hash, room.mark, lesson.mark]
        for number, seat in enumerate(seats):
            row = db.session.get_one(Student, seat)
            row.secret_hash, row.reset_hash = f"$argon2id$of-shortlived-{number}-{os.urandom(8).hex()}", os.urandom(16).hex()
            planted += [row.secret_hash, row.reset_hash, row.mark]
        db.session.commit()
        planted += [make_attempt(seat, lesson.id) for seat in seats]
        for seat in seats:
            sessions.begin("student", seat)
        planted += list(
            db.session.scalars(select(SessionRow.token_hash).where(SessionRow.person_id.in_(seats), SessionRow.kind == "student"))
        )
        db.session.commit()
    visit().get(f"/en/guides/family/{lesson.family_code}")
    return planted


def erase_in_three_steps(app) -> None:
    """A seat, a class, and the account."""
    with app.test_request_context(method="POST"):
        teacher = db.session.scalars(select(Teacher).where(Teacher.display_name == "Ms Shortlived")).one()
        room = db.session.scalars(select(Classroom).where(Classroom.teacher_id == teacher.id)).one()
        remove_student(db.session.scalars(select(Student).where(Student.classroom_id == room.id)).first())
        db.session.commit()
        erase_classroom(room)
        db.session.commit()
        erase_all_of(teacher.id)
        erase_account(teacher)
        db.session.commit()


@on_both
@pytest.mark.promise("K-5")
def test_of_what_is_erased_not_a_byte_is_left_in_any_file(app, school, visit, request, promise):
    postgres = request.getfixturevalue("postgres") if "postgres" in request.node.name else None
    planted = use(app, school, visit)
    flush(app)
    assert found_in(files_of(app, postgres), planted) == planted, "the search can see all of it before"
    erase_in_three_steps(app)
    begun = time.monotonic()
    assert (tidy if postgres else settle)(app) == 3
    seconds = time.monotonic() - begun
    flush(app)
    files = files_of(app, postgres)
    marks = [
        planted[4],
        planted[8],
        planted[12],
    ]  # of the account, the class and the seat: the ledger and the tombstones have them, on purpose
    left = [text for text in found_in(files, planted) if text not in marks]
    promise.figure(
        "{left} of {n} values of an erased account, class and seats left in {files} files", left=len(left), n=len(planted), files=len(files)
    )
    assert left == []
    assert SETTLE_EVERY + seconds < WITHIN or postgres
    with app.test_request_context():
        assert db.session.scalar(tombstones.WAITING) == 0
    assert {e.table for e in ledger.read(ledger.ledger_in(app.config["DATA"]))} == {"students", "classrooms", "teachers"}


def flush(app) -> None:
    """PostgreSQL writes its pages to their files some time later; SQLite has done so."""
    if app.extensions["balise.engine"].dialect.name == "postgresql":
        with app.extensions["balise.engine"].connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))


@pytest.mark.promise("K-5")
def test_deleting_alone_would_leave_it_in_the_write_ahead_log(app, school, visit):
    """That the search can see loss of care: without `settle` the log still holds the rows."""
    planted = use(app, school, visit)
    settle(app)
    with app.test_request_context():
        db.session.execute(text("SELECT 1"))
    erase_in_three_steps(app)
    assert len(found_in(files_of(app, None), planted)) > 10


@pytest.mark.promise("K-5")
def test_erasing_waits_for_a_reader_and_then_is_thorough(app, school, visit):
    planted = use(app, school, visit)
    with app.extensions["balise.engine"].connect() as reader:
        reader.execute(text("SELECT count(*) FROM students")).scalar()  # a long look at the state before
        erase_in_three_steps(app)
        assert settle(app) == 3
        with app.test_request_context():
            assert db.session.scalar(tombstones.WAITING) == 3, "not settled while somebody still reads the old state"
    assert settle(app) == 3
    with app.test_request_context():
        assert db.session.scalar(tombstones.WAITING) == 0
    assert settle(app) == 0
    marks = {e.mark for e in ledger.read(ledger.ledger_in(app.config["DATA"]))}
    assert [text for text in found_in(files_of(app, None), planted) if text not in marks] == []


@pytest.mark.promise("K-5")
def test_a_running_site_does_so_by_itself(app, school, visit, monkeypatch):
    from app import running
    from app.keeping import erasing

    monkeypatch.setattr(erasing, "SETTLE_EVERY", 0.05)
    planted = use(app, school, visit)
    threading.Thread(target=running.look_after, args=(app,), daemon=True).start()
    erase_in_three_steps(app)
    marks = {planted[4], planted[8], planted[12]}
    until = time.monotonic() + 20
    while set(found_in(files_of(app, None), planted)) - marks:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_ledger_that_was_cut_off_is_read_up_to_there(tmp_path):
    file = ledger.ledger_in(tmp_path)
    one, two = (ledger.Erased(date(2026, 11, day), "students", f"{day:016x}") for day in (1, 2))
    ledger.append(file, [one])
    with file.open("a") as out:
        out.write("2026-11-22 stud")  # the power went
    ledger.append(file, [two])
    assert ledger.read(file) == {one, two}
    assert file.stat().st_mode & 0o077 == 0
    clock.shift = date(2026, 11, 1) + timedelta(61) - clock.today()
    try:
        ledger.forget_old(file)
    finally:
        clock.shift = timedelta(0)
    assert ledger.read(file) == {two}


# --- how long things are kept ------------------------------------------------------------------------------------------------------


def in_classes(app, school) -> None:
    change(app, Classroom, school.class_6b, ends_on=clock.today("UTC"))


CASES = {
    # life: (what is made, where it is counted, days after which it is still there, days after which it is gone)
    "class": (in_classes, lambda school: select(func.count()).where(Student.classroom_id == school.class_6b), 30, 31),
    "week": (
        lambda app, school: invite("new@school.example"),
        lambda school: select(func.count()).select_from(Invitation),
        6.99,
        7.01,
    ),
    "hours": (
        lambda app, school: sessions.begin("teacher", school.tremblay),
        lambda school: select(func.count()).where(SessionRow.kind == "teacher", SessionRow.person_id == school.tremblay),
        7.9 / 24,
        8.1 / 24,
    ),
    "minutes": (
        lambda app, school: (
            setattr(db.session.get_one(Student, school.amy), "reset_hash", "x" * 64)
            or setattr(db.session.get_one(Student, school.amy), "reset_until", clock.seconds() + 900)
        ),
        lambda school: select(func.count()).where(Student.id == school.amy, Student.reset_hash.is_not(None)),
        14 / 1440,
        16 / 1440,
    ),
    "60-days": (
        lambda app, school: (throttle.try_now("student nobody", throttle.From.ELSEWHERE), tombstones.bury("students", "0" * 16)),
        lambda school: select(
            select(func.count()).select_from(Throttle).scalar_subquery() + select(func.count()).select_from(Tombstone).scalar_subquery()
        ),
        59,
        61,
    ),
    "account": (
        lambda app, school: setattr(db.session.get_one(Teacher, school.lead), "signed_in_on", clock.today()),
        lambda school: select(func.count()).where(Teacher.id == school.lead),
        395,
        396,
    ),
    "year": (
        lambda app, school: acts.record(db.session.connection(), school.tremblay, None, "signed-in"),
        lambda school: select(func.count()).select_from(StaffAct),
        364.9,
        365.1,
    ),
}
FOREVER = {"content"}  # about nobody


def test_every_length_of_time_in_the_data_inventory_has_a_case():
    used = {column["life"] for columns in inventory().values() for column in columns.values()}
    assert used == set(LIFE) == set(CASES) | FOREVER


@pytest.mark.parametrize("life", CASES)
@pytest.mark.parametrize("app", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.promise("K-7")
def test_what_is_kept_for_a_time_is_there_to_the_last_day_and_gone_after_it(app, school, life, promise):
    make, counted, still, over = CASES[life]
    with app.test_request_context(method="POST"):
        make(app, school)
        db.session.commit()

    def there_after(days: float) -> int:
        clock.shift = timedelta(days)
        tidy(app)
        with app.test_request_context():
            return db.session.scalar(counted(school))

    before, after = there_after(still), there_after(over)
    promise.figure("{early} of {n} kinds of data gone too early, {late} kept too long", early=int(not before), late=int(bool(after)), n=1)
    assert before > 0
    assert after == 0


@on_both
@pytest.mark.promise("K-7")
def test_ninety_days_in_which_nobody_tidied_are_caught_up_with_at_once(app, school, visit, promise):
    with app.test_request_context(method="POST"):
        for make, *_rest in CASES.values():
            make(app, school)
            db.session.commit()
        make_attempt(school.amy, school.assignment)
        db.session.execute(text("UPDATE teachers SET signed_in_on = created_on"))
        db.session.commit()
    clock.shift = timedelta(395 + 90)
    tidy(app)
    with app.test_request_context():
        counts = {life: db.session.scalar(counted(school)) for life, (_make, counted, *_days) in CASES.items()}
        counts |= {
            model.__tablename__: db.session.scalar(select(func.count()).select_from(model)) for model in (Attempt, Answer, Assignment)
        }
        overdue = sum(n for life, n in counts.items() if life != "60-days")
        assert counts["60-days"] <= db.session.scalar(
            select(func.count()).where(Tombstone.erased_on == clock.today()).select_from(Tombstone)
        )
        assert acts.broken(db.session.connection()) == ""
    promise.figure("{overdue} rows overdue of {n} kinds after 90 days without tidying", overdue=overdue, n=len(CASES))
    assert overdue == 0


@on_both
@pytest.mark.promise("K-7")
def test_a_clock_that_leapt_years_ahead_erases_nothing_until_somebody_says_that_it_is_right(app, school, promise):
    """A battery that is empty, a year that was mistyped: every class would be past its time, and so would every copy."""
    tidy(app)
    old = app.config["DATA"] / "before-restore" / "balise-20261101T000000Z.age"
    old.parent.mkdir()
    old.touch()

    def there():
        with app.test_request_context():
            return [db.session.scalar(select(func.count()).select_from(model)) for model in (Teacher, Classroom, Student)]

    before, refused = there(), 0
    for days in (101, 365, 3650, -200):
        clock.shift = timedelta(days)
        with pytest.raises(WrongConfiguration, match="clock-is-right"):
            tidy(app)
        refused += there() == before and old.exists()
    promise.figure("{refused} of {n} leaps of the clock seen, and nothing erased", refused=refused, n=4)
    assert refused == 4
    clock.shift = timedelta(99)  # a summer with the server off
    tidy(app)
    assert not old.exists()
    clock.shift = timedelta(3650)
    own.believe_clock(app.config["DATA"], sure=True)
    tidy(app)
    assert there()[1:] == [0, 0]


def test_a_running_site_says_in_its_log_that_the_clock_has_leapt(app, school, monkeypatch):
    from app import running
    from app.keeping import erasing

    tidy(app)
    said, waits = [], iter((0, 0))
    monkeypatch.setattr(running, "TIDY_EVERY", -1)
    monkeypatch.setattr(erasing, "SETTLE_EVERY", 0)
    monkeypatch.setattr(running.time, "sleep", lambda _seconds: next(waits))
    monkeypatch.setattr(running.log, "error", lambda text, *values: said.append(text % values))
    clock.shift = timedelta(3650)
    with pytest.raises(StopIteration):
        running.look_after(app)
    assert len(said) == 2
    assert "clock-is-right" in said[0]


def test_a_site_of_an_older_balise_goes_by_its_last_copy_and_a_slow_clock_is_not_noted(tmp_path):
    own.clock_has_not_leapt(tmp_path)  # nothing is known
    (tmp_path / own.BELIEVED).write_text("0001-01-01T00:00:00+14:00")  # nor is from that
    own.clock_has_not_leapt(tmp_path)
    (tmp_path / own.BELIEVED).unlink()
    (tmp_path / own.LAST_COPY).write_text((clock.now() - timedelta(101)).isoformat())
    with pytest.raises(WrongConfiguration, match="last ran on"):
        own.clock_has_not_leapt(tmp_path)
    own.believe_clock(tmp_path)
    own.clock_has_not_leapt(tmp_path)
    noted = (tmp_path / own.BELIEVED).read_text()
    clock.shift = timedelta(-50)
    try:
        own.believe_clock(tmp_path)
        assert (tmp_path / own.BELIEVED).read_text() == noted, "set right again, that would be half a leap"
        own.believe_clock(tmp_path, sure=True)
        assert (tmp_path / own.BELIEVED).read_text() < noted
    finally:
        clock.shift = timedelta(0)


def test_a_machine_that_only_makes_copies_goes_by_the_last_one_and_a_wrong_one_is_struck_out(tmp_path):
    (tmp_path / own.BELIEVED).write_text((clock.now() - timedelta(101)).isoformat())
    (tmp_path / own.LAST_COPY).write_text((clock.now() - timedelta(1)).isoformat())
    own.clock_has_not_leapt(tmp_path)
    (tmp_path / own.LAST_COPY).write_text((clock.now() + timedelta(3650)).isoformat())
    with pytest.raises(WrongConfiguration, match="clock-is-right"):
        own.clock_has_not_leapt(tmp_path)
    own.believe_clock(tmp_path, sure=True)
    own.clock_has_not_leapt(tmp_path)


def test_an_invitation_of_this_week_outlasts_the_account_that_was_left_alone(app, school, visit):
    with app.test_request_context(method="POST"):
        token = invite("other@school.example")
        db.session.commit()
    change(app, Teacher, school.other, signed_in_on=clock.today() - timedelta(396))
    tidy(app)
    assert visit().get(f"/en/accounts/invitation/{token}").status_code == 200


def test_a_class_goes_with_its_account_when_nobody_comes_back(app, school):
    change(app, Teacher, school.other, signed_in_on=clock.today() - timedelta(396))
    tidy(app)
    with app.test_request_context():
        assert db.session.get(Teacher, school.other) is None
        assert db.session.get(Classroom, school.class_other) is None
        assert db.session.get(Teacher, school.tremblay) is not None


def test_what_a_killed_copy_left_unsealed_goes(app):
    folder = app.config["DATA"] / (copying.REMAINS + "x")
    folder.mkdir()
    shutil.copy(app.config["DATA"] / "database" / "balise.sqlite3", folder)
    tidy(app)
    assert folder.exists(), "a copy may be under way"
    clock.shift = timedelta(hours=2)
    tidy(app)
    assert not folder.exists()


def test_sqlite_overwrites_what_it_deletes(tmp_path):
    """Why `secure_delete` is set on every connection: without it the row stays in the file."""
    left = {}
    for secure in (0, 1):
        file = tmp_path / f"{secure}.sqlite3"
        one = sqlite3.connect(file)
        one.execute(f"PRAGMA secure_delete={secure}")
        one.execute("CREATE TABLE t (v TEXT)")
        one.executemany("INSERT INTO t VALUES (?)", [(f"planted-{n:04}",) for n in range(200)])
        one.commit()
        one.execute("DELETE FROM t WHERE v = 'planted-0077'")
        one.commit()
        one.close()
        left[secure] = file.read_bytes().count(b"planted-0077")
    assert left == {0: 1, 1: 0}
