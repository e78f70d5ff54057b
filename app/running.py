"""Starting and looking after a site: what the `balise` command calls."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from pathlib import Path

from flask import Flask

from app.config import Config, WrongConfiguration
from app.core import clock, migrating
from app.core.db import make_engine
from app.core.logs import describe, log


def prepare(config: Config) -> None:
    """Folders for the owner only, and the database in its present form."""
    os.umask(0o077)
    try:
        for folder in (config.data, config.data / "compiled"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if config.sqlite:
            Path(config.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongConfiguration(
            f"Cannot write in {config.data}: {error.strerror}. Set BALISE_DATA to a folder this user may write."
        ) from error
    engine = make_engine(config.database_url)
    try:
        at, head = migrating.reachable_revision(engine), migrating.head()
        if at is not None and at > head:
            raise WrongConfiguration(f"The database is at {at}, made by a newer Balise than this one ({head}). Start the newer one.")
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
        raise WrongConfiguration(f"The database is at {at or 'nothing'} and not at {migrating.head()}. Run: python3 dev.py do migrate")


def served() -> Flask:
    """The site for a server that is not ours (`gunicorn wsgi:app`): checked, never migrated, because several processes start at once."""
    from app import create_app

    config = Config.from_environment()
    config.check(clock.today())
    present_form(config)
    return create_app(config)


def site() -> tuple[Config, Flask]:
    from app import create_app

    config = Config.from_environment()
    config.check(clock.today())
    prepare(config)
    return config, create_app(config)


def tidy(app: Flask) -> int:
    """What has to go, goes: classes 30 days after their end, and sessions, codes, invitations and counts past their time.

    Returns how many classes went."""
    from app.accounts.queries import forget_old_invitations
    from app.classrooms.queries import erase_ended_classes, forget_old_reset_codes
    from app.core import sessions, throttle
    from app.core.db import db

    with app.app_context():
        gone = erase_ended_classes()
        sessions.sweep()
        throttle.sweep()
        forget_old_invitations()
        forget_old_reset_codes()
        db.session.commit()
    return gone


def keep_tidy(app: Flask) -> None:
    """Tidy every six hours, beside the requests, for as long as the server lives."""

    def work() -> None:
        from app.search.views import warm

        time.sleep(3)  # after the first pages
        warm(app.extensions["balise.library"])  # so that nobody's first search waits for the index
        while True:
            time.sleep(6 * 3600)
            try:
                tidy(app)
            except Exception as error:
                log.error("tidying: %s", describe(error))

    threading.Thread(target=work, name="tidy", daemon=True).start()


def migrate() -> int:
    prepare(Config.from_environment())
    print("The database is in its present form.")
    return 0


def run(seed: bool) -> int:
    """Serve the site, with a demo school in an empty one; print where it is and how to get in."""
    config = Config.from_environment()
    if port_is_taken(config):
        raise WrongConfiguration(f"Something else already answers on port {config.port}. Stop it, or choose another: PORT=8001 make run")
    config, app = site()
    from app import seeding

    tidy(app)
    demo = None
    if seed and config.loopback:  # a school with known passwords never on a public address
        with app.app_context():
            demo = seeding.demo_school()
    address = address_of(config)
    print(f"\n  Balise is at {address}/   (Ctrl+C stops it)\n", flush=True)
    if demo is not None:
        print(seeding.as_text(demo, address), flush=True)
    serve(config, app)
    return 0


def address_of(config: Config) -> str:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{config.port}"


def port_is_taken(config: Config) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET) as probe:
        probe.settimeout(0.3)
        return probe.connect_ex((config.host, config.port)) == 0


def serve(config: Config, app: Flask) -> None:
    """One process with threads: one writer, one search index, one memory of addresses. gunicorn, or waitress where it is not."""
    if os.name == "posix":
        from app.core.server import Gunicorn

        Gunicorn(app, config, in_worker=keep_tidy).run()
        return
    from waitress import serve as waitress_serve

    keep_tidy(app)
    waitress_serve(app, host=config.host, port=config.port, threads=16, ident=None)


def seed(as_json: bool) -> int:
    config, app = site()
    from app import seeding

    with app.app_context():
        demo = seeding.demo_school()
    print(json.dumps(demo, ensure_ascii=False, indent=1) if as_json else seeding.as_text(demo, address_of(config)))
    return 0


def invite_teacher(email: str) -> int:
    if "@" not in email or len(email) > 254:
        print("balise: that is not an e-mail address.", file=sys.stderr)
        return 2
    config, app = site()
    from app.accounts.queries import invite
    from app.core.db import db

    with app.app_context():
        token = invite(email)
        db.session.commit()
    base = config.public_url or address_of(config)
    print(f"Give this link to the teacher. It works once, for 7 days:\n{base}/en/accounts/invitation/{token}")
    return 0


def close_teacher(email: str, erase: bool) -> int:
    """Shut one teacher's account (the classes stay, a new invitation opens it again), or erase it with every class it has.

    Returns 1 if there is no such account."""
    _config, app = site()
    from app.accounts.queries import teacher_by_email
    from app.classrooms.queries import erase_all_of
    from app.core import sessions
    from app.core.db import db

    with app.app_context():
        found = teacher_by_email(email)
        if found is None:
            print("balise: no teacher has this address. It must be the one the invitation was made for.", file=sys.stderr)
            return 1
        sessions.end_all("teacher", found.id)
        classes = erase_all_of(found.id) if erase else 0
        if erase:
            db.session.delete(found)
        else:
            found.disabled = True
        db.session.commit()
    if erase:
        print(f"The account and {classes} classes are erased. Backups still hold them.")
    else:
        print("The account is shut. `balise invite-teacher` opens it again.")
    return 0


def doctor() -> int:
    """Print what is well and what is not; 1 when something must be mended. Prints no secret."""
    import sqlite3

    config = Config.from_environment()
    wrong = 0
    try:
        config.check(clock.today())
        print("settings     ok")
    except WrongConfiguration as error:
        wrong, _ = 1, print(f"settings     WRONG: {error}")
    kind = f"SQLite {sqlite3.sqlite_version}" if config.sqlite else "PostgreSQL"
    try:
        present_form(config)
        print(f"database     ok ({kind})")
    except WrongConfiguration as error:
        wrong, _ = 1, print(f"database     WRONG: {error}")
    if config.sqlite and config.data.is_dir():
        # Long-known corruption of the write-ahead log with several writers, mended in 3.51.3.
        if sqlite3.sqlite_version_info < (3, 51, 3):
            print("             note: this SQLite is older than 3.51.3; run one server process only, as `balise run` does")
        print(f"disk         {fsync_milliseconds(config.data):.1f} ms for each durable write")
    return wrong


def fsync_milliseconds(folder: Path) -> float:
    """How long the disk takes to promise that something is written: median of 20."""
    file = folder / "doctor.tmp"
    times = []
    with file.open("wb") as out:
        for _ in range(20):
            out.write(b"x" * 4096)
            out.flush()
            start = time.perf_counter()
            os.fsync(out.fileno())
            times.append(time.perf_counter() - start)
    file.unlink()
    return sorted(times)[10] * 1000
