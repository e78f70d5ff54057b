"""Boosters: five questions from earlier lessons, for oneself alone. Nothing is stored; what was answered travels in the form."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import abort, g, render_template, request, url_for

from app.boosters.views import Page, bp
from app.core.access import EVERYBODY, open_to
from app.core.i18n import OTHER_LANGUAGE, current_locale
from app.core.i18n import gettext as _
from app.core.library import library
from app.curriculum.content import Booster, Item, Lesson
from app.curriculum.locales import in_locale
from app.curriculum.rendering import READERS_OWN_NAMES
from app.curriculum.scoring import canonical
from app.quizzes.asking import Idea, Score, answers_in_form, feedback_on, ideas_of, options_of
from app.quizzes.forms import Given, given_in, values_of


@dataclass(frozen=True)
class Asked:
    """One question of a booster, and the lesson it comes from."""

    name: str  # "slug:item", as the form carries it
    lesson: Lesson
    item: Item


@dataclass(frozen=True)
class Shown:
    """A booster where the pages of quizzes look for a lesson: the topmark of the unit it follows, its number, its title."""

    topmark: str
    number: str
    title: str


def asked_of(booster: Booster, band: str) -> dict[str, Asked]:
    """The questions of this age group, by name; one whose lesson or item has gone is left out."""
    found = {}
    for slug, item_id in booster.items[band]:
        lesson = library().lesson(slug)
        item = lesson.quiz.item(item_id) if lesson else None
        if lesson is not None and item is not None:
            found[f"{slug}:{item_id}"] = Asked(f"{slug}:{item_id}", lesson, item)
    return found


def booster_or_404(number: int, band: str) -> tuple[Booster, str, dict[str, Asked]]:
    booster = library().booster(number)
    if booster is None:
        abort(404)
    band = band if band in booster.items else booster.usual_band
    return booster, band, asked_of(booster, band) or abort(404)


@bp.get("/boosters/<id:number>")
@open_to(EVERYBODY)
def take(number: int) -> Page:
    booster, band, asked = booster_or_404(number, request.args.get("band", ""))
    return question(booster, band, asked, {}, next(iter(asked)))


@bp.post("/boosters/<id:number>")
@open_to(EVERYBODY)
def answer(number: int) -> Page:
    booster, band, asked = booster_or_404(number, request.form.get("band", ""))
    g.link_query = {"band": band}
    answers = answers_in_form(request.form.get("answers", "{}"), {name: a.item for name, a in asked.items()})
    here = request.form.get("item", "")
    if here in asked and "next" not in request.form:
        item = asked[here].item
        if here in answers:  # what is said to an answer, in another language
            return question(booster, band, asked, answers, here, answers[here])
        given = given_in(item, request.form)
        if OTHER_LANGUAGE in request.form:
            return question(booster, band, asked, answers, here, unfinished=given.unchecked)
        choice = canonical(item, given.choice)
        if choice is not None:
            return question(booster, band, asked, {**answers, here: choice}, here, choice)
        # An answer that the question cannot have is treated like none.
        return question(booster, band, asked, answers, here, unfinished=given if given.error else given_in(item, {})), 422
    following = next((name for name in asked if name not in answers), None)
    if following is not None:
        return question(booster, band, asked, answers, following)
    return result(booster, band, asked, answers)


def shown(booster: Booster) -> Shown:
    unit = next((u for u in library().units if u.id == booster.after), None)
    return Shown(unit.topmark if unit else "ball", f"+{booster.number}", in_locale(booster.titles, current_locale()) or "")


def question(
    booster: Booster,
    band: str,
    asked: dict[str, Asked],
    answers: dict[str, str],
    name: str,
    chosen: str = "",
    unfinished: Given | None = None,
) -> Page:
    here = asked[name]
    lesson_url = url_for("lessons.show", number=here.lesson.number)
    hidden = [("band", band), ("item", name), ("answers", json.dumps(answers, separators=(",", ":")))]
    return render_template(
        "quizzes/question.html",
        lesson=shown(booster),
        title=shown(booster).title,
        item=here.item,
        words=here.item.texts[current_locale()],
        options=options_of(here.item),
        position=list(asked).index(name) + 1,
        total=len(asked),
        action_url=url_for("boosters.answer", number=booster.number),
        hidden=[*hidden, ("next", "1")] if chosen else hidden,
        chosen=chosen or None,
        values=values_of(here.item),
        unfinished=unfinished or Given(),
        own_names=READERS_OWN_NAMES,
        feedback=feedback_on(here.item, chosen, here.lesson, lesson_url) if chosen else None,
        next_url="",
        next_form=bool(chosen),
        saved=False,
        self_check=True,
        can_pass=here.item.sensitive and not chosen,
        back_url=url_for("lessons.index"),
        back_words=_("Back to the lessons"),
        last=all(n in answers for n in asked),
    )


def result(booster: Booster, band: str, asked: dict[str, Asked], answers: dict[str, str]) -> Page:
    ideas: list[Idea] = []
    right = counted = 0
    for name, a in asked.items():
        own, score = ideas_of(a.lesson, [(a.item.id, answers[name])], url_for("lessons.show", number=a.lesson.number))
        ideas += own
        right, counted = right + score.right, counted + score.counted
    return render_template(
        "quizzes/self_result.html",
        lesson=shown(booster),
        text=shown(booster),
        score=Score(right, counted),
        ideas=ideas,
        again_url=url_for("boosters.take", number=booster.number, band=band),
        home_url=url_for("lessons.index"),
    )
