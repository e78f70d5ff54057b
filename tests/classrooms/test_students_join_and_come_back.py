from __future__ import annotations

import html as entities
import re
import unicodedata

import pytest
from making import AMY, MIN, WORDS, on_both

from app.classrooms.models import Classroom, Student
from app.classrooms.queries import students_in
from app.core import clock, throttle
from app.core.db import db

FIELD = re.compile(r'<input[^>]*name="token"[^>]*value="([^"]*)"|<input[^>]*value="([^"]*)"[^>]*name="token"')


def token_in(response) -> str:
    found = FIELD.search(response.get_data(as_text=True))
    assert found, "no sealed token in the page"
    return entities.unescape(found[1] or found[2])


def open_door(app, classroom_id: int, seats: int = 30) -> None:
    with app.test_request_context():
        classroom = db.session.get_one(Classroom, classroom_id)
        classroom.door_open_until, classroom.seats = clock.seconds() + 1800, seats
        db.session.commit()


def count_students(app, classroom_id: int) -> int:
    with app.test_request_context():
        return len(students_in(classroom_id))


def sign_in(visitor, code, name=AMY, words=WORDS, locale="en", address="127.0.0.1", **more):
    one, two, three = words.split(" ")
    form = {"code": code, "first": name[0], "second": name[1], "word1": one, "word2": two, "word3": three, **more}
    return visitor.post(f"/{locale}/sign-in", form, environ_base={"REMOTE_ADDR": address})


@on_both
def test_a_student_joins_through_an_open_door_without_typing_anything_but_the_code(app, school, visit):
    open_door(app, school.class_6b)
    for locale in ("en", "fr", "ko"):
        visitor = visit()
        names = visitor.post(f"/{locale}/join", {"code": f" {school.code_6b[:4].lower()}-{school.code_6b[4:]}"})
        assert names.status_code == 200
        words = visitor.post(f"/{locale}/join/name", {"token": token_in(names), "name": "0"})
        assert words.status_code == 200
        done = visitor.post(f"/{locale}/join/words", {"token": token_in(words)})
        assert done.status_code == 303
        assert visitor.get(f"/{locale}/my-lessons").status_code == 200
    assert count_students(app, school.class_6b) == 5


def test_the_two_lists_of_a_name_stand_as_in_a_dictionary(visit):
    page = visit().get("/fr/sign-in").get_data(as_text=True)
    for field, names in (("second", "Dinosaure Écureuil Émeu Flamant"), ("first", "Colline Comète Écho Érable Étoile Feuille")):
        listed = re.findall(r"<option[^>]*>([^<]+)</option>", re.search(rf'<select[^>]*name="{field}".*?</select>', page, re.DOTALL)[0])
        around = [name for name in listed if name in names.split()]
        assert around == names.split(), field


@pytest.mark.promise("B-2", "B-7")
def test_a_closed_door_an_unknown_code_and_a_full_class_look_the_same(app, school, visit):
    closed = visit().post("/en/join", {"code": school.code_6b}).get_data(as_text=True).replace(school.code_6b, "")
    unknown = visit().post("/en/join", {"code": "BBBBBBBB"}).get_data(as_text=True).replace("BBBBBBBB", "")
    open_door(app, school.class_6b, seats=2)
    full = visit().post("/en/join", {"code": school.code_6b}).get_data(as_text=True).replace(school.code_6b, "")
    assert closed == unknown == full
    assert count_students(app, school.class_6b) == 2


@pytest.mark.promise("B-7")
def test_the_door_may_close_and_the_last_seat_go_while_somebody_chooses(app, school, visit):
    open_door(app, school.class_6b, seats=3)
    first, second = visit(), visit()
    pages = [
        v.post("/en/join/name", {"token": token_in(v.post("/en/join", {"code": school.code_6b})), "name": "0"}) for v in (first, second)
    ]
    assert first.post("/en/join/words", {"token": token_in(pages[0])}).status_code == 303
    assert second.post("/en/join/words", {"token": token_in(pages[1])}).status_code == 422
    assert count_students(app, school.class_6b) == 3


