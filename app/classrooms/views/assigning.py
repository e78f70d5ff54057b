"""Teachers: giving a class a lesson, a whole unit week by week, or what another class of theirs has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from app.classrooms.forms import TIMEZONES, TOO_LATE, AssignForm, CopyForm, Seats, UnitForm
from app.classrooms.models import EVERYBODY, Classroom, Student
from app.classrooms.naming import alphabetical, name_of
from app.classrooms.queries import assign, assignments_of, classroom_taught_by, classrooms_taught_by, students_in
from app.classrooms.taught import own_assignment, own_classroom, teacher_id
from app.classrooms.views import bp
from app.classrooms.views.classes import described
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.db import db
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.library import lessons_by_unit, lessons_left, library
from app.curriculum.assigning import Days, Planned, Receiver, Why, copied, week_by_week
from app.curriculum.content import Lesson

Page = Any
USUAL_DAYS = 7  # to finish a lesson


def seats_of(classroom: Classroom, always: int = EVERYBODY) -> Seats:
    """Who can be chosen in a class; the group `always` is among its groups also when nobody is in it any more."""
    students = students_in(classroom.id)
    groups = Counter(s.group_number for s in students if s.group_number)
    if always > EVERYBODY:
        groups[always] += 0
    return Seats(names_in_order(students), dict(groups))


def names_in_order(students: Sequence[Student]) -> dict[int, str]:
    names = ((s.id, name_of(s.first, s.second, current_locale())) for s in students)
    return dict(sorted(names, key=lambda name: alphabetical(name[1])))


def zone_of(classroom: Classroom) -> str:
    """The class's time zone in words."""
    return str(TIMEZONES.get(classroom.timezone, classroom.timezone))


def receiver_for(classroom: Classroom) -> Receiver:
    fitting = frozenset(x.slug for x in library().lessons if classroom.band in x.bands)
    return Receiver(fitting, frozenset(a.lesson_slug for a in assignments_of(classroom.id)), classroom.ends_on)


# --- one lesson ----------------------------------------------------------------------------------------------------


