"""Where to turn: no database, no sign-in, works when all else fails. That somebody opened it is never recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from app.core.access import EVERYBODY, open_to
from app.core.helplines import near_person, nearest
from app.core.i18n import current_locale
from app.core.library import library
from app.curriculum.content import Service
from app.curriculum.rendering import HELP_ORDER, WORDS

bp = Blueprint("get_help", __name__, template_folder="templates")


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    services: list[Service]
    open: bool


def countries_for_reader() -> list[str]:
    """For a student the country of the class; else the country the browser names first, then by language; everywhere else last."""
    order = [c for c in HELP_ORDER[current_locale()] if c != "INT"]
    if near := near_person():
        return [*dict.fromkeys([*nearest(near), *order]), "INT"]
    for tag, _quality in request.accept_languages:
        region = tag.replace("_", "-").upper().rpartition("-")[2]
        if region in order and "-" in tag.replace("_", "-"):
            order = [*nearest(region), *order]
            break
    return [*dict.fromkeys(order), "INT"]


@bp.get("/help")
@open_to(EVERYBODY)
def directory() -> Any:
    names = WORDS[current_locale()]
    services = library().services
    shown = [
        Country(code, names[code], [s for s in services if s.country == code], place == 0)
        for place, code in enumerate(countries_for_reader())
    ]
    return render_template("get_help/directory.html", countries=shown, verified_on=min(s.verified_on for s in services))
