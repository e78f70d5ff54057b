"""Each rule about activities: a story in which one thing is wrong gives that finding, at its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from practice.telling import SLUG, findings, make_story

T, FR, EN, KO = ("practice.toml", "practice.fr.md", "practice.en.md", "practice.ko.md")
LONG = "mot " * 61
CIRCLE = ('choices = { friend = "tell", sleep = "open-end" }', 'choices = { friend = "tell", sleep = "open-end", back = "hello" }')
BREAKS: list[tuple[str, str, str, str, int]] = [
    # rule, file, old, new, line of the finding (0: not told here)
    # practice.toml
    ("unknown-value", T, 'kind = "scenario"', 'kind = "quiz"', 3),
    ("missing-key", T, 'way = "tell"\n', "", 0),
    ("unknown-key", T, "minutes = 5", "minutes = 5\ncolour = 1", 6),
    ("section-band", T, 'bands = ["B"]', 'bands = ["B", "C"]', 4),
    ("activity-minutes", T, "minutes = 5", "minutes = 45", 5),
    ("unknown-fact", T, "sensitive = true", 'sensitive = true\nfacts = ["E-99"]', 7),
    ("duplicate-id", T, "[activities.message.need]", "[activities.message.hello]", 0),
    ("wrong-type", T, "no = 1, wait = -1", 'no = "up", wait = -1', 0),
    ("scene-unknown", T, 'no = "keeping"', 'no = "kept"', 25),
    ("scene-unknown", T, 'start = "hello"', 'start = "hallo"', 8),
    ("scene-unknown", T, 'me = "min"', 'me = "max"', 7),
    ("scene-unknown", T, 'start = "later"', 'start = "never"', 20),
    ("scene-dead-end", T, '[activities.nodes.told]\nending = "told"', "[activities.nodes.told]", 0),
    ("scene-dead-end", T, 'next = "told"', 'next = "told"\nending = "told"', 0),
    ("scene-unreachable", T, "[activities.nodes.told]\n", '[activities.nodes.island]\nnext = "told"\n\n[activities.nodes.told]\n', 44),
    ("scene-choices", T, 'friend = "tell", sleep = "open-end"', 'friend = "tell"', 36),
    ("scene-circle", T, *CIRCLE, 25),
    ("scene-no-help", T, 'way = "tell"', 'way = "later"', 9),
    ("scene-way", T, 'way = ["friend"]', 'way = ["sleep"]', 39),
    ("scene-way", T, 'way = ["friend"]', 'way = ["nobody"]', 39),
    ("scene-keep", T, 'keep = ["messages"]', 'keep = ["messages", "answer"]', 0),
    ("scene-shifts", T, "no = 1, wait = -1", "no = 1, wait = -1, maybe = 1", 29),
    ("trick-unnamed", T, 'notices = ["hurry"]\n', "", 10),
    ("trick-unnamed", T, 'notices = ["hurry"]', 'notices = ["hurry", "secret"]', 26),
    ("message-missing", T, 'options = ["listen", "help"]', 'options = ["listen"]', 0),
    # practice.<lang>.md
    ("piece-missing", EN, "### {#told}", "### {#tolled}", 1),
    ("piece-unknown", EN, "### {#told}", "### {#tolled}", 48),
    ("no-section-id", EN, "### Quick {#hurry}", "### Quick", 56),
    ("no-title", EN, "## A chat {#small-chat}", "## {#small-chat}", 5),
    ("option-missing", KO, "- [wait] 조금 기다리기\n  > 기다려도 돼요.\n", "", 9),
    ("option-unknown", FR, "- [wait]", "- [weight]", 0),
    ("option-empty", EN, "- [wait] Wait a little", "- [wait]", 19),
    ("feedback-missing", EN, "\n  > You can wait.", "", 19),
    ("broken-piece", EN, "  > You can wait.", "You can wait.", 20),
    ("broken-piece", EN, "#### What could Min do?", "#### What could Min do?\n#### And then?", 17),
    ("unknown-speaker", EN, "- **Alex:** quick", "- **Alec:** quick", 13),
    ("shape-parity", EN, '- [no] "No."', "- [no] No.", 9),
    ("shape-parity", KO, "- **지호:** 빨리 정해\n- **민:** 왜?", "- **민:** 왜?\n- **지호:** 빨리 정해", 9),
    ("scene-too-long", FR, "Min joue avec Alex.", LONG, 9),
    ("option-too-long", FR, "Court et clair.", LONG, 17),
    ("section-too-long", FR, "Pas le temps de réfléchir.", "mot " * 91, 0),
    ("how-to", EN, "quick, decide", "quick, decide on Telegram", 13),
    ("how-to", EN, "quick, decide", "and " * 21, 13),
    ("how-to", EN, "- **Alex:** quick, decide", "- **Alex:** quick\n" * 4, 16),
    ("sensitive-title", EN, "## A chat", "## A sextortion chat", 5),
    ("blame", FR, "Partir est une réponse.", "Min aurait dû se méfier.", 0),
    ("korean-register", KO, "기다려도 돼요.", "기다려도 됩니다.", 20),
    ("typed-contact", EN, "They help later.", "Call 1-800-668-6868.", 0),
    ("raw-html", EN, "A made-up story.", "A <b>made-up</b> story.", 7),
    ("unclosed-block", EN, "A made-up story.", "/// note\nA made-up story.", 7),
    ("pause-missing", EN, "Look out of the window.", "", 0),
    ("unwritten", EN, "No time to think.", "[TO WRITE]", 0),
]


def test_the_small_story_has_no_findings(tmp_path: Path) -> None:
    assert findings(make_story(tmp_path)) == []


@pytest.mark.parametrize(("rule", "file", "old", "new", "line"), BREAKS, ids=[f"{b[0]}-{n}" for n, b in enumerate(BREAKS)])
def test_one_thing_that_is_wrong_is_found(tmp_path: Path, rule: str, file: str, old: str, new: str, line: int) -> None:
    root = make_story(tmp_path)
    path = root / SLUG / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [f for f in findings(root) if f.rule == rule and f.file.endswith(file)]
    assert found, f"nothing said {rule}: {[str(f) for f in findings(root)]}"
    assert line in (0, *(f.line for f in found)), [str(f) for f in found]


def test_a_story_may_not_be_longer_than_fourteen_scenes(tmp_path: Path) -> None:
    root = make_story(tmp_path)
    chain = "".join(f'[activities.nodes.step-{n}]\nnext = "{f"step-{n + 1}" if n < 11 else "told"}"\n\n' for n in range(12))
    change_toml(
        root,
        lambda text: text.replace('next = "told"', 'next = "step-0"').replace("[activities.nodes.told]", chain + "[activities.nodes.told]"),
    )
    for file in (FR, EN, KO):
        path = root / SLUG / file
        more = "".join(f"### {{#step-{n}}}\n\nOk.\n\n" for n in range(12))
        path.write_text(path.read_text(encoding="utf-8").replace("### {#told}", more + "### {#told}"), encoding="utf-8")
    assert {f.rule for f in findings(root)} == {"scene-longest-way"}


def test_no_ending_is_reached_without_having_been_offered_to_tell(tmp_path: Path) -> None:
    root = make_story(tmp_path)
    change_toml(root, lambda text: text.replace('way = ["leave"]\n', "").replace('way = ["friend"]\n', ""))
    assert {(f.rule, f.line) for f in findings(root)} == {("scene-no-help", 45)}


def change_toml(root: Path, change: Callable[[str], str]) -> None:
    path = root / SLUG / T
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_missing_language_is_found_and_the_site_starts_without_it(tmp_path: Path) -> None:
    root = make_story(tmp_path)
    (root / SLUG / KO).unlink()
    assert {(f.rule, f.file.rsplit("/")[-1]) for f in findings(root)} == {("missing-file", KO)}
