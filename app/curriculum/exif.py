"""What a JPEG file says beside its picture, and the same file without it.

After CIPA DC-008 (Exif 2.32) and TIFF 6.0. Of the many fields five are read, those that this site's own pictures have. A file may be
broken anywhere: whatever lies outside it counts as 0, and nothing is read twice. app/static/lab-peek.js reads the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

HEAD = b"Exif\0\0"
MOST_FIELDS = 100  # of one list; more is not believed
SIZES = {2: 1, 3: 2, 4: 4, 5: 8}  # bytes of one value: text, short, long, fraction
MAKE, MODEL, SOFTWARE, CHANGED, EXIF, GPS, TAKEN = 0x10F, 0x110, 0x131, 0x132, 0x8769, 0x8825, 0x9003
NORTH, LATITUDE, EAST, LONGITUDE = 1, 2, 3, 4
SMALL, SMALL_LENGTH = 0x201, 0x202
DAY = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d)")


@dataclass(frozen=True)
class Details:
    """What is written in a file; empty or None where nothing is."""

    device: str = ""
    program: str = ""
    day: str = ""  # "2026-05-02 16:41"
    place: tuple[float, float] | None = None  # degrees north and east
    small: tuple[int, int] | None = None  # where in the file a small picture stands: from, to


def number(data: bytes, at: int, size: int, little: bool = False) -> int:
    """The whole number there; 0 outside the file."""
    return int.from_bytes(data[at : at + size], "little" if little else "big") if 0 <= at <= len(data) - size else 0


def parts(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(mark, from, to) of the parts before the picture itself."""
    at = 2 if data[:2] == b"\xff\xd8" else len(data)
    while number(data, at, 1) == 0xFF and number(data, at + 1, 1) not in (0xDA, 0xD9):
        end = at + 2 + number(data, at + 2, 2)
        if not at + 4 <= end <= len(data):
            return
        yield data[at + 1], at, end
        at = end


def without_details(data: bytes) -> bytes:
    """The same picture without its notes: parts APP1 to APP15 and comments are left out, everything else is as it was."""
    kept, last = [data[:2]], 2
    for mark, start, end in parts(data):
        last = end
        if not (0xE1 <= mark <= 0xEF or mark == 0xFE):
            kept.append(data[start:end])
    return b"".join((*kept, data[last:]))


def details(data: bytes) -> Details:
    found = next((start for mark, start, _end in parts(data) if mark == 0xE1 and data[start + 4 : start + 10] == HEAD), None)
    return _read(data[found + 10 : found + 2 + number(data, found + 2, 2)], found + 10) if found is not None else Details()


def _read(block: bytes, offset: int) -> Details:
    """Details in a TIFF block that begins at `offset` of the file."""
    tiff = _Tiff(block)
    first, following = tiff.fields(tiff.number(4, 4))
    more, _ = tiff.fields(tiff.whole(first, EXIF))
    where, _ = tiff.fields(tiff.whole(first, GPS))
    second, _ = tiff.fields(following)
    day = DAY.match(tiff.text(more, TAKEN) or tiff.text(first, CHANGED))
    start, length = tiff.whole(second, SMALL), tiff.whole(second, SMALL_LENGTH)
    return Details(
        device=f"{tiff.text(first, MAKE)} {tiff.text(first, MODEL)}".strip(),
        program=tiff.text(first, SOFTWARE),
        day=f"{day[1]}-{day[2]}-{day[3]} {day[4]}" if day else "",
        place=tiff.place(where),
        small=(offset + start, offset + start + length) if length and start + length <= len(block) else None,
    )


Fields = dict[int, tuple[int, int, int]]  # by tag: kind of value, how many, where


class _Tiff:
    def __init__(self, block: bytes) -> None:
        self.block, self.little = block, block[:2] == b"II"

    def number(self, at: int, size: int) -> int:
        return number(self.block, at, size, self.little)

    def fields(self, at: int) -> tuple[Fields, int]:
        """The fields of one list, and where the next list stands. There is none at 0."""
        count = self.number(at, 2) if at else 0
        if count > MOST_FIELDS:
            return {}, 0
        found: Fields = {}
        for field in range(at + 2, at + 2 + 12 * count, 12):
            kind, many = self.number(field + 2, 2), self.number(field + 4, 4)
            size = SIZES.get(kind, 0) * many
            value = field + 8 if size <= 4 else self.number(field + 8, 4)
            if size and value + size <= len(self.block):
                found.setdefault(self.number(field, 2), (kind, many, value))
        return found, self.number(at + 2 + 12 * count, 4) if count else 0

    def whole(self, fields: Fields, tag: int) -> int:
        kind, _many, at = fields.get(tag, (0, 0, 0))
        return self.number(at, SIZES[kind]) if kind in (3, 4) else 0

    def text(self, fields: Fields, tag: int) -> str:
        kind, many, at = fields.get(tag, (0, 0, 0))
        raw = self.block[at : at + min(many, 40)] if kind == 2 else b""
        return "".join(chr(c) for c in raw.split(b"\0")[0] if 32 <= c < 127).strip()

    def place(self, fields: Fields) -> tuple[float, float] | None:
        found = []
        for tag, sign, most, minus in ((LATITUDE, NORTH, 90, "S"), (LONGITUDE, EAST, 180, "W")):
            kind, many, at = fields.get(tag, (0, 0, 0))
            values = [self.number(at + 8 * n, 4) / (self.number(at + 8 * n + 4, 4) or 1) for n in range(3)]
            degrees = values[0] + values[1] / 60 + values[2] / 3600
            if kind != 5 or many != 3 or degrees > most:
                return None
            found.append(-degrees if self.text(fields, sign) == minus else degrees)
        return found[0], found[1]
