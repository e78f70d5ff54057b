"""A small world of schools in which everything has an owner, every request that can be made in it, and what must come back.

What may come back stands in policies.toml and in `owns`, not in the code under test: neither `@open_to` nor a query is asked here."""

from __future__ import annotations

import re
import sqlite3
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from making import LESSON, make_attempt
from sqlalchemy import update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts.models import Board, Membership, School, Teacher
from app.accounts.queries import invite
from app.boosters.models import Recall, RecallCount
from app.classrooms.models import CHOSEN, Assignment, Classroom, Pulse, SeatRule, Student
from app.classrooms.naming import name_of
from app.classrooms.queries import erase_classroom, new_code, shown_code
from app.core import acts, clock, sessions
from app.core.db import db
from app.core.passwords import KEY_ID
from app.lessons.queries import record_reading
from app.progress.models import Dismissal
from app.quizzes.models import Attempt
from app.schools.models import Report
from app.schools.reporting import as_json, make_report

POLICIES: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "policies.toml").read_text("utf-8"))
POLICY_OF = {endpoint: name for name, policy in POLICIES.items() for endpoint in policy["endpoints"]}
OWNED = ("classroom_id", "assignment_id", "student_id", "attempt_uuid", "room_id", "colleague_id", "report_id", "code", "token")
PRACTISED = 7  # a lesson with a story
NOT_OWNED = {"locale": "en", "number": 1, "nth": 1, "slug": LESSON, "band": "B", "name": "route.svg"}
MAY_BE_MISSING = ("lessons.print_pdf",)  # where the machine can make no PDF
OPENS, SIGN_IN, FORBIDDEN, NOT_THERE, NO_SUCH_METHOD = "opens", "sign in", "forbidden", "not there", "no such method"

# person -> kind at the door, place, own class. "Somebody whose session has run out" and the like are visitors to the site.
ACTORS = {
    "visitor": "visitor", "student": "student", "teacher": "teacher", "school lead": "teacher", "board": "teacher",
    "disabled teacher": "visitor", "expired student": "visitor", "expired teacher": "visitor", "removed student": "visitor",
}  # fmt: skip
SIGNED_IN = ("student", "teacher", "school lead", "board")


# --- the world ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """A class and what belongs to it: one value for each gap in an address."""

    classroom_id: int
    assignment_id: int
    student_id: int
    attempt_uuid: str
    room_id: int
    colleague_id: int
    report_id: int
    code: str  # of the family page
    token: str  # of an invitation

    def but(self, **values: Any) -> Home:
        return Home(**{**self.__dict__, **values})


@dataclass
class World:
    """Who and what there is. Numbers have six digits, so that none stands in a page by chance and none is of two kinds."""

    app: Flask
    homes: dict[str, Home] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # session tokens of the actors
    marks: dict[str, str] = field(default_factory=dict)  # what may be seen by some and by nobody else, by name
    foreign: dict[str, set[Any]] = field(default_factory=dict)  # actor -> numbers of what is somebody else's
    database: str = ""

    def csrf(self, actor: str) -> str:
        with self.app.test_request_context():
            return sessions.csrf_token_for(self.tokens[actor])


