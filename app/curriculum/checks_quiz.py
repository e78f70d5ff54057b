"""Rules about quizzes: the same in every language, kind, and not to be passed by guessing."""

from __future__ import annotations

import re
from collections import Counter
from math import ceil

from .checks_texts import RENDERING
from .content import Item
from .desk import Desk, quoted
from .locales import SOURCE
from .markup import plain
from .reading import ItemSource, ItemTextSource, LessonSource, QuizSource
from .scoring import LONGEST_CHOICE, NOT_SURE, PASS, join_choice, split_choice

FEWEST_ITEMS = 10  # an error below; a warning below the next
WANTED_ITEMS = 12
ANCHORS = 4
LONGEST_SHARE = 0.4  # above it, "pick the longest" passes a 70 % mark too often (features, section 9)
VOCABULARY_SHARE = 1 / 4
LAW_SHARE = 1 / 8
FEWEST_FOR_BALANCE = 8
OTHER_ITEMS = 3  # of another kind than "single", for each band, of this many kinds:
OTHER_KINDS = 2
OPTIONS = {"single": (3, 4), "several": (4, 6), "find": (4, 8), "order": (3, 5), "match": (3, 4)}
DOORS = (2, 5)
_NOT_IN_A_QUIZ = re.compile(r"</?[a-zA-Z][^>]*>?|\{\{(?!(?:cite|service):[\w-]+\}\})|///|!\[")
_CITED = re.compile(r"\{\{cite:([\w-]+)\}\}")
DOORS_HEADING = {"fr": "#### Portes", "en": "#### Doors", "ko": "#### 창구"}


def items_are_alike_in_every_language(desk: Desk, lesson: LessonSource) -> None:
    quiz = lesson.quiz
    if quiz is None:
        return
    declared = {source.item.id: source for source in quiz.items}
    for texts in lesson.quiz_texts.values():
        for source in quiz.items:
            words = texts.item(source.item.id)
            if words is None:
                message = f'item "{source.item.id}" is missing, which quiz.toml declares. Add "## {source.item.id}".'
                desk.report.error(texts.file, 1, "item-missing", message)
                continue
            for option in source.item.options:
                if words.option(option) is None:
                    message = f'item "{source.item.id}" lacks option "{option}", which quiz.toml declares. Add "- [{option}] ...".'
                    desk.report.error(texts.file, words.line, "option-missing", message)
            for typed in words.options:
                if typed.id not in source.item.options:
                    message = f'item "{source.item.id}" has option "{typed.id}", which quiz.toml does not declare. Use its ids.'
                    if typed.id in source.item.doors:
                        message = (
                            f'item "{source.item.id}": door "{typed.id}" stands among the situations. '
                            f'Move it to the end of the item, below a line "{DOORS_HEADING[texts.locale]}".'
                        )
                    desk.report.error(texts.file, typed.line, "option-unknown", message)
            _compare_doors(desk, texts.file, texts.locale, source.item, words)
        for item in texts.items:
            if item.id not in declared:
                message = f'item "{item.id}" is not in quiz.toml. Declare it there, or take it out.'
                desk.report.error(texts.file, item.line, "item-unknown", message)


def _compare_doors(desk: Desk, file: str, locale: str, item: Item, words: ItemTextSource) -> None:
    for door in item.doors:
        if words.door(door) is None and words.option(door) is None:  # a misplaced one is told above
            message = (
                f'item "{item.id}" lacks door "{door}", which quiz.toml declares. '
                f'Add "- [{door}] ..." below a line "{DOORS_HEADING[locale]}" at the end of the item.'
            )
            desk.report.error(file, words.line, "door-missing", message)
    for typed in words.doors:
        if item.kind != "match":
            message = f'item "{item.id}" is of kind "{item.kind}", which has no doors. Take "{typed.id}" and its heading out.'
            desk.report.error(file, typed.line, "door-unknown", message)
        elif item.doors and typed.id not in item.doors:
            message = f'item "{item.id}" has door "{typed.id}", which quiz.toml does not declare. Use its ids.'
            desk.report.error(file, typed.line, "door-unknown", message)


