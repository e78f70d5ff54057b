"""A lesson on paper: handout, quiz, key, sheet for families and the path of all lessons, in any language, on A4 or Letter."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from markupsafe import Markup

from app.core.access import TEACHERS, open_to
from app.core.addresses import address_of
from app.core.helplines import ON_A_LINE, HelpLine, lines_of
from app.core.i18n import OWN_NAME, current_locale
from app.core.i18n import gettext as _
from app.core.library import lessons_by_unit, library, sources_behind
from app.core.qr import qr_svg
from app.curriculum.content import Item, Lesson
from app.curriculum.onpaper import asked_on_paper, for_paper, letters_of, typed_for
from app.curriculum.rendering import HELP_ORDER, WORDS
from app.curriculum.scoring import nearest_band, split_choice
from app.lessons.views import Page, bp, lesson_or_404, unit_of

PIECES = ("handout", "quiz", "key", "family", "poster")
USUAL_PIECES = ("handout", "quiz", "key", "family")
SIZES = ("a4", "letter")
USUAL_SIZE = {"en": "letter", "fr": "letter", "ko": "a4"}  # North America prints on Letter, everybody else on A4
CAN_MAKE_PDF = importlib.util.find_spec("weasyprint") is not None  # an optional part: see docs/operating.md


@dataclass(frozen=True)
class Wanted:
    """What somebody wants on paper; anything odd in the address is passed over."""

    band: str
    size: str
    pieces: tuple[str, ...]

    @classmethod
    def from_request(cls, lesson: Lesson) -> Wanted:
        band, size, pieces = request.args.get("band", ""), request.args.get("size", ""), request.args.getlist("piece")
        return cls(
            band if band in lesson.bands else nearest_band(lesson.quiz, band or lesson.usual_band),
            size if size in SIZES else USUAL_SIZE[current_locale()],
            tuple(p for p in PIECES if p in pieces) or USUAL_PIECES,
        )


@bp.get("/lessons/<id:number>/print")
@open_to(TEACHERS)
def print_pack(number: int) -> Page:
    lesson = lesson_or_404(number)
    wanted = Wanted.from_request(lesson)
    again: dict[str, Any] = {"number": lesson.number, "band": wanted.band, "size": wanted.size, "piece": list(wanted.pieces)}
    return render_template(
        "lessons/print.html",
        **words_of(lesson, wanted),
        sizes=SIZES,
        pieces=PIECES,
        tongues=[(code, name, url_for("lessons.print_pack", locale=code, **again)) for code, name in OWN_NAME.items()],
        pdf_url=url_for("lessons.print_pdf", **again) if CAN_MAKE_PDF else "",
    )


@bp.get("/lessons/<id:number>/print.pdf")
@open_to(TEACHERS)
def print_pdf(number: int) -> Page:
    """The same sheets as a PDF; where the server lacks what it takes, the page that prints them."""
    lesson = lesson_or_404(number)
    wanted = Wanted.from_request(lesson)
    if not CAN_MAKE_PDF:
        return redirect(url_for("lessons.print_pack", number=number, band=wanted.band, size=wanted.size, piece=list(wanted.pieces)), 303)
    from app.core.pdf import pdf_of

    made = pdf_of(render_template("lessons/pack.html", **words_of(lesson, wanted)), current_app.config["LESSONS"])
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="balise-{lesson.number}-{current_locale()}.pdf"'
    return response


def words_of(lesson: Lesson, wanted: Wanted) -> dict[str, Any]:
    """All that the sheets show."""
    locale = current_locale()
    asked, alone = asked_on_paper(lesson.quiz, wanted.band)
    return {
        "lesson": lesson,
        "text": lesson.texts[locale],
        "unit": unit_of(lesson),
        "sections": [(s, for_paper(s.html)) for s in lesson.texts[locale].for_band(wanted.band)],
        "guide": [(s, for_paper(s.html)) for s in lesson.guides[locale].sections],
        "terms": [library().terms[t] for t in lesson.terms if t in library().terms],
        "asked": [on_paper(item) for item in asked],
        "alone": [on_paper(item) for item in alone],
        "path": [(u, own) for u, all_of in lessons_by_unit() if (own := [x for x in all_of if wanted.band in x.bands])],
        "wanted": wanted,
        "qr": qr_codes(lesson, wanted),
        "help_lines": help_lines(),
    }


@dataclass(frozen=True)
class Answer:
    """An option or step of a question, with its letter; of questions that match, a situation with its place."""

    letter: str
    text: str  # HTML
    who: str
    right: str  # "yes", a place, a door's letter, or ""
    reason: str  # HTML
    belief: str  # the idea behind choosing it


@dataclass(frozen=True)
class OnPaper:
    """One question with its letters, its right answer as it is typed in, and why."""

    kind: str
    scenario: str
    question: str
    answers: list[Answer]
    doors: list[tuple[str, str]]  # (letter, HTML)
    typed: str
    sources: list[str]  # who says what it takes for a fact


def on_paper(item: Item) -> OnPaper:
    words = item.texts[current_locale()]
    letter = {key: letter for letter, key in letters_of(item).items()}
    typed, rights = typed_for(item, item.right), split_choice(item.kind, item.right)
    answers = []
    for place, option in enumerate(item.options):
        said, belief = words.options[option], library().misconceptions.get(item.misconceptions.get(option, ""))
        if item.kind == "match":
            own, right = str(place + 1), typed[place]
        elif item.kind == "order":
            own, right = letter[option], str(rights.index(option) + 1)
        else:
            own, right = letter[option], "yes" if option in rights else ""
        answers.append(Answer(own, said.text, said.who, right, for_paper(said.feedback), belief.belief[current_locale()] if belief else ""))
    doors = [(letter[d], words.doors[d]) for d in item.doors]
    return OnPaper(item.kind, for_paper(words.scenario), words.question, answers, doors, typed, [s for s, _url in sources_behind(item)])


def qr_codes(lesson: Lesson, wanted: Wanted) -> dict[str, tuple[Markup, str]]:
    """Of each piece: a drawing, and the address it stands for. Students' sheets lead to the number, not to the word."""
    addresses = {
        "handout": address_of("lessons.show", number=lesson.number, band=wanted.band),
        "quiz": address_of("quizzes.self_check", number=lesson.number, band=wanted.band),
        "key": address_of("lessons.plan", number=lesson.number),
        "family": address_of("guides.show", slug=lesson.slug),
        "poster": address_of("lessons.index"),
    }
    return {
        piece: (qr_svg(url, _("QR code that opens this page on the web")), url.partition("://")[2].partition("?")[0])
        for piece, url in addresses.items()
    }


def help_lines() -> list[tuple[str, list[HelpLine]]]:
    """Two services of each country, the reader's first: what stands at the foot of every sheet."""
    locale = current_locale()
    return [(WORDS[locale][c], lines) for c in HELP_ORDER[locale] if (lines := lines_of(c, ON_A_LINE))]
