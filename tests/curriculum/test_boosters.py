"""Boosters ask what was taught before, of the right age, and say where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.curriculum.checking import check
from app.curriculum.library import dump, load, read_library

from .making import TODAY, make_lessons

GOOD = """\
[again]
number = 1
after = "pressure"
title.fr = "Retour"
title.en = "A look back"
title.ko = "되돌아보기"

[again.B]
remember = ["webcams:ITEM1", "webcams:ITEM2", "webcams:ITEM3"]
say = "webcams:ITEM4"
help = "webcams:ITEM5"
"""


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    root = make_lessons(tmp_path)
    quiz = read_library(root, TODAY)[0].lessons[0].quiz
    anchors = [i.id for i in quiz.items if i.anchor]
    others = [i.id for i in quiz.items if not i.anchor]
    text = GOOD
    for place, item in enumerate([*anchors[:4], others[0]], 1):
        text = text.replace(f"ITEM{place}", item)
    new = new.replace("OTHER", others[1])
    assert old in text
    (root / "boosters.toml").write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return root


def test_a_good_booster_is_read_and_kept(tmp_path: Path) -> None:
    root = written(tmp_path)
    assert rules(root) == set()
    library = load(dump(read_library(root, TODAY)[0]))
    booster = library.booster(1)
    assert booster is not None
    assert booster.bands == ("B",)
    assert len(booster.items["B"]) == 5
    assert library.booster(2) is None


def rules(root: Path) -> set[str]:
    findings = [f for f in check(root, TODAY) if f.file == "lessons/boosters.toml"]
    assert all(f.line > 0 for f in findings)
    return {f.rule for f in findings}


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("unknown-unit", 'after = "pressure"', 'after = "nowhere"'),
        ("booster-item", 'say = "webcams:', 'say = "nowhere:'),
        ("booster-item", 'say = "webcams:', 'say = "'),
        ("booster-band", "[again.B]", "[again.A]"),
        ("booster-anchor", 'remember = ["webcams:', 'remember = ["webcams:OTHER", "webcams:'),
        ("booster-length", 'remember = ["webcams:', 'remember = ["webcams:OTHER", "webcams:'),
        ("missing-key", "number = 1\n", ""),
        ("missing-key", 'title.ko = "되돌아보기"\n', ""),
        ("unknown-key", "[again.B]", "[again.B]\nextra = 1"),
        ("wrong-type", "[again.B]", "B = 3\n[again.C]"),
    ],
)
def test_a_mistake_in_a_booster_is_found(tmp_path: Path, rule: str, old: str, new: str) -> None:
    assert rule in rules(written(tmp_path, old, new))


def test_two_boosters_cannot_have_one_number(tmp_path: Path) -> None:
    root = written(tmp_path)
    file = root / "boosters.toml"
    text = file.read_text("utf-8")
    file.write_text(text + text.replace("[again", "[twice"), encoding="utf-8")
    assert rules(root) == {"booster-number"}


def test_a_booster_asks_nothing_that_comes_later(tmp_path: Path) -> None:
    root = written(tmp_path, 'after = "pressure"', 'after = "before"')
    units = (root / "units.toml").read_text("utf-8")
    (root / "units.toml").write_text(units + units.replace("[pressure]", "[before]").replace("number = 3", "number = 1"), encoding="utf-8")
    assert rules(root) == {"booster-later"}
