"""Finding and making teachers, and saying which school or board they belong to."""

from __future__ import annotations

import base64
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pyotp
from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from app.accounts.models import Board, Invitation, Membership, School, Teacher
from app.core import clock, sessions
from app.core.db import db
from app.core.keys import fingerprint, keyed, keyed_hex, new_token
from app.core.passwords import EXACT, hash_secret
from app.core.tombstones import bury

INVITATION_LASTS = 7 * 86400
TEACHER_ROLE, LEAD_ROLE, BOARD_ROLE = "teacher", "lead", "board"
Made = TypeVar("Made", School, Board)
STEP = 30  # seconds of a one-time code


@dataclass(frozen=True)
class SignedInTeacher:
    """What a page needs of the teacher who is signed in."""

    id: int
    name: str
    locale: str
    before_on: date | None = None  # the day of the sign-in before this one
    role: str = ""  # teacher, lead or board (see models.Membership); empty for a teacher who stands alone
    is_student: ClassVar[bool] = False
    is_teacher: ClassVar[bool] = True
    is_authenticated: ClassVar[bool] = True


table, belongs = Teacher.__table__.c, Membership.__table__.c
TEACHER = (
    select(table.id, table.display_name, table.locale, table.before_on, func.coalesce(belongs.role, ""))
    .join_from(Teacher.__table__, Membership.__table__, belongs.teacher_id == table.id, isouter=True)
    .where(table.id == bindparam("id"), table.disabled.is_(False))
)


def load_teacher(connection: Connection, teacher_id: int) -> SignedInTeacher | None:
    row = connection.execute(TEACHER, {"id": teacher_id}).one_or_none()
    return SignedInTeacher(*row) if row else None


def email_hash(email: str) -> str:
    return keyed_hex("email", unicodedata.normalize("NFKC", email).strip().casefold())


def teacher_by_email(email: str) -> Teacher | None:
    return db.session.scalar(select(Teacher).where(Teacher.email_hash == email_hash(email)))


def teacher(teacher_id: int) -> Teacher:
    found = db.session.get(Teacher, teacher_id)
    if found is None:
        raise LookupError("signed-in teacher without a row")
    return found


def invite(email: str, role: str = TEACHER_ROLE, school_id: int | None = None, board_id: int | None = None) -> str:
    """A new invitation for this address; older ones end. Returns the token. The caller commits.

    With a school or board the account belongs to it from then on; without, it stays where it is. Whoever holds the link of an
    account that exists can take it over: only the server's command line makes those (see `has_account`)."""
    token = new_token()
    hashed = email_hash(email)
    db.session.execute(delete(Invitation).where((Invitation.email_hash == hashed) | (Invitation.expires_at < clock.seconds())))
    made = Invitation(
        token_hash=fingerprint(token), email_hash=hashed, expires_at=clock.seconds() + INVITATION_LASTS,
        role=role, school_id=school_id, board_id=board_id,
    )  # fmt: skip
    db.session.add(made)
    return token


def has_account(email: str) -> bool:
    """Whether this address has an account, open or shut."""
    return teacher_by_email(email) is not None


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
    hashed = hash_secret(password, EXACT)
    found = db.session.scalar(select(Teacher).where(Teacher.email_hash == hashed_email))
    if found is None:
        found = Teacher(email_hash=hashed_email, created_on=clock.today())
        db.session.add(found)
    found.display_name, found.password_hash, found.key_id = name, hashed, EXACT
    found.totp_salt, found.totp_last_step, found.locale, found.disabled = salt, 0, locale, False
    db.session.flush()
    return found


def join(teacher_id: int, invitation: Invitation) -> None:
    """Put a teacher where the invitation says, if it says so, in place of where they were. The caller commits."""
    if invitation.school_id is None and invitation.board_id is None:
        return
    found = db.session.get(Membership, teacher_id) or Membership(teacher_id=teacher_id)
    found.role, found.school_id, found.board_id = invitation.role, invitation.school_id, invitation.board_id
    db.session.add(found)


# --- schools and boards: made on the server only -------------------------------------------------------------------------


