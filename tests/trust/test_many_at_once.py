"""When there is too much to do, figures wait, then strangers at the door; lessons, questions and help never do."""

from __future__ import annotations

import threading

import pytest
from making import AMY, WORDS
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from app.classrooms.naming import name_of
from app.core import crowd, refusals, throttle


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


@pytest.fixture
def at_the_door(app, monkeypatch):
    """The line is full, and nobody has been turned away yet. Gives the requests that reach the app."""
    refusals = app.extensions["balise.refusals"]
    refusals.kept.clear()
    reached: list[str] = []
    inner = refusals.wsgi_app

    def asked(environ, start_response):
        reached.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    monkeypatch.setattr(refusals, "wsgi_app", asked)
    monkeypatch.setattr(crowd, "places", threading.BoundedSemaphore(1))
    crowd.places.acquire()
    return reached


FROM_NOWHERE = {"environ_base": {"REMOTE_ADDR": "203.0.113.77"}}


@pytest.mark.promise("O-3")
@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
@pytest.mark.parametrize("door", ["sign-in", "accounts/sign-in"])
@pytest.mark.parametrize("reading", ["", "dark..", "dark.big.wide"])
def test_in_a_flood_only_the_first_stranger_costs_a_page(app, school, visit, at_the_door, locale, door, reading, promise):
    """The others are answered before the app is asked: with the same page, as they like to read, help and safe headers included."""
    sent = {**form(school), "email": "a@school.example", "password": "x" * 12, "one_time": "000000"} | (
        {"code": "000000"} if "/" in door else {}
    )

    def come():
        stranger = visit()
        if reading:
            stranger.client.set_cookie("reading", reading)
        return stranger.post(f"/{locale}/{door}", sent, **FROM_NOWHERE)

    answers = [come() for _ in range(20)]
    promise.figure("{asked} of {n} strangers in a flood cost a page", asked=len(at_the_door), n=len(answers))
    assert len(at_the_door) == 1
    first, *others = answers
    assert (first.status_code, first.headers["Retry-After"], first.headers["Cache-Control"]) == (503, "5", "no-store")
    assert "Content-Security-Policy" in first.headers
    assert b'class="helpnow' in first.data, "help is on every page"
    assert (b'data-theme="dark"' in first.data) == bool(reading)
    assert {(a.status_code, a.data, tuple(a.headers)) for a in others} == {(503, first.data, tuple(first.headers))}
    crowd.places.release()
    assert come().status_code != 503, "with a place free all is as usual"


def as_sent(path: str, body: bytes = b"code=BBBBBBBB", *headers: str, whole: bool = True) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: school.example", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + (body if whole else body[:4])


@pytest.mark.promise("O-3")
@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_what_is_said_before_a_thread_is_taken_is_what_would_be_said_anyway(app, school, visit, at_the_door, locale):
    refusals, path = app.extensions["balise.refusals"], f"/{locale}/sign-in"
    assert refusals.at_once(as_sent(path), "203.0.113.77") is None, "there is no page yet"
    usual = visit().post(path, form(school), **FROM_NOWHERE)
    answer = refusals.at_once(as_sent(path), "203.0.113.77")
    head, _, body = answer.said.partition(b"\r\n\r\n")
    status, *headers = head.decode("latin-1").split("\r\n")
    assert status == "HTTP/1.1 503 SERVICE UNAVAILABLE"
    assert body == usual.data
    own = {line.split(": ")[0] for line in headers} - {name for name, _ in usual.headers}
    assert own == {"Date", "Connection"}
    assert {f"{name}: {value}" for name, value in usual.headers} | {"Connection: close"} <= set(headers)
    assert answer.to_all
    assert not refusals.at_once(as_sent(path, whole=False), "203.0.113.77").to_all, "the rest is on its way"
    assert not refusals.at_once(as_sent(path, b"x" * 9, "Transfer-Encoding: chunked"), "203.0.113.77").to_all
    endless = as_sent(path).replace(b"Content-Length: 13", b"Content-Length: " + b"9" * 5000)
    assert not refusals.at_once(endless, "203.0.113.77").to_all, "a number that Python does not read"
    odd = as_sent(path, b"", "Cookie: reading=?").replace(b"?", b"\xff")
    assert refusals.at_once(odd, "203.0.113.77").said.endswith(usual.data), "whatever bytes a cookie has"
    later = visit().post(path, form(school), headers={"Cookie": "balise-device=\xff"}, **FROM_NOWHERE)
    assert (later.status_code, later.data) == (503, usual.data)
    crowd.places.release()
    assert refusals.at_once(as_sent(path), "203.0.113.77") is None, "there is a place"


