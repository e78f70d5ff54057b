"""The class table and every answer as files: the same numbers everywhere, nothing a spreadsheet would run, and never much memory."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import tracemalloc
import uuid
import zipfile
from contextlib import closing
from datetime import date
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from making import in_days, make_attempt, make_students, on_both
from sqlalchemy import insert, select, update

from app.classrooms.models import Assignment, Classroom, Student
from app.classrooms.naming import alphabetical, name_of
from app.classrooms.queries import assign
from app.core.db import db
from app.core.library import library
from app.core.workbooks import ROWS_AT_ONCE
from app.curriculum.scoring import NOT_SURE
from app.progress.files import Sheet, Word, as_csv, as_json, as_xlsx
from app.progress.queries import STUDENTS_AT_ONCE
from app.progress.views.matrix import columns_of, rows_of
from app.quizzes.models import Answer, Attempt, Standing
from app.quizzes.queries import begin_attempt, record_answer

ANSWER_KEYS = ["student", "group", "lesson", "lesson_title", "sitting", "question", "question_text", "chosen", "chosen_text", "result",
               "answered_on"]  # fmt: skip
CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_rows(data: bytes, delimiter: str = ",") -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def xlsx_rows(data: bytes) -> list[list[str]]:
    """The one sheet as texts; fails where a cell is anything but a text or a number."""
    book = zipfile.ZipFile(io.BytesIO(data))
    assert book.testzip() is None
    root, rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")), []
    assert root.find(f".//{CELLS}f") is None, "a formula"
    for row in root.iter(f"{CELLS}row"):
        line: list[str] = []
        for cell in row:
            kind = cell.get("t", "n")
            assert kind in ("inlineStr", "n"), kind
            letters = re.match("[A-Z]+", cell.get("r")).group()
            place = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(letters))) - 1
            line += [""] * (place - len(line))
            line.append("".join(cell.itertext()))
        rows.append(line)
    return rows


@pytest.fixture
def filled(app, school):
    """Two lessons for twelve students in two groups and two languages, some late, some unfinished, one lesson for a group. Commits."""
    with app.test_request_context(method="POST"):
        classroom = db.session.get_one(Classroom, school.class_6b)
        ids = [school.amy, school.min, *make_students(school.class_6b, 10)]
        second = assign(classroom, library().lessons[1].slug, in_days(-9), in_days(-1))
        db.session.commit()
        for n, student_id in enumerate(ids):
            db.session.get_one(Student, student_id).group_number = 1 + n % 2
            if n % 5:
                make_attempt(student_id, school.assignment, right=n % 7)
            make_attempt(student_id, second.id, right=(3 * n) % 8, answered=2 if n % 4 == 3 else None)
        db.session.get_one(Assignment, second.id).for_group = 2
        db.session.execute(update(Standing).values(locale="en"))
        db.session.execute(update(Standing).where(Standing.student_id.in_(ids[:5])).values(locale="ko"))
        db.session.commit()
        return ids


# --- the same numbers ------------------------------------------------------------------------------------------------

SAID = re.compile(r"Lesson (\d+): (?:(\d+) of (\d+), )?(.*)$")


def numbers_on_screen(html: str) -> dict[str, dict[int, tuple]]:
    """name -> lesson -> (state, right, counted, late), from the words of the table, which are what is printed too."""
    found: dict[str, dict[int, tuple]] = {}
    for line in re.findall(r'<tr><th scope="row">.*?</tr>', html, re.S):
        name = re.search(r'<th scope="row">(.*?)</th>', line).group(1)
        found[name] = {}
        for said in re.findall(r'aria-label="(Lesson [^"]*)"|<span class="vh">(Lesson [^<]*)</span>', line):
            number, right, counted, words = SAID.match("".join(said)).groups()
            state, _, late = words.partition(", ")
            handed_in = right is not None
            found[name][int(number)] = (state, right if handed_in else "", counted if handed_in else "", late == "handed in late")
    return found


def numbers_in_a_file(rows: list[list[str]], yes: str = "yes") -> dict[str, dict[int, tuple]]:
    heads, found = rows[0], {}
    for line in rows[1:]:
        cells = dict(zip(heads, [*line, *[""] * (len(heads) - len(line))], strict=True))
        found[cells["Student"]] = {
            int(head.removeprefix("Lesson ")): (
                cells[head], *(cells[f"{head} · {part}"] for part in ("right", "of how many")), cells[f"{head} · handed in late"] == yes
            )
            for head in heads if re.fullmatch(r"Lesson \d+", head)
        }  # fmt: skip
    return found


def as_in_a_file(data: dict) -> list[list[str]]:
    """The JSON of the table as the other files write it."""
    words = {"solid": "solid", "getting_there": "getting there", "hand": "could use a hand", "once_more": "worth another try", "started": "started", "not_yet": "not yet",
             "not_given": "not given"}  # fmt: skip
    keys = list(data["headings"])

    def cell(key, value):
        if value is None or value is False:
            return ""
        return "yes" if value is True else words[value] if key.endswith(".state") else str(value)

    return [list(data["headings"].values()), *([cell(k, row[k]) for k in keys] for row in data["rows"])]


@pytest.mark.parametrize("query", ["", "?group=2", "?lesson=8&language=ko", "?group=1&lesson=1", "?language=ko"])
@on_both
@pytest.mark.promise("F-8")
def test_screen_paper_csv_xlsx_and_json_give_the_same_numbers(app, school, visit, filled, query):
    teacher, here = visit("Ms Tremblay"), f"/en/progress/{school.class_6b}"
    page = teacher.get(here + query).get_data(as_text=True)
    with app.test_request_context():
        shown = numbers_on_screen(page)
        assert shown
        if not query:
            assert len(shown) == len(filled)
        files = {
            "csv": csv_rows(teacher.get(f"{here}/results.csv{query}").data),
            "semicolon": csv_rows(teacher.get(f"{here}/results.csv{query}{'&' if query else '?'}separator=semicolon").data, ";"),
            "xlsx": xlsx_rows(teacher.get(f"{here}/results.xlsx{query}").data),
            "json": as_in_a_file(json.loads(teacher.get(f"{here}/results.json{query}").data)),
        }
        for kind, rows in files.items():
            read = numbers_in_a_file(rows)
            assert list(read) == sorted(shown), kind
            for name, lessons in shown.items():
                for number, said in lessons.items():
                    state, right, counted, late = read[name][number]
                    assert (state, right, counted, late) == said, (kind, name, number)


def test_a_number_that_is_changed_on_the_way_would_be_noticed(app, school, visit, filled):
    rows = csv_rows(visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/results.csv").data)
    with app.test_request_context():
        before = numbers_in_a_file(rows)
        place = next(n for n, line in enumerate(rows[1:], 1) if line[3])
        rows[place][3] = str(int(rows[place][3]) + 1)
        assert numbers_in_a_file(rows) != before


def test_headings_are_one_row_in_the_readers_language_and_keys_are_the_same_in_all(school, visit, filled):
    """A spreadsheet that sorts a file takes its first row for headings, and a second one for a student."""
    teacher, here = visit("Ms Tremblay"), f"progress/{school.class_6b}/results"
    read = {c: json.loads(teacher.get(f"/{c}/{here}.json").data)["headings"] for c in ("en", "fr", "ko")}
    assert list(read["en"]) == list(read["fr"]) == list(read["ko"])
    assert len({tuple(headings.values()) for headings in read.values()}) == 3
    assert re.search("[가-힣]", read["ko"]["student"])
    for locale, headings in read.items():
        for rows in (csv_rows(teacher.get(f"/{locale}/{here}.csv").data), xlsx_rows(teacher.get(f"/{locale}/{here}.xlsx").data)):
            assert rows[0] == list(headings.values())
            assert len(rows) == 1 + len(filled)


@pytest.mark.parametrize(
    ("locale", "label", "name"),
    [("en", "6B", "balise-6B-results"), ("fr", "6B", "balise-6B-résultats"), ("ko", "5학년 2반", "balise-5학년-2반-결과"),
     ("en", "a/b: \"c\" \\..", "balise-a-b-c-results")],
)  # fmt: skip
def test_a_file_is_called_by_the_name_of_its_class_in_the_readers_language(app, school, visit, locale, label, name):
    with app.test_request_context(method="POST"):
        db.session.get_one(Classroom, school.class_6b).label = label
        db.session.commit()
    response = visit("Ms Tremblay").get(f"/{locale}/progress/{school.class_6b}/results.xlsx")
    named = re.search(r"filename\*=UTF-8''(\S+)$", response.headers["Content-Disposition"])[1]
    assert unquote(named) == f"{name}.xlsx"
    assert named.isascii()


def test_days_are_iso_and_what_was_not_handed_in_has_no_mark(school, visit, filled):
    heads, *rows = csv_rows(visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/results.csv").data)
    places = [n for n, head in enumerate(heads) if re.fullmatch(r"Lesson \d+", head)]
    assert places
    states = set()
    for row in rows:
        for n in places:
            state, right, counted, _late, day = row[n : n + 5]
            states.add(state)
            assert bool(right) == bool(counted) == bool(day)
            if day:
                assert date.fromisoformat(day)
            if state in ("not yet", "not given"):
                assert not right
    assert {"not yet", "not given"} <= states


# --- every answer ----------------------------------------------------------------------------------------------------


@on_both
def test_every_answer_is_one_line_with_the_words_of_the_readers_language(app, school, visit):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment, right=3)
        make_attempt(school.amy, school.assignment, right=8, nth=2)
        wanted = {(str(a.nth), x.item_id, x.choice or "", x.right) for a in db.session.scalars(select(Attempt))
                  for x in db.session.scalars(select(Answer).where(Answer.attempt_uuid == a.uuid))}  # fmt: skip
        quiz = library().quiz("sextortion")
    teacher = visit("Ms Tremblay")
    for locale in ("en", "fr", "ko"):
        _heads, *rows = csv_rows(teacher.get(f"/{locale}/progress/{school.class_6b}/answers.csv").data)
        keys = list(json.loads(teacher.get(f"/{locale}/progress/{school.class_6b}/answers.json").data)["headings"])
        assert keys == ANSWER_KEYS
        read = [dict(zip(keys, row, strict=True)) for row in rows]
        assert len(read) == len(wanted)
        for row in read:
            (right,) = [w[3] for w in wanted if w[:3] == (row["sitting"], row["question"], row["chosen"])]
            item = quiz.item(row["question"])
            assert row["question_text"]
            assert "<" not in row["question_text"] + row["chosen_text"]
            if item.sensitive:
                assert (row["chosen"], row["chosen_text"]) == ("", "")
            else:
                assert row["chosen_text"]
                assert right in (True, False)
        if locale == "en":
            assert {r["result"] for r in read} >= {"right", "not yet"}
        # In the order of the sittings, and within one in the order in which questions were asked.
        assert [r["sitting"] for r in read] == sorted(r["sitting"] for r in read)


def test_of_a_sensitive_question_a_file_says_only_that_it_was_answered(app, school, visit):
    with app.test_request_context(method="POST"):
        make_attempt(school.amy, school.assignment)
        quiz = library().quiz("sextortion")
        sensitive = [x.item_id for x in db.session.scalars(select(Answer)) if quiz.item(x.item_id).sensitive]
    assert sensitive, "this lesson asks something sensitive"
    teacher = visit("Ms Tremblay")
    for kind in ("csv", "xlsx", "json"):
        data = teacher.get(f"/en/progress/{school.class_6b}/answers.{kind}").data
        if kind == "json":
            rows = json.loads(data)["rows"]
        else:
            _heads, *lines = csv_rows(data) if kind == "csv" else xlsx_rows(data)
            rows = [dict(zip(ANSWER_KEYS, [*line, *[""] * (len(ANSWER_KEYS) - len(line))], strict=True)) for line in lines]
        private = [r for r in rows if r["question"] in sensitive]
        assert {r["question"] for r in private} == set(sensitive)
        for row in private:
            assert not row["chosen"], kind
            assert not row["chosen_text"], kind
            assert row["result"] in ("answered, not kept", "not_kept")


def test_what_became_sensitive_later_is_not_told_either_and_the_checks_of_the_class_are_nobodys(app, school, visit):
    with app.test_request_context(method="POST"):
        uuid_ = make_attempt(school.amy, school.assignment)
        item = next(i for i in library().quiz("sextortion").items if i.sensitive)
        told = {"student_id": school.amy, "attempt_uuid": uuid_, "item_id": item.id}
        db.session.merge(Answer(**told, choice=item.right, right=True, answered_on=in_days(0)))
        db.session.commit()
    teacher = visit("Ms Tremblay")
    rows = json.loads(teacher.get(f"/en/progress/{school.class_6b}/answers.json").data)["rows"]
    (told,) = [r for r in rows if r["question"] == item.id]
    assert (told["chosen"], told["chosen_text"], told["result"]) == (None, None, "not_kept")
    with app.test_request_context(method="POST"):
        db.session.get_one(Attempt, uuid_).nth = 0
        db.session.commit()
    assert json.loads(teacher.get(f"/en/progress/{school.class_6b}/answers.json").data)["rows"] == []


def test_every_kind_of_question_is_told_in_words(app, school, visit):
    with app.test_request_context(method="POST"):
        from making import as_signed_in

        classroom, told = db.session.get_one(Classroom, school.class_6b), {}
        for lesson in library().lessons:
            kinds = {i.kind: i for i in lesson.quiz.items if not i.sensitive}
            if set(kinds) <= set(told):
                continue
            given = assign(classroom, lesson.slug, in_days(-1), None) or db.session.get_one(Assignment, school.assignment)
            db.session.flush()
            student = as_signed_in(school.amy)
            attempt = begin_attempt(student, given, lesson.quiz, str(uuid.uuid4()), 1, library().version)
            for kind, item in kinds.items():
                if kind not in told and record_answer(student, attempt, lesson.quiz, item, item.right):
                    told[kind] = item
            db.session.commit()
        assert set(told) == {"single", "several", "find", "order", "match"}
    rows = {r["question"]: r for r in json.loads(visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/answers.json").data)["rows"]}
    between = {"several": " | ", "find": " | ", "order": " > ", "match": ": "}
    for kind, item in told.items():
        text = rows[item.id]["chosen_text"]
        assert text, kind
        if len(re.split("[+>]", item.right)) > 1:
            assert between[kind] in text, kind


def test_not_sure_is_a_result_of_its_own(app, school, visit):
    with app.test_request_context(method="POST"):
        from making import as_signed_in

        quiz, student = library().quiz("sextortion"), as_signed_in(school.amy)
        given = db.session.get_one(Assignment, school.assignment)
        attempt = begin_attempt(student, given, quiz, str(uuid.uuid4()), 1, "v")
        record_answer(student, attempt, quiz, next(i for i in quiz.items if not i.sensitive), NOT_SURE)
        db.session.commit()
    (row,) = json.loads(visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/answers.json").data)["rows"]
    assert (row["result"], row["chosen"], row["chosen_text"]) == ("not_sure", NOT_SURE, "")


# --- nothing a spreadsheet would run ---------------------------------------------------------------------------------

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    '=HYPERLINK("http://x.example","y")',
    "http://x.example/",
)


def test_answers_to_a_lesson_that_is_no_longer_given_to_a_student_are_in_no_file(app, school, visit):
    """As in the table: the answers are kept, and show again when the lesson is given again."""
    with app.test_request_context(method="POST"):
        for student_id in (school.amy, school.min):
            make_attempt(student_id, school.assignment)
        names = [name_of(n, n, "en") for n in (1, 2)]
        db.session.get_one(Student, school.amy).group_number = 2
        db.session.commit()
    teacher, file = visit("Ms Tremblay"), f"/en/progress/{school.class_6b}/answers.csv"
    assert {row[0] for row in csv_rows(teacher.get(file).data)[1:]} == set(names)
    with app.test_request_context(method="POST"):
        db.session.get_one(Assignment, school.assignment).for_group = 2
        db.session.commit()
    assert {row[0] for row in csv_rows(teacher.get(file).data)[1:]} == {names[0]}


@pytest.mark.promise("G-9")
def test_no_cell_is_a_formula_or_a_link_in_any_file():
    def sheet():
        return Sheet(["Head", "=head"], ["key", "other"], iter([[text, 7] for text in HOSTILE]))

    rows = csv_rows(b"".join(as_csv(sheet())))
    assert all(row[0].startswith("'") for row in rows[1:-1])
    assert rows[0][1] == "'=head"
    data = b"".join(as_xlsx(sheet(), "=title"))
    assert [row[0] for row in xlsx_rows(data)[1:]] == [h.replace("\r", "_x000D_") for h in HOSTILE]
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert not [n for n in names if "rels" in n and "sheet1" in n], "a link"
    read = json.loads(b"".join(as_json(sheet(), {"class": "=x"})))
    assert [row["key"] for row in read["rows"]] == list(HOSTILE)


@pytest.mark.promise("G-9")
def test_a_class_called_like_a_formula_is_a_text(app, school, visit, filled):
    with app.test_request_context(method="POST"):
        db.session.get_one(Classroom, school.class_6b).label = "=cmd|' /C calc'!A0"
        db.session.commit()
    teacher = visit("Ms Tremblay")
    for name in ("results", "answers"):
        for kind in ("csv", "xlsx", "json"):
            response = teacher.get(f"/en/progress/{school.class_6b}/{name}.{kind}")
            assert response.status_code == 200
            assert f'filename="balise-class-{school.class_6b}-{name}.{kind}"' in response.headers["Content-Disposition"]
            if kind == "xlsx":
                xlsx_rows(response.data)
            if kind == "csv":
                assert not [c for row in csv_rows(response.data) for c in row if c.startswith(("=", "+", "-", "@"))]


def test_a_file_says_its_type_and_is_kept_by_nobody(school, visit, filled):
    teacher = visit("Ms Tremblay")
    types = {"csv": "text/csv; charset=utf-8", "json": "application/json",
             "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip
    for kind, wanted in types.items():
        response = teacher.get(f"/en/progress/{school.class_6b}/answers.{kind}")
        assert response.headers["Content-Type"] == wanted
        assert response.headers["Cache-Control"] == "no-store"
        assert visit("Mr Other").get(f"/en/progress/{school.class_6b}/answers.{kind}").status_code == 404


def test_empty_cells_words_days_and_yes_are_written_for_their_readers():
    def sheet() -> Sheet:
        return Sheet(
            ["a", "b", "c", "d"], ["a", "b", "c", "d"], [[Word("key", "Wort"), None, True, date(2026, 11, 22)], ["x", 0, False, None]], "ja"
        )

    assert csv_rows(b"".join(as_csv(sheet())))[1:] == [["Wort", "", "ja", "2026-11-22"], ["x", "0", "", ""]]
    assert xlsx_rows(b"".join(as_xlsx(sheet(), "x")))[1:] == [["Wort", "", "ja", "2026-11-22"], ["x", "0"]]
    assert json.loads(b"".join(as_json(sheet(), {})))["rows"] == [
        {"a": "key", "b": None, "c": True, "d": "2026-11-22"}, {"a": "x", "b": 0, "c": False, "d": None},
    ]  # fmt: skip


# --- much of it ------------------------------------------------------------------------------------------------------

MANY = {"sqlite": 100_000, "postgresql": 20_000}  # answers; what is traced takes its time, and only the rows come from elsewhere
MOST_GROWTH = 20 * 2**20  # bytes of Python memory at any moment while a file is made


def make_many(app, school, count: int) -> None:
    """So many answers of 200 students, written straight into the tables. Commits."""
    with app.test_request_context(method="POST"):
        ids = make_students(school.class_6b, 200)
        items = [i for i in library().quiz("sextortion").items if not i.sensitive][:5]
        for student_id in ids:
            sittings = [str(uuid.uuid4()) for _ in range(count // len(ids) // len(items))]
            db.session.execute(
                insert(Attempt),
                [
                    {"uuid": u, "student_id": student_id, "assignment_id": school.assignment, "nth": n, "content_version": "v",
                     "items": " ".join(i.id for i in items), "started_on": in_days(-1), "finished_on": in_days(0)}
                    for n, u in enumerate(sittings, 1)
                ],
            )  # fmt: skip
            db.session.execute(
                insert(Answer),
                [
                    {"student_id": student_id, "attempt_uuid": u, "item_id": i.id, "choice": i.right, "right": True, "answered_on": in_days(0)}
                    for u in sittings for i in items
                ],
            )  # fmt: skip
        db.session.commit()


@pytest.mark.long
@on_both
def test_a_hundred_thousand_answers_are_sent_in_constant_memory(app, school, visit, statements):
    many = MANY[app.extensions["balise.engine"].dialect.name]
    make_many(app, school, many)
    teacher = visit("Ms Tremblay")
    with statements() as seen:
        tracemalloc.start()
        response = teacher.client.get(f"/en/progress/{school.class_6b}/answers.csv", buffered=False)
        lines = size = 0
        for piece in response.iter_encoded():
            lines, size = lines + piece.count(b"\n"), size + len(piece)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        response.close()
    print(f"{lines} lines, {size / 2**20:.1f} MiB, {peak / 2**20:.1f} MiB of memory at most, {len(seen)} statements")
    assert peak < MOST_GROWTH
    assert lines == many + 1
    assert len(seen) <= 15 + 202 / STUDENTS_AT_ONCE  # six of them keep a record of who took it along
    if app.extensions["balise.engine"].dialect.name != "sqlite":
        return  # the workbook is made of the same rows
    began = time.process_time()
    with closing(teacher.client.get(f"/en/progress/{school.class_6b}/answers.xlsx", buffered=False)) as response:
        pieces = list(response.iter_encoded())
    print(f"as a workbook: {time.process_time() - began:.1f} s of one processor, {len(pieces)} pieces")
    assert len(pieces) > many / ROWS_AT_ONCE, "sent as it is made"
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as book, book.open("xl/worksheets/sheet1.xml") as rows:
        assert sum(element.tag == f"{CELLS}row" for _event, element in ElementTree.iterparse(rows)) == many + 1


@pytest.mark.parametrize("write", [lambda sheet: as_xlsx(sheet, "x"), lambda sheet: as_json(sheet, {})], ids=["xlsx", "json"])
def test_a_file_of_many_rows_takes_no_more_memory_than_one_of_few(write):
    def peak_of(rows: int) -> int:
        sheet = Sheet(["a", "b"], ["a", "b"], ([f"text {n}", n] for n in range(rows)))
        tracemalloc.start()
        size = sum(len(piece) for piece in write(sheet))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size > 5 * rows
        return peak

    peak_of(10)  # what is imported once
    few, many = peak_of(1_000), peak_of(20_000)
    print(f"{few / 2**20:.1f} MiB at most for 1,000 rows, {many / 2**20:.1f} MiB for 20,000")
    assert many < MOST_GROWTH
    assert many - few < 2**20


def test_nothing_is_held_open_while_somebody_reads_slowly(app, school, visit):
    with app.test_request_context(method="POST"):
        for student_id in make_students(school.class_6b, 25):
            make_attempt(student_id, school.assignment)
    response = visit("Ms Tremblay").client.get(f"/en/progress/{school.class_6b}/answers.csv", buffered=False)
    pieces = response.iter_encoded()
    next(pieces)
    pool = app.extensions["balise.engine"].pool
    assert pool.checkedout() == 0
    b"".join(pieces)
    response.close()
    assert pool.checkedout() == 0


def test_asking_for_the_head_of_a_file_leaves_nothing_behind(school, visit, filled):
    teacher = visit("Ms Tremblay")
    for kind in ("csv", "xlsx", "json"):
        response = teacher.client.head(f"/en/progress/{school.class_6b}/answers.{kind}")
        assert (response.status_code, response.data) == (200, b"")
        assert teacher.get(f"/fr/progress/{school.class_6b}").status_code == 200


def test_rows_of_a_class_are_read_in_the_order_of_the_names(app, school, visit, filled):
    with app.test_request_context("/en/"):
        app.preprocess_request()
        classroom = db.session.get_one(Classroom, school.class_6b)
        names = sorted((r.name for r in rows_of(classroom, columns_of(classroom))), key=alphabetical)
    rows = json.loads(visit("Ms Tremblay").get(f"/en/progress/{school.class_6b}/answers.json").data)["rows"]
    assert list(dict.fromkeys(r["student"] for r in rows)) == [n for n in names if n in {r["student"] for r in rows}]
