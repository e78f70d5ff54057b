"""A spreadsheet file (XLSX) of one sheet, written piece by piece: nothing waits for the last row, on disk or in memory.

Every text stands in its own cell as an inline string (ECMA-376 part 1, 18.4), which no program takes for a formula, a link or a number.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import IO, cast
from xml.sax.saxutils import escape

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip files: the same rows give the same bytes
FOR_THE_OWNER = 0o600 << 16
ROWS_AT_ONCE = 500
LONGEST_TEXT = 32_767  # characters in a cell
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# What XML cannot hold is written as _xHHHH_ (18.3.1.96, ST_Xstring), and what only looks like that is kept apart from it.
ODD = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
NOT_PLAIN = re.compile(r"^\s|\s$|[<>&_\x00-\x1f\ud800-\udfff\ufffe\uffff]")  # most texts are: looked at once

PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>
</Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>
</Relationships>""",
    # Styles by place: 0 plain, 1 bold, 2 grey.
    "xl/styles.xml": f"""<styleSheet xmlns="{MAIN}">
<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>
<font><sz val="11"/><color rgb="FF566B6E"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>""",
}
BOOK = f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="%s" sheetId="1" r:id="rId1"/></sheets></workbook>"""
# The two rows of headings and the first column stay in sight.
HEAD = f"""<worksheet xmlns="{MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">
<pane xSplit="1" ySplit="2" topLeftCell="B3" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>
<cols><col min="1" max="1" width="22" customWidth="1"/></cols><sheetData>"""
FOOT = "</sheetData></worksheet>"
HEADINGS = {1: ' s="1"', 2: ' s="2"'}  # the style of a row


class Outgoing:
    """Takes what the zip writes until it is sent. It cannot go back, so sizes stand behind each part and not before it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: what is written is there."""

    def taken(self) -> bytes:
        """Everything since the last time."""
        sent, self.pieces = b"".join(self.pieces), []
        return sent


def xlsx_pieces(lines: Iterable[Sequence[str | int]], title: str) -> Iterator[bytes]:
    """A workbook with these lines: row 1 in bold, row 2 in grey, empty texts as no cell. `title` is the name of the sheet."""
    out, rows = Outgoing(), enumerate(lines, 1)
    with zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_DEFLATED, compresslevel=5) as made:
        for name, text in {**PARTS, "xl/workbook.xml": BOOK % in_xml(sheet_name(title)).replace('"', "&quot;")}.items():
            made.writestr(part(name), XML + text)
        with made.open(part("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.write((XML + HEAD).encode())
            while some := list(islice(rows, ROWS_AT_ONCE)):
                sheet.write("".join(row_in_xml(number, line) for number, line in some).encode())
                yield out.taken()
            sheet.write(FOOT.encode())
    yield out.taken()


def part(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FIRST_DAY)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, FOR_THE_OWNER, 3
    return info


def row_in_xml(number: int, line: Sequence[str | int]) -> str:
    style, cells = HEADINGS.get(number, ""), []
    for letters, cell in zip(columns(len(line)), line, strict=True):
        if isinstance(cell, int):
            cells.append(f'<c r="{letters}{number}"{style}><v>{cell}</v></c>')
        elif cell:
            text = f"<t>{cell}" if len(cell) <= LONGEST_TEXT and not NOT_PLAIN.search(cell) else f'<t xml:space="preserve">{in_xml(cell)}'
            cells.append(f'<c r="{letters}{number}"{style} t="inlineStr"><is>{text}</t></is></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def in_xml(text: str) -> str:
    return escape(ODD.sub(lambda m: f"_x{ord(m[0]):04X}_", text[:LONGEST_TEXT]))


def sheet_name(title: str) -> str:
    """A name that programs accept: 31 characters, none of []:*?/\\, no apostrophe at the ends."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip("' ") or "1"


@lru_cache(maxsize=64)
def columns(count: int) -> tuple[str, ...]:
    """A, B ... Z, AA, AB ...: the names of the first columns."""
    return tuple(column(number) for number in range(1, count + 1))


def column(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
