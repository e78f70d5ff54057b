"""What screen readers make of the pages, as heard with Orca in Firefox (docs/decisions/0031): each rule is one that was broken."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.config import PROJECT

TAG = re.compile(r"<\w(?:{%.*?%}|{{.*?}}|[^>{]|{(?![%{]))*>", re.DOTALL)
DRAWING = re.compile(r'<svg[^>]*role="img".*?</svg>', re.DOTALL)
UNHEARD = re.compile(r'<g[^>]*aria-hidden="true".*?</g>|<text aria-hidden="true".*?</text>', re.DOTALL)
SPOKEN_WHEN_FOCUSED = ("<p", "<h1", "<h2")  # a paragraph or a heading says its own words


def templates() -> list[Path]:
    return sorted(PROJECT.glob("app/**/templates/**/*.html"))


def name_of(template: Path) -> str:
    return str(template.relative_to(PROJECT))


@pytest.mark.parametrize("template", templates(), ids=name_of)
def test_what_is_said_in_place_can_also_be_read_there(template):
    """Orca does not read the words inside a status bar, only that there is one: a place that speaks up is aria-live instead."""
    assert 'role="status"' not in template.read_text("utf-8")


@pytest.mark.parametrize("template", templates(), ids=name_of)
def test_whatever_takes_the_focus_says_what_it_is(template):
    """A nameless box that takes the focus is silent, or a "status bar" without words."""
    nameless = [
        tag for tag in TAG.findall(template.read_text("utf-8"))
        if "data-focus" in tag and not tag.startswith(SPOKEN_WHEN_FOCUSED) and "aria-label" not in tag
    ]  # fmt: skip
    assert not nameless


@pytest.mark.parametrize("template", templates(), ids=name_of)
def test_a_drawing_is_its_description_and_no_heap_of_figures(template):
    """Firefox reads the letters inside a drawing too, after its description: they are hidden from it."""
    for drawing in DRAWING.findall(template.read_text("utf-8")):
        assert "<text" not in UNHEARD.sub("", drawing)
