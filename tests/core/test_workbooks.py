"""A spreadsheet file that is written as it is sent, and read back."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.workbooks import LONGEST_TEXT, MAIN, column, columns, sheet_name, xlsx_pieces

M = f"{{{MAIN}}}"


def written(lines, title="Answers"):
    return zipfile.ZipFile(io.BytesIO(b"".join(xlsx_pieces(lines, title))))


def cells_in(book):
    """Place -> text or number, as a program reads them: _xHHHH_ stands for a character."""
    found = {}
    for cell in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{M}c"):
        if cell.get("t") == "inlineStr":
            text = "".join(cell.itertext())
            found[cell.get("r")] = re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)
        else:
            found[cell.get("r")] = int(cell.find(f"{M}v").text)
    return found


@given(st.lists(st.lists(st.text(st.characters(), max_size=12) | st.integers(-(10**9), 10**9), max_size=4), max_size=6))
def test_what_is_written_is_read_back_whatever_characters_it_has(lines):
    wanted = {f"{column(n)}{row}": cell for row, line in enumerate(lines, 1) for n, cell in enumerate(line, 1) if cell != ""}
    read = cells_in(written(lines))
    # A carriage return alone may be a line end to XML: it is written as a character, so it comes back.
    assert read == wanted


@pytest.mark.parametrize("text", [" spaced ", "two\nlines", "a\ttab", "_x000D_", "a & b < c > d", "\r", "\x00", "x" * LONGEST_TEXT])
def test_texts_that_xml_would_change_come_back_as_they_were(text):
    assert cells_in(written([[text]])) == {"A1": text}


def test_a_text_longer_than_a_cell_is_cut():
    assert len(cells_in(written([["x" * (LONGEST_TEXT + 9)]]))["A1"]) == LONGEST_TEXT


def test_the_parts_belong_together_and_the_same_rows_give_the_same_bytes():
    book = written([["a"], ["b"], ["c"]])
    assert book.testzip() is None
    kinds = ElementTree.fromstring(book.read("[Content_Types].xml"))
    assert {k.get("PartName")[1:] for k in kinds if k.get("PartName")} == {
        n for n in book.namelist() if n.startswith("xl/") and "rels" not in n
    }
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    assert {f"xl/{link.get('Target')}" for link in links} <= set(book.namelist())
    styles = [row[0].get("s") for row in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{M}row")]
    assert styles == ["1", "2", None]
    assert b"".join(xlsx_pieces([["a"]], "x")) == b"".join(xlsx_pieces([["a"]], "x"))


def test_rows_leave_before_the_last_is_asked_for():
    asked = []

    def lines():
        for n in range(5000):
            asked.append(n)
            yield [f"text {n}"]

    first = next(iter(xlsx_pieces(lines(), "x")))
    assert first.startswith(b"PK")
    assert len(asked) < 1000


@pytest.mark.parametrize(
    ("title", "name"),
    [("Réponses", "Réponses"), ("a[b]:c*?/\\", "a b  c"), ("'x'", "x"), ("x" * 40, "x" * 31), ("", "1"), ('a"&<', 'a"&<')],
)
def test_a_sheet_has_a_name_that_programs_accept(title, name):
    assert sheet_name(title) == name
    book = ElementTree.fromstring(written([], title).read("xl/workbook.xml"))
    assert book.find(f".//{M}sheet").get("name") == name


def test_columns_are_named_as_spreadsheets_do():
    assert columns(3) == ("A", "B", "C")
    assert [column(n) for n in (26, 27, 52, 53, 702, 703)] == ["Z", "AA", "AZ", "BA", "ZZ", "AAA"]
