"""Teachers: one assignment. Its days, whom it is for, more time for one student, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for

from app.classrooms.forms import LATE_COUNTS, LATE_NOTHING, DatesForm, ReopenForm
from app.classrooms.models import CHOSEN, EVERYBODY, Assignment, Classroom
from app.classrooms.queries import (
    Rule,
    change_days,
    choose,
    given_seats,
    gives_to,
    open_for,
    pulses_of,
    rules_of,
    students_in,
    take_back,
    work_on,
)
from app.classrooms.taught import own_assignment, own_classroom, own_student
from app.classrooms.views import bp
from app.classrooms.views.agreeing import agreed, ask, lost_answers
from app.classrooms.views.assigning import names_in_order, other_classes, seats_of, zone_of
from app.classrooms.views.classes import described
from app.core import acts, clock
from app.core.access import TEACHERS, open_to
from app.core.addresses import address_of
from app.core.db import db
from app.core.i18n import OWN_NAME, ngettext, show_day
from app.core.i18n import gettext as _
from app.core.library import library
from app.core.qr import qr_svg
from app.curriculum.assigning import Days, Effects, Part, effects_of

Page = Any


@bp.route("/classrooms/<id:classroom_id>/assignments/<id:assignment_id>", methods=["GET", "POST"])
@open_to(TEACHERS)
def edit_assignment(classroom_id: int, assignment_id: int) -> Page:
    """A change that students feel is made only after somebody has read what it does."""
    classroom = own_classroom(classroom_id)
    given = own_assignment(classroom, assignment_id)
    form = dates_form(classroom, given, rules_of(given.id))
    if not form.sent():
        return assignment_page(classroom, given, form), 422 if form.errors else 200
    effects = effects_here(classroom, given, form)
    if effects and not agreed(effects.harm):
        here = url_for("classrooms.edit_assignment", classroom_id=classroom.id, assignment_id=given.id)
        return ask(
            classroom,
            _("Save this change?"),
            in_words(effects, form.days, new_check=form.checks.data and not given.checks),
            action=here,
            hidden=[(name, value) for name in form.data for value in request.form.getlist(name)],
            sure=effects.harm,
            button=_("Save the change"),
            back=here,
        )
    change_days(given, form.days, classroom.timezone)
    given.for_group, given.checks = form.audience, form.checks.data
    choose(given, form.chosen_ids)
    db.session.commit()
    return redirect(url_for("classrooms.edit_assignment", classroom_id=classroom.id, assignment_id=given.id, saved=1), 303)


def dates_form(classroom: Classroom, given: Assignment, rules: Sequence[Rule], as_sent: bool = True) -> DatesForm:
    """What is posted, or where nothing is, or not this form, what holds now."""
    nothing_late = given.due_on is not None and given.closes_on == given.due_on
    now = {
        "opens_on": given.opens_on, "due_on": given.due_on, "closes_on": None if nothing_late else given.closes_on,
        "late": LATE_NOTHING if nothing_late else LATE_COUNTS, "for_group": given.for_group, "checks": given.checks,
        "chosen": [r.student_id for r in rules if r.given],
    }  # fmt: skip
    make = DatesForm.from_request if as_sent else DatesForm
    form: DatesForm = make(seats=seats_of(classroom, given.for_group), ends_on=classroom.ends_on, data=now)
    return form


def days_of(given: Assignment) -> Days:
    return Days(given.opens_on, given.due_on, given.closes_on)


def effects_here(classroom: Classroom, given: Assignment, form: DatesForm) -> Effects:
    """What the form would do to the students of the class; nothing when it changes nothing."""
    rules = {r.student_id: r for r in rules_of(given.id)}
    work, chosen, parts = work_on([given.id]), set(form.chosen_ids), []
    chosen_now = {student_id for student_id, rule in rules.items() if rule.given}
    whom = (given.for_group, chosen_now if given.for_group == CHOSEN else set()) != (form.audience, chosen)
    if not whom and days_of(given) == form.days and given.checks == form.checks.data:
        return Effects()
    for student in students_in(classroom.id):
        done, rule = work.get((given.id, student.id)), rules.get(student.id)
        parts.append(
            Part(
                begun=done is not None,
                finished_on=done.finished_on if done else None,
                had=gives_to(given.for_group, student.group_number, student.id in chosen_now),
                has=gives_to(form.audience, student.group_number, student.id in chosen),
                open_until=rule.open_until if rule else None,
            )
        )
    return effects_of(days_of(given), form.days, parts, clock.today(classroom.timezone))


def in_words(effects: Effects, days: Days, new_check: bool = False) -> list[str]:
    """One sentence for each thing a change does."""
    opens, closes = show_day(days.opens_on), show_day(days.closes_on) if days.closes_on else ""
    said = [
        (effects.begun, ngettext("%(n)s student has begun, and keeps the answers.", "%(n)s students have begun: they keep their answers.",
                                 effects.begun)),
        (effects.begun if new_check else 0, _("They began without the questions before, so the short check cannot say what they learned.")),
        (effects.late, ngettext("%(n)s student would now be late.", "%(n)s students would now be late.", effects.late)),
        (effects.in_time, ngettext("%(n)s student would no longer be late.", "%(n)s students would no longer be late.", effects.in_time)),
        (effects.shut_out, ngettext("It would close at once for %(n)s student who has not finished.",
                                    "It would close at once for %(n)s students who have not finished.", effects.shut_out)),
        (effects.sooner, ngettext("It would close at the end of %(day)s for %(n)s student who has not finished.",
                                  "It would close at the end of %(day)s for %(n)s students who have not finished.",
                                  effects.sooner, day=closes)),
        (effects.let_in, ngettext("It would open again for %(n)s student who has not finished.",
                                  "It would open again for %(n)s students who have not finished.", effects.let_in)),
        (effects.unseen, ngettext("%(n)s student who sees the lesson today would not see it again before %(day)s.",
                                  "%(n)s students who see the lesson today would not see it again before %(day)s.",
                                  effects.unseen, day=opens)),
        (effects.lose, ngettext("%(n)s student would no longer have this lesson.", "%(n)s students would no longer have this lesson.",
                                effects.lose)),
        (effects.lose_begun, lost_answers(effects.lose_begun)),
        (effects.gain, ngettext("%(n)s student would get this lesson.", "%(n)s students would get this lesson.", effects.gain)),
    ]  # fmt: skip
    return [sentence for n, sentence in said if n]


def assignment_page(classroom: Classroom, given: Assignment, form: DatesForm, reopening: ReopenForm | None = None) -> str:
    students, rules = students_in(classroom.id), rules_of(given.id)
    today, short = clock.today(classroom.timezone), address_of("guides.short", code=given.family_code)
    has = given_seats([given], students, rules)[given.id]
    names = names_in_order(students)
    return render_template(
        "classrooms/assignment.html",
        classroom=described(classroom),
        assignment=given,
        lesson=library().lesson(given.lesson_slug),
        form=form,
        reopening=reopening or reopen_form(classroom, given, {i: name for i, name in names.items() if i in has}),
        reopened=[(r.student_id, names[r.student_id], r.open_until) for r in rules if r.open_until is not None and r.student_id in names],
        saved=request.method == "GET" and "saved" in request.args,
        just_assigned=request.method == "GET" and "assigned" in request.args,
        n_students=len(has),
        everybody=given.for_group == EVERYBODY,
        today=today,
        over=given.due_on is not None and given.due_on < today,
        closed=given.closes_on is not None and given.closes_on < today,
        zone=zone_of(classroom),
        can_copy=bool(other_classes(classroom)),
        pulses=pulses_of(given.id),
        tongues=OWN_NAME,
        short_url=short,
        qr=qr_svg(short, _("QR code that opens the page for families")),
    )


# --- more time for one student ---------------------------------------------------------------------------------------


def reopen_form(classroom: Classroom, given: Assignment, students: dict[int, str]) -> ReopenForm | None:
    """None while answers are taken from everybody until the class ends: there is nothing to open again."""
    if given.closes_on is None:
        return None
    form: ReopenForm = ReopenForm.from_request(
        students=students, today=clock.today(classroom.timezone), closes_on=given.closes_on, ends_on=classroom.ends_on
    )
    return form


@bp.post("/classrooms/<id:classroom_id>/assignments/<id:assignment_id>/reopen")
@open_to(TEACHERS)
def reopen(classroom_id: int, assignment_id: int) -> Page:
    """Take answers of one student until a day of their own."""
    classroom = own_classroom(classroom_id)
    given = own_assignment(classroom, assignment_id)
    students, rules = students_in(classroom.id), rules_of(given.id)
    has = given_seats([given], students, rules)[given.id]
    form = reopen_form(classroom, given, {i: name for i, name in names_in_order(students).items() if i in has})
    if form is None:  # meanwhile it takes answers from everybody
        acts.nothing()
        return back_to(given)
    if not form.validate():
        return assignment_page(classroom, given, dates_form(classroom, given, rules, as_sent=False), form), 422
    open_for(given, form.student.data, form.open_until.data)
    db.session.commit()
    return back_to(given, form.student.data)


@bp.post("/classrooms/<id:classroom_id>/assignments/<id:assignment_id>/students/<id:student_id>/close")
@open_to(TEACHERS)
def close_again(classroom_id: int, assignment_id: int, student_id: int) -> Page:
    """A student's own day is taken back: what holds for the others holds again."""
    classroom = own_classroom(classroom_id)
    given, student = own_assignment(classroom, assignment_id), own_student(classroom, student_id)
    open_for(given, student.id, None)
    db.session.commit()
    return back_to(given, student.id)


