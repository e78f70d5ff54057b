"""What a class needs on paper: one page that leads to all of it, and a report of its numbers without names."""

from __future__ import annotations

from flask import render_template, request

from app.classrooms.taught import own_classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.helplines import ON_A_LINE, lines_of
from app.core.i18n import current_locale
from app.core.library import library
from app.curriculum.progress import Standing
from app.curriculum.rendering import HELP_ORDER, WORDS
from app.lessons.printing import SIZES, USUAL_SIZE
from app.progress import report as numbers
from app.progress.views import Page, bp, described
from app.progress.views.matrix import columns_of, lesson_now


@bp.get("/progress/<id:classroom_id>/print")
@open_to(TEACHERS)
def on_paper(classroom_id: int) -> Page:
    classroom = own_classroom(classroom_id)
    columns = columns_of(classroom)
    return render_template(
        "progress/on_paper.html", classroom=described(classroom), columns=columns, in_use=lesson_now(columns), home=classroom.locale
    )


@bp.get("/progress/<id:classroom_id>/report")
@open_to(TEACHERS)
def report(classroom_id: int) -> Page:
    """Counts by lesson and the ideas to talk through; nobody's name, so that it can be shown at a meeting."""
    classroom, locale = own_classroom(classroom_id), current_locale()
    lines = numbers.lines_of(classroom.id)
    now = lesson_now(columns_of(classroom, [line.assignment for line in lines]))
    size = request.args.get("size", "")
    beliefs = library().misconceptions
    ideas = [
        (entry, beliefs[entry.idea].belief[locale], [lesson.number for lesson in numbers.lessons_of(entry)])
        for entry in numbers.ideas_of(lines, now.lesson.slug if now else "")
    ]
    return render_template(
        "progress/report.html",
        classroom=described(classroom),
        lines=lines,
        states=[Standing.SOLID, Standing.GETTING_THERE, Standing.HAND, Standing.ONCE_MORE, Standing.STARTED, Standing.NOT_YET],
        ideas=ideas,
        now=now,
        today=clock.today(classroom.timezone),
        sizes=SIZES,
        size=size if size in SIZES else USUAL_SIZE[locale],
        help_lines=[(WORDS[locale][c], found) for c in HELP_ORDER[locale] if (found := lines_of(c, ON_A_LINE))],
    )