def make_school(label: str, board_id: int | None) -> School:
    return _added(School(label=label, board_id=board_id))


def make_board(label: str) -> Board:
    return _added(Board(label=label))


def _added(made: Made) -> Made:
    db.session.add(made)
    db.session.flush()
    return made


def school_with(school_id: int) -> School | None:
    return db.session.get(School, school_id)


def board_with(board_id: int) -> Board | None:
    return db.session.get(Board, board_id)


def school_of(connection: Connection, teacher_id: int) -> int | None:
    """The id of the school a teacher belongs to."""
    found: int | None = connection.scalar(select(belongs.school_id).where(belongs.teacher_id == teacher_id))
    return found


def role_of(teacher_id: int) -> str:
    """teacher, lead or board; empty for a teacher who stands alone."""
    return db.session.scalar(select(Membership.role).where(Membership.teacher_id == teacher_id)) or ""


def place_of(teacher_id: int) -> str:
    """The name of the school or board a teacher belongs to; empty for none."""
    named = select(func.coalesce(School.label, Board.label)).select_from(Membership)
    both = named.outerjoin(School, School.id == Membership.school_id).outerjoin(Board, Board.id == Membership.board_id)
    return db.session.scalar(both.where(Membership.teacher_id == teacher_id)) or ""


def school_led_by(teacher_id: int) -> School | None:
    """The school this teacher leads; asked anew with each request, so that a change bites at once."""
    mine = (Membership.teacher_id == teacher_id, Membership.role == LEAD_ROLE)
    return db.session.scalar(select(School).join(Membership, Membership.school_id == School.id).where(*mine))


def board_of(teacher_id: int) -> Board | None:
    """The board whose reports this person is shown."""
    mine = (Membership.teacher_id == teacher_id, Membership.role == BOARD_ROLE)
    return db.session.scalar(select(Board).join(Membership, Membership.board_id == Board.id).where(*mine))


def schools_and_boards() -> tuple[Sequence[Any], Sequence[Any]]:
    """Rows of (id, label, board_id, leads, teachers) of all schools, and (id, label, people) of all boards."""
    leads = func.coalesce(func.sum(case((Membership.role == LEAD_ROLE, 1), else_=0)), 0)
    people = func.count(Membership.teacher_id)
    schools = select(School.id, School.label, School.board_id, leads, people).outerjoin(Membership, Membership.school_id == School.id)
    boards = select(Board.id, Board.label, people).outerjoin(Membership, Membership.board_id == Board.id)
    return (
        db.session.execute(schools.group_by(School.id, School.label, School.board_id).order_by(School.id)).all(),
        db.session.execute(boards.group_by(Board.id, Board.label).order_by(Board.id)).all(),
    )


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def forget_old_invitations() -> None:
    db.session.execute(delete(Invitation).where(Invitation.expires_at < clock.seconds()))


def new_sign_in() -> dict[str, Any]:
    """The columns that tell when a teacher signed in; the day before that stays, for "what is new since"."""
    today = clock.today()
    return {"before_on": case((table.signed_in_on != today, table.signed_in_on), else_=table.before_on), "signed_in_on": today}


LEFT_ALONE = timedelta(days=395)  # 13 months: a school year away, and a month to come back in


def shut_account(found: Teacher) -> None:
    """Shut an account: signed out everywhere at once, and no link that was given out before opens it again. The caller commits."""
    found.disabled = True
    sessions.end_all("teacher", found.id)
    db.session.execute(delete(Invitation).where(Invitation.email_hash == found.email_hash))


def erase_account(found: Teacher) -> None:
    """An account goes, with its sessions; the caller has seen to its classes, and commits. One that somebody erases is shut first."""
    sessions.end_all("teacher", found.id)
    bury("teachers", found.mark)
    db.session.delete(found)


def accounts_left_alone() -> Sequence[Teacher]:
    """Accounts that nobody has signed in to for 13 months."""
    last = func.coalesce(Teacher.signed_in_on, Teacher.created_on)
    return db.session.scalars(select(Teacher).where(last < clock.today() - LEFT_ALONE)).all()


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
