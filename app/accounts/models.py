"""Teachers and their invitations. No e-mail address is kept: only its keyed hash, to recognise it at sign-in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import NEVER_AGAIN, Model
from app.core.passwords import EXACT
from app.core.tombstones import new_mark


class Teacher(Model):
    __tablename__ = "teachers"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    mark: Mapped[str] = mapped_column(String(16), default=new_mark, server_default="")  # see core/tombstones.py
    email_hash: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(200))
    key_id: Mapped[int] = mapped_column(Integer, default=EXACT)  # how the hash was made (core/passwords.py)
    totp_salt: Mapped[str] = mapped_column(String(32))  # the second factor's secret is derived from it, never stored
    totp_last_step: Mapped[int] = mapped_column(Integer, default=0)  # a code works once
    locale: Mapped[str] = mapped_column(String(2), default="en")
    disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_on: Mapped[date] = mapped_column(Date)
    signed_in_on: Mapped[date | None] = mapped_column(Date)
    before_on: Mapped[date | None] = mapped_column(Date)  # the day of the sign-in before the last: what is new is new since then


class Invitation(Model):
    """A link that makes one teacher account, or renews the password and second factor of one."""

    __tablename__ = "invitations"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email_hash: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[int] = mapped_column(Integer)  # seconds since 1970
    school_id: Mapped[int | None] = mapped_column(Integer)  # the school the account will belong to, if any
    board_id: Mapped[int | None] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(String(8), default="teacher", server_default="teacher")


class Board(Model):
    """Several schools under one administration, which is shown reports and nothing else."""

    __tablename__ = "boards"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    label: Mapped[str] = mapped_column(String(60))


class School(Model):
    __tablename__ = "schools"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    board_id: Mapped[int | None] = mapped_column(ForeignKey("boards.id", ondelete="SET NULL"), index=True)
    label: Mapped[str] = mapped_column(String(60))


class Membership(Model):
    """Where a teacher belongs: to a school, as `teacher` or `lead`, or to a board, as `board`. Schools are made on the server's command
    line only; without one a teacher stands alone."""

    __tablename__ = "memberships"
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teachers.id", ondelete="CASCADE"), primary_key=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id", ondelete="CASCADE"), index=True)
    board_id: Mapped[int | None] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(8))
