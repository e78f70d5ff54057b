"""Pages of a class, divided by who uses them: `joining` for students, `teaching` for teachers, `printing` for what goes on paper."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("classrooms", __name__, template_folder="../templates")

from app.classrooms.views import joining, printing, teaching  # noqa: E402, F401  (they put their routes on bp)
