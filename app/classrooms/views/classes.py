"""Teachers: making a class, its door and its seats."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import redirect, render_template, request, url_for

from app.classrooms.forms import MOST_SEATS, ClassroomForm
from app.classrooms.models import MOST_GROUPS, Classroom
from app.classrooms.naming import alphabetical, name_of
from app.classrooms.queries import (
    MOST_CLASSES,
    account_of,
    assignments_of,
    classrooms_taught_by,
    code_of,
    door_is_open,
    erase_classroom,
    give_reset_code,
    hold_counts,
    make_classroom,
    new_code,
    remove_student,
    shown_code,
    sizes_of,
    students_in,
)
from app.classrooms.taught import own_classroom, own_student, teacher_id
from app.classrooms.views import bp
from app.core import clock, throttle
from app.core.access import TEACHERS, open_to
from app.core.addresses import address_of
from app.core.db import db
from app.core.i18n import current_locale
from app.core.i18n import gettext as _
from app.core.library import lessons_left
from app.core.qr import qr_svg

Page = Any
DOOR_MINUTES = (15, 30, 60, 120)


@bp.get("/classrooms/")
@open_to(TEACHERS)
def index() -> Page:
    classes = classrooms_taught_by(teacher_id())
    sizes = sizes_of([c.id for c in classes])
    shown = [
        {"id": c.id, "label": c.label, "code": shown_code(c), "students": sizes[c.id][0], "assigned": len(sizes[c.id][1]),
         "can_assign": bool(lessons_left(c.band, sizes[c.id][1])),
         "door_open": door_is_open(c), "ends_on": c.ends_on}
        for c in classes
    ]  # fmt: skip
    return render_template("classrooms/index.html", classes=shown)


@bp.route("/classrooms/new", methods=["GET", "POST"])
@open_to(TEACHERS)
def new() -> Page:
    locale = current_locale()
    zone = "Asia/Seoul" if locale == "ko" else "America/Toronto"
    form = ClassroomForm.from_request(today=clock.today(), data={"locale": locale, "timezone": zone, "band": "B"})
    if form.sent():
        if len(classrooms_taught_by(teacher_id())) >= MOST_CLASSES:
            form.label.errors = [_("You have reached the largest number of classes. Delete one that has ended first.")]
        else:
            made = make_classroom(
                teacher_id(), form.label.data, form.band.data, form.locale.data, form.timezone.data, form.seats.data, form.ends_on.data
            )
            db.session.commit()
            return redirect(url_for("classrooms.show", classroom_id=made.id), 303)
    return render_template("classrooms/form.html", form=form, classroom=None), 422 if form.errors else 200


@bp.route("/classrooms/<id:classroom_id>/edit", methods=["GET", "POST"])
@open_to(TEACHERS)
def edit(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    form = ClassroomForm.from_request(today=clock.today(), obj=classroom)
    if form.sent():
        hold_counts(classroom, form.timezone.data)
        form.populate_obj(classroom)
        db.session.commit()
        return redirect(url_for("classrooms.show", classroom_id=classroom.id), 303)
    return render_template("classrooms/form.html", form=form, classroom=classroom), 422 if form.errors else 200


@bp.get("/classrooms/<id:classroom_id>")
@open_to(TEACHERS)
def show(classroom_id: int) -> Page:
    return class_page(own_classroom(classroom_id))


def class_page(classroom: Classroom, reset_shown: tuple[str, str, int] | None = None) -> Page:
    students = students_in(classroom.id)
    given = [a.lesson_slug for a in assignments_of(classroom.id)]
    code = code_of(classroom)
    accounts = {s.id: account_of(code, (s.first, s.second)) for s in students}
    locked = throttle.waiting(list(accounts.values()))
    shown = [
        {"id": s.id, "name": name_of(s.first, s.second, current_locale()), "group": s.group_number, "locked": accounts[s.id] in locked,
         "has_reset": bool(s.reset_hash and s.reset_until > clock.seconds())}
        for s in students
    ]  # fmt: skip
    join_url = address_of("classrooms.join", code=code, locale=classroom.locale)
    return render_template(
        "classrooms/show.html",
        classroom=described(classroom),
        students=sorted(shown, key=lambda s: alphabetical(str(s["name"]))),
        qr=qr_svg(join_url, _("QR code that opens the page for joining this class")),
        join_url=address_of("classrooms.join", locale=classroom.locale),
        door_minutes=DOOR_MINUTES,
        full=len(students) >= classroom.seats,
        most_seats=MOST_SEATS,
        can_assign=bool(lessons_left(classroom.band, given)),
        reset_shown=reset_shown,
        groups=sorted(Counter(s.group_number for s in students if s.group_number).items()),
        groups_saved=request.args.get("saved") == "groups",
        group_numbers=range(1, MOST_GROUPS + 1),
        most_lots=min(MOST_GROUPS, len(students)),
    )


def described(classroom: Classroom) -> dict[str, Any]:
    """What the templates of a class need of it."""
    until = classroom.door_open_until
    return {
        "id": classroom.id, "label": classroom.label, "code": shown_code(classroom), "band": classroom.band, "locale": classroom.locale,
        "seats": classroom.seats, "ends_on": classroom.ends_on, "timezone": classroom.timezone,
        "door_open_until": clock.moment(until) if until > clock.seconds() else None,
    }  # fmt: skip


@bp.post("/classrooms/<id:classroom_id>/door")
@open_to(TEACHERS)
def open_door(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    wanted = request.form.get("minutes", "30")
    minutes = int(wanted) if wanted in map(str, DOOR_MINUTES) else 30
    classroom.door_open_until = clock.seconds() + 60 * minutes
    db.session.commit()
    return redirect(url_for("classrooms.show", classroom_id=classroom.id), 303)


@bp.post("/classrooms/<id:classroom_id>/door/close")
@open_to(TEACHERS)
def close_door(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    classroom.door_open_until = 0
    db.session.commit()
    return redirect(url_for("classrooms.show", classroom_id=classroom.id), 303)


@bp.post("/classrooms/<id:classroom_id>/code")
@open_to(TEACHERS)
def renew_code(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    new_code(classroom)
    db.session.commit()
    return redirect(url_for("classrooms.show", classroom_id=classroom.id), 303)


@bp.post("/classrooms/<id:classroom_id>/students/<id:student_id>/reset")
@open_to(TEACHERS)
def reset(classroom_id: int, student_id: int) -> Page:
    """A one-time code for a student who lost the words: shown once, here."""
    classroom = own_classroom(classroom_id)
    student = own_student(classroom, student_id)
    digits = give_reset_code(student)
    db.session.commit()
    return class_page(classroom, (name_of(student.first, student.second, current_locale()), f"{digits[:3]} {digits[3:]}", 15))


@bp.post("/classrooms/<id:classroom_id>/students/<id:student_id>/remove")
@open_to(TEACHERS)
def remove(classroom_id: int, student_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    remove_student(own_student(classroom, student_id))
    db.session.commit()
    return redirect(url_for("classrooms.show", classroom_id=classroom.id), 303)


@bp.post("/classrooms/<id:classroom_id>/delete")
@open_to(TEACHERS)
def erase(classroom_id: int) -> Page:
    """Delete a class with everything in it; the label has to be typed, because nothing brings it back."""
    classroom = own_classroom(classroom_id)
    if request.form.get("label", "").strip() != classroom.label:
        form = ClassroomForm(today=clock.today(), obj=classroom)
        message = _("Type the name of the class exactly, to delete it.")
        return render_template("classrooms/form.html", form=form, classroom=classroom, delete_error=message), 422
    erase_classroom(classroom)
    db.session.commit()
    return redirect(url_for("classrooms.index"), 303)
