"""Starting and looking after a site: what the `balise` command calls."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask

from app.config import N_, Config, WrongConfiguration
from app.core import clock, migrating
from app.core.db import make_engine
from app.core.i18n import told
from app.core.library import lessons_to_compile
from app.core.logs import describe, log
from app.curriculum.library import collecting_later

CANNOT_KEEP = N_("Cannot keep files in %(folder)s (%(why)s). Set BALISE_DATA to a folder this user may write.")


def prepare(config: Config) -> None:
    """Folders for the owner only, and the database in its present form."""
    os.umask(0o077)
    try:
        for folder in (config.data, config.data / "compiled"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if config.sqlite:
            Path(config.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongConfiguration(CANNOT_KEEP, folder=config.data, why=error.strerror) from error
    engine = make_engine(config.database_url)
    try:
        at, head = migrating.reachable_revision(engine), migrating.head()
        if at is not None and at > head:
            raise migrating.not_present(at)
        if at != head:
            migrating.upgrade(engine)
    finally:
        engine.dispose()


def present_form(config: Config) -> None:
    """For servers that start the site by themselves: they do not migrate, so somebody must have.

    Raises WrongConfiguration when the database is behind or does not answer."""
    engine = make_engine(config.database_url)
    try:
        folder = Path(config.database_url.removeprefix("sqlite:///")).parent
        at = migrating.reachable_revision(engine) if not config.sqlite or folder.is_dir() else None
    finally:
        engine.dispose()
    if at != migrating.head():
        raise migrating.not_present(at)


def served() -> Flask:
    """The site for a server that is not ours (`gunicorn wsgi:app`): checked, never migrated, because several processes start at once."""
    app = made(present_form)[1]
    tidy(app)
    keep_tidy(app)
    return app


def site() -> tuple[Config, Flask]:
    """The site of this process's settings, its folders and database made first."""
    return made(prepare)


def made(make_ready: Callable[[Config], None]) -> tuple[Config, Flask]:
    with collecting_later():
        from app.keeping import own
        from app.site import create_app

    config = Config.from_environment()
    config.check(clock.today())
    own.clock_has_not_leapt(config.data)
    make_ready(config)
    own.key_fits(config)
    if count := lessons_to_compile(config):
        print(f"Preparing {count} lessons in three languages, once; about {seconds_for(count)} seconds ...", file=sys.stderr, flush=True)
    return config, create_app(config)


def seconds_for(lessons: int) -> int:
    """How long that takes on a slow machine, the demo school included, in round numbers."""
    return max(5, round(0.75 * lessons / 5) * 5)


def tidy(app: Flask) -> int:
    """What is past its time goes, out of the tables and out of the files. Returns how many classes, seats and accounts went.

    Raises WrongConfiguration when the clock has leapt ahead; nothing goes then."""
    from app.core.library import library
    from app.keeping import erasing, own
    from app.quizzes.checks import count_waiting

    own.clock_has_not_leapt(app.config["DATA"])
    with contextlib.suppress(OSError):  # on a full disk the time noted before stays: that is the careful side
        own.believe_clock(app.config["DATA"])
    with app.app_context():
        erasing.sweep(commit)
        gone = erasing.settle(app, commit, thorough=True)
        erasing.tidy_files(app)
        count_waiting(library().quiz, commit)
    return gone


def settle(app: Flask) -> int:
    """What somebody erased since the last time leaves the files as well (keeping/erasing.py). Returns how many rows that were."""
    from app.keeping import erasing

    with app.app_context():
        return erasing.settle(app, commit)


def commit() -> None:
    """Of whatever session there is now: one that was closed meanwhile is a new one."""
    from app.core.db import db

    db.session.commit()


def keep_tidy(app: Flask) -> None:
    """Tidy every six hours, and see to what was erased every few seconds, beside the requests, for as long as the server lives."""

    def work() -> None:
        from app.search.views import warm

        time.sleep(3)  # after the first pages
        warm(app.extensions["balise.library"])  # so that nobody's first search waits for the index
        if "balise.desk" in app.extensions:
            app.extensions["balise.desk"].warm()  # nor an author for the first change to be shown
        look_after(app)

    threading.Thread(target=work, name="tidy", daemon=True).start()