@bp.route("/classrooms/<id:classroom_id>/assign", methods=["GET", "POST"])
@open_to(TEACHERS)
def assign_lesson(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    free = lessons_left(classroom.band, [a.lesson_slug for a in assignments_of(classroom.id)])
    today = clock.today(classroom.timezone)
    form = AssignForm.from_request(
        lessons=[x.slug for x in free],
        seats=seats_of(classroom),
        today=today,
        ends_on=classroom.ends_on,
        data={"opens_on": today, "due_on": min(today + timedelta(USUAL_DAYS), classroom.ends_on)},
    )
    if form.sent():
        days = form.days
        made = assign(
            classroom, form.lesson.data, days.opens_on, days.due_on, days.closes_on, form.audience, form.checks.data, form.chosen_ids
        )
        if made is not None:
            db.session.commit()
            return redirect(url_for("classrooms.edit_assignment", classroom_id=classroom.id, assignment_id=made.id, assigned=1), 303)
        form.lesson.errors = [_("This class has this lesson already.")]
    choices = [(x.slug, x, x.texts[current_locale()], close_to_home(x, classroom.band)) for x in free]
    page = render_template(
        "classrooms/assign.html", classroom=described(classroom), form=form, lessons=choices, zone=zone_of(classroom)
    )  # fmt: skip
    return page, 422 if form.errors else 200


def close_to_home(lesson: Lesson, band: str) -> bool:
    """True where at least a third of what this age reads may touch somebody's own life: such a lesson wants its plan read first."""
    sections = lesson.texts[current_locale()].for_band(band)
    return lesson.sensitive and 3 * sum(s.sensitive for s in sections) >= len(sections)


# --- a whole unit --------------------------------------------------------------------------------------------------


@bp.route("/classrooms/<id:classroom_id>/assign/unit", methods=["GET", "POST"])
@open_to(TEACHERS)
def assign_unit(classroom_id: int) -> Page:
    """A unit's lessons, one after the other: first what would be made, then, with one more press, made."""
    classroom = own_classroom(classroom_id)
    taken = [a.lesson_slug for a in assignments_of(classroom.id)]
    left = {x.slug for x in lessons_left(classroom.band, taken)}
    units = [(u, own, sum(x.slug in left for x in own)) for u, own in lessons_by_unit() if any(x.slug in left for x in own)]
    form = UnitForm.from_request(
        units=[u.id for u, _own, _left in units],
        seats=seats_of(classroom),
        ends_on=classroom.ends_on,
        data={"opens_on": clock.today(classroom.timezone), "due_after": USUAL_DAYS - 1},
    )
    if form.sent():
        slugs = [x.slug for u, own, _left in units if u.id == form.unit.data for x in own]
        plan = list(week_by_week(slugs, form.first, timedelta(int(form.every.data)), receiver_for(classroom), form.checks.data))
        if is_agreed(plan):
            return make_all(classroom, plan, form.audience, form.chosen_ids)
        return preview(classroom, plan, form, back=url_for("classrooms.assign_unit", classroom_id=classroom.id))
    page = render_template("classrooms/assign_unit.html", classroom=described(classroom), form=form, units=units, zone=zone_of(classroom))
    return page, 422 if form.errors else 200


# --- from another class --------------------------------------------------------------------------------------------


@bp.route("/classrooms/<id:classroom_id>/copy", methods=["GET", "POST"])
@bp.route("/classrooms/<id:classroom_id>/assignments/<id:assignment_id>/copy", methods=["GET", "POST"])
@open_to(TEACHERS)
def copy(classroom_id: int, assignment_id: int | None = None) -> Page:
    """One assignment, or all of a class, to another class of the same teacher's: days, late rule and checks; neither groups nor results."""
    classroom = own_classroom(classroom_id)
    assigned = assignments_of(classroom.id) if assignment_id is None else [own_assignment(classroom, assignment_id)]
    others = other_classes(classroom)
    form = CopyForm.from_request(classes={c.id: c.label for c in others}, data={"opens_on": clock.today(classroom.timezone)})
    if request.method == "POST":
        target = target_of(request.form.get("to", ""))
        fits = form.validate()
        if fits and target is not None and form.opens_on.data > target.ends_on:
            form.opens_on.errors, fits = [TOO_LATE], False
        if fits and target is not None:
            given = [(a.lesson_slug, Days(a.opens_on, a.due_on, a.closes_on), a.checks) for a in assigned]
            plan = list(copied(given, form.opens_on.data, receiver_for(target)))
            if is_agreed(plan):
                return make_all(target, plan)
            return preview(target, plan, form, back=request.path, action=request.path)
    title = lesson_title(assigned[0].lesson_slug) if assignment_id is not None else ""
    page = render_template(
        "classrooms/copy.html", classroom=described(classroom), form=form, assigned=assigned, title=title, action=request.path,
        assignment_id=assignment_id, has_others=bool(others),
    )  # fmt: skip
    return page, 422 if form.errors else 200


def target_of(number: str) -> Classroom | None:
    """The class that is named as the target, one's own; somebody else's does not exist. None where no class is named."""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return classroom_taught_by(teacher_id(), int(number)) or abort(404)


def other_classes(classroom: Classroom) -> list[Classroom]:
    """The teacher's other classes that still run."""
    return [c for c in classrooms_taught_by(classroom.teacher_id) if c.id != classroom.id and c.ends_on >= clock.today(c.timezone)]


def lesson_title(slug: str) -> str:
    lesson = library().lesson(slug)
    return lesson.texts[current_locale()].title if lesson else slug


# --- what would be made, and making it -----------------------------------------------------------------------------


def is_agreed(plan: Sequence[Planned]) -> bool:
    """Whether what would be made is what somebody has seen and agreed to: nothing has been assigned meanwhile."""
    return request.form.get("sure") == mark_of(plan) != ""


def mark_of(plan: Sequence[Planned]) -> str:
    return " ".join(f"{p.slug}:{p.days.opens_on.isoformat()}" for p in plan if p.why is None)


def preview(classroom: Classroom, plan: Sequence[Planned], form: Any, back: str, action: str = "") -> Page:
    """The lessons that would be assigned with their days, and those that would not, with the reason."""
    shown = [(p, lesson) for p in plan if (lesson := library().lesson(p.slug)) is not None]
    return render_template(
        "classrooms/preview.html",
        classroom=described(classroom),
        made=[(p.days, lesson) for p, lesson in shown if p.why is None],
        left_out=[(reasons()[p.why], lesson) for p, lesson in shown if p.why is not None],
        checks=any(p.checks for p in plan if p.why is None),
        changed="sure" in request.form,
        hidden=[(name, value) for name in form.data for value in request.form.getlist(name)] + [("sure", mark_of(plan))],
        action=action or back,
        back_url=back,
        zone=zone_of(classroom),
    )


def reasons() -> dict[Why, str]:
    return {
        Why.THERE: _("The class has it already."),
        Why.AGE: _("It is not written for the age of this class."),
        Why.END: _("It would open after the last day of the class."),
    }


def make_all(classroom: Classroom, plan: Sequence[Planned], for_group: int = EVERYBODY, chosen: Sequence[int] = ()) -> Page:
    for p in plan:
        if p.why is None:
            assign(classroom, p.slug, p.days.opens_on, p.days.due_on, p.days.closes_on, for_group, p.checks, chosen)
    db.session.commit()
    return redirect(url_for("progress.show", classroom_id=classroom.id, _anchor="assigned"), 303)
