"""Doing something of a lesson: in public, without anything that is kept. What was chosen travels in the form, never in the address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from app.core.access import EVERYBODY, open_to
from app.core.i18n import current_locale
from app.core.pages import same_for_everybody
from app.curriculum.content import Activity, Lesson
from app.lessons.views import lesson_or_404
from app.practice.doing import Doing, Shown, nothing_more
from app.practice.kinds import SHOWN

bp = Blueprint("practice", __name__, template_folder="templates")
Page = Any


def activity_or_404(number: int, nth: int) -> tuple[Lesson, Activity]:
    lesson = lesson_or_404(number)
    activity = lesson.activity(nth)
    if activity is None or current_locale() not in activity.texts:
        abort(404)
    return lesson, activity


def doing(number: int, nth: int) -> tuple[Doing, Shown]:
    """The activity at this address, with what its form carried."""
    lesson, activity = activity_or_404(number, nth)
    here = Doing(lesson, activity, activity.texts[current_locale()], current_locale())
    if request.method == "POST":
        here = replace(here, sent=request.form, ticked=request.form.getlist)
    return here, SHOWN.get(activity.kind, Shown(nothing_more))


def page_of(here: Doing, how: Shown) -> str:
    lesson, activity = here.lesson, here.activity
    return render_template(
        f"practice/{activity.kind}.html",
        lesson=lesson,
        activity=activity,
        text=here.text,
        note=lesson.texts[here.locale].note if activity.sensitive else "",
        others=lesson.practice,
        script=how.script,
        style=how.style,
        paper_url=url_for("practice.paper", number=lesson.number, nth=activity.number),
        **how.words(here),
    )


@bp.get("/lessons/<id:number>/practice/<id:nth>")
@open_to(EVERYBODY)
@same_for_everybody
def show(number: int, nth: int) -> Page:
    return page_of(*doing(number, nth))


@bp.post("/lessons/<id:number>/practice/<id:nth>")
@open_to(EVERYBODY)
def go_on(number: int, nth: int) -> Page:
    """One step further, for browsers without script; nothing is kept."""
    return page_of(*doing(number, nth))


@bp.get("/lessons/<id:number>/practice/<id:nth>/paper")
@open_to(EVERYBODY)
@same_for_everybody
def paper(number: int, nth: int) -> Page:
    """The same on paper, for classes without devices."""
    here, how = doing(number, nth)
    return render_template(
        f"practice/{here.activity.kind}_paper.html",
        lesson=here.lesson,
        activity=here.activity,
        text=here.text,
        **(how.on_paper or how.words)(here),
    )