def every_option_has_words_and_feedback(desk: Desk, lesson: LessonSource) -> None:
    for texts in lesson.quiz_texts.values():
        for item in texts.items:
            for option in item.options:
                if not option.text:
                    message = f'item "{item.id}": option "{option.id}" has no words. Write "- [{option.id}] ...".'
                    desk.report.error(texts.file, option.line, "option-empty", message)
                if not option.feedback:
                    message = f'item "{item.id}": option "{option.id}" has no feedback. Add "  > ..." below it.'
                    desk.report.error(texts.file, option.line, "feedback-missing", message)
            for door in item.doors:
                if not door.text:
                    message = f'item "{item.id}": door "{door.id}" has no words. Write "- [{door.id}] ...".'
                    desk.report.error(texts.file, door.line, "option-empty", message)
                if door.feedback:
                    message = f'item "{item.id}": door "{door.id}" has feedback, which nobody would see. Move it to the situations.'
                    desk.report.error(texts.file, door.line, "door-feedback", message)


def keys_of_items_fit(desk: Desk, lesson: LessonSource) -> None:
    """Options, right one, misconceptions, objective, section, bands, form."""
    quiz = lesson.quiz
    for source in quiz.items if quiz else ():
        _check_options(desk, quiz, source)
        _check_right(desk, quiz, source)
        _check_misconceptions(desk, quiz, source)
        _check_places(desk, lesson, quiz, source)


def _check_options(desk: Desk, quiz: QuizSource | None, source: ItemSource) -> None:
    if quiz is None:
        return
    item = source.item

    def error(rule: str, message: str) -> None:
        desk.report.error(quiz.file, source.line, rule, f'item "{item.id}": {message}')

    for names, (fewest, most), what in (
        (item.options, OPTIONS.get(item.kind, OPTIONS["single"]), {"order": "steps", "match": "situations"}.get(item.kind, "options")),
        (item.doors, DOORS if item.kind == "match" else (0, 0), "doors"),
    ):
        if names and not fewest <= len(names) <= most:
            error("option-count", f"{len(names)} {what}. Give {fewest} {'or' if most == fewest + 1 else 'to'} {most}.")
    for name in item.options:
        if name in (NOT_SURE, PASS):
            error("reserved-id", f'"{name}" is what the platform calls an answer of its own. Give the option another id.')
    longest = join_choice(item.kind, (f"{o}={max(item.doors, key=len, default='')}" if item.kind == "match" else o for o in item.options))
    if item.kind != "single" and len(longest) > LONGEST_CHOICE:
        error("choice-too-long", f"an answer to it can be {len(longest)} characters long, at most {LONGEST_CHOICE}. Shorten the ids.")
    if item.kind != "single" and (item.anchor or item.sensitive):
        what, line = ("an anchor", "anchor = true") if item.anchor else ("a sensitive item", "sensitive = true")
        error("kind-of-item", f'{what} is of kind "single", not "{item.kind}". Take {line} out, or make it single.')
    if item.anchor and item.form:
        error("item-form", f'an anchor belongs to no form. Delete form = "{item.form}".')
    if not item.anchor and item.form not in ("A", "B"):
        error("item-form", 'the item belongs to form A or B. Add form = "A" (or anchor = true).')
    for fact in item.facts:
        if fact not in desk.sources.facts:
            error("unknown-fact", f'there is no fact "{fact}" in facts.toml. Use one that is there.')


