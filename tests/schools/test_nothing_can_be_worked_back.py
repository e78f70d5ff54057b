"""Reports under attack: from everything that is shown, on three dates, no count below ten can be pinned down (trust L-4)."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product
from math import inf

import pytest
from schools import worlds
from schools.working_back import NAMES, as_range, by_rows, meet, parts, row_range, worked_out

from app.curriculum import reports
from app.curriculum.disclosure import Published
from app.curriculum.progress import Standing, standing
from app.curriculum.reports import Finished, LessonRow

K = 10
SCHOOLS = 1000
STATE_OF = {"solid": Standing.SOLID, "getting_there": Standing.GETTING_THERE, "below_half": Standing.HAND}


def small_counts(made, counted):
    """(what it is, how many there really are, what can be worked out) of every count of people that a report is about."""
    known = worked_out(made)
    students = {one.student: one for one in sorted(counted, key=lambda one: one.day)}
    own = list(students.values())
    for school, bounds in known.schools.items():
        yield f"school {school}", sum(s.school == school for s in own), bounds
    for language, bounds in known.languages.items():
        yield f"language {language}", sum(s.locale == language for s in own), bounds
    for school, language in product(known.schools, known.languages):
        yield (
            f"school {school} in {language}",
            sum(s.school == school and s.locale == language for s in own),
            known.part_of(school, language),
        )
    for key in known.rows:
        group = [one for one in counted if (one.lesson, one.band) == key]
        states = Counter(standing(one.right, one.counted, 2) for one in group)
        for name in NAMES:
            yield f"{key} {name}", states[STATE_OF[name]] or "nobody", known.states[*key, name]
        yield f"{key} without both checks", sum(one.gain is None for one in group), known.without_checks(key)
        yield f"{key} not in this row", len(own) - len(group), known.not_in(key)


def attack(schools: int, seed: int):
    """(violations, counts below ten that were attacked, schools, shares shown or not) over so many schools and three dates."""
    dice = random.Random(seed)
    violations, attacked, seen, shown = [], 0, 0, Counter()
    while seen < schools:
        for date, (made, counted, size) in enumerate(worlds.reports(dice)):
            seen += size if date == 0 else 0
            if not made.rows:
                continue
            shown.update(getattr(row, name) is not None for row in made.rows for name in NAMES)
            for what, true, (low, high) in small_counts(made, counted):
                # A state that nobody is in says something about everybody: it is attacked like a few. Elsewhere nobody is nobody.
                if true == "nobody" or 0 < true < K:
                    attacked += 1
                    assert low <= (0 if true == "nobody" else true) <= high, (what, true, low, high)
                    if high - low < K:
                        violations.append((what, true, low, high))
    return violations, attacked, seen, shown


@pytest.mark.promise("L-1", "L-2")
def test_no_count_below_ten_can_be_worked_out_of_three_reports():
    violations, attacked, seen, shown = attack(SCHOOLS, seed=20261122)
    print(
        f"{seen} schools, 3 dates, {attacked} counts below {K} attacked, {shown[True]} of {shown.total()} shares shown: {len(violations)} worked out"
    )
    assert not violations, violations[:5]
    assert attacked > 5 * SCHOOLS
    assert shown[True] > 0.1 * shown.total()


def test_larger_rows_do_say_something():
    """Reports that show nothing would be safe and useless."""
    dice, says = random.Random(2), 0
    for _ in range(200):
        skill, n = dice.uniform(0.5, 0.85), dice.randint(60, 400)
        right = [sum(dice.random() < skill for _ in range(6)) for _ in range(n)]
        group = [Finished(i, "l", "B", 0, "fr", worlds.DATES[0], r, 6, dice.choice((0.1, 0.3))) for i, r in enumerate(right)]
        made = reports.row_of("l", "B", group)
        says += any(getattr(made, name) for name in NAMES) and made.gain == (15, 25) and made.pairs == made.students
    print(f"{says} of 200 rows of 60 to 400 students show a share and their gain")
    assert says > 190


def naive(table, k=K):
    """Only small counts are hidden, and nothing to protect them."""
    return Published(tuple(tuple(None if 0 < n < k else n for n in row) for row in table), (), (), None)


def exactly(n):
    return n, n


@pytest.mark.parametrize("without", ["protection", "bands", "threshold"])
@pytest.mark.promise("L-4")
def test_the_attack_sees_what_the_rules_prevent(monkeypatch, without):
    if without == "protection":
        monkeypatch.setattr(reports, "protect", naive)
    if without == "bands":  # with exact counts the rules still hold where one table is looked at, and no longer between two
        monkeypatch.setattr(reports, "count_band", exactly)
    if without == "threshold":
        monkeypatch.setattr(reports, "FEWEST_PEOPLE", 1)
        monkeypatch.setattr(reports, "protect", lambda table, k=1: naive(table, 1))
        monkeypatch.setattr(reports, "count_band", exactly)
        monkeypatch.setattr(
            reports, "share_band", lambda share: (int(100 * share.share // 10 * 10), min(100, int(100 * share.share // 10 * 10) + 10))
        )
    violations, attacked, _seen, _shown = attack(100, seed=7)
    print(f"without {without}: {len(violations)} of {attacked} worked out")
    assert violations


@pytest.mark.promise("L-3")
def test_every_student_of_a_lesson_is_counted_in_one_report_only():
    dice = random.Random(3)
    for _ in range(60):
        seen = Counter()
        for made, counted, _size in worlds.reports(dice):
            seen.update((one.student, one.lesson) for one in counted)
            for row in made.rows:
                group = [one for one in counted if (one.lesson, one.band) == (row.lesson, row.band)]
                assert len(group) >= K
        assert set(seen.values()) <= {1}


def all_cases(rows: dict, schools: dict, top: int):
    """Every way in which small numbers can be as shown: for the solver to be compared with."""

    def values(shown):
        low, high = as_range(shown)
        return range(int(low), int(min(high, top)) + 1)

    keys, names = list(rows), list(schools)
    for ns in product(*(values(rows[k]) for k in keys)):
        by_lesson = Counter()
        for (lesson, _band), n in zip(keys, ns, strict=True):
            by_lesson[lesson] += n
        for parts_ in product(*(values(schools[s]) for s in names)):
            people = sum(parts_)
            if max(by_lesson.values()) <= people <= sum(ns):
                yield people, dict(zip(keys, ns, strict=True)), dict(zip(names, parts_, strict=True))


def test_the_solver_finds_the_bounds_that_trying_every_case_finds():
    dice, compared = random.Random(11), 0
    bands = [None, (1, 2), (2, 4), (3, 3), (4, 6)]
    for _ in range(400):
        rows = {(f"lesson-{n % 2}", band): dice.choice(bands[1:]) for n, band in enumerate(dice.sample("AABBC", dice.randint(1, 3)))}
        schools = {n: dice.choice(bands) for n in range(dice.randint(1, 3))}
        cases = list(all_cases(rows, schools, top=9))
        if not cases:
            continue
        ranges, found = {k: as_range(b) for k, b in rows.items()}, {s: as_range(b) for s, b in schools.items()}
        total = (sum(r[0] for r in found.values()), sum(r[1] for r in found.values()))
        people = meet(total, by_rows(ranges))
        if people[1] > 9:  # the cases were cut short
            continue
        compared += 1
        assert people == (min(c[0] for c in cases), max(c[0] for c in cases))
        for key in rows:
            assert row_range(key, ranges, people) == (min(c[1][key] for c in cases), max(c[1][key] for c in cases)), (rows, schools)
        for school, bounds in parts(found, people).items():
            assert bounds == (min(c[2][school] for c in cases), max(c[2][school] for c in cases))
    print(f"{compared} small reports")
    assert compared > 100


def row(**shown) -> LessonRow:
    return LessonRow(**{"lesson": "l", "band": "B", "students": (10, 24), "solid": None, "getting_there": None, "below_half": None, "pairs": None, "gain": None, **shown})  # fmt: skip


def test_states_are_bounded_as_trying_every_case_bounds_them():
    from schools.working_back import share_range, states_of

    dice = random.Random(5)
    for _ in range(200):
        n = dice.randint(10, 24)
        shown = {name: dice.choice((None, None, (0, 10), (10, 25), (25, 50), (50, 75))) for name in NAMES}
        cases = [
            (a, b, n - a - b)
            for a in range(n + 1)
            for b in range(n + 1 - a)
            if all(
                share_range(shown[name], n)[0] <= c <= share_range(shown[name], n)[1]
                for name, c in zip(NAMES, (a, b, n - a - b), strict=True)
            )
        ]
        found = states_of(row(**shown), (n, n))
        for place, name in enumerate(NAMES):
            values = [case[place] for case in cases]
            assert found[name] == ((min(values), max(values)) if values else (inf, -inf))
