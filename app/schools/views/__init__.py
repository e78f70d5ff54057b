"""Two kinds of people beside teachers: the lead of a school (`leading`) and a board, which is shown reports (`reporting`)."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("schools", __name__, template_folder="../templates")
boards = Blueprint("boards", __name__, template_folder="../templates")

from app.schools.views import leading, reporting  # noqa: E402, F401  (they add their views)
