"""In development: how far translations are, what has changed in the French, and a page that follows the files. Elsewhere nothing of it."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from dataclasses import replace

import pytest
from conftest import config_for
from jinja2 import BaseLoader
from page import check_page

from app import create_app
from app.authoring.history import texts_with
from app.core import preview
from app.core.library import lessons_to_compile, open_library
from app.curriculum import compiling
from app.curriculum.comparing import compared
from app.curriculum.staleness import acknowledge

PATIENCE = 120  # seconds; a busy machine compiles every lesson
PAGES = ("/en/translating", "/fr/translating/webcams", "/ko/translating/webcams")
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture
def lessons(tmp_path, compiled):
    return shutil.copytree(compiled.parent / "lessons", tmp_path / "work" / "lessons")


@pytest.fixture
def site(tmp_path, compiled, lessons, monkeypatch):
    """The site in development on a copy of the lessons; every request looks at the files."""
    monkeypatch.setattr(preview, "LOOK_EVERY", 0)
    monkeypatch.setattr(preview, "looks", lambda: iter(()))  # somebody may edit a template while the tests run
    data = shutil.copytree(compiled, tmp_path / "data")
    app = create_app(replace(config_for(data, lessons=lessons), debug=True))
    assert app.extensions["balise.desk"].bench  # made before anything changes, as by `warm`
    yield app
    with app.extensions["balise.desk"].working:  # what is still compiled beside the requests would be counted in the next test
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
    html = visit().get("/en/").get_data(as_text=True)
    assert "preview" not in html
    assert "translating" not in html
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


def follow(site, before):
    """What a page that is open does: it asks until it hears of another version."""
    until = time.monotonic() + PATIENCE
    while (now := version(site)) == before:
        assert time.monotonic() < until, "the change is not noticed"
        time.sleep(0.02)
    return now


def test_a_page_that_is_open_hears_of_a_change_and_shows_it(site, lessons):
    first = version(site)
    assert version(site) == first
    assert page(site, "/en/lessons/1") == page(site, "/en/lessons/1")
    change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
    second = follow(site, first)
    shown = page(site, "/en/lessons/1")
    assert "Zebra" in shown
    assert f'data-version="{second}"' in shown
    assert version(site) == second


def test_the_terminal_says_that_a_change_was_seen_and_when_the_pages_have_it(site, lessons, capsys):
    first = version(site)
    change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
    second = follow(site, first)
    with site.extensions["balise.desk"].working:
        told = capsys.readouterr().err.splitlines()
    assert told[0] == "lessons/webcams/lesson.en.md changed, preparing ..."
    assert re.fullmatch(r"The pages have it \(\d+\.\d s\)\.", told[1])
    change(lessons, "webcams/quiz.toml", 'right = "', 'right = "nobody-')
    follow(site, second)
    with site.extensions["balise.desk"].working:
        told = capsys.readouterr().err.splitlines()
    assert told[0] == "lessons/webcams/quiz.toml changed, preparing ..."
    assert re.match(r"Not shown yet, there is something to mend: lessons/webcams/quiz\S+:\d+: ", told[1])


def test_a_start_compiles_nothing_again_and_a_change_only_its_own_lesson(site, lessons, monkeypatch):
    compiled = []
    plain = compiling._lesson
    monkeypatch.setattr(compiling, "_lesson", lambda source, *rest: compiled.append(source.slug) or plain(source, *rest))
    first = version(site)
    assert page(site, "/fr/lessons/1")
    assert page(site, "/fr/translating")
    assert compiled == []
    change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
    follow(site, first)
    assert compiled == ["webcams"]


def test_no_page_waits_while_a_lesson_is_compiled(site, lessons):
    desk = site.extensions["balise.desk"]
    with desk.working:  # as if compiling took very long
        change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
        first = version(site)
        for address in ("/en/lessons/1", "/en/translating", "/en/translating/webcams"):
            assert page(site, address)
        assert "Zebra" not in page(site, "/en/lessons/1")
    assert follow(site, first) != first
    assert "Zebra" in page(site, "/en/lessons/1")


def test_a_page_begun_before_a_change_is_not_kept_for_those_who_come_after(site):
    asked = []

    @site.template_filter("ask_meanwhile")
    def ask_meanwhile(text):
        if not asked:
            asked.append(site.extensions["balise.desk"].turn_over())
        return text

    usual = site.jinja_env.loader

    class Meanwhile(BaseLoader):
        def get_source(self, environment, name):
            source, file, fresh = usual.get_source(environment, name)
            return source + "{{ ''|ask_meanwhile }}" if name == "_preview.html" else source, file, fresh

    site.jinja_env.loader = Meanwhile()
    first = page(site, "/en/")
    assert asked
    assert f'data-version="{version(site)}"' not in first
    assert f'data-version="{version(site)}"' in page(site, "/en/")


def test_the_next_start_finds_what_was_compiled_while_the_author_wrote(site, lessons):
    first = version(site)
    change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
    follow(site, first)
    desk = site.extensions["balise.desk"]
    with desk.working:  # it is kept after it is shown
        pass
    assert lessons_to_compile(desk.config) == 0
    assert open_library(desk.config).lesson("webcams").texts["en"].title.startswith("Zebra")


def test_a_mistake_is_named_with_file_and_line_and_the_last_good_version_stays(site, lessons):
    first = version(site)
    change(lessons, "webcams/lesson.en.md", 'title = "', 'title = "Zebra ')
    good = follow(site, first)
    change(lessons, "webcams/lesson.en.md", "+++\n", "++\n")
    broken = follow(site, good)
    html = page(site, "/en/lessons/1")
    assert "Zebra" in html
    assert "lessons/webcams/lesson.en.md:1</code>" in html.split('class="mending"')[1]
    assert "<details open>" in html.split('class="mending"')[1]
    change(lessons, "webcams/lesson.en.md", "++\n", "+++\n")
    follow(site, broken)
    assert "<details open>" not in page(site, "/en/lessons/1").split('class="mending"')[1]


def test_a_mistake_that_was_there_at_the_start_is_named_when_its_lesson_changes(site, lessons):
    first = version(site)
    change(lessons, "webcams/lesson.fr.md", "\n\n", "\n\nDeux  espaces.\n\n")
    follow(site, first)
    assert "lessons/webcams/lesson.fr.md:" in page(site, "/en/").split('class="mending"')[1]


@pytest.mark.long
def test_a_shared_file_that_changes_reaches_every_lesson(site, lessons):
    first = version(site)
    name = site.extensions["balise.library"].services[0].name["en"]
    change(lessons, "help.toml", f'"{name}"', f'"Zebra {name}"')
    follow(site, first)
    assert "Zebra" in page(site, "/en/lessons/1").split("<main")[1]  # in the lesson's own text, not only in the panel above it


def test_a_stylesheet_or_a_template_that_changes_reloads_the_pages(site, tmp_path, monkeypatch):
    sheet = tmp_path / "static" / "new.css"
    sheet.parent.mkdir()
    monkeypatch.setattr(preview, "looks", lambda: iter(sheet.parent.rglob("*.*")))
    first = version(site)
    assert version(site) == first
    sheet.write_text("a{b:c}")
    assert version(site) != first


def test_templates_and_static_files_are_all_watched():
    watched = {file.name for file in preview.looks()}
    assert {"base.html", "balise.css", "preview.js", "show.html", "first.html"} <= watched


@pytest.mark.long
def test_a_lesson_that_goes_or_comes_is_noticed(site, lessons):
    (lessons / "boosters.toml").unlink()
    shutil.move(lessons / "reporting", lessons.parent / "reporting")
    assert site.test_client().get("/en/translating/reporting").status_code == 404
    shutil.move(lessons.parent / "reporting", lessons / "reporting")
    assert page(site, "/en/translating/reporting")


def test_the_way_to_the_translations_stands_at_the_foot_of_every_page_in_development(site):
    for address in ("/en/", "/fr/lessons/1", "/ko/help", "/en/accounts/sign-in"):
        locale = address[1:3]
        assert f'href="/{locale}/translating"' in page(site, address).split('<footer class="foot">')[1]
