"""Hostile lessons, names and addresses in a real browser: nothing runs, nothing is fetched from elsewhere, no policy has to step in.

That the pages hold no unknown element either is in tests/trust/test_hostile_content.py; here a browser has the last word."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from browser.driving import browsing, watch_of
from trust.hostile import make_hostile
from trust.payloads import IN_PLAIN_TEXT, PAYLOADS
from walking import values_for
from werkzeug.serving import make_server

RAN = "window.ran = []; window.xq = (n) => { ran.push(n); }; window.alert = window.confirm = window.prompt = xq;"
# What somebody may do on a page that a handler could wait for.
TOUCH = """() => { for (const element of document.querySelectorAll("body *"))
  for (const kind of ["mouseover", "focus", "blur", "toggle", "animationstart", "error", "load"]) element.dispatchEvent(new Event(kind)); return window.ran; }"""
PAGES = {
    "": ("/lessons/{n}", "/guides/{slug}", "/quizzes/{n}", "/lessons/", "/guides/", "/help", "/sources", "/lessons/{n}/plan", "/accounts/invitation/{token}"),
    "Amy": ("/my-lessons", "/lessons/assigned/{a}", "/quizzes/assigned/{a}", "/quizzes/result/{uuid}"),
    "Ms Tremblay": ("/classrooms/", "/classrooms/{c}", "/classrooms/{c}/cards", "/classrooms/{c}/assignments/{a}", "/progress/{c}", "/progress/{c}/{a}", "/progress/{c}/{a}/wall", "/progress/{c}/report", "/accounts/"),
    "Ms Lead": ("/schools/",),
    "Mr Board": ("/boards/",),
}  # fmt: skip


@pytest.fixture
def served(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join(10)


@pytest.mark.promise("G-6", "H-1")
def test_nothing_hostile_runs_in_a_browser(app, school, visit, browser, served, tmp_path, promise):
    values = values_for(app, school)
    make_hostile(app, tmp_path)
    gaps = {
        "n": 8,
        "slug": "sextortion",
        "token": values["token"],
        "a": school.assignment,
        "c": school.class_6b,
        "uuid": values["attempt_uuid"],
    }
    ran, opened, complaints = [], 0, []
    for who, addresses in PAGES.items():
        token = visit(who).token
        with browsing(browser, served) as page:
            page.add_init_script(RAN)
            page.on("dialog", lambda dialog, told=ran: (told.append(dialog.message), dialog.dismiss()))
            if token:
                page.context.add_cookies([{"name": "balise", "value": token, "url": served.url}])
            queries = [f"/search?q={quote(p)}" for p in IN_PLAIN_TEXT[::6]] if not who else []
            for address in [*(a.format(**gaps) for a in addresses), *queries]:
                response = page.goto(f"/en{address}")
                assert response is not None
                assert response.status == 200, address
                ran += page.evaluate(TOUCH)
                opened += 1
            complaints += watch_of(page).complaints + watch_of(page).foreign
    promise.figure("{ran} scripts of {n} hostile texts ran, {complaints} breaches of the policy, on {pages} pages", ran=len(ran), complaints=len(complaints), n=len(PAYLOADS), pages=opened)  # fmt: skip
    assert not ran


@pytest.mark.parametrize("payload", ["<script>xq(1)</script>", "<img src=x onerror=xq(1)>"])
def test_the_browser_would_have_noticed(app, browser, served, payload):
    """The same page with a hole in it: the policy steps in, and the test hears of it."""
    app.view_functions["search.find"] = lambda: f"<!doctype html><title>x</title>{payload}"
    app.view_functions["search.find"].open_to = app.view_functions["home.first"].open_to
    with pytest.raises(AssertionError, match=r"CSP forbids|the browser complains"):
        open_it(browser, served)


def open_it(browser, served):
    with browsing(browser, served) as page:
        page.add_init_script(RAN)
        page.goto("/en/search?q=a")
        page.wait_for_timeout(100)
