"""Finding and making teachers."""

from __future__ import annotations

import base64
import secrets
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import pyotp
from sqlalchemy import Connection, bindparam, case, delete, select, update

from app.accounts.models import Invitation, Teacher
from app.core import clock
from app.core.db import db
from app.core.keys import fingerprint, keyed, keyed_hex, new_token
from app.core.passwords import KEY_ID, hash_secret

INVITATION_LASTS = 7 * 86400
STEP = 30  # seconds of a one-time code


@dataclass(frozen=True)
class SignedInTeacher:
    """What a page needs of the teacher who is signed in."""

    id: int
    name: str
    locale: str
    is_student: ClassVar[bool] = False
    is_teacher: ClassVar[bool] = True
    is_authenticated: ClassVar[bool] = True


table = Teacher.__table__.c
TEACHER = select(table.id, table.display_name, table.locale).where(table.id == bindparam("id"), table.disabled.is_(False))


def load_teacher(connection: Connection, teacher_id: int) -> SignedInTeacher | None:
    row = connection.execute(TEACHER, {"id": teacher_id}).one_or_none()
    return SignedInTeacher(row.id, row.display_name, row.locale) if row else None


def email_hash(email: str) -> str:
    return keyed_hex("email", unicodedata.normalize("NFKC", email).strip().casefold())


def teacher_by_email(email: str) -> Teacher | None:
    return db.session.scalar(select(Teacher).where(Teacher.email_hash == email_hash(email)))


def teacher(teacher_id: int) -> Teacher:
    found = db.session.get(Teacher, teacher_id)
    if found is None:
        raise LookupError("signed-in teacher without a row")
    return found


def invite(email: str) -> str:
    """A new invitation for this address; older ones end. Returns the token. The caller commits."""
    token = new_token()
    hashed = email_hash(email)
    db.session.execute(delete(Invitation).where((Invitation.email_hash == hashed) | (Invitation.expires_at < clock.seconds())))
    db.session.add(Invitation(token_hash=fingerprint(token), email_hash=hashed, expires_at=clock.seconds() + INVITATION_LASTS))
    return token


def open_invitation(token: str) -> Invitation | None:
    found = db.session.get(Invitation, fingerprint(token))
    return found if found and found.expires_at > clock.seconds() else None


def totp_secret(salt: str) -> str:
    """The base32 secret for the teacher's authenticator app."""
    return base64.b32encode(keyed("totp", salt)[:20]).decode()


def totp_step(secret: str, code: str, after: int = 0) -> int | None:
    """The time step a 6-digit code belongs to (one step either side of now), or None; never a step used before."""
    if len(code) != 6:
        return None
    present = clock.seconds() // STEP
    totp = pyotp.TOTP(secret)
    for step in (present, present - 1, present + 1):
        if step > after and secrets.compare_digest(totp.at(step * STEP), code):
            return step
    return None


def make_teacher(hashed_email: str, name: str, password: str, salt: str, locale: str) -> Teacher:
    """A new teacher, or the same one with a new password and second factor. The caller commits."""
    hashed = hash_secret(password)
    found = db.session.scalar(select(Teacher).where(Teacher.email_hash == hashed_email))
    if found is None:
        found = Teacher(email_hash=hashed_email, created_on=clock.today())
        db.session.add(found)
    found.display_name, found.password_hash, found.key_id = name, hashed, KEY_ID
    found.totp_salt, found.totp_last_step, found.locale, found.disabled = salt, 0, locale, False
    db.session.flush()
    return found


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def forget_old_invitations() -> None:
    db.session.execute(delete(Invitation).where(Invitation.expires_at < clock.seconds()))


def new_sign_in() -> dict[str, Any]:
    """The columns that tell when a teacher signed in; the day before that stays, for "what is new since"."""
    today = clock.today()
    return {"before_on": case((table.signed_in_on != today, table.signed_in_on), else_=table.before_on), "signed_in_on": today}


def use_step(teacher_id: int, password_hash: str, step: int) -> bool:
    """Take a one-time code's step for a teacher, once: of several at the same time one wins. False also when the password changed or the
    account was disabled while the hash was compared. The caller commits."""
    taken = db.session.execute(
        update(Teacher)
        .where(Teacher.id == teacher_id, Teacher.totp_last_step < step, Teacher.password_hash == password_hash, Teacher.disabled.is_(False))
        .values(totp_last_step=step, **new_sign_in())
        .returning(Teacher.id)
    )
    return taken.first() is not None