def look_after(app: Flask) -> None:
    from app.keeping.erasing import SETTLE_EVERY

    tidied = time.monotonic()
    while True:
        time.sleep(SETTLE_EVERY)
        due = time.monotonic() - tidied > TIDY_EVERY
        try:
            if due:
                tidied = time.monotonic()
            (tidy if due else settle)(app)
        except WrongConfiguration as error:
            log.error("tidying: %s", error)
        except Exception as error:
            log.error("tidying: %s", describe(error))


def migrate() -> int:
    prepare(Config.from_environment())
    print("The database is in its present form.")
    return 0


def run(seed: bool) -> int:
    """Serve the site, with a demo school in an empty one; print where it is and how to get in."""
    config = Config.from_environment()
    address_is_ours(config)
    if port_is_taken(config):
        raise WrongConfiguration(
            N_("Something else already answers on port %(port)s. Stop it, or choose another: PORT=8001 make run"), port=config.port
        )
    config, app = site()
    from app import seeding

    tidy(app)
    demo = None
    if seed and config.only_here and not config.public_url:  # a school with known passwords never on a public address
        with app.app_context():
            demo = seeding.demo_school()
    address = address_of(config)
    print(f"\n  Balise is at {address}/   (Ctrl+C stops it)", flush=True)
    if config.debug:
        print(f"  In development: pages follow the files. Translations are at {address}/en/translating", flush=True)
    print(flush=True)
    if demo is not None:
        print(seeding.as_text(demo, address), flush=True)
    serve(config, app)
    return 0


def address_of(config: Config) -> str:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{config.port}"


def family_of(config: Config) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in config.host else socket.AF_INET


def address_is_ours(config: Config) -> None:
    """Raises WrongConfiguration when this machine has no such address to listen at."""
    try:
        with socket.socket(family_of(config)) as probe:
            probe.bind((config.host, 0))
    except (OSError, UnicodeError) as error:
        raise WrongConfiguration(
            N_("HOST=%(host)s is no address of this machine (%(why)s). Leave it out, or write one like 127.0.0.1."),
            host=repr(config.host), why=getattr(error, "strerror", None) or error,
        ) from error  # fmt: skip


def port_is_taken(config: Config) -> bool:
    with socket.socket(family_of(config)) as probe:
        probe.settimeout(0.3)
        return probe.connect_ex((config.host, config.port)) == 0


def serve(config: Config, app: Flask) -> None:
    """One process with threads: one writer, one search index, one memory of addresses. gunicorn, or waitress where it is not."""
    app.extensions["balise.engine"].dispose()  # what was opened to get ready is closed before there are more processes
    if os.name == "posix":
        from app.core.server import Gunicorn

        Gunicorn(app, config, in_worker=keep_tidy).run()
        return
    from waitress import serve as waitress_serve

    keep_tidy(app)
    waitress_serve(app, host=config.host, port=config.port, threads=64, ident=None)


def seed(as_json: bool) -> int:
    config, app = site()
    from app import seeding

    with app.app_context():
        demo = seeding.demo_school()
    print(json.dumps(demo, ensure_ascii=False, indent=1) if as_json else seeding.as_text(demo, address_of(config)))
    return 0


def invite_teacher(email: str, school_id: int | None = None, lead: bool = False) -> int:
    """Print a link for one teacher; with a school, the account belongs to it from then on. 2 when something given is wrong."""
    if lead and school_id is None:
        return refuse("a lead looks after one school: add --school ID (`balise schools` lists them).")
    return print_invitation(email, "teacher", school_id=school_id, lead=lead)


def invite_board(email: str, board_id: int) -> int:
    """Print a link for somebody who is shown the reports of a board. 2 when something given is wrong."""
    return print_invitation(email, "person", board_id=board_id)


