"""The data inventory: every stored column, in words. Read once from data_inventory.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.core.i18n import lazy_gettext as _l

WHO = {
    "student": _l("About a student"),
    "class": _l("About a class"),
    "teacher": _l("About a teacher"),
    "nobody": _l("So that the site works"),
}
WHAT = {
    "seat-number": (_l("A number for the seat"), _l("So that answers belong to somebody without a name.")),
    "which-class": (_l("Which class the seat is in"), _l("So that the teacher of this class, and nobody else, sees it.")),
    "pseudonym": (_l("A made-up name of two words, such as Moon Fox"), _l("So that you and your teacher can tell seats apart.")),
    "secret-scrambled": (_l("Your three words, scrambled so that nobody can read them back"), _l("So that only you get in.")),
    "reset-code": (_l("A scrambled one-time code, while your teacher helps you back in"), _l("So that you can draw new words.")),
    "lessons-read": (
        _l("Which assigned lessons you came to the end of, and the day"),
        _l("So that your teacher knows what the class has read."),
    ),
    "sittings": (_l("Which questions you were asked, and the day"), _l("So that you can stop and go on later.")),
    "answers": (
        _l("What you chose in each question, and the day; in sensitive questions only that you were there"),
        _l("So that nothing is lost, and your teacher sees what to explain again."),
    ),
    "progress": (_l("A summary: how many questions, how many right, how many tries"), _l("So that your teacher’s page opens quickly.")),
    "group": (_l("The number of your group in the class, if your teacher made groups"), _l("So that a lesson can be given to a group.")),
    "language": (
        _l("The language you last answered a lesson’s questions in"),
        _l("So that your teacher knows which language to explain it in."),
    ),
    "own-rule": (
        _l("That a lesson was given to you alone, or opened again for you, and until when"),
        _l("So that you can do it at your own time."),
    ),
    "put-aside": (
        _l("That your teacher has read a note such as “not begun yet” about you and put it away"),
        _l("So that it does not come back until something new happens."),
    ),
    "counts": (_l("How often each answer was chosen in the class, without names"), _l("So that the teacher knows what to talk about.")),
    "check-counts": (
        _l("What the checks before and after a lesson showed for the class, without names, counted five students at a time"),
        _l("So that the teacher knows whether the lesson helped."),
    ),
    "pulses": (
        _l("How often each answer was tapped at the end of a lesson (was it clear, do you know where to get help), without names"),
        _l("So that the teacher knows whether to explain again, and where help is."),
    ),
    "practised": (
        _l("That you were counted once for the class in a story or a question to the class; what you chose is not kept with your seat"),
        _l("So that nobody is counted twice."),
    ),
    "practice-counts": (
        _l("How often each way was chosen in a story, without names, shown five students at a time"),
        _l("So that the teacher knows what to talk about."),
    ),
    "recalls": (
        _l(
            "How firmly you seem to know each point of a lesson you finished, as numbers, and the day it was last asked again; "
            "not what you answered"
        ),
        _l("So that a question comes back before you forget it, where your teacher has switched that on."),
    ),
    "recall-counts": (
        _l("How many students still knew a point of a lesson some weeks later, without names, shown five students at a time"),
        _l("So that the teacher knows what to take up again."),
    ),
    "looking-back": (
        _l("Whether the class looks back at lessons, on which day of the week, and since when"),
        _l("So that the questions come back on the same day for everybody."),
    ),
    "class-pulses": (
        _l("How many of the class agree with most people asked in a survey, without names, shown as a range and five answers at a time"),
        _l("So that the class sees that more of its students take such things seriously than it had guessed."),
    ),
    "class-facts": (
        _l("The class’s name, age group, language, time zone, number of seats and dates"),
        _l("So that lessons fit the class and end with it."),
    ),
    "class-code": (_l("What the class code is made from, and how long the door is open"), _l("So that only the class can join.")),
    "assigned": (
        _l("Which lessons are assigned, from when and until when, and the short code of the family page"),
        _l("So that everybody sees the same list."),
    ),
    "account": (_l("The account’s number, language, and the days it was made and last used"), _l("So that old accounts can be closed.")),
    "email-scrambled": (
        _l("The email address, scrambled: the site recognizes it but cannot read it"),
        _l("So that the teacher can sign in."),
    ),
    "shown-name": (
        _l("The short name a teacher chose"),
        _l("So that it stands on the teacher’s own pages, and on the page of whoever looks after the school."),
    ),
    "password-scrambled": (_l("The password, scrambled"), _l("So that only the teacher gets in.")),
    "second-factor": (_l("What the 6-digit codes are checked with"), _l("So that a stolen password is not enough.")),
    "invitation": (_l("An open invitation, scrambled"), _l("So that only invited teachers get an account.")),
    "school": (_l("The name of a school or a board of schools"), _l("So that its teachers find each other.")),
    "membership": (_l("Which school a teacher belongs to, and as what"), _l("So that somebody can look after the school’s classes.")),
    "board-report": (
        _l("Reports about many classes, in ranges that cover at least ten people; and scrambled marks of what has been counted"),
        _l("So that a board sees whether lessons help."),
    ),
    "language-counts": (
        _l("How often each question was answered right in each language, over all classes, without people"),
        _l("So that a bad translation is found."),
    ),
    "signed-in": (_l("A scrambled mark of a signed-in browser"), _l("So that you stay signed in, and can be signed out.")),
    "mark": (_l("A random mark that means nothing"), _l("So that what was erased is erased again should an old copy be brought back.")),
    "erased-marks": (
        _l("Random marks of what was erased, and the day"),
        _l("So that what was erased is erased again should an old copy be brought back."),
    ),
    "staff-acts": (
        _l("When a teacher signed in, opened a student’s page, took results along, or changed or deleted something"),
        _l("So that whoever looks after the school can see that nothing wrong was done."),
    ),
    "wrong-tries": (_l("A count of wrong tries under a scrambled mark"), _l("So that nobody can guess their way in.")),
}
LIFE = {
    "class": _l("until the class is deleted, at the latest 30 days after its last day"),
    "minutes": _l("15 minutes"),
    "account": _l("as long as the teacher has the account, at the latest 13 months after signing in for the last time"),
    "week": _l("at most 7 days"),
    "hours": _l("at most 8 hours"),
    "60-days": _l("at most 60 days"),
    "year": _l("12 months"),
    "content": _l("as long as the site runs: it is about nobody"),
}

ON_THE_DEVICE = (
    _l("On the student’s own device"),
    [
        (
            _l("The lessons your teacher gave you, as everybody can read them, and the right to send answers later, which nobody can read"),
            _l("So that you can read and answer without a connection."),
            _l("until you sign out or leave quickly, at most 6 days"),
        ),
        (
            _l("Answers that could not be sent yet, sealed so that only the site can open them"),
            _l("So that nothing is lost, and the next person at this device can read nothing of yours."),
            _l("until they have arrived, at most 7 days"),
        ),
    ],
)


@dataclass(frozen=True)
class Kept:
    """One line of the privacy page."""

    what: str
    why: str
    how_long: str


@lru_cache(maxsize=1)
def inventory() -> dict[str, dict[str, dict[str, str]]]:
    """table -> column -> who, what, life."""
    with (Path(__file__).parent / "data_inventory.toml").open("rb") as file:
        return tomllib.load(file)


def kept_about() -> list[tuple[str, list[Kept]]]:
    """What is stored, by whom it is about, each thing once, in the reader's language."""
    groups = []
    for who, title in WHO.items():
        seen: dict[str, Kept] = {}
        for columns in inventory().values():
            for column in columns.values():
                if column["who"] == who:
                    what, why = WHAT[column["what"]]
                    seen.setdefault(column["what"], Kept(str(what), str(why), str(LIFE[column["life"]])))
        groups.append((str(title), list(seen.values())))
    return [*groups, (str(ON_THE_DEVICE[0]), [Kept(*map(str, line)) for line in ON_THE_DEVICE[1]])]