def _check_right(desk: Desk, quiz: QuizSource | None, source: ItemSource) -> None:
    """The right answer is one that a student can give."""
    if quiz is None or not source.item.right:  # reading has said that it is missing
        return
    item = source.item

    def error(rule: str, message: str) -> None:
        desk.report.error(quiz.file, source.line, rule, f'item "{item.id}": {message}')

    if item.kind == "match":
        given = dict(part.partition("=")[::2] for part in split_choice(item.kind, item.right))
        for situation, door in given.items():
            if situation not in item.options:
                error("right-unknown", f'right holds "{situation}", which is not among its situations. Use {quoted(item.options)}.')
            elif item.doors and door not in item.doors:
                error("right-unknown", f'right gives "{situation}" the door "{door}". Use one of {quoted(item.doors)}.')
        for situation in item.options:
            if situation not in given:
                error("right-count", f'right gives no door to "{situation}". Add {situation} = "...".')
        return
    right = split_choice(item.kind, item.right)
    for name in right:
        if name not in item.options:
            error("right-unknown", f'right = "{name}" is not among its options. Use one of {quoted(item.options)}.')
    if item.kind == "order":
        if missing := [o for o in item.options if o not in right]:
            error("right-count", f"right lacks {quoted(missing)}. Name every step, in the right order.")
        elif right == item.options:
            error("right-shown", "its options stand in the right order already. Show them in another order.")
    elif item.kind in ("several", "find"):
        fewest = 2 if item.kind == "several" else 1
        if len(right) < fewest:
            error("right-count", f"right names {len(right)}. Name {fewest} or more, or make the item single.")
        elif set(item.options) <= set(right):
            error("right-count", "right names every option, so that ticking all is enough. Add one that does not fit.")


def _check_misconceptions(desk: Desk, quiz: QuizSource | None, source: ItemSource) -> None:
    """The idea behind each wrong choice is named."""
    if quiz is None or not source.item.right:
        return
    item = source.item
    right = split_choice(item.kind, item.right)

    def error(rule: str, message: str) -> None:
        desk.report.error(quiz.file, source.line, rule, f'item "{item.id}": {message}')

    if item.kind == "match":
        may, what = set(item.options), "one of its situations"
        if not item.misconceptions:
            message = 'no situation names a misconception. Add at least one, ... = "...", below [items.misconceptions].'
            error("misconception-missing", message)
    elif item.kind == "order":
        may, what = set(item.options) - set(right[:1]), "a step that would be wrong in the first place"
    else:
        may, what = set(item.options) - set(right), "one of its wrong options"
        for option in item.options:
            if option in may and option not in item.misconceptions:
                error(
                    "misconception-missing",
                    f'option "{option}" names no misconception. Add {option} = "..." below [items.misconceptions].',
                )
    for option, misconception in item.misconceptions.items():
        if option not in may:
            error("misconception-extra", f'"{option}" is not {what}. Take it out of misconceptions.')
        elif misconception not in desk.sources.misconceptions:
            error("unknown-misconception", f'there is no "{misconception}" in misconceptions.toml. Add it there.')


def _check_places(desk: Desk, lesson: LessonSource, quiz: QuizSource | None, source: ItemSource) -> None:
    if quiz is None:
        return
    item = source.item

    def error(rule: str, message: str) -> None:
        desk.report.error(quiz.file, source.line, rule, f'item "{item.id}": {message}')

    if item.objective not in lesson.objectives:
        error(
            "objective-unknown",
            f'objective "{item.objective}" is not in lesson.toml. Use one of {quoted(lesson.objectives)}.',
        )
    for band in item.bands:
        if band not in lesson.bands:
            error("item-band", f"it is for band {band}, which the lesson does not have. Mend one of the two.")
    section = lesson.section(item.section)
    if section is None:
        error("item-section", f'section "{item.section}" is not in lesson.toml. Name the one to read again.')
        return
    for band in item.bands:
        if section.bands and band not in section.bands and band in lesson.bands:
            error("item-section", f'section "{item.section}" is not shown to band {band}. Name one that is.')


