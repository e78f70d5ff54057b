"""What holds on every page there is, for a visitor, a student, a teacher and a board. What is walked is told in walking.py and pages.py."""

from __future__ import annotations

import pytest
from browser.walking import LEAST, PARTS, walk

walks: dict = {}


@pytest.fixture(params=[
    pytest.param((who, part), id=f"{who}-{part + 1}", marks=pytest.mark.xdist_group(f"walk-{who}-{part}"))
    for who, parts in PARTS.items() for part in range(parts)
])  # fmt: skip
def walked(request, browser, site, seats, state_of):
    who, part = request.param
    if request.param not in walks:
        walks[request.param] = walk(browser, site, seats, who, part, state_of(who))
    return walks[request.param]


def test_every_page_opens(walked):
    assert walked.pages >= LEAST
    assert not walked.status, "\n".join(walked.status)


def test_axe_finds_no_barrier(walked):
    assert not walked.axe, "\n".join(walked.axe)


def test_no_page_scrolls_sideways_on_a_small_phone_or_at_200_percent(walked):
    assert not walked.sideways, "\n".join(walked.sideways)


def test_spaced_out_text_still_fits(walked):
    assert not walked.spaced, "\n".join(walked.spaced)


def test_buttons_are_large_enough_for_a_finger(walked):
    assert not walked.small, "\n".join(walked.small)


def test_whoever_asked_for_less_motion_sees_none(walked):
    assert not walked.moving, "\n".join(walked.moving)


@pytest.mark.promise("D-1")
def test_opening_help_leaves_no_trace(walked):
    assert not walked.help, "\n".join(walked.help)


@pytest.mark.promise("F-3", "H-1")
def test_no_other_host_is_asked_and_no_policy_broken(walked):
    assert not walked.outside, "\n".join(walked.outside)


@pytest.mark.promise("F-4")
def test_visitors_take_nothing_away(walked):
    assert not walked.stored, "\n".join(walked.stored)
