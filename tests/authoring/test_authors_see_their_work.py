"""In development: how far translations are, what has changed in the French, and a page that follows the files. Elsewhere nothing of it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest
from conftest import config_for
from page import check_page

from app import create_app
from app.authoring.history import texts_with
from app.core import preview
from app.curriculum.comparing import compared
from app.curriculum.staleness import acknowledge

PAGES = ("/en/translating", "/fr/translating/webcams", "/ko/translating/webcams")
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture
def lessons(tmp_path, compiled):
    return shutil.copytree(compiled.parent / "lessons", tmp_path / "work" / "lessons")


@pytest.fixture
def site(tmp_path, compiled, lessons, monkeypatch):
    """The site in development on a copy of the lessons; every request looks at the files."""
    monkeypatch.setattr(preview, "LOOK_EVERY", 0)
    data = shutil.copytree(compiled, tmp_path / "data")
    app = create_app(replace(config_for(data, lessons=lessons), debug=True))
    app.extensions["balise.desk"].begun = True  # the first look is the test's own
    app.extensions["balise.desk"].look()
    yield app
    app.extensions["balise.engine"].dispose()


def page(site, address):
    response = site.test_client().get(address)
    html = response.get_data(as_text=True)
    if response.mimetype == "text/html":
        check_page(html, address)
    return html


def change(lessons, name, old, new):
    file = lessons / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_elsewhere_these_pages_do_not_exist(app, visit):
    for address in (*PAGES, "/preview/version"):
        assert visit("Ms Tremblay").get(address).status_code == 404
    assert "preview" not in visit().get("/en/").get_data(as_text=True)
    assert not [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("authoring")]


@pytest.mark.parametrize("address", PAGES)
def test_they_are_pages_like_all_others(site, address):
    assert page(site, address)


def test_a_changed_sentence_is_shown_beside_the_one_it_was_translated_from(site, lessons):
    acknowledge(lessons)
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*GIT, "-C", str(lessons), *words], check=True)
    change(lessons, "webcams/guide.fr.md", 'title = "', 'title = "Zèbre ')
    overview = page(site, "/en/translating")
    assert overview.count('class="s-behind">1<') == 2
    both = page(site, "/fr/translating/webcams")
    assert both.count("<ins>Zèbre") == 2
    assert "guide.en.md · head" in both
    assert "guide.ko.md · head" in both


def test_without_the_old_french_the_page_says_so(site, lessons):
    acknowledge(lessons)
    change(lessons, "webcams/guide.fr.md", 'title = "', 'title = "Zèbre ')
    html = page(site, "/en/translating/webcams")
    assert "in no version that git knows here" in html
    assert "<del>" not in html


def test_a_text_with_another_hash_is_never_taken_for_the_old_one(lessons):
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*GIT, "-C", str(lessons), *words], check=True)
    assert texts_with(lessons, "webcams", "guide", {"000000000000"}) == {}
    assert texts_with(lessons, "nowhere", "guide", {"000000000000"}) == {}


def test_what_has_changed_is_marked_by_words():
    before, after = compared("Le chat dort ici.", "Le chien dort.")
    assert [t for t, changed in before if changed] == ["chat", " ici"]
    assert [t for t, changed in after if changed] == ["chien"]
    assert "".join(t for t, _ in before) == "Le chat dort ici."
    assert "".join(t for t, _ in after) == "Le chien dort."


def version(site):
    return site.test_client().get("/preview/version").get_json()["version"]


def test_a_page_that_is_open_hears_of_a_change_and_shows_it(site, lessons):
    first = version(site)
    assert version(site) == first
    change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
    assert version(site) != first
    assert "Zebra" in page(site, "/en/lessons/1")


def test_a_mistake_is_named_with_file_and_line_and_the_last_good_version_stays(site, lessons):
    first = version(site)
    change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
    good = version(site)
    change(lessons, "webcams/lesson.en.md", "+++\n", "++\n")
    broken = version(site)
    assert len({first, good, broken}) == 3
    html = page(site, "/en/lessons/1")
    assert "Zebra" in html
    assert "lessons/webcams/lesson.en.md:1</code>" in html.split('class="mending"')[1]
    assert "<details open>" in html.split('class="mending"')[1]
    change(lessons, "webcams/lesson.en.md", "++\n", "+++\n")
    assert version(site) == good
    assert "<details open>" not in page(site, "/en/lessons/1").split('class="mending"')[1]


def test_a_lesson_that_goes_or_comes_is_noticed(site, lessons):
    (lessons / "boosters.toml").unlink()
    shutil.move(lessons / "reporting", lessons.parent / "reporting")
    assert site.test_client().get("/en/translating/reporting").status_code == 404
    shutil.move(lessons.parent / "reporting", lessons / "reporting")
    assert page(site, "/en/translating/reporting")
