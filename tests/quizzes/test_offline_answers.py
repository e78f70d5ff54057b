"""Answers that were given without a connection: whoever hands them in, each is kept once, for the seat whose permit it carries, or not at all."""

from __future__ import annotations

import json
import random
import uuid
from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from making import on_both
from sqlalchemy import delete, func, select

from app.classrooms.models import Assignment, Classroom, Student
from app.core import boxes, clock
from app.core.db import db
from app.core.keys import seal
from app.core.library import library
from app.offline.permits import Permit
from app.offline.views import mark_of
from app.quizzes.models import Answer, Attempt, Standing, Tally

URL = "/en/offline/"


def close_box(key: str, text: str) -> str:
    """What app/static/worker.js does."""
    once = ec.generate_private_key(ec.SECP256R1())
    shown = once.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64decode(key))
    return b64encode(shown + AESGCM(boxes.key_between(once, theirs, shown)).encrypt(bytes(12), text.encode(), None)).decode()


class Device:
    """What one browser keeps of a signed-in student, and what it makes of answers."""

    def __init__(self, visitor):
        self.mine = visitor.get("/en/offline/mine").get_json()
        self.lesson = self.mine["lessons"][0]
        items = library_items(visitor.app)
        self.items = [items[mark] for mark in self.lesson.get("items", [])]

    def box(self, item, choice="not-sure", day=None, **other) -> dict[str, str]:
        text = {"permit": self.lesson["permit"], "item": item, "choice": choice, "locale": "en", "day": str(day or clock.today()), **other}
        return {str(uuid.uuid4()): close_box(self.mine["key"], json.dumps(text).ljust(1500))}


def library_items(app):
    with app.test_request_context():
        return {mark_of(i.id): i.id for lesson in library().lessons for i in lesson.quiz.items}


def hand_in(visitor, boxes):
    """Without a cookie, as the browser does it. Returns (ids that are saved, ids that are over)."""
    answer = visitor.client.post(URL, data=boxes)
    assert answer.status_code == 200
    got = answer.get_json()
    return set(got["saved"]), set(got["over"])


def rows(app, model=Answer, **where):
    with app.test_request_context():
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**where))


@on_both
@pytest.mark.promise("C-7", "I-4")
def test_answers_are_kept_once_in_whatever_order_and_however_often_they_come(app, school, visit, promise):
    device, anybody, dice = Device(visit("Amy")), visit(), random.Random(5)
    all_boxes = {k: v for item in device.items for k, v in device.box(item, "not-sure").items()}
    deliveries = [box for box in all_boxes.items() for _ in range(5)]
    dice.shuffle(deliveries)
    for n in range(0, len(deliveries), 4):
        chunk = dict(deliveries[n : n + 4])
        assert hand_in(anybody, chunk) == (set(chunk), set())
    doubled = rows(app, student_id=school.amy) - len(device.items)
    promise.figure("{doubled} of {n} answers doubled after five deliveries each in random order", doubled=doubled, n=len(device.items))
    assert doubled == 0
    assert rows(app, Attempt, student_id=school.amy, nth=1) == 1
    with app.test_request_context():
        standing = db.session.scalar(select(Standing).where(Standing.student_id == school.amy))
        assert (standing.tries, standing.answered) == (1, len(device.items))


