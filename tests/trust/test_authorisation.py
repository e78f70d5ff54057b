"""Route x method x person x whose it is: generated from the app's map of addresses, each cell a real request, the answer looked into.

What is expected stands in policies.toml. Afterwards the rules themselves are weakened one by one, and the matrix has to notice each time."""

from __future__ import annotations

import pytest
from trust.authorising import (
    ACTORS,
    CLASSES,
    LESSONS,
    NOT_THERE,
    OPENS,
    POLICIES,
    POLICY_OF,
    SEATS,
    SIGNED_IN,
    TEACHERS,
    Cell,
    Snapshot,
    World,
    ask,
    cells_of,
    expected,
    leaks,
    make_world,
    masked,
    outcome,
    rules_of,
    without_numbers,
)

from app.classrooms.models import Classroom, Student
from app.core import throttle
from app.core.access import audience_of
from app.core.db import db
from app.core.library import library
from app.core.passwords import KEY_ID


@pytest.fixture
def world(app) -> World:
    return make_world(app)


@pytest.fixture
def before(world):
    kept = Snapshot(world)
    yield kept
    kept.close()


def an_idea(app) -> str:
    with app.test_request_context():
        return next(iter(library().misconceptions))


def cells(world: World, actor: str) -> list[Cell]:
    idea = an_idea(world.app)
    return [cell for rule in rules_of(world.app) for cell in cells_of(world, actor, rule, idea)]


def changes_something(cell: Cell) -> bool:
    """Whether a request may write: an allowed post, or leaving, which ends the session by GET too."""
    return expected(cell) == OPENS and (cell.method == "POST" or cell.endpoint == "home.leave")


@pytest.mark.promise("A-1", "A-7")
def test_every_address_has_a_rule_and_every_rule_an_address(app, promise):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    without, gone = endpoints - POLICY_OF.keys(), POLICY_OF.keys() - endpoints
    assert not without, f"say in tests/trust/policies.toml who may open {sorted(without)}"
    assert not gone, f"policies.toml names what is not there: {sorted(gone)}"
    assert len(POLICY_OF) == sum(len(policy["endpoints"]) for policy in POLICIES.values()), "an endpoint stands under two rules"
    undeclared = [endpoint for endpoint in endpoints if audience_of(app, endpoint) is None]
    promise.figure("{undeclared} of {n} pages and forms without a rule", undeclared=len(undeclared), n=len(endpoints))
    assert not undeclared


@pytest.mark.promise("A-2", "A-3", "A-7")
@pytest.mark.parametrize("actor", ACTORS)
def test_everybody_gets_what_is_theirs_and_nothing_else(world, before, promise, actor):
    every = cells(world, actor)
    wrong, not_here = [], {}
    for cell in sorted(every, key=changes_something):
        response = ask(world, cell)
        wrong += faults(world, cell, response, not_here)
        if changes_something(cell):
            wrong += [f"{cell} changed {row}" for row in before.foreign_changes(actor)]
            before.put_back()
        elif cell.method != "GET" and (changed := before.changes()):
            wrong.append(f"{cell} was refused and changed {changed}")
            before.put_back()
    assert not before.changes(), "reading changed something"
    promise.figure("{wrong} wrong answers to {n} requests", wrong=len(wrong), n=len(every))
    assert not wrong, "\n".join(map(str, wrong[:40]))
    assert len(every) > 200


def faults(world: World, cell: Cell, response, not_here: dict[tuple[str, str], str]) -> list[str]:
    """What is wrong with an answer: its kind, what of others stands in it, and whether "not yours" reads otherwise than "not there"."""
    found, wanted = outcome(cell, response), expected(cell)
    if found != wanted:
        return [f"{cell}: {found}, not {wanted}"]
    seen = [f"{cell}: tells {leaks(world, cell, response)}"] if leaks(world, cell, response) else []
    if wanted == NOT_THERE and cell.whose != "no number":
        body = without_numbers(response)
        if not_here.setdefault((cell.rule, cell.method), body) != body:
            seen.append(f"{cell}: says it in other words than for what was never there")
    return seen


@pytest.mark.promise("A-2")
@pytest.mark.parametrize("actor", SIGNED_IN)
def test_what_others_do_changes_nothing_on_ones_own_pages(world, promise, actor):
    """A count, a mean or an order that somebody else's rows took part in would differ."""
    own = [c for c in cells(world, actor) if expected(c) == OPENS and c.method == "GET" and c.endpoint != "home.leave"]
    pages = {cell: page_of(world, cell) for cell in own}
    steady = [cell for cell in own if page_of(world, cell) == pages[cell]]
    disturb(world, actor)
    different = [cell for cell in steady if page_of(world, cell) != pages[cell]]
    promise.figure("{different} of {n} pages differ after others have changed everything of theirs", different=len(different), n=len(steady))
    assert not different, "\n".join(map(str, different))
    assert len(steady) > 0.9 * len(own), [str(c) for c in own if c not in steady]


