"""One more press before a change that somebody may not have thought to the end: what it does stands above the button."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app.classrooms.models import Classroom
from app.classrooms.views.classes import described
from app.core.i18n import ngettext

Page = Any


def agreed(harm: int) -> bool:
    """Whether somebody has read what a change does and pressed once more: what they agreed to was no less than what happens now."""
    sure = request.form.get("sure", "")
    return sure.isascii() and sure.isdecimal() and len(sure) < 6 and int(sure) >= harm


def ask(
    classroom: Classroom,
    heading: str,
    sentences: list[str],
    action: str,
    hidden: list[tuple[str, str]],
    sure: int,
    button: str,
    back: str,
    erases: bool = False,
) -> Page:
    """One more press before something is changed that somebody may not have thought of. `hidden` is the form as it was sent."""
    return render_template(
        "classrooms/sure.html", classroom=described(classroom), heading=heading, sentences=sentences, action=action,
        hidden=[*hidden, ("sure", str(sure))], button=button, back_url=back, erases=erases,
    )  # fmt: skip


def lost_answers(n: int) -> str:
    return ngettext(
        "%(n)s of them has begun: the answers are kept, but no longer show in the table.",
        "%(n)s of them have begun: their answers are kept, but no longer show in the table.",
        n,
    )