def print_invitation(email: str, whom: str, school_id: int | None = None, board_id: int | None = None, lead: bool = False) -> int:
    if "@" not in email or len(email) > 254:
        return refuse("that is not an email address.")
    config, app = site()
    from app.accounts.queries import BOARD_ROLE, LEAD_ROLE, TEACHER_ROLE, board_with, invite, school_with
    from app.core.db import db

    role = LEAD_ROLE if lead else BOARD_ROLE if board_id is not None else TEACHER_ROLE
    with app.app_context():
        if school_id is not None and school_with(school_id) is None:
            return refuse(f"there is no school {school_id}. `balise schools` lists them, `balise new-school` makes one.")
        if board_id is not None and board_with(board_id) is None:
            return refuse(f"there is no board {board_id}. `balise schools` lists them, `balise new-board` makes one.")
        token = invite(email, role, school_id, board_id)
        db.session.commit()
    base = config.public_url or address_of(config)
    print(f"Give this link to the {whom}. It works once, for 7 days:\n{base}/en/accounts/invitation/{token}")
    return 0


def refuse(sentence: str) -> int:
    print(f"balise: {sentence}", file=sys.stderr)
    return 2


LONGEST_LABEL = 60
TIDY_EVERY = 6 * 3600  # seconds


def new_school(label: str, board_id: int | None) -> int:
    """Make a school and print its id. 2 when something given is wrong."""
    if not 0 < len(label.strip()) <= LONGEST_LABEL:
        return refuse(f"a school has a name of 1 to {LONGEST_LABEL} characters.")
    _config, app = site()
    from app.accounts.queries import board_with, make_school
    from app.core.db import db

    with app.app_context():
        if board_id is not None and board_with(board_id) is None:
            return refuse(f"there is no board {board_id}. `balise schools` lists them, `balise new-board` makes one.")
        made = make_school(label.strip(), board_id)
        db.session.commit()
        print(f"School {made.id} is made. Now invite who looks after it: balise invite-teacher EMAIL --school {made.id} --lead")
    return 0


def new_board(label: str) -> int:
    """Make a board and print its id. 2 when something given is wrong."""
    if not 0 < len(label.strip()) <= LONGEST_LABEL:
        return refuse(f"a board has a name of 1 to {LONGEST_LABEL} characters.")
    _config, app = site()
    from app.accounts.queries import make_board
    from app.core.db import db

    with app.app_context():
        made = make_board(label.strip())
        db.session.commit()
        print(f'Board {made.id} is made. Next: balise new-school "NAME" --board {made.id}; balise invite-board EMAIL --board {made.id}')
    return 0


def list_schools() -> int:
    """Print every board and school with its id and how many people it has; no names of people."""
    _config, app = site()
    from app.accounts.queries import schools_and_boards

    with app.app_context():
        schools, boards = schools_and_boards()
    for board_id, label, people in boards:
        print(f"board {board_id}   {label}   {people} people")
    for school_id, label, board_id, leads, people in schools:
        place = f"board {board_id}" if board_id is not None else "no board"
        print(f"school {school_id}  {label}   {place}   {people} teachers, {leads} of them leads")
    if not schools and not boards:
        print("There is no school and no board. `balise new-school` and `balise new-board` make them.")
    return 0


def language_bias(as_json: bool) -> int:
    """Print the questions that one language finds harder than another at equal scores on the rest, largest difference first."""
    _config, app = site()
    from app.core.library import library
    from app.quizzes.languages import differences

    with app.app_context():
        found = differences(library())
    if as_json:
        print(json.dumps([d.as_plain() for d in found], ensure_ascii=False, indent=1))
        return 0
    worth = [d for d in found if d.bias.ets_class != "A"]
    for difference in worth:
        print(difference.as_text(), end="\n\n")
    print(f"{len(found)} comparisons had enough answers; {len(worth)} are worth a look.", file=sys.stderr)
    return 0


def close_teacher(email: str, erase: bool) -> int:
    """Shut one teacher's account (the classes stay, a new invitation opens it again), or erase it with every class it has.

    Returns 1 if there is no such account."""
    _config, app = site()
    from app.accounts.queries import erase_account, school_of, shut_account, teacher_by_email
    from app.classrooms.queries import erase_all_of
    from app.core import acts
    from app.core.db import db

    with app.app_context():
        found = teacher_by_email(email)
        if found is None:
            print("balise: no teacher has this address. It must be the one the invitation was made for.", file=sys.stderr)
            return 1
        classes = erase_all_of(found.id) if erase else 0
        connection = db.session.connection()
        acts.record(connection, acts.OPERATOR, school_of(connection, found.id), acts.BY_OPERATOR[erase], found.id)
        shut_account(found)
        if erase:
            erase_account(found)
        db.session.commit()
    settle(app)
    if erase:
        print(f"The account and {classes} classes are erased. Copies (`balise backup`) hold them for 35 days more.")
    else:
        print("The account is shut. `balise invite-teacher` opens it again.")
    return 0


