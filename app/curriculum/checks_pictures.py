"""Pictures of a lesson: plain shapes and nothing else. An SVG is a program: it may run, call home, or draw itself a billion times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from .desk import Desk
from .reading import LessonSource

ELEMENTS = frozenset({"svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "style"})
ATTRIBUTES = frozenset({
    "xmlns", "viewBox", "width", "height", "role", "aria-hidden", "class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r",
    "rx", "ry", "d", "points", "transform", "opacity", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width",
    "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset",
})  # fmt: skip
MOST_SHAPES = 2_000

# Entities and document types; a style's ways to elsewhere (a backslash can spell any of them another way).
_DECLARED = re.compile(r"<!(?!--)|<\?")
_ELSEWHERE = re.compile(r"@import|url\s*\(|image\s*\(|\\|javascript:", re.IGNORECASE)


def pictures_are_plain_shapes(desk: Desk, lesson: LessonSource) -> None:
    """Only listed elements and attributes; words in pictures could not be translated."""
    for name, text in lesson.media.items():
        file = f"{lesson.file.rsplit('/', 1)[0]}/{name}"
        for line, what in faults_in(text):
            desk.report.error(file, line, "unsafe-picture", f"{what}. Draw it with plain shapes only.")


def faults_in(text: str) -> Iterator[tuple[int, str]]:
    """Line and reason of the first thing that is no plain shape."""
    if found := _DECLARED.search(text):
        yield text.count("\n", 0, found.start()) + 1, f'"{found[0]}": the picture declares something'
        return
    parser, wrong = expat.ParserCreate(), list[tuple[int, str]]()
    shapes = 0

    def look_at(element: str, attributes: dict[str, str]) -> None:
        nonlocal shapes
        shapes += 1
        if element not in ELEMENTS:
            tell(f'"<{element}": the picture holds more than shapes')
        for name, value in attributes.items():
            if name not in ATTRIBUTES:
                tell(f'"{name}=": the picture may run, load or link something')
            elif _ELSEWHERE.search(value):
                tell(f'"{value[:40]}": the picture loads something from elsewhere')
        if shapes == MOST_SHAPES + 1:
            tell(f"the picture has more than {MOST_SHAPES} shapes")

    def look_at_words(words: str) -> None:
        if found := _ELSEWHERE.search(words):
            tell(f'"{found[0]}": the picture loads something from elsewhere')

    def tell(what: str) -> None:
        wrong.append((parser.CurrentLineNumber, what))

    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = look_at, look_at_words
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        wrong.append((error.lineno, "the picture cannot be read as XML"))
    yield from wrong[:1]


LESSON_RULES = (pictures_are_plain_shapes,)