def test_two_who_choose_the_same_name_get_two_names(app, school, visit):
    open_door(app, school.class_6b)
    first, second = visit(), visit()
    token = token_in(first.post("/en/join", {"code": school.code_6b}))
    pages = [v.post("/en/join/name", {"token": token, "name": "0"}) for v in (first, second)]
    assert first.post("/en/join/words", {"token": token_in(pages[0])}).status_code == 303
    again = second.post("/en/join/words", {"token": token_in(pages[1])})
    assert again.status_code == 422
    assert token_in(again)
    with app.test_request_context():
        names = [(s.first, s.second) for s in students_in(school.class_6b)]
    assert len(names) == len(set(names)) == 3


@pytest.mark.promise("B-7")
def test_words_and_names_cannot_be_chosen_by_changing_the_form(app, school, visit):
    open_door(app, school.class_6b)
    visitor = visit()
    page = visitor.post("/en/join/name", {"token": token_in(visitor.post("/en/join", {"code": school.code_6b})), "name": "0"})
    token = token_in(page)
    body, mark = token.split(".")
    for bad in ("", token[:-1] + ("A" if token[-1] != "A" else "B"), f"{body[:-4]}AAAA.{mark}", "x.y", "é.ü"):
        assert visitor.post("/en/join/words", {"token": bad}).status_code == 422
    assert count_students(app, school.class_6b) == 2


def test_words_can_be_drawn_anew_five_times(app, school, visit):
    open_door(app, school.class_6b)
    visitor = visit()
    page = visitor.post("/en/join/name", {"token": token_in(visitor.post("/en/join", {"code": school.code_6b})), "name": "0"})
    for _ in range(5):
        assert visitor.post("/en/join/words", {"token": token_in(page), "again": "1"}).status_code == 200
        page = visitor.post("/en/join/words", {"token": token_in(page), "again": "1"})
    assert visitor.post("/en/join/words", {"token": token_in(page), "again": "1"}).status_code == 303, "the sixth time it lets in"


@on_both
def test_a_student_comes_back_with_code_name_and_words(app, school, visit):
    visitor = visit()
    assert sign_in(visitor, school.code_6b).status_code == 303
    assert visitor.get("/ko/my-lessons").status_code == 200


@pytest.mark.promise("B-3")
def test_words_fit_however_they_are_typed(app, school, visit):
    with app.test_request_context():
        from app.core.passwords import hash_secret

        db.session.get_one(Student, school.amy).secret_hash = hash_secret("고래 등대 éclair")
        db.session.commit()
    for form in ("NFC", "NFD", "NFKC"):
        typed = unicodedata.normalize(form, "고래 등대 ÉCLAIR")
        assert sign_in(visit(), school.code_6b, words=typed).status_code == 303, form


@pytest.mark.promise("B-2")
def test_unknown_class_unknown_name_and_wrong_words_get_one_answer(school, visit):
    pages = []
    for code, name, words in (("BBBBBBBB", AMY, WORDS), (school.code_6b, (9, 9), WORDS), (school.code_6b, AMY, "wrong wrong wrong")):
        response = sign_in(visit(), code, name, words)
        assert response.status_code == 422
        text = response.get_data(as_text=True).replace(code, "")
        pages.append(re.sub(r' selected(="[^"]*")?|value="(otter|lamp|river|wrong)"', "", text))
    assert pages[0] == pages[1] == pages[2]


@pytest.mark.promise("B-2")
def test_nobody_is_shown_who_is_in_the_class(school, visit):
    html = visit().get("/en/sign-in").get_data(as_text=True)
    assert html.count("<option") > 100, "both lists hold every noun there is, not those of a class"


