"""Fingerprints of pictures: the reference for the lab's script (`app/static/lab-fingerprint.js`).

Everything is whole numbers, so that the page and the tests come to the same grey squares and the same SHA-256. Reading a
picture back from a browser's canvas would not do: some browsers change a few squares on purpose, against tracking.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

COLUMNS, ROWS = 9, 8  # what the look-alike fingerprint shrinks a picture to
BITS = (COLUMNS - 1) * ROWS
MATCH = 10  # differences out of BITS up to which the lab says "same picture", as measured in M-01


@dataclass(frozen=True)
class Greys:
    """A picture: row by row, one byte for each square, 0 black to 255 white."""

    width: int
    height: int
    values: bytes


def exact(picture: Greys) -> str:
    """SHA-256 of the size (two bytes each) and the greys, as 64 signs (FIPS 180-4)."""
    head = picture.width.to_bytes(2, "big") + picture.height.to_bytes(2, "big")
    return hashlib.sha256(head + picture.values).hexdigest()


def lookalike(picture: Greys) -> str:
    """dHash: is each of 9 x 8 grey areas darker than the one to its right? 64 signs "0" or "1" (Krawetz 2013, "Kind of Like That")."""
    cells = _areas(picture, COLUMNS, ROWS)
    return "".join("01"[row[i + 1] > row[i]] for row in cells for i in range(COLUMNS - 1))


def greys_of_areas(picture: Greys) -> list[int]:
    """The mean grey of each of the 9 x 8 areas, row by row."""
    whole = picture.width * picture.height
    return [cell // whole for row in _areas(picture, COLUMNS, ROWS) for cell in row]


def distance(one: str, other: str) -> int:
    """In how many places two fingerprints differ (Hamming 1950)."""
    return sum(a != b for a, b in zip(one, other, strict=True))


def nearest(stored: Greys, found: Greys, orientations: bool) -> int:
    """Differences between what is stored and what was found; with `orientations`, to the nearest of eight stored ones."""
    wanted = lookalike(found)
    return min(distance(lookalike(p), wanted) for p in (eight(stored) if orientations else [stored]))


def eight(picture: Greys) -> Iterator[Greys]:
    """The picture turned by quarters, as it is and mirrored."""
    for now in (picture, mirrored(picture)):
        yield now
        for _ in range(3):
            now = turned(now)  # noqa: PLW2901
            yield now


def _areas(picture: Greys, columns: int, rows: int) -> list[list[int]]:
    """Sums of grey over equal areas; a square on a border counts with the part of it that lies inside.

    A sum is `width * height` times the area's mean grey.
    """
    across = [_shares(picture.width, columns, i) for i in range(columns)]
    narrow = []
    for y in range(picture.height):
        line = picture.values[y * picture.width : (y + 1) * picture.width]
        narrow.append([sum(line[x] * share for x, share in cell) for cell in across])
    down = [_shares(picture.height, rows, i) for i in range(rows)]
    return [[sum(narrow[y][x] * share for y, share in cell) for x in range(columns)] for cell in down]


def _shares(length: int, parts: int, i: int) -> list[tuple[int, int]]:
    """Which squares lie in part `i` of `parts`, and how much of each, in units of which a square has `parts`."""
    begin, end = i * length, (i + 1) * length
    return [(n, min(end, (n + 1) * parts) - max(begin, n * parts)) for n in range(begin // parts, (end - 1) // parts + 1)]


# What people and apps do to a picture.


@dataclass(frozen=True)
class Change:
    """In the order in which it is done. The defaults change nothing."""

    crop: int = 0  # percent of the width and of the height that is cut away
    corner: bool = False  # all of it from one corner, not evenly from all sides
    mirror: bool = False
    turn: bool = False  # by a quarter
    size: int = 100  # percent of the width and of the height
    light: int = 0  # percent brighter; below zero darker
    quality: int = 100  # of the JPEG it is saved as; 100: not saved again


def changed(picture: Greys, change: Change) -> Greys:
    """The picture after one change or several."""
    if change.crop:
        picture = cropped(picture, change.crop, change.corner)
    if change.mirror:
        picture = mirrored(picture)
    if change.turn:
        picture = turned(picture)
    if change.size != 100:
        picture = resized(picture, change.size)
    if change.light:
        picture = Greys(picture.width, picture.height, bytes(min(255, (v * (100 + change.light) + 50) // 100) for v in picture.values))
    return saved_again(picture, change.quality) if change.quality != 100 else picture


def cropped(picture: Greys, percent: int, corner: bool) -> Greys:
    across, down = picture.width * percent // 100, picture.height * percent // 100
    left, top = (0, 0) if corner else (across // 2, down // 2)
    lines = (picture.values[y * picture.width :] for y in range(top, top + picture.height - down))
    width = picture.width - across
    return Greys(width, picture.height - down, b"".join(line[left : left + width] for line in lines))


def mirrored(picture: Greys) -> Greys:
    w = picture.width
    return Greys(w, picture.height, b"".join(picture.values[y * w : (y + 1) * w][::-1] for y in range(picture.height)))


def turned(picture: Greys) -> Greys:
    """A quarter to the right."""
    w, h = picture.width, picture.height
    return Greys(h, w, bytes(picture.values[(h - 1 - x) * w + y] for y in range(w) for x in range(h)))


def resized(picture: Greys, percent: int) -> Greys:
    """Each new square is the mean of the area it stands for."""
    width, height = max(COLUMNS, (picture.width * percent + 50) // 100), max(ROWS, (picture.height * percent + 50) // 100)
    whole = picture.width * picture.height
    return Greys(width, height, bytes((cell + whole // 2) // whole for row in _areas(picture, width, height) for cell in row))


# The step of JPEG that loses something: cosine transform, rounding by quality, and back (ITU-T T.81, A.3.3, A.3.4, table K.1).

_TABLE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
_ONE = 1 << 13  # 1.0 of the cosines
_COSINES = [
    [round(_ONE * (math.sqrt(0.125) if u == 0 else 0.5) * math.cos((2 * x + 1) * u * math.pi / 16)) for x in range(8)] for u in range(8)
]


def rounding(quality: int) -> list[int]:
    """The 64 steps that a quality of 1 to 99 rounds to; the scale is that of the Independent JPEG Group's library."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return [min(255, max(1, (step * scale + 50) // 100)) for step in _TABLE]