def there_are_enough_items(desk: Desk, lesson: LessonSource) -> None:
    quiz = lesson.quiz
    if quiz is None:
        return
    for band in lesson.bands:
        items = [source.item for source in quiz.items if band in source.item.bands]
        message = f"{len(items)} items for band {band}. Write at least {WANTED_ITEMS}."
        if len(items) < FEWEST_ITEMS:
            desk.report.error(quiz.file, 1, "few-items", message)
        elif len(items) < WANTED_ITEMS:
            desk.report.warning(quiz.file, 1, "few-items", message)
        anchors = sum(item.anchor for item in items)
        if anchors != ANCHORS:
            message = f"{anchors} anchors for band {band}. Mark exactly {ANCHORS} with anchor = true."
            desk.report.error(quiz.file, 1, "anchors", message)
        if not ANCHORS <= quiz.length <= max(len(items), ANCHORS):
            message = f"length = {quiz.length} does not fit {ANCHORS} anchors and {len(items)} items of band {band}. Change it."
            desk.report.error(quiz.file, quiz.length_line, "quiz-length", message)


def items_are_of_several_kinds(desk: Desk, lesson: LessonSource) -> None:
    """A warning: ticking, finding, ordering and matching ask for more than recognising the best of four sentences."""
    quiz = lesson.quiz
    if quiz is None:
        return
    for band in lesson.bands:
        kinds = [source.item.kind for source in quiz.items if band in source.item.bands and source.item.kind != "single"]
        if len(kinds) < OTHER_ITEMS or len(set(kinds)) < OTHER_KINDS:
            message = (
                f'{len(kinds)} items for band {band} are of another kind than "single" ({quoted(set(kinds)) or "none"}). '
                f"Write at least {OTHER_ITEMS}, of at least {OTHER_KINDS} kinds: several, find, order, match."
            )
            desk.report.warning(quiz.file, 1, "few-kinds", message)


def both_forms_ask_for_the_same(desk: Desk, lesson: LessonSource) -> None:
    """What is asked before a lesson is compared with what is asked after it: each objective with two items is in both forms."""
    quiz = lesson.quiz
    if quiz is None:
        return
    for band in lesson.bands:
        forms: dict[str, list[str]] = {}
        for item in (source.item for source in quiz.items):
            if band in item.bands and not item.anchor:
                forms.setdefault(item.objective, []).append(item.form)
        for objective, own in forms.items():
            if len(own) > 1 and len(set(own)) == 1:
                message = f'all {len(own)} items on "{objective}" for band {band} are of form {own[0]}. Give one of them the other form.'
                desk.report.error(quiz.file, 1, "forms-unlike", message)


def the_right_option_does_not_give_itself_away(desk: Desk, lesson: LessonSource) -> None:
    """By its length, in any language, or by its place; of items with one right option."""
    quiz = lesson.quiz
    if quiz is None or not quiz.items:
        return
    right = {source.item.id: source.item.right for source in quiz.items if source.item.kind == "single"}
    for texts in lesson.quiz_texts.values():
        longest = []
        for item in texts.items:
            lengths = {option.id: len(plain(option.text)) for option in item.options}
            key = right.get(item.id, "")
            if key in lengths and all(lengths[key] > n for name, n in lengths.items() if name != key):
                longest.append(item.id)
        most = int(LONGEST_SHARE * len(right))
        if len(longest) > LONGEST_SHARE * len(right):
            message = (
                f"the right option is the longest in {len(longest)} of {len(right)} items ({quoted(longest)}). "
                f"At most {most}: lengthen a wrong one or shorten the right one."
            )
            desk.report.error(texts.file, 1, "longest-right", message)
    _check_balance(desk, quiz)


def _check_balance(desk: Desk, quiz: QuizSource) -> None:
    items = [source.item for source in quiz.items if source.item.kind == "single" and source.item.right in source.item.options]
    if len(items) < FEWEST_FOR_BALANCE:
        return
    chance = sum(1 / len(item.options) for item in items)
    most = ceil(chance) + 1
    places = {
        "first": sum(item.options[0] == item.right for item in items),
        "last": sum(item.options[-1] == item.right for item in items),
    }
    for place, count in places.items():
        if count > most:
            message = f"the right option stands {place} in {count} of {len(items)} items, at most {most}. Vary its place."
            desk.report.error(quiz.file, 1, "position-balance", message)
        elif not count:
            message = f"the right option never stands {place}. Vary its place."
            desk.report.error(quiz.file, 1, "position-balance", message)


