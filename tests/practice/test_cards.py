"""Cards, lines and doors: answered in place and without script, nothing kept, and nothing to be right about without deciding."""

from __future__ import annotations

import re

import pytest
from practice.test_lab_rules import rules_broken

from app.config import PROJECT
from app.core.library import library
from app.curriculum.passages import Passage
from app.practice.cards import level_of

LOCALES = ("en", "fr", "ko")
KINDS = ("sort", "compose", "route")
LESSON_OF = {"sort": "consent", "compose": "helping-a-friend", "route": "reporting"}


def address(app, slug, kind, locale="en", end=""):
    with app.test_request_context():
        lesson = library().lesson(slug)
        activity = next(a for a in lesson.practice if a.kind == kind)
    return f"/{locale}/lessons/{lesson.number}/practice/{activity.number}{end}"


def seen(html):
    """Without what is hidden."""
    return re.sub(r"<(b|div|p|section|li)[^>]* hidden[^>]*>.*?</\\1>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_lesson_has_something_to_do_in_every_language(app, visit, locale):
    with app.test_request_context():
        lessons = [(lesson.number, lesson.practice) for lesson in library().lessons]
        ages = [(lesson.slug, band) for lesson in library().lessons for band in lesson.bands if not lesson.practice_for(band)]
    assert not ages, "each age of a lesson has something to do"
    for number, practice in lessons:
        for activity in practice:
            for end in ("", "/paper"):
                assert visit().get(f"/{locale}/lessons/{number}/practice/{activity.number}{end}").status_code == 200


@pytest.mark.parametrize("locale", LOCALES)
def test_a_card_answers_whichever_pile_it_was_put_on(app, visit, locale):
    at = address(app, "consent", "sort", locale)
    for pile, when in (("red", "fits"), ("green", "other")):
        html = visit().post(at, {"sticker": pile}).get_data(as_text=True)
        card = html.split('id="c-sticker"')[1].split("</fieldset>")[0]
        assert re.search(rf'<b data-when="{when}">', card)
        assert len(re.findall(r'<b data-when="\w+">', card)) == 1
        assert "data-why hidden" not in card
    assert "data-why hidden" in html.split('id="c-team-page"')[1].split("</fieldset>")[0], "what was not tapped says nothing yet"


def test_where_two_piles_hold_the_page_says_so(app, visit):
    html = visit().post(address(app, "consent", "sort"), {"class-photo": "red"}).get_data(as_text=True)
    assert '<b data-when="several">' in html.split('id="c-class-photo"')[1].split("</fieldset>")[0]


def test_lines_make_a_message_and_the_meter_moves(app, visit):
    at = address(app, "helping-a-friend", "compose")
    html = visit().post(at, {"begin": "thanks", "middle": "here", "onward": "who"}).get_data(as_text=True)
    assert "Thanks for telling me. I&#39;m here. Who should we go to together?" in html.replace("’", "&#39;")
    assert re.search(r'data-level="2">', html), "three kind lines stand at the top"
    html = visit().post(at, {"begin": "why", "middle": "nothing", "onward": "show"}).get_data(as_text=True)
    assert re.search(r'data-level="0">', html)


def test_a_line_that_is_not_offered_changes_nothing(app, visit):
    html = visit().post(address(app, "helping-a-friend", "compose"), {"begin": "<script>x</script>"}).get_data(as_text=True)
    assert "<script>x" not in html
    assert "data-made hidden" in html


@pytest.mark.parametrize(
    ("tones", "levels", "at"), [([], 3, 1), ([1], 3, 2), ([-1], 3, 0), ([1, -1], 3, 1), ([1, 1, -1], 3, 1), ([1], 0, 0), ([1, 0], 2, 1)]
)
def test_the_meter_is_the_mean_laid_over_its_levels(tones, levels, at):
    assert level_of(tones, levels) == at


@pytest.mark.parametrize("locale", LOCALES)
def test_a_situation_opens_its_doors_with_services_of_every_country(app, visit, locale):
    html = visit().post(address(app, "reporting", "route", locale), {"situation": "private-picture"}).get_data(as_text=True)
    doors = html.split('data-door="private-picture"')[1].split("</section>")[0]
    assert not doors.startswith(" hidden")
    with app.test_request_context():
        fitting = [s for s in library().services if s.kind in ("image", "talk")]
        others = [s for s in library().services if s.kind == "emergency"]

    assert len(re.findall(r'class="service-name"', doors)) == len(fitting) > 0
    assert others
    assert 'data-door="danger-now" hidden' in html


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_what_was_chosen_is_kept_or_stands_in_an_address(app, visit, kind):
    visitor = visit()
    response = visitor.post(address(app, LESSON_OF[kind], kind), {"sticker": "red", "begin": "why", "situation": "danger-now"})
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert not re.search(r"sticker|danger-now", " ".join(response.headers.getlist("Set-Cookie")))


@pytest.mark.parametrize("kind", KINDS)
def test_the_cards_of_the_curriculum_break_no_rule(kind):
    assert rules_broken(LESSON_OF[kind], kind) == set()


@pytest.mark.parametrize(
    ("slug", "kind", "old", "new", "rule"),
    [
        ("consent", "sort", 'piles = ["green", "yellow", "red"]', 'piles = ["green", "yellow", "red", "blue"]', "card-piles"),
        ("then-and-now", "sort", 'right = ["changed"]', 'right = ["still"]', "card-piles"),
        ("helping-a-friend", "compose", 'options = ["thanks", "believe", "why"]', 'options = ["thanks"]', "card-slot"),
        ("helping-a-friend", "compose", "tones = { thanks = 1", "tones = { thank = 1", "unknown-option"),
        ("reporting", "route", 'useful = ["exact-name"]', 'useful = ["exact-name", "suspects"]', "card-form"),
    ],
)
def test_a_broken_card_is_found(slug, kind, old, new, rule):
    assert rule in rules_broken(slug, kind, old, new)


def test_the_id_of_an_option_is_no_word_of_a_text():
    text = "- [asks-password] Quelqu'un insiste.\n- [un lien](help:)"
    seen_text = Passage("f", 1, "fr", "practice", "p", "body", text, "student").seen
    assert "password" not in seen_text
    assert len(seen_text) == len(text), "places in findings stay right"
    assert "un lien" in seen_text


def test_three_cards_are_too_few():
    text = (PROJECT / "lessons/consent/practice.toml").read_text("utf-8")
    assert "card-number" in rules_broken("consent", "sort", text[text.index("[activities.cards.sticker]") :], "")
