"""The path of all lessons: sifted by age, time and subject, with boosters, and as a plan for a year."""

from __future__ import annotations

import re

import pytest

from app.curriculum.content import Booster, Lesson, Quiz
from app.curriculum.library import Library
from app.curriculum.yearplan import year_plan


def shown(html: str) -> set[int]:
    path = html.split('class="channel')[1].split('class="yearplan')[0]
    return {int(n) for n in re.findall(r'<h3><a href="/\w+/lessons/(\d+)', path)}


def test_the_path_is_sifted_by_age_time_and_subject(visit, app):
    lessons = app.extensions["balise.library"].lessons
    everything = visit().get("/en/lessons/").get_data(as_text=True)
    assert shown(everything) == {x.number for x in lessons}
    young = visit().get("/en/lessons/?band=A").get_data(as_text=True)
    assert shown(young) == {x.number for x in lessons if "A" in x.bands}
    assert "band=A" in young.split('class="channel')[1]
    short = visit().get("/en/lessons/?minutes=25&unit=cameras").get_data(as_text=True)
    assert shown(short) == {x.number for x in lessons if x.minutes <= 25 and x.unit == "cameras"}


def test_where_nothing_fits_the_page_says_so_and_leads_on(visit):
    html = visit().get("/en/lessons/?band=A&unit=design").get_data(as_text=True)
    assert shown(html) == set()
    assert "No lesson is all of this at once" in html
    assert 'href="/en/lessons/"' in html


@pytest.mark.parametrize("query", ["?band=Z", "?minutes=7", "?minutes=-1", "?unit=nothing", "?band=", "?band=A&band=B&x=1"])
def test_odd_wishes_are_passed_over(visit, query):
    assert visit().get(f"/fr/lessons/{query}").status_code == 200


def test_boosters_stand_after_their_unit(visit):
    html = visit().get("/en/lessons/").get_data(as_text=True)
    for unit, number in (("pictures", 1), ("pressure", 2), ("help", 3)):
        assert f"/en/boosters/{number}" in html.split(f'id="unit-{unit}"')[1].split("</section>")[0]
    young = visit().get("/en/lessons/?band=A").get_data(as_text=True)
    assert "/en/boosters/1?band=A" in young


def lesson(number: int, unit: str, bands: str) -> Lesson:
    return Lesson(f"l{number}", number, unit, "ball", tuple(bands), 20, (), False, (), (), (), (), (), {}, {}, {}, Quiz("", 0, (), {}))


def library(count: int, bands: str) -> Library:
    lessons = tuple(lesson(n, f"u{n // 4}", bands) for n in range(count))
    boosters = tuple(Booster(f"b{n}", n, f"u{n}", {}, dict.fromkeys(bands, (("l0", "i"),))) for n in (1, 4))
    return Library("", lessons, (), (), {}, {}, {}, boosters)


def test_the_youngest_have_nine_weeks_and_the_others_two_blocks_of_eight():
    assert [(b.number, b.lessons) for b in year_plan(library(9, "A"), "A")] == [(1, 9)]
    assert [(b.number, b.lessons) for b in year_plan(library(19, "BC"), "B")] == [(1, 8), (2, 8), (None, 3)]
    assert year_plan(library(5, "A"), "C") == ()


def test_weeks_are_counted_within_a_block_and_boosters_have_none():
    first, second, rest = year_plan(library(19, "B"), "B")
    assert [s.week for s in first.steps] == [1, 2, 3, 4, 5, 6, 7, 8, None]
    assert first.steps[-1].booster is not None
    assert [s.week for s in second.steps] == list(range(1, 9))
    assert [s.week for s in rest.steps if s.lesson] == [None, None, None]


def test_a_unit_that_outlasts_the_weeks_has_its_booster_inside_them():
    cut = year_plan(library(18, "B"), "B")
    assert not any(s.booster for s in cut[1].steps)  # u4 begins after the sixteenth lesson
    assert [s.booster.number for s in cut[2].steps if s.booster] == [4]
    lessons = tuple(lesson(n, "u1", "B") for n in range(18))
    whole = Library("", lessons, (), (), {}, {}, {}, library(1, "B").boosters)
    assert year_plan(whole, "B")[1].steps[-1].booster is not None
