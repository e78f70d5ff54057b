"""A school whose lessons, names and labels were all written by somebody who wants a page to run their script.

As if every check of lessons had been passed over: what is left is what the pages themselves keep out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from flask import Flask
from making import LESSON
from trust.payloads import IN_PLAIN_TEXT, PAYLOADS

from app.accounts.models import Board, Teacher
from app.accounts.models import School as SchoolRow
from app.classrooms.models import Classroom
from app.config import PROJECT
from app.core import clock
from app.core.db import db
from app.core.library import fill_gaps
from app.curriculum.library import read_library

SHARED = ("units.toml", "help.toml", "facts.toml", "glossary.toml", "misconceptions.toml")
TEXT = re.compile(r'^((?:title|text|name|for|who|hours|next|privacy|note|label|place|term|belief|answer|tempting|say|summary)(?:\.\w+)? = )"(.*)"$', re.MULTILINE)  # fmt: skip
MARK = "zq"  # with a number, before each payload: so that a test can see that it reached the page


def marked(payloads: list[str], start: int = 0) -> Iterator[str]:
    return cycle(f"{MARK}{start + n} {payload}" for n, payload in enumerate(payloads))


def hostile_lessons(folder: Path) -> Path:
    """One lesson with its plan, guide and questions in three languages, a payload in every place where an author writes."""
    root = folder / "lessons"
    shutil.copytree(PROJECT / "lessons" / LESSON, root / LESSON)
    for practice in (root / LESSON).glob("practice*"):
        practice.unlink()
    plain = marked(IN_PLAIN_TEXT, 1000)
    for name in SHARED:
        text = (PROJECT / "lessons" / name).read_text("utf-8")
        (root / name).write_text(TEXT.sub(lambda m: with_one(m, next(plain)), text), "utf-8")
    for path in sorted((root / LESSON).glob("*.md")):
        path.write_text((in_quiz if path.name.startswith("quiz") else in_document)(path.read_text("utf-8")), "utf-8")
    return root


def with_one(found: re.Match[str], payload: str) -> str:
    """A text of a data file with a payload behind it."""
    words = json.loads(f'"{found[2]}"')
    return f"{found[1]}{json.dumps(f'{words} {payload}', ensure_ascii=False)}"


def in_document(text: str) -> str:
    """Every payload stands once, spread over the sections; in the head, plain ones."""
    head, heading, *parts = re.split(r"^(## .*)$", text, flags=re.MULTILINE)
    plain, payloads = marked(IN_PLAIN_TEXT, 2000), [f"{MARK}{n} {payload}" for n, payload in enumerate(PAYLOADS)]
    head = TEXT.sub(lambda m: with_one(m, next(plain)), head)
    bodies = [heading, *parts]
    sections = len(bodies) // 2
    for n in range(sections):
        own = payloads[n::sections]
        bodies[2 * n + 1] = "\n\n" + "\n\n".join(f"{MARK}\n\n{payload}" if payload.partition(" ")[2].startswith(("/", "|", "#", "-", ">", "    ", "~", "1.")) else payload for payload in own) + "\n\n"  # fmt: skip
    return head + "".join(bodies)


def in_quiz(text: str) -> str:
    """A payload after every option, feedback, question and scenario."""
    payloads = marked([p for p in PAYLOADS if "\n" not in p], 3000)
    return re.sub(r"^(- \[[\w-]+\] .*|  > .*|### .*|[A-Z].*)$", lambda m: f"{m[1]} {next(payloads)}", text, flags=re.MULTILINE)


def make_hostile(app: Flask, folder: Path) -> None:
    """The site with these lessons, and with names and labels that no form would take."""
    made, findings = read_library(hostile_lessons(folder), clock.today())
    (lesson,) = made.lessons
    read = len(lesson.texts) + len(lesson.plans) + len(lesson.guides) + len(lesson.quiz.titles)
    assert read == 12, [str(f) for f in findings if f.level == "error"][:9]
    app.extensions["balise.library"] = fill_gaps(made)
    plain = marked(IN_PLAIN_TEXT, 5000)
    with app.test_request_context(method="POST"):
        for model, column in ((Classroom, "label"), (Teacher, "display_name"), (SchoolRow, "label"), (Board, "label")):
            for row in db.session.query(model):
                setattr(row, column, next(plain))
        db.session.commit()
        db.close()
