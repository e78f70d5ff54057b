"""What comes out of the printer, as Chromium makes it: whole questions, and help lines on each page."""

from __future__ import annotations

import re

import pytest

SAMPLE = ((2, "ko", "A"), (5, "fr", "C"), (8, "en", "B"))  # among them every kind of question
PAPER = {"a4": (594.96, 841.92), "letter": (612, 792)}  # points
KEPT_WHOLE = ".p-ask, .p-terms > div, .p-unit, .p-before, .msg"
# A link at the start and at the end of what must not be divided, and one in each foot: links are what a PDF says in plain text, page by page.
MARK = """(selector) => {
  const mark = (where, place, name) => {
    const link = document.createElement("a");
    link.href = "https://mark.example/" + name;
    link.textContent = "·";
    where.insertAdjacentElement(place, link);
  };
  const parts = [...document.querySelectorAll(selector)];
  parts.forEach((part, n) => { mark(part, "afterbegin", n + "-start"); mark(part, "beforeend", n + "-end"); });
  for (const foot of document.querySelectorAll(".piece-f p")) mark(foot, "beforeend", "foot");
  return parts.length;
}"""


def pages_of(pdf: bytes) -> list[tuple[tuple[float, ...], list[str]]]:
    """(size, marks) of each page of a PDF as Chromium writes it."""
    objects = {int(m[1]): m[2] for m in re.finditer(rb"(?m)^(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)}
    found = []
    for body in objects.values():
        if not re.search(rb"/Type\s*/Page\b(?!s)", body):
            continue
        box = tuple(float(n) for n in re.search(rb"/MediaBox\s*\[([^\]]*)\]", body)[1].split())
        annotations = re.search(rb"/Annots\s*\[([^\]]*)\]", body)
        refs = re.findall(rb"(\d+) 0 R", annotations[1]) if annotations else []
        own = b"".join(objects[int(ref)] for ref in refs)
        found.append((box[2:], [m.decode() for m in re.findall(rb"https://mark\.example/([\w-]+)", own)]))
    return found


@pytest.mark.parametrize("size", PAPER)
@pytest.mark.parametrize(("number", "locale", "band"), SAMPLE)
def test_no_question_is_divided_and_every_page_names_help(browse, state_of, number, locale, band, size):
    pieces = "&".join(f"piece={p}" for p in ("handout", "quiz", "key", "family", "poster"))
    with browse(locale, 1366, storage_state=state_of("teacher")) as page:
        page.goto(f"/{locale}/lessons/{number}/print?band={band}&size={size}&{pieces}")
        parts = page.evaluate(MARK, KEPT_WHOLE)
        pdf = page.pdf(prefer_css_page_size=True)
    pages = pages_of(pdf)
    assert len(pages) >= 5
    on_page = {mark: n for n, (_box, marks) in enumerate(pages) for mark in marks if mark != "foot"}
    assert len(on_page) == 2 * parts > 20
    divided = [n for n in range(parts) if on_page[f"{n}-start"] != on_page[f"{n}-end"]]
    assert not divided
    for n, (box, marks) in enumerate(pages, 1):
        assert box == pytest.approx(PAPER[size], abs=1), f"page {n}"
        assert "foot" in marks, f"page {n} of {len(pages)} has no help lines"


def test_seats_report_and_poster_fit_their_paper(browse, state_of, seats):
    with browse("en", 1366, storage_state=state_of("teacher")) as page:
        for address, most in (
            (f"/en/progress/{seats['classroom_id']}/report?size=a4", 2),
            ("/en/lessons/1/print?size=letter&piece=poster", 1),
        ):
            page.goto(address)
            page.evaluate(MARK, ".p-unit")
            pages = pages_of(page.pdf(prefer_css_page_size=True))
            assert 1 <= len(pages) <= most, address
            assert all("foot" in marks for _box, marks in pages)
