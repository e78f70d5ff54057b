"""The page that tells the public what is proved is in step with the tests that prove it."""

from __future__ import annotations

import json
import os
import re
import tomllib
from types import SimpleNamespace

import pytest
from trust.breaking import Break, breaks, broken, copy_of_the_project, failing, fails, reasons, write_down
from trust.promises import ROOT, Promise, Results, marked_tests, name_of
from trust.writing import PAGE, figures_of, keep, page, register, without_figures

TEST_ID = re.compile(r"tests/[\w/]+\.py::\w+")


def test_the_page_of_promises_is_in_step_with_promises_and_tests():
    written = without_figures(PAGE.read_text("utf-8"))
    wanted = without_figures(page(register(), marked_tests(), {}))
    missing = [line for line in wanted.splitlines() if line not in written.splitlines()]
    gone = [line for line in written.splitlines() if line not in wanted.splitlines()]
    assert written == wanted, f"run `python3 dev.py trust`: the page lacks {missing[:5]} and has {gone[:5]}"


def test_every_test_that_the_page_names_exists():
    named, tests = TEST_ID.findall(PAGE.read_text("utf-8")), marked_tests()
    assert named
    assert not [test for test in named if test not in tests]


def test_every_mark_names_a_promise():
    promises = register()
    unknown = {test: set(named) - promises.keys() for test, named in marked_tests().items() if set(named) - promises.keys()}
    assert not unknown


def test_a_promise_without_a_test_says_so_and_one_with_a_failed_figure_does_not_hide_it():
    promises = {"X-1": {"promise": "Nothing is lost.", "chapter": "X. Try"}, "X-2": {"promise": "All is well.", "chapter": "X. Try"}}
    marks = {"tests/x.py::test_one": ["X-1"]}
    shown = {"tests/x.py::test_one": {"cases": {"passed": 2}, "figures": {"{lost} of {n} lost": {"lost": 1, "n": 7}}, "on": "2026-01-01"}}
    text = page(promises, marks, shown)
    assert "1 of 7 lost (2026-01-01)" in text
    assert text.index("Not yet tested") > text.index("X-2")
    assert "2 promises, 1 of them tested, by 1 tests." in text


def test_what_a_drill_counted_stands_beside_the_quick_run_if_it_passed_and_counted_more(tmp_path):
    def shown(lost, n, outcome="passed"):
        return {"cases": {outcome: 1}, "figures": {"{lost} of {n} lost": {"lost": lost, "n": n}}, "on": "2026-01-01"}

    file, (one, other, *_) = tmp_path / "drills.json", marked_tests()
    keep({one: shown(0, 900), other: shown(0, 7), "tests/gone.py::test_x": shown(0, 900)}, {one: shown(0, 7), other: shown(0, 7)}, file)
    assert list(json.loads(file.read_text())) == [one]
    keep({one: shown(3, 800, "failed")}, {}, file)
    kept = json.loads(file.read_text())
    text = page({"X-1": {"promise": "Nothing is lost.", "chapter": "X. Try"}}, {one: ["X-1"]}, {one: shown(0, 7)}, kept)
    assert "  - 0 of 7 lost (2026-01-01)\n  - drilled: 0 of 900 lost (2026-01-01)\n" in text


def test_what_many_workers_report_is_added_up(tmp_path):
    """The same test in two cases, as xdist hands the reports over; a second run replaces the first."""
    file = tmp_path / "results.json"

    def report(case, outcome="passed", n=3):
        properties = [("promises", ["C-1"]), ("figure", ["{bad} of {n} taken", {"bad": 0, "n": n}])]
        return SimpleNamespace(nodeid=f"tests/x.py::test_y[{case}]@group", when="call", outcome=outcome, user_properties=properties)

    for _ in range(2):
        collected = Results(file)
        for one in (
            report("a"),
            report("b", n=4),
            SimpleNamespace(nodeid="tests/x.py::test_z", when="call", outcome="passed", user_properties=[]),
        ):
            collected.pytest_runtest_logreport(one)
        collected.pytest_sessionfinish()
    kept = json.loads(file.read_text())
    assert list(kept) == ["tests/x.py::test_y"]
    assert kept["tests/x.py::test_y"]["cases"] == {"passed": 2}
    assert figures_of(kept["tests/x.py::test_y"])[0].startswith("0 of 7 taken (")


def test_a_figure_says_among_how_many():
    promise = Promise([])
    with pytest.raises(AssertionError):
        promise.figure("nothing lost", n=3)
    with pytest.raises(AssertionError):
        promise.figure("{lost} of {n} lost", lost=0, n=0)


def test_names_of_tests_come_without_their_case():
    assert name_of("tests/a.py::test_b[x-[y]]@group") == name_of("tests/a.py::test_b@group") == "tests/a.py::test_b"


# --- the ledger of ASVS 5.0 -------------------------------------------------------------------------------------------------