@pytest.mark.promise("B-5")
def test_a_guesser_has_to_wait_but_the_owner_on_the_own_device_does_not(school, visit):
    owner = visit()
    assert sign_in(owner, school.code_6b).status_code == 303
    owner.client.delete_cookie("balise")
    statuses = [sign_in(visit(), school.code_6b, words=f"wrong guess {n}").status_code for n in range(8)]
    assert statuses.count(422) == 5
    assert statuses[5:] == [429] * 3
    assert sign_in(visit(), school.code_6b).status_code == 429, "right words from an unknown device wait too"
    assert sign_in(owner, school.code_6b).status_code == 303


@pytest.mark.promise("B-5", "O-3")
def test_guesses_from_elsewhere_do_not_keep_a_student_out_of_the_class(school, visit):
    """Whoever knows the names may use up the tries at all of them: from the school's address, somebody signed in from it, a new device
    has tries of its own."""
    at_school, at_home = "203.0.113.5", "203.0.113.9"
    assert sign_in(visit(), school.code_6b, MIN, address=at_school).status_code == 303
    guesses = [sign_in(visit(), school.code_6b, words=f"wrong guess {n}", address=f"198.18.0.{n}").status_code for n in range(8)]
    assert guesses == [422] * 5 + [429] * 3
    assert sign_in(visit(), school.code_6b, address=at_home).status_code == 429
    typos = [sign_in(visit(), school.code_6b, words="a typing mistake", address=at_school).status_code for _ in range(3)]
    assert typos == [422] * 3
    assert sign_in(visit(), school.code_6b, address=at_school).status_code == 303


@pytest.mark.promise("B-5")
def test_the_teacher_sees_who_has_to_wait_and_ends_it_wherever_the_guesses_came_from(school, visit):
    teacher, page = visit("Ms Tremblay"), f"/en/classrooms/{school.class_6b}"
    assert sign_in(visit(), school.code_6b, MIN).status_code == 303
    for n in range(6):
        last = sign_in(visit(), school.code_6b, words=f"wrong guess {n}")
    assert last.status_code == 429, "from an address that is known"
    assert b"Waiting after many tries" in teacher.get(page).data
    assert teacher.post(f"{page}/students/{school.amy}/reset").status_code == 200
    assert b"Waiting after many tries" not in teacher.get(page).data
    assert sign_in(visit(), school.code_6b, words="a typing mistake").status_code == 422


ELSEWHERE, HERE = throttle.From.ELSEWHERE, throttle.From.KNOWN_ADDRESS


@pytest.mark.promise("B-5")
@pytest.mark.parametrize(
    ("who", "ways", "a_day", "a_year"),
    [
        ("a stranger", [ELSEWHERE], 20, 2_300),
        ("somebody who may sign in to the site", [ELSEWHERE, HERE], 40, 4_600),
        ("a classmate, while the child signs in there every school day on a browser that forgets it,", [HERE, ELSEWHERE], 45, 7_800),
    ],
)
def test_guessing_for_a_year_stays_hopeless(app, school, promise, who, ways, a_day, a_year):
    """One account, tried whenever that is allowed: how many tries are looked at (trust B-5: at most 20 in a day, 2,300 in a year). Whoever has
    an account can make an address known and try from there too. Whoever signs in forgives what was wrong in the same kind of place."""
    day, account = 86400, "student x 1 1"
    comes = [(n + 1) * day for n in range(365) if n % 7 < 5] if "child" in who else []
    with app.test_request_context():
        start, tried, first_day = clock.seconds(), 0, 0
        while (passed := clock.seconds() - start) < 365 * day:
            if comes and passed >= comes[0]:
                comes.pop(0)
                throttle.succeeded(account, HERE)
            waits = [throttle.try_now(account, way) for way in ways]
            tried += waits.count(0)
            first_day += waits.count(0) if passed < day else 0
            until = min([*waits, comes[0] - passed]) if comes else min(waits)
            clock.shift += clock.timedelta(seconds=0 if 0 in waits else max(1, until))
    what = f"{{first_day}} tries of {who} looked at in a day, {{n}} in a year, against 1,073,741,824 possible secrets"
    promise.figure(what, n=tried, first_day=first_day)
    assert first_day <= a_day
    assert tried <= a_year


