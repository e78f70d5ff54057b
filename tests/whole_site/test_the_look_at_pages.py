"""The look that every test takes at every page can see, also where most of a page is known already."""

from __future__ import annotations

import html5lib
import page
import pytest

SHELL = """<!doctype html><html lang="en-CA"><head><title>A</title></head><body><header><svg viewBox="0 0 1 1"><path d="M0"/></svg></header>
<main>%s</main><footer>%s</footer></body></html>"""
PIECES = [
    "<p>right", "<p>right</p>", "</div>", "<p><div></div></p>", "<svg><g></svg>", "<a href=x><a href=y></a></a>", "<header><p>x</p></header>", "<b><i></b></i>",
    "<div>", "<p id=a id=b></p>", "<li>x</li></ul>", "<table><tr><td>x</table>", "<p>&nosuch;</p>", "<svg><path></svg></p>", "</main><p>x", "<main>", "<!-- -- >",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_parts_that_are_known_hide_no_mistake(piece):
    page.mistakes(SHELL % ("<p>known</p>", "<p>known</p>"))
    for html in (SHELL % (piece, "<p>known</p>"), SHELL % ("<p>known</p>", piece)):
        whole = html5lib.HTMLParser(strict=False)
        whole.parse(html)
        for _twice in range(2):
            assert bool(page.mistakes(html)) == bool(whole.errors)
