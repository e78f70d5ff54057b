"""Activities of a lesson that is given, as a device keeps them: the same bytes for everybody, whole in the page, and what must wait says so."""

from __future__ import annotations

import re

import pytest
from making import on_both

from app.core.library import library
from app.curriculum.practice import KINDS
from app.practice.kinds import SHOWN


def kept(visit, number, nth, band="B", locale="en"):
    return visit().get(f"/{locale}/offline/{number}/{band}/practice/{nth}")


def test_what_works_in_the_page_is_what_has_a_script():
    """A kind without one asks the server at each step, and would lead nowhere without a connection."""
    for name, kind in KINDS.items():
        assert kind.in_page == bool(SHOWN[name].script), name
    assert not KINDS["pulse"].in_page, "there is one that waits"


def activities(app):
    with app.test_request_context():
        return [(x, a) for x in library().lessons for a in x.practice]


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_every_activity_is_kept_or_said_to_wait(app, visit, locale):
    seen = set()
    for lesson, activity in activities(app):
        band = activity.bands[0]
        answer = kept(visit, lesson.number, activity.number, band, locale)
        page = visit().get(f"/{locale}/offline/{lesson.number}/{band}").get_data(as_text=True)
        address = f"/{locale}/offline/{lesson.number}/{band}/practice/{activity.number}"
        in_page = KINDS[activity.kind].in_page
        assert answer.status_code == (200 if in_page else 404)
        assert (f'href="{address}"' in page) == in_page
        assert f"/{locale}/lessons/{lesson.number}/practice/" not in page, "what it leads to is on the device"
        assert activity.texts[locale].title in page
        seen.add(in_page)
    assert seen == {True, False}


def test_an_activity_on_a_device_is_nobodys_and_leads_back_to_its_lesson(app, visit):
    first_of_each = {activity.kind: (lesson, activity) for lesson, activity in reversed(activities(app)) if KINDS[activity.kind].in_page}
    assert "scenario" in first_of_each
    for lesson, activity in first_of_each.values():
        band = activity.bands[0]
        answer = kept(visit, lesson.number, activity.number, band)
        assert "Set-Cookie" not in answer.headers
        own = answer.get_data(as_text=True)
        assert f'href="/en/offline/{lesson.number}/{band}#ui-practice"' in own
        assert "data-sitting" not in own, "a story leaves nothing in a tab that passes from hand to hand"
        assert "/paper" not in own


def test_a_story_says_that_its_counts_wait(app, visit):
    html = kept(visit, 7, 1).get_data(as_text=True)
    assert "To add your choices to the counts of your class, play it again when there is a connection." in html
    assert "/count" not in html
    assert "counts of your class" not in kept(visit, 4, 1).get_data(as_text=True), "a lab has no counts"


@on_both
def test_a_student_is_told_which_activities_to_keep(app, school, visit, statements):
    amy = visit("Amy")
    amy.get("/en/offline/mine")
    with statements() as made:
        mine = amy.get("/en/offline/mine").get_json()
    assert len(made) <= 6, "as many as without activities"
    assert mine["lessons"]
    for given in mine["lessons"]:
        with app.test_request_context():
            lesson = library().lesson_by_number(given["number"])
        assert given["practice"] == [a.number for a in lesson.practice_for(given["band"]) if KINDS[a.kind].in_page]
        for nth in given["practice"]:
            assert kept(visit, given["number"], nth, given["band"]).status_code == 200


def test_a_form_that_could_not_be_sent_is_told_so_in_every_language(visit):
    texts = [visit().get(f"/{locale}/offline/waits").get_data(as_text=True) for locale in ("en", "fr", "ko")]
    assert "reload this page" in texts[0]
    leads = [re.search(r"<h1[^>]*>(.*?)</h1>", text)[1] for text in texts]
    assert len(set(leads)) == 3
