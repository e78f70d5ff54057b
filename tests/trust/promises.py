"""Which test proves which promise, and with which figure: a marker, a fixture, and a file of results.

    @pytest.mark.promise("C-1")
    def test_a_copied_cookie_opens_nothing(promise):
        ...
        promise.figure("{accepted} of {n} replays accepted", accepted=0, n=5)

The promises stand in docs/promises.toml, in words for the public. `python3 dev.py trust` writes docs/trust.md from them, from these marks
and from the last results (trust/writing.py)."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / ".pytest_cache" / "promises.json"
COUNTS = os.environ.get("BALISE_COUNTS")  # a file of its own for what a drill counts


# --- what stands in the tests, read without running them ------------------------------------------------------------------


def marked_tests(folder: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Every test function by its id (tests/x/test_y.py::test_z), with the promises it is marked with."""
    found = {}
    for file in sorted(folder.rglob("test_*.py")):
        name = file.relative_to(folder.parent).as_posix()
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[f"{name}::{node.name}"] = [promise for d in node.decorator_list for promise in promises_of(d)]
    return found


def promises_of(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.promise":
        yield from (argument.value for argument in decorator.args if isinstance(argument, ast.Constant))


# --- what a run has shown -------------------------------------------------------------------------------------------------


class Promise:
    """The fixture `promise`: a test tells what it counted."""

    def __init__(self, properties: list[tuple[str, Any]]) -> None:
        self.properties = properties

    def figure(self, text: str, *, n: int, **counts: int) -> None:
        """`figure("{lost} of {n} answers lost", lost=0, n=1200)`; over the cases of one test the counts are added up."""
        assert "{n" in text, "a figure without the number it was counted among says nothing"
        assert n > 0, "nothing was counted"
        print(text.format(n=n, **counts))
        self.properties.append(("figure", [text, {"n": n, **counts}]))


@pytest.fixture
def promise(request) -> Promise:
    return Promise(request.node.user_properties)


class Results:
    """Collects what the tests report; the process that others work for (xdist) hears of all of them."""

    def __init__(self, file: Path = RESULTS) -> None:
        self.file, self.seen = file, {}

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report) -> None:
        properties = list(report.user_properties)
        promises = sorted({promise for name, value in properties if name == "promises" for promise in value})
        if not promises or report.outcome == "rerun" or (report.when != "call" and report.outcome == "passed"):
            return
        own = self.seen.setdefault(name_of(report.nodeid), {"cases": {}, "figures": {}, "on": datetime.now(UTC).date().isoformat()})
        own["cases"][report.outcome] = own["cases"].get(report.outcome, 0) + 1
        for name, value in properties:
            if name == "figure" and report.when == "call":
                text, counts = value
                sums = own["figures"].setdefault(text, dict.fromkeys(counts, 0))
                for key, count in counts.items():
                    sums[key] += count

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        if not self.seen:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps({**results(self.file), **self.seen}, indent=1, sort_keys=True), "utf-8")
        fresh.replace(self.file)


def results(file: Path = RESULTS) -> dict[str, Any]:
    """Test -> what its last run showed; runs of parts of the suite replace only what they ran."""
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def name_of(nodeid: str) -> str:
    """A test's id without its parameters and without the group that xdist adds."""
    return nodeid.partition("[")[0].partition("@")[0]


def pytest_configure(config) -> None:
    config.addinivalue_line("markers", "promise(*ids): proves these promises of docs/promises.toml")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(Path(COUNTS) if COUNTS else RESULTS), "results of promises")


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        for mark in item.iter_markers("promise"):
            item.user_properties.append(("promises", list(mark.args)))
