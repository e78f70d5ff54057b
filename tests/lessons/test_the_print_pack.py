"""A lesson on paper: everything a teacher hands out, in three languages, and nothing a student should not get."""

from __future__ import annotations

import re
import sys
import types

import pytest

from app.core.helplines import ON_A_LINE, lines_of
from app.core.library import library
from app.curriculum.onpaper import asked_on_paper, read_typed
from app.curriculum.rendering import HELP_ORDER
from app.lessons import printing
from app.lessons.printing import PIECES, on_paper

LOCALES = ("en", "fr", "ko")
ALL = "&".join(f"piece={p}" for p in PIECES)


def pieces_in(html):
    """Name of a piece -> its HTML."""
    parts = re.split(r'<article class="piece is-(\w+)"', html.split("</main>")[0])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_lesson_prints_whole_for_every_age_with_help_lines_on_each_sheet(app, visit, locale):
    teacher = visit("Ms Tremblay")
    with app.test_request_context(f"/{locale}/"):
        app.preprocess_request()
        lessons = [(lesson, band) for lesson in library().lessons for band in lesson.bands]
        numbers = [line.reach for country in HELP_ORDER[locale] for line in lines_of(country, ON_A_LINE)]
    assert len(numbers) >= 4
    for place, (lesson, band) in enumerate(lessons):
        address = f"/{locale}/lessons/{lesson.number}/print?band={band}&size=a4&{ALL}"
        html = teacher.get(address, check=place % 5 == 0).get_data(as_text=True)
        found = pieces_in(html)
        assert tuple(found) == PIECES, address
        assert 'class="pack is-a4"' in html
        for name, piece in found.items():
            assert all(number in piece for number in numbers), (address, name)
            assert "<svg" in piece
        asked, alone = asked_on_paper(lesson.quiz, band)
        for item in asked:
            assert item.texts[locale].question in found["quiz"], address
        assert found["quiz"].count('class="p-ask is-') == len(asked)
        assert found["quiz"].count('class="p-ask p-alone"') == len(alone)
        assert found["key"].count('class="p-ask p-solved"') == len(asked) + len(alone)
        assert not any(o.text in found["quiz"] for item in alone for o in item.texts[locale].options.values()), address
        for section in lesson.texts[locale].for_band(band):
            assert f"<h3>{section.title}</h3>" in found["handout"], address
        for left in ("<details", "<button", "<a ", ' id="say', "data-say"):
            assert left not in "".join(found.values()), (address, left)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_letters_of_the_key_are_those_that_are_typed_in(app, locale):
    with app.test_request_context(f"/{locale}/"):
        app.preprocess_request()
        kinds = set()
        for lesson in library().lessons:
            for item in lesson.quiz.items:
                sheet = on_paper(item)
                assert read_typed(item, sheet.typed).choice == item.right
                assert all(a.reason and a.text for a in sheet.answers)
                kinds.add(item.kind)
                if item.kind == "order":
                    assert "".join(a.letter for a in sorted(sheet.answers, key=lambda a: int(a.right))) == sheet.typed
                elif item.kind == "match":
                    assert "".join(a.right for a in sheet.answers) == sheet.typed
                else:
                    assert "".join(a.letter for a in sheet.answers if a.right) == sheet.typed
        assert kinds == {"single", "several", "find", "order", "match"}


def test_a_student_and_a_visitor_get_no_key(visit):
    assert visit("Amy").get("/en/lessons/8/print?piece=key").status_code == 403
    assert visit().get("/en/lessons/8/print?piece=key").status_code == 303


def test_odd_wishes_are_passed_over_and_the_usual_paper_is_that_of_the_country(visit):
    teacher = visit("Ms Tremblay")
    for locale, size in (("en", "letter"), ("fr", "letter"), ("ko", "a4")):
        html = teacher.get(f"/{locale}/lessons/8/print?band=Z&size=tabloid&piece=secrets").get_data(as_text=True)
        assert f'class="pack is-{size}"' in html
        assert tuple(pieces_in(html)) == printing.USUAL_PIECES
    html = teacher.get("/fr/lessons/8/print?band=C&size=a4&piece=key&piece=quiz").get_data(as_text=True)
    assert 'href="/ko/lessons/8/print?band=C&amp;size=a4&amp;piece=quiz&amp;piece=key"' in html


def test_without_the_optional_part_there_is_no_pdf_and_no_button(visit, monkeypatch):
    monkeypatch.setattr(printing, "CAN_MAKE_PDF", False)
    teacher = visit("Ms Tremblay")
    assert "print.pdf" not in teacher.get("/en/lessons/8/print").get_data(as_text=True)
    answer = teacher.get("/en/lessons/8/print.pdf?size=a4&piece=key")
    assert (answer.status_code, answer.location) == (303, "/en/lessons/8/print?band=B&size=a4&piece=key")


def stand_in(seen):
    """WeasyPrint as far as it is used: what it is given, and whether it gets our files and no others."""
    package, fonts, urls = (types.ModuleType(f"weasyprint{end}") for end in ("", ".text.fonts", ".urls"))

    class Html:
        def __init__(self, string, base_url, url_fetcher):
            seen.append((string, url_fetcher))

        def write_pdf(self, stylesheets, font_config):
            return b"%PDF-1.7 of " + str(len(stylesheets)).encode()

    package.HTML, package.CSS = Html, lambda **given: given
    fonts.FontConfiguration = object
    urls.URLFetcher, urls.URLFetcherResponse = object, lambda url, body, headers=None: body
    return {
        "weasyprint": package,
        "weasyprint.text": types.ModuleType("weasyprint.text"),
        "weasyprint.text.fonts": fonts,
        "weasyprint.urls": urls,
    }


def test_with_it_the_button_gives_the_same_sheets_from_our_own_files_alone(visit, monkeypatch):
    seen = []
    monkeypatch.setattr(printing, "CAN_MAKE_PDF", True)
    for name, module in stand_in(seen).items():
        monkeypatch.setitem(sys.modules, name, module)
    teacher = visit("Ms Tremblay")
    page = teacher.get("/ko/lessons/1/print?size=letter&piece=quiz").get_data(as_text=True)
    assert 'href="/ko/lessons/1/print.pdf?band=B&amp;size=letter&amp;piece=quiz"' in page
    answer = teacher.get("/ko/lessons/1/print.pdf?band=B&size=letter&piece=quiz")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    html, fetcher = seen[0]
    assert list(pieces_in(html)) == ["quiz"]
    assert fetcher.fetch("balise:///fonts/balise-sans.woff2").startswith(b"wOF2")
    assert b"<svg" in fetcher.fetch("balise:///media/1/route.svg")
    for foreign in ("https://example.org/x.png", "file:///etc/passwd", "balise:///media/1/../../quiz.toml", "balise:///media/99/route.svg"):
        with pytest.raises(ValueError, match="not one of our files"):
            fetcher.fetch(foreign)
    assert visit("Amy").get("/ko/lessons/1/print.pdf").status_code == 403


def test_the_real_package_where_it_is_installed_embeds_korean(app, visit):
    pytest.importorskip("weasyprint", reason="an optional part of Balise: pip install .[pdf]")
    answer = visit("Ms Tremblay").get("/ko/lessons/2/print.pdf?piece=quiz&size=a4")
    assert answer.data.startswith(b"%PDF-")
    assert b"Balise-Hangul" in answer.data
