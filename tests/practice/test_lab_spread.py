"""How one picture travels: the runs against the theory of branching processes, and what a brake may do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from app.core.library import library
from app.curriculum.spread import (
    FINGERPRINT_BLOCKS,
    FRIENDS,
    HOURS,
    MOST,
    REPORT_BLOCKS,
    Setting,
    chance_of_dying_out,
    compare,
    many,
    mean_total,
    places,
    run,
)

seeds = st.integers(0, 99_999)
tenths = st.integers(0, 5 * FRIENDS)
settings = st.builds(Setting, tenths, st.booleans(), st.integers(0, HOURS - 1), st.booleans())


@pytest.mark.parametrize("m", [0, 5, 7])
def test_below_one_each_the_mean_reach_is_what_galton_and_watson_say(m):
    # The first phone surely sends it to its first friend, and to each other friend with the usual chance.
    expected = 1 + (1 + (FRIENDS - 1) * m / (10 * FRIENDS)) * mean_total(m)
    reach = [len(run(Setting(m), seed).phones) for seed in range(2_000)]
    mean = sum(reach) / len(reach)
    error = (sum((n - mean) ** 2 for n in reach) / len(reach) ** 2) ** 0.5
    assert abs(mean - expected) <= 4 * error + 0.02  # a few runs are cut off at the last hour


@pytest.mark.parametrize("m", [13, 15])
def test_above_one_each_it_dies_out_as_often_as_the_fixed_point_says(m):
    p, q = m / (10 * FRIENDS), chance_of_dying_out(m)
    expected = q * (1 - p + p * q) ** (FRIENDS - 1)
    share = sum(run(Setting(m), seed).over for seed in range(400)) / 400
    assert abs(share - expected) <= 4 * (expected * (1 - expected) / 400) ** 0.5


def test_the_fixed_point_is_one_until_each_sends_it_to_one():
    assert chance_of_dying_out(9) == pytest.approx(1, abs=1e-6)
    assert chance_of_dying_out(10) == pytest.approx(1, abs=1e-3)  # it comes near slowly there
    for m in (12, 15, 20):
        p, q = m / (10 * FRIENDS), chance_of_dying_out(m)
        assert 0 < q < 1
        assert q == pytest.approx((1 - p + p * q) ** FRIENDS)
    with pytest.raises(ValueError, match="no end"):
        mean_total(10)


@given_settings(max_examples=40)
@given(settings, seeds)
def test_a_brake_only_ever_takes_phones_away(setting, seed):
    picture = compare(setting, seed)
    everyone = {phone.luck for phone in picture.without.phones}
    assert {phone.luck for phone in picture.with_brakes.phones} <= everyone
    assert len(picture.reached) == len(picture.with_brakes.phones)
    assert sorted((*picture.reached, *picture.spared)) == list(range(len(picture.without.phones)))
    assert all(a >= b for a, b in zip(picture.without.reached(), picture.with_brakes.reached(), strict=True))


@given_settings(max_examples=40)
@given(settings, seeds)
def test_reporting_sooner_never_reaches_more(setting, seed):
    sooner, later = (len(run(replace(setting, report_hour=hour), seed, 12).phones) for hour in (2, 9))
    if later < MOST - 60:  # far from the end of the drawing, where both look at the same hours
        assert sooner <= later


@given_settings(max_examples=40)
@given(settings, seeds)
def test_a_run_is_repeated_by_its_seed_and_stays_in_the_drawing(setting, seed):
    first = run(setting, seed)
    assert first == run(setting, seed)
    assert 2 <= len(first.phones) <= MOST or first.hours < 3
    assert all(first.phones[p.sender].hour < p.hour <= first.hours for p in first.phones[1:])


def test_a_run_ends_at_the_hour_before_the_drawing_would_be_too_full():
    runs = [run(Setting(20), seed) for seed in range(40)]
    assert all(len(r.phones) <= MOST for r in runs)
    assert sum(r.hours < HOURS for r in runs) > 30
    assert all(len(r.phones) > MOST / 2 for r in runs if r.hours < HOURS)


def test_the_brakes_do_what_the_page_says_of_them(app):
    with app.test_request_context():
        activity = next(a for a in library().lesson("image-permanence").practice if a.kind == "spread")
        for text in activity.texts.values():
            assert str(10 - REPORT_BLOCKS) in text.pieces["report"].html
            assert str(FINGERPRINT_BLOCKS) in text.pieces["fingerprint"].html
        picture = compare(Setting(activity.data["tenths"], False, activity.data["report_hour"]), activity.data["seed"])
    assert len(picture.with_brakes.phones) < len(picture.without.phones) / 4, "the worked example must show a brake that works"
    assert picture.with_brakes.over


def test_two_hundred_runs_are_told_by_their_middle():
    told = many(Setting(15, True, 5, True), 1, tries=40)
    reach = sorted(len(compare(Setting(15, True, 5, True), 2 + n).without.phones) for n in range(40))
    assert reach[19] == told.without
    assert told.with_brakes < told.without
    assert told.stopped_with_brakes > told.stopped_without


def test_no_two_phones_are_drawn_on_one_another():
    spots = places()
    assert len(spots) == MOST
    assert all(x * x + y * y < 100 * 100 for x, y in spots)
    nearest = min((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for i, a in enumerate(spots) for b in spots[:i])
    assert nearest**0.5 > 5.4
