"""What tests of assigning read on pages and send with forms."""

from __future__ import annotations

import re
from html import unescape

from making import in_days

from app.classrooms.queries import put_into_groups
from app.core.db import db
from app.core.i18n import show_day


def text_of(page) -> str:
    """What somebody reads in the main part of a page."""
    main = page.get_data(as_text=True).split("<main", 1)[1].split("</main>", 1)[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))).replace("\u00a0", " ")


def in_words(app, day, locale="en"):
    with app.test_request_context(f"/{locale}/"):
        app.preprocess_request()
        return show_day(day)


def form_for(lesson="webcams", **more):
    return {"lesson": lesson, "opens_on": in_days(0).isoformat(), "due_on": in_days(7).isoformat(), "late": "counts", **more}


def lessons_shown_to(visit, who):
    return re.findall(r"/lessons/assigned/(\d+)", visit(who).get("/en/my-lessons").get_data(as_text=True))


def group_of(app, student_id, number):
    with app.test_request_context(method="POST"):
        put_into_groups({student_id: number})
        db.session.commit()


def hidden_in(page) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', page.get_data(as_text=True)))
