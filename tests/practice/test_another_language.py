"""In the middle of an activity somebody goes on in another language: nothing that was chosen is lost, and nothing is answered by it."""

from __future__ import annotations

import re

import pytest

from app.core.library import library

# What was done in an activity of each kind, and what the page in another language has to show of it.
DONE = {
    "sort": ({"sticker": "red", "team-page": "red"}, [r'name="sticker" value="red" checked', r'name="team-page" value="red" checked']),
    "compose": ({"begin": "thanks"}, [r'name="begin" value="thanks"[^>]* checked']),
    "route": ({"situation": "private-picture", "country": "FR", "name": "without"}, [r'value="FR" checked', r'data-land="FR" aria', r'value="without" checked']),
    "spread": ({"tenths": "11", "brake": "refuses", "seed": "17", "hour": "4"}, [r'name="tenths" value="11"', r'name="seed" value="17"', r'value="refuses" checked']),
    "clues": ({"clue": "socket"}, [r'name="clue" value="socket"[^>]* checked']),
}  # fmt: skip


LESSON_OF = {"sort": "consent", "compose": "helping-a-friend"}


def address(app, kind, locale):
    with app.test_request_context():
        wanted = [library().lesson(LESSON_OF[kind])] if kind in LESSON_OF else library().lessons
        lesson, activity = next((lesson, a) for lesson in wanted for a in lesson.practice if a.kind == kind)
    return f"/{locale}/lessons/{lesson.number}/practice/{activity.number}"


def in_korean(app, visit, kind, sent):
    """The page that the button "한국어" of the English one brings; its form is that of the activity."""
    english = visit().post(address(app, kind, "en"), sent).get_data(as_text=True)
    (form,) = re.findall(r'<button type="submit" form="(\w+)" name="language" value="ko" formaction="([^"]+)"', english)
    assert form[1] == address(app, kind, "ko")
    assert len(re.findall(rf'<form [^>]*id="{form[0]}"', english)) == 1
    first = re.search(rf'<button[^>]* form="{form[0]}"[^>]*>', english)[0]
    assert "language" not in first, "Enter presses the first button of a form"
    assert 'aria-hidden="true"' in first
    return visit().post(form[1], sent | {"language": "ko"}).get_data(as_text=True)


@pytest.mark.parametrize("kind", DONE)
def test_what_was_chosen_goes_along_into_another_language(app, visit, kind):
    sent, shown = DONE[kind]
    page = in_korean(app, visit, kind, sent)
    assert 'lang="ko"' in page
    for piece in shown:
        assert re.search(piece, page), piece


def test_a_story_goes_on_where_it_was(app, visit):
    html = visit().get(address(app, "scenario", "en")).get_data(as_text=True)
    choice = re.search(r'name="go" value="(\d)"', html)[1]
    html = visit().post(address(app, "scenario", "en"), {"go": choice, "path": ""}).get_data(as_text=True)
    path = re.search(r'name="path" value="([^"]+)"', html)[1]
    korean = in_korean(app, visit, "scenario", {"path": path})
    assert f'name="path" value="{path}"' in korean
    assert len(re.findall('class="turn" data-scene', korean.split("data-ways")[0])) == 2


@pytest.mark.parametrize(("kind", "told"), [("permissions", "data-result"), ("flags", 'data-note="missed"')])
def test_what_was_not_asked_yet_is_not_told_by_another_language(app, visit, kind, told):
    def hidden(page):
        found = re.findall(rf"<\w+[^>]*{told}[^>]*>", page)
        assert found
        return [" hidden" in tag for tag in found]

    assert all(hidden(in_korean(app, visit, kind, {"on": "x"})))
    assert not all(hidden(in_korean(app, visit, kind, {"on": "x", "checked": "1"})))


def test_a_chart_tells_again_only_what_was_decided(app, visit):
    with app.test_request_context():
        activity = next(a for lesson in library().lessons for a in lesson.practice if a.kind == "chart")
        fix = activity.of_role("fix")[0]
    page = in_korean(app, visit, "chart", {fix.id: fix.options[1]})
    assert len(re.findall(r'<div data-said="[^"]+" class', page)) == 1
    assert (
        len(re.findall(r'<div data-said="[^"]+" class', visit().post(address(app, "chart", "ko"), {"go": "draw"}).get_data(as_text=True)))
        > 1
    )


def test_a_photo_stays_looked_into(app, visit):
    page = in_korean(app, visit, "peek", {"looked": "cat", "guess-cat": "place"})
    assert re.search(r'name="guess-cat" value="place" checked', page)
    assert re.search(r'data-inside tabindex="-1">', page)


@pytest.mark.parametrize(
    ("sent", "step"),
    [
        ({"step": "ask", "answer": "maker"}, "ask"),
        ({"step": "guess", "answer": "maker", "guess": "3"}, "guess"),
        ({"step": "seen", "answer": "maker", "guess": "3"}, "seen"),
    ],
)
def test_a_question_to_the_class_is_not_answered_by_another_language(app, visit, sent, step):
    with app.test_request_context():
        options = next(a for lesson in library().lessons for a in lesson.practice if a.kind == "pulse").piece("ask").options
    page = visit().post(address(app, "pulse", "ko"), {**sent, "answer": options[0], "language": "ko"}).get_data(as_text=True)
    assert f'name="step" value="{step}"' in page
    assert 'class="err"' not in page
    if step != "seen":
        kept = ("answer", options[0]) if step == "ask" else ("guess", "3")
        assert f'name="{kept[0]}" value="{kept[1]}" checked' in page


def test_answering_again_begins_anew(app, visit):
    with app.test_request_context():
        options = next(a for lesson in library().lessons for a in lesson.practice if a.kind == "pulse").piece("ask").options
    page = (
        visit()
        .post(address(app, "pulse", "en"), {"step": "seen", "answer": options[0], "guess": "3", "go": "again"})
        .get_data(as_text=True)
    )
    assert 'name="step" value="ask"' in page
    assert " checked" not in page.split('name="step" value="ask"')[1].split("</form>")[0]