@pytest.mark.promise("O-3")
def test_whoever_is_known_is_let_in_to_be_asked(app, school, visit, at_the_door, monkeypatch):
    refusals, known = app.extensions["balise.refusals"], visit()
    crowd.places.release()
    assert known.post("/en/sign-in", form(school), environ_base={"REMOTE_ADDR": "203.0.113.5"}).status_code == 303
    device = known.client.get_cookie("balise-device").value
    crowd.places.acquire()
    assert visit().post("/en/sign-in", form(school), **FROM_NOWHERE).status_code == 503
    assert refusals.at_once(as_sent("/en/sign-in"), "203.0.113.77"), "a stranger is not"
    assert refusals.at_once(as_sent("/en/sign-in"), "203.0.113.5") is None
    assert refusals.at_once(as_sent("/en/sign-in", b"", f"Cookie: balise-device={device}"), "203.0.113.77") is None
    assert refusals.at_once(as_sent("/en/sign-in", b"", f"Cookie: balise-device={device[:-1]}"), "203.0.113.77")
    said_by_anybody = as_sent("/en/sign-in", b"", "X-Forwarded-For: 203.0.113.5")
    assert refusals.at_once(said_by_anybody, "203.0.113.77"), "there is no proxy that is trusted"
    monkeypatch.setattr(app, "wsgi_app", ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1))
    assert refusals.at_once(said_by_anybody, "127.0.0.1") is None, "the proxy says it"
    assert refusals.at_once(as_sent("/en/sign-in", b"", "X-Forwarded-For: 203.0.113.5, 203.0.113.77"), "127.0.0.1")
    twice = as_sent("/en/sign-in", b"", "X-Forwarded-For: 203.0.113.5", "X-Forwarded-For: 203.0.113.77")
    assert refusals.at_once(twice, "127.0.0.1"), "the last is what the proxy says"


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /en/sign-in HTTP/1.1\r\nHost: x\r\n",
        b"GET /en/sign-in HTTP/1.1\r\nHost: x\r\n\r\n",
        as_sent("/en/sign-in?a=b"),
        as_sent("/en/sign%2Din"),
        as_sent("/en/help"),
        as_sent("http://school.example/en/sign-in"),
        as_sent("/en/sign-in", b"", "X_Forwarded_For: 203.0.113.5"),
        as_sent("/en/sign-in", b"", "X-Forwarded-For : 203.0.113.5"),
        as_sent("/en/sign-in", b"", "X-Odd: a\r\n b"),
        as_sent("/en/sign-in", b"", "X-Odd: \0"),
        as_sent("/en/sign-in", b"", "no colon"),
        as_sent("/en/sign-in").replace(b"\r\n", b"\n"),
        as_sent("/en/sign-in").replace(b"HTTP/1.1", b"HTTP/2"),
        as_sent("/en/sign-in", b"", *["X: y"] * 70),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_odd_or_something_else_is_left_to_those_who_know_everything(app, school, visit, at_the_door, begun):
    assert visit().post("/en/sign-in", form(school), **FROM_NOWHERE).status_code == 503
    assert app.extensions["balise.refusals"].at_once(begun, "203.0.113.77") is None


@pytest.mark.promise("O-3")
def test_the_door_knows_its_own_and_no_forged_mark(app, school, visit, at_the_door, monkeypatch):
    known = visit()
    monkeypatch.setattr(crowd, "places", threading.BoundedSemaphore(2))
    assert known.post("/en/sign-in", form(school), **FROM_NOWHERE).status_code == 303
    known.client.delete_cookie("balise")
    throttle.friends.forget()
    cookie = known.client.get_cookie("balise-device").value
    seal, *marks = cookie.split(".")
    monkeypatch.setattr(crowd, "places", threading.BoundedSemaphore(1))
    crowd.places.acquire()
    assert visit().post("/en/sign-in", form(school), **FROM_NOWHERE).status_code == 503
    at_the_door.clear()
    forged = ["", seal, ".".join(marks), f"{seal}.{'a' * 20}", f"{'a' * 24}.{marks[0]}", f"{cookie}.{'b' * 20}", "é.é", "x" * 3000]
    for value in forged:
        other = visit()
        other.client.set_cookie("balise-device", value)
        assert other.post("/en/sign-in", form(school), **FROM_NOWHERE).status_code == 503
    assert not at_the_door, "whoever makes up a device is turned away like everybody"
    assert known.post("/en/sign-in", {**form(school), "word1": "typo"}, **FROM_NOWHERE).status_code == 422, "a device of ours comes in"
    assert known.post("/en/sign-in", form(school), **FROM_NOWHERE).status_code == 303


@pytest.mark.promise("O-3")
def test_a_refusal_with_a_name_on_it_is_nobody_elses(app, school, visit, at_the_door):
    """Amy's session is alive, and she signs in again: her page says her name."""
    hers = visit("Amy").post("/en/sign-in", form(school), **FROM_NOWHERE)
    assert hers.status_code == 503
    name = name_of(*AMY, "en")
    assert name in hers.get_data(as_text=True)
    stranger = visit().post("/en/sign-in", form(school), **FROM_NOWHERE)
    assert stranger.status_code == 503
    assert name not in stranger.get_data(as_text=True)


def test_the_log_says_how_many_were_turned_away_and_nothing_of_them(app, school, visit, at_the_door, monkeypatch, caplog):
    monkeypatch.setattr(app.extensions["balise.refusals"], "said_at", 0)
    said: list[str] = []
    monkeypatch.setattr(refusals.log, "warning", lambda line, *values: said.append(line % values))
    for _ in range(3):
        visit().post("/en/sign-in", form(school), **FROM_NOWHERE)
    assert said == ["flood at the door: 1 turned away"], "once a minute"
