"""Boosters, divided by who uses them: `public` for everybody, `looking` for a student of a class, `of_class` for its teacher."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

bp = Blueprint("boosters", __name__, template_folder="../templates")
Page = Any

from app.boosters.views import looking, of_class, public  # noqa: E402, F401  (they put their routes on bp)
