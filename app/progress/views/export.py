"""The numbers of the class page as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Response, request

from app.core.access import TEACHERS, open_to
from app.core.i18n import gettext as _
from app.progress.views import bp, own_classroom
from app.progress.views.matrix import columns_of, rows_of, state_words

FORMULA_STARTS = tuple("=+-@\t\r\0＝＋－＠")


def safe(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


@bp.get("/progress/<id:classroom_id>/results.csv")
@open_to(TEACHERS)
def export(classroom_id: int) -> Response:
    """The matrix as CSV that Excel opens right, Korean too: UTF-8 with a mark, CRLF, two header rows (words, then lasting keys)."""
    classroom = own_classroom(classroom_id)
    columns = columns_of(classroom)
    rows = sorted(rows_of(classroom, columns, hide_names=False), key=lambda r: r.name)
    words = state_words()
    delimiter = ";" if request.args.get("separator") == "semicolon" else ","

    def lines() -> Iterator[list[str]]:
        head, keys = [_("Student")], ["student"]
        for c in columns:
            title = _("Lesson %(number)s", number=c.lesson.number)
            head += [title, title + " · " + _("right"), title + " · " + _("of how many"), title + " · " + _("handed in late")]
            keys += [f"{c.lesson.slug}.{k}" for k in ("state", "right", "counted", "late")]
        yield head
        yield keys
        for r in rows:
            line = [r.name]
            for cell in r.cells:
                line += [words[cell.standing], str(cell.right), str(cell.counted), _("yes") if cell.late else ""]
            yield line

    def pieces() -> Iterator[bytes]:
        yield b"\xef\xbb\xbf"
        for line in lines():
            buffer = io.StringIO()
            csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerow([safe(c) for c in line])
            yield buffer.getvalue().encode()

    response = Response(b"".join(pieces()), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="balise-class-{classroom.id}.csv"'
    return response
