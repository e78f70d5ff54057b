"""A chat to mark: what is noticed is named, what was missed is shown, and what only seemed a trick is told kindly. Nothing is kept."""

from __future__ import annotations

import re

import pytest
from practice.test_lab_pages import address, tag_with
from practice.test_lab_rules import rules_broken

from app.config import PROJECT
from app.core.library import library

KIND = ["nice-race", "helmet", "sunday", "as-you-like"]
HIDING = ["only-one", "other-app", "you-owe", "sad", "right-now", "tell-nobody", "off-team"]


def box(html, name):
    """What stands of one message."""
    return html.split(f'value="{name}"')[1].split("data-message")[0]


def notes(html, name):
    """Which notes of a message are shown."""
    return [n for n in re.findall(r'data-note="(\w+)"', box(html, name)) if "hidden" not in tag_with(box(html, name), f'data-note="{n}"')]


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_before_anything_is_marked_nothing_is_said(app, visit, locale):
    html = visit().get(address(app, "flags", locale)).get_data(as_text=True)
    assert [name for name in (*KIND, *HIDING) if notes(html, name)] == []
    assert html.count('type="checkbox" name="mark"') == len(KIND) + len(HIDING), "the reader's own messages are not to mark"


def test_a_mark_names_the_trick_a_miss_is_shown_and_a_kind_message_is_told_kindly(app, visit):
    html = visit().post(address(app, "flags"), {"mark": ["you-owe", "nice-race"], "go": "show"}).get_data(as_text=True)
    assert notes(html, "you-owe") == ["noticed"]
    assert "You noticed: Here you go!" in box(html, "you-owe")
    assert "The gift turns into a debt." in box(html, "you-owe")
    assert notes(html, "nice-race") == ["kind"]
    assert "No trick by itself." in box(html, "nice-race")
    assert [notes(html, name) for name in HIDING if name != "you-owe"] == [["missed"]] * 6
    assert [notes(html, name) for name in KIND[1:]] == [[]] * 3
    assert "Tricks you have noticed: 1 of 7" in html


def test_whoever_marks_everything_is_told_which_were_kind(app, visit):
    html = visit().post(address(app, "flags"), {"mark": KIND + HIDING}).get_data(as_text=True)
    assert "Tricks you have noticed: 7 of 7" in html
    assert [notes(html, name) for name in KIND] == [["kind"]] * 4


def test_odd_marks_change_nothing_and_nothing_is_kept(app, visit, statements):
    visitor = visit()
    with statements() as made:
        answer = visitor.post(address(app, "flags"), {"mark": ["<script>x", "thanks", "stay"]})
    html = answer.get_data(as_text=True)
    assert "<script>x" not in html
    assert "Tricks you have noticed: 0 of 7" in html
    assert "Set-Cookie" not in answer.headers
    assert made == []


def test_on_paper_every_message_and_every_trick_has_its_words(app, visit):
    html = visit().get(address(app, "flags", "fr", "/paper")).get_data(as_text=True)
    with app.test_request_context():
        activity = next(a for a in library().lesson("pressure").practice if a.kind == "flags")
    text = activity.texts["fr"].pieces
    for piece in activity.of_role("message"):
        for option in text[piece.id].options.values():
            assert option.text in html
    for piece in activity.of_role("trick"):
        assert html.count(text[piece.id].title) >= 2


def test_the_chat_of_the_curriculum_breaks_no_rule():
    assert rules_broken("pressure", "flags") == set()


MESSAGE = "[activities.messages.{}]\n"
MINE = MESSAGE + "mine = true\n"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('trick = "or-else"\n', "", "flag-unmet"),
        ('trick = "or-else"', 'trick = "or-not"', "unknown-value"),
        (MINE.format("stay"), MINE.format("stay") + 'trick = "hush"\n', "flag-speaker"),
        (MINE.format("still-no"), MESSAGE.format("still-no"), "flag-speaker"),
        ('people.lina]\nside = "me"', 'people.lina]\nside = "friend"', "flag-speaker"),
        ('people.theo]\nside = "friend"', 'people.theo]\nside = "them"', "flag-long"),
        (MESSAGE.format("nice-race"), MESSAGE.format("hurry"), "flag-line"),
        (
            "\n".join((MESSAGE.format("nice-race"), MINE.format("thanks"), MESSAGE.format("helmet"))),
            "\n".join(MESSAGE.format(name) + 'trick = "gift"\n' for name in ("nice-race", "helmet")),
            "flag-all-tricks",
        ),
    ],
)
def test_a_chat_with_one_thing_wrong_is_found(old, new, rule):
    assert rule in rules_broken("pressure", "flags", old, new)


def test_four_messages_are_too_few():
    text = (PROJECT / "lessons/pressure/practice.toml").read_text("utf-8")
    helmet, end = text.index(MESSAGE.format("helmet")), text.index(MESSAGE.format("off-team"))
    assert "flag-number" in rules_broken("pressure", "flags", text[helmet:end], "")
    assert "flag-number" not in rules_broken("pressure", "flags", text[text.index(MINE.format("still-no")) : end], "")