# class -> (number, label, teacher, school); letters are never found in a lesson
CLASSES = {
    "own": (110001, "Quartzq 6", "teacher", "north"),
    "sibling": (110002, "Garnetq 6", "teacher", "north"),
    "lead": (110003, "Basaltq 7", "school lead", "north"),
    "same school": (110004, "Gneissq 7", "other", "north"),
    "other school": (110005, "Pumiceq 8", "far", "south"),
    "disabled": (110006, "Marbleq 8", "disabled teacher", "north"),
    "deleted": (110000, "Schistq 9", "teacher", "north"),
}
TEACHERS = {
    "teacher": 120001, "school lead": 120002, "other": 120003, "far": 120004, "disabled teacher": 120005, "board": 120006,
    "far board": 120007, "deleted": 120008, "far lead": 120009, "expired teacher": 120010,
}  # fmt: skip
PLACES = {"north": (130001, "Northq School", 131001), "south": (130002, "Southq School", 131002)}
BOARDS = {"lakes": (131001, "Lakesq Board"), "hills": (131002, "Hillsq Board")}
ROLES = {
    "teacher": ("north", "teacher"), "school lead": ("north", "lead"), "other": ("north", "teacher"), "far": ("south", "teacher"),
    "disabled teacher": ("north", "teacher"), "deleted": ("north", "teacher"), "far lead": ("south", "lead"),
}  # fmt: skip
# seat -> (number, class); pseudonyms are drawn from the far end of the lists, two nouns that no other seat has
SEATS = {
    "student": (140001, "own"), "classmate": (140002, "own"), "removed student": (140003, "own"), "sibling": (140004, "sibling"),
    "lead": (140005, "lead"), "same school": (140006, "same school"), "other school": (140007, "other school"),
    "disabled": (140008, "disabled"), "deleted": (140009, "deleted"), "expired student": (140010, "own"),
    "mate a": (140011, "own"), "mate b": (140012, "own"), "mate c": (140013, "own"), "mate d": (140014, "own"),  # five answers are shown
}  # fmt: skip
LESSONS = {name: 150001 + n for n, name in enumerate(CLASSES)}
FOR_CLASSMATE = 150100  # a second lesson of the own class, given to the classmate alone
UNTOUCHED = 150101  # a third, given to everybody; the student has not begun it, the classmate has
REPORTS = {"lakes": 160001, "hills": 160002, "deleted": 160000}
NEVER = 199999


def make_world(app: Flask) -> World:
    world = World(app, database=app.extensions["balise.engine"].url.database)
    # What staff do is recorded (test_staff_acts.py), and here thousands of requests are compared with how things were before them.
    app.after_request_funcs[None] = [hook for hook in app.after_request_funcs[None] if hook.__name__ != "record_it"]
    with app.test_request_context(method="POST"):
        make_people()
        make_classes()
        db.session.commit()
        attempts = {seat: make_attempt(number, LESSONS[home], right=n % 7) for n, (seat, (number, home)) in enumerate(SEATS.items())}
        make_attempt(SEATS["classmate"][0], LESSONS["own"], right=2, nth=2)
        make_attempt(SEATS["classmate"][0], UNTOUCHED, right=2)
        attempts["only"] = make_attempt(SEATS["classmate"][0], FOR_CLASSMATE, right=3)
        make_the_rest(world)
        world.homes = make_homes(world, attempts)
        world.marks |= {f"sitting of {seat}": uuid for seat, uuid in attempts.items()}
        make_sessions(world)
        erase_what_is_deleted()
        db.session.commit()
        db.close()
    every = {n for numbers in (TEACHERS.values(), (c[0] for c in CLASSES.values()), (s[0] for s in SEATS.values()), LESSONS.values(), REPORTS.values(), (p[0] for p in PLACES.values()), (b[0] for b in BOARDS.values()), [FOR_CLASSMATE, UNTOUCHED]) for n in numbers}  # fmt: skip
    own = {"student": {SEATS["student"][0], LESSONS["own"], UNTOUCHED, CLASSES["own"][0]}}
    own["teacher"] = {TEACHERS["teacher"], *(CLASSES[c][0] for c in ("own", "sibling")), *(LESSONS[c] for c in ("own", "sibling")), FOR_CLASSMATE, UNTOUCHED, *(n for n, home in SEATS.values() if home in ("own", "sibling")), PLACES["north"][0]}  # fmt: skip
    north = [c for c, values in CLASSES.items() if values[3] == "north"]
    own["school lead"] = {PLACES["north"][0], *(TEACHERS[t] for t, (place, _role) in ROLES.items() if place == "north"), *(CLASSES[c][0] for c in north), LESSONS["lead"], SEATS["lead"][0]}  # fmt: skip
    own["board"] = {TEACHERS["board"], BOARDS["lakes"][0], REPORTS["lakes"]}
    world.foreign = {actor: every - own.get(actor, set()) for actor in ACTORS}
    return world


