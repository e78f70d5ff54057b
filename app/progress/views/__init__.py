"""What a teacher sees of a class: who is where, what was chosen, and what to talk about."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.classrooms.models import Classroom
from app.classrooms.queries import shown_code

bp = Blueprint("progress", __name__, template_folder="../templates")
Page = Any


def described(classroom: Classroom) -> dict[str, Any]:
    return {
        "id": classroom.id,
        "label": classroom.label,
        "code": shown_code(classroom),
        "band": classroom.band,
        "ends_on": classroom.ends_on,
    }


from app.progress.views import export, gain, hand, ideas, live, numbers, overview, paper, printing, questions, student, substitute, wall  # noqa: E402, F401
