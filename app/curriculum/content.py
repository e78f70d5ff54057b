"""What lessons, guides, plans and quizzes are, once read: frozen records and nothing else.

Every text is kept by language (`"fr"`, `"en"`, `"ko"`); ids are the same in all of them.
HTML in these records is final: rendered, cleaned and typographically spaced when the content is compiled, never in a
request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

AGES = {"A": (10, 11), "B": (12, 14), "C": (15, 17)}  # band -> its first and last year of age
BANDS = tuple(AGES)
SERVICE_KINDS = ("emergency", "talk", "image", "report")  # what a service of help.toml is there for
NAMING = ("anonymous", "optional", "ask", "named")  # no name; a name is one's own choice; ask at the start; who one is must be said


@dataclass(frozen=True)
class Section:
    """One screen of a lesson, plan or guide."""

    id: str
    title: str
    html: str
    text: str  # plain words, for search, length and reading aloud
    kind: str = ""  # opening | do | learn | practise | help; empty in plans and guides
    bands: tuple[str, ...] = ()
    sensitive: bool = False
    behind: bool = False  # the French block has changed since this one was written


@dataclass(frozen=True)
class Document:
    """The words of a lesson, plan or guide in one language."""

    locale: str
    title: str
    summary: str
    note: str  # content note, plain text; empty when there is none
    sections: tuple[Section, ...]
    terms: tuple[str, ...] = ()  # key words that the text links to as #term-<id>, in order
    behind: bool = False  # the French head (title, summary, note) has changed since this one was written

    def for_band(self, band: str | None) -> tuple[Section, ...]:
        """The sections a reader of this band sees; all of them for None."""
        return tuple(s for s in self.sections if band is None or not s.bands or band in s.bands)


@dataclass(frozen=True)
class OptionText:
    text: str  # HTML, inline only
    feedback: str  # HTML
    who: str = ""  # find: who speaks this line of a chat, plain text


@dataclass(frozen=True)
class ItemText:
    """The words of one question in one language."""

    scenario: str  # HTML, may be empty
    question: str  # HTML, inline only
    options: dict[str, OptionText]
    behind: bool = False  # the French item has changed since this one was written
    doors: dict[str, str] = field(default_factory=dict)  # match: HTML, inline only


@dataclass(frozen=True)
class Item:
    """One question, language-neutral. `options` is the display order, the same in every language.

    `right` is the right answer as one string, in the form that `scoring.format_choice` gives to answers of this kind.
    """

    id: str
    kind: str  # single | several | find | order | match
    bands: tuple[str, ...]
    objective: str
    section: str
    options: tuple[str, ...]
    right: str
    misconceptions: dict[str, str]  # option id -> misconception id; of order: behind putting it first; of match: behind another door
    anchor: bool = False
    form: str = ""
    sensitive: bool = False
    facts: tuple[str, ...] = ()
    texts: dict[str, ItemText] = field(default_factory=dict)
    doors: tuple[str, ...] = ()  # match: what a situation can be given, in display order


@dataclass(frozen=True)
class Quiz:
    slug: str
    length: int
    items: tuple[Item, ...]
    titles: dict[str, str]

    def item(self, item_id: str) -> Item | None:
        return next((i for i in self.items if i.id == item_id), None)

    def for_band(self, band: str) -> tuple[Item, ...]:
        return tuple(i for i in self.items if band in i.bands)


@dataclass(frozen=True)
class SpokenLine:
    """One line of a chat, or what happens (then `who` is empty)."""

    who: str  # id of a person of the activity; empty for what happens
    name: str  # plain text
    html: str


@dataclass(frozen=True)
class PieceText:
    """The words of one piece of an activity in one language. A body with lines of chat is in `lines`, any other in `html`."""

    title: str  # plain text, may be empty
    html: str
    lines: tuple[SpokenLine, ...] = ()
    question: str = ""  # HTML, inline only
    options: dict[str, OptionText] = field(default_factory=dict)
    behind: bool = False  # the French piece has changed since this one was written


@dataclass(frozen=True)
class ActivityText:
    """The words of an activity in one language."""

    locale: str
    title: str
    intro: str  # HTML
    pieces: dict[str, PieceText]
    behind: bool = False


@dataclass(frozen=True)
class Piece:
    """One part of an activity, language-neutral: a scene, a card, an app."""

    id: str
    role: str  # as its kind calls it
    options: tuple[str, ...] = ()  # ids of what can be chosen in it, in display order
    data: dict[str, Any] = field(default_factory=dict)  # what else its kind says of it: text, numbers, flags, lists and tables of them


@dataclass(frozen=True)
class Activity:
    """Something to do in a lesson. What is in `pieces` and `data` is for its kind to say (practice_kind.py)."""

    id: str
    number: int  # from 1, in its lesson; stands in the address
    kind: str
    bands: tuple[str, ...]
    minutes: int
    sensitive: bool
    facts: tuple[str, ...]
    pieces: tuple[Piece, ...]
    data: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, ActivityText] = field(default_factory=dict)

    def piece(self, piece_id: str) -> Piece | None:
        return next((p for p in self.pieces if p.id == piece_id), None)

    def of_role(self, role: str) -> tuple[Piece, ...]:
        return tuple(p for p in self.pieces if p.role == role)


@dataclass(frozen=True)
class Lesson:
    """One lesson, whole: what is language-neutral, and its words by language."""

    slug: str
    number: int
    unit: str
    topmark: str  # shape of the unit: ball | square | cone-down | saltire | diamond | hourglass | cross | cone-up
    bands: tuple[str, ...]
    minutes: int
    shape: tuple[int, ...]
    sensitive: bool
    seeds: tuple[str, ...]
    objectives: tuple[str, ...]
    laws: tuple[str, ...]
    facts: tuple[str, ...]
    terms: tuple[str, ...]
    texts: dict[str, Document]
    plans: dict[str, Document]
    guides: dict[str, Document]
    quiz: Quiz
    practice: tuple[Activity, ...] = ()

    def activity(self, number: int) -> Activity | None:
        return next((a for a in self.practice if a.number == number), None)

    def practice_for(self, band: str) -> tuple[Activity, ...]:
        return tuple(a for a in self.practice if band in a.bands)

    @property
    def usual_band(self) -> str:
        """The band shown to somebody who did not say: the middle one where the lesson has it."""
        return "B" if "B" in self.bands else self.bands[0]


@dataclass(frozen=True)
class Unit:
    id: str
    number: int
    topmark: str
    titles: dict[str, str]


@dataclass(frozen=True)
class Booster:
    """Five questions from earlier lessons, some weeks after a unit. An item is (slug of its lesson, its id)."""

    id: str
    number: int
    after: str  # id of the unit it follows
    titles: dict[str, str]
    items: dict[str, tuple[tuple[str, str], ...]]  # by band, in the order they are asked: to remember, to say, about help

    @property
    def bands(self) -> tuple[str, ...]:
        return tuple(b for b in BANDS if b in self.items)

    @property
    def usual_band(self) -> str:
        return "B" if "B" in self.items else self.bands[0]


@dataclass(frozen=True)
class Contact:
    kind: str  # phone | text | chat | web | app
    value: str
    languages: tuple[str, ...]
    note: dict[str, str]

    @property
    def href(self) -> str:
        """tel:, sms: or https: address; empty when it cannot be a link."""
        digits = "".join(c for c in self.value if c.isdigit() or c in "+#")
        if self.kind == "phone":
            return f"tel:{digits}"
        if self.kind == "text":
            return f"sms:{digits}" if digits and not digits.startswith("#") else ""
        return self.value if self.value.startswith("https://") else ""


@dataclass(frozen=True)
class Service:
    """Somewhere to turn, in one country. Texts by language."""

    id: str
    country: str
    kind: str
    order: int
    name: dict[str, str]
    purpose: dict[str, str]
    who: dict[str, str]
    hours: dict[str, str]
    languages: tuple[str, ...]
    privacy: dict[str, str]
    next: dict[str, str]
    contacts: tuple[Contact, ...]
    source: tuple[str, ...]
    verified_on: date
    expires_on: date
    called: tuple[str, ...] = ()  # what texts would call it, and must not type: {{service:ID}} prints its name
    naming: str = ""  # one of NAMING; empty where its pages do not say


@dataclass(frozen=True)
class Fact:
    id: str
    kind: str
    tag: str
    country: str
    year: int
    place: dict[str, str]
    label: dict[str, str]
    text: dict[str, str]
    bands: tuple[str, ...]
    source: tuple[str, ...]
    verified_on: date
    expires_on: date


@dataclass(frozen=True)
class Term:
    id: str
    term: dict[str, str]
    text: dict[str, str]


@dataclass(frozen=True)
class Misconception:
    """A wrong idea, for teachers; `tempting` and `say` in words that students hear."""

    id: str
    belief: dict[str, str]
    answer: dict[str, str]  # what is true, and what to do instead
    tempting: dict[str, str]  # why somebody may well think so
    say: dict[str, str]  # one sentence to answer it with
