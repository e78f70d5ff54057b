"""The demo school: the same people as in the tests. Ms Tremblay teaches 6B; Amy and Min are in it.

Everything is fixed (names, words, answers), so that a page looks the same on every machine. Only into an empty site."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Membership, Teacher
from app.accounts.queries import (
    BOARD_ROLE,
    LEAD_ROLE,
    TEACHER_ROLE,
    email_hash,
    make_board,
    make_school,
    make_teacher,
    teacher_by_email,
    totp_secret,
)
from app.boosters.queries import look_of, record_recall, switch_on
from app.classrooms.models import Classroom, Student
from app.classrooms.naming import name_of, nouns, secret_words
from app.classrooms.queries import SignedInStudent, assign, code_of, make_classroom, put_into_groups, shown_code
from app.core import clock
from app.core.db import db
from app.core.library import library
from app.core.passwords import KEY_ID, hash_secret
from app.curriculum.before_after import AFTER, BEFORE
from app.curriculum.content import Item, Lesson
from app.curriculum.practice_pulse import PULSE
from app.curriculum.practice_scenario import all_paths, story_of
from app.curriculum.scoring import NOT_SURE, wrong_choices
from app.curriculum.spacing import round_on
from app.lessons.queries import record_reading
from app.practice.pulse_queries import count_answer
from app.practice.queries import count_way
from app.quizzes.checks import begin_check, record_in_check
from app.quizzes.queries import begin_attempt, questions_for, record_answer
from app.schools.reporting import make_report

EMAIL = "tremblay@ecole.example"
PASSWORD = "beacon harbour lantern"  # noqa: S105  (the demo's own, printed at start)
SALT = "demo"
COLLEAGUE, BOARD_EMAIL = "roy@ecole.example", "gagnon@ecole.example"
CLASSES = (
    ("6B", "B", "fr", "America/Toronto", 28),
    ("Grade 10, room 4", "C", "en", "America/Toronto", 24),
    ("5학년 2반", "A", "ko", "Asia/Seoul", 22),
)
OTHER_TONGUE = {"fr": "en", "en": "fr", "ko": "en"}  # every sixth student answers in another language
LESSONS = 8  # weeks behind a demo class, one lesson each
LATE_EVERY, LATE_BY = 11, 5  # every eleventh student hands in five days late
LOOKING_BACK = 2  # the first class looks back on Tuesdays
GROUPS = 4  # in the first class; the second one has a lesson of its own
WORD_PLACES = (17, 401, 802)  # the words of the demo students who are printed


def demo_school() -> dict[str, Any] | None:
    """Make the demo school in an empty site, or find it; None where a real school lives. Commits."""
    teacher = teacher_by_email(EMAIL)
    if teacher is None:
        if db.session.scalar(select(Teacher.id).limit(1)) is not None:
            return None
        teacher = make(random.Random(20261122))  # noqa: S311  (a demo, not a secret)
    return sign_ins(teacher)


def make(dice: random.Random) -> Teacher:
    teacher = make_teacher(email_hash(EMAIL), "Ms Tremblay", PASSWORD, SALT, "en")
    for label, band, locale, timezone, size in CLASSES:
        today = clock.today(timezone)
        with days_ago(7 * LESSONS):  # the class is there a little before its first lesson
            classroom = make_classroom(teacher.id, label, band, locale, timezone, size + 4, today + timedelta(200))
        words = " ".join(secret_words(locale)[i] for i in WORD_PLACES)
        hashed = hash_secret(words)  # the demo's students share three words: one hash is enough, and starts in time
        firsts, seconds = (list(x) for x in nouns())
        dice.shuffle(firsts)
        dice.shuffle(seconds)
        students = [
            Student(classroom_id=classroom.id, first=firsts[n % len(firsts)], second=seconds[n], secret_hash=hashed, key_id=KEY_ID)
            for n in range(size)
        ]
        db.session.add_all(students)
        db.session.flush()
        lessons = [x for x in library().lessons if band in x.bands][:LESSONS]  # some are left for a newcomer to assign
        for place, lesson in enumerate(lessons):
            # The last lesson is running; those before it are over.
            weeks_ago = len(lessons) - 1 - place
            opened = today - timedelta(7 * weeks_ago + 3)
            due = opened + timedelta(6 if weeks_ago else 9)
            closes = due + timedelta(7) if label == CLASSES[0][0] and weeks_ago == 2 else None
            given = assign(classroom, lesson.slug, opened, due, closes, checks=label == CLASSES[0][0] and weeks_ago == 1)
            if given is None:
                continue
            for number, student in enumerate(students):
                tongue = OTHER_TONGUE[locale] if number % 6 == 5 else locale
                if number >= 2:
                    # Handed in while the lesson ran; a few were late.
                    with days_ago(7 * weeks_ago - (LATE_BY if number % LATE_EVERY == 0 else 0)):
                        work(dice, student, given, lesson.quiz, band, timezone, weeks_ago, number, tongue)
            play(students, lesson, band, timezone)
            say(students[1:-2], lesson, band, timezone)
        if label == CLASSES[0][0]:
            in_groups(classroom, students)
            look_back(classroom, students)
    in_school_and_board(teacher)
    db.session.commit()
    return teacher


def in_school_and_board(teacher: Teacher) -> None:
    """The teacher looks after a school, with a colleague in it; somebody of its board has made a report of the lessons that are over."""
    board = make_board("Centre des Phares")
    school = make_school("École du Phare", board.id)
    db.session.add(Membership(teacher_id=teacher.id, school_id=school.id, role=LEAD_ROLE))
    for email, name, role, place in (
        (COLLEAGUE, "Mr Roy", TEACHER_ROLE, {"school_id": school.id}),
        (BOARD_EMAIL, "Ms Gagnon", BOARD_ROLE, {"board_id": board.id}),
    ):
        # The same password as the teacher's, so the same hash: another one would make the first start slower.
        person = Teacher(
            email_hash=email_hash(email), display_name=name, password_hash=teacher.password_hash, totp_salt=f"{SALT} {role}", locale="en",
            created_on=clock.today(),
        )  # fmt: skip
        db.session.add(person)
        db.session.flush()
        db.session.add(Membership(teacher_id=person.id, role=role, **place))
    db.session.flush()
    make_report(board)


def in_groups(classroom: Classroom, students: list[Student]) -> None:
    """Four groups, and for the second one the next lesson already: its students have not begun, but for the question to the class."""
    put_into_groups({student.id: 1 + number % GROUPS for number, student in enumerate(students)})
    today = clock.today(classroom.timezone)
    for following in [x for x in library().lessons if classroom.band in x.bands][LESSONS : LESSONS + 1]:  # none in a small lessons folder
        assign(classroom, following.slug, today - timedelta(1), today + timedelta(6), today + timedelta(13), for_group=2)
        say(students[1::GROUPS], following, classroom.band, classroom.timezone)


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """As if it were so many days ago."""
    before = clock.shift
    clock.shift = before - timedelta(max(0, days))
    try:
        yield
    finally:
        clock.shift = before


def work(
    dice: random.Random, student: Student, given: Any, quiz: Any, band: str, timezone: str, weeks_ago: int, number: int, locale: str
) -> None:
    """Some weeks of one student: most finish, some are on the way, a few find it hard."""
    person = SignedInStudent(student.id, student.classroom_id, student.first, student.second, band, timezone)
    skill = 0.35 if number % 9 == 4 else 0.78 + 0.18 * dice.random()
    share_done = 1.0 if dice.random() < (0.97 if weeks_ago else 0.55) else dice.choice((0.0, 0.4)) if not weeks_ago else 0.4
    if share_done == 0:
        return
    check(person, given, quiz, BEFORE, number)
    record_reading(person.id, given.id, clock.today(timezone) - timedelta(1))
    sittings = 2 if skill < 0.5 and share_done == 1 else 1
    for nth in range(1, sittings + 1):
        attempt = begin_attempt(person, given, quiz, str(uuid.UUID(int=dice.getrandbits(128), version=4)), nth, library().version)
        if attempt is None:
            return
        items = questions_for(quiz, band, nth)
        for item_id in items[: max(1, round(len(items) * share_done))]:
            item = quiz.item(item_id)
            record_answer(person, attempt, quiz, item, pick(dice, item, skill, talked_about=item_id == items[1]), locale)
    if share_done == 1:
        check(person, given, quiz, AFTER, number)


def play(students: list[Student], lesson: Lesson, band: str, timezone: str) -> None:
    """Most of a class have played the stories of a lesson and added their way to the counts."""
    dice = random.Random(lesson.slug)  # noqa: S311  (a demo; of its own, so that the rest of the school stays as it is)
    for activity in (a for a in lesson.practice_for(band) if a.kind == "scenario"):
        ways = list(all_paths(story_of(activity)))
        for student in students[2:-3]:
            person = SignedInStudent(student.id, student.classroom_id, student.first, student.second, band, timezone)
            count_way(person, lesson.slug, activity.id, dice.choice(ways))


def say(students: list[Student], lesson: Lesson, band: str, timezone: str) -> None:
    """These students have answered the questions to their class: nearly all agree with the survey, and guessed that fewer would."""
    dice = random.Random(f"{lesson.slug} pulse")  # noqa: S311  (a demo; of its own, as above)
    for activity in (a for a in lesson.practice_for(band) if a.kind == PULSE):
        for student in students:
            person = SignedInStudent(student.id, student.classroom_id, student.first, student.second, band, timezone)
            count_answer(person, lesson.slug, activity.id, says=dice.random() < 0.95, fewer=dice.random() < 0.7)


def look_back(classroom: Classroom, students: list[Student]) -> None:
    """Most of a class have looked back at lessons twice, and knew two things in three."""
    switch_on(classroom, LOOKING_BACK)
    dice = random.Random(LOOKING_BACK)  # noqa: S311  (a demo; of its own, so that the rest of the school stays as it is)
    for weeks_ago in (3, 1):
        with days_ago(7 * weeks_ago):
            today = clock.today(classroom.timezone)
            for student in students[2:-6]:
                person = SignedInStudent(
                    student.id, classroom.id, student.first, student.second, classroom.band, classroom.timezone, booster_day=LOOKING_BACK
                )
                for topic in look_of(person).waiting:
                    record_recall(person, topic, round_on(topic.finished_on, today), dice.random() < 0.66, today)


def check(person: SignedInStudent, given: Any, quiz: Any, nth: int, number: int) -> None:
    """A check before or after a lesson that has them: most take both, and more is right afterwards. With dice of its own, so that the
    rest of the demo stays as it is."""
    if not given.checks or number % (9 if nth == BEFORE else 7) == 5:
        return
    dice = random.Random(1000 * number + nth)  # noqa: S311  (a demo, not a secret)
    attempt = begin_check(person, given, quiz, str(uuid.UUID(int=dice.getrandbits(128), version=4)), nth, library().version)
    if attempt is None:
        return
    for item in (quiz.item(i) for i in attempt.items.split()):
        wrong = wrong_choices(item)
        knows = dice.random() < (0.4 if nth == BEFORE else 0.7)
        record_in_check(person, attempt, quiz, item, item.right if knows else dice.choice([wrong[0], *wrong]))


def pick(dice: random.Random, item: Item, skill: float, talked_about: bool) -> str:
    if talked_about:  # one idea that much of the class holds, so that the teacher's page has something to show
        skill = min(skill, 0.45)
    if dice.random() < skill:
        return item.right
    wrong = wrong_choices(item)
    return wrong[0] if talked_about else dice.choice([wrong[0], wrong[0], *wrong, NOT_SURE])


def sign_ins(teacher: Teacher) -> dict[str, Any]:
    """What a newcomer or a script needs to get in."""
    classes = []
    for classroom in db.session.scalars(select(Classroom).where(Classroom.teacher_id == teacher.id).order_by(Classroom.id)):
        students = db.session.scalars(select(Student).where(Student.classroom_id == classroom.id).order_by(Student.id).limit(2))
        locale = classroom.locale if classroom.locale in ("en", "fr", "ko") else "en"
        shown = [
            {"pseudonym": {code: name_of(s.first, s.second, code) for code in ("en", "fr", "ko")}, "first": s.first, "second": s.second,
             "words": [secret_words(locale)[i] for i in WORD_PLACES]}
            for s in students
        ]  # fmt: skip
        classes.append(
            {
                "id": classroom.id,
                "label": classroom.label,
                "code": code_of(classroom),
                "shown_code": shown_code(classroom),
                "locale": locale,
                "students": shown,
            }
        )
    teacher_in = {"email": EMAIL, "password": PASSWORD, "totp_secret": totp_secret(SALT)}
    board_in = {"email": BOARD_EMAIL, "password": PASSWORD, "totp_secret": totp_secret(f"{SALT} {BOARD_ROLE}")}
    return {"teacher": teacher_in, "board": board_in, "classes": classes}


def as_text(demo: dict[str, Any] | None, address: str) -> str:
    if demo is None:
        return "  There is a real school here, so no demo was made.\n"
    import pyotp

    settings = "".join(f"{name}={os.environ[name]} " for name in ("BALISE_DATA", "PORT", "DATABASE_URL") if name in os.environ)
    teacher, board, classroom = demo["teacher"], demo["board"], demo["classes"][0]
    student = classroom["students"][0]
    return (
        f"  Demo teacher   {address}/en/accounts/sign-in\n"
        f"                 email {teacher['email']}   password {teacher['password']}\n"
        f"                 6-digit code now {pyotp.TOTP(teacher['totp_secret']).now()}   (a fresh code any time: {settings}make seed;\n"
        f"                 secret for an authenticator app: {teacher['totp_secret']})\n"
        f"  Demo board     the same page and password, email {board['email']}\n"
        f"                 6-digit code now {pyotp.TOTP(board['totp_secret']).now()}\n"
        f"  Demo class     code {classroom['shown_code']} ({classroom['label']})\n"
        f"  Demo student   {address}/en/sign-in\n"
        f"                 name {student['pseudonym']['en']} / {student['pseudonym']['fr']} / {student['pseudonym']['ko']}   "
        f"words {' '.join(student['words'])}\n"
    )
