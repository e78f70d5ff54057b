from __future__ import annotations

import os
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from app.config import Config, WrongConfiguration
from app.running import prepare, present_form

TODAY = date(2026, 12, 1)
LONG = "0123456789abcdef" * 3


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"BALISE_DEBUG": "1", "HOST": "0.0.0.0", "BALISE_HTTPS": "1"}, "BALISE_DEBUG"),
        ({"BALISE_DEBUG": "1", "BALISE_HTTPS": "1"}, "BALISE_DEBUG"),
        ({"BALISE_DEBUG": "1", "BALISE_PROXIES": "1"}, "BALISE_DEBUG"),
        ({"HOST": "0.0.0.0"}, "HTTPS"),
        ({"BALISE_SECRET": "short"}, "BALISE_SECRET"),
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"BALISE_PROXIES": "many"}, "BALISE_PROXIES"),
        ({"BALISE_DATA": "/proc/nothing"}, "BALISE_DATA"),
        ({"BALISE_SECRET": "a" * 64}, "BALISE_SECRET"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///here.sqlite3"}, "DATABASE_URL"),
        ({"BALISE_URL": "balise.example.org"}, "BALISE_URL"),
        ({"BALISE_URL": "javascript:alert(1)"}, "BALISE_URL"),
        ({"BALISE_URL": "https://balise.example.org/school"}, "BALISE_URL"),
        ({"BALISE_URL": "http://balise.example.org", "BALISE_HTTPS": "1"}, "BALISE_URL"),
        ({"BALISE_URL": "https://balise.example.org"}, "BALISE_HTTPS=1"),
        ({"BALISE_URL": "HTTPS://balise.example.org"}, "BALISE_HTTPS=1"),
        ({"BALISE_URL": "https://[::1", "BALISE_HTTPS": "1"}, "BALISE_URL"),
        ({"BALISE_URL": "https://a b", "BALISE_HTTPS": "1"}, "BALISE_URL"),
        ({"BALISE_URL": "https://x:99999", "BALISE_HTTPS": "1"}, "BALISE_URL"),
        ({"BALISE_URL": "https://x:port", "BALISE_HTTPS": "1"}, "BALISE_URL"),
        ({"BALISE_HTTPS": "true"}, "BALISE_HTTPS='true'"),
        ({"BALISE_HTTPS": "yes"}, "BALISE_HTTPS"),
        ({"BALISE_HTTPS": " 1"}, "BALISE_HTTPS"),
        ({"BALISE_DEBUG": "on"}, "BALISE_DEBUG"),
    ],
)
@pytest.mark.promise("P-1")
def test_wrong_settings_stop_the_start_with_a_sentence_that_says_what_to_do(tmp_path, settings, word):
    with pytest.raises(WrongConfiguration, match=word):
        Config.from_environment({"BALISE_DATA": str(tmp_path), "BALISE_SECRET": LONG, **({} if word != "BALISE_DATA" else {"BALISE_SECRET": ""}), **settings}).check(TODAY)  # fmt: skip


@pytest.mark.parametrize(
    "settings",
    [
        {"BALISE_HTTPS": "0", "BALISE_DEBUG": "0"},
        {"BALISE_HTTPS": "1", "BALISE_URL": "https://balise.example.org:8443/"},
        {"BALISE_HTTPS": "1", "BALISE_URL": "https://école-du-canal.example"},
        {"BALISE_HTTPS": "1", "BALISE_URL": "https://[2001:db8::1]"},
        {"BALISE_URL": "http://192.168.1.10:8000"},
        {"BALISE_DEBUG": "1", "BALISE_URL": "https://balise.example.org"},
    ],
)
def test_settings_that_are_well_are_taken(tmp_path, settings):
    Config.from_environment({"BALISE_DATA": str(tmp_path), "BALISE_SECRET": LONG, **settings}).check(TODAY)


@pytest.mark.promise("P-1")
def test_a_clock_from_the_past_stops_the_start(tmp_path):
    with pytest.raises(WrongConfiguration, match="clock"):
        Config.from_environment({"BALISE_DATA": str(tmp_path)}).check(date(2020, 1, 1))


@pytest.mark.promise("P-1")
def test_a_database_that_everybody_can_read_stops_the_start(tmp_path):
    config = Config.from_environment({"BALISE_DATA": str(tmp_path)})
    file = tmp_path / "database" / "balise.sqlite3"
    file.parent.mkdir()
    file.touch(mode=0o644)
    file.chmod(0o644)
    with pytest.raises(WrongConfiguration, match="chmod"):
        config.check(TODAY)


