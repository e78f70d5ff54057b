"""One lesson for somebody who has never seen it: two sheets for a substitute teacher, without an account and without a student's name."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for

from app.classrooms.models import Classroom
from app.classrooms.queries import students_in
from app.classrooms.taught import own_classroom
from app.core.access import TEACHERS, open_to
from app.core.addresses import address_of
from app.core.helplines import ON_A_LINE, ON_A_SHEET, countries_near, lines_of
from app.core.i18n import OWN_NAME, current_locale
from app.core.i18n import gettext as _
from app.core.qr import qr_svg
from app.curriculum.content import Lesson
from app.curriculum.onpaper import for_a_substitute
from app.curriculum.rendering import WORDS
from app.curriculum.scoring import nearest_band
from app.lessons import printing
from app.lessons.printing import SIZES, USUAL_SIZE
from app.progress.views import Page, bp, described
from app.progress.views.live import given_and_lesson


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/substitute")
@open_to(TEACHERS)
def substitute(classroom_id: int, assignment_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    own: dict[str, Any] = {"classroom_id": classroom.id, "assignment_id": given.id, "size": size_wanted()}
    return render_template(
        "progress/substitute.html",
        **words_of(classroom, lesson),
        sizes=SIZES,
        here=url_for("progress.substitute", classroom_id=classroom.id, assignment_id=given.id),
        tongues=[(code, name, url_for("progress.substitute", locale=code, **own)) for code, name in OWN_NAME.items()],
        pdf_url=url_for("progress.substitute_pdf", **own) if printing.CAN_MAKE_PDF else "",
    )


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>/substitute.pdf")
@open_to(TEACHERS)
def substitute_pdf(classroom_id: int, assignment_id: int) -> Page:
    """The same sheets as a PDF; where the server lacks what it takes, the page that prints them."""
    classroom = own_classroom(classroom_id)
    given, lesson = given_and_lesson(classroom, assignment_id)
    if not printing.CAN_MAKE_PDF:
        own: dict[str, Any] = {"classroom_id": classroom.id, "assignment_id": given.id, "size": size_wanted()}
        return redirect(url_for("progress.substitute", **own), 303)
    from app.core.pdf import pdf_of

    made = pdf_of(render_template("progress/substitute_sheets.html", **words_of(classroom, lesson)), current_app.config["LESSONS"])
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="balise-{lesson.number}-substitute-{current_locale()}.pdf"'
    return response


def size_wanted() -> str:
    size = request.args.get("size", "")
    return size if size in SIZES else USUAL_SIZE[current_locale()]


def words_of(classroom: Classroom, lesson: Lesson) -> dict[str, Any]:
    """All that the sheets show; of the class its label, age, size and country."""
    locale = current_locale()
    band = classroom.band if classroom.band in lesson.bands else nearest_band(lesson.quiz, classroom.band)
    near = countries_near(classroom.timezone, classroom.locale)[0]
    plan_url = address_of("lessons.plan", number=lesson.number)
    plan = lesson.plans[locale]
    return {
        "classroom": described(classroom),
        "n_students": len(students_in(classroom.id)),
        "lesson": lesson,
        "text": lesson.texts[locale],
        "band": band,
        "parts": for_a_substitute(plan, band),
        "sheet": next((s.title for s in plan.sections if s.id == "sheet"), ""),
        "activities": [(a.number, a.texts[locale].title) for a in lesson.practice_for(band) if locale in a.texts],
        "plan_address": plan_url.partition("://")[2],
        "qr": qr_svg(plan_url, _("QR code that opens this page on the web")),
        "country": WORDS[locale][near],
        "help_lines": lines_of(near, ON_A_SHEET, most=6),
        "foot": lines_of(near, ON_A_LINE, most=4),
        "size": size_wanted(),
    }
