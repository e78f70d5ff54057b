"""Where a path leads in a story, and what of it cannot be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from practice.telling import make_story

from app.curriculum.compiling import compile_sources
from app.curriculum.findings import Report
from app.curriculum.practice_scenario import Story, all_paths, longest_way, may_skip, story_of, walk
from app.curriculum.reading import read_sources


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    report = Report()
    sources = read_sources(make_story(tmp_path_factory.mktemp("story")), report)
    assert report.findings == []
    (lesson,) = (x for x in compile_sources(sources, "").library.lessons if x.practice)
    return story_of(lesson.practice[0])


@pytest.mark.parametrize(
    ("path", "at", "kept"),
    [
        ("", "hello", ""),
        ("0", "keeping", "0"),
        ("0.k0", "later", "0.k0"),
        ("0.k01.0.n", "told", "0.k01.0.n"),
        ("1.1", "open-end", "1.1"),
        ("2.n", "told", "2.n"),
        ("w", "tell", "w"),
        ("1.w.n", "told", "1.w.n"),
        # what does not fit ends the path there
        ("7", "hello", ""),
        ("0.0", "keeping", "0"),
        ("n", "hello", ""),
        ("k0", "hello", ""),
        ("0.k9", "keeping", "0"),
        ("0.k10", "keeping", "0"),
        ("2.w", "tell", "2"),
        ("2.n.n.n", "told", "2.n"),
        ("<script>", "hello", ""),
        ("0..k0", "later", "0.k0"),
        ("p1", "later", "p1"),
        ("p1.0", "tell", "p1.0"),
        ("p9", "hello", ""),
    ],
)
def test_a_path_leads_as_far_as_it_fits(story, path, at, kept):
    here = walk(story, path)
    assert (here.node.id, here.path) == (at, kept)


def test_the_mood_moves_with_each_choice_and_stays_on_its_scale(story):
    assert [walk(story, path).mood for path in ("", "0", "1")] == [1, 2, 0]


def test_tricks_are_noticed_where_they_are_met(story):
    assert walk(story, "").noticed == ("hurry",)
    assert walk(story, "p1").noticed == ()


def test_what_was_kept_is_known(story):
    assert walk(story, "0.k01").steps[-1].kept == ("messages", "answer")
    assert walk(story, "0.k").steps[-1].kept == ()


def test_the_way_to_help_is_open_until_somebody_is_told(story):
    can = {name: may_skip(story, node, frozenset()) for name, node in story.nodes.items()}
    assert can == {"hello": True, "keeping": True, "later": True, "open-end": True, "tell": False, "told": False}


def test_every_way_ends(story):
    ends = [(here.path, here.node.ending) for here in all_paths(story)]
    assert len(ends) == len(set(ends)) == 5
    assert {ending for _path, ending in ends} == {"told", "open"}
    assert longest_way(story, story.start) == 5


@given(st.text(alphabet="0123456789nwkp.", max_size=60))
def test_nothing_that_somebody_sends_leads_out_of_the_story(story, path):
    here = walk(story, path)
    assert here.node.id in story.nodes
    again = walk(story, here.path)
    assert (again.path, again.node, again.mood) == (here.path, here.node, here.mood)
