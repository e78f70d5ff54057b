"""Every route of the site as an address that leads to something."""

from __future__ import annotations

from flask import url_for
from making import make_attempt
from sqlalchemy import select

from app.accounts.models import Board
from app.accounts.queries import invite
from app.core.db import db
from app.schools.reporting import make_report

# Pages of one kind of teacher: for the others they are not there.
OF = {"schools": "Ms Lead", "boards": "Mr Board"}


def values_for(app, school) -> dict[str, object]:
    """A value for each gap in an address, so that it leads to something of Ms Tremblay's or Amy's."""
    with app.test_request_context():
        attempt = make_attempt(school.amy, school.assignment, right=4)
        token = invite("new@school.example")
        report = make_report(db.session.scalars(select(Board)).one())
        assert report is not None
        db.session.commit()
        db.close()
    return {
        "classroom_id": school.class_6b, "assignment_id": school.assignment, "student_id": school.amy, "number": 8, "slug": "sextortion",
        "code": school.family_code, "attempt_uuid": attempt, "token": token, "name": "route.svg",
        "idea_id": "paying-ends-it", "band": "B", "nth": 1,
        "colleague_id": school.tremblay, "room_id": school.class_6b, "report_id": report.id,
    }  # fmt: skip


def addresses(app, values, locale, method="GET"):
    """(endpoint, address) of every route that takes this method."""
    with app.test_request_context():
        # Leaving signs out, so it comes last.
        for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.endpoint == "home.leave"):
            if method in (rule.methods or ()) and (locale == "en" or "locale" in rule.arguments):
                gaps = {k: (locale if k == "locale" else values[k]) for k in rule.arguments}
                if rule.endpoint == "lessons.media" or (rule.endpoint.startswith("boosters.") and "number" in gaps):
                    gaps["number"] = 1
                if rule.endpoint.startswith("practice.") and "number" in gaps:
                    gaps["number"] = 7  # a lesson with a story
                yield rule.endpoint, url_for(rule.endpoint, **gaps)
