"""Requests that no page of ours makes: too large, doubled, forged on the way, by other methods, for files that are not meant to be served."""

from __future__ import annotations

import importlib
import io
import logging
import pkgutil
import re
import shutil
import time
from dataclasses import replace

import pytest
from conftest import config_for
from making import AMY, WORDS
from page import check_page
from walking import addresses, values_for

import app as site
from app import create_app
from app.classrooms.models import Classroom
from app.config import PROJECT
from app.core import throttle
from app.core.db import db
from app.core.logs import log

KILO = 1024


def multipart(fields: int, size: int = 1) -> tuple[bytes, str]:
    part = "".join(f'--B\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n{"x" * size}\r\n' for n in range(fields))
    return (part + "--B--\r\n").encode(), "multipart/form-data; boundary=B"


PLAIN = "application/x-www-form-urlencoded"
TOO_LARGE = {
    "a body of 300 KB": (b"a=" + b"x" * 300 * KILO, PLAIN),
    "a body of 3 MB": (b"a=" + b"x" * 3000 * KILO, PLAIN),
    "300 parts": multipart(300),
    "a part of 80 KB": multipart(1, 80 * KILO),
}


@pytest.mark.promise("G-3")
@pytest.mark.parametrize("case", TOO_LARGE)
@pytest.mark.parametrize("address", ["/ko/join", "/ko/sign-in", "/ko/quizzes/8", "/ko/settings"])
def test_what_is_too_large_is_refused_with_a_page(visit, promise, case, address):
    body, kind = TOO_LARGE[case]
    response = visit().client.post(address, data=body, content_type=kind)
    promise.figure("{taken} of {n} requests that are too large taken", taken=int(response.status_code != 413), n=1)
    assert response.status_code == 413
    check_page(response.get_data(as_text=True), address)


@pytest.mark.promise("O-5")
@pytest.mark.parametrize("proxies", [0, 1])
def test_a_network_address_is_believed_only_from_a_named_proxy(tmp_path, compiled, promise, proxies):
    """Failures are counted by address: whoever may choose one would never be slowed down."""
    data = shutil.copytree(compiled, tmp_path / "data")
    app = create_app(replace(config_for(data, lessons=compiled.parent / "lessons"), proxies=proxies))
    throttle.joins.seen.clear()
    client, tries = app.test_client(), 12
    for n in range(tries):
        forwarded = f"198.51.100.{n}" + ", 203.0.113.9" * proxies
        headers = {"X-Forwarded-For": forwarded, "X-Real-IP": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
        client.post("/en/join", data={"code": "BBBBBBBB"}, headers=headers)
    counted = len(throttle.joins.seen)
    throttle.joins.seen.clear()
    promise.figure("{believed} of {n} forged addresses believed", believed=counted - 1, n=tries)
    assert counted == 1, "with a proxy the last address counts, which the proxy wrote; without one, that of the connection"
    app.extensions["balise.engine"].dispose()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "PUT", "PATCH", "DELETE"])
def test_methods_that_nobody_needs_are_refused(visit, method):
    for address in ("/en/", "/en/sign-in", "/healthz"):
        assert visit().client.open(address, method=method).status_code == 405
        assert visit().client.post(address.replace("/healthz", "/en/"), headers={"X-HTTP-Method-Override": method}).status_code in (
            405,
            422,
        )


def test_no_file_of_the_project_is_served_but_what_is_meant_to_be(app, visit):
    client, tried = visit().client, 0
    for file in [
        *PROJECT.glob("*"),
        PROJECT / ".git" / "config",
        *(PROJECT / "app").glob("*.py"),
        *(PROJECT / "lessons" / "consent").glob("*"),
    ]:
        name = file.relative_to(PROJECT).as_posix()
        for address in (
            f"/{name}",
            f"/static/{name}",
            f"/static/../{name}",
            f"/static/%2e%2e/{name}",
            f"/media/1/../../{name}",
            f"/media/1/..%2f..%2f{name}",
        ):
            tried += 1
            response = client.get(address)
            assert response.status_code in (404, 308), address
    assert tried > 150
    for folder in ("/static/", "/media/", "/media/1/", "/static/fonts/"):
        assert client.get(folder).status_code == 404


