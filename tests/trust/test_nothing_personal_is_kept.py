"""A stolen database, and the logs: scanned for everything that was planted, in many forms."""

from __future__ import annotations

import base64
import hashlib
import logging
import unicodedata

import pyotp
import pytest
from making import AMY, PASSWORD, WORDS, make_attempt

from app.accounts.models import Teacher
from app.accounts.queries import invite, totp_secret
from app.classrooms.naming import name_of
from app.core import clock
from app.core.db import db
from app.core.logs import describe, log


def forms_of(secret: str) -> set[bytes]:
    """A planted text in the forms it could hide in."""
    found: set[bytes] = set()
    for text in {secret, secret.upper(), secret.lower(), unicodedata.normalize("NFD", secret), unicodedata.normalize("NFC", secret)}:
        raw = text.encode()
        found |= {raw, raw.hex().encode(), base64.b64encode(raw)[: max(8, len(raw))].rstrip(b"="), text.encode("utf-16-le")}
        found |= {h(raw).hexdigest().encode() for h in (hashlib.md5, hashlib.sha1, hashlib.sha256)}
    return found


def planted(app, school) -> list[str]:
    with app.test_request_context():
        secret = totp_secret(db.session.get_one(Teacher, school.tremblay).totp_salt)
    names = [name_of(*n, locale) for n in (AMY, (2, 2)) for locale in ("en", "fr", "ko")]
    return ["tremblay@school.example", "new@school.example", PASSWORD, WORDS, school.code_6b, school.code_other, secret, "203.0.113.77", "SpyBrowser/9", *names]  # fmt: skip


def use_everything(app, school, visit) -> None:
    headers = {"User-Agent": "SpyBrowser/9"}
    spy = {"environ_base": {"REMOTE_ADDR": "203.0.113.77"}, "headers": headers}
    one, two, three = WORDS.split()
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "word1": one, "word2": two, "word3": three}
    visit().post("/en/sign-in", {**form, "word1": "wrong"}, **spy)
    visit().post("/en/sign-in", form, **spy)
    with app.test_request_context():
        code = pyotp.TOTP(totp_secret(db.session.get_one(Teacher, school.tremblay).totp_salt)).at(clock.seconds())
        make_attempt(school.amy, school.assignment)
        invite("new@school.example")
        db.session.commit()
    visit().post("/en/accounts/sign-in", {"email": "tremblay@school.example", "password": PASSWORD, "code": code}, **spy)
    visit().post("/en/accounts/sign-in", {"email": "new@school.example", "password": PASSWORD, "code": "111111"}, **spy)
    visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}", **spy)
    visit("Amy").get("/ko/my-lessons", **spy)
    visit().get(f"/en/guides/family/{school.family_code}", **spy)
    visit().get(f"/en/join?code={school.code_6b}", **spy)


def hits(content: bytes, secrets: list[str]) -> list[str]:
    return [s for s in secrets if any(form in content for form in forms_of(s))]


@pytest.mark.promise("F-2")
def test_a_leaked_database_holds_no_name_address_code_or_secret(app, school, visit, promise):
    use_everything(app, school, visit)
    secrets = planted(app, school)
    app.extensions["balise.engine"].dispose()
    folder = app.extensions["balise.engine"].url.database
    from pathlib import Path

    files = [f for f in Path(folder).parent.iterdir() if f.is_file()]
    content = b"".join(f.read_bytes() for f in files)
    assert len(content) > 50_000
    found = hits(content, secrets)
    promise.figure(
        "{found} of {n} planted texts found, in {forms} forms, in {bytes} bytes",
        found=len(found), n=len(secrets), forms=sum(len(forms_of(s)) for s in secrets), bytes=len(content),
    )  # fmt: skip
    assert found == []
    assert hits(content + b"..." + "달".encode() + PASSWORD.encode(), secrets) == [PASSWORD], "the scan itself can see"


@pytest.mark.promise("M-1")
def test_logs_hold_no_personal_datum(app, school, visit, promise):
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Keep()
    log.addHandler(handler)
    try:
        use_everything(app, school, visit)
        visit().get("/en/lessons/tremblay@school.example")

        try:
            raise RuntimeError(PASSWORD)
        except RuntimeError as error:
            log.error("%s", describe(error))
    finally:
        log.removeHandler(handler)
    content = "\n".join(lines).encode()
    assert len(lines) > 8
    secrets = planted(app, school)
    promise.figure(
        "{found} of {n} planted texts found in {lines} lines", found=len(hits(content, secrets)), n=len(secrets), lines=len(lines)
    )
    assert hits(content, secrets) == []
    assert b"/<any(en, fr, ko):locale>/sign-in" in content


@pytest.mark.promise("D-4")
def test_looking_for_help_leaves_no_line_in_the_log(app, visit):
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    log.addHandler(handler)
    try:
        for locale in ("en", "fr", "ko"):
            visit().get(f"/{locale}/help")
            visit("Amy").get(f"/{locale}/help")
        assert lines == []
        visit().get("/en/lessons/")
        assert len(lines) == 1, "other pages do"
    finally:
        log.removeHandler(handler)


@pytest.mark.promise("D-4")
def test_looking_for_help_leaves_no_row_anywhere(app, school, visit):
    def dump() -> str:
        app.extensions["balise.engine"].dispose()
        import sqlite3

        connection = sqlite3.connect(app.extensions["balise.engine"].url.database)
        try:
            return "\n".join(connection.iterdump())
        finally:
            connection.close()

    amy = visit("Amy")
    amy.get("/fr/my-lessons")
    before = dump()
    for _ in range(20):
        amy.get("/fr/help")
        visit().get("/ko/help")
    assert dump() == before


@pytest.mark.promise("D-2")
def test_help_works_when_the_database_is_gone(app, school, visit):
    from pathlib import Path

    amy = visit("Amy")
    app.extensions["balise.engine"].dispose()
    database = Path(app.extensions["balise.engine"].url.database)
    for file in database.parent.iterdir():
        file.unlink()
    database.parent.rmdir()
    for locale in ("en", "fr", "ko"):
        assert visit().get(f"/{locale}/help").status_code == 200
        assert visit().get(f"/{locale}/lessons/1").status_code == 200
        assert amy.get(f"/{locale}/help").status_code == 200, "with a sign-in cookie too"
