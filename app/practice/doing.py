"""An activity before somebody, as its page needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.i18n import OTHER_LANGUAGE
from app.curriculum.content import Activity, ActivityText, Lesson


def nothing_ticked(_name: str) -> list[str]:
    return []


@dataclass(frozen=True)
class Doing:
    """`sent` is what the page's form carried, empty where the page is opened: nothing of it is kept."""

    lesson: Lesson
    activity: Activity
    text: ActivityText
    locale: str
    sent: Mapping[str, str] = field(default_factory=dict)
    ticked: Callable[[str], list[str]] = nothing_ticked  # every value of one name that the form carried

    @property
    def checked(self) -> bool:
        """Whether it is asked what is said to all that was chosen; by a change of language only if that was asked before."""
        return bool(self.sent) and (OTHER_LANGUAGE not in self.sent or "checked" in self.sent)


@dataclass(frozen=True)
class Shown:
    """How a kind is shown. `words` makes what its template needs of the activity and what was sent: no database, no person, no clock."""

    words: Callable[[Doing], dict[str, Any]]
    script: str = ""  # a file of app/static, loaded as a module after visit.js
    style: str = ""  # a file of app/static, besides practice.css
    carries: str = "doing"  # id of the form that goes along into another language; "" where there is nothing to carry
    on_paper: Callable[[Doing], dict[str, Any]] | None = None  # where paper needs other words than the page


def nothing_more(_doing: Doing) -> dict[str, Any]:
    return {}
