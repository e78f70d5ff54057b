"""How each kind of activity is shown: what its page needs besides its texts, and its own script and stylesheet.

The page is practice/<kind>.html, which extends practice/frame.html; on paper it is practice/<kind>_paper.html, which extends
practice/paper.html. To add a kind, add a line to SHOWN (and see curriculum/practice.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.curriculum.content import Activity, ActivityText, Lesson


@dataclass(frozen=True)
class Doing:
    """An activity before somebody. `sent` is what its form carried, empty where the page is opened: nothing of it is kept."""

    lesson: Lesson
    activity: Activity
    text: ActivityText
    locale: str
    sent: Mapping[str, str] = field(default_factory=dict)
    ticked: Callable[[str], list[str]] = lambda name: []  # every value of one name that the form carried


@dataclass(frozen=True)
class Shown:
    """`words` makes what the template needs, from the activity and what was sent: a pure function, without database and person."""

    words: Callable[[Doing], dict[str, Any]]
    script: str = ""  # a file of app/static; loaded as a module after visit.js
    style: str = ""  # a file of app/static
    on_paper: Callable[[Doing], dict[str, Any]] | None = None  # where paper needs other words than the page


def nothing_more(_doing: Doing) -> dict[str, Any]:
    return {}


from app.practice import stories  # noqa: E402

SHOWN: dict[str, Shown] = {
    "scenario": Shown(stories.on_page, script="practice.js", on_paper=stories.on_paper),
}
