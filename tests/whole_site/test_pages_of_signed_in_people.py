"""Pages that are kept for people who are signed in: nobody ever sees what is somebody else's, and nothing that has changed stays old."""

from __future__ import annotations

import gzip
import re
import zlib

import pytest
from making import make_attempt
from visiting import lasting

from app.classrooms.models import Assignment, Classroom, Student
from app.core import clock, patterns, sessions
from app.core.db import db

TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


def lesson(school, locale="en") -> str:
    return f"/{locale}/lessons/assigned/{school.assignment}"


def name_of(app, who, locale):
    with app.test_request_context(f"/{locale}/my-lessons", headers={"Cookie": f"balise={who.token}"}):
        app.preprocess_request()
        return sessions.person().name


@pytest.mark.promise("C-8")
def test_two_students_in_turns_each_see_their_own_name_and_their_own_form_token(app, school, visit):
    people = {who: visit(who) for who in ("Amy", "Min")}
    names = {who: name_of(app, visitor, "en") for who, visitor in people.items()}
    assert len(set(names.values())) == 2
    for who in ("Amy", "Min", "Min", "Amy", "Amy", "Min"):
        visitor, other = people[who], next(w for w in people if w != who)
        html = visitor.get(lesson(school)).get_data(as_text=True)
        assert names[who] in html
        assert names[other] not in html
        tokens = set(TOKEN.findall(html))
        assert tokens
        for token in tokens:
            done = visitor.client.post(f"{lesson(school)}/read", data={"csrf": token})
            assert done.status_code == 303
            assert people[other].client.post(f"{lesson(school)}/read", data={"csrf": token}).status_code == 409


@pytest.mark.promise("A-2")
def test_nothing_of_whoever_asks_first_is_in_the_page_that_is_kept(app, school, visit):
    amy = visit("Amy")
    html = amy.get(lesson(school)).get_data(as_text=True)
    visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}")
    kept = [b"".join(p.plain).decode() for _state, p in app.extensions["balise.patterns"].kept.values()]
    assert len(kept) == 2
    own = [amy.token, name_of(app, amy, "en"), f"assigned/{school.assignment}", "Tremblay", *TOKEN.findall(html)]
    for text in kept[:1]:
        assert not [x for x in own if x in text]
    assert "Tremblay" not in kept[1]


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_a_kept_page_is_the_page_that_would_be_made_anew(app, school, visit, locale):
    amy = visit("Amy")

    def page():
        return lasting(amy.get(lesson(school, locale)).get_data(as_text=True))

    for step in ("fresh", "read", "tapped", "over"):
        if step == "read":
            amy.post(f"{lesson(school)}/read")
        if step == "tapped":
            amy.post(f"{lesson(school)}/pulse", {"question": "clear", "reply": "yes"})
        if step == "over":
            with app.test_request_context(method="POST"):
                db.session.get_one(Assignment, school.assignment).due_on = clock.today() - clock.timedelta(days=2)
                db.session.commit()
        first, second = page(), page()
        app.extensions["balise.patterns"].kept.clear()
        assert lasting(first) == lasting(second) == lasting(page())
        assert patterns.TOKEN not in first
        assert str(patterns.NUMBER) not in first


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_a_lesson_that_is_not_assigned_is_kept_for_each_kind_of_person(app, visit, locale):
    address, people = f"/{locale}/lessons/1", [visit("Amy"), visit("Ms Tremblay"), visit("Min"), visit("Mr Other")]
    for band in ("", "?band=A", "?band=C", "?band=x"):
        seen = [lasting(who.get(address + band).get_data(as_text=True)) for who in people]
        app.extensions["balise.patterns"].kept.clear()
        assert seen == [lasting(who.get(address + band).get_data(as_text=True)) for who in reversed(people)][::-1]
        assert len(app.extensions["balise.patterns"].kept) == 2, "one for students, one for teachers"
        assert len({seen[0], seen[2], seen[1]}) == 3, "each student with the own name"


def test_kept_pages_travel_as_one_gzip_member_with_a_right_checksum(app, school, visit):
    amy = visit("Amy")
    for address in (lesson(school), lesson(school, "ko")):
        plain = lasting(amy.get(address).get_data(as_text=True))
        packed = amy.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Cache-Control"] == "no-store"
        stream = zlib.decompressobj(31)
        text = stream.decompress(packed.data)
        assert stream.eof
        assert not stream.unused_data
        assert lasting(text.decode()) == plain
        assert gzip.decompress(packed.data) == text


def test_a_name_cannot_break_out_of_its_gap():
    token = patterns.gap("name")
    pattern = patterns.Pattern(f"<p>{token}</p>/a/{patterns.NUMBER}/b", level=9)
    values = {"name": b"&lt;b&gt;", "number": b"7"}
    assert pattern.filled(values) == b"<p>&lt;b&gt;</p>/a/7/b"
    assert gzip.decompress(pattern.filled_and_packed(values)) == pattern.filled(values)


def test_no_more_pages_are_kept_than_there_is_room_for():
    kept = patterns.Patterns()
    for n in range(patterns.MOST_KEPT + 20):
        kept.put(n, None, patterns.Pattern(str(n), level=1))
    assert len(kept.kept) == patterns.MOST_KEPT
    assert kept.find(0, None) is None
    assert kept.find(patterns.MOST_KEPT + 19, None) is not None


CHANGES = {
    "an answer": lambda school: make_attempt(school.min, school.assignment, right=2),
    "a label": lambda school: setattr(db.session.get_one(Classroom, school.class_6b), "label", "Room 12"),
    "a code": lambda school: setattr(db.session.get_one(Classroom, school.class_6b), "code_seed", "0123456789abcdef"),
    "a day": lambda school: setattr(db.session.get_one(Assignment, school.assignment), "due_on", clock.today() + clock.timedelta(days=9)),
    "a seat less": lambda school: db.session.delete(db.session.get_one(Student, school.min)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_class_page_shows_every_change_at_once(app, school, visit, change):
    teacher, address = visit("Ms Tremblay"), f"/en/progress/{school.class_6b}"

    def page():
        return lasting(teacher.get(address).get_data(as_text=True))

    before = page()
    assert page() == before
    with app.test_request_context(method="POST"):
        CHANGES[change](school)
        db.session.commit()
    after = page()
    assert after != before
    app.extensions["balise.patterns"].kept.clear()
    assert page() == after


def test_the_class_page_of_tomorrow_is_not_that_of_today(app, school, visit):
    teacher, address = visit("Ms Tremblay"), f"/en/progress/{school.class_6b}"
    assert "most of the time has gone" not in teacher.get(address).get_data(as_text=True)
    clock.shift = clock.timedelta(days=6)
    again = visit("Ms Tremblay")
    assert "most of the time has gone" in again.get(address).get_data(as_text=True)


@pytest.mark.promise("A-2")
def test_another_teacher_never_gets_a_kept_page(school, visit):
    address = f"/en/progress/{school.class_6b}"
    assert visit("Ms Tremblay").get(address).status_code == 200
    assert visit("Mr Other").get(address).status_code == 404
    assert visit("Amy").get(address).status_code == 403


def test_an_unchanged_class_page_and_a_lesson_take_few_statements(school, visit, statements):
    teacher, amy = visit("Ms Tremblay"), visit("Amy")
    for visitor, address, most in ((teacher, f"/en/progress/{school.class_6b}", 7), (amy, lesson(school), 4)):
        visitor.get(address)
        with statements() as seen:
            visitor.get(address, check=False)
        assert len(seen) <= most, "\n".join(seen)
