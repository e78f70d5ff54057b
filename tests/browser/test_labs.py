"""The labs in a real browser: the scripts come to the same numbers as the Python, the keyboard reaches everything, nothing leaves the page."""

from __future__ import annotations

import random
from base64 import b64decode, b64encode

import pytest
from browser.walking import PHONE, Findings, look_at

from app.core.library import library
from app.curriculum import charting, exif, spread
from app.curriculum.fingerprint import Change, changed, exact, lookalike, nearest
from app.curriculum.photos import PHOTOS
from app.curriculum.pictures import PICTURES, picture
from app.practice.labs import LABS
from app.practice.peek import _PICTURES

MOST = 40_000  # bytes of script on the page of a lab
SETTINGS = [
    ({"tenths": 15}, spread.Setting(15)),
    ({"tenths": 15, "refuses": True, "reportHour": 5, "fingerprint": True}, spread.Setting(15, True, 5, True)),
    ({"tenths": 20, "reportHour": 2}, spread.Setting(20, report_hour=2)),
    ({"tenths": 4, "fingerprint": True}, spread.Setting(4, fingerprint=True)),
]
CHANGES = [
    Change(),
    Change(quality=37),
    Change(size=33, light=-25),
    Change(crop=11, corner=True, mirror=True),
    Change(7, True, True, True, 63, 13, 34),
]
SPREAD = """async ([url, settings, seeds]) => {
  const lab = await import(url);
  return [lab.places().slice(0, 40), ...settings.flatMap((s) => seeds.map((seed) => {
    const { without, braked, refusing } = lab.compare(s, seed);
    return [lab.reached(without), lab.reached(braked), without.over, braked.over, refusing, without.phones.map((p) => p.luck)];
  }))];
}"""
PRINTS = """async ([url, shapes, changes]) => {
  const lab = await import(url), own = lab.paint(shapes), found = [];
  for (const change of changes) {
    const other = lab.changed(own, change), hash = await lab.exact(other);
    const bytes = new Uint8Array([other.width >> 8, other.width & 255, other.height >> 8, other.height & 255, ...other.values]);
    const far = (all) => Math.min(...all.map((p) => lab.distance(lab.lookalike(p), lab.lookalike(other))));
    found.push([hash, lab.plainSha256(bytes) === hash, lab.lookalike(other), far([own]), far(lab.eight(own))]);
  }
  return found;
}"""


# The places of each slider while it is moved from end to end, of those that have more than one.
MOVED = """async () => {
  const moved = {}, tell = (s) => ["input", "change"].forEach((kind) => s.dispatchEvent(new Event(kind, { bubbles: true })));
  for (const s of document.querySelectorAll(".lab input[type=range]")) {
    const was = s.value, places = new Set(), step = (s.max - s.min) / 12;
    for (let n = 0; n <= 12; n++) {
      s.value = +s.min + n * step;
      tell(s);
      await new Promise((done) => setTimeout(done, 20));
      places.add(Math.round(s.getBoundingClientRect().top + scrollY));
    }
    s.value = was;
    tell(s);
    if (places.size > 1) moved[s.name] = [...places];
  }
  return moved;
}"""
PEEK = """async ([url, files]) => {
  const lab = await import(url);
  return files.map((text) => {
    const data = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return [lab.details(data), btoa(String.fromCharCode(...lab.withoutDetails(data)))];
  });
}"""


@pytest.fixture(scope="module")
def addresses(site):
    """The path of each lab, without the language."""
    with site.inside():
        return {a.kind: f"/lessons/{x.number}/practice/{a.number}" for x in library().lessons for a in x.practice if a.kind in LABS}


def script_of(page):
    return page.evaluate("document.querySelector('script[src*=lab-]').src")


def test_a_picture_travels_in_the_page_as_it_does_in_python(browse, addresses):
    seeds = list(range(12))
    with browse("en") as page:
        page.goto("/en" + addresses["spread"])
        spots, *runs = page.evaluate(SPREAD, [script_of(page), [js for js, _ in SETTINGS], seeds])
    assert [tuple(spot) for spot in spots] == spread.places()[:40]
    expected = []
    for _, setting in SETTINGS:
        for seed in seeds:
            p = spread.compare(setting, seed)
            luck = [phone.luck for phone in p.without.phones]
            expected.append([p.without.reached(), p.with_brakes.reached(), p.without.over, p.with_brakes.over, p.refusing, luck])
    assert runs == expected


