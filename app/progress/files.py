"""Tables as files that open everywhere: CSV, XLSX, JSON, piece by piece, however many rows there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from app.core.spreadsheets import MARK, csv_lines
from app.core.workbooks import xlsx_pieces


class Word(NamedTuple):
    """A word of ours in a cell: the key lasts, the text is in the reader's language."""

    key: str
    text: str


Cell = Word | str | int | bool | date | None


@dataclass(frozen=True)
class Sheet:
    """Headings for people, keys that last for machines (in JSON), and rows that are made as they are asked for."""

    heads: Sequence[str]
    keys: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    yes: str = "yes"  # how True is written for people; False is left empty


ROWS_AT_ONCE = 500


def shown(cell: Cell, yes: str) -> str | int:
    """A cell for people: texts and whole numbers, days as ISO dates."""
    if cell is None or cell is False:
        return ""
    if cell is True:
        return yes
    if isinstance(cell, Word):
        return cell.text
    return cell.isoformat() if isinstance(cell, date) else cell


def as_csv(sheet: Sheet, delimiter: str = ",") -> Iterator[bytes]:
    """RFC 4180 with CRLF, in UTF-8 with a mark. One row of headings, for people: a spreadsheet would sort a second one as a student."""
    yield MARK
    lines = iter(_lines(sheet))
    while some := list(islice(lines, ROWS_AT_ONCE)):
        yield csv_lines(some, delimiter)


def as_json(sheet: Sheet, about: Mapping[str, Any]) -> Iterator[bytes]:
    """One object: what is `about`, the heading of each key, and under "rows" an object for each row, one a line.

    Texts stand as they are: nothing in JSON is a formula. Who turns them into a spreadsheet has to make them safe."""
    head = json.dumps({**about, "headings": dict(zip(sheet.keys, sheet.heads, strict=True))}, ensure_ascii=False, default=_plain)
    yield (head[:-1] + ', "rows": [').encode()
    rows, between = iter(sheet.rows), "\n"
    while some := list(islice(rows, ROWS_AT_ONCE)):
        made = (dict(zip(sheet.keys, map(_key, row), strict=True)) for row in some)
        yield (between + ",\n".join(json.dumps(row, ensure_ascii=False, default=_plain) for row in made)).encode()
        between = ",\n"
    yield b"\n]}\n"


def as_xlsx(sheet: Sheet, title: str) -> Iterator[bytes]:
    """A workbook with one sheet. Texts are written as texts, so that none is a formula or a link."""
    return xlsx_pieces(_lines(sheet), title)


def _lines(sheet: Sheet) -> Iterator[Sequence[str | int]]:
    yield sheet.heads
    for row in sheet.rows:
        yield [shown(cell, sheet.yes) for cell in row]


def _key(cell: Cell) -> Any:
    return cell.key if isinstance(cell, Word) else cell


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)
