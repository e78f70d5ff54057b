"""The lead of a school: who teaches there, invitations, handing a class over, the end of the year. Another school's things are a 404."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from app.accounts.models import School
from app.accounts.queries import has_account, invite, school_led_by, shut_account
from app.core import clock, sessions
from app.core.access import TEACHERS, open_to
from app.core.acts import OPERATOR
from app.core.addresses import address_of
from app.core.db import db
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.schools.forms import CloseForm, HandOverForm, InviteForm, YearEndForm
from app.schools.queries import (
    ActsOfADay,
    acts_in,
    class_in,
    classes_in,
    end_classes,
    first_act_on,
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


WHAT = {
    "signed-in": _l("Signed in"),
    "account-made": _l("Made the account, or renewed it"),
    "password-changed": _l("Chose a new password"),
    "words-reset": _l("Let a student draw new words"),
    "seat-removed": _l("Removed a student"),
    "class-deleted": _l("Deleted a class"),
    "lesson-taken-back": _l("Took a lesson back, with what was answered in it"),
    "lesson-changed": _l("Changed the days of a lesson, or whom it is for"),
    "day-of-one-changed": _l("Gave one student another last day, or took it back"),
    "class-changed": _l("Changed a class or its last day"),
    "code-renewed": _l("Gave a class a new code"),
    "groups-changed": _l("Changed the groups of a class"),
    "looks-back-switched": _l("Switched looking back on or off"),
    "paper-typed": _l("Typed in answers from paper"),
    "student-seen": _l("Opened a student’s page"),
    "results-taken": _l("Took results along as a file"),
    "teacher-invited": _l("Invited a teacher"),
    "account-closed": _l("Closed an account"),
    "account-erased": _l("Erased an account with its classes"),
    "class-handed-over": _l("Handed a class over"),
    "year-ended": _l("Gave classes another last day"),
}
ABOUT_TEACHERS = ("account-closed", "account-erased")


@bp.get("/schools/acts")
@open_to(TEACHERS)
def acts() -> Page:
    """What staff of the school did in one month."""
    school = own_school()
    today, oldest = clock.today(), first_act_on(school.id)
    shown = month_asked_for(today, oldest or today)
    after = month_after(shown)
    days = entries_by_day(school.id, acts_in(school.id, shown, after))
    earlier = oldest is not None and oldest < shown
    return render_template(
        "schools/acts.html", school=school, shown=shown, days=days, after=after if after <= today else None,
        before=month_after(shown, -1) if earlier else None,
    )  # fmt: skip


def month_asked_for(today: date, oldest: date) -> date:
    """The first day of the month in the address, if there can be something in it; of this month otherwise."""
    try:
        wanted = date.fromisoformat(request.args.get("month", "") + "-01")
    except ValueError:
        wanted = today
    return min(max(wanted, oldest), today).replace(day=1)


def month_after(first: date, step: int = 1) -> date:
    return (first + timedelta(31 if step > 0 else -1)).replace(day=1)


def entries_by_day(school_id: int, found: list[ActsOfADay]) -> list[tuple[date, list[dict[str, Any]]]]:
    """Each day's entries, as they are read: names of those who are still there, and never of a student."""
    people = {t.id: t.display_name for t in teachers_in(school_id)} | {OPERATOR: _("whoever runs the site")}
    labels = {c.id: c.label for c in classes_in(school_id)}

    def read(entry: ActsOfADay) -> dict[str, Any]:
        names: dict[int, str] = people if entry.act in ABOUT_TEACHERS else labels
        gone = _("an account that is gone") if entry.act in ABOUT_TEACHERS else _("a class that is gone")
        about = names.get(entry.about_id, gone) if entry.about_id is not None else ""
        who = people.get(entry.teacher_id, _("an account that is gone"))
        return {"act": WHAT.get(entry.act, entry.act), "who": who, "about": about, "times": entry.times}

    return [(day, [read(entry) for entry in entries]) for day, entries in groupby(found, key=lambda entry: entry.day)]


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
        shut_account(colleague)
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