@pytest.mark.promise("C-7")
def test_the_next_student_hands_in_and_learns_nothing(app, school, visit):
    device, item = Device(visit("Amy")), None
    item = device.items[0]
    box = device.box(item)
    min_ = visit("Min")
    answer = min_.post(URL, box)
    assert answer.get_json() == {"saved": list(box), "over": []}
    assert rows(app, student_id=school.amy) == 1
    assert rows(app, student_id=school.min) == 0
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_handed_out_says_nothing_about_the_child_and_takes_few_statements(app, school, visit, statements):
    amy = visit("Amy")
    amy.get("/en/offline/mine")
    with statements() as seen:
        text = amy.get("/en/offline/mine").get_data(as_text=True)
    assert len(seen) <= 6, "\n".join(seen)
    device = Device(amy)
    assert set(device.mine) == {"seat", "key", "lasts", "edition", "lessons", "near"}
    assert device.mine["near"] == ["Canada", "Quebec"], "the country of the class, for the help lines: of the whole class the same"
    assert set(device.lesson) == {"id", "number", "band", "practice", "permit", "nth", "items", "done"}
    for word in (*device.items, "sextortion", "Fox", "6B"):
        assert word not in text
    assert len(b64decode(device.mine["key"])) == boxes.POINT


@pytest.mark.promise("C-7", "I-5")
def test_forged_and_foreign_boxes_change_nothing(app, school, visit, promise):
    device, anybody = Device(visit("Amy")), visit()
    min_ = Device(visit("Min"))
    item, other = device.items[0], next(i for i in library_items(app).values() if i not in device.items)
    with app.test_request_context():
        not_asked = next(i.id for i in library().lesson("sextortion").quiz.items if i.id not in device.items)
        signed_elsewhere = seal("permit", [school.amy, school.assignment, str(uuid.uuid4()), 1, [item], clock.seconds()], 9999)
        far = db.session.scalar(select(Assignment.id).where(Assignment.classroom_id != school.class_6b))
        foreign_lesson = Permit(school.amy, far or 10**6, str(uuid.uuid4()), 1, (item,), clock.seconds()).slip()
        nobody = Permit(10**6, school.assignment, str(uuid.uuid4()), 1, (item,), clock.seconds()).slip()
    good = device.lesson["permit"]
    silent = [
        device.box(item, permit=signed_elsewhere),
        device.box(item, permit=good[:-2] + ("AA" if good[-2:] != "AA" else "BB")),
        device.box(item, permit=""),
        device.box(item, permit=7),
        {str(uuid.uuid4()): b64encode(b"x" * 200).decode()},
        {str(uuid.uuid4()): "not base64"},
        {str(uuid.uuid4()): close_box(device.mine["key"], "[]")},
        {str(uuid.uuid4()): close_box(device.mine["key"], "[" * 5000)},
        {"../../etc": next(iter(device.box(item).values()))},
    ]
    over = [
        device.box(other),
        device.box(not_asked),
        device.box(item, "no such option"),
        device.box(item, "x" * 5000),
        device.box(item, permit=foreign_lesson),
        device.box(item, permit=nobody),
        min_.box("no-such-item"),
    ]
    for box in silent:
        assert hand_in(anybody, box) == (set(), set())
    for box in over:
        assert hand_in(anybody, box) == (set(), set(box))
    stored = rows(app)
    promise.figure("{stored} rows written by {n} forged or foreign boxes", stored=stored, n=len(silent) + len(over))
    assert stored == 0
    assert hand_in(anybody, device.box(item))[0]
    assert rows(app) == 1, "the look at forgeries can see"


def test_a_box_that_was_changed_on_the_way_is_none(app, visit):
    device = Device(visit("Amy"))
    ((name, text),) = device.box(device.items[0]).items()
    raw = bytearray(b64decode(text))
    for place in (0, 30, 64, 65, 200, len(raw) - 1):
        changed = bytes(raw[:place]) + bytes([raw[place] ^ 1]) + bytes(raw[place + 1 :])
        assert hand_in(visit(), {name: b64encode(changed).decode()}) == (set(), set())
    assert rows(app) == 0


@pytest.mark.promise("C-7")
def test_a_permit_holds_for_seven_days(app, school, visit):
    device = Device(visit("Amy"))
    first, second = (device.box(i) for i in device.items[:2])
    clock.shift = timedelta(days=7, seconds=-60)
    assert hand_in(visit(), first) == (set(first), set())
    clock.shift = timedelta(days=7, seconds=60)
    assert hand_in(visit(), second) == (set(), set(second))
    assert rows(app, student_id=school.amy) == 1


