"""Help in every page, and the way out: at once, not into the history, and never by typing."""

from __future__ import annotations

import pytest
from browser.driving import LOCALES, WEATHER, path_of, sign_in_student, weather_outside

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