def page_of(world: World, cell: Cell) -> str:
    return masked(ask(world, cell))


def disturb(world: World, actor: str) -> None:
    """All that is not this person's gets more students, more answers, another name."""
    from making import make_attempt

    own = {"student": (), "teacher": ("own", "sibling"), "school lead": ("lead",), "board": ()}[actor]
    in_sight = {"school lead": [c for c, values in CLASSES.items() if values[3] == "north"]}.get(actor, own)
    with world.app.test_request_context(method="POST"):
        for name, (number, label, _who, _school) in CLASSES.items():
            classroom = db.session.get(Classroom, number)
            if name in own or classroom is None:
                continue
            if name not in in_sight and not (actor == "student" and name == "own"):
                classroom.label, classroom.seats = label + " renamed", 12
                db.session.add(Student(classroom_id=number, first=60, second=60, secret_hash="-", key_id=KEY_ID))
                db.session.commit()
            for seat, (student, home) in SEATS.items():
                if home == name and seat != actor and db.session.get(Student, student) is not None:
                    make_attempt(student, LESSONS[home], right=1, nth=2)


@pytest.mark.promise("H-3", "C-8")
@pytest.mark.parametrize("actor", SIGNED_IN)
def test_a_form_from_elsewhere_or_of_another_session_changes_nothing(world, before, promise, actor):
    other = "student" if actor == "teacher" else "teacher"
    own = [c for c in cells(world, actor) if c.method == "POST" and expected(c) == OPENS and c.endpoint != "home.leave"]
    tries, wrong = 0, []
    for cell in own:
        ways = (("", {}, 409), (world.csrf(other), {}, 409), (None, {"Sec-Fetch-Site": "cross-site"}, 403), (None, {"Origin": "https://elsewhere.example"}, 403))  # fmt: skip
        for csrf, headers, status in ways:
            response = ask(world, cell, csrf, **headers)
            tries += 1
            if response.status_code != status or before.changes():
                wrong.append(f"{cell}: {response.status_code} with csrf {csrf!r} and {headers}")
                before.put_back()
    promise.figure("{wrong} of {n} forged forms taken", wrong=len(wrong), n=tries)
    assert not wrong, "\n".join(wrong)


@pytest.mark.promise("A-4")
@pytest.mark.parametrize("actor", SIGNED_IN)
def test_columns_that_are_not_in_a_form_are_never_written(world, before, promise, actor):
    """Every column of every table is posted to every form, with values that would be recognised anywhere."""
    extra = columns_nobody_types()
    own = [c for c in cells(world, actor) if c.method == "POST" and expected(c) == OPENS and c.endpoint != "home.leave"]
    reached = []
    for cell in own:
        ask_with(world, cell, extra)
        for table, rows in before.changes().items():
            reached += [f"{cell}: {table} {row}" for row in rows if {"MASSQ", 987654, "2031-03-03"} & set(row)]
        with world.app.test_request_context():
            shut = {n for who, n in TEACHERS.items() if who not in ("disabled teacher", "deleted") and is_shut(n)}
        assert not shut or cell.endpoint == "schools.close", f"{cell} shut {shut}"
        before.put_back()
    promise.figure("{reached} of {n} smuggled columns written", reached=len(reached), n=len(own) * len(extra))
    assert not reached, "\n".join(reached)


def is_shut(teacher_id: int) -> bool:
    from app.accounts.models import Teacher

    return db.session.get_one(Teacher, teacher_id).disabled


def columns_nobody_types() -> dict[str, str]:
    from sqlalchemy import Boolean, Date, Integer

    from app.core.db import Model
    from app.core.forms import BaseForm

    def every(kind: type) -> list[type]:
        return [kind, *(k for sub in kind.__subclasses__() for k in every(sub))]

    typed = {name for form in every(BaseForm) for name in dir(form) if hasattr(getattr(form, name), "field_class")}
    found = {}
    for table in Model.metadata.tables.values():
        for column in table.columns:
            kinds = ((Boolean, "1"), (Date, "2031-03-03"), (Integer, "987654"))
            found[column.name] = next((value for kind, value in kinds if isinstance(column.type, kind)), "MASSQ")
    return {name: value for name, value in found.items() if name not in typed}


def ask_with(world: World, cell: Cell, extra: dict[str, str]):
    from trust.authorising import form_for

    data = {**extra, **form_for(cell, world), "csrf": world.csrf(cell.actor)}
    cookie = {"Cookie": f"balise={world.tokens[cell.actor]}"}
    return world.app.test_client(use_cookies=False).post(cell.address, data=data, headers=cookie)


@pytest.fixture(autouse=True)
def nobody_has_to_wait():
    throttle.addresses.seen.clear()
    throttle.joins.seen.clear()