@pytest.mark.long
@pytest.mark.promise("B-5", "O-1")
def test_a_class_of_forty_with_three_typos_each_is_not_held_up(app, school, visit, promise):
    """Behind one address, within a minute: nobody waits because of the others."""
    from making import make_students

    with app.test_request_context():
        make_students(school.class_6b, 40)
        from app.core.passwords import hash_secret

        hashed = hash_secret(WORDS)
        for s in students_in(school.class_6b):
            s.secret_hash = hashed
        names = [(s.first, s.second) for s in students_in(school.class_6b)][2:]
        db.session.commit()
    refused = 0
    for name in names:
        visitor = visit()
        for _ in range(3):
            refused += sign_in(visitor, school.code_6b, name, "a typing mistake").status_code == 429
        refused += sign_in(visitor, school.code_6b, name).status_code != 303
    promise.figure("{refused} of {n} sign-ins of a class behind one address held up", refused=refused, n=4 * len(names))
    assert refused == 0


@pytest.mark.promise("B-6")
def test_a_reset_code_lets_a_student_draw_new_words_once(app, school, visit):
    teacher = visit("Ms Tremblay")
    before = visit("Amy")
    page = teacher.post(f"/en/classrooms/{school.class_6b}/students/{school.amy}/reset").get_data(as_text=True)
    digits = re.search(r"\b(\d{3}) (\d{3})\b", page)
    code = digits[1] + digits[2]
    form = {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "digits": f"{code[:3]} {code[3:]}"}
    student = visit()
    words = student.post("/fr/sign-in/new-words", form)
    assert words.status_code == 200
    assert "sur 3" not in words.get_data(as_text=True), "joining has three steps, this has not"
    assert student.post("/fr/sign-in/new-words/taken", {"token": token_in(words)}).status_code == 303
    assert student.get("/fr/my-lessons").status_code == 200
    assert b"word1" in before.get("/en/my-lessons").data, "sessions with the old words have ended"
    assert sign_in(visit(), school.code_6b).status_code == 422, "the old words no longer fit"
    assert visit().post("/fr/sign-in/new-words", form).status_code == 422, "the code worked once"


@pytest.mark.promise("B-6")
def test_a_reset_code_ends_after_15_minutes_and_after_five_wrong_tries(app, school, visit):
    from app.classrooms.queries import give_reset_code

    def fresh():
        with app.test_request_context():
            digits = give_reset_code(db.session.get_one(Student, school.amy))
            db.session.commit()
        return {"code": school.code_6b, "first": AMY[0], "second": AMY[1], "digits": digits}

    form = fresh()
    clock.shift = clock.timedelta(minutes=16)
    assert visit().post("/en/sign-in/new-words", form).status_code == 422
    form = fresh()
    for n in range(5):
        wrong = f"{(int(form['digits']) + 1 + n) % 10**6:06d}"
        assert visit().post("/en/sign-in/new-words", {**form, "digits": wrong}).status_code == 422
    assert visit().post("/en/sign-in/new-words", form).status_code == 422


@pytest.mark.promise("A-5")
def test_a_class_that_has_ended_lets_nobody_in(app, school, visit):
    clock.shift = clock.timedelta(days=101)
    assert sign_in(visit(), school.code_6b).status_code == 422


@pytest.mark.promise("B-1")
def test_class_codes_come_from_an_alphabet_without_vowels_and_never_repeat(app, promise):
    from app.core.keys import CODE_ALPHABET, code_from

    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) == 24
    assert not set(CODE_ALPHABET) & set("AEIOUY01IL5S8")
    with app.test_request_context():
        codes = {code_from("class code", str(n)) for n in range(20000)}
    promise.figure("{twice} of {n} codes came twice", twice=20000 - len(codes), n=20000)
    assert len(codes) == 20000
    counts = [sum(c.count(s) for c in codes) for s in CODE_ALPHABET]
    expected = sum(counts) / 24
    chi2 = sum((n - expected) ** 2 / expected for n in counts)
    assert chi2 < 49.7, "chi-squared with 23 degrees of freedom, p = 0.001"
