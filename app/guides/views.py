"""Parents: guides for each lesson, and the page for families of a class that has a lesson assigned. No account, no cookie."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from app.classrooms.queries import assignment_with_family_code
from app.core import clock
from app.core.access import EVERYBODY, open_to
from app.core.addresses import address_of
from app.core.errors import error_page
from app.core.i18n import best_locale, current_locale
from app.core.i18n import gettext as _
from app.core.library import facts_behind, library
from app.core.pages import same_for_everybody
from app.core.qr import qr_svg

bp = Blueprint("guides", __name__, template_folder="templates")
Page = Any


@bp.get("/guides/")
@open_to(EVERYBODY)
@same_for_everybody
def index() -> Page:
    return render_template("guides/index.html", guides=[(x, x.guides[current_locale()]) for x in library().lessons])


@bp.get("/guides/<slug>")
@open_to(EVERYBODY)
@same_for_everybody
def show(slug: str) -> Page:
    lesson = library().lesson(slug)
    if lesson is None:
        abort(404)
    return render_template("guides/show.html", lesson=lesson, guide=lesson.guides[current_locale()], facts=facts_behind(lesson))


@bp.get("/guides/family/<code>")
@open_to(EVERYBODY)
def family(code: str) -> Page:
    """What a class is learning, for its families: the same for everybody, nothing about any child."""
    given = assignment_with_family_code(code)
    lesson = library().lesson(given.lesson_slug) if given else None
    if given is None or lesson is None:
        sentence = _(
            "Look at the letters and digits of the address again, one by one. If they are right, the class has ended or its teacher took "
            "the lesson back. The guides for parents are open to you all the same."
        )
        return error_page(404, _("This family page is not here"), sentence, (_("For parents and carers"), url_for("guides.index")))
    short = address_of("guides.short", code=given.family_code)
    return render_template(
        "guides/family.html",
        lesson=lesson,
        text=lesson.texts[current_locale()],
        guide=lesson.guides[current_locale()],
        facts=facts_behind(lesson),
        due_on=given.due_on,
        over=given.due_on is not None and given.due_on < clock.today(),
        short_url=short,
        qr=qr_svg(short, _("QR code that opens this page")),
    )


def short(code: str) -> Page:
    """The short address on paper, `/f/CODE`, leads to the reader's language. Registered without a language in create_app."""
    return redirect(url_for("guides.family", code=code, locale=best_locale(request.accept_languages)), 302)
