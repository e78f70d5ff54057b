"""The labs in a real browser: the scripts come to the same numbers as the Python, the keyboard reaches everything, nothing leaves the page."""

from __future__ import annotations

import pytest
from browser.walking import PHONE, Findings, look_at

from app.core.library import library
from app.curriculum import charting, spread
from app.curriculum.fingerprint import Change, changed, exact, lookalike, nearest
from app.curriculum.pictures import PICTURES, picture
from app.practice.labs import LABS

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


@pytest.mark.parametrize(("kind", "locale"), zip(LABS, ("en", "fr", "ko", "en", "fr"), strict=True))
def test_axe_finds_no_barrier_in_a_lab(browse, addresses, kind, locale):
    found = Findings()
    with browse(locale, PHONE) as page:
        page.goto(f"/{locale}{addresses[kind]}")
        look_at(page, f"{kind}, {locale}", found)
    assert not found.all()


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
        assert "Half of 200 runs" in page.locator("[data-many] [role=status]").inner_text()


def test_the_crop_that_breaks_and_the_mirror_that_is_found_are_found(browse, addresses):
    with browse("en") as page:
        page.goto("/en" + addresses["fingerprint"])
        crop = page.get_by_label("Crop", exact=True)
        crop.focus()
        for _ in range(14):
            page.keyboard.press("ArrowRight")
        page.wait_for_selector("[data-try=breaks].is-found")
        assert "not recognized" in page.locator("#dist-n").inner_text()
        page.get_by_role("button", name="Back to the start").click()
        page.get_by_label("Mirror").check()
        page.get_by_label("Store eight positions").check()
        page.wait_for_selector("[data-try=mirror].is-found")
        assert "0 of 64 differ from the nearest of eight" in page.locator("#dist-n").inner_text()


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