def test_a_field_that_is_sent_twice_is_read_once(visit):
    """The first one counts, in the form and in what is shown again."""
    html = visit().client.post("/en/join", data={"code": ["BBBBBBBB", "CCCCCCCC"]}).get_data(as_text=True)
    assert 'value="BBBBBBBB"' in html
    assert "CCCCCCCC" not in html


# --- made-up hosts, other methods, other kinds of bodies ---------------------------------------------------------------------------

HOSTS = ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "evil.example#127.0.0.1", "127.0.0.1@evil.example", "evil.example/127.0.0.1", "EVIL.example", "evil.example.", "[::ffff:evil.example]", "evil.example, 127.0.0.1", "evil .example", "-", "x" * 300, "")  # fmt: skip


@pytest.mark.promise("G-4")
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded"])
def test_a_made_up_host_comes_into_no_page_and_no_redirect(visit, promise, header):
    taken, tried = [], 0
    for host in HOSTS:
        for address in ("/en/lessons/8", "/", "/en/lessons/sextortion", "/ko/help", "/f/ABCDEF", "/en/nothing", "/en/my-lessons"):
            response = visit().client.get(address, headers={header: f"host={host}" if header == "Forwarded" else host})
            tried += 1
            told = response.get_data(as_text=True) + response.headers.get("Location", "")
            if response.status_code >= 500 or "evil" in told.lower():
                taken.append(f"{header}: {host!r} at {address}: {response.status_code}")
    again = visit().client.get("/en/lessons/8").get_data(as_text=True)
    promise.figure("{taken} of {n} made-up hosts came into an answer", taken=len(taken), n=tried)
    assert not taken
    assert "evil" not in again