def make_people() -> None:
    for number, label in BOARDS.values():
        db.session.add(Board(id=number, label=label))
    db.session.flush()
    for number, label, board in PLACES.values():
        db.session.add(School(id=number, label=label, board_id=board))
    db.session.flush()
    for who, number in TEACHERS.items():
        db.session.add(Teacher(id=number, email_hash=f"hash {number}", display_name=name_of_teacher(who), password_hash="-", totp_salt="-", created_on=clock.today()))  # fmt: skip
    db.session.flush()
    for who, (place, role) in ROLES.items():
        db.session.add(Membership(teacher_id=TEACHERS[who], school_id=PLACES[place][0], role=role))
    for who, board in (("board", "lakes"), ("far board", "hills")):
        db.session.add(Membership(teacher_id=TEACHERS[who], board_id=BOARDS[board][0], role="board"))


def name_of_teacher(who: str) -> str:
    return f"Prof. {who.title().replace(' ', '')}q"


def make_classes() -> None:
    today = clock.today("America/Toronto")
    usual = {
        "band": "B",
        "locale": "en",
        "timezone": "America/Toronto",
        "seats": 30,
        "created_on": today,
        "ends_on": today + timedelta(100),
    }
    for number, label, who, _school in CLASSES.values():
        classroom = Classroom(id=number, label=label, teacher_id=TEACHERS[who], **usual)
        new_code(classroom)
        db.session.add(classroom)
    db.session.flush()
    for n, (number, home) in enumerate(SEATS.values()):
        db.session.add(Student(id=number, classroom_id=CLASSES[home][0], first=20 + n, second=20 + n, secret_hash="-", key_id=KEY_ID))
    for n, (home, number) in enumerate(LESSONS.items()):
        given = {"opens_on": today - timedelta(2), "due_on": today + timedelta(7), "closes_on": today + timedelta(9), "created_on": today}
        db.session.add(Assignment(id=number, classroom_id=CLASSES[home][0], lesson_slug=LESSON, family_code=f"QQ{n}{n}QQ", **given))
    db.session.flush()
    db.session.add(Assignment(id=FOR_CLASSMATE, classroom_id=CLASSES["own"][0], lesson_slug="webcams", for_group=CHOSEN, opens_on=today, created_on=today, family_code="QQXXQQ"))  # fmt: skip
    db.session.add(Assignment(id=UNTOUCHED, classroom_id=CLASSES["own"][0], lesson_slug="rights", opens_on=today, created_on=today, family_code="QQYYQQ"))  # fmt: skip
    db.session.flush()
    db.session.add(SeatRule(assignment_id=FOR_CLASSMATE, student_id=SEATS["classmate"][0], given=True))


