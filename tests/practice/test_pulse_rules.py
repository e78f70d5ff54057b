"""Rules about questions to a class: a small one in which nothing is wrong, broken one thing at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from curriculum.making import TODAY, fact, make_lessons

from app.config import PROJECT
from app.curriculum.checking import check
from app.curriculum.checks_pulse import stands_in
from app.curriculum.library import read_library

SLUG = "webcams"
TOML = """\
[[activities]]
id = "who-decides"
kind = "pulse"
bands = ["B"]
minutes = 4
sensitive = false
facts = ["E-16"]
options = ["owner", "friend", "nobody"]
norm = "owner"

[activities.survey]
fact = "E-16"
percent = 89.4
"""
WORDS = {
    "fr": ("Ton avis ?", "Alex range une photo.", "Qui décide ?", ("Alex", "Son ami", "Personne"), "Oui, on demande.", "Sur 10, combien disent Alex ?"),
    "en": ("Your view?", "Alex keeps a photo.", "Who decides?", ("Alex", "A friend", "Nobody"), "Yes, you ask.", "Out of 10, how many say Alex?"),
    "ko": ("내 생각은?", "민이가 사진을 간직해요.", "누가 정할까요?", ("민이", "친구", "아무도"), "먼저 물어봐요.", "10명 중 몇 명이 민이라고 할까요?"),
}  # fmt: skip
TITLES = {"fr": "S'exercer", "en": "Practise", "ko": "연습"}


def text_of(locale):
    title, case, ask, options, said, guess = WORDS[locale]
    chosen = "\n".join(f"- [{name}] {words}\n  > {said}" for name, words in zip(("owner", "friend", "nobody"), options, strict=True))
    return (
        f'+++\ntitle = "{TITLES[locale]}"\n+++\n\n## {title} {{#who-decides}}\n\n{case}\n\n### {{#ask}}\n\n{case}\n\n#### {ask}\n{chosen}\n\n'
        f"### {{#guess}}\n\n#### {guess}\n\n### {ask} {{#survey}}\n\n{said} {{{{cite:E-16}}}}\n\n"
        f"### {title} {{#lower}}\n\n{case}\n\n### {title} {{#near}}\n\n{case}\n\n### {title} {{#minute}}\n\n{case}\n"
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = make_lessons(tmp_path)
    figure = fact("E-16").replace("Beaucoup en parlent : c'est utile.", "En tout, 89,4 % le disent.").replace("Many tell", "89.4% tell")
    with (root / "facts.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + figure.replace("많은 사람이", "89.4%가"))
    lesson = root / SLUG / "lesson.toml"
    lesson.write_text(lesson.read_text("utf-8").replace('["E-07"]', '["E-07", "E-16"]'), encoding="utf-8")
    (root / SLUG / "practice.toml").write_text(TOML, encoding="utf-8")
    for locale in WORDS:
        (root / SLUG / f"practice.{locale}.md").write_text(text_of(locale), encoding="utf-8")
    return root


def rules_of(root: Path) -> set[str]:
    return {f.rule for f in check(root, TODAY) if "/practice." in f.file or f.level == "error"}


def test_a_question_without_mistakes_has_no_findings(root):
    assert [str(f) for f in check(root, TODAY) if "/practice." in f.file or f.level == "error"] == []


@pytest.mark.parametrize(
    ("rule", "file", "old", "new"),
    [
        ("pulse-options", "toml", '["owner", "friend", "nobody"]', '["owner", "friend"]'),
        ("unknown-value", "toml", 'norm = "owner"', 'norm = "everybody"'),
        ("missing-key", "toml", "percent = 89.4\n", ""),
        ("missing-key", "toml", '[activities.survey]\nfact = "E-16"\npercent = 89.4\n', ""),
        ("wrong-type", "toml", "percent = 89.4", "percent = 894"),
        ("wrong-type", "toml", "percent = 89.4", "percent = true"),
        ("pulse-figure", "toml", "percent = 89.4", "percent = 89"),
        ("pulse-figure", "toml", "percent = 89.4", "percent = 92"),
        ("pulse-figure", "toml", 'facts = ["E-16"]\n', ""),
        ("pulse-figure", "toml", 'fact = "E-16"\npercent', 'fact = "L-CA-04"\npercent'),
        ("pulse-norm", "toml", "percent = 89.4", "percent = 54.8"),
        ("pulse-figure", "en.md", "{{cite:E-16}}", "{{cite:E-07}}"),
        ("pulse-question", "fr.md", "#### Sur 10, combien disent Alex ?", ""),
        ("pulse-feedback", "en.md", "- [friend] A friend\n  > Yes, you ask.", "- [friend] A friend"),
        ("pulse-experience", "fr.md", "#### Qui décide ?", "#### As-tu déjà partagé une photo ?"),
        ("pulse-experience", "fr.md", "### {#ask}\n\nAlex range une photo.", "### {#ask}\n\nCela t'est-il arrivé ?"),
        ("pulse-experience", "en.md", "#### Who decides?", "#### Have you shared a photo?"),
        ("pulse-experience", "en.md", "#### Out of 10, how many say Alex?", "#### How many know what happened to you?"),
        ("pulse-experience", "ko.md", "#### 누가 정할까요?", "#### 사진을 퍼뜨린 적이 있나요?"),
        ("option-missing", "ko.md", "- [nobody] 아무도\n  > 먼저 물어봐요.\n", ""),
        ("piece-missing", "fr.md", "### Ton avis ? {#lower}\n\nAlex range une photo.\n\n", ""),
    ],
)
def test_a_broken_question_is_found(root, rule, file, old, new):
    path = root / SLUG / f"practice.{file}"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert rule in rules_of(root)


def test_a_fact_without_a_place_and_a_year_is_no_survey(root):
    facts = root / "facts.toml"
    head, own = facts.read_text("utf-8").split("[E-16]")
    advice = own.replace('kind = "figure"', 'kind = "advice"')
    facts.write_text(f"{head}[E-16]{advice}", encoding="utf-8")
    assert "pulse-figure" in rules_of(root)


@pytest.mark.parametrize(
    ("percent", "text", "there"),
    [
        (92, "92 % disent", True),
        (92, "92% said", True),
        (89.4, "89,4 % que", True),
        (92, "92.5%", False),
        (2, "92%", False),
        (89.4, "289.4%", False),
        (92, "92 élèves", False),
    ],
)
def test_a_share_stands_in_a_text_or_does_not(percent, text, there):
    assert stands_in(percent, text) is there


def test_every_survey_of_the_lessons_is_the_figure_that_its_fact_states():
    """Read as the site reads it, and held against the words of the fact in three languages."""
    library, _findings = read_library(PROJECT / "lessons", TODAY)
    found = [a for lesson in library.lessons for a in lesson.practice if a.kind == "pulse"]
    assert len(found) >= 2
    for activity in found:
        texts = library.facts[activity.data["fact"]].text
        assert {"fr", "en", "ko"} <= set(texts)
        assert all(stands_in(activity.data["percent"], text) for text in texts.values())
