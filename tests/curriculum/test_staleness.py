"""A changed French word is seen in each translation, once; a changed space is not."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.curriculum.checking import check
from app.curriculum.library import Library, read_library
from app.curriculum.staleness import acknowledge, normalised, stale_blocks

from .making import TODAY, change, make_lessons

FR = "webcams/lesson.fr.md"


def acknowledged(tmp_path: Path) -> Path:
    root = make_lessons(tmp_path)
    acknowledge(root)
    return root


def named(root: Path) -> list[tuple[str, str]]:
    return [(stale.file, stale.block) for stale in stale_blocks(root)]


def library(root: Path) -> Library:
    return read_library(root, TODAY)[0]


def test_everything_is_to_be_looked_at_until_it_is_acknowledged(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    # head and 3 sections, 12 sections, 7 sections, 12 items; two languages
    assert len(stale_blocks(root)) == 2 * (4 + 13 + 8 + 17)
    assert all(stale.recorded == "" and len(stale.present) == 12 for stale in stale_blocks(root))
    assert len(acknowledge(root)) == 2 * (4 + 13 + 8 + 17)
    assert stale_blocks(root) == []
    assert check(root, TODAY) == []
    assert acknowledge(root) == []


def test_one_changed_french_word_gives_one_english_and_one_korean_block(tmp_path: Path) -> None:
    root = acknowledged(tmp_path)
    change(root, FR, "## Titre 2", "## Titre deux")
    assert named(root) == [("lessons/webcams/lesson.en.md", "four-moves"), ("lessons/webcams/lesson.ko.md", "four-moves")]
    stale = stale_blocks(root)[0]
    assert stale.recorded != stale.present


@pytest.mark.parametrize(
    ("name", "old", "new", "block"),
    [
        (FR, 'summary = "Un', 'summary = "Deux', "head"),
        ("webcams/quiz.fr.md", "- [one] Un", "- [one] Deux", "item-0"),
        ("webcams/quiz.fr.md", 'title = "Titre"', 'title = "Titres"', "head"),
        ("webcams/guide.fr.md", "{#say}\n\nUn", "{#say}\n\nDeux", "say"),
        ("webcams/plan.fr.md", "{#say}\n\nUn", "{#say}\n\nDeux", "say"),
    ],
)
def test_every_kind_of_block_is_watched(tmp_path: Path, name: str, old: str, new: str, block: str) -> None:
    root = acknowledged(tmp_path)
    change(root, name, old, new)
    assert [b for _, b in named(root)] == [block, block]


def test_spaces_apostrophes_and_line_ends_do_not_count(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, FR, "Un texte court. [", "L'ami dit : « non » ! [")
    acknowledge(root)
    change(root, FR, "L'ami dit : « non » ! [", "L’ami dit\u00a0:\n«non»  ! [")
    assert stale_blocks(root) == []
    path = root / FR
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert stale_blocks(root) == []


def test_folding_is_of_marks_only() -> None:
    assert normalised("Non !  «oui»\n") == normalised("Non\u202f! « oui »")
    assert normalised("non") != normalised("Non")
    assert normalised("a, b") != normalised("a b")


def test_acknowledging_can_be_narrow(tmp_path: Path) -> None:
    root = acknowledged(tmp_path)
    change(root, FR, "## Titre 2", "## Titre deux")
    change(root, FR, "## Titre 3", "## Titre trois")
    assert len(acknowledge(root, slug="other")) == 0
    assert len(acknowledge(root, slug="webcams", locale="en", block="four-moves")) == 1
    assert named(root) == [
        ("lessons/webcams/lesson.en.md", "close"),
        ("lessons/webcams/lesson.ko.md", "close"),
        ("lessons/webcams/lesson.ko.md", "four-moves"),
    ]


def test_a_vanished_block_leaves_the_record(tmp_path: Path) -> None:
    root = acknowledged(tmp_path)
    for locale in ("fr", "en", "ko"):
        change(root, f"webcams/lesson.{locale}.md", "{#close}", "{#finish}")
    change(root, "webcams/lesson.toml", 'id = "close"', 'id = "finish"')
    acknowledge(root)
    recorded = tomllib.loads((root / "webcams" / "translated.toml").read_text(encoding="utf-8"))
    assert list(recorded["lesson"]["en"]) == ["head", "start", "four-moves", "finish"]


def test_readers_are_told_which_part_is_behind(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    assert not any(s.behind for s in library(root).lessons[0].texts["en"].sections)
    acknowledge(root)
    change(root, FR, "## Titre 2", "## Titre deux")
    change(root, "webcams/quiz.fr.md", "- [one] Un", "- [one] Deux")
    change(root, "webcams/guide.fr.md", 'title = "Titre"', 'title = "Autre"')
    lesson = library(root).lessons[0]
    for locale in ("en", "ko"):
        assert [s.id for s in lesson.texts[locale].sections if s.behind] == ["four-moves"]
        assert [i.id for i in lesson.quiz.items if i.texts[locale].behind] == ["item-0"]
        assert lesson.guides[locale].behind
        assert not lesson.texts[locale].behind
    assert not any(s.behind for s in lesson.texts["fr"].sections)


def test_nothing_is_written_where_nothing_changes(tmp_path: Path) -> None:
    root = acknowledged(tmp_path)
    path = root / "webcams" / "translated.toml"
    before = path.stat().st_mtime_ns
    acknowledge(root)
    assert path.stat().st_mtime_ns == before