def test_fingerprints_in_the_page_are_those_of_python(browse, addresses):
    with browse("en") as page:
        page.goto("/en" + addresses["fingerprint"])
        found = page.evaluate(PRINTS, [script_of(page), PICTURES["lighthouse"], [c.__dict__ for c in CHANGES]])
    own = picture("lighthouse")
    for change, told in zip(CHANGES, found, strict=True):
        other = changed(own, change)
        assert told == [exact(other), True, lookalike(other), nearest(own, other, False), nearest(own, other, True)], change


def test_bars_in_the_page_are_those_of_python(browse, addresses):
    with browse("en") as page:
        page.goto("/en" + addresses["chart"])
        bars = page.evaluate("async (url) => (await import(url)).bars([156, 160, 180, 1202], 0, 1250)", script_of(page))
    assert bars == [{"x": b.x, "y": b.y, "width": b.width, "height": b.height} for b in charting.bars([156, 160, 180, 1202], 0, 1250)]


def broken_photos():
    """The photos of the lab, and several hundred broken in all sorts of ways."""
    dice, files = random.Random(14), [(_PICTURES / f"photo-{name}.jpg").read_bytes() for name in PHOTOS]
    yield from files
    for _ in range(400):
        data = bytearray(dice.choice(files)[: dice.choice((30, 90, 150, 300, 700))])
        for _change in range(dice.randrange(9)):
            data[dice.randrange(min(len(data), dice.choice((20, 60, 700))))] = dice.choice((0, 1, 2, 255, dice.randrange(256)))
        yield bytes(data)


def test_files_are_read_and_emptied_in_the_page_as_in_python_however_broken(browse, addresses):
    files = list(broken_photos())
    with browse("en") as page:
        page.goto("/en" + addresses["peek"])
        found = page.evaluate(PEEK, [script_of(page), [b64encode(data).decode() for data in files]])
    told = set()
    for data, (js, bare) in zip(files, found, strict=True):
        own = exif.details(data)
        place, small = (list(pair) if pair else None for pair in (own.place, own.small))
        assert js == {"device": own.device, "program": own.program, "day": own.day, "place": place, "small": small}, data[:200]
        assert b64decode(bare) == exif.without_details(data)
        told.add((own.device, own.program, own.day, own.place, own.small))
    assert len(told) > 10, "what is broken differs"


def test_a_photo_is_guessed_looked_into_and_emptied_with_the_keyboard(browse, addresses):
    with browse("en", 390) as page:
        page.goto("/en" + addresses["peek"], wait_until="networkidle")
        kite = page.locator("#photo-kite")
        kite.get_by_label("A part that was cut off").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        kite.locator("[data-inside]").wait_for()
        assert page.evaluate("document.activeElement.matches('#photo-kite [data-inside]')"), "what was found is read next"
        assert kite.locator("[data-row=program] [data-was]").inner_text() == "Snippet 1.4"
        small = kite.locator("[data-row=small] canvas")
        assert small.evaluate("c => [c.width, c.height]") == [160, 120], "the small picture is drawn from the bytes of the file"
        assert small.get_attribute("aria-label").startswith("The whole scene")
        assert page.locator("#photo-cat [data-inside]").is_hidden()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        kite.locator("[data-still]").wait_for()
        assert kite.locator("[data-row=program] [data-now]").inner_text() == "gone"
        assert kite.locator("[data-row=device] [data-now]").inner_text() == "nothing"
        size = exif.without_details((_PICTURES / "photo-kite.jpg").read_bytes())
        assert kite.locator("[data-row=size] [data-now]").inner_text() == f"{len(size):,} bytes"
        assert kite.locator("[data-frame] canvas").evaluate("c => [c.width, c.height]") == [320, 240]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_chat_is_marked_with_the_keyboard_and_answers_in_place(browse, addresses):
    with browse("en", 390) as page:
        page.goto("/en" + addresses["flags"], wait_until="networkidle")
        page.evaluate("document.body.dataset.same = 'page'")
        first = page.get_by_label("nice race yesterday!")
        first.focus()
        page.keyboard.press("Space")
        assert page.locator("[data-note=kind]:visible").count() == 1
        page.keyboard.press("Space")
        assert page.locator("[data-note]:visible").count() == 0, "a mark can be taken back"
        page.get_by_label("decide right now").check()
        assert page.locator("[data-note=noticed]:visible b").inner_text() == "You noticed: Quick!"
        assert page.locator("[data-note=missed]:visible").count() == 0, "what was missed waits until it is asked for"
        page.get_by_role("button", name="Show the others").press("Enter")
        assert page.locator("[data-note=missed]:visible").count() == 6
        assert page.evaluate("document.activeElement.value") == "only-one", "the focus is on the first that was missed"
        page.get_by_label("you owe me, for the helmet").check()
        assert page.locator("[data-note=noticed]:visible").count() == 2
        assert page.locator(".flag-end [aria-live]").inner_text() == "Tricks you have noticed: 2 of 7"
        assert page.locator("body[data-same]").count() == 1


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_photos_and_chat_without_a_script(browse, addresses, locale):
    with browse(locale, 390, java_script_enabled=False) as page:
        page.goto(f"/{locale}{addresses['peek']}")
        page.locator("[name=guess-kite][value=cut]").check()
        page.locator("[name=look][value=kite]").click()
        assert page.locator("[name=guess-kite][value=cut]").is_checked()
        page.locator("#photo-kite [data-row=small] img").wait_for()
        page.locator("[name=take][value=kite]").click()
        page.locator("#photo-kite [data-still]").wait_for()
        page.goto(f"/{locale}{addresses['flags']}")
        page.locator("[name=mark]").nth(2).check()
        page.locator(".flag-end button").click()
        assert page.locator("[data-note=noticed]:visible").count() == 1
        assert page.locator("[data-note=missed]:visible").count() == 6


