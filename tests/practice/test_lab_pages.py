"""The labs without script: what the page shows at once, what its form comes back with, and the paper."""

from __future__ import annotations

import re

import pytest

from app.core.library import library
from app.curriculum.spread import Setting, compare
from app.practice.labs import LABS

LOCALES = ("en", "fr", "ko")
PLACES = {"spread": 4, "fingerprint": 15, "chart": 17, "permissions": 2, "clues": 14, "peek": 4, "flags": 7}  # numbers of lessons


def address(app, kind, locale="en", end=""):
    with app.test_request_context():
        lesson = library().lesson_by_number(PLACES[kind])
        nth = next(a.number for a in lesson.practice if a.kind == kind)
    return f"/{locale}/lessons/{PLACES[kind]}/practice/{nth}{end}"


def tag_with(html, attribute):
    """The tag that bears this attribute."""
    return re.search(rf"<[^>]*{attribute}[^>]*>", html)[0]


@pytest.mark.parametrize("kind", list(LABS))
@pytest.mark.parametrize("locale", LOCALES)
def test_every_lab_has_its_page_and_its_paper_in_three_languages(app, visit, kind, locale):
    page = visit().get(address(app, kind, locale)).get_data(as_text=True)
    assert LABS[kind].script in page
    assert "lab.css" in page
    paper = visit().get(address(app, kind, locale, "/paper")).get_data(as_text=True)
    assert "p-ask" in paper
    assert LABS[kind].script not in paper


def test_the_spread_is_drawn_with_the_brakes_that_were_chosen(app, visit):
    sent = {"tenths": "12", "brake": ["refuses", "fingerprint"], "hour": "5", "seed": "6", "go": "show"}
    page = visit().post(address(app, "spread"), sent).get_data(as_text=True)
    wanted = compare(Setting(12, refuses=True, fingerprint=True), 6)
    assert f'data-count="with">{len(wanted.with_brakes.phones)}<' in page
    assert f'data-count="without">{len(wanted.without.phones)}<' in page
    assert "checked" in tag_with(page, 'value="refuses"')
    assert "checked" not in tag_with(page, 'value="report"')


def test_other_luck_is_another_run_and_odd_numbers_do_no_harm(app, visit):
    page = visit().post(address(app, "spread"), {"tenths": "15", "seed": "6", "hour": "5", "go": "luck"}).get_data(as_text=True)
    assert 'name="seed" value="7"' in page
    odd = visit().post(address(app, "spread"), {"tenths": "999", "seed": "-4", "hour": "noon", "brake": "report"}).get_data(as_text=True)
    assert 'value="20" min="1" max="20"' in odd
    assert 'name="seed" value="0"' in odd


def test_the_check_up_says_how_many_were_found_and_why_each(app, visit):
    on = ["video-calls", "photos", "codes", "alarm", "class-calls", "stop-motion", "scanner", "calculator", "filters", "chess"]
    page = visit().post(address(app, "permissions"), {"on": on}).get_data(as_text=True)
    assert "1 of the 4 that do without have no camera any more." in page
    assert "hidden" not in tag_with(page, "data-missed")  # the dance game misses it
    assert "hidden" in tag_with(page, "data-done")
    assert "It needs your town, not your face." in page
    needed = [*on[:3], "class-calls", "stop-motion", "scanner", "dance", "filters"]
    done = visit().post(address(app, "permissions"), {"on": needed}).get_data(as_text=True)
    assert "4 of the 4" in done
    assert "hidden" not in tag_with(done, "data-done")


def told(page):
    """Which word of the map is shown."""
    return [name for name in ("found", "too-many", "misled", "none-left") if "hidden" not in tag_with(page, f'data-told="{name}"')]


@pytest.mark.parametrize(
    ("clues", "said", "left"),
    [
        ([], [], 6),
        (["socket"], ["too-many"], 4),
        (["socket", "stop-sign", "firs", "jerseys"], ["found"], 1),
        (["socket", "mug"], ["misled"], 1),
        (["firs", "mug"], ["none-left"], 0),
    ],
)
def test_the_map_follows_the_clues(app, visit, clues, said, left):
    page = visit().post(address(app, "clues"), {"clue": clues, "go": "map"}).get_data(as_text=True)
    assert told(page) == said
    assert f"Towns left: {left} of 6" in page
    assert page.count('class="i-land is-out"') == 6 - left


def test_what_is_hidden_is_covered_and_the_words_wait_until_asked(app, visit):
    page = visit().post(address(app, "clues"), {"hide": ["number"], "go": "map"}).get_data(as_text=True)
    assert "is-on" in tag_with(page, 'data-hide="number"')
    assert "is-on" not in tag_with(page, 'data-hide="street"')
    assert all("hidden" in tag for tag in re.findall(r"<div[^>]*data-own[^>]*>", page))
    asked = visit().post(address(app, "clues"), {"hide": ["number"], "go": "own"}).get_data(as_text=True)
    assert not any("hidden" in tag for tag in re.findall(r"<div[^>]*data-own[^>]*>", asked))


def test_a_poster_is_drawn_again_as_it_was_mended(app, visit):
    first = visit().get(address(app, "chart")).get_data(as_text=True)
    assert "12.6 times as tall" in first
    assert "Parts that stand up: 0 of 4" in first
    right = {"reports-title": "who", "reports-unit": "reports", "reports-period": "months", "reports-base": "zero"}
    page = visit().post(address(app, "chart"), right).get_data(as_text=True)
    assert "1.6 times as tall" in page
    assert "Parts that stand up: 4 of 4" in page
    assert "A fair comparison" in page or "a fair comparison" in page
    assert "axis from 0 to 19,000" in page


def test_nothing_that_is_sent_is_kept_or_set(app, visit, statements):
    visitor = visit()
    with statements() as made:
        answer = visitor.post(address(app, "clues"), {"clue": ["socket"]})
    assert "Set-Cookie" not in answer.headers
    assert made == []
