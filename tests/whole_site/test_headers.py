from __future__ import annotations

import pytest
from walking import addresses, values_for

from app.core.headers import HEADERS

# Said here once more, in the browser's own words: what is read out of the code alone would move with it.
ONLY_OURS = {"script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "worker-src", "manifest-src"}
NOTHING = {"default-src", "base-uri", "frame-ancestors", "object-src"}
NEVER_ASKED_FOR = {"camera", "microphone", "geolocation", "payment", "usb"}


@pytest.mark.promise("B-8", "H-1", "H-2")
def test_the_headers_allow_our_own_files_and_nothing_else():
    policy = {name: value for name, _, value in (part.strip().partition(" ") for part in HEADERS["Content-Security-Policy"].split(";"))}
    assert {name for name, value in policy.items() if value == "'self'"} == ONLY_OURS
    assert {name for name, value in policy.items() if value == "'none'"} == NOTHING
    assert policy["require-trusted-types-for"] == "'script'"
    assert {
        part.strip().removesuffix("=()") for part in HEADERS["Permissions-Policy"].split(",") if part.endswith("=()")
    } >= NEVER_ASKED_FOR
    assert (HEADERS["Referrer-Policy"], HEADERS["X-Content-Type-Options"]) == ("no-referrer", "nosniff")


@pytest.mark.parametrize("who", ["", "Amy", "Ms Tremblay"])
@pytest.mark.promise("B-8", "C-5", "H-1", "H-2")
def test_every_response_tells_the_browser_to_run_only_our_files_and_tell_nobody(app, school, visit, who):
    values = values_for(app, school)
    visitor = visit(who)
    for _endpoint, address in [*addresses(app, values, "fr"), ("", "/fr/nothing"), ("", "/fr/progress/99999")]:
        response = visitor.get(address, check=False)
        for name, value in HEADERS.items():
            assert response.headers.get(name) == value, (address, name)
        if who:
            assert response.headers["Cache-Control"] in ("no-store", "public, max-age=86400"), (address, response.headers["Cache-Control"])


@pytest.mark.promise("H-2")
def test_a_page_that_is_kept_keeps_its_headers(visit):
    for address in ("/fr/", "/ko/lessons/1", "/en/privacy"):
        for response in (visit().get(address), visit().get(address)):
            for name, value in HEADERS.items():
                assert response.headers.get(name) == value, (address, name)
    again = visit().get("/fr/", headers={"If-None-Match": visit().get("/fr/").headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Content-Security-Policy"]


@pytest.mark.promise("C-5")
def test_where_help_is_listed_nothing_is_kept_by_the_browser(visit):
    assert visit().get("/ko/help").headers["Cache-Control"] == "no-store"


def test_static_files_come_compressed_and_only_from_here(visit):
    html = visit().get("/en/").get_data(as_text=True)
    address = html.split('rel="stylesheet" href="')[1].split('"')[0]
    response = visit().get(address, headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["Content-Encoding"] == "gzip"
    assert "immutable" in response.headers["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response.headers
    response.close()
