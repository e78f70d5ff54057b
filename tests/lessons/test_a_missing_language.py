from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import config_for
from curriculum.making import change, make_lessons

from app import create_app
from app.config import WrongConfiguration
from app.curriculum.staleness import acknowledge
from app.running import prepare


@pytest.fixture
def site(tmp_path):
    """A site of one small lesson, which a test may harm first: `site(harm)` starts it and gives a browser."""

    def start(harm):
        lessons = make_lessons(tmp_path)
        acknowledge(lessons)
        harm(lessons)
        config = replace(config_for(tmp_path / "data"), lessons=lessons)
        prepare(config)
        app = create_app(config)
        started.append(app)
        return app.test_client()

    started: list = []
    yield start
    for app in started:
        app.extensions["balise.engine"].dispose()


def test_a_text_that_a_language_lacks_is_shown_in_another_and_said_so(site):
    def harm(lessons):
        for name in ("lesson", "plan", "guide", "quiz"):
            (lessons / "webcams" / f"{name}.ko.md").unlink()

    browser = site(harm)
    for address in ("/ko/lessons/8", "/ko/lessons/8/plan", "/ko/guides/webcams"):
        page = browser.get(address)
        assert page.status_code == 200
        assert 'class="behind" lang="ko"' in page.get_data(as_text=True)
    assert browser.get("/ko/quizzes/8").status_code == 200
    assert 'class="behind"' not in browser.get("/fr/lessons/8").get_data(as_text=True)


def test_a_lesson_that_cannot_be_read_stops_the_start_and_says_where(site):
    def harm(lessons):
        (lessons / "webcams" / "lesson.toml").write_text("number = \n", "utf-8")

    with pytest.raises(WrongConfiguration, match=r"lessons/webcams/lesson\.toml:1"):
        site(harm)


def test_one_changed_french_word_is_one_line_for_readers_of_the_others(site):
    def harm(lessons):
        change(lessons, "webcams/lesson.fr.md", "{#start}\n\nUn texte court.", "{#start}\n\nUn texte bref.")

    browser = site(harm)
    for locale, count in (("en", 1), ("ko", 1), ("fr", 0)):
        assert browser.get(f"/{locale}/lessons/8").get_data(as_text=True).count('class="behind"') == count, locale
