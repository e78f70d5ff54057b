"""CSV that spreadsheets open right, and cells that they take for nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

MARK = b"\xef\xbb\xbf"  # at the head of a file: without it Excel takes UTF-8 for another encoding
# Of other scripts too: spreadsheets take a full-width sign for the sign.
FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def csv_lines(lines: Iterable[Sequence[Any]], delimiter: str = ",") -> bytes:
    """Lines as RFC 4180 with CRLF, in UTF-8 without the MARK: a part of a file, or all of it. None is an empty cell, texts are `safe`."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return out.getvalue().encode()
