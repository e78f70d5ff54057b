"""Everything that is stored, in words a child can read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from app.core.access import EVERYBODY, open_to
from app.core.pages import same_for_everybody
from app.privacy.queries import kept_about

bp = Blueprint("privacy", __name__, template_folder="templates")


@bp.get("/privacy")
@open_to(EVERYBODY)
@same_for_everybody
def show() -> Any:
    return render_template("privacy/show.html", groups=kept_about())
