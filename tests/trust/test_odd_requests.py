"""Requests that no page of ours makes: too large, doubled, forged on the way, by other methods, for files that are not meant to be served."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from conftest import config_for
from page import check_page

from app import create_app
from app.config import PROJECT
from app.core import throttle

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
        headers = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9", "X-Real-IP": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
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
