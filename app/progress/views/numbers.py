"""What every number and word that a teacher sees means: how it is counted, when it is silent, what it cannot tell."""

from __future__ import annotations

from flask import render_template

from app.core.access import EVERYBODY, open_to
from app.core.pages import same_for_everybody
from app.curriculum.definitions import DEFINITIONS
from app.progress.views import Page, bp


@bp.get("/numbers")
@open_to(EVERYBODY)
@same_for_everybody
def numbers() -> Page:
    return render_template("progress/numbers.html", ids=DEFINITIONS)