@pytest.mark.parametrize("what", ["closed", "ended", "removed", "taken back"])
def test_the_rules_of_the_day_hold_on_which_it_was_answered(app, school, visit, what):
    device, today = Device(visit("Amy")), clock.today("America/Toronto")
    early, late = device.box(device.items[0], day=today), device.box(device.items[1], day=today + timedelta(days=3))
    with app.test_request_context(method="POST"):
        if what == "closed":
            db.session.get_one(Assignment, school.assignment).due_on = today
            db.session.get_one(Assignment, school.assignment).closes_on = today
        elif what == "ended":
            db.session.get_one(Classroom, school.class_6b).ends_on = today
        elif what == "removed":
            db.session.execute(delete(Student).where(Student.id == school.amy))
        else:
            db.session.execute(delete(Assignment).where(Assignment.id == school.assignment))
        db.session.commit()
    clock.shift = timedelta(days=3)
    taken = what in ("closed", "ended")
    assert hand_in(visit(), early) == ((set(early), set()) if taken else (set(), set(early)))
    assert hand_in(visit(), late) == (set(), set(late))
    assert rows(app, student_id=school.amy) == int(taken)
    if taken:
        with app.test_request_context():
            assert db.session.scalar(select(Answer.answered_on)) == today
            assert db.session.scalar(select(Attempt.started_on)) == today


@pytest.mark.promise("A-2")
def test_what_somebody_else_has_begun_is_not_handed_out(app, school, visit):
    min_ = Device(visit("Min"))
    assert hand_in(visit(), min_.box(min_.items[0]))[0]
    device = Device(visit("Amy"))
    assert device.lesson["done"] == []
    assert device.mine["seat"] != min_.mine["seat"]
    assert hand_in(visit(), device.box(device.items[1]))[0]
    assert rows(app, student_id=school.min) == rows(app, student_id=school.amy) == 1
    hand_in(visit(), {k: v for item in min_.items for k, v in min_.box(item).items()})
    assert "permit" in Device(visit("Amy")).lesson, "that somebody else has finished says nothing of her"


@pytest.mark.promise("C-7")
def test_a_question_says_to_its_device_for_whom_it_is(school, visit):
    """So that a page that was left open is not answered for whoever signs in after."""
    seats = {who: Device(visit(who)).mine["seat"] for who in ("Amy", "Min")}
    for who, seat in seats.items():
        page = visit(who).get(f"/en/quizzes/assigned/{school.assignment}").get_data(as_text=True)
        assert f'<input type="hidden" name="seat" value="{seat}">' in page
        assert [s for s in seats.values() if s in page] == [seat]


def test_a_wrong_clock_on_the_device_dates_nothing_before_the_permit_or_after_today(app, school, visit):
    device, today = Device(visit("Amy")), clock.today("America/Toronto")
    for item, day in zip(device.items, ("1999-01-01", "2999-01-01", "yesterday"), strict=False):
        assert hand_in(visit(), device.box(item, day=day))[0]
    with app.test_request_context():
        assert set(db.session.scalars(select(Answer.answered_on))) == {today}


def test_counts_of_sensitive_questions_stand_still_after_the_day_they_are_shown(app, school, visit):
    """An answer that arrives late would move a count that a teacher looks at, and tell whose it was."""
    with app.test_request_context():
        sensitive = {i.id for i in library().lesson("sextortion").quiz.items if i.sensitive}
    device = Device(visit("Amy"))
    own = [i for i in device.items if i in sensitive]
    plain = next(i for i in device.items if i not in sensitive)
    assert own, "the lesson of the tests has a sensitive question"
    clock.shift = timedelta(days=5)
    with app.test_request_context(method="POST"):
        db.session.get_one(Assignment, school.assignment).due_on = clock.today() - timedelta(days=2)
        db.session.commit()
    day = clock.today() - timedelta(days=4)
    for item in (own[0], plain):
        assert hand_in(visit(), device.box(item, day=day))[0]
    with app.test_request_context():
        counted = set(db.session.scalars(select(Tally.item_id)))
        assert counted == {plain}


