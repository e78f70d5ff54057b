"""Doing the activities of a lesson: in three languages, without script, and without anything that is kept."""

from __future__ import annotations

import re

import pytest
from making import change

from app.classrooms.models import Assignment
from app.core.library import library
from app.curriculum.practice_scenario import all_paths, story_of

LESSON, NTH = 7, 1  # the pattern: lessons/pressure
LOCALES = ("en", "fr", "ko")


def address(locale="en", end=""):
    return f"/{locale}/lessons/{LESSON}/practice/{NTH}{end}"


def page(visitor, path="", go="", locale="en", **more):
    return visitor.post(address(locale), {"path": path, "go": go, **more}).get_data(as_text=True)


def on_screen(html):
    """The page without the scenes that wait for the script."""
    return re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)


def stories(app):
    with app.test_request_context():
        return [(lesson.number, a) for lesson in library().lessons for a in lesson.practice if a.kind == "scenario"]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_lesson_leads_to_its_activities(visit, locale):
    html = visit().get(f"/{locale}/lessons/{LESSON}").get_data(as_text=True)
    assert address(locale) in html.split('id="ui-practice"')[1]
    assert f'"{address(locale)}"' not in visit().get(f"/{locale}/lessons/{LESSON}?band=A").get_data(as_text=True), "it is for B and C"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_scene_offers_choices_a_break_and_the_way_to_help(visit, locale):
    html = on_screen(visit().get(address(locale)).get_data(as_text=True))
    assert re.findall(r'name="go" value="(\w+)"', html).count("0") == 1
    for go in ("w", "pause", "back"):
        assert f'value="{go}"' in html
    assert "skyline_07" in html


def test_activities_that_are_not_there_are_not_found(visit):
    for end in ("/0", "/99", "/x", "/-1"):
        assert visit().get(f"/en/lessons/{LESSON}/practice{end}").status_code == 404


def test_a_choice_goes_on_and_its_feedback_is_said(visit):
    html = on_screen(page(visit(), "", "0"))
    assert "Thanks! Another game?" in html
    assert "A compliment feels good" in html
    assert 'name="path" value="0"' in html
    assert "add me on the other app" in html


def test_a_step_can_be_taken_back(visit):
    assert 'name="path" value="0"' in on_screen(page(visit(), "0.0", "back"))
    assert 'name="path" value=""' in on_screen(page(visit(), "0", "back"))
    assert 'name="path" value=""' in on_screen(page(visit(), "0.0.1", "again"))


def test_a_break_shows_nothing_of_the_story_and_keeps_the_place(visit):
    html = on_screen(page(visit(), "0.0", "pause"))
    assert re.search(r'<div class="chatwrap"[^>]* hidden>', html)
    assert re.search(r'<section class="closing"[^>]* hidden>', html)
    assert not re.search(r'<section class="calm"[^>]* hidden>', html)
    back = on_screen(page(visit(), "0.0", "resume"))
    assert re.search(r'<section class="calm"[^>]* hidden>', back)
    assert 'name="path" value="0.0"' in back


def test_what_is_kept_gets_its_reasons(visit):
    html = on_screen(page(visit(), "0.0.0.0.0", "keep", thing=["messages", "answer"]))
    said = re.sub(r"<[^>]+>", " ", html.split('class="kept"')[1].split("</ul>")[0])
    assert said.count("You kept it") == 2
    assert said.count("You left it") == 2
    assert "It starts the chat up again" in said


@pytest.mark.parametrize("locale", LOCALES)
def test_every_ending_has_a_first_message_help_and_a_quiet_minute(app, visit, locale):
    for number, activity in stories(app):
        story = story_of(activity)
        ends = {here.node.id: here for here in all_paths(story)}
        assert {here.node.ending for here in ends.values()} <= {"told", "open"}
        for here in ends.values():
            sent = visit().post(f"/{locale}/lessons/{number}/practice/{activity.number}", {"path": here.path, "go": ""})
            html = on_screen(sent.get_data(as_text=True))
            closing = html.split('class="closing"')[1]
            assert not closing.split(">")[0].endswith("hidden"), here.path
            assert closing.count('type="radio"') == sum(len(slot.options) for slot in story.slots)
            assert "helpland" in closing
            assert 'class="pause"' in closing
            if here.node.ending == "open":
                assert 'value="w">' in closing, "somebody can still be told"


@pytest.mark.promise("H-4")
def test_every_way_of_every_story_can_be_walked_without_script(app, visit):
    visitor = visit()
    for number, activity in stories(app):
        for here in list(all_paths(story_of(activity)))[:12]:
            html = ""
            path = ""
            for step in here.steps:
                things = list(step.kept)
                sent = {"path": path, "go": "keep" if step.turn[0] == "k" else step.turn, "thing": things}
                html = on_screen(visitor.post(f"/en/lessons/{number}/practice/{activity.number}", sent, check=False).get_data(as_text=True))
                path = re.search(r'name="path" value="([^"]*)"', html)[1]
            assert path == here.path
            assert re.search(r"data-closing>", html)


def test_the_address_says_nothing_and_nothing_is_stored(visit, statements):
    with statements() as seen:
        response = visit().post(address(), {"path": "0.0", "go": "1"})
    assert response.status_code == 200
    assert "Location" not in response.headers
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    assert seen == []


def test_odd_paths_are_passed_over(visit):
    for path in ("<b>", "9.9.9", "w.w.w", "k", "p7", "0" * 500, "\x00"):
        assert visit().post(address(), {"path": path, "go": path}).status_code == 200


@pytest.mark.parametrize("locale", LOCALES)
def test_paper_has_every_scene_and_says_where_to_go_on(app, visit, locale):
    for number, activity in stories(app):
        html = visit().get(f"/{locale}/lessons/{number}/practice/{activity.number}/paper").get_data(as_text=True)
        assert html.count('class="p-ask boxed"') == len(activity.of_role("node"))
        assert html.count('class="p-write"') == 3


def test_scenes_for_the_script_are_those_of_the_story(app, visit):
    for number, activity in stories(app):
        html = visit().get(f"/en/lessons/{number}/practice/{activity.number}").get_data(as_text=True)
        assert re.findall(r'<template data-node="([\w-]+)"', html) == [piece.id for piece in activity.of_role("node")]
        for node in story_of(activity).nodes.values():
            scene = html.split(f'<template data-node="{node.id}"')[1].split("</template>")[0]
            assert re.findall(r'value="\d" data-to="([\w-]+)"', scene) == [choice.to for choice in node.choices]


def test_visitors_get_the_same_finished_bytes(visit):
    first, second = (visit().get(address()) for _ in range(2))
    assert first.data == second.data
    assert "public" in first.headers["Cache-Control"]
    assert "counted" not in first.get_data(as_text=True)


def test_a_student_is_led_back_to_the_lesson_as_it_is_assigned(app, school, visit):
    change(app, Assignment, school.assignment, lesson_slug="pressure")
    html = visit("Amy").get(address()).get_data(as_text=True)
    assert f'href="/en/lessons/assigned/{school.assignment}#ui-practice"' in html
    assert f'href="/en/lessons/{LESSON}#ui-practice"' in visit("Lee").get(address()).get_data(as_text=True)


def test_two_people_at_one_device_have_different_marks(visit):
    def mark(visitor):
        return re.search(r'data-sitting="(\w*)"', visitor.get(address()).get_data(as_text=True))[1]

    assert mark(visit()) == ""
    assert len({mark(visit("Amy")), mark(visit("Min")), mark(visit("Amy")), ""}) == 4