def back_to(given: Assignment, student_id: int | None = None) -> Page:
    """Where the form stood: on the page of the student's answers (`from`), or of the assignment."""
    classroom_id, assignment_id = given.classroom_id, given.id
    if student_id is not None and request.form.get("from") == "answers":
        answers = url_for("progress.student", classroom_id=classroom_id, assignment_id=assignment_id, student_id=student_id, saved=1)
        return redirect(answers, 303)
    return redirect(url_for("classrooms.edit_assignment", classroom_id=classroom_id, assignment_id=assignment_id, _anchor="again"), 303)


# --- taking it back ------------------------------------------------------------------------------------------------


@bp.post("/classrooms/<id:classroom_id>/assignments/<id:assignment_id>/remove")
@open_to(TEACHERS)
def unassign(classroom_id: int, assignment_id: int) -> Page:
    """Counts what would be deleted, and deletes it when that has been read and confirmed."""
    classroom = own_classroom(classroom_id)
    given = own_assignment(classroom, assignment_id)
    begun = len(work_on([given.id]))
    if not agreed(begun):
        return ask(
            classroom,
            _("Unassign this lesson?"),
            [
                ngettext("%(n)s student has begun it: the answers and results are deleted, and nothing brings them back.",
                         "%(n)s students have begun it: their answers and results are deleted, and nothing brings them back.", begun)
                if begun
                else _("Nobody has begun it, so no answers are lost."),
                _("It leaves the students’ list, and the short address of its family page stops working."),
            ],
            action=url_for("classrooms.unassign", classroom_id=classroom.id, assignment_id=given.id),
            hidden=[],
            sure=begun,
            button=_("Unassign it and delete the answers") if begun else _("Unassign it"),
            back=url_for("classrooms.edit_assignment", classroom_id=classroom.id, assignment_id=given.id),
            erases=True,
        )  # fmt: skip
    take_back(given)
    db.session.commit()
    return redirect(url_for("progress.show", classroom_id=classroom.id), 303)