@pytest.mark.parametrize("kind", list(LABS))
def test_a_lab_is_light_asks_for_nothing_more_and_stays_within_the_screen(browse, addresses, kind):
    asked, faults = [], []
    with browse("ko", 390) as page:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto("/ko" + addresses[kind], wait_until="networkidle")
        page.on("request", lambda request: asked.append(request.url))
        scripts = page.evaluate("Promise.all([...document.scripts].filter((s) => s.src).map((s) => fetch(s.src).then((r) => r.text())))")
        asked.clear()
        page.evaluate("document.querySelectorAll('.lab input[type=checkbox], .lab input[type=radio]').forEach((i) => i.click())")
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert sum(len(s.encode()) for s in scripts) <= MOST
    assert [url for url in asked if "/static/" not in url] == []
    assert faults == []


@pytest.mark.parametrize(("kind", "locale"), [*zip(LABS, ("en", "fr", "ko", "en", "fr", "ko", "en"), strict=True)])
def test_axe_finds_no_barrier_in_a_lab(browse, addresses, kind, locale):
    found = Findings()
    with browse(locale, PHONE) as page:
        page.goto(f"/{locale}{addresses[kind]}")
        look_at(page, f"{kind}, {locale}", found)
        page.reload(wait_until="networkidle")
        do_something(page)
        look_at(page, f"{kind}, {locale}, in use", found)
    assert not found.all()


def do_something(page):
    """Every slider a little, every other switch, the last of each choice, and the button that answers."""
    page.evaluate("""() => {
      for (const s of document.querySelectorAll(".lab input[type=range]")) {
        s.value = +s.min + (s.max - s.min) * 0.3;
        for (const kind of ["input", "change"]) s.dispatchEvent(new Event(kind, { bubbles: true }));
      }
      document.querySelectorAll(".lab input[type=checkbox]").forEach((box, n) => n % 2 || box.click());
      document.querySelectorAll(".lab input[type=radio]").forEach((choice) => choice.click());
    }""")
    for button in page.locator(".lab button[type=submit]:visible").all()[:2]:
        button.click()
    page.wait_for_timeout(200)


def test_the_spread_runs_and_is_told_to_those_who_do_not_see_it(browse, addresses):
    with browse("en") as page:
        page.emulate_media(reduced_motion="no-preference")
        page.goto("/en" + addresses["spread"])
        page.get_by_label("To how many people each person sends it").focus()
        page.keyboard.press("End")
        assert page.locator("[data-out=tenths]").inner_text() == "2"
        page.get_by_role("button", name="Run it").press("Enter")
        page.locator("[data-run] span", has_text="Run it").wait_for()
        with_brakes = int(page.locator("[data-count=with]").inner_text())
        assert with_brakes < int(page.locator("[data-count=without]").inner_text())
        assert str(with_brakes) in page.locator(".outcome").inner_text()
        page.get_by_text("The same as a table").click()
        assert page.locator("[data-rows] tbody tr:last-child td").last.inner_text() == str(with_brakes)
        page.get_by_role("button", name="Try it 200 times").click()
        assert "Half of 200 runs" in page.locator("[data-many] [aria-live]").inner_text()


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
@pytest.mark.parametrize("kind", ["spread", "fingerprint"])
def test_a_slider_stays_under_the_finger_that_moves_it(browse, addresses, kind, locale):
    with browse(locale, 390) as page:
        page.goto(f"/{locale}{addresses[kind]}", wait_until="networkidle")
        assert page.evaluate(MOVED) == {}