def make_the_rest(world: World) -> None:
    """Reports, reasons put aside, rules for single seats: something in every table that has an owner."""
    today = clock.today()
    later = today + timedelta(20)
    for seat, home, given, until in (("student", "own", True, later), ("same school", "same school", True, later), ("other school", "other school", False, None)):  # fmt: skip
        db.session.add(Dismissal(assignment_id=LESSONS[home], student_id=SEATS[seat][0], reason="low", evidence=1, dismissed_on=today))
        db.session.add(SeatRule(assignment_id=LESSONS[home], student_id=SEATS[seat][0], given=given, open_until=until))
    for seat, lesson in (("classmate", LESSONS["own"]), ("classmate", UNTOUCHED), ("same school", LESSONS["same school"])):
        record_reading(SEATS[seat][0], lesson, today)
    db.session.add(Pulse(assignment_id=LESSONS["same school"], question="clear", reply="yes", n=9))
    make_looks_back(today)
    for who, (place, _role) in ROLES.items():
        clock.shift = timedelta(-70 if place == "south" else 0)  # so that one school's record begins before the other's
        acts.record(db.session.connection(), TEACHERS[who], PLACES[place][0], "signed-in")
    clock.shift = timedelta(0)
    acts.record(db.session.connection(), TEACHERS["far"], PLACES["south"][0], "signed-in")
    for name, board in (("lakes", "lakes"), ("hills", "hills"), ("deleted", "lakes")):
        made = make_report(db.session.get_one(Board, BOARDS[board][0])) if name != "deleted" else None
        if made is None:
            made = Report(board_id=BOARDS[board][0], made_on=today, content_version="x", body=as_json({}))
            db.session.add(made)
            db.session.flush()
        made_on = today - timedelta(40) if name == "lakes" else today  # so that the next one may be made
        db.session.execute(update(Report).where(Report.id == made.id).values(id=REPORTS[name], made_on=made_on))
        db.session.expunge_all()
    for name, (number, label, who, _school) in CLASSES.items():
        classroom = db.session.get_one(Classroom, number)
        world.marks |= {f"label of {name}": label, f"code of {name}": shown_code(classroom), f"code in one of {name}": shown_code(classroom).replace(" ", ""), f"teacher {who}": name_of_teacher(who)}  # fmt: skip
    for seat, (number, _home) in SEATS.items():
        student = db.session.get_one(Student, number)
        world.marks[f"seat {seat}"] = name_of(student.first, student.second, "en")
    world.marks |= {f"school {name}": label for name, (_n, label, _b) in PLACES.items()}
    world.marks |= {f"board {name}": label for name, (_n, label) in BOARDS.items()}
    world.marks |= {f"family code of {name}": f"QQ{n}{n}QQ" for n, name in enumerate(CLASSES)}
    assert len(set(world.marks.values())) == len(world.marks)


LOOKED_BACK_AT = "four-moves"  # an objective of the lesson, and a question about it
ASKED_AGAIN = {"lesson": str(LESSONS["own"]), "round": "2", "item": "jun-money", "choice": "stop-keep-tell"}


def make_looks_back(today: date) -> None:
    """Every class looks back at the lesson of six weeks ago. Some have been asked of it in the first round, the classmate this week too."""
    db.session.execute(update(Classroom).values(booster_day=today.isoweekday()))
    of_lesson = Attempt.nth == 1, Attempt.assignment_id.in_(LESSONS.values())
    db.session.execute(update(Attempt).where(*of_lesson).values(finished_on=today - timedelta(40)))
    kept = {"stability": 0.05, "difficulty": 8.0, "due_on": today - timedelta(29)}
    for seat, home in (("student", "own"), ("classmate", "own"), ("same school", "same school"), ("other school", "other school")):
        place = {"student_id": SEATS[seat][0], "assignment_id": LESSONS[home]}
        db.session.add(Recall(**place, objective=LOOKED_BACK_AT, last_on=today - timedelta(30), **kept))
    db.session.add(Recall(student_id=SEATS["classmate"][0], assignment_id=LESSONS["own"], objective="why-not-pay", last_on=today, **kept))
    for home in ("own", "same school"):  # the second one is about to be shown
        place = {"assignment_id": LESSONS[home], "objective": LOOKED_BACK_AT}
        counts = {"n": 9, "right": 4, "then_asked": 9, "then_right": 3}
        shown = {f"shown_{name}": n for name, n in counts.items()} if home == "own" else {}
        db.session.add(RecallCount(**place, nth=1, **counts, **{f"shown_{name}": n for name, n in counts.items()}))
        db.session.add(RecallCount(**place, nth=2, **counts, **shown))


