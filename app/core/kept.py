"""What somebody sent after their session had run out: kept, sealed, in the sign-in form, and sent again with one press. Nothing is lost."""

from __future__ import annotations

import json

from flask import request

from app.core import sessions
from app.core.i18n import current_locale
from app.core.keys import seal, unseal

AN_HOUR = 3600
MOST_FIELDS, MOST_TEXT = 40, 2400
# A table of 60 students by 8 questions is more than a minute's work: it is kept whole too.
LARGE = {"progress.keep_paper": (500, 16_000)}
MOST_SEALED = 24_000  # characters of what the sign-in form carries
Fields = list[list[str]]

# Short forms that somebody fills in with thought. Never a password, never anything that deletes.
WORTH_KEEPING = {
    "student": ("quizzes.answer", "quizzes.before", "quizzes.after", "boosters.keep", "lessons.mark_read"),
    "teacher": (
        "classrooms.new",
        "classrooms.edit",
        "classrooms.assign_lesson",
        "classrooms.edit_assignment",
        "classrooms.open_door",
        "progress.keep_paper",
    ),
}


def keep_posted(kind: str) -> str:
    """This request's form for the sign-in page to carry, or "": for whoever began it on this browser, and nobody else."""
    if request.method != "POST" or request.endpoint not in WORTH_KEEPING[kind]:
        return ""
    fields = [[name, value[:200]] for name, value in request.form.items(multi=True) if name != "csrf"]
    owner = sessions.person_of_this_cookie(kind)
    most_fields, most_text = LARGE.get(request.endpoint or "", (MOST_FIELDS, MOST_TEXT))
    if owner is None or len(fields) > most_fields or len(json.dumps(fields)) > most_text:
        return ""
    return seal(f"kept {kind}", [owner, request.path, fields], AN_HOUR)


def posted_by(kind: str, person_id: int, kept: str) -> tuple[str, Fields] | None:
    """(address in the language of now, fields) of what this person had sent; None when there is nothing, or it is somebody else’s."""
    waiting = unseal(f"kept {kind}", kept) if kept else None
    if waiting is None or waiting[0] != person_id:
        return None
    _nothing, _language, page = waiting[1].split("/", 2)
    return f"/{current_locale()}/{page}", waiting[2]