def doctor() -> int:
    """Print what is well and what is not; 1 when something must be mended. Prints no secret."""
    from app.keeping import own

    config = Config.from_environment()
    kind = f"SQLite {sqlite3.sqlite_version}" if config.sqlite else "PostgreSQL"
    findings = (
        ("settings", "", lambda: config.check(clock.today())),
        ("clock", "", lambda: own.clock_has_not_leapt(config.data)),
        ("database", f" ({kind})", lambda: present_form(config)),
    )
    wrong = [name for name, more, look in findings if not is_well(name, more, look)]
    if not wrong:
        further = (
            ("key", "", own.key_fits),
            ("record", " (of what staff did)", record_is_whole),
            ("retention", " (nothing is kept too long)", nothing_is_overdue),
        )
        wrong = [name for name, more, look in further if not is_well(name, more, partial(look, config))]
        print(f"copies       {told_of_copies(config)}")
        if config.sqlite and (replica := told_of_replica(config)):
            print(f"replica      {replica}")
    if config.sqlite and config.data.is_dir():
        # Long-known corruption of the write-ahead log with several writers, mended in 3.51.3.
        if sqlite3.sqlite_version_info < (3, 51, 3):
            print("             note: this SQLite is older than 3.51.3; run one server process only, as `balise run` does")
        try:
            print(f"disk         {fsync_milliseconds(config.data):.1f} ms for each durable write")
        except OSError as error:
            print(f"disk         WRONG: {told(WrongConfiguration(CANNOT_KEEP, folder=config.data, why=error.strerror))}")
            wrong.append("disk")
    return 1 if wrong else 0


def record_is_whole(config: Config) -> None:
    """Raises WrongConfiguration when somebody has changed what is recorded of staff."""
    from app.core import acts
    from app.keeping import own

    engine = make_engine(config.database_url)
    try:
        with own.keyed(config.secret), engine.connect() as connection:
            if what := acts.broken(connection):
                raise WrongConfiguration(N_("The record of what staff did has been changed: %(what)s."), what=what)
    finally:
        engine.dispose()


def nothing_is_overdue(config: Config) -> None:
    """Raises WrongConfiguration when classes are there that should have gone two days ago: the site, which erases them, does not run."""
    from app.keeping.erasing import overdue_classes

    engine = make_engine(config.database_url)
    try:
        with engine.connect() as connection:
            if count := overdue_classes(connection):
                raise WrongConfiguration(
                    N_("There are classes that should be erased by now (%(count)s): start the site, which does so."), count=count
                )
    finally:
        engine.dispose()


def told_of_copies(config: Config) -> str:
    """How long ago the last copy was made, in words."""
    from app.keeping.copying import last_copy

    at = last_copy(config.data)
    if at is None:
        return "none yet: `balise backup-key` and `balise backup` (docs/operating.md)"
    days = (clock.now() - at).days
    return f"the last one {'today' if days < 1 else f'{days} days ago'}"


def told_of_replica(config: Config) -> str:
    from app.keeping.following import told

    return told(config)


def is_well(name: str, more: str, look: Callable[[], None]) -> bool:
    """Print one line about what `look` raises nothing about."""
    try:
        look()
    except WrongConfiguration as error:
        print(f"{name:12} WRONG: {told(error)}")
        return False
    print(f"{name:12} ok{more}")
    return True


def fsync_milliseconds(folder: Path) -> float:
    """How long the disk takes to promise that something is written: median of 20."""
    file = folder / "doctor.tmp"
    times = []
    try:
        with file.open("wb") as out:
            for _ in range(20):
                out.write(b"x" * 4096)
                out.flush()
                start = time.perf_counter()
                os.fsync(out.fileno())
                times.append(time.perf_counter() - start)
    finally:
        file.unlink(missing_ok=True)
    return sorted(times)[10] * 1000