CONFUSED = {
    "JSON": (b'{"label": "Taken", "band": "B"}', "application/json"),
    "JSON as text": (b'{"label": "Taken"}', "text/plain"),
    "XML": (b"<label>Taken</label>", "application/xml"),
    "a form as text": (b"label=Taken", "text/plain"),
    "a form without a kind": (b"label=Taken", ""),
    "another charset": ("label=Taken".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
    "packed": (b"\x1f\x8b\x08\x00", "application/x-www-form-urlencoded"),
    "multipart without an end": (b'--B\r\nContent-Disposition: form-data; name="label"\r\n\r\nTaken', "multipart/form-data; boundary=B"),
    "multipart without a boundary": (b'--B\r\nContent-Disposition: form-data; name="label"\r\n\r\nTaken\r\n--B--', "multipart/form-data"),
    "PHP arrays": (b"label[]=Taken&label[0]=Taken", "application/x-www-form-urlencoded"),
    "in the address": (b"", "application/x-www-form-urlencoded"),
}


@pytest.mark.promise("G-4")
@pytest.mark.parametrize("case", CONFUSED)
def test_a_body_that_is_no_form_of_ours_changes_nothing(app, school, visit, promise, case):
    """With the right form token in the header and the address, where nobody looks for it."""
    body, kind = CONFUSED[case]
    teacher = visit("Ms Tremblay")
    address = f"/en/classrooms/{school.class_6b}/edit?csrf={teacher.csrf()}&label=Taken"
    response = teacher.client.post(address, data=body, content_type=kind, headers={"X-CSRF-Token": teacher.csrf()})
    with app.test_request_context():
        label = db.session.get_one(Classroom, school.class_6b).label
    promise.figure("{taken} of {n} bodies that are no form taken", taken=int(label != "6B"), n=1)
    assert label == "6B"
    assert response.status_code in (400, 409, 422)


@pytest.mark.promise("G-4")
@pytest.mark.parametrize("how", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_no_header_or_field_makes_another_method(app, school, visit, how):
    teacher = visit("Ms Tremblay")
    address = f"/en/classrooms/{school.class_6b}/erase"
    headers = {how: "POST"} if how != "_method" else {}
    assert teacher.client.get(f"{address}?_method=POST&label=6B&csrf={teacher.csrf()}", headers=headers).status_code in (404, 405)
    with app.test_request_context():
        assert db.session.get(Classroom, school.class_6b) is not None


@pytest.mark.promise("G-8", "E-5")
def test_no_form_takes_a_file(app, school, visit, promise):
    """A file sent to every address that takes a form, by everybody: refused before any of it is kept, and nothing of it comes back."""
    values, taken, tried = values_for(app, school), [], 0
    for who in ("", "Amy", "Ms Tremblay", "Ms Lead"):
        visitor = visit(who)
        for endpoint, address in addresses(app, values, "en", "POST"):
            if endpoint in ("home.leave", "accounts.sign_out", "accounts.sign_out_everywhere", "classrooms.sign_out"):
                continue
            tried += 1
            files = {"csrf": visitor.csrf(), "file": (io.BytesIO(b"PK\x03\x04 marker-of-a-file"), "class.zip")}
            response = visitor.client.post(address, data=files, content_type="multipart/form-data")
            if response.status_code < 400 or b"marker-of-a-file" in response.data:
                taken.append(f"{who}: {address}: {response.status_code}")
    readers = re.compile(r"ZipFile\(|tarfile|csv\.reader|DictReader|load_workbook")
    lines = [f"{f.name}: {line}" for f in (PROJECT / "app").rglob("*.py") for line in f.read_text("utf-8").splitlines()]
    unpacking = [line for line in lines if readers.search(line) and '"w"' not in line]
    promise.figure("{taken} of {n} files taken", taken=len(taken), n=tried)
    assert not taken, taken[:5]
    assert not unpacking, "a part of the site reads packed or foreign files"


# --- patterns, and what the log tells ------------------------------------------------------------------------------------------------

LONG = (
    "a",
    " ",
    "-",
    "1",
    ".",
    "a-",
    "a ",
    "1.",
    "{{",
    "[",
    "](",
    "*",
    "_",
    "\n",
    "é",
    "가",
    "<",
    "&",
    "a@",
    "//",
    "a1-",
    "\t ",
    "'",
    ",",
    "=",
)


def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern that a module of the site keeps, or one of its classes."""
    found = {}
    for module in pkgutil.walk_packages(site.__path__, "app."):
        for name, value in vars(importlib.import_module(module.name)).items():
            inside = vars(value).items() if isinstance(value, type) and value.__module__ == module.name else ()
            for inner, one in ((name, value), *inside):
                if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                    found[f"{module.name}.{name}.{inner}"] = one
    return found


SLOW = 1.0  # seconds of computing: what grows with the square of a line takes less, with its cube a thousand times more


@pytest.mark.promise("G-1")
def test_no_pattern_of_ours_takes_long_whatever_it_is_given(promise):
    """The longest line that a lesson may have, made of what repeats, with an end that fits nothing."""
    slow, every = [], patterns()
    for name, pattern in every.items():
        for piece in LONG:
            text = (piece * 2048)[:2048] + "\x00!"
            began = time.thread_time()
            pattern.search(text)
            pattern.fullmatch(text)
            if (took := time.thread_time() - began) > SLOW:
                slow.append(f"{name} takes {took:.2f} s for {piece!r}")
    promise.figure("{slow} of {n} patterns take long", slow=len(slow), n=len(every))
    assert not slow
    assert len(every) > 60


def test_the_look_at_patterns_can_see():
    began = time.thread_time()
    re.compile(r"(?:a+)+b").search("a" * 22)
    assert time.thread_time() - began > 0.1


def test_tries_to_get_round_a_rule_are_in_the_log_by_status(school, visit):
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    handler = Keep()
    log.addHandler(handler)
    try:
        amy, words = visit("Amy"), dict(zip(("word1", "word2", "word3"), WORDS.split(), strict=True))
        amy.get(f"/en/progress/{school.class_6b}")
        amy.post("/en/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
        amy.client.post("/en/sign-out", data={"csrf": "0" * 64})
        for _ in range(7):
            visit().post("/en/sign-in", {"code": school.code_6b, "first": AMY[0], "second": AMY[1], **words, "word1": "river"})
        amy.client.get("/en/", headers={"Host": "a b"})
        amy.client.post("/en/settings", data=b"a=" + b"x" * 300_000, content_type=PLAIN)
    finally:
        log.removeHandler(handler)
    for status in (403, 409, 429, 400, 413):
        assert [line for line in lines if f" {status} " in line], status
    assert not [line for line in lines if school.code_6b in line or "river" in line]
