"""What a session is made of: cookies, tokens, and the hashes behind a secret."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from conftest import config_for
from making import AMY, WORDS, on_both

from app import create_app
from app.classrooms.models import Student
from app.core import sessions
from app.core.db import db
from app.core.passwords import hash_secret, secret_fits

BASE = {"base_url": "https://balise.example.org"}


def right_form(code: str) -> dict[str, object]:
    return {"code": code, "first": AMY[0], "second": AMY[1], **dict(zip(("word1", "word2", "word3"), WORDS.split(), strict=True))}


@pytest.mark.promise("C-3")
def test_over_https_cookies_are_the_hosts_own_and_hidden_from_scripts(tmp_path, compiled, promise):
    data = shutil.copytree(compiled, tmp_path / "data")
    app = create_app(replace(config_for(data, lessons=compiled.parent / "lessons"), https=True))
    from making import School

    with app.test_request_context():
        school = School.find()
    client = app.test_client()
    signed_in = client.post("/en/sign-in", data=right_form(school.code_6b), **BASE)
    assert signed_in.status_code == 303
    token = client.get_cookie("__Host-balise", domain="balise.example.org").value
    with app.test_request_context(base_url=BASE["base_url"]):
        csrf = sessions.csrf_token_for(token)
    tapped = client.post(
        f"/en/lessons/assigned/{school.assignment}/pulse", data={"csrf": csrf, "question": "clear", "reply": "yes"}, **BASE
    )
    chosen = client.post("/en/settings", data={"csrf": csrf, "theme": "dark", "text": "", "space": ""}, **BASE)
    cookies = [c for r in (signed_in, tapped, chosen) for c in r.headers.getlist("Set-Cookie")]
    assert {c.split("=")[0] for c in cookies} == {"__Host-balise", "__Host-balise-device", "__Host-balise-marks", "reading"}
    weak = []
    for cookie in cookies:
        name, parts = cookie.split("=")[0], {part.strip().lower() for part in cookie.split(";")[1:]}
        weak += [cookie for wanted in ("secure", "httponly", "samesite=lax", "path=/") if wanted not in parts]
        weak += [cookie for part in parts if part.startswith("domain") or len(cookie) > 4096]
        if name in ("__Host-balise", "__Host-balise-marks"):
            weak += [cookie for part in parts if part.startswith(("max-age", "expires"))]
    promise.figure("{weak} of {n} cookies weaker than promised", weak=len(weak), n=len(cookies))
    assert not weak
    assert signed_in.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    app.extensions["balise.engine"].dispose()


@on_both
@pytest.mark.promise("C-1", "C-2")
def test_signing_in_ends_the_session_before(app, school, promise):
    """Five sign-ins in one browser: five tokens of 256 bits, and only the last opens anything; after signing out none does."""
    client, tokens, csrf = app.test_client(), [], ""
    for _ in range(5):
        assert client.post("/en/sign-in", data={**right_form(school.code_6b), "csrf": csrf}).status_code == 303
        tokens.append(client.get_cookie("balise").value)
        with app.test_request_context():
            csrf = sessions.csrf_token_for(tokens[-1])
    assert len(set(tokens)) == 5
    assert all(len(token) >= 43 for token in tokens), "32 bytes in base64"

    def opened() -> list[str]:
        return [t for t in tokens if b'name="word1"' not in app.test_client(use_cookies=False).get("/en/my-lessons", headers={"Cookie": f"balise={t}"}).data]  # fmt: skip

    assert opened() == tokens[-1:]
    assert client.post("/en/sign-out", data={"csrf": csrf}).status_code == 303
    promise.figure("{opened} of {n} replayed cookies accepted after signing out", opened=len(opened()), n=len(tokens))
    assert not opened()


def test_a_cookie_that_was_planted_before_signing_in_is_not_the_session(app, school):
    client = app.test_client()
    client.set_cookie("balise", "planted-by-somebody-else-0123456789abcdefgh")
    assert client.post("/en/sign-in", data=right_form(school.code_6b)).status_code == 303
    assert client.get_cookie("balise").value != "planted-by-somebody-else-0123456789abcdefgh"


@pytest.mark.promise("B-4")
def test_secrets_are_slow_keyed_hashes_that_nothing_fits_without_the_key(app, school, promise):
    with app.test_request_context():
        stored = db.session.get_one(Student, school.amy).secret_hash
        again = hash_secret(WORDS)
        assert secret_fits(stored, WORDS)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != again, "salted"
    app.config["SECRET"] = b"another key, of whoever stole the database only"
    guesses = [WORDS, WORDS.upper(), "otter lamp rivers", "", WORDS.replace(" ", "")]
    with app.test_request_context():
        opened = sum(secret_fits(stored, guess) for guess in guesses)
    promise.figure("{opened} of {n} guesses fit without the key, the right words among them", opened=opened, n=len(guesses))
    assert not opened


def test_a_hash_made_with_other_parameters_still_opens(app):
    """So that hashing can be made slower for new secrets from one day to the next."""
    from argon2 import PasswordHasher

    from app.core.passwords import KEY_ID, peppered

    with app.test_request_context():
        older = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(peppered(WORDS, KEY_ID))
        assert secret_fits(older, WORDS)
        assert not secret_fits(older, "river lamp otter")