def most_items_are_decisions(desk: Desk, lesson: LessonSource) -> None:
    """R-11: words and law make up a small part."""
    quiz = lesson.quiz
    if quiz is None or not quiz.items:
        return
    for name, count, share in (
        ("vocabulary", sum(source.vocabulary for source in quiz.items), VOCABULARY_SHARE),
        ("law", sum(source.law for source in quiz.items), LAW_SHARE),
    ):
        if count > share * len(quiz.items):
            most = int(share * len(quiz.items))
            message = f"{count} of {len(quiz.items)} items are about {name}, at most {most} (R-11). Ask for a decision instead."
            desk.report.error(quiz.file, 1, f"{name}-share", message)


def objectives_are_all_asked(desk: Desk, lesson: LessonSource) -> None:
    quiz = lesson.quiz
    if quiz is None:
        return
    for objective in lesson.objectives:
        if not any(source.item.objective == objective for source in quiz.items):
            message = f'no item asks about objective "{objective}". Write one, or drop the objective.'
            desk.report.error(quiz.file, 1, "objective-uncovered", message)


def quiz_texts_render_well(desk: Desk, lesson: LessonSource) -> None:
    files = {texts.file for texts in lesson.quiz_texts.values()}
    for file, line, rendered in desk.compiled.pieces:
        if file in files:
            for rule, words in rendered.problems:
                desk.report.error(file, line, rule, f'near "{words[:40]}": {RENDERING[rule]}')
    for texts in lesson.quiz_texts.values():
        for item in texts.items:
            for line, words in _pieces(item):
                if found := _NOT_IN_A_QUIZ.search(words):
                    message = f'"{found[0][:30]}" has no place in a quiz. Use plain words and bold.'
                    desk.report.error(texts.file, line, "raw-html", message)


def _pieces(item: ItemTextSource) -> list[tuple[int, str]]:
    """The texts of an item with their lines."""
    pieces = [(item.line, item.scenario), (item.question_line, item.question)]
    return pieces + [(o.line, f"{o.text} {o.feedback}") for o in (*item.options, *item.doors)]


def _cited(item: ItemTextSource) -> list[tuple[int, str]]:
    return [(line, fact) for line, words in _pieces(item) if "{{" in words for fact in _CITED.findall(words)]


def facts_of_items_are_declared(desk: Desk, lesson: LessonSource) -> None:
    """What an item cites is in its `facts`, the same in every language."""
    declared = {source.item.id: set(source.item.facts) for source in lesson.quiz.items} if lesson.quiz else {}
    french = lesson.quiz_texts.get(SOURCE)
    for texts in lesson.quiz_texts.values():
        for item in texts.items:
            cited = _cited(item)
            for line, fact in cited:
                if fact not in declared.get(item.id, {fact}):
                    message = f'item "{item.id}" cites "{fact}" without declaring it. Add it to facts of the item in quiz.toml.'
                    desk.report.error(texts.file, line, "fact-unlisted", message)
            source = french.item(item.id) if french else None
            if source is not None and Counter(f for _, f in cited) != Counter(f for _, f in _cited(source)):
                message = f'item "{item.id}" does not cite what the French one cites. Make them alike.'
                desk.report.error(texts.file, item.line, "cite-parity", message)


LESSON_RULES = (
    items_are_alike_in_every_language,
    every_option_has_words_and_feedback,
    keys_of_items_fit,
    there_are_enough_items,
    items_are_of_several_kinds,
    both_forms_ask_for_the_same,
    the_right_option_does_not_give_itself_away,
    most_items_are_decisions,
    objectives_are_all_asked,
    quiz_texts_render_well,
    facts_of_items_are_declared,
)