def saved_again(picture: Greys, quality: int) -> Greys:
    """The picture after it was saved as a JPEG and opened again."""
    steps = rounding(quality)
    result = bytearray(picture.width * picture.height)
    for top in range(0, picture.height, 8):
        for left in range(0, picture.width, 8):
            _save_block(picture, left, top, steps, result)
    return Greys(picture.width, picture.height, bytes(result))


def _save_block(picture: Greys, left: int, top: int, steps: list[int], result: bytearray) -> None:
    w, h = picture.width, picture.height
    block = [[picture.values[min(top + y, h - 1) * w + min(left + x, w - 1)] - 128 for x in range(8)] for y in range(8)]
    waves = _both_ways(block, _COSINES)
    for u in range(8):
        for v in range(8):
            step = steps[8 * u + v] * _ONE * _ONE
            waves[u][v] = (2 * waves[u][v] + step) // (2 * step) * steps[8 * u + v]
    back = _both_ways(waves, [list(column) for column in zip(*_COSINES, strict=True)])
    for y in range(min(8, h - top)):
        for x in range(min(8, w - left)):
            grey = (2 * back[y][x] + _ONE * _ONE) // (2 * _ONE * _ONE) + 128
            result[(top + y) * w + left + x] = min(255, max(0, grey))


def _both_ways(block: list[list[int]], by: list[list[int]]) -> list[list[int]]:
    """by * block * (by turned over)."""
    half = [[sum(a * b for a, b in zip(row, line, strict=True)) for row in by] for line in block]
    columns = list(zip(*half, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in by]
