"""Looking for something in the lessons, guides, key words and places that help.

What somebody looks for is nobody's business: it is not logged (see core/logs.py), not stored, not kept by the browser."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, render_template, request, url_for

from app.core.access import EVERYBODY, open_to
from app.core.forms import clean
from app.core.i18n import HTML_LANG, current_locale, ngettext
from app.core.i18n import gettext as _
from app.core.library import library
from app.curriculum import finding
from app.curriculum.content import Lesson
from app.curriculum.finding import LONGEST_QUERY, Index, Place
from app.curriculum.library import Library
from app.curriculum.locales import LOCALES

bp = Blueprint("search", __name__, template_folder="templates")
Page = Any
MOST, MOST_AT_ONCE = 20, 8  # results on the page, and while somebody types
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Result:
    """One line of the results. `heading` and `snippet` are in pieces, each with whether it is marked."""

    url: str
    kind: str  # lesson | guide | help | word
    where: str
    heading: Pieces
    snippet: Pieces
    lang: str  # of a text that is not in the reader's language, else empty


@bp.get("/search")
@open_to(EVERYBODY)
def find() -> Page:
    query = clean(request.args.get("q"))[:LONGEST_QUERY]
    results = results_for(query, MOST)
    return render_template("search/find.html", query=query, results=results, count=counted(results, MOST), cares=cares(query))


@bp.get("/search/now")
@open_to(EVERYBODY)
def now() -> Page:
    """The same for find.js, while somebody types. The query comes in a header: addresses end up in histories and in logs of others."""
    query = clean(unquote(request.headers.get("Search-For", "")[: 9 * LONGEST_QUERY]))[:LONGEST_QUERY]
    results = results_for(query, MOST_AT_ONCE)
    return {"count": counted(results, MOST_AT_ONCE), "care": cares(query), "results": results}


def results_for(query: str, most: int) -> list[Result]:
    if not query:
        return []
    if finding.asks_for_help(query, listed("substitute")):
        return for_a_substitute()[:most]
    return [*in_a_class(query), *in_lessons(query, most)][:most]


def in_lessons(query: str, most: int) -> list[Result]:
    """In the reader's language; only where it has nothing, in another."""
    here = current_locale()
    for locale in (here, *(code for code in LOCALES if code != here)):
        if found := finding.find(index(locale), query, most):
            return [result(x, locale if locale != here else "") for x in found]
    return []


def in_a_class(query: str) -> list[Result]:
    """What a teacher does with a class, which no lesson tells: where it is done. Lessons that have the words too come after it."""
    ways = {
        "more-time": (
            _("More time for one student"),
            _("For a lesson that is closed: open the class, then “More time for one student” beside that lesson."),
        ),
        "not-started": (
            _("Who has not started"),
            _("Open the class: the lesson to finish next shows how many have not started, and “Not yet” leads to their names."),
        ),
    }
    return [for_teachers(*words) for name, words in ways.items() if finding.asks_for_help(query, listed(name))]


def for_teachers(heading: str, words: str) -> Result:
    return Result(url_for("classrooms.index"), "guide", _("For teachers"), ((heading, False),), ((words, False),), "")


def for_a_substitute() -> list[Result]:
    """Where somebody gets on who takes over a lesson: the sheets of the class, and the plans, which are open to everybody."""
    sheets = _("Two sheets for a lesson your class is doing: open the class, then “On paper”. The plans below are open to everybody.")
    return [for_teachers(_("For a substitute teacher"), sheets), *(plan_of(lesson) for lesson in library().lessons)]


def plan_of(lesson: Lesson) -> Result:
    plan = lesson.plans[current_locale()]
    heading, url = ((plan.title, False),), url_for("lessons.plan", number=lesson.number)
    return Result(url, "lesson", _("Plan for lesson %(number)s", number=lesson.number), heading, ((plan.summary, False),), "")


def result(found: finding.Found, other: str) -> Result:
    place = found.place
    lang = other or (place.locale if place.locale != current_locale() else "")
    return Result(
        address(place, other or current_locale()), place.kind, where(place), found.heading, found.snippet, HTML_LANG[lang] if lang else ""
    )


def address(place: Place, locale: str) -> str:
    anchor = place.anchor or None
    if place.kind == "help":
        return url_for("get_help.directory", locale=locale, _anchor=anchor)
    if place.kind == "guide":
        return url_for("guides.show", slug=place.slug, locale=locale, _anchor=anchor)
    return url_for("lessons.show", number=place.number, locale=locale, band=place.band or None, _anchor=anchor)


def where(place: Place) -> str:
    """What a result is, in a few words."""
    if place.kind == "help":
        return _("A place that helps")
    if place.kind == "word":
        return _("Key word")
    if place.kind == "guide":
        return _("For parents: lesson %(number)s", number=place.number)
    if place.heading:
        return _("Lesson %(number)s: %(title)s", number=place.number, title=place.title)
    return _("Lesson %(number)s", number=place.number)


def counted(results: list[Result], most: int) -> str:
    if not results:
        return _("Nothing found with these words.")
    if len(results) == most:
        return _("The %(num)s places that fit best", num=most)
    return ngettext("%(num)s place found", "%(num)s places found", len(results))


def cares(query: str) -> bool:
    """Whether help is shown above the results."""
    return bool(query) and finding.asks_for_help(query, listed("care"))


@lru_cache
def listed(name: str) -> tuple[str, ...]:
    """Words and phrases of all languages from words/NAME.LANGUAGE.txt; an asterisk stands for any ending."""
    folder = Path(__file__).parent / "words"
    lines = (line.strip() for code in LOCALES for line in (folder / f"{name}.{code}.txt").read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


_made: dict[tuple[str, str], Index] = {}
_making = Lock()


def index(locale: str) -> Index:
    """The index of this language, made once for each version of the lessons."""
    return index_for(library(), locale)


def index_for(lessons: Library, locale: str) -> Index:
    key = (lessons.version, locale)
    with _making:
        if key not in _made:
            for old in [k for k in _made if k[0] != lessons.version]:
                del _made[old]
            _made[key] = finding.index_of(lessons, locale)
        return _made[key]


def warm(lessons: Library) -> None:
    """Make all indexes before anybody asks: half a second on a slow machine."""
    for locale in LOCALES:
        index_for(lessons, locale)