def settings_that_are_refused(folder):
    """Twelve ways of setting a site up badly, each by itself; word -> what brings Balise to refuse."""

    def check(**settings):
        return lambda: Config.from_environment({"BALISE_DATA": str(folder), "BALISE_SECRET": LONG, **settings}).check(TODAY)

    def readable(name):
        def look():
            config = Config.from_environment({"BALISE_DATA": str(folder / name)})
            file = folder / name / ("keys/secret" if name == "key" else "database/balise.sqlite3")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            file.chmod(0o644)
            config.check(TODAY)

        return look

    return {
        "development where others reach it": check(BALISE_DEBUG="1", HOST="0.0.0.0", BALISE_HTTPS="1"),
        "plain HTTP where others reach it": check(HOST="0.0.0.0"),
        "a short secret": check(BALISE_SECRET="short"),
        "a secret that can be guessed": check(BALISE_SECRET="a" * 64),
        "the key beside the database": check(DATABASE_URL=f"sqlite:///{folder / 'keys' / 'balise.sqlite3'}"),
        "a database everybody can read": readable("database"),
        "a key everybody can read": readable("key"),
        "a database in memory": check(DATABASE_URL="sqlite:///:memory:"),
        "a database of another kind": check(DATABASE_URL="mysql://x"),
        "printed codes that lead to plain HTTP": check(BALISE_URL="http://balise.example.org", BALISE_HTTPS="1"),
        "an address of https without its cookies": check(BALISE_URL="https://balise.example.org"),
        "https that is neither on nor off": check(BALISE_HTTPS="true"),
        "a clock from the past": lambda: Config.from_environment({"BALISE_DATA": str(folder)}).check(date(2020, 1, 1)),
        "a database that is behind": lambda: present_form(Config.from_environment({"BALISE_DATA": str(folder / "none")})),
        "a folder that cannot be written": lambda: Config.from_environment({"BALISE_DATA": "/proc/nothing", "BALISE_SECRET": ""}),
        "a contact nobody can write to": check(BALISE_SECURITY_CONTACT="nobody"),
    }


@pytest.mark.skipif(os.name != "posix", reason="who can read a file is asked of POSIX")
@pytest.mark.promise("P-1")
def test_twelve_ways_of_setting_a_site_up_badly_are_refused_in_three_languages(tmp_path, promise):
    from app.core.i18n import told

    ways, refused, told_alike = settings_that_are_refused(tmp_path), 0, []
    for name, way in ways.items():
        with pytest.raises(WrongConfiguration) as caught:
            way()
        refused += 1
        sentences = {told(caught.value, {"LANG": f"{code}_CA.UTF-8"}) for code in ("en", "fr", "ko")}
        if len(sentences) != 3 or any("%(" in sentence for sentence in sentences):
            told_alike.append(name)
        assert told(caught.value, {"LC_ALL": "C", "LANG": "fr_CA"}) == str(caught.value)
    promise.figure("{refused} of {n} ways of setting a site up badly refused, each in three languages", refused=refused, n=len(ways))
    assert len(ways) >= 12
    assert told_alike == []


@pytest.mark.promise("B-4")
def test_the_secret_is_made_once_for_the_owner_only_and_lies_apart_from_the_database(tmp_path):
    first = Config.from_environment({"BALISE_DATA": str(tmp_path)})
    second = Config.from_environment({"BALISE_DATA": str(tmp_path)})
    file = tmp_path / "keys" / "secret"
    assert first.secret == second.secret == file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert "database" not in str(file.relative_to(tmp_path))
    assert first.secret.decode() not in repr(first)


@pytest.mark.promise("P-1", "B-4")
def test_a_key_that_is_missing_is_never_made_anew_beside_a_database_that_is_used(tmp_path, compiled):
    """Every student's code and words would be lost with it, and nothing would say so."""
    data = shutil.copytree(compiled, tmp_path / "data")
    with pytest.raises(WrongConfiguration, match=re.escape(str(data / "keys" / "secret"))):
        Config.from_environment({"BALISE_DATA": str(data)})
    assert not (data / "keys" / "secret").exists()
    assert Config.from_environment({"BALISE_DATA": str(data), "BALISE_SECRET": LONG}).secret == LONG.encode()
    elsewhere = f"sqlite:///{data / 'database' / 'balise.sqlite3'}"
    with pytest.raises(WrongConfiguration, match="key of this site is missing"):
        Config.from_environment({"BALISE_DATA": str(tmp_path / "other"), "DATABASE_URL": elsewhere})
    empty = Config.from_environment({"BALISE_DATA": str(tmp_path / "empty"), "BALISE_SECRET": LONG})
    prepare(empty)
    assert len(Config.from_environment({"BALISE_DATA": str(tmp_path / "empty")}).secret) == 64, "nobody has anything in it yet"


def test_a_key_that_only_somebody_else_may_read_is_a_sentence(tmp_path, monkeypatch):
    def refused(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refused)
    with pytest.raises(WrongConfiguration, match="Permission denied"):
        Config.from_environment({"BALISE_DATA": str(tmp_path)})


def test_postgres_addresses_get_the_driver_that_is_there(tmp_path):
    config = Config.from_environment({"BALISE_DATA": str(tmp_path), "DATABASE_URL": "postgres://u@h/d"})
    assert config.database_url == "postgresql+psycopg://u@h/d"
    assert not config.sqlite


@pytest.mark.promise("P-1")
def test_an_empty_key_file_stops_the_start_and_is_not_replaced(tmp_path):
    file = tmp_path / "keys" / "secret"
    file.parent.mkdir()
    file.touch()
    with pytest.raises(WrongConfiguration, match="backup of the keys"):
        Config.from_environment({"BALISE_DATA": str(tmp_path)}).check(TODAY)
    assert file.read_bytes() == b""
