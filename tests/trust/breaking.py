"""Promises broken on purpose: docs/breaks.toml says where and how, and which test has to notice.

In every run: each place is still there, exactly once, and each test proves the promise that is broken. In `make drill`: each is broken in a
copy of the project, and the test fails there. Then the day is written into the file, and docs/trust.md says that the test was seen to fail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "breaks.toml"
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", ".balise", ".pytest_cache", "__pycache__", ".mypy_cache", ".ruff_cache", "node_modules")
WITHIN = 900  # seconds for one test


@dataclass(frozen=True)
class Break:
    """One promise, broken in one place."""

    promise: str
    what: str
    file: str
    old: str
    new: str
    test: str  # the id of the test that must notice, with the case in brackets where one is enough
    seen: date | None = None

    @property
    def function(self) -> str:
        return self.test.partition("[")[0]

    def is_there(self, root: Path = ROOT) -> bool:
        return (root / self.file).read_text("utf-8").count(self.old) == 1


def breaks(file: Path = FILE) -> list[Break]:
    return [Break(**entry) for entry in tomllib.loads(file.read_text("utf-8"))["break"]]


def reasons(file: Path = FILE) -> dict[str, str]:
    """Promise -> why nothing is broken for it."""
    return tomllib.loads(file.read_text("utf-8")).get("without", {})


@contextmanager
def copy_of_the_project() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="balise-broken-") as folder:
        place = Path(folder) / "balise"
        shutil.copytree(ROOT, place, ignore=LEFT_OUT)
        yield place


@contextmanager
def broken(one: Break, root: Path) -> Iterator[None]:
    """The copy with this promise broken."""
    file = root / one.file
    text = file.read_text("utf-8")
    assert text.count(one.old) == 1, f"{one.promise}: {one.old!r} stands {text.count(one.old)} times in {one.file}"
    file.write_text(text.replace(one.old, one.new), "utf-8")
    try:
        yield
    finally:
        file.write_text(text, "utf-8")


def fails(one: Break, root: Path, school: str = "") -> tuple[bool, str]:
    """Whether the test fails in the copy, and the last of what it said. A test that cannot be collected has not noticed anything."""
    code, told = run([one.test, "-x"], root, school)
    return code == 1 and bool(re.search(r"^FAILED |\d+ failed", told, re.MULTILINE)), "\n".join(told.strip().splitlines()[-6:])


def failing(every: list[Break], root: Path, school: str = "") -> set[str]:
    """The functions among these tests that fail although nothing is broken: of them nothing can be learnt."""
    _code, told = run(["-rfE", *sorted({b.test for b in every})], root, school, within=4 * WITHIN)
    return {line.split(" ")[1].partition("[")[0] for line in told.splitlines() if line.startswith(("FAILED ", "ERROR "))}


def run(arguments: list[str], root: Path, school: str, within: int = WITHIN) -> tuple[int, str]:
    """Tests in the copy: how pytest ended (-1: not in time), and what it said."""
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "BALISE_TEST_SCHOOL": school}
    for name in ("BALISE_DRILL", "BALISE_COUNTS", "PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"):
        env.pop(name, None)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--tb=line", "--show-capture=no", "-p", "no:cacheprovider", *arguments]
    try:
        done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=within, check=False)
    except subprocess.TimeoutExpired:
        return -1, "took too long"
    return done.returncode, done.stdout


def write_down(seen: set[Break], file: Path = FILE) -> None:
    """Today as the day on which the tests of these breaks were seen to fail."""
    today, parts = datetime.now(UTC).date().isoformat(), re.split(r"(?m)^(?=\[\[break\]\]$)", file.read_text("utf-8"))
    for n, part in enumerate(parts):
        if not part.startswith("[[break]]"):
            continue
        entry = tomllib.loads(part)["break"][0]
        if any((entry["promise"], entry["what"]) == (one.promise, one.what) for one in seen):
            part = re.sub(r"(?m)^seen = .*\n", "", part)
            parts[n] = part.rstrip("\n") + f"\nseen = {today}\n\n"
    file.write_text("".join(parts), "utf-8")


def main(chosen: list[str]) -> int:
    """Break what is chosen (promises, or all) one after the other; say what was not noticed."""
    every = [b for b in breaks() if not chosen or b.promise in chosen]
    if not every:
        print(f"no way is known to break {' or '.join(chosen)}: docs/breaks.toml has them by promise, such as O-3")
        return 2
    missed, school = [], os.environ.get("BALISE_TEST_SCHOOL", "")
    with copy_of_the_project() as root:
        if red := failing(every, root, school):
            print(f"fail although nothing is broken, and are left out: {sorted(red)}", flush=True)
        for one in every:
            if one.function in red:
                missed.append(one)
                continue
            with broken(one, root):
                failed, told = fails(one, root, school)
            print(f"{one.promise}: {one.what}: {'noticed' if failed else 'NOT NOTICED'} ({one.test})", flush=True)
            if failed:
                write_down({one})
            else:
                missed.append(one)
                print(told, flush=True)
    print(f"{len(missed)} of {len(every)} broken promises not noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
