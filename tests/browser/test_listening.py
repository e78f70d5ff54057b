"""Listening: by a voice that lives on the device, only when somebody asks for it, and never past the page."""

from __future__ import annotations

import pytest
from browser.driving import browsing
from browser.walking import PHONE

# What a browser has to say it with: no voice, one that sends the words away, one of the device in another language, and one that fits.
VOICES = """window.said = []; window.silenced = 0;
const voices = %s;
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, addEventListener() {}, cancel() { window.silenced += 1; },
  speak(words) { window.said.push(`${words.voice.name}: ${words.text}`); words.onstart?.(); setTimeout(() => words.onend?.(), 5); },
} });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };"""
OWN = '{ name: "own", lang: "fr-FR", localService: true }'
AWAY = '{ name: "away", lang: "fr-CA", localService: false }'
OTHER = '{ name: "other", lang: "en-CA", localService: true }'
MESSAGE = "/fr/lessons/11/practice/1"


@pytest.mark.parametrize("voices", ["[]", f"[{AWAY}]", f"[{OTHER}]", f"[{OTHER}, {AWAY}]"])
def test_without_a_voice_of_the_device_in_this_language_there_is_nothing_to_listen_to(browser, site, voices):
    with browsing(browser, site, width=PHONE) as page:
        page.add_init_script(VOICES % voices)
        page.goto(MESSAGE, wait_until="networkidle")
        page.locator("[name=begin][value=thanks]").check()
        assert page.locator("[data-copy]:visible").count() == 1
        assert page.locator("[data-listen]:visible").count() == 0


def test_ones_own_message_is_read_by_the_device_and_only_when_asked(browser, site):
    with browsing(browser, site, width=PHONE) as page:
        page.add_init_script(VOICES % f"[{AWAY}, {OTHER}, {OWN}]")
        page.goto(MESSAGE, wait_until="networkidle")
        page.locator("[name=begin][value=thanks]").check()
        page.locator("[name=middle][value=here]").check()
        assert page.evaluate("said") == []
        page.get_by_role("button", name="Écouter").click()
        page.locator("[data-listen][aria-pressed=false]").wait_for()
        words = page.locator("#made-words").inner_text()
        assert " ".join(line.removeprefix("own: ") for line in page.evaluate("said")) == words
        assert page.locator(".is-speaking").count() == 0


def test_it_falls_silent_when_the_page_is_left(browser, site):
    with browsing(browser, site, width=PHONE) as page:
        page.add_init_script(VOICES % f"[{OWN}]")
        page.goto("/fr/lessons/1", wait_until="networkidle")
        page.get_by_role("button", name="Écouter").click()
        assert page.evaluate("said.length") > 0
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
        assert page.evaluate("silenced") > 0


def test_a_question_is_read_with_its_answers_and_each_sentence_once(browser, site):
    with browsing(browser, site, width=PHONE) as page:
        page.add_init_script(VOICES % f"[{OWN}]")
        page.goto("/fr/quizzes/1", wait_until="networkidle")
        listen = page.get_by_role("button", name="Écouter")
        listen.click()
        page.locator("[data-listen][aria-pressed=false]").wait_for()
        said = [line.removeprefix("own: ") for line in page.evaluate("said")]
        for option in page.locator("#question .opt span").all_inner_texts():
            assert said.count(option) == 1 or any(option.startswith(s) for s in said), option
        assert len(said) == len(set(said))
        assert page.locator("#question legend").inner_text() in " ".join(said)


def test_that_words_were_copied_is_said_and_not_that_the_button_is_as_before(browser, site):
    """A button that changes its name while it has the focus says nothing by itself."""
    with browsing(browser, site, width=PHONE) as page:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: { writeText: async () => {} } })")
        page.goto(MESSAGE, wait_until="networkidle")
        page.locator("[name=begin][value=thanks]").check()
        words = page.locator("[data-copy]:visible span")
        before = words.inner_text()
        page.locator("[data-copy]:visible").click()
        page.get_by_text("Copié", exact=True).wait_for()
        assert words.get_attribute("aria-live") == "polite"
        page.get_by_text(before, exact=True).wait_for()
        assert words.get_attribute("aria-live") is None


def test_how_the_first_line_sounds_is_said_too(browser, site):
    """A place that comes into sight together with its words is not read out: they come a moment later."""
    with browsing(browser, site, width=PHONE) as page:
        page.goto(MESSAGE, wait_until="networkidle")
        page.evaluate(
            """() => { const place = document.querySelector('[data-levels]'), seen = () => place.innerText.trim();
            new MutationObserver(() => { window.firstSeen ??= seen(); window.lastSeen = seen(); }).observe(document.querySelector('[data-made]'), { attributes: true, subtree: true }) }"""
        )
        page.locator("[name=begin][value=thanks]").check()
        page.wait_for_function("() => window.lastSeen")
        assert page.evaluate("firstSeen") == ""


def test_of_a_sheet_only_the_line_that_changed_is_said(browser, site):
    """All its lines were set anew at each choice, and all were read out anew."""
    with browsing(browser, site, width=PHONE) as page:
        page.goto("/fr/lessons/0/practice/1", wait_until="networkidle")
        boxes = [page.locator("[data-slot]").nth(n).locator("input") for n in range(2)]
        boxes[0].first.check()
        page.evaluate(
            """() => { window.said = []; new MutationObserver((all) => said.push(...all.map((one) => one.target.closest('[data-line]').dataset.line)))
            .observe(document.querySelector('[data-words]'), { childList: true, subtree: true }) }"""
        )
        boxes[1].first.check()
        page.wait_for_function("() => said.length")
        assert set(page.evaluate("said")) == {boxes[1].first.get_attribute("name")}
