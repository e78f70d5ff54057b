from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest
from flask import g
from page import squeeze

from app.core.db import Model
from app.models import ALL
from app.privacy.queries import LIFE, WHAT, WHO, inventory


@pytest.mark.promise("F-1")
def test_every_stored_column_is_named_with_its_reason_and_life():
    assert ALL
    declared = {(table, column) for table, columns in inventory().items() for column in columns}
    stored = {(table.name, column.name) for table in Model.metadata.tables.values() for column in table.columns}
    assert stored - declared == set(), "columns that data_inventory.toml does not name"
    assert declared - stored == set(), "columns that do not exist"
    for columns in inventory().values():
        for column in columns.values():
            assert column["who"] in WHO
            assert column["what"] in WHAT
            assert column["life"] in LIFE


@pytest.mark.promise("F-7")
def test_the_privacy_page_says_all_of_it_in_three_languages(app, visit):
    told = {column["what"] for columns in inventory().values() for column in columns.values()}
    assert len(told) > 20
    pages = set()
    for locale in ("en", "fr", "ko"):
        html = squeeze(unescape(visit().get(f"/{locale}/privacy").get_data(as_text=True)))
        with app.test_request_context():
            g.locale = locale
            for what, why in (WHAT[key] for key in told):
                assert squeeze(str(what)) in html, (locale, str(what))
                assert squeeze(str(why)) in html, (locale, str(why))
            pages.add(str(WHAT["pseudonym"][0]))
    assert len(pages) == 3, "each in its language"


@pytest.mark.promise("F-1", "F-6")
def test_no_column_could_hold_a_name_an_address_or_a_device():
    forbidden = ("name", "email", "ip", "address", "agent", "device", "birth", "text", "comment", "note")
    allowed = {("teachers", "display_name"), ("teachers", "email_hash"), ("invitations", "email_hash")}
    for table in Model.metadata.tables.values():
        for column in table.columns:
            if (table.name, column.name) not in allowed:
                assert not set(column.name.split("_")) & set(forbidden), (table.name, column.name)


def test_only_views_and_commands_commit():
    app = Path(__file__).resolve().parents[2] / "app"
    allowed = ("views", "running.py", "seeding.py", "migrating.py")
    for file in app.rglob("*.py"):
        if ".commit()" in file.read_text("utf-8"):
            assert any(part in file.as_posix() for part in allowed), file
