"""The `///` blocks of a text, by line: enough to tell an author which fence is wrong (`markup.py` renders them)."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = ("note", "light", "say", "steps", "chain", "chat", "fold", "try", "pause")
NEED_TITLE = ("say", "fold", "try")

_START = re.compile(r" {0,3}(/{3,})\s*([\w-]+)\s*(?:\|\s*(\S.*\S|\S|)\s*)?$")
_WITHIN = re.compile(r"(?:[ \t]*(?:[-*+>]|\d+[.)]))+[ \t]*/{3}|(?=[ ]{4}|[ ]{0,3}\t)[ \t]*/{3}")
_END = re.compile(r" {0,3}(/{3,})\s*$")


@dataclass(frozen=True)
class Opening:
    """`/// name | title` on a line."""

    name: str
    title: str
    slashes: int
    line: int


@dataclass(frozen=True)
class FenceProblem:
    line: int
    rule: str
    message: str


def scan(body: str, first_line: int) -> tuple[list[Opening], list[FenceProblem]]:
    """The blocks of a text, and what is wrong with their fences."""
    found: list[Opening] = []
    problems: list[FenceProblem] = []
    open_blocks: list[Opening] = []

    def problem(line: int, rule: str, message: str) -> None:
        problems.append(FenceProblem(line, rule, message))

    for number, line in enumerate(body.split("\n"), first_line):
        if start := _START.match(line):
            block = Opening(start[2], start[3] or "", len(start[1]), number)
            if block.name not in NAMES:
                problem(number, "unknown-block", f'there is no block "{block.name}". Use one of: {", ".join(NAMES)}.')
                continue
            if block.name in NEED_TITLE and not block.title:
                problem(number, "block-title", f'block "{block.name}" has no title. Write "/// {block.name} | A title".')
            if open_blocks and block.slashes >= open_blocks[-1].slashes:
                outer = open_blocks[-1]
                more = "/" * (block.slashes + 1)
                message = f'"{block.name}" stands inside "{outer.name}" of line {outer.line}. Fence the outer one with "{more}".'
                problem(number, "block-nesting", message)
            found.append(block)
            open_blocks.append(block)
        elif end := _END.match(line):
            if not any(block.slashes == len(end[1]) for block in open_blocks):
                problem(
                    number,
                    "stray-fence",
                    f'"{end[1]}" closes no block. Delete it, or give it as many "/" as its opening.',
                )
                continue
            while open_blocks[-1].slashes != len(end[1]):
                problem(*_unclosed(open_blocks.pop()))
            open_blocks.pop()
        elif _WITHIN.match(line):
            message = "a block cannot stand in a list or a quotation. Put its first line and its last at the beginning of a line."
            problem(number, "block-nesting", message)
    for block in open_blocks:
        problem(*_unclosed(block))
    return found, problems


def _unclosed(block: Opening) -> tuple[int, str, str]:
    fence = "/" * block.slashes
    return block.line, "unclosed-block", f'block "{block.name}" is never closed. End it with a line "{fence}".'
