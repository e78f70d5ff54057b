"""The sites in which `make bench` looks whether time grows with the data: their copies are real schools, and nothing a page reads is empty."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace

import pytest
from conftest import config_for
from sqlalchemy import UniqueConstraint, event, func, select

from app.config import PROJECT
from app.core.db import Model
from bench import growth
from bench.measures import Result

COPIES = 3
TABLES = {table.name: table for table in Model.metadata.sorted_tables}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def sites(request, tmp_path_factory, compiled):
    """(without copies, with a few)."""
    data = shutil.copytree(compiled, tmp_path_factory.mktemp("grown") / "data")
    config, made = config_for(data, lessons=compiled.parent / "lessons"), []
    server = request.getfixturevalue("postgres") if request.param == "postgres" else None
    for name in ("grown_small", "grown_large"):
        if server is not None:
            server.create(name)
        url = server.url(name) if server is not None else f"sqlite:///{data}/{name}.sqlite3"
        size = counted(made[0], "answers") + COPIES * usual_answers(made[0]) if made else 0
        made.append(growth.site(replace(config, database_url=url), size))
    yield made
    for one in made:
        one.close()


def counted(site, table, *where):
    with site.students.connect() as connection:
        return connection.scalar(select(func.count()).select_from(TABLES[table]).where(*where))


def usual_answers(site):
    """Of the school that is copied, which comes first."""
    students, answers = TABLES["students"], TABLES["answers"]
    with site.students.connect() as connection:
        first = select(students.c.id).order_by(students.c.id).limit(growth.USUAL[0])
        return connection.scalar(select(func.count()).select_from(answers).where(answers.c.student_id.in_(first)))


def test_a_copy_has_every_row_of_the_school_it_is_a_copy_of(sites):
    small, large = sites
    own = usual_answers(small)
    assert own > 1000
    assert counted(large, "answers") == counted(small, "answers") + COPIES * own
    for table in ("attempts", "standings", "tallies", "readings", "pulses", "seat_rules", "dismissals"):
        assert counted(large, table) > 1.3 * counted(small, table) > 0, table
    for table in ("schools", "teachers", "memberships", "classrooms"):
        assert counted(large, table) >= counted(small, table) + COPIES, table


def test_every_row_belongs_to_one_that_is_there(sites):
    large = sites[1]
    with large.students.connect() as connection:
        for table in TABLES.values():
            for key in table.foreign_keys:
                column, meant = key.parent, key.column
                known = select(meant)
                lost = connection.scalar(select(func.count()).select_from(table).where(column.is_not(None), column.not_in(known)))
                assert lost == 0, f"{table.name}.{column.name}"


def test_a_copy_keeps_to_itself(sites):
    """An answer belongs to the same student as its sitting, and a student sits at lessons of the own class."""
    large = sites[1]
    answers, attempts, students, given = (TABLES[name] for name in ("answers", "attempts", "students", "assignments"))
    with large.students.connect() as connection:
        both = select(func.count()).select_from(answers.join(attempts, answers.c.attempt_uuid == attempts.c.uuid))
        assert connection.scalar(both) == counted(large, "answers")
        assert connection.scalar(both.where(answers.c.student_id != attempts.c.student_id)) == 0
        three = attempts.join(students, attempts.c.student_id == students.c.id).join(given, attempts.c.assignment_id == given.c.id)
        strange = select(func.count()).select_from(three).where(students.c.classroom_id != given.c.classroom_id)
        assert connection.scalar(strange) == 0


def test_the_class_looks_the_same_among_many_others(sites):
    cells = []
    for one in sites:
        client = one.app.test_client()
        ask = one.asks["class home, with the matrix"]
        client.set_cookie("balise", ask.cookie)
        cells.append(re.findall(r"<td data-n=.*?</td>", client.get(ask.path).get_data(as_text=True), re.DOTALL))
    assert len(cells[0]) == growth.STUDENTS * len(sites[0].app.extensions["balise.library"].lessons)
    assert cells[0] == cells[1]


def test_all_that_is_measured_can_be_done_and_every_table_it_reads_has_rows_of_others(sites):
    small, large = sites
    seen: set[str] = set()

    def note(_connection, _cursor, statement, *_rest):
        seen.update(set(re.findall(r"[a-z_]+", statement)) & set(TABLES))

    engine = large.app.extensions["balise.engine"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        for thing in large.things.values():
            large.answer_arrives()
            thing()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert {"answers", "attempts", "standings", "tallies"} <= seen
    assert {table for table in seen - {"sessions"} if counted(large, table) <= counted(small, table)} == set()


def test_a_seat_that_is_erased_to_measure_it_is_still_there(sites):
    before = [counted(sites[0], table) for table in ("students", "answers")]
    sites[0].things["a seat erased"]()
    assert [counted(sites[0], table) for table in ("students", "answers")] == before


def led_by(table, columns):
    """Whether a key or an index of the table begins with these columns, in whatever order."""
    found = [table.primary_key, *table.indexes, *(c for c in table.constraints if isinstance(c, UniqueConstraint))]
    return any({c.name for c in list(one.columns)[: len(columns)]} == columns for one in found)


def test_what_hangs_on_a_row_that_goes_is_found_without_a_look_through_the_table():
    """Or to erase one student takes as long as all answers of all schools are many."""
    keys = [(table, {c.name for c in key.columns}) for table in TABLES.values() for key in table.foreign_key_constraints]
    assert len(keys) > 20
    assert [f"{table.name}: {sorted(columns)}" for table, columns in keys if not led_by(table, columns)] == []


def test_the_table_in_the_readme_is_that_of_the_results():
    results = [Result(**one) for one in json.loads((PROJECT / "bench" / "results.json").read_text("utf-8"))]
    table = growth.table_of(results)
    assert table.count("\n") > 2, "there are no results of growth: python3 dev.py bench growth"
    readme = (PROJECT / "README.md").read_text("utf-8")
    assert growth.BEGINS + "\n" + table + "\n" + growth.ENDS in readme
