"""Run all measures, print the table, write bench/results.json.

python -m bench             all of it, about eight minutes on a quiet machine with two cores (BALISE_GROWTH=0: two, without what grows)
python -m bench growth      only whether time grows with the number of answers, which writes its table into the README, too
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

from app.config import PROJECT, WrongConfiguration
from bench import growth, measures
from bench.measures import Ground, Result
from bench.school import make_school, twenty_lessons
from bench.serving import Server, clean_environment, free_port
from bench.weights import weights

FILE = Path(__file__).with_name("results.json")
WIDTH = 76  # of the longest name


def run(folder: Path, env: dict[str, str]) -> Iterator[Result]:
    lessons = Path(env["BALISE_LESSONS"])
    bare_env = {**env, "PORT": str(free_port())}
    school = make_school(env)
    database = folder / "data" / "database" / "balise.sqlite3"

    def start_ours() -> Server:
        return Server(["-m", "app.cli", "run", "--no-seed"], env, "/en/", folder / "server.log")

    def start_bare(*offered: tuple[int, int]) -> Server:
        pairs = [f"{size}:{headers}" for size, headers in {*offered, (1000, 10)}]
        return Server(["-m", "bench.bare", *pairs], bare_env, "/b/1000-10", folder / "bare.log")

    yield measures.starts(start_ours, start_bare)
    before = measures.kept(database)
    ours = start_ours()
    bare: Server | None = None
    try:
        look = measures.looks(ours, school)
        bare = start_bare(*(measures.like(x) for x in look.values()))
        ground = Ground(ours, bare, school, acknowledged=2, database=database)  # those of the first looks
        yield from measures.pages(ground, look)
        yield from measures.answers_at_once(ground, look)
        yield measures.sign_ins_at_once(ground)
        yield measures.memory(ground)
        yield from weights(ours.port, school.matrix)
        ours.kill()
        lost = ground.acknowledged - (measures.kept(database) - before)
        yield measures.by_value(f"lost of {ground.acknowledged:,} acknowledged, after kill -9", lost, "answers", 0)
    finally:
        for server in (ours, bare):
            if server is not None:
                server.kill()
    yield measures.check_time(PROJECT / "lessons", "the project's")
    yield measures.check_time(lessons, "20")


def line_of(result: Result) -> str:
    value = "not measured" if result.value is None else f"{result.value:,.3g}" if abs(result.value) < 1000 else f"{result.value:,.0f}"
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    ok = {None: "", True: "ok", False: "OVER"}[result.ok]
    return f"{result.name:{WIDTH}} {value:>9} {result.unit:10} {ratio:>7}  {result.goal:22} {ok}"


def main() -> None:
    begun = time.perf_counter()
    print(f"{'what':{WIDTH}} {'value':>9} {'unit':10} {'ratio':>7}  {'goal':22}", flush=True)
    parts = [*([] if sys.argv[1:] == ["growth"] else [run]), *([growth.run] if growth.largest() else [])]
    grown = growth.run in parts and growth.is_whole()
    results = kept_from_before(not grown, run not in parts)
    with tempfile.TemporaryDirectory(prefix="balise-bench-") as name:
        folder = Path(name)
        env = clean_environment(folder, free_port(), twenty_lessons(folder))
        try:
            for result in chain.from_iterable(part(folder, env) for part in parts):
                print(line_of(result), flush=True)
                if grown or not is_growth(result):
                    results.append(rounded(result))
        except WrongConfiguration as error:  # lessons with mistakes: there is nothing to measure
            sys.exit(f"balise: {error}")
    results.sort(key=is_growth)
    FILE.write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n", "utf-8")
    if grown:
        growth.tell(results)
    over = [r.name for r in results if r.ok is False]
    print(
        "\nThe ratio is to B: a bare Flask route that returns as many bytes and headers, on the same server with the same settings, in\n"
        "turns with ours; or to the same page with the fewest answers. Times of a shared machine wander; the ratios stay."
    )
    print(f"{len(over)} over their goal. {time.perf_counter() - begun:.0f} s. Written: {FILE.relative_to(PROJECT)}")


def is_growth(result: Result) -> bool:
    return result.name.startswith(growth.PREFIX)


def kept_from_before(growing: bool, others: bool) -> list[Result]:
    """The results of the last time, of the kinds that are not measured now."""
    before = [Result(**one) for one in json.loads(FILE.read_text("utf-8"))] if FILE.exists() else []
    return [r for r in before if (growing if is_growth(r) else others)]


def rounded(result: Result) -> Result:
    short = {k: round(v, 4) for k in ("value", "ratio") if (v := getattr(result, k)) is not None}
    return replace(result, **short)


if __name__ == "__main__":
    main()
