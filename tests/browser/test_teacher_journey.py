"""A teacher's way: in with two factors, a class, its door, cards, a lost secret, a lesson, and what the class knows."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from browser.driving import EVERYWHERE, fill_in_who, path_of, send, sign_in_teacher, words_shown
from browser.serving import name_in
from making import make_attempt, make_students
from sqlalchemy import select

from app.classrooms.models import Classroom, Student
from app.classrooms.queries import code_of
from app.core import clock
from app.core.db import db

STUDENTS = 6  # counts of a question are shown from 5 answers on


@pytest.mark.parametrize(("locale", "width"), EVERYWHERE)
def test_a_teacher_runs_a_class_from_the_first_day_to_the_results(browse, site, locale, width):
    teacher = site.new_teacher(f"teacher-{locale}-{width}")
    with browse(locale, width) as page:
        sign_in_teacher(page, locale, teacher)
        classroom_id, code = make_a_class(page, site, locale)
        open_and_close_the_door(page)
        student_id, name = seat_somebody(site, classroom_id)
        print_cards(page, locale, classroom_id, name)
        new_words_for(page, browse, locale, classroom_id, code, name)
        assignment_id = assign_a_lesson(page, site, locale, classroom_id)
        see_what_the_class_knows(page, site, locale, classroom_id, assignment_id, student_id)
        download_the_results(page, site, locale, classroom_id)
        page.locator('footer form[action$="/accounts/sign-out"] button').click()
        page.wait_for_url(f"**/{locale}/")


def make_a_class(page, site, locale):
    page.locator('main a[href$="/classrooms/new"]').first.click()
    page.locator("[name=label]").fill("8학년 2반" if locale == "ko" else "Huitième, salle 12")
    page.locator("main label:has([name=band][value=B])").click()
    page.locator(f"main label:has([name=locale][value={locale}])").click()
    page.locator("[name=timezone]").select_option("Asia/Seoul" if locale == "ko" else "America/Toronto")
    page.locator("[name=seats]").fill("12")
    send(page, "/classrooms/new")
    page.wait_for_url(re.compile(r"/classrooms/\d+$"))
    classroom_id = int(path_of(page).rsplit("/", 1)[1])
    with site.inside():
        return classroom_id, code_of(db.session.get_one(Classroom, classroom_id))


def open_and_close_the_door(page):
    page.locator("[name=minutes]").select_option("15")
    send(page, "/door")
    page.locator('main form[action$="/door/close"]').wait_for()
    send(page, "/door/close")
    page.locator('main form[action$="/door"]').wait_for()


def seat_somebody(site, classroom_id):
    name = (1, 1)
    return site.new_student(classroom_id, *name), name


def print_cards(page, locale, classroom_id, name):
    page.locator(f'main a[href$="/classrooms/{classroom_id}/cards"]').first.click()
    page.wait_for_url("**/cards")
    assert page.get_by_text(name_in(locale, *name)).first.is_visible()
    assert page.locator("main svg[role=img], main svg title").count() or page.locator("main .seat svg").count() >= 12
    page.go_back()


def new_words_for(page, browse, locale, classroom_id, code, name):
    """A student has lost the words: the teacher gives a number, the student draws new words alone."""
    page.goto(f"/{locale}/classrooms/{classroom_id}")
    page.locator('details:has(form[action$="/reset"]) summary').first.click()
    page.locator('main form[action$="/reset"] button').first.click()
    shown = page.locator("main .resetcard").inner_text()
    digits = re.search(r"\d{3}\s?\d{3}", shown)
    assert digits, shown
    with browse(locale) as own:
        own.goto(f"/{locale}/sign-in/new-words")
        fill_in_who(own, code, name, locale)
        own.locator("[name=digits]").fill(digits.group())
        send(own, "/sign-in/new-words")
        words = words_shown(own)
        assert len(set(words)) == 3
        send(own, "/new-words/taken")
        own.wait_for_url(f"**/{locale}/my-lessons")
    page.goto(f"/{locale}/classrooms/{classroom_id}")
    # One of them may be a word that a page has anyway.
    seen = [word for word in words if re.search(rf"\b{re.escape(word)}\b", page.content())]
    assert len(seen) < 3, "the teacher never sees the words"


def assign_a_lesson(page, site, locale, classroom_id):
    page.goto(f"/{locale}/progress/{classroom_id}")
    page.locator(f'main a[href$="/classrooms/{classroom_id}/assign"]').first.click()
    radio = page.locator("main input[name=lesson]").first
    page.locator("main label:has(input[name=lesson])").first.click()
    assert radio.is_checked()
    today = clock.today("Asia/Seoul" if locale == "ko" else "America/Toronto")
    page.locator("[name=opens_on]").fill((today - timedelta(2)).isoformat())
    page.locator("[name=due_on]").fill((today + timedelta(10)).isoformat())
    send(page, "/assign")
    page.wait_for_url(re.compile(r"/assignments/\d+\?assigned=1$"))
    assert page.locator("[name=due_on]").input_value() == (today + timedelta(10)).isoformat()
    return int(path_of(page).rsplit("/", 1)[1])


def see_what_the_class_knows(page, site, locale, classroom_id, assignment_id, student_id):
    with site.inside():
        for place, one in enumerate([student_id, *make_students(classroom_id, STUDENTS - 1)]):
            make_attempt(one, assignment_id, right=place)
    page.goto(f"/{locale}/progress/{classroom_id}")
    cells = page.locator(f'main table a[href*="/progress/{classroom_id}/{assignment_id}/"]')
    assert cells.count() == STUDENTS
    one_cell = page.locator(f'main table a[href$="/progress/{classroom_id}/{assignment_id}/{student_id}"]')
    one_cell.click()
    page.wait_for_url(f"**/progress/{classroom_id}/{assignment_id}/{student_id}")
    assert page.get_by_text(name_in(locale, 1, 1)).first.is_visible()
    page.goto(f"/{locale}/progress/{classroom_id}")
    page.locator(f'main nav a[href$="/progress/{classroom_id}/{assignment_id}"]').first.click()
    page.wait_for_url(f"**/progress/{classroom_id}/{assignment_id}")
    assert page.locator("main h1").is_visible()
    with site.inside():
        names = [
            name_in(locale, s.first, s.second) for s in db.session.scalars(select(Student).where(Student.classroom_id == classroom_id))
        ]
    told = page.locator("main").inner_text()
    assert not any(name in told for name in names), "questions are counted, never named"


def download_the_results(page, site, locale, classroom_id):
    page.goto(f"/{locale}/progress/{classroom_id}")
    with page.expect_download() as downloading:
        page.locator('main a[href$="/results.csv"]').first.click()
    download = downloading.value
    assert re.fullmatch(r"balise-.+\.csv", download.suggested_filename)
    raw = download.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "without the mark Excel shows Korean as gibberish"
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0][0] == {"en": "Student", "fr": "Élève", "ko": "학생"}[locale]
    assert len(rows[0]) == 7, "the one lesson, in five columns"
    assert len(rows) == 1 + STUDENTS
    assert name_in(locale, 1, 1) in {row[0] for row in rows}


def test_an_invited_teacher_sets_up_two_factors_and_is_in(browse, site):
    token = site.new_invitation("new.person@school.example")
    with browse("fr", 1366) as page:
        page.goto(f"/fr/accounts/invitation/{token}")
        page.locator("details:has(#secret) summary").click()
        secret = page.locator("#secret").inner_text().replace(" ", "")
        page.locator("[name=email]").fill("new.person@school.example")
        page.locator("[name=name]").fill("Mme Nouvelle")
        page.locator("[name=password]").fill("phare bouée lanterne marée")
        page.locator("[name=code]").fill(pyotp.TOTP(secret).now())
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/fr/classrooms/")
        page.goto(f"/fr/accounts/invitation/{token}")
        assert not page.locator("[name=password]").count(), "a link works once"


def test_a_code_from_the_app_works_once(browse, site):
    teacher = site.new_teacher("twice")
    with browse("en") as page:
        sign_in_teacher(page, "en", teacher)
    with browse("en") as page:
        page.goto("/en/accounts/sign-in")
        page.locator("[name=email]").fill(teacher.email)
        page.locator("[name=password]").fill(teacher.password)
        with site.inside():
            from app.accounts.queries import STEP
            from app.accounts.queries import teacher as find

            used = pyotp.TOTP(teacher.totp_secret).at(find(teacher.id).totp_last_step * STEP)
        page.locator("[name=code]").fill(used)
        send(page, "/accounts/sign-in")
        assert page.locator("main [role=alert]").is_visible()
        assert urlsplit(page.url).path == "/en/accounts/sign-in"
