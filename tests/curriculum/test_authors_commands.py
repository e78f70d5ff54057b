"""`balise check`, `where-used` and `new-lesson` as an author uses them, and that the documents know every rule."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app import cli
from app.curriculum.checking import check
from app.curriculum.compiling import compile_sources
from app.curriculum.findings import ERROR, Finding, Report, in_lines
from app.curriculum.reading import read_sources
from app.curriculum.staleness import acknowledge, stale_blocks
from app.curriculum.where import UnknownKey, Use, where_used

from .making import OTHER_DOORS, TODAY, change, make_lessons

PROJECT = Path(__file__).resolve().parents[2]


def rules_of_the_code() -> set[str]:
    """Every id with which a finding is made."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "app" / "curriculum").glob("*.py")))
    call = r"(?:report\.(?:error|warning)|_error|(?<![\w.])error|refuse|(?<![\w.])problem|entry\.error|self\.error|in_toml|_must_hold|Finding)\("
    return set(
        re.findall(
            call
            + r'[^"]*?"([a-z0-9]+(?:-[a-z0-9]+)+|fear|blame|italics|indented|objectives|spelling|guillemets|anchors|symlink|unreadable)"',
            text,
        )
    )


def rules_of_the_docs() -> set[str]:
    table = (PROJECT / "docs" / "authoring.md").read_text(encoding="utf-8").split("## The rules")[1]
    return {rule for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for rule in re.findall(r"`([a-z0-9-]+)`", row)}


def test_the_documents_list_every_rule_of_the_code() -> None:
    assert rules_of_the_code() - rules_of_the_docs() == set()


def test_the_documents_list_no_rule_that_is_not_there() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "app" / "curriculum").glob("*.py")))
    made = {"expired-fact", "expired-help", "expiring-fact", "expiring-help", "vocabulary-share", "law-share"}
    assert {rule for rule in rules_of_the_docs() if f'"{rule}"' not in text} - made == set()


def test_an_annotation_is_what_github_reads() -> None:
    finding = Finding("lessons/a,b/quiz.fr.md", 7, "digit-parity", ERROR, "100 % here.\nLook: there.")
    assert finding.annotation() == "::error file=lessons/a%2Cb/quiz.fr.md,line=7,title=digit-parity::100 %25 here.%0ALook: there."


