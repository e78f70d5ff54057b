from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.core.i18n import TRANSLATIONS, compile_catalogues

ROOT = Path(__file__).resolve().parents[2]
GAP = re.compile(r"%\(\w+\)[sd]")
TAG = re.compile(r"</?\w+[^>]*>")


def catalogue(locale):
    with (TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [m for m in read_po(file, locale=locale) if m.id]


def parts(message):
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    return ids, texts


@pytest.mark.parametrize("locale", ["fr", "ko"])
def test_every_message_is_translated(locale):
    empty = [m.id for m in catalogue(locale) if not all(parts(m)[1])]
    assert not empty, f"{len(empty)} empty messages: {empty[:5]}"
    assert not [m.id for m in catalogue(locale) if m.fuzzy]


@pytest.mark.parametrize("locale", ["fr", "ko"])
@pytest.mark.promise("G-7")
def test_gaps_and_tags_are_those_of_the_source(locale):
    for message in catalogue(locale):
        ids, texts = parts(message)
        gaps = {g for text in ids for g in GAP.findall(text)}
        for text in texts:
            assert set(GAP.findall(text)) <= gaps, (message.id, text)
            if not isinstance(message.id, tuple):
                assert sorted(GAP.findall(text)) == sorted(GAP.findall(ids[0])), (message.id, text)
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(ids[-1])), (message.id, text)
            assert "://" not in text or "://" in ids[0], text


def test_the_catalogues_are_in_step_with_the_code(tmp_path):
    pot = tmp_path / "messages.pot"
    babel = [sys.executable, "-c", "from babel.messages.frontend import main; main()", "-q", "extract", "-F", "translations/babel.cfg"]
    done = subprocess.run([*babel, "-k", "_", "-k", "_l", "-o", str(pot), "."], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with pot.open("rb") as file:
        wanted = {m.id for m in read_po(file) if m.id}
    for locale in ("en", "fr", "ko"):
        have = {m.id for m in catalogue(locale)}
        assert not wanted - have, f"{locale}: run `python3 dev.py translations`: {list(wanted - have)[:5]}"


def test_korean_particles_after_gaps_fit_any_word():
    """A particle straight after a gap is wrong for half of all words, unless it is one that fits all or is written both ways."""
    wrong = re.compile(r"%\(\w+\)[sd](은|는|이|가|을|를|과|와|으로|로)(?=[\s.,!?]|$)")
    assert not [
        m.string
        for m in catalogue("ko")
        if any(wrong.search(t) and not re.search(r"%\((n|num|minutes|number|count)\)", t) for t in parts(m)[1])
    ]


def test_french_spacing_is_put_in_when_the_catalogue_is_compiled(app):
    compile_catalogues()
    from app.core.i18n import catalogue_of

    texts = [catalogue_of("fr").gettext(m.id) for m in catalogue("fr") if isinstance(m.id, str)]
    assert not [t for t in texts if re.search(r"\w [?!;:]", t)]
    assert any("\u202f?" in t for t in texts)
