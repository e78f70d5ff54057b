"""What screen readers make of the pages, as heard with Orca in Firefox (docs/decisions/0032): each rule is one that was broken."""

from __future__ import annotations

import re

from app.config import PROJECT

TAG = re.compile(r"<\w(?:{%.*?%}|{{.*?}}|[^>{]|{(?![%{]))*>", re.DOTALL)
DRAWING = re.compile(r'<svg[^>]*role="img".*?</svg>', re.DOTALL)
UNHEARD = re.compile(r'<g[^>]*aria-hidden="true".*?</g>|<text aria-hidden="true".*?</text>', re.DOTALL)
SAYS_ITS_WORDS = ("<p", "<h1", "<h2")  # these have the words themselves; a box with a name has it, a nameless one is silent
TEMPLATES = {str(path.relative_to(PROJECT)): path.read_text("utf-8") for path in sorted(PROJECT.glob("app/**/templates/**/*.html"))}


def test_what_is_said_in_place_can_also_be_read_there():
    """Orca does not read the words inside a status bar, only that there is one: a place that speaks up is aria-live instead."""
    assert [name for name, html in TEMPLATES.items() if 'role="status"' in html] == []


def test_whatever_takes_the_focus_says_what_it_is():
    nameless = [
        (name, tag)
        for name, html in TEMPLATES.items()
        for tag in TAG.findall(html)
        if "data-focus" in tag and not tag.startswith(SAYS_ITS_WORDS) and "aria-label" not in tag
    ]
    assert nameless == []


def test_a_drawing_is_its_description_and_no_heap_of_figures():
    """Firefox reads the letters inside a drawing too, after its description: they are hidden from it."""
    drawings = [(name, drawing) for name, html in TEMPLATES.items() for drawing in DRAWING.findall(html)]
    assert len(drawings) > 5
    assert [name for name, drawing in drawings if "<text" in UNHEARD.sub("", drawing)] == []


def test_an_empty_field_is_not_called_wrong_before_anything_was_sent(visit):
    """Firefox calls a field that HTML requires invalid for as long as it is empty, and its form with it."""
    for address in ("/en/sign-in", "/en/accounts/sign-in"):
        fields = [tag for tag in TAG.findall(visit().get(address).get_data(as_text=True)) if 'aria-required="true"' in tag]
        assert len(fields) >= 2
        assert not [tag for tag in fields if re.search(r" required[ >=]|aria-invalid", tag)]


def test_what_several_fields_lack_is_said_once_above_them(visit):
    page = visit().post("/en/sign-in", {}).get_data(as_text=True)
    problems = re.findall(r"<li><a href=\"#\w+\">(.*?)</a>", page.partition("errsum")[2].partition("</ul>")[0])
    assert len(problems) == len(set(problems)) == 3
    assert page.count('aria-invalid="true"') == 6
