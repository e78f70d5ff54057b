"""What a teacher puts on paper: seat cards, and the sheet that tells students how to join and what to read."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template

from app.classrooms.naming import alphabetical, name_of
from app.classrooms.queries import code_of, students_in
from app.classrooms.taught import own_assignment, own_classroom
from app.classrooms.views import bp
from app.classrooms.views.classes import described
from app.core.access import TEACHERS, open_to
from app.core.addresses import address_of
from app.core.helplines import ON_A_LINE, ON_A_SHEET, countries_near, lines_of
from app.core.i18n import OWN_NAME, current_locale
from app.core.i18n import gettext as _
from app.core.library import library
from app.core.qr import qr_svg
from app.curriculum.rendering import WORDS

Page = Any


@bp.get("/classrooms/<id:classroom_id>/cards")
@open_to(TEACHERS)
def cards(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    url = address_of("classrooms.sign_in", code=code_of(classroom), locale=classroom.locale)
    students = students_in(classroom.id)
    names = sorted((name_of(s.first, s.second, current_locale()) for s in students), key=alphabetical)
    near = countries_near(classroom.timezone, classroom.locale)[0]
    return render_template(
        "classrooms/cards.html",
        classroom=described(classroom),
        names=names,
        blank=max(0, classroom.seats - len(names)),
        qr=qr_svg(url, _("QR code that opens the page for signing in to this class")),
        site=address_of("home.first", locale=classroom.locale),
        help_line=" · ".join(line.in_one for line in lines_of(near, ON_A_LINE)),
    )


@bp.get("/classrooms/<id:classroom_id>/assignments/<id:assignment_id>/sheet")
@open_to(TEACHERS)
def sheet(classroom_id: int, assignment_id: int) -> Page:
    """One page for each student, in the language of the address: how to join, what to read until when, who helps. Nothing about anybody."""
    classroom = own_classroom(classroom_id)
    given = own_assignment(classroom, assignment_id)
    lesson = library().lesson(given.lesson_slug) or abort(404)
    near, *others = countries_near(classroom.timezone, classroom.locale)
    join_url = address_of("classrooms.join", code=code_of(classroom))
    return render_template(
        "classrooms/sheet.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        qr=qr_svg(join_url, _("QR code that opens the page for joining this class")),
        join_url=address_of("classrooms.join"),
        sign_in_url=address_of("classrooms.sign_in"),
        help_near=(WORDS[current_locale()][near], lines_of(near, ON_A_SHEET, most=6)),
        help_far=[(WORDS[current_locale()][c], lines) for c in others if (lines := lines_of(c, ON_A_LINE))],
        tongues=OWN_NAME,
    )
