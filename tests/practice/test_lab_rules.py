"""Rules about the labs: each broken once; and the small sums they rest on."""

from __future__ import annotations

from functools import cache

import pytest
from curriculum.making import TODAY

from app.config import PROJECT
from app.curriculum.charting import BOTTOM, TOP, bars, looks, stands_in
from app.curriculum.checks_practice import RULES, Bench
from app.curriculum.combining import Clue, enough, places_left
from app.curriculum.compiling import compile_sources
from app.curriculum.desk import Desk
from app.curriculum.findings import Report
from app.curriculum.practice import read_practice
from app.curriculum.reading import read_sources
from app.curriculum.tables import Lines, Table, parse_toml

PLACES = {"here": {"plug": "round", "tree": "fir"}, "there": {"plug": "round", "tree": "palm"}}


@cache
def sources():
    return read_sources(PROJECT / "lessons", Report())


@cache
def compiled_sources():
    return compile_sources(sources(), "", final=False)


def rules_broken(slug, kind, old="", new=""):
    """Read the lesson's own practice.toml with one thing changed in it, and ask the kind's rule."""
    text = (PROJECT / "lessons" / slug / "practice.toml").read_text("utf-8")
    assert old in text
    report = Report()
    name = f"lessons/{slug}/practice.toml"
    changed = text.replace(old, new, 1)
    found = read_practice(Table(parse_toml(name, changed), name, Lines(changed), report))
    source = next(s for s in found if s.activity.kind == kind)
    lesson = next(s for s in sources().lessons if s.slug == slug)
    desk = Desk(sources(), compiled_sources(), TODAY, report)
    RULES[kind](Bench(desk, lesson, source))
    return {finding.rule for finding in report.findings}


LABS = [("image-fingerprints", "fingerprint"), ("trojan-horses", "permissions"), ("victim-identification", "clues"), ("numbers", "chart")]


@pytest.mark.parametrize(("slug", "kind"), LABS)
def test_the_labs_of_the_curriculum_break_no_rule(slug, kind):
    assert rules_broken(slug, kind) == set()


@pytest.mark.parametrize(
    ("slug", "kind", "old", "new", "rule"),
    [
        ("image-permanence", "spread", "tenths = 15", "tenths = 90", "out-of-range"),
        ("image-permanence", "spread", "report_hour = 5", "report_hour = 24", "out-of-range"),
        ("image-fingerprints", "fingerprint", '"kite"', '"whale"', "lab-drawing"),
        ("image-fingerprints", "fingerprint", "quality = 50\n", "", "lab-example"),
        ("trojan-horses", "permissions", '["weather", "alarm", "calculator", "chess"]', '["sundial"]', "unknown-value"),
        ("victim-identification", "clues", 'value = "round"', 'value = "flat"', "lab-answer"),
        ("victim-identification", "clues", "travels = true", "travels = false", "lab-answer"),
        ("victim-identification", "clues", 'tree = "fir", shirt = "plain"', 'tree = "oak", shirt = "plain"', "lab-answer"),
        ("victim-identification", "clues", "details.pet", "details.parrot", "lab-drawing"),
        ("victim-identification", "clues", 'clues = ["socket", "mug"]', 'clues = ["mug"]', "lab-drawing"),
        ("numbers", "chart", "11625, 18898", "11625, 18899", "lab-number"),
        ("numbers", "chart", 'base = "zero"', 'base = "none"', "lab-answer"),
        ("numbers", "chart", "high = 1250", "high = 1000", "lab-answer"),
        ("numbers", "chart", "axes.tall", "axes.taller", "lab-answer"),
    ],
)
def test_a_lab_with_one_thing_wrong_is_found(slug, kind, old, new, rule, monkeypatch):
    if kind == "spread":  # its rules are those of reading
        monkeypatch.setitem(RULES, kind, lambda _bench: None)
    assert rule in rules_broken(slug, kind, old, new)


def test_clues_rule_places_out_until_one_is_left():
    plug, fir, palm = Clue("a", "plug", "round"), Clue("b", "tree", "fir"), Clue("c", "tree", "palm", travels=True)
    assert places_left(PLACES, []) == ("here", "there")
    assert places_left(PLACES, [plug]) == ("here", "there")
    assert enough(PLACES, [plug, fir], "here")
    assert not enough(PLACES, [palm], "here")
    assert places_left(PLACES, [fir, palm]) == ()


def test_a_cut_axis_makes_the_last_bar_many_times_taller():
    one, two = bars([11625, 18898], 11000, 19000)
    assert looks([11625, 18898], 11000) == pytest.approx(12.64, abs=0.01)
    assert two.height / one.height == pytest.approx(12.64, abs=0.1)
    assert looks([11625, 18898], 0) == pytest.approx(1.63, abs=0.01)
    assert looks([5, 10], 5) is None
    assert bars([100], 0, 100)[0].height == BOTTOM - TOP
    assert bars([5], 10, 20)[0].height == 0


def test_a_number_is_found_in_a_text_however_its_language_groups_it():
    for text in ("6322 en 2020", "6 322 en 2020", "6,322 in 2020", "2020년 6,322건", "6\u202f322"):
        assert stands_in(6322, text), text
    assert not stands_in(322, "6,322 in 2020")
    assert not stands_in(632, "6322")
    assert not stands_in(322, "6322")
    assert not stands_in(11568, "11 568 900")
