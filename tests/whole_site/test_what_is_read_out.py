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


def test_what_is_said_in_several_paragraphs_is_said_whole():
    """Of several blocks that come into one place Orca keeps the last: the name of a trick was never heard, only the advice below it."""
    in_parts = [
        (name, tag)
        for name, html in TEMPLATES.items()
        for tag in TAG.findall(html)
        if 'aria-live="polite"' in tag and tag.startswith("<div") and 'aria-atomic="true"' not in tag
    ]
    assert in_parts == []


def test_what_comes_in_several_blocks_comes_as_one_group():
    """Each block that comes into a place lets the whole of it be said once more: a note was read out twice."""
    notes = [
        (name, tag) for name, html in TEMPLATES.items() for tag in TAG.findall(html) if re.search(r" data-(note|told|done)(=|[ {>])", tag)
    ]
    assert len({name for name, _tag in notes if "practice" in name}) >= 3
    assert [(name, tag) for name, tag in notes if tag.startswith("<div") and 'role="group"' not in tag] == []


def test_a_place_that_speaks_up_is_there_before_it_speaks():
    """A place that comes out of hiding together with its first words is not announced."""
    hidden = [
        (name, tag) for name, html in TEMPLATES.items() for tag in TAG.findall(html) if "aria-live" in tag and re.search(r"\bhidden\b", tag)
    ]
    assert hidden == []


def as_heard(visit, address):
    """The words of a page in their order, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", visit().get(address).get_data(as_text=True)))


def test_words_that_only_a_gap_parts_are_parted_for_the_ear_too(visit):
    permissions = as_heard(visit, "/en/lessons/2/practice/1")
    assert re.search(r"phone, Apps with the camera: \d", permissions)
    assert "Well spotted: " in permissions or "Does without: " in permissions
    story = as_heard(visit, "/en/lessons/7/practice/1")
    assert re.search(r"What skyline_07 wrote: You kept it\.(&nbsp;| )You left it\.(&nbsp;| )", story)
    assert "“Come over here”: A new place is away from the others." in story
    assert re.search(r"\bMonday\.", as_heard(visit, "/en/lessons/16/practice/1"))
    assert "The title: Which title holds up?" in as_heard(visit, "/en/lessons/17/practice/1")


def test_the_number_of_a_door_is_for_the_eyes():
    """A figure that a stylesheet puts before a heading was read out with it, “1Report it”; the list says places and how many."""
    assert re.search(
        r'\.waylist h3::before\{content:counter\(door\);content:counter\(door\) / ""', (PROJECT / "app/static/cards.css").read_text("utf-8")
    )


def test_that_doors_have_opened_is_said(visit):
    """Whoever changes the country heard only that it was selected: the heading of the doors stands in a place that speaks up."""
    page = visit().get("/ko/lessons/12/practice/1").get_data(as_text=True)
    said = re.findall(r'<div aria-live="polite" aria-atomic="true">((?:<h2 [^>]*data-heading="\w+"[^>]*>[^<]*</h2>)+)</div>', page)
    assert len(said) == 1
    assert set(re.findall(r'data-heading="(\w+)"', said[0])) == set(re.findall(r'data-land="(\w+)"', page))


def test_a_heading_that_only_ears_meet_fits_its_place_in_korean(visit):
    """“What happens” also heads what a service does when it is called: a lab was announced as 연락하면, “if you get in touch”."""
    assert '<h2 class="vh" id="see-t">결과</h2>' in visit().get("/ko/lessons/4/practice/1").get_data(as_text=True)


def test_that_one_of_the_things_to_find_is_found_is_said_with_its_name(visit):
    page = visit().get("/en/lessons/15/practice/1").get_data(as_text=True)
    assert (
        len(
            re.findall(
                r'<h3 aria-live="polite" aria-atomic="true">[^<]+<span class="vh">\.</span> <span [^>]*data-found hidden>Found</span></h3>',
                page,
            )
        )
        == 3
    )
