"""Cells of files that spreadsheets open."""

from __future__ import annotations

# Of other scripts too: spreadsheets take a full-width sign for the sign.
FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(" \u00a0\u3000").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text
