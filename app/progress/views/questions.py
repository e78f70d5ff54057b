"""What was chosen in each question: counts, never names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, url_for
from markupsafe import Markup

from app.classrooms.queries import assignment_in, pulses_of, students_in
from app.classrooms.taught import own_classroom
from app.core import clock
from app.core.access import TEACHERS, open_to
from app.core.i18n import current_locale, show_number
from app.core.i18n import gettext as _
from app.core.library import lessons_left, library
from app.curriculum.assigning import counted_until, is_shown
from app.curriculum.content import Item
from app.curriculum.progress import QuestionSummary, Says, question_summary
from app.curriculum.scoring import ideas_behind, made_of, numbers, split_choice
from app.curriculum.statistics import rest_says
from app.progress.views import Page, bp, described
from app.progress.views.matrix import columns_of, lesson_now
from app.quizzes.queries import first_marks_of, tallies_of


@dataclass(frozen=True)
class Bar:
    id: str  # as in scoring.tally_keys
    letter: str
    text: str
    n: int
    share: float
    right: bool
    misconception: Any


@dataclass(frozen=True)
class Bars:
    """The bars of a question, or of one step or situation of it, which then has its text."""

    text: str
    bars: list[Bar]


@bp.get("/progress/<id:classroom_id>/questions")
@open_to(TEACHERS)
def questions_now(classroom_id: int) -> Page:
    """The questions of the lesson that the class is at now."""
    classroom = own_classroom(classroom_id)
    column = lesson_now(columns_of(classroom))
    if column is None:
        return redirect(url_for("progress.show", classroom_id=classroom.id, _anchor="assigned"), 303)
    return redirect(column.questions_url, 303)


@bp.get("/progress/<id:classroom_id>/<id:assignment_id>")
@open_to(TEACHERS)
def questions(classroom_id: int, assignment_id: int) -> Page:
    """What was chosen in each question at the first sitting: counts, never names."""
    classroom = own_classroom(classroom_id)
    given = assignment_in(classroom.id, assignment_id)
    lesson = library().lesson(given.lesson_slug) if given else None
    if given is None or lesson is None:
        abort(404)
    tallies, marks = tallies_of(given.id), first_marks_of(given.id)
    # In the order of the first sitting of this class's band; then whatever else was answered, which has no number.
    number = numbers(lesson.quiz, classroom.band)
    over = is_shown(clock.today(classroom.timezone), given.due_on, given.counted_until)
    shown_now = [i for i in lesson.quiz.items if i.id in tallies and (over or not i.sensitive)]  # see quizzes.queries.still_open
    shown_now.sort(key=lambda i: number.get(i.id, len(number) + 1))
    items = [{**question_view(item, tallies[item.id], marks), "number": number.get(item.id)} for item in shown_now]
    columns = columns_of(classroom)
    shown = [i for i in items if not i["too_few"]]
    return render_template(
        "progress/questions.html",
        classroom=described(classroom),
        assignment=given,
        lesson=lesson,
        text=lesson.texts[current_locale()],
        columns=columns,
        n_students=len(students_in(classroom.id)),
        can_assign=bool(lessons_left(classroom.band, [c.lesson.slug for c in columns])),
        items=items,
        counted_until=counted_until(given.due_on, given.counted_until),
        pulses=pulses_of(given.id),
        top=max((i for i in shown if i["idea"]), key=lambda i: i["idea"].n / i["answered"], default=None),
    )


def question_view(item: Item, counts: dict[str, int], marks: dict[int, dict[str, int]]) -> dict[str, Any]:
    """`marks` as `first_marks_of` gives them: of students who were asked this question its mark, and the sum of all of theirs."""
    asked = [own for own in marks.values() if item.id in own]
    summary = question_summary(item, counts, [own[item.id] for own in asked], [sum(own.values()) for own in asked])
    groups = bars_of(item, summary)
    idea = next((b for group in groups for b in group.bars if b.id == summary.talk_about), None)
    rest = rest_says(summary.item_rest)
    return {
        "item": item, "words": item.texts[current_locale()], "answered": summary.share.answered, "too_few": summary.too_few,
        "says": summary.says.value, "right": summary.share.right, "percent": summary.share.percent, "groups": groups,
        "not_sure_n": summary.not_sure.right, "sentence": sentence_of(item, summary, idea), "idea": idea,
        "idea_id": summary.misconception, "rest": rest.value if rest else None, "rest_r": summary.item_rest, "rest_n": len(asked),
        "rest_shown": show_number(summary.item_rest, "0.00") if summary.item_rest is not None else "",
    }  # fmt: skip


def sentence_of(item: Item, summary: QuestionSummary, idea: Bar | None) -> str:
    """What the answers tell, and what to do about it."""
    n = {"right": summary.share.right, "answered": summary.share.answered}
    if summary.says is Says.TOO_FEW:
        return _("Too few answers to say anything: counts are shown from 5 answers on.")
    if summary.says is Says.TALK and idea is not None:
        return idea_in_words(item, idea, summary.share.answered)
    if summary.says is Says.NOT_SURE:
        return _("%(n)s of %(answered)s were not sure. Read the part of the lesson behind it together, then ask again.",
                 n=summary.not_sure.right, answered=n["answered"])  # fmt: skip
    if summary.says is Says.SURE:
        return _("%(right)s of %(answered)s had it right: the class is sure here. You can go on.", **n)
    return _("%(right)s of %(answered)s had it right, and no single other idea stands out. Let pairs give each other their reasons.", **n)


def bars_of(item: Item, summary: QuestionSummary) -> list[Bars]:
    """One bar for each option; of steps and situations, for the right place or door and the others that were given."""
    words, counts, answered = item.texts[current_locale()], summary.counts, summary.share.answered
    ideas = ideas_behind(item)

    def bar(key: str, letter: str, text: str, right: bool) -> Bar:
        n = counts.get(key, 0)
        return Bar(key, letter, text, n, n / answered if answered else 0.0, right, belief(ideas.get(key, "")))

    if item.kind not in ("order", "match"):
        right = split_choice(item.kind, item.right)
        return [Bars("", [bar(o, letter, words.options[o].text, o in right) for letter, o in zip("ABCDEFGH", item.options, strict=False)])]
    wanted, groups = made_of(item, item.right), []
    for option in sorted(wanted, key=lambda o: int(wanted[o])) if item.kind == "order" else item.options:
        if item.kind == "match":
            bars = [bar(f"{option}={d}", "", words.doors[d], d == wanted[option]) for d in item.doors]
        else:
            places = range(1, len(item.options) + 1)
            bars = [bar(f"{option}@{n}", str(n), _("In place %(place)s", place=n), str(n) == wanted[option]) for n in places]
        groups.append(Bars(words.options[option].text, [b for b in bars if b.right or b.n]))
    return groups


def idea_in_words(item: Item, idea: Bar, answered: int) -> str:
    """What many did, in one sentence."""
    option, _between, _rest = idea.id.partition("=" if item.kind == "match" else "@")
    text = plain_text(item.texts[current_locale()].options[option].text)
    if item.kind == "order":
        return _("%(n)s of %(answered)s put this step first: “%(step)s”. Worth five minutes with the class.", n=idea.n, answered=answered,
                 step=text)  # fmt: skip
    if item.kind == "match":
        return _("%(n)s of %(answered)s chose “%(door)s” for “%(situation)s”. Worth five minutes with the class.", n=idea.n,
                 answered=answered, door=plain_text(idea.text), situation=text)  # fmt: skip
    return _("%(n)s of %(answered)s chose %(letter)s. Worth five minutes with the class.", n=idea.n, answered=answered, letter=idea.letter)


def plain_text(html: str) -> str:
    return Markup(html).striptags()  # noqa: S704  (only what is in it is kept)


def belief(misconception_id: str) -> dict[str, str] | None:
    """A wrong idea, and what a teacher can say to it."""
    found = library().misconceptions.get(misconception_id)
    return {"belief": found.belief[current_locale()], "answer": found.answer[current_locale()]} if found else None
