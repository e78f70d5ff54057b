"""Every number and word that a teacher sees is explained, in three languages, and every link to an explanation arrives."""

from __future__ import annotations

import re

import pytest
from making import make_attempt

from app.curriculum.definitions import DEFINITIONS
from app.curriculum.progress import Reason, Standing

LINK = re.compile(r'href="/(?:en|fr|ko)/numbers#([a-z-]+)"')


def explained(visit, locale, who="") -> dict[str, str]:
    """id -> the text under it."""
    html = visit(who).get(f"/{locale}/numbers").get_data(as_text=True)
    parts = re.split(r'<h3 id="([a-z-]+)">', html[: html.index("</main>")])
    return {name: re.sub(r"<[^>]+>", " ", text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_every_definition_is_explained_in_every_language(visit, locale):
    texts = explained(visit, locale)
    missing = [name for name in DEFINITIONS if name not in texts]
    assert not missing
    assert all(len(re.sub(r"\s+", " ", text)) > 40 for text in texts.values())
    if locale != "en":
        english = explained(visit, "en")
        assert list(english) == list(texts)
        assert not [name for name in texts if texts[name].strip() == english[name].strip()]


def test_reasons_and_states_lead_to_their_definition(visit):
    names = {reason.definition for reason in Reason} | {state.definition for state in Standing}
    assert names <= set(explained(visit, "en"))


def test_everybody_may_read_it_and_nobody_is_told_more(visit):
    assert explained(visit, "en") == explained(visit, "en", "Amy") == explained(visit, "en", "Ms Tremblay")


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_every_link_to_an_explanation_arrives(app, school, visit, locale):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
    teacher = visit("Ms Tremblay")
    ids = set(re.findall(r'id="([a-z-]+)"', teacher.get(f"/{locale}/numbers").get_data(as_text=True)))
    here = f"/{locale}/progress/{school.class_6b}"
    linked = set()
    for address in (here, f"{here}?names=0", f"{here}/{school.assignment}", f"{here}/{school.assignment}/{school.amy}"):
        linked |= set(LINK.findall(teacher.get(address).get_data(as_text=True)))
    assert {"standing", "hand", "next-step", "student"} <= linked
    assert linked <= ids


def test_the_limits_that_are_told_are_those_that_are_used(visit):
    from app.curriculum import progress as rules

    texts = {name: re.sub(r"\s+", " ", text) for name, text in explained(visit, "en").items()}
    assert f"{rules.SOLID:.0%}" in texts["standing"]
    assert f"{rules.GETTING_THERE:.0%}" in texts["standing"]
    assert f"{rules.GRADED_FOR_A_HAND} graded questions" in texts["hand-low"]
    assert "three quarters" in texts["hand-untouched"]
    assert rules.TIME_GONE == 0.75
    assert (rules.TRIES_FOR_A_HAND, rules.WRONG_RUNNING) == (2, 3)
    assert f"from {rules.FEWEST_ANSWERS} answers on" in texts["few"]
    assert f"{rules.WORTH_TALKING:.0%}" in texts["talk-about"]
