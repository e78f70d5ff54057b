"""The lead of a school: who teaches there, invitations, handing a class over, the end of the year. Another school's things are a 404."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for

from app.accounts.models import School
from app.accounts.queries import has_account, invite, school_led_by
from app.core import clock, sessions
from app.core.access import TEACHERS, open_to
from app.core.addresses import address_of
from app.core.db import db
from app.core.i18n import gettext as _
from app.schools.forms import CloseForm, HandOverForm, InviteForm, YearEndForm
from app.schools.queries import (
    class_in,
    classes_in,
    close_account,
    end_classes,
    gone_on,
    hand_over,
    running_classes,
    teacher_in,
    teachers_in,
    who_can_take,
)
from app.schools.views import bp

Page = Any


def own_school() -> School:
    """The school the signed-in teacher leads; for everybody else there is none."""
    who = sessions.person()
    assert who is not None
    return school_led_by(who.id) or abort(404)


@bp.get("/schools/")
@open_to(TEACHERS)
def index() -> Page:
    return school_page(own_school(), InviteForm())


def school_page(school: School, form: InviteForm) -> Page:
    classes = classes_in(school.id)
    running = {c.id for c in classes if c.ends_on >= clock.today(c.timezone)}
    page = render_template(
        "schools/index.html", school=school, teachers=teachers_in(school.id), classes=classes, running=running, form=form,
        gone_on=gone_on, ended=request.args.get("ended", type=int) if request.method == "GET" else None,
    )  # fmt: skip
    return page, 422 if form.errors else 200


@bp.post("/schools/invite")
@open_to(TEACHERS)
def invite_teacher() -> Page:
    """A link for somebody who has no account: shown here, once, and sent by nobody."""
    school, form = own_school(), InviteForm.from_request()
    if not form.validate():
        return school_page(school, form)
    if has_account(form.email.data):
        # A new link for an account that exists would let whoever holds it in: to classes that the lead does not teach.
        form.email.errors = [_("This address has an account already. Whoever runs the site can renew it, or move it to your school.")]
        return school_page(school, form)
    token = invite(form.email.data, school_id=school.id)
    db.session.commit()
    return render_template("schools/invited.html", school=school, email=form.email.data, link=address_of("accounts.accept", token=token))


@bp.route("/schools/teachers/<id:colleague_id>/close", methods=["GET", "POST"])
@open_to(TEACHERS)
def close(colleague_id: int) -> Page:
    school = own_school()
    colleague = teacher_in(school.id, colleague_id) or abort(404)
    form = CloseForm.from_request()
    if form.sent():
        close_account(colleague)
        db.session.commit()
        return redirect(url_for("schools.index"), 303)
    classes = [c for c in classes_in(school.id) if c.teacher_id == colleague.id]
    page = render_template("schools/close.html", school=school, colleague=colleague, classes=classes, form=form)
    return page, 422 if form.errors else 200


@bp.route("/schools/classes/<id:room_id>/hand-over", methods=["GET", "POST"])
@open_to(TEACHERS)
def give(room_id: int) -> Page:
    school = own_school()
    classroom = class_in(school.id, room_id) or abort(404)
    teachers = who_can_take(school.id, classroom)
    form = HandOverForm.from_request(teachers=teachers)
    if form.sent():
        hand_over(classroom, form.teacher.data)
        db.session.commit()
        return redirect(url_for("schools.index"), 303)
    row = next(c for c in classes_in(school.id) if c.id == classroom.id)
    page = render_template("schools/give.html", school=school, classroom=row, teachers=teachers, form=form)
    return page, 422 if form.errors else 200


@bp.route("/schools/year-end", methods=["GET", "POST"])
@open_to(TEACHERS)
def end_year() -> Page:
    """Two steps: choose classes and a day; see what will be gone when, and confirm. `sure` is in the second form only."""
    school = own_school()
    classes = running_classes(school.id)
    form = YearEndForm.from_request(classes=classes, today=clock.today(), data={"last_day": clock.today()})
    if not form.sent():
        page = render_template("schools/year_end.html", school=school, classes=classes, form=form)
        return page, 422 if form.errors else 200
    last_day = form.last_day.data
    if "sure" in request.form:
        ended = end_classes(school.id, form.classes.data, last_day)
        db.session.commit()
        return redirect(url_for("schools.index", ended=ended), 303)
    chosen = [c for c in classes if c.id in form.classes.data]
    ending = [c for c in chosen if c.ends_on > last_day]
    kept = [c for c in chosen if c.ends_on <= last_day]
    return render_template("schools/year_end_sure.html", school=school, ending=ending, kept=kept, last_day=last_day, gone=gone_on(last_day))
