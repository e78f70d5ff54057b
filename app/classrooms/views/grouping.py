"""Teachers: students in groups, by hand or by lot."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from app.classrooms.forms import groups_in, lots_wanted
from app.classrooms.models import EVERYBODY, Assignment, Classroom
from app.classrooms.queries import assignments_of, put_into_groups, shuffled, students_in, work_on
from app.classrooms.taught import own_classroom
from app.classrooms.views import bp
from app.classrooms.views.agreeing import agreed, ask, lost_answers
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.db import db
from app.core.i18n import current_locale, ngettext
from app.core.i18n import gettext as _
from app.core.library import library
from app.curriculum.assigning import Days, Effects, Part, effects_of

Page = Any


@bp.post("/classrooms/<id:classroom_id>/groups")
@open_to(TEACHERS)
def put_in_groups(classroom_id: int) -> Page:
    """Each student into the group chosen, or all by lot. What a group has been given goes with its members: said before it is saved."""
    classroom = own_classroom(classroom_id)
    now = {s.id: s.group_number for s in students_in(classroom.id)}
    lots = lots_wanted(request.form, len(now))
    wanted = shuffled(list(now), lots) if lots else groups_in(request.form, now)
    changes = changes_by_groups(classroom, now, wanted)
    harm = sum(effects.harm for _given, effects in changes)
    if harm and not agreed(harm):
        return ask(
            classroom,
            _("Change the groups?"),
            [sentence for given, effects in changes for sentence in in_words(given, effects)],
            action=url_for("classrooms.put_in_groups", classroom_id=classroom.id),
            hidden=[(f"group-{student_id}", str(number)) for student_id, number in wanted.items()],
            sure=harm,
            button=_("Change the groups"),
            back=url_for("classrooms.show", classroom_id=classroom.id),
        )
    put_into_groups(wanted)
    db.session.commit()
    return redirect(url_for("classrooms.show", classroom_id=classroom.id, saved="groups", _anchor="groups"), 303)


def changes_by_groups(classroom: Classroom, now: dict[int, int], wanted: dict[int, int]) -> list[tuple[Assignment, Effects]]:
    """What it does to the lessons that groups have been given when their members change."""
    to_groups = [a for a in assignments_of(classroom.id) if a.for_group > EVERYBODY]
    work = work_on(a.id for a in to_groups) if to_groups else {}
    found = []
    for given in to_groups:
        parts = [
            Part(begun=(given.id, i) in work, had=number == given.for_group, has=wanted[i] == given.for_group)
            for i, number in now.items()
        ]  # fmt: skip
        days = Days(given.opens_on, given.due_on, given.closes_on)
        found.append((given, effects_of(days, days, parts, clock.today(classroom.timezone))))
    return found


def in_words(given: Assignment, effects: Effects) -> list[str]:
    """What somebody loses or gets with another group."""
    lesson = library().lesson(given.lesson_slug)
    title = lesson.texts[current_locale()].title if lesson else given.lesson_slug
    said = []
    if effects.lose:
        said.append(
            ngettext("“%(title)s”: %(n)s student would no longer have it.", "“%(title)s”: %(n)s students would no longer have it.",
                     effects.lose, title=title)
        )  # fmt: skip
    if effects.lose_begun:
        said.append(lost_answers(effects.lose_begun))
    if effects.gain:
        said.append(
            ngettext("“%(title)s”: %(n)s student would get it.", "“%(title)s”: %(n)s students would get it.", effects.gain, title=title)
        )
    return said
