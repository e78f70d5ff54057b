"""Cards, lines and doors: answered in place and without script, nothing kept, and nothing to be right about without deciding."""

from __future__ import annotations

import re
from html import escape, unescape

import pytest
from practice.test_lab_rules import rules_broken

from app.config import PROJECT
from app.core.library import library
from app.curriculum.passages import Passage
from app.curriculum.rendering import service_name
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


def route(visit, app, locale="en", **sent):
    """(country, kinds of service in their order, ids of the services) of what the page shows."""
    html = visit().post(address(app, "reporting", "route", locale), sent).get_data(as_text=True)
    (land,) = [part.split("</section>")[0] for part in html.split('data-land="')[1:] if " hidden" not in part[: part.index(">")]]
    steps = [part.split("</li><li data-kind")[0] for part in land.split('<li data-kind="')[1:] if " hidden" not in part[: part.index(">")]]
    names = re.findall(r'<b class="service-name">(.*?)</b>', "".join(steps))
    with app.test_request_context():
        ids = {service_name(s, locale): s.id for s in library().services}
    return land[:2], [step[: step.index('"')] for step in steps], [ids[unescape(name)] for name in names]


@pytest.mark.parametrize(("locale", "near"), [("en", "CA"), ("fr", "CA"), ("ko", "KR")])
def test_three_questions_lead_to_the_doors_of_a_country(app, visit, locale, near):
    country, kinds, services = route(visit, app, locale, situation="private-picture")
    assert (country, kinds) == (near, ["image", "talk"]), "in the order of the curriculum"
    with app.test_request_context():
        fitting = {s.id for s in library().services if s.kind in kinds and s.country in (near, "INT")}
    assert set(services) == fitting
    assert len(services) == len(fitting) > 3
    assert route(visit, app, locale, situation="danger-now", country="FR")[1:] == (["emergency"], ["H-FR-05"])


def test_in_quebec_its_own_doors_come_before_those_of_all_canada(app, visit):
    services = route(visit, app, situation="just-a-feeling", country="QC")[2]
    assert services == ["H-QC-01", "H-QC-02", "H-CA-04", "H-CA-05"]


def test_without_a_name_the_doors_that_ask_for_none_come_first_and_none_is_left_out(app, visit):
    usual = route(visit, app, situation="harmful-page", country="KR", name="unsure")
    without = route(visit, app, situation="harmful-page", country="KR", name="without")
    assert usual[:2] == without[:2]
    assert set(usual[2]) == set(without[2])
    with app.test_request_context():
        naming = {s.id: s.naming for s in library().services}
    reports = [naming[id] for id in without[2] if id in ("H-KR-04", "H-KR-07", "H-IN-03", "H-IN-04")]
    assert reports == ["ask", "", "", "named"]
    assert [naming[id] for id in usual[2]][:2] == ["ask", "named"]


def test_where_no_service_is_known_danger_still_has_an_answer(app, visit):
    html = visit().post(address(app, "reporting", "route"), {"situation": "danger-now", "country": "INT"}).get_data(as_text=True)
    step = html.split('data-land="INT"')[1].split('data-kind="emergency"')[1].split("</li>")[0]
    assert "Call the emergency number of the country you are in" in step
    assert not step.startswith(" hidden")


def test_each_door_says_what_it_does_with_a_name(app, visit):
    html = visit().get(address(app, "reporting", "route")).get_data(as_text=True).partition("data-land")[2]
    with app.test_request_context():
        told = [s for s in library().services if s.naming and s.country != "QC"]
    for service in told:
        entry = html.split(f'<b class="service-name">{escape(service_name(service, "en"), quote=False)}</b>')[1].split("service-privacy")[1]
        assert entry.startswith(f'">{escape(service.privacy["en"], quote=False)}'), service.id


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_what_was_chosen_is_kept_or_stands_in_an_address(app, visit, kind):
    visitor = visit()
    response = visitor.post(
        address(app, LESSON_OF[kind], kind), {"sticker": "red", "begin": "why", "situation": "danger-now", "country": "KR"}
    )
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
