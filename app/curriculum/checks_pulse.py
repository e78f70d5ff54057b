"""Rules about questions to the class: an opinion, beside a figure that stands in its fact, and never what somebody has lived."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .locales import LOCALES
from .practice_pulse import pulse_of
from .words import find_words

if TYPE_CHECKING:
    from .checks_practice import Bench

FEWEST_OPTIONS, MOST_OPTIONS = 3, 5
LEAST_PERCENT = 60  # a figure that most do not share would teach that the others do not care


def check_pulse(bench: Bench) -> None:
    _check_survey(bench)
    _check_options(bench)
    for locale in LOCALES:
        _check_words(bench, locale)


def _check_survey(bench: Bench) -> None:
    """The figure stands in the words of its fact, in every language, and most of those asked are behind it."""
    pulse = pulse_of(bench.activity)
    fact = bench.desk.sources.facts.get(pulse.fact)
    if pulse.fact not in bench.activity.facts:
        bench.error("pulse-figure", f'the survey\'s fact "{pulse.fact}" is not among its facts. Add it to facts.', "survey", "fact")
    elif fact is not None and not (fact.kind == "figure" and fact.year and all(fact.place.values())):
        bench.error("pulse-figure", f'"{pulse.fact}" is no figure with a year and a place. Use another fact.', "survey", "fact")
    elif fact is not None and not all(stands_in(pulse.percent, text) for text in fact.text.values()):
        message = f'{pulse.percent:g} % does not stand in the words of "{pulse.fact}". Write what the fact says.'
        bench.error("pulse-figure", message, "survey", "percent")
    if pulse.percent < LEAST_PERCENT:
        message = f"{pulse.percent:g} % is too few to mend a norm: at least {LEAST_PERCENT} %. Ask something else."
        bench.error("pulse-norm", message, "survey", "percent")


def stands_in(percent: float, text: str) -> bool:
    """Is this share written in the text? 89.4 may be 89.4% or 89,4 %.

    >>> stands_in(89.4, "89,4 % que"), stands_in(9.4, "89.4%"), stands_in(92, "92.5%")
    (True, False, False)
    """
    figure = re.escape(f"{percent:g}").replace(r"\.", "[.,]")
    return re.search(rf"(?<![\d.,]){figure}\s?%", text) is not None


def _check_options(bench: Bench) -> None:
    options = pulse_of(bench.activity).options
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        bench.error("pulse-options", f"there are {len(options)} options. Give it {FEWEST_OPTIONS} to {MOST_OPTIONS}.", "options")


def _check_words(bench: Bench, locale: str) -> None:
    """Each opinion is answered kindly; both questions are asked; the survey is cited."""
    for piece in ("ask", "guess"):
        words = bench.words(locale, piece)
        if words is None:
            continue
        if not words.question:
            bench.text_error(locale, piece, "pulse-question", f'"{piece}" asks nothing. Write the question behind "####".')
        for _start, found in find_words("experience", locale, f"{words.body}\n{words.question}"):
            message = f'"{found}" asks what somebody has lived. Ask what they think, about somebody made up.'
            bench.text_error(locale, piece, "pulse-experience", message)
        for option in words.options:
            if not option.feedback:
                message = f'nothing is said to "{option.id}". Add "  > ..." below it: kind, and what the lesson says.'
                bench.text_error(locale, piece, "pulse-feedback", message, option.line)
    survey = bench.words(locale, "survey")
    fact = pulse_of(bench.activity).fact
    if survey is not None and not re.search(rf"\{{\{{(?:fact|cite):{re.escape(fact)}\}}\}}", survey.body):
        message = f'the survey is not cited. Add "{{{{cite:{fact}}}}}".'
        bench.text_error(locale, "survey", "pulse-figure", message)
