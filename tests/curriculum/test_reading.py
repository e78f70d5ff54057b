"""Hostile and careless files become findings with file and line, quickly, and nothing else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from practice.telling import TOML

from app.curriculum.checking import check
from app.curriculum.library import read_library
from app.curriculum.tables import Lines

from .making import TODAY, change, files, lesson_text, make_lessons

HEAD = '+++\ntitle = "Titre"\nsummary = "x"\nnote = "x"\n+++\n\n## Titre {#start}\n\n'
K = 1024

# What was found to keep a Markdown parser busy, or to break it, and what breaks a TOML parser.
MARKDOWN_BOMBS = {
    "brackets-1k": "[" * K,
    "brackets-2k": "[" * 2 * K,
    "brackets-8k": "[" * 8 * K,
    "brackets-few-lines": ("[" * K + "\n") * 15,
    "brackets-lines": ("[" * K + "\n") * 100,
    "brackets-paragraphs": ("[" * 100 + "\n\n") * 200,
    "images": "![" * K,
    "images-lines": ("![" * 500 + "\n") * 100,
    "images-closed": "![](x)" * 300,
    "declaration": "<![" * K,
    "declaration-lines": ("<![" * 600 + "\n") * 60,
    "closed-brackets": "[" * 900 + "]" * 900,
    "nested-links": "[" * 500 + "](x)" * 300,
    "links": "[a](term:consent) " * 100 + "\n" + "[a](term:consent) " * 101,
    "stars": "*" * 2000,
    "stars-words": "**a " * 500,
    "stars-lines": ("*a **b " * 200 + "\n") * 80,
    "underscores": "_" * 2000,
    "underscore-words": "_a __b " * 200,
    "backticks": "`" * 2000,
    "backtick-lines": ("`a" * 900 + "\n") * 60,
    "less-than": "<" * 2000,
    "less-than-lines": ("<a" * 900 + "\n") * 60,
    "open-tags": "<div>" * 400 + "\n" + "<div>" * 400,
    "braces": "{" * 2000,
    "marks": "{{cite:" * 250,
    "marks-lines": ("{{help}}\n") * 4000,
    "marks-help": ("{{help}}\n\n") * 600,
    "nested-lists": "\n".join("    " * n + "- a" for n in range(300)),
    "nested-lists-tabs": "\n".join("\t" * n + "- a" for n in range(300)),
    "nested-quotes": ">" * 300 + " a",
    "nested-quotes-spaces": "> " * 300 + " a",
    "deep-fences": "\n".join("/" * (303 - n) + " note | a" for n in range(300)),
    "many-fences": "/// note | a\n" * 3000,
    "many-closings": "///\n" * 10000,
    "folds": "/// fold | a\nb\n///\n" * 2000,
    "table": "| a " * 500 + "|\n" + "|---" * 500 + "|\n" + ("| a " * 500 + "|\n") * 20,
    "wide-table": ("a|" * 600 + "\n") + ("-|" * 600 + "\n") + ("a|" * 600 + "\n") * 2,
    "long-line": "a" * 3000,
    "too-large": ("a" * 100 + "\n") * 2000,
    "headings": "### a\n" * 12000,
    "many-sections": "".join(f"## a {{#s-{n}}}\n\nb\n\n" for n in range(3000)),
    "spaces": " " * 2000,
    "space-lines": (" " * 70 + "a\n") * 1500,
    "spaces-in-a-block": ("/// note | x" + " " * 2000 + "y\n///\n") * 55,
    "spaces-inside": ("### x" + " " * 2000 + "y\n") * 55,
    "spaces-before-a-rule": ("a\n" + " " * 2000 + "x---\n") * 55,
    "backslashes": "\\" * 2000,
    "references": "".join(f"[a{n}]: http://x\n" for n in range(1000)),
    "footnotes": "".join(f"[^{n}]: a\n" for n in range(1000)),
    "abbreviations": "".join(f"*[a{n}]: b\n" for n in range(1000)),
    "ampersands": "&" * 2000 + "\n" + "&#x" * 600,
    "digits": "1" * 2000,
    "lists": "1. a\n" * 15000,
    "quotes-fr": "«" * 900 + "»" * 100,
    "punctuation": "? ! ; : " * 250,
    "apostrophes": "l'" * 1000,
    "block-in-a-list": "- /// chat\n- **A:** y\n////// chat\n- **A:** y\n///",
    "block-in-a-quotation": "> /// note\n/// note\n" * 100,
    "slips": ("soeur " * 320 + "\n") * 60,
    "words-to-avoid": ("pornovengeance " * 130 + "\n") * 50,
    "three-dots": ("." * 2000 + "\n") * 60,
    "addresses": "a@" * 1000 + "\n" + "http://" * 280,
}


@pytest.mark.parametrize("name", MARKDOWN_BOMBS)
@pytest.mark.parametrize("file", ["webcams/lesson.fr.md", "webcams/quiz.fr.md", "webcams/plan.ko.md", "webcams/guide.en.md"])
@pytest.mark.promise("G-5")
def test_no_markdown_keeps_the_reader_busy(tmp_path: Path, promise, name: str, file: str) -> None:
    head = HEAD if "quiz" not in file else '+++\ntitle = "x"\n+++\n\n## item-0\n\n'
    root = make_lessons(tmp_path, {file: head + MARKDOWN_BOMBS[name] + "\n"}, without=".md")
    start = time.process_time()
    findings = check(root, TODAY)
    took = time.process_time() - start
    told = any(f.file == f"lessons/{file}" and f.line >= 1 and f.message for f in findings)
    promise.figure("{passed} of {n} bombs not refused with file, line and reason within a second", passed=int(took >= 1 or not told), n=1)
    assert told
    assert took < 1


TOML_BOMBS = {
    "nested-arrays": "a = " + "[" * 1000,
    "nested-arrays-lines": "a = " + "[\n" * 20000,
    "nested-tables": "a = " + "{a=" * 600,
    "dotted": ".".join("a" * 900) + " = 1",
    "dotted-lines": "".join(f"{'a.' * 200}b{n} = 1\n" for n in range(200)),
    "huge-number": "a = " + "9" * 2000,
    "hex-number": "a = 0x" + "f" * 2000,
    "many-keys": "".join(f"a{n} = 1\n" for n in range(12000)),
    "many-tables": "".join(f"[a{n}]\n" for n in range(12000)),
    "many-arrays": "[[items]]\n" * 12000,
    "string": 'a = "' + "b" * 1900,
    "twice": "number = 1\nnumber = 2",
    "dates": "number = 2026-02-31",
    "not-a-number": "number = nan",
    "negative": "number = -1",
    "tables-as-values": "sections = 1\nobjectives = [1, [2]]\nlaws = {a = 1}",
    "mixed": 'sections = [{id = 1, kind = ["x"], bands = "B"}, 3]',
    "unit-list": "unit = []",
    "many-words": "facts = [\n" + "".join(f'"w{n}",\n' for n in range(20000)) + "]",
    "the-same-word": "terms = [\n" + '"w",\n' * 25000 + "]",
    "many-empty-tables": "items = [\n" + ("{}," * 500 + "\n") * 80 + "]",
    "many-small-tables": "items = [\n" + '{id="i"},\n' * 12000 + "]",
    "many-numbers": "".join(f"a{n} = [{'1,' * 900}]\n" for n in range(65)),
    "many-short-lists": "a = [\n" + ("[]," * 600 + "\n") * 70 + "]",
    "blank-lines": "\n" * 120_000 + "a =",
    "lines-of-spaces": (" " * 2000 + "x = 1\n") * 60,
    "dotted-twenty-one": ".".join("a" * 21) + " = 1",
    "dotted-with-spaces": "a . " * 400 + "b = 1",
    "dotted-quoted": "".join("'a.'.\"b\"." * 200 + f"b{n} = 1\n" for n in range(60)),
    "dotted-headers": "".join("[" + "a." * 900 + f"b{n}]\n" for n in range(60)),
    "dotted-arrays": "[[ " + "a." * 900 + "b ]]",
    "dotted-within": "a = [\n" + "".join("{" + "a." * 900 + f"b{n} = 1}},\n" for n in range(60)) + "]",
    "dotted-behind-another": "a = { b = 1, " + "c." * 900 + "d = 1 }",
    "a-header-in-a-text": 'a = """\n' + ("[x" + " " * 1900 + "y\n") * 60 + '"""',
    "commas-in-a-text": 'a = """\n' + ("," + "a." * 18) * 40 + '"""',
    "the-first-day": "expires_on = 0001-01-01",
}


@pytest.mark.parametrize("name", TOML_BOMBS)
@pytest.mark.parametrize("file", ["webcams/lesson.toml", "webcams/quiz.toml", "help.toml", "facts.toml", "webcams/translated.toml"])
@pytest.mark.promise("G-5")
def test_no_toml_breaks_the_reader(tmp_path: Path, promise, name: str, file: str) -> None:
    root = make_lessons(tmp_path, {file: TOML_BOMBS[name] + "\n"}, without=".md")
    start = time.process_time()
    findings = check(root, TODAY)
    took = time.process_time() - start
    told = any(f.file == f"lessons/{file}" and f.line >= 1 and f.message for f in findings)
    promise.figure("{passed} of {n} bombs not refused with file, line and reason within a second", passed=int(took >= 1 or not told), n=1)
    assert told
    assert took < 1


def story(*scenes: str) -> str:
    """practice.toml of a story with these scenes, s0 being the first; what else belongs to one is there."""
    start = TOML.replace('"hello"', '"s0"').replace('"tell"', '"s0"').replace('start = "later"\n', "")
    return start.partition("[activities.nodes.hello]")[0] + "".join(f"[activities.nodes.s{n}]\n{text}\n" for n, text in enumerate(scenes))


def choices(*to: int) -> str:
    return "".join(f'choices.c{n} = "s{scene}"\n' for n, scene in enumerate(to))


STORY_BOMBS = {
    # name: practice.toml, and the rule that stops it
    "itself": (story(choices(0, 0)), "scene-circle"),
    "circles": (story(*(choices((n + 1) % 24, (n + 5) % 24, (n + 7) % 24, (n + 11) % 24) for n in range(24))), "scene-circle"),
    "circles-at-the-end": (story(*(choices(n + 1, n + 2) for n in range(60)), choices(60, 61), choices(60, 61)), "scene-circle"),
    "a-hundred": (story(*(choices(*range(n + 1, n + 5)) for n in range(96)), *['ending = "told"'] * 4), "scene-longest-way"),
    "the-way-again": (story(*(choices(n + 1, n + 2) + "way = [" + '"c0", ' * 60 + "]" for n in range(95)), *['ending = "told"'] * 2), "scene-longest-way"),
    "a-hundred-and-one": (story(*(f'next = "s{n + 1}"' for n in range(100)), 'ending = "told"'), "too-many-scenes"),
    "in-a-row": (story(*(f'next = "s{n + 1}"' for n in range(900)), 'ending = "told"'), "too-many-pieces"),
    "in-layers": (story(*(choices(n + 1, n + 2, n + 3) for n in range(250)), *['ending = "told"'] * 3), "too-many-scenes"),
    "everywhere": (story(*(choices(*range(60)) for n in range(60))), "scene-choices"),
    "pieces": (story('ending = "told"').replace('"hurry"', "".join(f'"w{n}",\n' for n in range(990))), "too-many-pieces"),
}  # fmt: skip


@pytest.mark.parametrize("name", STORY_BOMBS)
@pytest.mark.promise("G-5")
def test_no_story_is_walked_for_long(tmp_path: Path, promise, name: str) -> None:
    text, rule = STORY_BOMBS[name]
    root = make_lessons(tmp_path, {"webcams/practice.toml": text}, without=".md")
    start = time.process_time()
    findings = check(root, TODAY)
    took = time.process_time() - start
    told = any(f.file == "lessons/webcams/practice.toml" and f.line >= 1 and f.rule == rule for f in findings)
    promise.figure("{passed} of {n} bombs not refused with file, line and reason within a second", passed=int(took >= 1 or not told), n=1)
    assert told, [str(f) for f in findings if "practice" in f.file][:5]
    assert took < 1


@pytest.mark.parametrize(
    ("rule", "content"),
    [
        ("not-utf8", b'+++\ntitle = "\xff\xfe"\n+++\n'),
        ("invisible-character", b'+++\ntitle = "a\x00b"\n+++\n'),
        ("invisible-character", '+++\ntitle = "a\u202eb"\n+++\n'.encode()),
        ("invisible-character", '+++\ntitle = "a\u200bb"\n+++\n'.encode()),
        ("invisible-character", '+++\ntitle = "a\ue000b"\n+++\n'.encode()),
        ("invisible-character", '+++\ntitle = "a\u061cb"\n+++\n'.encode()),
        ("invisible-character", '+++\ntitle = "a\u00adb"\n+++\n'.encode()),
        ("invisible-character", '+++\ntitle = "a\u3164b"\n+++\n'.encode()),
        ("invisible-character", '+++\ntitle = "a\U000e0041b"\n+++\n'.encode()),
        ("invisible-character", '+++\ntitle = "a\u200db"\n+++\n'.encode()),
        ("invisible-character", b'+++\ntitle = "a\\u202eb"\n+++\n'),
        ("invisible-character", b'+++\ntitle = "a"\n"\\U000E0041" = 1\n+++\n'),
        ("invisible-character", b"+++\n+++\n\n## a {#b}\n\na &#x202e;b\n"),
        ("invisible-character", b"+++\n+++\n\n## a {#b}\n\na &rlm;b\n"),
        ("invisible-character", b"+++\n+++\n\n## a {#b}\n\npass&shy;word\n"),
        ("invisible-character", b"+++\n+++\n\n## a {#b}\n\ne&#x301;\n"),
        ("not-nfc", b'+++\ntitle = "e\\u0301"\n+++\n'),
        ("not-nfc", '+++\ntitle = "e\u0301"\n+++\n'.encode()),
        ("not-nfc", '+++\ntitle = "\u1112\u1161\u11ab"\n+++\n'.encode()),
        ("long-line", b"+++\n" + b"a" * 2049),
        ("too-large", b"a\n" * 70_000),
        ("too-many-links", ("+++\n+++\n" + "[a](b)\n\n" * 201).encode()),
        ("too-many-marks", b"+++\n+++\n" + b"[" * 301),
        ("too-many-cells", b"+++\n+++\n" + b"|a|a|a|a\n" * 501),
        ("too-many-lines", b"+++\n+++\n" + b"a\n" * 1501),
        ("too-nested", b"+++\n+++\n" + b" " * 84 + b"- a\n"),
    ],
)
@pytest.mark.promise("G-5")
def test_a_file_that_is_refused_says_why(tmp_path: Path, rule: str, content: bytes) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams" / "guide.ko.md").write_bytes(content)
    findings = [f for f in check(root, TODAY) if f.file == "lessons/webcams/guide.ko.md"]
    assert [f.rule for f in findings] == [rule]


@pytest.mark.parametrize(
    ("rule", "text", "line"),
    [
        ("too-many-tables", TOML_BOMBS["many-tables"], 1),
        ("too-many-values", TOML_BOMBS["many-keys"], 1),
        ("too-many-values", "b = 1\na = [" + "\n1," * 1001 + "]", 2),
        ("too-nested", "b = 1\n" + TOML_BOMBS["dotted-twenty-one"], 2),
    ],
    ids=["tables", "keys", "list", "parts"],
)
@pytest.mark.promise("G-5")
def test_a_data_file_of_too_much_is_refused(tmp_path: Path, rule: str, text: str, line: int) -> None:
    root = make_lessons(tmp_path, {"glossary.toml": text})
    assert (rule, line) in {(f.rule, f.line) for f in check(root, TODAY) if f.file == "lessons/glossary.toml"}


def test_signs_of_emoji_and_of_other_alphabets_are_no_invisible_ones(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    change(
        root,
        "webcams/guide.en.md",
        'title = "Title"',
        'title = "Title \u2764\ufe0f 1\ufe0f\u20e3 \U0001f469\u200d\U0001f467 na\u00efve &amp; &eacute; 안"',
    )
    assert {f.rule for f in check(root, TODAY)} & {"invisible-character", "not-nfc"} == set()


def test_windows_line_ends_and_a_byte_order_mark_are_read_like_others(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    for path in root.rglob("*.*"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(root, TODAY) == []


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    secret = tmp_path / "secret.md"
    secret.write_text(lesson_text("ko"), encoding="utf-8")
    (root / "webcams" / "lesson.ko.md").unlink()
    (root / "webcams" / "lesson.ko.md").symlink_to(secret)
    (root / "other").symlink_to(root / "webcams")
    (root / "webcams" / "media").symlink_to(tmp_path)
    library, findings = read_library(root, TODAY)
    assert [f.rule for f in findings] == ["symlink"] * 3
    assert [lesson.slug for lesson in library.lessons] == ["webcams"]
    assert set(library.lessons[0].texts) == {"en", "fr"}


def test_odd_things_in_the_folder_are_told_and_passed_over(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    (root / "notes.txt").write_text("x")
    (root / "Bad Name").mkdir()
    (root / ".git").mkdir()
    (root / "webcams" / "old.md").write_text("x")
    (root / "webcams" / "media").mkdir()
    (root / "webcams" / "media" / "photo.png").write_bytes(b"x")
    os.mkfifo(root / "webcams" / "guide.xx.md")
    found = {(f.file, f.rule) for f in check(root, TODAY)}
    assert found == {
        ("lessons/notes.txt", "unexpected-file"),
        ("lessons/Bad Name", "bad-id"),
        ("lessons/webcams/old.md", "unexpected-file"),
        ("lessons/webcams/guide.xx.md", "unexpected-file"),
        ("lessons/webcams/media/photo.png", "unexpected-file"),
    }


def test_a_pipe_in_the_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams" / "guide.ko.md").unlink()
    os.mkfifo(root / "webcams" / "guide.ko.md")
    assert [f.rule for f in check(root, TODAY)] == ["missing-file"]


def test_a_folder_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    assert "missing-file" in {f.rule for f in check(tmp_path / "none", TODAY)}


@pytest.mark.parametrize("name", sorted(files()))
def test_any_file_cut_short_is_still_read(tmp_path: Path, name: str) -> None:
    root = make_lessons(tmp_path)
    whole = (root / name).read_bytes()
    for part in range(0, len(whole), max(1, len(whole) // 3)):
        (root / name).write_bytes(whole[:part])
        library, findings = read_library(root, TODAY)
        assert library.version
        assert all(f.line >= 1 for f in findings)


def test_a_broken_lesson_does_not_take_the_others_away(tmp_path: Path) -> None:
    root = make_lessons(tmp_path)
    (root / "webcams").rename(root / "photos")
    make_lessons(tmp_path)
    change(root, "photos/lesson.toml", "number = 8", "number = = 4")
    library, _ = read_library(root, TODAY)
    assert [lesson.slug for lesson in library.lessons] == ["webcams"]


def test_keys_are_found_on_their_lines() -> None:
    lines = Lines('a = 1\n[b]\nc.fr = "x"\n[[d]]\nid = 1\n[[d]]\nid = 2\n[d.e]\nf = 1\n')
    assert lines.of("a") == 1
    assert lines.of("b", "c", "fr") == lines.of("b", "c") == 3
    assert lines.of("d", 0, "id") == 5
    assert lines.of("d", 1, "id") == 7
    assert lines.of("d", 1, "e", "f") == 9
    assert lines.of("b", "none") == 2
    assert lines.of("none") == 1
