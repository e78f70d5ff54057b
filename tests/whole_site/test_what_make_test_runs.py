"""`make test` runs the browser tests too; where no Chromium can be had, it says so and is no success."""

from __future__ import annotations

import pytest

import dev


@pytest.fixture
def runs(monkeypatch):
    """What is handed to pytest, and with which Chromium; nothing is run or installed."""
    seen: list[tuple[tuple[str, ...], str]] = []

    def python(*arguments, **more):
        seen.append((arguments[2:], more.get("BALISE_CHROMIUM", "")))
        return 0

    monkeypatch.setattr(dev, "python", python)
    monkeypatch.setattr(dev, "environment", lambda _lock: None)
    monkeypatch.setattr(dev, "chromium", lambda: "/here/chromium")
    monkeypatch.delenv("BALISE_BROWSER", raising=False)
    return seen


def test_all_of_it_with_a_chromium(runs):
    assert dev.test([]) == 0
    assert runs == [(("tests",), "/here/chromium")]


def test_without_a_chromium_the_others_run_and_the_result_says_so(runs, monkeypatch, capsys):
    monkeypatch.setattr(dev, "chromium", lambda: "")
    assert dev.test([]) == 1
    assert runs == [(("tests", "--ignore=tests/browser"), "")]
    assert "did NOT run" in capsys.readouterr().err


def test_the_browser_is_left_out_only_when_somebody_says_so(runs, monkeypatch, capsys):
    monkeypatch.setenv("BALISE_BROWSER", "0")
    assert dev.test([]) == 0
    assert runs == [(("tests", "--ignore=tests/browser"), "")]
    assert "left out" in capsys.readouterr().err


@pytest.mark.parametrize(("named", "asked"), [
    (["tests/quizzes", "-k", "right"], False), (["tests/browser/test_leaving.py"], True), (["-k", "right"], True), (["tests/"], True),
])  # fmt: skip
def test_a_chromium_is_looked_for_only_when_it_is_needed(runs, named, asked):
    dev.test(named)
    assert runs == [(tuple(named), "/here/chromium" if asked else "")]


def test_a_program_that_only_says_where_to_get_a_chromium_is_none(tmp_path, monkeypatch):
    stub = tmp_path / "chromium-browser"
    stub.write_text("#!/bin/sh\necho 'install the snap'; exit 1\n")
    stub.chmod(0o755)
    assert not dev.starts(str(stub))
    monkeypatch.setenv("BALISE_CHROMIUM", str(tmp_path / "nowhere"))
    assert dev.chromium() == ""
