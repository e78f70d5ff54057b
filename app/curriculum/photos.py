"""The photos of the peek lab: drawn for Balise (CC BY 4.0) from the shapes of pictures.py and written as JPEG files with true Exif
details, which nobody's camera made. A test holds the files in app/static/lab against this; `paint` below makes them again.

The JPEG is baseline, without subsampling, with the example tables of ITU-T T.81, Annex K.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from functools import cache

from .exif import CHANGED, EAST, EXIF, GPS, HEAD, LATITUDE, LONGITUDE, MAKE, MODEL, NORTH, SMALL, SMALL_LENGTH, SOFTWARE, TAKEN
from .fingerprint import Greys
from .pictures import PICTURES, Painted, colours

WIDTH, HEIGHT = 320, 240
WHOLE = (0, 0, 640, 480)  # quarters of a square, as in pictures.py
GUESSES = ("device", "day", "place", "cut")


@dataclass(frozen=True)
class Photo:
    """One file: which part of a drawing it shows, and what is written in it."""

    drawing: str
    part: tuple[int, int, int, int] = WHOLE  # left, top, right, bottom
    device: tuple[str, str] = ("", "")
    program: str = ""
    taken: str = ""  # as Exif has it, local time
    place: tuple[tuple[int, int, int], tuple[int, int, int]] | None = None  # degrees, minutes, seconds: north and west
    small: bool = False  # a small picture of the whole drawing stands inside

    @property
    def gives(self) -> tuple[str, ...]:
        """Which of GUESSES are in the file."""
        there = (self.device[0], self.taken, self.place, self.small)
        return tuple(name for name, own in zip(GUESSES, there, strict=True) if own)


# No such camera and no such program exist. The place is that of the lighthouse of Peggy's Point, Canada, a public landmark.
PHOTOS = {
    "cat": Photo("cat", device=("Pomelo", "P2"), taken="2026:05:02 16:41:09"),
    "lighthouse": Photo("lighthouse", device=("Pomelo", "P2"), taken="2026:07:18 19:26:40", place=((44, 29, 31), (63, 55, 8))),
    "kite": Photo("kite", part=(220, 30, 500, 240), program="Snippet 1.4", small=True),
}


def paint(name: str) -> bytes:
    """The whole file of a photo: some seconds. The small picture inside, if any, is `small(name)`."""
    photo = PHOTOS[name]
    picture = jpeg(drawn(photo.drawing, photo.part, WIDTH, HEIGHT), 76)
    notes = _app1(photo, small(name) if photo.small else b"")
    return picture[:2] + notes + picture[2:]


def small(name: str) -> bytes:
    return jpeg(drawn(PHOTOS[name].drawing, WHOLE, WIDTH // 2, HEIGHT // 2), 74)


def drawn(drawing: str, part: tuple[int, int, int, int], width: int, height: int) -> Greys:
    """A part of a drawing in greys, four points to a square."""
    shapes = [Painted(shape) for shape in reversed(PICTURES[drawing])]
    left, top, right, bottom = part

    def grey(x: int, y: int) -> int:
        points = [
            (left + (right - left) * (4 * x + dx) // (4 * width), top + (bottom - top) * (4 * y + dy) // (4 * height))
            for dx in (1, 3)
            for dy in (1, 3)
        ]
        return sum(next(s.grey(*p) for s in shapes if s.holds(*p)) for p in points) // 4

    return Greys(width, height, bytes(min(255, max(0, grey(x, y))) for y in range(height) for x in range(width)))


# --- Exif (CIPA DC-008): lists of fields, each (kind of value, how many, bytes) by its tag, big-endian ---

Fields = dict[int, tuple[int, int, bytes]]


def _app1(photo: Photo, inside: bytes) -> bytes:
    """The part of a JPEG file that holds the notes: a list of its own for each kind of note, one behind the other."""
    named = ((MAKE, photo.device[0]), (MODEL, photo.device[1]), (SOFTWARE, photo.program), (CHANGED, photo.taken))
    first: Fields = {tag: _text(text) for tag, text in named if text}
    taken: Fields = {TAKEN: _text(photo.taken)} if photo.taken else {}
    place: Fields = {}
    if photo.place:
        place = {NORTH: _text("N"), LATITUDE: _fractions(photo.place[0]), EAST: _text("W"), LONGITUDE: _fractions(photo.place[1])}
    second: Fields = {SMALL: _long(0), SMALL_LENGTH: _long(len(inside))} if inside else {}
    first |= {tag: _long(0) for tag, own in ((EXIF, taken), (GPS, place)) if own}
    starts = [8]
    for own in (first, taken, place, second):
        starts.append(starts[-1] + (len(_listed(own, 0)) if own else 0))
    _first, at_taken, at_place, at_second, end = starts
    first |= {tag: _long(at) for tag, at in ((EXIF, at_taken), (GPS, at_place)) if tag in first}
    if second:
        second[SMALL] = _long(end)
    lists = ((first, 8, at_second if second else 0), (taken, at_taken, 0), (place, at_place, 0), (second, at_second, 0))
    notes = HEAD + b"MM\0*" + struct.pack(">I", 8) + b"".join(_listed(*own) for own in lists if own[0]) + inside
    return b"\xff\xe1" + struct.pack(">H", len(notes) + 2) + notes


def _listed(fields: Fields, at: int, following: int = 0) -> bytes:
    """One list as it stands at `at` of the block; values that do not fit into four bytes come behind it."""
    rows, behind = [], b""
    start = at + 2 + 12 * len(fields) + 4
    for tag, (kind, many, value) in sorted(fields.items()):
        where = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(">I", start + len(behind))
        behind += value + b"\0" * (len(value) % 2) if len(value) > 4 else b""
        rows.append(struct.pack(">HHI", tag, kind, many) + where)
    return struct.pack(">H", len(fields)) + b"".join(rows) + struct.pack(">I", following) + behind


def _text(text: str) -> tuple[int, int, bytes]:
    return 2, len(text) + 1, text.encode() + b"\0"


def _long(value: int) -> tuple[int, int, bytes]:
    return 4, 1, struct.pack(">I", value)


def _fractions(values: tuple[int, int, int]) -> tuple[int, int, bytes]:
    return 5, len(values), b"".join(struct.pack(">II", value, 1) for value in values)


# --- JPEG (ITU-T T.81) ---

ZIGZAG = sorted(range(64), key=lambda n: (n // 8 + n % 8, (n // 8 if (n // 8 + n % 8) % 2 else n % 8)))
LIGHT = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
    *(
        18,
        22,
        37,
        56,
        68,
        109,
        103,
        77,
        24,
        35,
        55,
        64,
        81,
        104,
        113,
        92,
        49,
        64,
        78,
        87,
        103,
        121,
        120,
        101,
        72,
        92,
        95,
        98,
        112,
        100,
        103,
        99,
    ),
)  # table K.1
COLOUR = (
    *(17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)  # table K.2
# Huffman tables: how many codes there are of each length from 1 to 16, and what they stand for. The first is table K.3; the second is made
# here: the fewer zeros come before a step, and the smaller it is, the shorter its code.
DC = (bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)), bytes(range(12)))
RUNS = [0x00, *sorted((16 * run + size for size in range(1, 11) for run in range(16)), key=lambda n: (n // 16 + 2 * (n % 16), n)), 0xF0]
AC = (bytes((0, 2, 0, 3, 3, 4, 0, 12, 0, 0, 138, 0, 0, 0, 0, 0)), bytes(RUNS))


def jpeg(picture: Greys, quality: int) -> bytes:
    """A picture in the colours of a printed harbour; `quality` from 1 to 100 as the Independent JPEG Group counts it."""
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    tables = [[min(255, max(1, (step * scale + 50) // 100)) for step in table] for table in (LIGHT, COLOUR)]
    planes = _planes(picture)
    bits = _Bits()
    before = [0, 0, 0]
    for top in range(0, picture.height, 8):
        for left in range(0, picture.width, 8):
            for n, plane in enumerate(planes):
                block = [plane[(top + i // 8) * picture.width + left + i % 8] for i in range(64)]
                before[n] = _write(bits, _steps(block, tables[n > 0]), before[n])
    return _framed(picture, tables, bits.done())


def _planes(picture: Greys) -> list[list[float]]:
    """Brightness and two colour differences, each about 0 (ITU-T T.871)."""
    inks = colours()
    rgb = [inks[grey] for grey in picture.values]
    weights = ((0.299, 0.587, 0.114, -128), (-0.168736, -0.331264, 0.5, 0), (0.5, -0.418688, -0.081312, 0))
    return [[a * r + b * g + c * blue + d for r, g, blue in rgb] for a, b, c, d in weights]


@cache
def _waves() -> list[list[float]]:
    return [[math.cos((2 * x + 1) * u * math.pi / 16) * (math.sqrt(0.125) if u == 0 else 0.5) for x in range(8)] for u in range(8)]


def _steps(block: list[float], table: list[int]) -> list[int]:
    """The block as waves, divided by the steps of its table, in zigzag order."""
    waves = _waves()
    rows = [[sum(block[8 * y + x] * wave[x] for x in range(8)) for wave in waves] for y in range(8)]
    found = [sum(rows[y][u] * wave[y] for y in range(8)) for wave in waves for u in range(8)]
    return [round(found[n] / table[n]) for n in ZIGZAG]


class _Bits:
    def __init__(self) -> None:
        self.value, self.length = 0, 0
        self.out = bytearray()

    def add(self, value: int, length: int) -> None:
        self.value, self.length = (self.value << length) | value, self.length + length
        while self.length >= 8:
            self.length -= 8
            byte = self.value >> self.length
            self.value &= (1 << self.length) - 1
            self.out += bytes((byte, 0)) if byte == 255 else bytes((byte,))

    def done(self) -> bytes:
        self.add(0x7F, 7)
        return bytes(self.out)


@cache
def _codes(table: tuple[bytes, bytes]) -> dict[int, tuple[int, int]]:
    """(code, length) by what it stands for: codes of one length follow one another (T.81, Annex C)."""
    found, code, at = {}, 0, 0
    for length, many in enumerate(table[0], 1):
        for symbol in table[1][at : at + many]:
            found[symbol] = (code, length)
            code += 1
        at += many
        code <<= 1
    return found


def _write(bits: _Bits, steps: list[int], before: int) -> int:
    """One block; returns its mean, from which that of the next is counted (T.81, Annex F)."""
    _symbol(bits, DC, 0, steps[0] - before)
    run = 0
    for step in steps[1:]:
        if step == 0:
            run += 1
            continue
        while run > 15:
            bits.add(*_codes(AC)[0xF0])
            run -= 16
        _symbol(bits, AC, run, step)
        run = 0
    if run:
        bits.add(*_codes(AC)[0x00])
    return steps[0]


def _symbol(bits: _Bits, table: tuple[bytes, bytes], run: int, step: int) -> None:
    size = abs(step).bit_length()
    bits.add(*_codes(table)[16 * run + size])
    bits.add(step if step > 0 else step + (1 << size) - 1, size)


def _framed(picture: Greys, tables: list[list[int]], picture_data: bytes) -> bytes:
    def part(mark: int, body: bytes) -> bytes:
        return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body

    steps = b"".join(bytes((n, *(table[at] for at in ZIGZAG))) for n, table in enumerate(tables))
    frame = struct.pack(">BHHB", 8, picture.height, picture.width, 3) + b"".join(bytes((n + 1, 0x11, int(n > 0))) for n in range(3))
    codes = b"\x00" + b"".join(DC) + b"\x10" + b"".join(AC)
    scan = b"\x03" + b"".join(bytes((n + 1, 0)) for n in range(3)) + b"\x00\x3f\x00"
    return b"\xff\xd8" + part(0xDB, steps) + part(0xC0, frame) + part(0xC4, codes) + part(0xDA, scan) + picture_data + b"\xff\xd9"