@pytest.mark.parametrize(
    ("form", "begin"), [("--json", "["), ("--github", "::error file=lessons/webcams/lesson.en.md,line=9,title=blame::")]
)
def test_check_speaks_to_editors_and_to_ci(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, begin: str) -> None:
    root = make_lessons(tmp_path)
    change(root, "webcams/lesson.en.md", "A short text. [", "She should have known better. [")
    assert cli.main(["check", "--folder", str(root), form]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith(begin)
    if form == "--json":
        assert [(f["rule"], f["line"]) for f in json.loads(printed)] == [("blame", 9)]


def test_where_used_names_every_place(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    sources = read_sources(root, Report())
    assert where_used(sources, "E-07") == [
        Use("lessons/facts.toml", 1, "", "defined"),
        Use("lessons/webcams/lesson.en.md", 9, "en", "cited"),
        Use("lessons/webcams/lesson.fr.md", 9, "fr", "cited"),
        Use("lessons/webcams/lesson.ko.md", 9, "ko", "cited"),
        Use("lessons/webcams/lesson.toml", 10, "", "listed"),
    ]
    assert {(use.how, use.locale) for use in where_used(sources, "L-CA-04")} == {
        ("defined", ""), ("listed", ""), ("printed", "en"), ("printed", "fr"), ("printed", "ko"),
    }  # fmt: skip
    assert {use.how for use in where_used(sources, "consent")} == {"defined", "listed", "linked"}
    assert sum(use.how == "printed" for use in where_used(sources, "H-CA-01")) == 9
    ideas = where_used(sources, "paying-ends-it")
    assert 'behind option "wait" of item "all-that-fit"' in {use.how for use in ideas}
    assert where_used(sources, "pressure")[-1] == Use("lessons/webcams/lesson.toml", 2, "", "listed")
    assert [use.how for use in where_used(sources, "webcams")] == ["defined"]


def test_where_used_follows_links_to_a_lesson(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(root, "webcams/guide.en.md", "{#before}\n\nA short text.", "{#before}\n\nSee [it](plan:webcams).")
    assert "lessons/webcams/guide.en.md:28: linked (en)" in [str(use) for use in where_used(read_sources(root, Report()), "webcams")]


def test_an_unknown_key_suggests_what_may_be_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_lessons(tmp_path)
    with pytest.raises(UnknownKey) as caught:
        where_used(read_sources(root, Report()), "e-7")
    assert "E-07" in caught.value.near
    assert cli.main(["where-used", "paying-end", "--folder", str(root)]) == 1
    assert "Did you mean paying-ends-it?" in capsys.readouterr().err
    assert cli.main(["where-used", "consent", "--folder", str(root)]) == 0
    assert "lessons/webcams/lesson.fr.md:9: linked (fr)" in capsys.readouterr().out


def test_a_new_lesson_lacks_nothing_but_its_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_lessons(tmp_path)
    assert cli.main(["new-lesson", "safe-links", "--folder", str(root)]) == 0
    printed = capsys.readouterr().out
    assert "14 files" in printed
    assert "Next:" in printed
    findings = [f for f in check(root, TODAY) if "safe-links" in f.file]
    assert {f.rule for f in findings} == {"unwritten"}
    assert len({f.file for f in findings}) == 12  # three languages of lesson, plan, guide and quiz
    assert "number = 9" in (root / "safe-links" / "lesson.toml").read_text(encoding="utf-8")


def test_check_says_of_a_new_lesson_how_much_is_to_write_and_lists_what_is_to_mend(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = make_lessons(tmp_path)
    assert cli.main(["new-lesson", "safe-links", "--folder", str(root)]) == 0
    change(root, "webcams/lesson.en.md", "A short text. [", "She should have known better. [")
    capsys.readouterr()
    assert cli.main(["check", "--folder", str(root)]) == 1
    told = capsys.readouterr()
    lines, numbers = told.out.splitlines(), [int(n) for n in re.findall(r"^  lessons/safe-links/\S+: (\d+)$", told.out, re.MULTILINE)]
    assert lines[0] == f"{sum(numbers)} places in 12 files wait for their words:"
    assert len(numbers) == 12
    assert [line for line in lines[13:] if "safe-links" in line] == []
    assert any(line.startswith("lessons/webcams/lesson.en.md:9: ") for line in lines[13:])
    assert told.err.startswith(f"{sum(numbers)} places to write, 1 errors, ")
    for file in (root / "safe-links").glob("*.md"):
        if file.name != "guide.ko.md":
            file.unlink()
    few = [f for f in check(root, TODAY) if f.rule == "unwritten"][:3]
    assert list(in_lines(few)) == [str(f) for f in few], "a few are listed like all else"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["webcams"], "already"),
        (["Safe Links"], "is not an id"),
        (["../out"], "is not an id"),
        (["safe-links", "--number", "8"], 'belongs to "webcams"'),
        (["safe-links", "--number", "-1"], "from 0 to 99"),
    ],
)
def test_a_new_lesson_takes_nobodys_place(tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], reason: str) -> None:
    root = make_lessons(tmp_path)
    before = sorted(path for path in tmp_path.rglob("*"))
    assert cli.main(["new-lesson", *given, "--folder", str(root)]) == 2
    assert reason in capsys.readouterr().err
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_the_worked_example_of_a_translation_works(tmp_path: Path) -> None:
    """docs/translating.md: a French sentence changes, its two translations are behind, one is written, both are acknowledged."""
    root = make_lessons(tmp_path)
    acknowledge(root)
    assert stale_blocks(root) == []
    change(root, "webcams/lesson.fr.md", "Un texte court. [", "Un texte plus clair. [")
    behind = [(block.file, block.block) for block in stale_blocks(root)]
    assert behind == [("lessons/webcams/lesson.en.md", "start"), ("lessons/webcams/lesson.ko.md", "start")]
    change(root, "webcams/lesson.en.md", "A short text. [", "A clearer text. [")
    assert cli.main(["ack", "webcams", "--folder", str(root), "--lang", "en", "--block", "start"]) == 0
    assert [block.file for block in stale_blocks(root)] == ["lessons/webcams/lesson.ko.md"]
    assert str(stale_blocks(root)[0]) == (
        'lessons/webcams/lesson.ko.md: block "start" is behind its French. '
        "Read both, mend it, then: balise ack webcams --lang ko --block start"
    )


def test_checking_finds_the_same_without_making_html(tmp_path: Path) -> None:
    """`balise check` only parses; the start of the site renders as well. Both must see the same words and problems; of plans, whose words
    no rule asks for, the same problems."""
    root = make_lessons(tmp_path)
    change(root, "webcams/lesson.fr.md", "Un texte court. [", "Un *texte* & « court » : [", 1)
    change(root, "webcams/quiz.fr.md", "  > Un texte court.", "  > Un texte.\n  >\n  > - et **une** liste", 1)
    change(root, "webcams/quiz.en.md", f"- [{OTHER_DOORS[0]}] A short text.", f"- [{OTHER_DOORS[0]}] 1. A list")
    change(root, "webcams/plan.fr.md", "- Un texte court.", "- Un *texte* court.", 1)
    sources = read_sources(root, Report())
    final, parsed = compile_sources(sources, ""), compile_sources(sources, "", final=False)
    assert sum(bool(r.problems) for (file, _section), r in parsed.sections.items() if "/plan." in file) == 1
    assert final.sections.keys() == parsed.sections.keys()
    for key, rendered in final.sections.items():
        other = parsed.sections[key]
        assert rendered.problems == other.problems, key
        if "/plan." in key[0]:
            continue
        assert (rendered.counted, rendered.folds, rendered.problems) == (other.counted, other.folds, other.problems), key
        assert rendered.text.split() == other.text.replace(":", " :").split() or rendered.text.split() == other.text.split()
    assert [(file, line, r.problems) for file, line, r in final.pieces] == [(file, line, r.problems) for file, line, r in parsed.pieces]
