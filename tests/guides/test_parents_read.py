from __future__ import annotations

from html import unescape

from app.core.library import library


def test_the_short_address_leads_to_the_familys_language_and_says_nothing_about_a_child(app, school, visit):
    from app.classrooms.naming import name_of

    response = visit().get(f"/f/{school.family_code.lower()}", headers={"Accept-Language": "ko"})
    assert response.headers["Location"].startswith("/ko/guides/family/")
    for locale in ("en", "fr", "ko"):
        page = visit().get(f"/{locale}/guides/family/{school.family_code}")
        html = page.get_data(as_text=True)
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
        assert "6B" not in html
        assert name_of(1, 1, locale) not in html


def test_the_family_page_opens_with_words_for_parents(app, school, visit):
    with app.app_context():
        lesson = library().lesson_by_number(8)
    for locale in ("en", "fr", "ko"):
        html = visit().get(f"/{locale}/guides/family/{school.family_code}").get_data(as_text=True)
        lead = unescape(html.partition('<p class="lead">')[2].partition("</p>")[0])
        assert lead == lesson.guides[locale].summary
        assert lead != lesson.texts[locale].summary


def test_who_mistypes_the_address_of_a_family_page_is_told_to_look_again(visit):
    for locale, words in (("en", "letters and digits of the address again"), ("fr", "lettres et les chiffres"), ("ko", "하나씩 다시")):
        page = visit().get(f"/{locale}/guides/family/ZZZZZZ")
        assert page.status_code == 404
        html = page.get_data(as_text=True)
        assert words in html
        assert f'href="/{locale}/guides/"' in html.partition("<main")[2]
