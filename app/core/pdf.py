"""Sheets as PDF by way of WeasyPrint, which is not installed by itself (`pip install .[pdf]`). Nothing is fetched from anywhere."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

from app.core import static

HERE = "balise:///"
SHEETS = ("print.css",)
PICTURE = re.compile(r"/media/(\d{1,4})/([a-z0-9-]{1,60}\.svg)")
FONT = "@font-face{{font-family:{family};src:url({here}{name}) format('woff2');font-weight:400 800}}"
one_at_a_time = threading.Lock()  # seconds of work each: a second one waits, and pages go on


def pdf_of(html: str, lessons: Path) -> bytes:
    """The PDF of a page that uses no stylesheet but those of SHEETS and no picture but the lessons' own."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    numbers = {str(n): folder for n, folder in numbered(lessons).items()}

    class Ours(URLFetcher):  # type: ignore[misc]
        """Our own files and nothing else, whatever an address says."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            path = url.removeprefix(HERE)
            if path in static.files():
                return URLFetcherResponse(url, static.files()[path])
            found = PICTURE.fullmatch("/" + path)
            if url.startswith(HERE) and found and found[1] in numbers:
                return URLFetcherResponse(url, (numbers[found[1]] / "media" / found[2]).read_bytes(), {"Content-Type": "image/svg+xml"})
            raise ValueError(f"not one of our files: {url}")

    fetcher, fonts = Ours(), FontConfiguration()
    with one_at_a_time:
        sheets = [CSS(string=static.files()[name].decode(), base_url=HERE, url_fetcher=fetcher, font_config=fonts) for name in SHEETS]
        sheets.append(CSS(string=font_faces(), base_url=HERE, url_fetcher=fetcher, font_config=fonts))
        made: bytes = HTML(string=html, base_url=HERE, url_fetcher=fetcher).write_pdf(stylesheets=sheets, font_config=fonts)
    return made


def font_faces() -> str:
    """The site's fonts under the names that print.css uses. Hangul comes in pieces; each becomes a family of its own."""
    faces = [FONT.format(family="'Balise Sans'", here=HERE, name="fonts/balise-sans.woff2")]
    hangul = [name for name in static.files() if name.startswith("fonts/balise-hangul")]
    faces += [FONT.format(family=f"'Balise Hangul {n}'", here=HERE, name=name) for n, name in enumerate(sorted(hangul))]
    families = ",".join(["'Balise Sans'", *(f"'Balise Hangul {n}'" for n in range(len(hangul)))])
    return "".join(faces) + f".pack{{font-family:{families},sans-serif}}"


def numbered(lessons: Path) -> dict[int, Path]:
    from app.core.library import library

    return {lesson.number: lessons / lesson.slug for lesson in library().lessons}