def make_homes(world: World, attempts: dict[str, str]) -> dict[str, Home]:
    boards = {"other school": "hills", "deleted": "deleted"}
    first_in = {home: seat for seat, (_n, home) in reversed(SEATS.items())}
    token, made = invite("new@world.example"), {}
    for n, (name, (number, _label, who, _school)) in enumerate(CLASSES.items()):
        colleague = TEACHERS["deleted" if name == "deleted" else who]
        seat = first_in[name]
        made[name] = Home(
            number, LESSONS[name], SEATS[seat][0], attempts[seat], number, colleague, REPORTS[boards.get(name, "lakes")], f"QQ{n}{n}QQ",
            token if name != "deleted" else "gone",
        )  # fmt: skip
    made["classmate"] = made["own"].but(assignment_id=FOR_CLASSMATE, student_id=SEATS["classmate"][0], attempt_uuid=attempts["only"])
    made["same lesson"] = made["own"].but(student_id=SEATS["classmate"][0], attempt_uuid=attempts["classmate"])
    made["never"] = Home(NEVER, NEVER, NEVER, str(uuid.UUID(int=1, version=4)), NEVER, NEVER, NEVER, "QQNNQQ", "never")
    own = made["own"]
    made["another kind"] = Home(
        own.student_id, own.classroom_id, own.assignment_id, own.code, own.colleague_id, own.room_id, BOARDS["lakes"][0], own.attempt_uuid,
        own.code,
    )  # fmt: skip
    return made


def make_sessions(world: World) -> None:
    for actor in ACTORS:
        if actor == "visitor":
            world.tokens[actor] = ""
            continue
        kind = "student" if "student" in actor else "teacher"
        number = SEATS[actor][0] if kind == "student" else TEACHERS[actor]
        world.tokens[actor] = sessions.begin(kind, number)
        db.session.flush()
        if "expired" in actor:
            idle = clock.seconds() - sessions.IDLE[kind] - 1
            mine = sessions.SessionRow.token_hash == sessions.fingerprint(world.tokens[actor])
            db.session.execute(update(sessions.SessionRow).where(mine).values(seen_at=idle))


def erase_what_is_deleted() -> None:
    erase_classroom(db.session.get_one(Classroom, CLASSES["deleted"][0]))
    db.session.delete(db.session.get_one(Student, SEATS["removed student"][0]))
    db.session.delete(db.session.get_one(Teacher, TEACHERS["deleted"]))
    db.session.delete(db.session.get_one(Report, REPORTS["deleted"]))
    db.session.get_one(Teacher, TEACHERS["disabled teacher"]).disabled = True


# --- every request there is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One request of one person, for one thing."""

    actor: str
    endpoint: str
    rule: str
    method: str
    whose: str
    address: str

    @property
    def policy(self) -> str:
        return POLICY_OF[self.endpoint]

    def __str__(self) -> str:
        return f"{self.actor}: {self.method} {self.address} ({self.endpoint}, {self.whose})"


OWN_HOME = {"school lead": "lead", "disabled teacher": "disabled"}


def variants(world: World, actor: str) -> Iterator[tuple[str, Home]]:
    """Whose things the gaps of an address point to, as this person sees it."""
    homes = world.homes
    own = homes[OWN_HOME.get(actor, "own")]
    near, far = homes["same school"], homes["other school"]
    yield "own", own
    yield "same class, another student", homes["same lesson"]
    yield "same class, another student's lesson", homes["classmate"]
    yield "own other class", homes["sibling"]
    yield "own class, lesson of the own other class", own.but(assignment_id=homes["sibling"].assignment_id)
    yield "own class, lesson of another teacher", own.but(assignment_id=near.assignment_id)
    yield "own lesson, student of the own other class", own.but(student_id=homes["sibling"].student_id)
    yield "own lesson, student of another teacher", own.but(student_id=near.student_id)
    yield "class of another teacher, own lesson and student", own.but(classroom_id=near.classroom_id)
    yield "other class, same school", near
    yield "other school", far
    yield "deleted", homes["deleted"]
    yield "never there", homes["never"]
    yield "number of another kind of thing", homes["another kind"]


GAP = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


def address_of(rule: Rule, values: dict[str, Any]) -> str:
    return GAP.sub(lambda gap: str(values[gap[1]]), rule.rule)


