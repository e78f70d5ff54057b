"""A question to the class as its page needs it: first what one thinks, then a guess, then both beside a survey. Nothing here is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.core.i18n import OTHER_LANGUAGE
from app.core.library import library
from app.curriculum.content import Activity, Lesson, OptionText, PieceText
from app.curriculum.locales import in_locale
from app.curriculum.practice_pulse import OUT_OF, PULSE, ClassSays, Pulse, pulse_of
from app.curriculum.rendering import cite_label
from app.practice.doing import Doing, Shown

GUESS = re.compile("[0-9]|10")
STEPS = ("ask", "guess", "seen")


@dataclass(frozen=True)
class Survey:
    """What the survey found, in the reader's language."""

    percent: float
    where: str  # "South Korea, 2024"
    source: str  # who says so, where and when
    fact: str


def survey_of(pulse: Pulse, locale: str) -> Survey:
    fact = library().facts[pulse.fact]
    return Survey(pulse.percent, f"{in_locale(fact.place, locale)}, {fact.year}", cite_label(fact, locale), fact.id)


@dataclass(frozen=True)
class Said:
    """What a form carried, as far as it fits the question."""

    answer: str  # an option, or ""
    guess: int | None  # how many of ten

    @property
    def is_whole(self) -> bool:
        return bool(self.answer) and self.guess is not None


def said_in(doing: Doing) -> Said:
    sent = {} if doing.sent.get("go") == "again" else doing.sent
    answer, guess = sent.get("answer", ""), sent.get("guess", "")
    known = pulse_of(doing.activity).options
    return Said(answer if answer in known else "", int(guess) if GUESS.fullmatch(guess) else None)


def on_page(doing: Doing) -> dict[str, Any]:
    pulse, said, pieces = pulse_of(doing.activity), said_in(doing), doing.text.pieces
    step = "ask" if not said.answer else "guess" if said.guess is None else "seen"
    if OTHER_LANGUAGE in doing.sent and doing.sent.get("step") in STEPS:  # nothing is answered by that
        step = min(step, doing.sent["step"], key=STEPS.index)
    return {
        "pulse": pulse,
        "said": said,
        "step": step,
        "missed": OTHER_LANGUAGE not in doing.sent and doing.sent.get("step", "") == step,  # what was sent had nothing chosen in it
        "told": pieces["lower" if said.is_whole and pulse.guessed_fewer(said.guess or 0) else "near"],
        "survey": survey_of(pulse, doing.locale),
        "out_of": OUT_OF,
        "may_count": False,
        "of_class": None,
    }


PULSES: dict[str, Shown] = {PULSE: Shown(on_page, style="pulse.css", carries="pulse")}


@dataclass(frozen=True)
class ClassPulsePage:
    """One question with what a class says to it, for its teacher and for the wall: lesson, words and ranges, and no seat."""

    lesson: Lesson
    activity: Activity
    title: str
    asked: PieceText
    norm: OptionText
    pulse: Pulse
    survey: Survey
    survey_text: PieceText
    says: ClassSays

    @property
    def id(self) -> str:
        return f"{self.lesson.number}-{self.activity.number}"


def for_class(lesson: Lesson, activity: Activity, locale: str, says: ClassSays) -> ClassPulsePage:
    pulse, text = pulse_of(activity), activity.texts[locale]
    asked = text.pieces["ask"]
    return ClassPulsePage(
        lesson, activity, text.title, asked, asked.options[pulse.norm], pulse, survey_of(pulse, locale), text.pieces["survey"], says
    )
