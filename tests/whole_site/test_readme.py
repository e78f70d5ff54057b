"""What the README and the guides tell people to type is there."""

from __future__ import annotations

import re

import pytest

from app import cli
from app.config import PROJECT

PAGES = ("README.md", "CONTRIBUTING.md", "docs/authoring.md", "docs/operating.md", "docs/translating.md")
SETTING = re.compile(r"\b(?:BALISE_[A-Z_]+|DATABASE_URL|HOST|PORT)\b")


def text_of(name):
    return (PROJECT / name).read_text("utf-8")


def test_the_readme_has_every_setting_and_no_other():
    told = {name for row in re.findall(r"^\| (`[A-Z].*?) \|", text_of("README.md"), re.MULTILINE) for name in SETTING.findall(row)}
    # `from_environment` is the only reader of the environment.
    read = set(re.findall(r'"((?:BALISE_)?[A-Z_]+)"', text_of("app/config.py").split("def from_environment")[1])) & set(
        SETTING.findall(text_of("app/config.py"))
    )
    assert told == read


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_is_named_exists(page):
    targets = set(re.search(r"^\.PHONY: (.*)$", text_of("Makefile"), re.MULTILINE)[1].split())
    assert set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z]+)`", text_of(page))) <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_is_named_exists(page, capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    commands = set(re.search(r"\{([a-z,-]+)\}", capsys.readouterr().out)[1].split(","))
    named = set(re.findall(r"(?:dev\.py |`)do ([a-z-]+)", text_of(page)))
    assert named <= commands


def test_the_readme_tells_that_make_run_is_development_and_how_to_do_without():
    readme = text_of("README.md")
    assert "`BALISE_DEBUG=0 make run`" in readme
    assert "/fr/translating" in readme