def cells_of(world: World, actor: str, rule: Rule, idea: str) -> Iterator[Cell]:
    """Every request that this person can make to this route: each method, each owner."""
    gaps = [gap for gap in OWNED if gap in rule.arguments]
    plain = {**NOT_OWNED, "idea_id": idea}
    if rule.endpoint.startswith("practice."):
        plain["number"] = PRACTISED
    unknown = rule.arguments - set(OWNED) - set(plain)
    assert not unknown, f"{rule.endpoint} has a new gap {unknown}: say in tests/trust/authorising.py whose it is, or that it is nobody's"
    seen = set()
    found = [*variants(world, actor)] if gaps else [("own", world.homes["own"])]
    if ACTORS[actor] == "visitor" and actor != "visitor":
        found = [(whose, home) for whose, home in found if whose in ("own", "other school", "never there")]  # they are asked to sign in
    for whose, home in found:
        address = address_of(rule, {**plain, **{gap: getattr(home, gap) for gap in gaps}})
        if address in seen:
            continue
        seen.add(address)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield Cell(actor, rule.endpoint, rule.rule, method, whose, address)
    numbers = [gap for gap in gaps if gap.endswith("_id")]
    for odd in ("x1", "-1", str(2**31)) if numbers and actor in ("student", "teacher") else ():
        address = address_of(rule, {**plain, **{gap: getattr(world.homes["own"], gap) for gap in gaps}, numbers[-1]: odd})
        yield Cell(actor, rule.endpoint, rule.rule, "GET", "no number", address)
    if actor == "teacher":
        address = address_of(rule, {**plain, **{gap: getattr(world.homes["own"], gap) for gap in gaps}})
        yield from (Cell(actor, rule.endpoint, rule.rule, method, "own", address) for method in ("PUT", "PATCH", "DELETE"))


def rules_of(app: Flask) -> list[Rule]:
    """All routes; one that policies.toml does not know yet has a test of its own that says so."""
    return sorted((r for r in app.url_map.iter_rules() if r.endpoint in POLICY_OF), key=lambda r: (r.endpoint, r.rule))


# --- what must come back --------------------------------------------------------------------------------------------------


OF_THE_TEACHER = ("own", "own other class", "same class, another student", "same class, another student's lesson")


def owns(cell: Cell) -> bool:
    """Whether what the address points to is this person's."""
    actor, whose = cell.actor, cell.whose
    match cell.policy:
        case "given-to" | "own-sitting":
            return actor == "student" and whose == "own"
        case "class-teacher":
            return (actor == "teacher" and whose in OF_THE_TEACHER) or (actor == "school lead" and whose == "own")
        case "school-lead":
            return actor == "school lead"
        case "school-lead-over":
            its = ("own", "same class, another student", "own other class", "other class, same school")
            return actor == "school lead" and whose in its and not (cell.endpoint == "schools.close" and whose == "own")
        case "board":
            return actor == "board"
        case "board-report":
            return actor == "board" and whose == "own"
        case "code-on-paper":
            return whose not in ("deleted", "never there", "number of another kind of thing")
        case "invitation":
            return whose not in ("deleted", "never there", "number of another kind of thing")
    return True


def expected(cell: Cell) -> str:
    kind, who = ACTORS[cell.actor], POLICIES[cell.policy]["who"]
    if cell.method in ("PUT", "PATCH", "DELETE"):
        return NO_SUCH_METHOD
    if cell.whose == "no number":
        return NOT_THERE
    if kind not in who:
        return SIGN_IN if kind == "visitor" else FORBIDDEN
    return OPENS if owns(cell) else NOT_THERE


def outcome(cell: Cell, response: TestResponse) -> str:
    """What came back, in one word; a number where there is no word for it."""
    status, where = response.status_code, response.headers.get("Location", "")
    if status == 401 or (cell.method == "GET" and status == 303 and where.endswith("/accounts/sign-in")):
        return SIGN_IN
    if cell.method == "GET" and status == 200 and b'name="word1"' in response.data and cell.endpoint != "classrooms.sign_in":
        return SIGN_IN
    if status == 404 and cell.endpoint in MAY_BE_MISSING and expected(cell) == OPENS:
        return OPENS
    if status == 405 and cell.whose == "no number":
        return NOT_THERE  # the address is known, without a page of its own
    known = {403: FORBIDDEN, 404: NOT_THERE, 405: NO_SUCH_METHOD}
    return OPENS if status in (200, 301, 302, 303, 400, 422) else known.get(status, str(status))


