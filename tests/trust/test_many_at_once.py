"""When there is too much to do, figures wait, then strangers at the door; lessons, questions and help never do."""

from __future__ import annotations

import threading

import pytest
from making import AMY, WORDS
from sqlalchemy import text

from app.core import crowd


def form(school) -> dict[str, object]:
    return {"code": school.code_6b, "first": AMY[0], "second": AMY[1], **dict(zip(("word1", "word2", "word3"), WORDS.split(), strict=True))}


@pytest.fixture
def busy(app):
    counter = app.extensions["balise.requests"]
    counter.present = crowd.MANY
    yield
    assert counter.present == crowd.MANY, "each request that comes goes again"


@pytest.mark.promise("O-6")
def test_figures_make_way_and_lessons_do_not(app, school, visit, busy, promise):
    given, classroom = school.assignment, school.class_6b
    waits = [("Ms Tremblay", f"/en/progress/{classroom}"), ("Ms Tremblay", f"/en/progress/{classroom}/results.csv"), ("Ms Tremblay", f"/en/progress/{classroom}/{given}"), ("Ms Lead", "/en/schools/"), ("Mr Board", "/en/boards/")]  # fmt: skip
    goes_on = [("", "/en/lessons/8"), ("", "/ko/help"), ("", "/en/quizzes/8"), ("", "/en/sign-in"), ("Amy", "/en/my-lessons"), ("Amy", f"/en/lessons/assigned/{given}"), ("Amy", f"/en/quizzes/assigned/{given}"), ("Ms Tremblay", f"/en/classrooms/{classroom}")]  # fmt: skip
    asked = [visit(who).get(address) for who, address in waits]
    wrong = [a for (_who, a), r in zip(waits, asked, strict=True) if (r.status_code, r.headers.get("Retry-After")) != (503, "5")]
    wrong += [address for who, address in goes_on if visit(who).get(address).status_code != 200]
    promise.figure("{wrong} of {n} pages did not do as they should in a crowd", wrong=len(wrong), n=len(waits) + len(goes_on))
    assert not wrong
    assert visit("Amy").post(f"/en/lessons/assigned/{given}/read").status_code == 303
    assert visit().post("/en/sign-in", form(school)).status_code == 303


def test_with_room_for_all_nobody_waits(school, visit):
    assert visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}").status_code == 200


@pytest.mark.promise("O-3")
def test_strangers_wait_in_a_line_of_their_own_and_those_who_are_known_do_not(app, school, visit, monkeypatch, promise):
    """All places in the line are taken. A stranger is told to come back and nothing is counted; a class that signed in from here comes in."""
    known, there, elsewhere = visit(), {"environ_base": {"REMOTE_ADDR": "203.0.113.5"}}, {"environ_base": {"REMOTE_ADDR": "203.0.113.6"}}
    assert known.post("/en/sign-in", form(school), **there).status_code == 303
    known.client.delete_cookie("balise")
    monkeypatch.setattr(crowd, "places", threading.BoundedSemaphore(1))
    crowd.places.acquire()
    strangers = [visit().post(f"/{locale}/sign-in", form(school), **elsewhere) for locale in ("en", "fr", "ko", "en")]
    strangers.append(
        visit().post("/en/accounts/sign-in", {"email": "a@school.example", "password": "x" * 12, "code": "000000"}, **elsewhere)
    )
    assert [(r.status_code, r.headers["Retry-After"]) for r in strangers] == [(503, "5")] * 5
    with app.extensions["balise.engine"].connect() as connection:
        assert not connection.execute(text("SELECT count(*) FROM throttles")).scalar(), "nothing was counted"
    from_the_class = visit().post("/en/sign-in", form(school), **there)
    on_the_own_device = known.post("/en/sign-in", form(school), **elsewhere)
    kept_out = sum(r.status_code != 303 for r in (from_the_class, on_the_own_device))
    promise.figure("{kept_out} of {n} who are known kept out while the line was full of strangers", kept_out=kept_out, n=2)
    assert not kept_out
    crowd.places.release()
    assert visit().post("/en/sign-in", form(school), **elsewhere).status_code == 303