def test_the_first_answer_stands_wherever_it_was_given(app, school, visit):
    amy = visit("Amy")
    device = Device(amy)
    with app.test_request_context():
        items = {i.id: i for i in library().lesson_by_number(device.lesson["number"]).quiz.items}
    item = next(i for i in device.items if items[i].kind == "single" and not items[i].sensitive)
    options = items[item].options
    begun = {"attempt": str(uuid.uuid4()), "nth": "1", "item": item, "choice": options[0]}
    assert amy.post(f"/en/quizzes/assigned/{school.assignment}", begun).status_code == 303
    assert hand_in(visit(), device.box(item, options[1]))[0], "there is nothing left to send"
    other = next(i for i in device.items if i != item)
    assert hand_in(visit(), device.box(other))[0]
    with app.test_request_context():
        assert db.session.scalars(select(Answer.choice).where(Answer.item_id == item)).all() == [options[0]]
    assert rows(app, Attempt, student_id=school.amy) == 1, "two sittings that began apart are one"
    assert sorted(Device(amy).lesson["done"]) == sorted(mark_of(i) for i in (item, other))


@pytest.mark.promise("C-7")
def test_a_thousand_boxes_at_once_are_answered_rightly(app, school, visit, promise):
    """Of two students, in full deliveries: the same answers over and over, every third one forged."""
    devices, anybody = [Device(visit("Amy")), Device(visit("Min"))], visit()
    good, sent = 0, 0
    while sent < 1000:
        chunk, fine = {}, set()
        for n in range(40):
            device = devices[n % 2]
            box = device.box(device.items[n % len(device.items)])
            if n % 3 == 0:
                box = {name: text[:-8] + "AAAAAAA=" for name, text in box.items()}
            else:
                fine |= set(box)
            chunk |= box
        assert hand_in(anybody, chunk) == (fine, set())
        good, sent = good + len(fine), sent + len(chunk)
    n_rows = rows(app)
    promise.figure("{rows} rows from {n} boxes, {good} of them good", rows=n_rows, n=sent, good=good)
    assert n_rows == sum(len({d.items[n % len(d.items)] for n in range(40) if n % 3 and n % 2 == k}) for k, d in enumerate(devices))


def test_more_boxes_than_one_delivery_takes_are_left_for_the_next(visit):
    device = Device(visit("Amy"))
    many = {k: v for _ in range(45) for k, v in device.box(device.items[0]).items()}
    kept, over = hand_in(visit(), many)
    assert len(kept) == 40
    assert not over


def test_a_finished_or_closed_quiz_is_only_read(app, school, visit):
    amy = visit("Amy")
    device = Device(amy)
    hand_in(visit(), {k: v for item in device.items for k, v in device.box(item).items()})
    assert set(Device(amy).lesson) == {"id", "number", "band", "practice"}
    min_ = visit("Min")
    assert "permit" in Device(min_).lesson
    with app.test_request_context(method="POST"):
        given = db.session.get_one(Assignment, school.assignment)
        given.due_on = given.closes_on = clock.today("America/Toronto") - timedelta(days=1)
        db.session.commit()
    assert set(Device(min_).lesson) == {"id", "number", "band", "practice"}


@pytest.mark.promise("C-7")
@pytest.mark.parametrize(("kept", "cleared"), [("0", '"cache", "storage"'), ("3", '"cache"'), (None, '"cache"'), ("no", '"cache"')])
def test_signing_out_throws_away_the_storage_only_when_nothing_waits_in_it(visit, kept, cleared):
    answer = visit("Amy").post("/en/sign-out", {} if kept is None else {"kept": kept})
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == cleared