PUBLIC = ("everybody", "code-on-paper", "invitation", "visitors", "signing-in-as-student", "signing-in-as-teacher", "signed-in")


def may_see(cell: Cell) -> set[str]:
    """Names of the marks that may stand in what this person gets back."""
    policy = cell.policy
    if cell.actor == "student":
        return {"seat student", "label of own", "sitting of student"}
    if cell.actor == "teacher":
        classes = ["own", "sibling"]
        here = classes if policy != "class-teacher" else ["sibling"] if cell.whose == "own other class" else ["own"]
        seats = [seat for seat, (_n, home) in SEATS.items() if home in here]
        found = {"teacher teacher", "school north", *(f"seat {s}" for s in seats if policy not in PUBLIC)}
        return found | {f"{what} of {c}" for c in classes for what in ("label", "code", "code in one", "family code")}
    if cell.actor == "school lead":
        found = {"teacher school lead", "school north", *(f"{what} of lead" for what in ("label", "code", "code in one", "family code"))}
        if policy.startswith("school-lead"):
            return found | {f"label of {c}" for c, values in CLASSES.items() if values[3] == "north" and c != "deleted"} | {f"teacher {t}" for t, (place, _r) in ROLES.items() if place == "north" and t != "deleted"}  # fmt: skip
        return found | ({"seat lead"} if policy in ("class-teacher", "teachers") else set())
    if cell.actor == "board":
        return {"teacher board", "board lakes"} | ({"school north"} if policy.startswith("board") else set())
    return set()


def texts_in(response: TestResponse) -> str:
    """Everything readable that came back; zip files (spreadsheets, evidence) are looked into."""
    body = response.get_data()
    if body[:2] == b"PK":
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return body.decode("utf-8", "replace").replace("\u00a0", " ") + str(response.headers)


def leaks(world: World, cell: Cell, response: TestResponse) -> list[str]:
    """Marks of others in the answer. What the person has put into the address is no news to them."""
    text, allowed = texts_in(response), may_see(cell)
    return [name for name, mark in world.marks.items() if name not in allowed and mark in text and mark not in cell.address]


MADE_ANEW = re.compile(
    r'name="(?:csrf|token|kept)"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="(?:csrf|token|kept)"|data-(?:idle|most)="\d+"'
)
NUMBERS = re.compile(r"\b1\d{5}\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\bQQ\w\wQQ\b")


def masked(response: TestResponse) -> str:
    """The body without what is made anew for each page: form tokens and minutes left."""
    return MADE_ANEW.sub(
        "", response.get_data(as_text=True) if response.mimetype.startswith("text/") else texts_in(response).partition("Content-")[0]
    )


def without_numbers(cell: Cell, response: TestResponse) -> str:
    """... and without the numbers that were asked for: two answers that say "not here" must then be the same."""
    return NUMBERS.sub("#", masked(response).replace(cell.address.removeprefix("/en"), "#"))


# --- asking ---------------------------------------------------------------------------------------------------------------


