"""Writes docs/trust.md: every promise, the tests that prove it, and what their last run showed.

`python3 dev.py trust` calls this. Everything but the lines that begin with FIGURE can be made without running a test, so that a test can
see whether the page is in step (test_promises.py)."""

from __future__ import annotations

import json
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # run by itself: the tests' own folder is where their modules are found
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from trust.breaking import breaks
from trust.promises import ROOT, marked_tests, results

PAGE = ROOT / "docs" / "trust.md"
DRILLS = ROOT / "docs" / "drills.json"
FIGURE = "  - "
HEAD = """# What Balise promises, and how that is proved

Written by `python3 dev.py trust` from three things: the promises (docs/promises.toml), the tests that are marked with them, and what those
tests counted when they last ran. Not to be changed by hand: a test compares. Figures are of the quick run that everybody can make (`make test`,
`make browser`). Some tests have a long form, which counts more of the same or holds limits of time (`make drill`): what it last counted stands
behind “drilled” (docs/drills.json).

A promise without a test says so. What a promise does not cover stands under it. Each promise was also broken on purpose in a copy (docs/breaks.toml), to
see its test fail. Not in this page: several database servers with failover, which
Balise does not promise yet.
"""
TABLE = """## Who may open what

The table that promise A-2 is tested against (tests/trust/policies.toml). Everybody else gets: visitors, and people whose session has run out or
whose account is closed, a page to sign in; people who are signed in as something else "this page is for somebody else" (403); and people of the right
kind whose thing it is not, the page for what does not exist (404).

| who | pages and forms |
|---|---|
"""


def register() -> dict[str, dict[str, str]]:
    """Promise -> what stands in docs/promises.toml, in its order."""
    chapters = tomllib.loads((ROOT / "docs" / "promises.toml").read_text("utf-8"))
    return {
        f"{letter}-{number}": {**entry, "chapter": f"{letter}. {chapter['title']}"}
        for letter, chapter in chapters.items()
        for number, entry in chapter.items()
        if number != "title"
    }


def page(
    promises: dict[str, dict[str, str]], marks: dict[str, list[str]], shown: dict[str, Any], drilled: dict[str, Any] | None = None
) -> str:
    """The whole page. With nothing in `shown` and `drilled` it has no figures."""
    proofs = {promise: [test for test, named in marks.items() if promise in named] for promise in promises}
    tested = sum(bool(tests) for tests in proofs.values())
    lines = [HEAD, f"{len(promises)} promises, {tested} of them tested, by {len({t for tests in proofs.values() for t in tests})} tests.\n"]
    chapter = ""
    for promise, entry in promises.items():
        if entry["chapter"] != chapter:
            chapter = entry["chapter"]
            lines.append(f"## {chapter}\n")
        lines.append(f"**{promise}.** {entry['promise']}\n")
        for test in proofs[promise]:
            lines.append(f"- `{test}`")
            lines += [f"{FIGURE}{figure}" for figure in figures_of(shown.get(test))]
            longer = (drilled or {}).get(test)
            if longer and among(longer) != among(shown.get(test)):
                lines += [f"{FIGURE}drilled: {figure}" for figure in figures_of(longer)]
        if not proofs[promise]:
            lines.append("- Not yet tested.")
        if "open" in entry:
            lines.append(f"- *Not covered:* {entry['open']}")
        for one in (b for b in breaks() if b.promise == promise):
            lines.append(f"- *Broken on purpose:* {one.what}. Noticed by `{one.function.rpartition('::')[2]}`.")
            lines += [f"{FIGURE}{seen_on(one.seen)}"]
        lines.append("")
    return "\n".join(lines) + "\n" + table()


def seen_on(day: date | None) -> str:
    return f"seen to fail on {day.isoformat()}" if day else "not yet seen to fail"


def figures_of(shown: dict[str, Any] | None) -> list[str]:
    """What the last run of a test showed, in words."""
    if shown is None:
        return []
    figures = [text.format(**counts) for text, counts in shown["figures"].items()]
    cases = shown["cases"]
    passed, total = cases.get("passed", 0), sum(cases.values())
    return [f"{'; '.join(figures) or f'passed in {passed} of {total} cases'} ({shown['on']})"]


def table() -> str:
    policies = tomllib.loads((Path(__file__).parent / "policies.toml").read_text("utf-8"))
    rows = (f"| {policy['says']} | {', '.join(f'`{name}`' for name in policy['endpoints'])} |" for policy in policies.values())
    return TABLE + "\n".join(rows) + "\n"


def without_figures(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith(FIGURE))


def counts() -> int:
    """Prints what a drill counted, and keeps it for the page."""
    from trust.promises import COUNTS

    drilled = results(Path(COUNTS or ""))
    for test, shown in drilled.items():
        for figure in figures_of(shown):
            print(f"{test.rpartition('::')[2]}: {figure}")
    keep(drilled, results())
    return 0


def keep(drilled: dict[str, Any], quick: dict[str, Any], file: Path = DRILLS) -> None:
    """Write down what passed and counted otherwise than in the quick run: the same again says nothing."""
    passed = {test: one for test, one in drilled.items() if one["figures"] and not one["cases"].get("failed")}
    longer = {test: one for test, one in passed.items() if among(one) != among(quick.get(test))}
    known = marked_tests()
    kept = {test: one for test, one in {**results(file), **longer}.items() if test in known}
    file.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


def among(shown: dict[str, Any] | None) -> dict[str, int]:
    """Each figure and the number it was counted among."""
    return {text: counted["n"] for text, counted in shown["figures"].items()} if shown else {}


def main() -> int:
    marks, shown = {test: named for test, named in marked_tests().items() if named}, results()
    failed = [test for test in marks if shown.get(test, {}).get("cases", {}).get("failed")]
    if failed:
        print("These promises are broken; the page is not written:", *failed, sep="\n  ", file=sys.stderr)
        return 1
    promises = register()
    PAGE.write_text(page(promises, marks, shown, results(DRILLS)), "utf-8")
    missing = sorted(marks.keys() - shown.keys())
    print(f"{PAGE.relative_to(ROOT)}: {len(promises)} promises, {len(marks)} tests, {len(marks) - len(missing)} with a result")
    if missing:
        print(f"No result of {len(missing)} tests: run `make test` and `make browser`, then this again.", *missing, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(counts() if sys.argv[1:] == ["counts"] else main())
