"""When something does not work: a clear sentence in the reader's language, a right status, a way on, and help."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, render_template
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from app.core.crowd import Crowded, TurnedAway
from app.core.db import CANNOT_NOW, db
from app.core.i18n import current_locale, pgettext
from app.core.i18n import gettext as _
from app.core.logs import describe, log
from app.core.refusals import refusals_of
from app.core.sessions import person


def sentence_for(status: int) -> tuple[str, str]:
    """Heading and sentence for a status, as a student or a visitor is spoken to."""
    texts = {
        400: (_("That did not arrive whole"), _("Part of the form was missing or changed on the way. Go back, and send it again.")),
        403: (
            _("This page is for somebody else"),
            _("It belongs to another kind of account. Go to the first page, or sign in with the account it is for."),
        ),
        404: (_("This page is not here"), _("The address may have changed, or it is not one of yours. Nothing is wrong with you.")),
        405: (_("This page works another way"), _("Open it from its own link or button.")),
        409: (
            _("Somebody else is signed in here now"),
            _("This form was opened in another session, so nothing was changed. Open the page again, and check the name at the top."),
        ),
        413: (_("That is too much at once"), _("The form was larger than this page takes. Nothing was stored.")),
        429: (_("A short wait"), _("There were many tries in a short time. Wait a little, then try again.")),
        503: (
            _("A moment, please"),
            _("The site is busy or cannot write just now. Nothing you saved before is lost. Wait a few seconds, then send it again."),
        ),
    }
    return texts.get(
        status,
        (_("Something went wrong on our side"), _("It is not your fault. Nothing you saved before is lost. Go back, and try again.")),
    )


def sentence_for_teachers(status: int) -> tuple[str, str]:
    """The same for teachers: Korean speaks formally to them."""
    texts = {
        400: (
            pgettext("teacher", "That did not arrive whole"),
            pgettext("teacher", "Part of the form was missing or changed on the way. Go back, and send it again."),
        ),
        403: (
            pgettext("teacher", "This page is for somebody else"),
            pgettext("teacher", "It belongs to another kind of account. Go to the first page, or sign in with the account it is for."),
        ),
        404: (
            pgettext("teacher", "This page is not here"),
            pgettext("teacher", "The address may have changed, or it is not one of yours. Nothing is wrong with you."),
        ),
        405: (pgettext("teacher", "This page works another way"), pgettext("teacher", "Open it from its own link or button.")),
        409: (
            pgettext("teacher", "Somebody else is signed in here now"),
            pgettext(
                "teacher",
                "This form was opened in another session, so nothing was changed. Open the page again, and check the name at the top.",
            ),
        ),
        413: (
            pgettext("teacher", "That is too much at once"),
            pgettext("teacher", "The form was larger than this page takes. Nothing was stored."),
        ),
        429: (
            pgettext("teacher", "A short wait"),
            pgettext("teacher", "There were many tries in a short time. Wait a little, then try again."),
        ),
        503: (
            pgettext("teacher", "A moment, please"),
            pgettext(
                "teacher",
                "The site is busy or cannot write just now. Nothing you saved before is lost. Wait a few seconds, then send it again.",
            ),
        ),
    }
    return texts.get(
        status,
        (
            pgettext("teacher", "Something went wrong on our side"),
            pgettext("teacher", "It is not your fault. Nothing you saved before is lost. Go back, and try again."),
        ),
    )


def error_page(status: int, heading: str = "", sentence: str = "", action: tuple[str, str] | None = None) -> tuple[str, int]:
    """The page for an error, with help on it like every page."""
    who = person()
    usual_heading, usual_sentence = (sentence_for_teachers if who and who.is_teacher else sentence_for)(status)
    page = render_template(
        "errors/error.html",
        status=status,
        heading=heading or usual_heading,
        sentence=sentence or usual_sentence,
        action=action or (_("To the first page"), f"/{current_locale()}/"),
    )
    return page, status


def init_app(app: Flask) -> None:
    @app.errorhandler(Crowded)
    def come_back(error: Crowded) -> Any:
        g.is_refused_stranger = isinstance(error, TurnedAway) and person() is None  # a page with somebody's name on it is not kept
        kept = refusals_of(app).page() if g.is_refused_stranger else None
        return kept or app.make_response((error_page(503)[0], 503, {"Retry-After": "5"}))

    @app.errorhandler(HTTPException)
    def expected(error: HTTPException) -> Any:
        if isinstance(error, InternalServerError) and error.original_exception is not None:
            log.error("%s", describe(error.original_exception))
        status = error.code or 500
        if error.response is not None and status < 400:
            return error.response
        db.close()
        response: Response = app.make_response(error_page(status))
        if status in (429, 503):
            response.headers["Retry-After"] = str(getattr(error, "retry_after", None) or 5)
        return response

    def database(error: Exception) -> Any:
        """Disk full, database locked or gone: not saved, said so, and safe to send again."""
        log.error("%s", describe(getattr(error, "orig", None) or error))
        db.close()
        response = app.make_response(error_page(503))
        response.headers["Retry-After"] = "5"
        return response

    for kind in CANNOT_NOW:
        app.register_error_handler(kind, database)

    @app.errorhandler(UnicodeError)
    def odd_text(_error: UnicodeError) -> Any:
        return error_page(400)
