"""What authors and translators see of their work. In development only: elsewhere these addresses do not exist."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, g, render_template

from app.authoring.history import texts_with
from app.core.access import EVERYBODY, open_to
from app.core.i18n import current_locale
from app.core.library import library
from app.core.preview import Desk, desk
from app.curriculum.comparing import BEHIND, CURRENT, MISSING, STATES, Block, blocks_of, compared
from app.curriculum.practice_drawing import BOX_HEIGHT, BOX_WIDTH, draw
from app.curriculum.practice_scenario import all_paths, longest_way, story_of
from app.curriculum.reading import LessonSource
from app.curriculum.staleness import TRANSLATIONS
from app.curriculum.typography import typeset
from app.quizzes.languages import differences

bp = Blueprint("authoring", __name__, template_folder="templates")
Page = Any
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Row:
    """One lesson of the table: how many blocks are in which state, by language."""

    lesson: LessonSource
    title: str
    counts: dict[str, Counter[str]]


@dataclass(frozen=True)
class Change:
    """A block to look at. `before` and `after` are empty where the French it was written from is not known."""

    block: Block
    before: Pieces
    after: Pieces


def own_desk() -> Desk:
    return desk() or abort(404)


@bp.get("/translating")
@open_to(EVERYBODY)
def index() -> Page:
    rows = []
    for lesson in own_desk().sources().lessons:
        counts = {code: Counter[str]() for code in TRANSLATIONS}
        for block in blocks_of(lesson):
            counts[block.locale][block.state] += 1
        rows.append(Row(lesson, title_of(lesson), counts))
    totals = {code: sum((row.counts[code] for row in rows), Counter[str]()) for code in TRANSLATIONS}
    return render_template(
        "authoring/index.html", rows=rows, totals=totals, codes=TRANSLATIONS, states=STATES, differences=differences(library())
    )


@bp.get("/translating/<slug>")
@open_to(EVERYBODY)
def show(slug: str) -> Page:
    here = own_desk()
    lesson = here.sources().lesson(slug)
    if lesson is None:
        abort(404)
    blocks = [b for b in blocks_of(lesson) if b.state != CURRENT]
    changes = {code: [change_in(here, lesson, b) for b in blocks if b.locale == code] for code in TRANSLATIONS}
    made = library().lesson(slug)
    return render_template(
        "authoring/show.html",
        lesson=lesson,
        title=title_of(lesson),
        changes=changes,
        missing=MISSING,
        behind=BEHIND,
        stories=[a for a in made.practice if a.kind == "scenario" and current_locale() in a.texts] if made else [],
    )


MOST_WAYS = 60  # listed in words


@bp.get("/translating/<slug>/practice/<id:nth>")
@open_to(EVERYBODY)
def story(slug: str, nth: int) -> Page:
    """A story drawn, as a list, and every way through it in words."""
    own_desk()
    lesson = library().lesson(slug)
    activity = lesson.activity(nth) if lesson else None
    if lesson is None or activity is None or activity.kind != "scenario" or current_locale() not in activity.texts:
        abort(404)
    told = story_of(activity)
    ways = list(all_paths(told))
    return render_template(
        "authoring/story.html",
        lesson=lesson,
        activity=activity,
        text=activity.texts[current_locale()],
        story=told,
        drawing=draw(told),
        box=(BOX_WIDTH, BOX_HEIGHT),
        ways=ways[:MOST_WAYS],
        n_ways=len(ways),
        longest=longest_way(told, told.start),
    )


def change_in(here: Desk, lesson: LessonSource, block: Block) -> Change:
    before = texts_with(here.root, lesson.slug, block.kind, {block.recorded}).get(block.recorded) if block.state == BEHIND else None
    return Change(block, *(compared(before, block.french) if before is not None else ((), ())))


def title_of(lesson: LessonSource) -> str:
    french = lesson.documents.get(("lesson", "fr"))
    return typeset(french.title, "fr") if french else lesson.slug


def version() -> Page:
    """`/preview/version`: what preview.js asks every second. Registered without a language in create_app."""
    here = own_desk()
    g.quiet = True  # no line in the log for each
    return current_app.json.response({"version": here.preview().version})
