"""What students can do after a lesson, in the words of its plan."""

from __future__ import annotations

import re

from .content import Lesson
from .locales import in_locale

LINE = re.compile(r"<li\b[^>]*>(.*?)</li>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
END = re.compile(r"[\s\u00a0\u202f]*[;.,]\s*$")


def objectives_in_words(lesson: Lesson, locale: str) -> dict[str, str]:
    """Objective -> one line of HTML without elements or the mark that ended it in the list; its id where the plan has no words for it.

    The plan lists them in the order of lesson.toml (checking.py: `objectives_are_worded`)."""
    plan = in_locale(lesson.plans, locale)
    section = next((s for s in plan.sections if s.id == "objectives"), None) if plan else None
    lines = [_as_heading(line) for line in LINE.findall(section.html)] if section else []
    return {objective: lines[n] if n < len(lines) else objective for n, objective in enumerate(lesson.objectives)}


def _as_heading(line: str) -> str:
    text = END.sub("", TAG.sub("", line).strip())
    return text[:1].upper() + text[1:]