@pytest.mark.parametrize("locale", ["en", "fr", "ko"])
def test_tables_of_labs_fit_a_phone(browse, addresses, locale):
    with browse(locale, 390) as page:
        for kind in ("fingerprint", "clues"):
            page.goto(f"/{locale}{addresses[kind]}", wait_until="networkidle")
            over = page.evaluate("document.querySelector('.scrolls').scrollWidth - document.querySelector('.scrolls').clientWidth")
            assert over <= 0, kind
        assert page.locator(".mapbox [data-yes]").first.text_content(), "which towns are left is told to those who hear the table"


def test_the_crop_that_breaks_and_the_mirror_that_is_found_are_found(browse, addresses):
    with browse("en") as page:
        page.goto("/en" + addresses["fingerprint"])
        crop = page.get_by_label("Crop", exact=True)
        crop.focus()
        for _ in range(14):
            page.keyboard.press("ArrowRight")
        page.wait_for_selector("[data-try=breaks].is-found")
        assert "not recognized" in page.locator(".verdict [data-said]").inner_text()
        page.get_by_role("button", name="Back to the start").click()
        page.get_by_label("Mirror").check()
        page.get_by_label("Store eight positions").check()
        page.wait_for_selector("[data-try=mirror].is-found")
        assert "0 of 64 differ from the nearest of eight" in page.locator(".verdict [data-said]").inner_text()


def test_the_check_up_the_clues_and_the_posters_answer_in_place(browse, addresses):
    with browse("en") as page:
        page.goto("/en" + addresses["permissions"])
        for name in ("Weather", "Alarm clock", "Calculator", "Chess"):
            page.get_by_label(name).focus()
            page.keyboard.press("Space")
        page.evaluate("document.body.dataset.same = 'page'")
        page.get_by_role("button", name="Check my choices").press("Enter")
        assert page.locator("[data-done]").is_visible()
        assert page.locator("body[data-same]").count() == 1
        page.goto("/en" + addresses["clues"])
        for name in ("The socket", "The round sign", "The firs", "The striped jerseys"):
            page.get_by_label(name).check()
        assert page.locator("[data-told=found]").is_visible()
        assert page.locator(".i-land:not(.is-out)").count() == 1
        page.get_by_label("The house number").check()
        assert page.locator("[data-hide=number].is-on").is_visible()
        page.goto("/en" + addresses["chart"])
        before = page.locator("[data-looks]").first.inner_text()
        page.get_by_label("at 0", exact=True).check()
        assert page.locator("[data-looks]").first.inner_text() != before
        assert "1.6" in page.locator("[data-looks]").first.inner_text()


def test_those_who_asked_for_less_motion_see_the_end_at_once(browse, addresses):
    with browse("fr") as page:
        page.goto("/fr" + addresses["spread"])
        page.locator("[name=at]").fill("3")
        page.locator("[data-run]").click()
        assert page.locator("[name=at]").input_value() == page.locator("[name=at]").get_attribute("max")


def test_a_slider_says_what_stands_beside_it_and_a_button_that_goes_leaves_the_focus_on_its_answer(browse, addresses):
    with browse("fr") as page:
        page.goto("/fr" + addresses["spread"])
        people = page.locator("[name=tenths]")
        assert people.get_attribute("aria-valuetext") == "1,5"
        people.press("ArrowRight")
        assert people.get_attribute("aria-valuetext") == page.locator("[data-out=tenths]").inner_text() == "1,6"
        page.goto("/fr" + addresses["fingerprint"])
        quality = page.locator("[name=quality]")
        assert quality.get_attribute("aria-valuetext") == page.locator("[data-out=quality]").inner_text()
        quality.press("ArrowLeft")
        assert quality.get_attribute("aria-valuetext") == "95"
        page.goto("/fr" + addresses["peek"])
        for button, answer in (("look", "inside"), ("take", "still")):
            page.locator(f"[data-photo] [data-{button}]").first.press("Enter")
            page.locator(f"[data-photo] [data-{answer}]").first.wait_for()
            named = page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-labelledby')).textContent")
            assert page.evaluate("document.activeElement.dataset") == {answer: ""}, "not on a button that is gone"
            assert named.strip()
        page.goto("/fr" + addresses["clues"])
        page.locator("[data-look]").press("Enter")
        assert page.evaluate("document.activeElement.name") == "hide"
        said = page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText")
        assert said.strip()


def test_what_was_missed_is_heard_one_by_one(browse, addresses):
    with browse("en") as page:
        page.goto("/en" + addresses["flags"])
        notes = page.locator("[data-message] .flag-notes").first
        assert notes.get_attribute("aria-live") == "polite"
        page.get_by_role("button", name="Show the others").press("Enter")
        assert notes.get_attribute("aria-live") == "off", "seven at once are too many"
        said = page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText")
        assert said.startswith("Also here:")
        page.locator('.flag-notes[aria-live="polite"]').first.wait_for(state="attached")
