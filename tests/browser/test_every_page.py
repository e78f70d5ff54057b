"""What holds on every page there is, in English, or with BALISE_WALK=whole in each language, for a visitor, a student and a teacher. See walking.py and pages.py."""

from __future__ import annotations

import pytest
from browser.driving import LOCALES
from browser.walking import WHOLE, walk

walks: dict = {}


@pytest.fixture(params=[
    pytest.param((who, locale), id=f"{who}-{locale}", marks=pytest.mark.xdist_group(f"walk-{who}-{locale}"))
    for who in ("visitor", "teacher", "student", "board") for locale in (LOCALES if WHOLE else LOCALES[:1])
])  # fmt: skip
def walked(request, browser, site, seats, state_of):
    who, locale = request.param
    if request.param not in walks:
        walks[request.param] = walk(browser, site, seats, who, locale, state_of(who))
    return walks[request.param]


def test_every_page_opens(walked):
    assert walked.pages >= 3
    assert not walked.status, "\n".join(walked.status)


def test_axe_finds_no_barrier(walked):
    assert not walked.axe, "\n".join(walked.axe)


def test_no_page_scrolls_sideways_on_a_small_phone(walked):
    assert not walked.sideways, "\n".join(walked.sideways)


def test_spaced_out_text_still_fits(walked):
    assert not walked.spaced, "\n".join(walked.spaced)


def test_buttons_are_large_enough_for_a_finger(walked):
    assert not walked.small, "\n".join(walked.small)


@pytest.mark.promise("D-1")
def test_opening_help_leaves_no_trace(walked):
    assert not walked.help, "\n".join(walked.help)


@pytest.mark.promise("F-3", "H-1")
def test_no_other_host_is_asked_and_no_policy_broken(walked):
    assert not walked.outside, "\n".join(walked.outside)


@pytest.mark.promise("F-4")
def test_visitors_take_nothing_away(walked):
    assert not walked.stored, "\n".join(walked.stored)
