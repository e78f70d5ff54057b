"""What the site tells a child in danger, and what it never asks."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import String
from trust.test_what_the_site_cannot_do import FIELD, WITHOUT_TEXT
from walking import addresses, values_for

from app.core.access import STUDENTS, VISITORS, audience_of
from app.core.db import Model

LOCALES = ("en", "fr", "ko")
TAGS = re.compile(r"<[^>]+>")


def words_of(page: str) -> str:
    return " ".join(html.unescape(TAGS.sub(" ", page)).replace("\u202f", " ").replace("\xa0", " ").split())


# --- D-7: what leaving and help cannot do ----------------------------------------------------------------------------------------

# In the order of the page: history stays, screens are recorded, whoever holds the device sees, another device is safer.
FACTS = {
    "en": (r"history of this browser", r"screen can be recorded", r"holds this device", r"friend.s, a library.s or a school.s"),
    "fr": (r"historique", r"écran.*(?:enregistr|film)", r"(?:tient|a en main|appareil)", r"(?:ami|bibliothèque|école)"),
    "ko": (r"기록", r"화면.*(?:녹화|기록)", r"기기", r"(?:친구|도서관|학교)"),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.promise("D-7")
def test_the_help_page_says_what_it_cannot_protect_from(visit, promise, locale):
    page = visit().get(f"/{locale}/help").get_data(as_text=True)
    part = re.search(r'aria-labelledby="private".*?</section>', page, re.DOTALL)[0]
    told = [words_of(item) for item in re.findall(r"<li>.*?</li>", part, re.DOTALL)]
    missing = [fact for n, fact in enumerate(FACTS[locale]) if n >= len(told) or not re.search(fact, told[n])]
    promise.figure("{missing} of {n} facts missing", missing=len(missing), n=len(FACTS[locale]))
    assert not missing, told
    assert len(set(told)) == 4


# --- D-9, E-2, E-4: what is never asked ----------------------------------------------------------------------------------------------

# Asking, in the three languages: "send us the picture", "tell us what happened", "paste the link".
ASKS = re.compile(
    r"(?:send|upload|attach) us |upload (?:a|the|your) (?:photo|picture|image|screenshot|file)|paste (?:the|a) link (?:here|below)|"
    r"(?:tell|describe to|write to) us what happened|(?:describe|write) (?:here|below) what happened|"
    r"envoie(?:z)?-nous|téléverse|(?:joins|joignez) (?:la|une) photo|colle(?:z)? le lien ici|(?:raconte|décris|écris)(?:z)?-nous|"
    r"(?:우리에게|저희에게) (?:보내|보여)|사진을 (?:올려|첨부)|링크를 (?:여기에 )?붙여|무슨 일이 있었는지 (?:여기에|아래에)",
    re.IGNORECASE,
)


def pages_a_child_may_open(app, school, visit, locale):
    values = values_for(app, school)
    for who in ("", "Amy"):
        visitor, audience = visit(who), STUDENTS if who else VISITORS
        for endpoint, address in addresses(app, values, locale):
            if audience not in audience_of(app, endpoint) or endpoint.startswith("accounts.") or endpoint == "home.leave":
                continue
            response = visitor.get(address, check=False)
            if response.status_code == 200 and response.mimetype == "text/html":
                yield address, response.get_data(as_text=True)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.promise("D-9")
def test_no_page_asks_for_the_picture_the_link_or_what_happened(app, school, visit, promise, locale):
    asking, pages = [], 0
    for address, page in pages_a_child_may_open(app, school, visit, locale):
        pages += 1
        main = page.partition("<main")[2].partition("</main>")[0]
        asking += [
            f"{address}: {found[0]!r}"
            for found in ASKS.finditer(
                words_of(re.sub(r"<blockquote.*?</blockquote>|<div class=\"msg .*?</div>", " ", main, flags=re.DOTALL))
            )
        ]
    promise.figure("{asking} of {n} pages ask for it", asking=len(asking), n=pages)
    assert not asking
    assert pages > 20


@pytest.mark.parametrize("said", ["Upload a photo of it", "Tell us what happened", "Raconte-nous ce qui s’est passé", "사진을 올려 주세요"])
def test_the_look_for_questions_can_see(said):
    assert ASKS.search(said)


@pytest.mark.promise("E-2")
def test_no_lesson_has_a_field_for_what_a_student_thinks(app, school, visit, promise):
    """All lessons in three languages, as visitors and classes read them: a field without a name is sent nowhere, and even those are none."""
    from app.core.library import library

    with app.test_request_context():
        numbers = [lesson.number for lesson in library().lessons]
    fields, pages = [], 0
    for locale in LOCALES:
        every = [(visit(), f"/{locale}/lessons/{number}") for number in numbers] + [
            (visit("Amy"), f"/{locale}/lessons/assigned/{school.assignment}")
        ]
        for visitor, address in every:
            main = visitor.get(address, check=False).get_data(as_text=True).partition("<main")[2]
            pages += 1
            fields += [f"{address}: {m[0]}" for m in FIELD.finditer(main) if m[1] == "textarea" or kind_of(m[0]) not in WITHOUT_TEXT]
            assert "contenteditable" not in main
    promise.figure("{fields} fields for words in {n} lessons", fields=len(fields), n=pages)
    assert not fields


def kind_of(tag: str) -> str:
    return (re.search(r'type="?(\w+)', tag) or [0, "text"])[1]


# Text columns of tables that hang on a seat: what each holds is one of a few words, a number of ours, or a hash.
NO_WORDS = {
    "students": {"secret_hash", "reset_hash", "mark"},
    "attempts": {"uuid", "items", "content_version", "locale"},
    "answers": {"attempt_uuid", "item_id", "choice", "locale"},
    "standings": {"locale"},
    "practised": {"lesson_slug", "activity_id"},
    "recalls": {"objective"},
    "readings": set(),
    "dismissals": {"reason"},
    "seat_rules": set(),
}


@pytest.mark.promise("E-4")
def test_no_table_of_a_seat_has_a_column_for_words(promise):
    tables = [
        t
        for t in Model.metadata.sorted_tables
        if t.name == "students" or any(fk.column.table.name in ("students", "attempts") for c in t.columns for fk in c.foreign_keys)
    ]
    assert {"students", "attempts", "answers"} <= {t.name for t in tables}
    every = {(t.name, c.name) for t in tables for c in t.columns if isinstance(c.type, String)}
    beyond = {(table, column) for table, column in every if column not in NO_WORDS.get(table, ())}
    promise.figure("{beyond} of {n} text columns about a seat could hold words of a student", beyond=len(beyond), n=len(every))
    assert not beyond
