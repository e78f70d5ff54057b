"""A board: the reports that were made for it, a new one, its evidence pack. Another board's report is a 404."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, abort, redirect, render_template, url_for

from app.accounts.models import Board
from app.accounts.queries import board_of
from app.core import sessions
from app.core.access import TEACHERS, open_to
from app.core.db import db
from app.core.i18n import OWN_NAME, gettext
from app.curriculum.reports import DAYS_BETWEEN
from app.schools.definitions import TERMS
from app.schools.forms import ReportForm
from app.schools.models import Report
from app.schools.reporting import body_of, days_in, make_report, may_make, pack, report_of, reports_of, schools_of
from app.schools.views import boards as bp

Page = Any


def own_board() -> Board:
    who = sessions.person()
    assert who is not None
    return board_of(who.id) or abort(404)


def own_report(report_id: int) -> Report:
    return report_of(own_board().id, report_id) or abort(404)


@bp.get("/boards/")
@open_to(TEACHERS)
def index() -> Page:
    return list_page(own_board(), ReportForm())


def list_page(board: Board, form: ReportForm) -> Page:
    may, last = may_make(board.id)
    reports = [(report, len(body_of(report)["lessons"])) for report in reports_of(board.id)]
    page = render_template(
        "boards/index.html", board=board, reports=reports, schools=schools_of(board.id), may=may, form=form, days=DAYS_BETWEEN.days,
        next_on=last + DAYS_BETWEEN if last else None,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/boards/reports/new")
@open_to(TEACHERS)
def make() -> Page:
    board, form = own_board(), ReportForm.from_request()
    if not form.validate():
        return list_page(board, form)
    made = make_report(board)
    if made is None:
        form.sure.errors = [gettext("It is too early for the next report.")]
        return list_page(board, form)
    db.session.commit()
    return redirect(url_for("boards.show", report_id=made.id), 303)


@bp.get("/boards/reports/<id:report_id>")
@open_to(TEACHERS)
def show(report_id: int) -> Page:
    report = own_report(report_id)
    body = body_of(report)
    days = {text: date.fromisoformat(text) for text in days_in(body)}
    terms = sorted(body["definitions"].items(), key=lambda term: list(TERMS).index(term[0]) if term[0] in TERMS else len(TERMS))
    return render_template("boards/show.html", report=report, body=body, days=days, terms=terms, tongues=OWN_NAME)


@bp.get("/boards/reports/<id:report_id>/evidence.zip")
@open_to(TEACHERS)
def evidence(report_id: int) -> Response:
    report = own_report(report_id)
    response = Response(pack(report), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="balise-report-{report.made_on.isoformat()}.zip"'
    return response