# How many requirements of level 1 and 2 each chapter has (ASVS 5.0.0); V9, V10 and V17 are about techniques that the site has not.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}


def ledger() -> dict[str, dict]:
    return tomllib.loads((ROOT / "docs" / "asvs.toml").read_text("utf-8"))


def level_1_and_2() -> dict[str, dict]:
    return {name: row for name, row in ledger().items() if name[0] == "V" and row["level"] < 3}


@pytest.mark.promise("N-4")
def test_every_requirement_of_the_ledger_has_a_test_that_exists_or_a_reason(promise):
    tests, bare, gone = marked_tests(), [], []
    rows = {name: row for name, row in ledger().items() if name[0] == "V"}
    for name, row in rows.items():
        assert row.keys() <= {"level", "about", "tests", "reason", "state"}, name
        assert row["state"] in ("met", "not here", "deviation", "open"), name
        if not row.get("tests") and not row.get("reason"):
            bare.append(name)
        if row["state"] in ("deviation", "open", "not here"):
            assert row.get("reason"), f"{name} needs a reason"
        gone += [f"{name}: {test}" for test in row.get("tests", ()) if test not in tests]
    promise.figure(
        "{bare} of {n} requirements without a test or a reason ({tested} with tests, {open} open, {deviation} argued deviations)",
        bare=len(bare), n=len(rows), tested=sum(bool(row.get("tests")) for row in rows.values()),
        open=sum(row["state"] == "open" for row in rows.values()), deviation=sum(row["state"] == "deviation" for row in rows.values()),
    )  # fmt: skip
    assert not bare
    assert not gone


def test_the_ledger_has_every_requirement_of_levels_1_and_2():
    found = dict.fromkeys(CHAPTERS, 0)
    for name in level_1_and_2():
        found[int(name[1:].partition(".")[0])] += 1
    assert found == CHAPTERS


# --- promises that were broken on purpose -----------------------------------------------------------------------------------------


def test_every_promise_has_a_place_where_it_can_be_broken_or_a_reason(promise):
    tests, every = marked_tests(), breaks()
    gone = [f"{b.promise}: {b.file}" for b in every if not b.is_there()]
    assert not gone, "the code has changed: say in docs/breaks.toml how this promise would be broken now"
    unmarked = [f"{b.promise}: {b.test}" for b in every if b.promise not in tests.get(b.function, ())]
    assert not unmarked, "the test that is to notice does not prove this promise"
    promises = register().keys()
    assert promises == {b.promise for b in every} | reasons().keys()
    assert all(b.old != b.new for b in every)
    promise.figure("{unseen} of {n} broken promises not yet seen to be noticed", unseen=sum(b.seen is None for b in every), n=len(every))


@pytest.mark.skipif(not os.environ.get("BALISE_DRILL"), reason="breaks every promise in turn, which takes half an hour: make drill")
def test_every_broken_promise_is_noticed(tmp_path, compiled, promise):
    """In a copy of the project. Browser tests are looked at by hand: `python3 tests/trust/breaking.py D-5`."""
    every = [b for b in breaks() if not b.test.startswith("tests/browser/")]
    with copy_of_the_project() as root:
        red = failing(every, root, str(compiled))
        missed = [f"{one.promise}: {one.test} fails although nothing is broken" for one in every if one.function in red]
        for one in (one for one in every if one.function not in red):
            with broken(one, root):
                noticed, told = fails(one, root, str(compiled))
            if noticed:
                write_down({one})
            else:
                missed.append(f"{one.promise}: {one.what} ({one.test}): {told}")
    promise.figure("{missed} of {n} broken promises not noticed", missed=len(missed), n=len(every))
    assert not missed, "\n".join(missed)


def test_a_day_is_written_to_the_break_that_was_seen_and_to_no_other(tmp_path):
    file = tmp_path / "breaks.toml"
    entry = '[[break]]\npromise = "{}"\nwhat = "w"\nfile = "f"\nold = "a"\nnew = "b"\ntest = "t"\n\n'
    file.write_text("# head\n\n" + entry.format("A-1") + entry.format("A-2"), "utf-8")
    for _twice in range(2):
        write_down({Break("A-2", "w", "f", "a", "b", "t")}, file)
    one, two = breaks(file)
    assert (one.seen, two.seen is None) == (None, False)
    assert file.read_text("utf-8").startswith("# head\n")


def test_a_test_that_cannot_be_run_has_noticed_nothing(tmp_path):
    (tmp_path / "test_x.py").write_text("def test_fine():\n    pass\n\n\ndef test_bad():\n    assert False\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", "utf-8")

    def told(test):
        return fails(Break("X-1", "w", "f", "a", "b", test), tmp_path)[0]

    assert told("test_x.py::test_bad")
    assert not told("test_x.py::test_fine")
    assert not told("test_x.py::test_gone")
    assert not told("test_y.py::test_gone")