def form_for(cell: Cell, world: World) -> dict[str, Any]:
    """A form that would do something, where that is easy to say; people who are refused send it too."""
    today = clock.today("America/Toronto")
    labels = {str(number): label for number, label, _who, _school in CLASSES.values()}
    classroom = next((part for part in cell.address.split("/") if part in labels), "")
    name = next((n for n, values in CLASSES.items() if str(values[0]) == classroom), "own")
    seats = [str(number) for number, home in SEATS.values() if home == name]
    reason = f"{world.homes[name].student_id}.{world.homes[name].assignment_id}.low.1"
    days = {"opens_on": today.isoformat(), "due_on": "", "late": "counts"}
    return {
        "classrooms.assign_lesson": {**days, "lesson": "consent", "for_group": "-1", "chosen": seats},
        "classrooms.copy": {"to": str(CLASSES["sibling"][0]) if cell.actor == "teacher" else "", "opens_on": today.isoformat()},
        "classrooms.edit": {"label": "Renamed", "band": "B", "locale": "en", "timezone": "UTC", "seats": "20", "ends_on": (today + timedelta(50)).isoformat()},
        "classrooms.edit_assignment": {**days, "for_group": "-1", "chosen": seats, "sure": "99"},
        "classrooms.erase": {"label": labels.get(classroom, "")},
        "classrooms.new": {"label": "New", "band": "B", "locale": "en", "timezone": "UTC", "seats": "20", "ends_on": (today + timedelta(50)).isoformat()},
        "classrooms.open_door": {"minutes": "30"},
        "classrooms.put_in_groups": {"sure": "99", **{f"group-{number}": "1" for number, _home in SEATS.values()}},
        "classrooms.reopen": {"student": seats[0], "open_until": (today + timedelta(30)).isoformat()},
        "classrooms.unassign": {"sure": "99"},
        "boards.make": {"sure": "y"},
        "boosters.keep": ASKED_AGAIN,
        "boosters.switch": {"day": "0"},
        "lessons.pulse": {"question": "clear", "reply": "yes"},
        "progress.put_reason_aside": {"reason": reason},
        "progress.take_reason_back": {"reason": reason},
        "schools.close": {"sure": "y"},
        "schools.end_year": {"classes": [str(n) for n, _label, _who, school in CLASSES.values() if school == "north"], "last_day": today.isoformat(), "sure": "y"},
        "schools.give": {"sure": "y", "teacher": str(TEACHERS["other"])},
        "schools.invite_teacher": {"email": "somebody@world.example"},
    }.get(cell.endpoint, {})  # fmt: skip


def ask(world: World, cell: Cell, csrf: str | None = None, **headers: str) -> TestResponse:
    """Send the request, with the person's cookie and form token."""
    token = world.tokens[cell.actor]
    sent = {"Cookie": f"balise={token}"} if token else {}
    data = None
    if cell.method != "GET":
        data = {"csrf": world.csrf(cell.actor) if csrf is None else csrf, **form_for(cell, world)} if token else form_for(cell, world)
    return world.app.test_client(use_cookies=False).open(cell.address, method=cell.method, data=data, headers={**sent, **headers})


# --- the database before and after ----------------------------------------------------------------------------------------


class Snapshot:
    """The whole database as it was: to be put back after a change that was allowed, and to be compared."""

    def __init__(self, world: World) -> None:
        self.world, self.kept = world, sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(world.database)) as source:
            source.backup(self.kept)
        self.rows = rows_in(self.kept)

    def put_back(self) -> None:
        with closing(sqlite3.connect(self.world.database)) as target:
            target.execute("PRAGMA synchronous=OFF")
            self.kept.backup(target)

    def changes(self, actor: str = "visitor") -> dict[str, set[tuple[Any, ...]]]:
        """Table -> rows that are new, gone or different, but for this person's own session, which notes that it is in use."""
        own = sessions.fingerprint(self.world.tokens[actor])
        with closing(sqlite3.connect(self.world.database)) as now:
            present = rows_in(now)
        different = {table: {row for row in rows ^ self.rows[table] if own not in row} for table, rows in present.items()}
        return {table: rows for table, rows in different.items() if rows}

    def foreign_changes(self, actor: str) -> list[tuple[str, tuple[Any, ...]]]:
        """Changed rows in which a number of somebody else's stands."""
        foreign = self.world.foreign[actor]
        return [(table, row) for table, rows in self.changes(actor).items() for row in rows if foreign & set(row)]

    def close(self) -> None:
        self.kept.close()


def rows_in(connection: sqlite3.Connection) -> dict[str, set[tuple[Any, ...]]]:
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    return {name: set(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for (name,) in names}
