"""Pictures of a lesson: plain shapes and nothing else. An SVG is a program: it may run, call home, or draw itself a billion times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from .desk import Desk
from .reading import LessonSource
from .tables import MAX_NESTING

ELEMENTS = frozenset({"svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "style"})
ATTRIBUTES = frozenset({
    "xmlns", "viewBox", "width", "height", "role", "aria-hidden", "class", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r",
    "rx", "ry", "d", "points", "transform", "opacity", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width",
    "stroke-opacity", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset",
})  # fmt: skip
MOST_SHAPES = 2_000
XMLNS = "http://www.w3.org/2000/svg"

# Entities and document types.
_DECLARED = re.compile(r"<!(?!--)|<\?")
# What a value and a style may hold: letters, numbers and few signs. Without "(" there is no url() nor image-set(), without "@" no
# @import, and without a backslash no other way to spell them.
_VALUE = re.compile(r"[\w\s.,#%+-]*", re.ASCII)
_MOVES = re.compile(r"(?:(?:translate|scale|rotate|skewX|skewY|matrix)\([\d\s.,e+-]*\)[\s,]*)*", re.ASCII)
_AT_NIGHT = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*(?:dark|light)\s*\)")
_NOT_IN_A_STYLE = re.compile(r"[^\w\s.,#%+:;{}>*-]", re.ASCII)


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
    within: list[str] = []
    style: list[str] = []

    def open_(element: str, attributes: dict[str, str]) -> None:
        nonlocal shapes
        shapes += 1
        if element not in ELEMENTS:
            tell(f'"<{element}": the picture holds more than shapes')
        elif within and within[-1] == "style":  # what stands deeper in it stands in something that does
            tell(f'"<{element}": something stands within the style')
        for name, value in attributes.items():
            if name not in ATTRIBUTES:
                tell(f'"{name}=": the picture may run, load or link something')
            elif value != XMLNS if name == "xmlns" else not (_MOVES if name == "transform" else _VALUE).fullmatch(value):
                tell(f'"{name}=": the picture loads something from elsewhere, or holds a sign that no shape needs')
        if shapes == MOST_SHAPES + 1:
            tell(f"the picture has more than {MOST_SHAPES} shapes")
        within.append(element)
        if len(within) == MAX_NESTING + 1:
            tell(f"the picture is more than {MAX_NESTING} levels deep")

    def words(text: str) -> None:
        if within[-1] == "style":
            style.append(text)
        elif text.strip():
            tell("the picture holds words")

    def close(element: str) -> None:
        within.pop()
        # All of it at once, as a browser reads it: a comment may stand in the middle of a word.
        if element == "style" and (found := _NOT_IN_A_STYLE.search(_AT_NIGHT.sub("", "".join(style)))):
            tell(f'"{found[0]}" in a style: it may load something from elsewhere')

    def tell(what: str) -> None:
        wrong.append((parser.CurrentLineNumber, what))

    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = open_, words, close
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        wrong.append((error.lineno, "the picture cannot be read as XML"))
    yield from wrong[:1]


LESSON_RULES = (pictures_are_plain_shapes,)
