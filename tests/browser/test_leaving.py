"""Help in every page, and the way out: at once, not into the history, and never by typing."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser.driving import CHROMIUM, LOCALES, QUIET, WEATHER, browsing, path_of, sign_in_student, weather_outside
from werkzeug.serving import make_server

WAY_OUT = "header a[data-exit]:not(.skip)"
HIDDEN = "() => document.documentElement.hidden && !document.documentElement.checkVisibility()"


def by_click(page):
    page.locator(WAY_OUT).click(no_wait_after=True)


def by_shift(page):
    for _ in range(3):
        page.keyboard.press("Shift")


def by_the_first_link(page):
    for _ in range(2):
        page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.matches('a[data-exit]')"), "the way out is the second stop of the keyboard"
    page.keyboard.press("Enter")


@pytest.fixture
def lesson(browse, site):
    """A lesson opened from the list, with the weather services answered on this machine."""
    number = site.new_classroom("Leaving").lesson
    context = browse("en", 390, allowed=WEATHER)
    with context as page:
        weather_outside(page)
        page.goto("/en/lessons/")
        page.goto(f"/en/lessons/{number}")
        yield page


@pytest.mark.parametrize("way", [by_click, by_shift, by_the_first_link])
@pytest.mark.promise("D-5", "D-6")
def test_leaving_shows_the_weather_and_back_does_not_return(lesson, way):
    left = lesson.url
    way(lesson)
    lesson.locator("#outside").wait_for()
    assert lesson.url in WEATHER
    lesson.go_back()
    assert lesson.url != left
    assert path_of(lesson) == "/en/lessons/"


@pytest.mark.parametrize("way", ["click", "Shift"])
@pytest.mark.promise("D-5")
def test_the_page_is_gone_at_once_whatever_the_network_does(lesson, way):
    """Asked in the same breath as the press, before anything can have been fetched."""
    gone, title = lesson.evaluate(
        """([way, link]) => {
          const press = (kind) => dispatchEvent(new KeyboardEvent(kind, { key: way }));
          if (way === "click") document.querySelector(link).click();
          else for (const kind of ["keydown", "keyup", "keydown", "keyup", "keydown", "keyup"]) press(kind);
          const root = document.documentElement;
          return [root.hidden && getComputedStyle(root).display === "none", document.title];
        }""",
        [way, WAY_OUT],
    )
    assert gone
    assert title.strip("\u200b") == ""
    lesson.locator("#outside").wait_for()


@pytest.mark.promise("D-5")
def test_typing_never_leaves(browse):
    """200 capitals, and 200 double consonants the way Korean keyboards and input methods send them."""
    with browse("ko") as page:
        page.goto("/ko/join")
        page.locator("main [name=code]").focus()
        keys = page.context.new_cdp_session(page)
        shift = {"key": "Shift", "code": "ShiftLeft", "windowsVirtualKeyCode": 16}

        def with_shift(*between):
            keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "modifiers": 8, **shift})
            for method, what in between:
                keys.send(method, what)
            keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **shift})

        for n in range(200):
            letter = "ABCDE"[n % 5]
            press = {"key": letter, "code": f"Key{letter}", "text": letter, "modifiers": 8}
            with_shift(("Input.dispatchKeyEvent", {"type": "keyDown", **press}), ("Input.dispatchKeyEvent", {"type": "keyUp", **press}))
        for n in range(100):
            double = "ㄲㄸㅃㅆㅉ"[n % 5]
            press = {"key": double, "code": f"Key{'REQTW'[n % 5]}", "text": double, "modifiers": 8}
            with_shift(("Input.dispatchKeyEvent", {"type": "keyDown", **press}), ("Input.dispatchKeyEvent", {"type": "keyUp", **press}))
        for n in range(100):
            double = "ㄲㄸㅃㅆㅉ"[n % 5]
            with_shift(("Input.imeSetComposition", {"text": double, "selectionStart": 1, "selectionEnd": 1}))
            keys.send("Input.insertText", {"text": double})
        assert path_of(page) == "/ko/join"
        assert not page.evaluate(HIDDEN)
        assert page.locator("main [name=code]").input_value()


@pytest.mark.promise("D-5")
def test_slow_shifts_do_not_leave(lesson):
    """Three presses count only within five seconds."""
    left = lesson.url
    lesson.evaluate("""() => {
      const at = performance.now();
      [0, 4000, 8000, 12000].forEach((late) => ["keydown", "keyup"].forEach((kind) => {
        const event = new KeyboardEvent(kind, { key: "Shift", bubbles: true });
        Object.defineProperty(event, "timeStamp", { value: at + late });
        dispatchEvent(event);
      }));
    }""")
    assert not lesson.evaluate(HIDDEN)
    assert lesson.url == left


@pytest.mark.promise("D-6")
def test_leaving_signs_a_student_out(browse, site):
    classroom = site.new_classroom("Leaving, signed in")
    site.new_student(classroom.id, 2, 2)
    with browse("en", 390, allowed=WEATHER) as page:
        weather_outside(page)
        sign_in_student(page, "en", classroom.code, (2, 2), ["otter", "lamp", "river"])
        by_click(page)
        page.locator("#outside").wait_for()
        page.wait_for_timeout(300)
        page.goto("/en/my-lessons")
        assert page.locator("main [name=word1]").is_visible(), "the session should have ended"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.promise("D-1", "H-4")
def test_help_and_the_way_out_work_without_script(browse, locale):
    with browse(locale, 390, java_script_enabled=False, allowed=WEATHER) as page:
        weather_outside(page)
        page.goto(f"/{locale}/lessons/")
        page.locator("header details summary").first.click()
        assert page.locator('header details a[href^="tel:"]').first.is_visible()
        page.locator("header details summary").first.click()
        with page.expect_request(lambda r: r.url in WEATHER):
            page.locator(WAY_OUT).click(no_wait_after=True)


# --- what is left behind --------------------------------------------------------------------------------------------------------

NAMES_HELP = ("help", "aide", "도움", "weather-is-not", "danger", "sextor", "pressure", "pression")


def history_of(profile) -> list[tuple[str, str]]:
    """(address, title) of everything in a browser's own history, read from its file after it has closed; the shell without windows has none."""
    if (file := next(profile.rglob("History"), None)) is None:
        return []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return database.execute("SELECT url, title FROM urls").fetchall()


