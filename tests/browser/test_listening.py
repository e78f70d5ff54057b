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
