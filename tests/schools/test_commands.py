"""`balise new-school`, `new-board`, `invite-teacher --school`, `invite-board`, `schools`, `bias`: what an operator types."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from app import cli
from app.accounts.models import Board, Invitation, Membership, School
from app.core.db import db
from app.core.keys import fingerprint
from app.quizzes.models import LanguageCount


@pytest.fixture
def run(app, monkeypatch, capsys):
    """A command on this test's site: (status, what it printed, what it complained about)."""
    from conftest import config_for

    from app import running

    config = config_for(app.config["LESSONS"].parent)
    monkeypatch.setattr(running, "site", lambda: (config, app))

    def command(*arguments):
        status = cli.main(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_a_board_a_school_and_its_people_are_made_on_the_server(app, run):
    status, said, _ = run("new-board", "North Board")
    assert status == 0
    board = int(re.search(r"Board (\d+) is made", said)[1])
    status, said, _ = run("new-school", "  Hill School ", "--board", str(board))
    school = int(re.search(r"School (\d+) is made", said)[1])
    with app.test_request_context():
        assert db.session.get_one(School, school).label == "Hill School"
        assert db.session.get_one(School, school).board_id == board
        assert db.session.get_one(Board, board).label == "North Board"
    for arguments, expected in (
        (("invite-teacher", "a@b.example", "--school", str(school), "--lead"), ("lead", school, None)),
        (("invite-teacher", "a@b.example", "--school", str(school)), ("teacher", school, None)),
        (("invite-board", "a@b.example", "--board", str(board)), ("board", None, board)),
        (("invite-teacher", "a@b.example"), ("teacher", None, None)),
    ):
        status, said, _ = run(*arguments)
        token = re.search(r"/en/accounts/invitation/([\w-]+)", said)[1]
        with app.test_request_context():
            row = db.session.get_one(Invitation, fingerprint(token))
            assert (row.role, row.school_id, row.board_id) == expected


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("new-school", "X", "--board", "999"), "no board 999"),
        (("new-school", " "), "1 to 60"),
        (("new-board", "x" * 61), "1 to 60"),
        (("invite-teacher", "a@b.example", "--school", "999"), "no school 999"),
        (("invite-teacher", "a@b.example", "--lead"), "--school"),
        (("invite-board", "a@b.example", "--board", "999"), "no board 999"),
        (("invite-board", "nobody", "--board", "1"), "not an email address"),
    ],
)
def test_a_wrong_id_or_name_is_said_clearly_and_changes_nothing(app, run, arguments, complaint):
    status, said, complained = run(*arguments)
    assert (status, said) == (2, "")
    assert complaint in complained
    with app.test_request_context():
        assert db.session.scalars(select(Invitation)).all() == []
        assert len(db.session.scalars(select(School)).all()) == 2


def test_the_list_names_schools_and_boards_and_no_people(run):
    status, said, _ = run("schools")
    assert status == 0
    assert re.search(r"board \d+ +Channel Board +1 people", said)
    assert re.search(r"school \d+ +Harbour School +board \d+ +2 teachers, 1 of them leads", said)
    assert re.search(r"school \d+ +Far School +no board", said)
    assert "Tremblay" not in said


def test_a_link_without_a_school_leaves_a_teacher_where_they_are(app, school):
    from app.accounts.queries import invite, join, open_invitation

    with app.test_request_context(method="POST"):
        before = db.session.get_one(Membership, school.tremblay).school_id
        join(school.tremblay, open_invitation(invite("tremblay@school.example")))
        db.session.commit()
        assert db.session.get_one(Membership, school.tremblay).school_id == before
        join(school.tremblay, open_invitation(invite("tremblay@school.example", "lead", school_id=before)))
        db.session.commit()
        assert db.session.get_one(Membership, school.tremblay).role == "lead"


def test_bias_prints_both_texts_and_json_for_scripts(app, run):
    assert run("bias")[1] == ""
    with app.test_request_context(method="POST"):
        from app.core.library import library

        item = next(i for i in library().quiz("sextortion").items if not i.sensitive)
        for locale, right in (("fr", 180), ("ko", 60)):
            db.session.add(
                LanguageCount(lesson_slug="sextortion", item_id=item.id, locale=locale, stratum=3, right=right, wrong=200 - right)
            )
        db.session.commit()
    status, said, summary = run("bias")
    assert status == 0
    assert f"C  lesson 8 sextortion, {item.id}: harder in ko" in said
    assert re.search("[가-힣]", said)
    assert "1 comparisons had enough answers; 1 are worth a look." in summary
    (found,) = json.loads(run("bias", "--json")[1])
    assert (found["class"], found["harder_in"], found["n"], found["languages"]) == ("C", "ko", [200, 200], ["fr", "ko"])
    assert len(found["texts"]) == 2