@pytest.mark.promise("D-1", "D-5")
def test_a_browsers_own_history_names_no_help_after_reading_it_and_leaving(site, browser, tmp_path, promise):
    """A profile on the disk: help opened in a lesson twenty times, the way out taken, the browser closed, its history read."""
    number = site.new_classroom("Leaving no trace").lesson
    with browser.browser_type.launch_persistent_context(
        str(tmp_path / "profile"), executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"], base_url=site.url
    ) as context:
        page = context.pages[0]
        weather_outside(page)
        page.goto(f"/en/lessons/{number}", wait_until="networkidle")
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        before = page.evaluate("() => [history.length, localStorage.length, sessionStorage.length, document.cookie]")
        for _ in range(20):
            page.locator("header details.helpnow > summary").click()
        opened = page.evaluate("() => document.querySelector('details.helpnow').open")
        after = page.evaluate("() => [history.length, localStorage.length, sessionStorage.length, document.cookie]")
        requests = list(asked)
        by_click(page)
        page.locator("#outside").wait_for()
        of_the_tab = context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    rows = [*((entry["url"], entry["title"]) for entry in of_the_tab), *history_of(tmp_path / "profile")]
    assert any(WEATHER[0] in url or WEATHER[-1] in url for url, _title in rows), "the way out is in it"
    telling = [row for row in rows if any(word in " ".join(row).lower().replace(site.url, "") for word in NAMES_HELP)]
    promise.figure(
        "{telling} of {n} lines of the history name help, {requests} requests",
        telling=len(telling),
        n=len(rows),
        requests=len(requests),
    )
    assert not telling
    assert before == after
    assert not requests, requests
    assert not opened, "twenty times is an even number"


@pytest.mark.promise("D-5")
def test_leaving_the_page_of_help_services_does_not_lead_back_to_it(browse):
    with browse("ko", 390, allowed=WEATHER) as page:
        weather_outside(page)
        page.goto("/ko/lessons/")
        page.goto("/ko/help")
        by_shift(page)
        page.locator("#outside").wait_for()
        page.go_back()
        assert path_of(page) == "/ko/lessons/"


@pytest.mark.promise("D-5")
def test_a_page_that_the_browser_brings_back_from_its_memory_can_be_used(lesson):
    """The way out to a place that never answers, and then the browser's own word that it brings the page back."""
    for address in WEATHER:
        lesson.context.route(f"{address}**", lambda route: None)
    # In one go: a driver that asks while the answer is awaited waits too.
    gone, back, title = lesson.evaluate(
        f"""(link) => {{
          const hidden = {HIDDEN};
          document.querySelector(link).click();
          const gone = hidden();
          dispatchEvent(new PageTransitionEvent("pageshow", {{ persisted: true }}));
          return [gone, !hidden(), document.title];
        }}""",
        WAY_OUT,
    )
    assert gone
    assert back
    assert title


@pytest.mark.promise("D-2", "D-6", "H-4")
def test_help_and_the_way_out_work_without_script_and_without_a_database(app, school, visit, browser):
    """The page is open, then the database goes: help opens in it, the page of services comes, and the way out leads out."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    token = visit("Amy").token
    here = SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}")
    try:
        with browsing(browser, here, "fr", 390, allowed=WEATHER, java_script_enabled=False) as page:
            weather_outside(page)
            page.context.add_cookies([{"name": "balise", "value": token, "url": here.url}])
            page.goto("/fr/lessons/8")
            app.extensions["balise.engine"].dispose()
            shutil.rmtree(Path(app.extensions["balise.engine"].url.database).parent)
            page.locator("header details summary").first.click()
            assert page.locator('header details a[href^="tel:"]').first.is_visible()
            response = page.goto("/fr/help")
            assert response is not None
            assert response.status == 200
            with page.expect_request(lambda r: r.url in WEATHER):
                page.locator(WAY_OUT).click(no_wait_after=True)
            # The request outside follows the answer that ends the session; without a script it is a redirect, which nothing here can answer.
            assert not [c for c in page.context.cookies() if c["name"] == "balise"], "the browser forgets the session all the same"
    finally:
        server.shutdown()
        thread.join(10)
