"""Pages of a class, divided by who uses them and for what: `joining` is for students, the others are for teachers."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("classrooms", __name__, template_folder="../templates")

from app.classrooms.views import assigning, assignment, classes, grouping, joining, printing  # noqa: E402, F401  (they put their routes on bp)
