"""The harmless pictures of the fingerprint lab: drawn for Balise (CC BY 4.0, as all texts and pictures here) as a few shapes each.

The shapes are all there is: the page and the tests paint the same greys from them, and no photo of anybody is needed.
Lengths are quarters of a square, 0 to 640 across and 0 to 480 down.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from itertools import pairwise

from .fingerprint import Greys
from .spread import mix

WIDTH, HEIGHT, FINE = 160, 120, 4  # FINE: quarters of a square
GRAIN = 3  # greys more or less, like the grain of a photo

# ["o", greys, middle x, middle y, radius x, radius y]   ["p", greys, [x, y, x, y ...]]   ["l", grey, thickness, x, y, x, y]
# Four greys are those of the corners of the shape's box (top left, top right, bottom left, bottom right), with all between.
PICTURES: dict[str, list[list[object]]] = {
    "cat": [
        ["p", [176, 232, 196, 216], [0, 0, 640, 0, 640, 480, 0, 480]],
        ["o", [255, 250, 252, 246], 520, 96, 58, 58],
        [
            "p",
            [120, 160, 132, 150],
            [0, 250, 60, 220, 130, 236, 200, 196, 270, 230, 330, 216, 420, 250, 500, 212, 580, 240, 640, 222, 640, 350, 0, 350],
        ],
        ["p", [140, 96, 84, 58], [0, 330, 640, 312, 640, 480, 0, 480]],
        ["l", 176, 6, 40, 410, 180, 404],
        ["l", 150, 6, 430, 440, 600, 428],
        ["o", [66, 40, 60, 34], 330, 424, 210, 14],
        ["l", 20, 22, 150, 366, 470, 366],
        ["l", 20, 22, 150, 366, 112, 344],
        ["l", 20, 22, 470, 366, 512, 342],
        ["o", [248, 240, 240, 210], 206, 396, 24, 24],
        ["o", [246, 236, 236, 206], 418, 396, 24, 24],
        ["o", [60, 60, 60, 60], 206, 396, 8, 8],
        ["o", [60, 60, 60, 60], 418, 396, 8, 8],
        ["l", 46, 26, 216, 296, 156, 250],
        ["l", 46, 26, 156, 250, 140, 190],
        ["l", 46, 24, 140, 190, 168, 152],
        ["l", 40, 34, 250, 300, 240, 346],
        ["l", 40, 34, 372, 300, 386, 346],
        ["o", [84, 58, 40, 30], 304, 276, 104, 66],
        ["l", 26, 12, 262, 224, 256, 262],
        ["l", 26, 12, 302, 216, 300, 256],
        ["p", [70, 54, 50, 44], [352, 178, 344, 98, 404, 146]],
        ["p", [66, 48, 50, 40], [430, 144, 486, 96, 482, 180]],
        ["o", [88, 62, 50, 38], 416, 198, 76, 68],
        ["o", [255, 255, 250, 246], 392, 188, 15, 17],
        ["o", [255, 255, 250, 246], 446, 188, 15, 17],
        ["o", [14, 14, 14, 14], 396, 190, 7, 11],
        ["o", [14, 14, 14, 14], 450, 190, 7, 11],
        ["p", [236, 236, 220, 220], [410, 216, 432, 216, 421, 230]],
        ["l", 226, 4, 380, 226, 324, 216],
        ["l", 226, 4, 380, 236, 326, 242],
        ["l", 226, 4, 460, 226, 518, 214],
        ["l", 226, 4, 460, 236, 516, 244],
    ],
    "lighthouse": [
        ["p", [96, 150, 190, 240], [0, 0, 640, 0, 640, 310, 0, 310]],
        ["o", [255, 252, 250, 246], 478, 232, 62, 62],
        ["o", [166, 190, 176, 200], 214, 92, 84, 22],
        ["o", [170, 196, 180, 204], 278, 76, 62, 26],
        ["p", [120, 188, 64, 96], [0, 296, 640, 290, 640, 480, 0, 480]],
        ["l", 236, 6, 420, 316, 560, 316],
        ["l", 232, 6, 440, 338, 536, 338],
        ["l", 220, 6, 456, 362, 524, 362],
        ["l", 160, 5, 250, 400, 340, 400],
        ["l", 150, 5, 380, 440, 500, 440],
        ["p", [54, 70, 16, 26], [0, 340, 70, 300, 170, 290, 236, 324, 290, 400, 330, 480, 0, 480]],
        ["p", [255, 214, 240, 180], [112, 300, 132, 128, 180, 128, 200, 300]],
        ["p", [74, 50, 66, 40], [127, 172, 185, 172, 190, 212, 122, 212]],
        ["p", [70, 46, 60, 36], [117, 254, 195, 254, 200, 298, 112, 298]],
        ["p", [40, 30, 40, 30], [120, 116, 192, 116, 192, 130, 120, 130]],
        ["p", [255, 255, 255, 255], [136, 82, 176, 82, 176, 118, 136, 118]],
        ["p", [50, 36, 40, 30], [126, 84, 156, 52, 186, 84]],
        ["p", [240, 172, 236, 196], [180, 90, 640, 8, 640, 112, 180, 106]],
        ["p", [30, 30, 14, 14], [376, 404, 470, 404, 452, 434, 394, 434]],
        ["p", [250, 240, 244, 232], [422, 396, 422, 322, 474, 394]],
        ["p", [206, 196, 200, 190], [414, 396, 414, 340, 384, 394]],
        ["l", 40, 5, 300, 150, 318, 164],
        ["l", 40, 5, 318, 164, 338, 148],
        ["l", 40, 5, 352, 192, 366, 203],
        ["l", 40, 5, 366, 203, 382, 190],
    ],
    "kite": [
        ["p", [150, 214, 222, 250], [0, 0, 640, 0, 640, 480, 0, 480]],
        ["o", [250, 238, 240, 226], 150, 110, 74, 28],
        ["o", [252, 242, 244, 230], 208, 92, 60, 34],
        ["o", [246, 240, 238, 228], 560, 214, 66, 22],
        ["p", [170, 132, 150, 116], [0, 300, 120, 236, 250, 296, 380, 220, 520, 290, 640, 240, 640, 400, 0, 400]],
        ["p", [96, 128, 70, 92], [0, 350, 160, 308, 330, 352, 480, 320, 640, 360, 640, 480, 0, 480]],
        ["p", [52, 74, 26, 40], [0, 410, 200, 378, 430, 420, 640, 392, 640, 480, 0, 480]],
        ["p", [34, 20, 40, 24], [360, 60, 440, 130, 396, 226, 318, 146]],
        ["p", [255, 236, 246, 220], [360, 60, 379, 138, 318, 146]],
        ["p", [255, 236, 246, 220], [440, 130, 379, 138, 396, 226]],
        ["l", 40, 4, 396, 226, 352, 270],
        ["l", 40, 4, 352, 270, 322, 312],
        ["l", 40, 4, 322, 312, 262, 380],
        ["p", [30, 30, 30, 30], [396, 240, 424, 246, 410, 264]],
        ["p", [30, 30, 30, 30], [380, 252, 352, 246, 364, 276]],
        ["p", [26, 26, 26, 26], [356, 280, 382, 292, 362, 306]],
        ["o", [16, 16, 10, 10], 254, 352, 15, 16],
        ["p", [226, 206, 190, 160], [238, 368, 270, 368, 276, 416, 234, 416]],
        ["l", 20, 9, 246, 412, 242, 446],
        ["l", 20, 9, 262, 412, 268, 446],
        ["l", 222, 8, 264, 376, 286, 362],
        ["l", 30, 16, 556, 410, 556, 330],
        ["o", [60, 36, 34, 18], 556, 292, 54, 62],
    ],
}


@cache
def picture(name: str) -> Greys:
    """One of PICTURES, painted: about a second."""
    shapes = [Painted(shape) for shape in reversed(PICTURES[name])]
    values = bytearray()
    for y in range(HEIGHT):
        for x in range(WIDTH):
            points = [(FINE * x + dx, FINE * y + dy) for dy in (1, 3) for dx in (1, 3)]
            grey = sum(next(s.grey(*point) for s in shapes if s.holds(*point)) for point in points) // 4
            grain = mix(y * WIDTH + x + 1) % (2 * GRAIN + 1) - GRAIN
            values.append(min(255, max(0, grey + grain)))
    return Greys(WIDTH, HEIGHT, bytes(values))


class Painted:
    """A shape with its box."""

    def __init__(self, shape: list[object]) -> None:
        kind, greys, *rest = shape
        self.kind = kind
        self.greys: list[int] = greys if isinstance(greys, list) else [int(str(greys))] * 4
        numbers = rest[0] if isinstance(rest[0], list) else rest
        self.at = [int(str(n)) for n in numbers]
        if kind == "o":
            x, y, across, down = self.at
            self.box = (x - across, y - down, x + across, y + down)
        else:
            ends, wide = (self.at[1:], self.at[0]) if kind == "l" else (self.at, 0)
            self.box = (min(ends[::2]) - wide, min(ends[1::2]) - wide, max(ends[::2]) + wide, max(ends[1::2]) + wide)

    def grey(self, x: int, y: int) -> int:
        left, top, right, bottom = self.box
        across, down = max(1, right - left), max(1, bottom - top)
        a, b, c, d = self.greys
        upper, lower = a * (right - x) + b * (x - left), c * (right - x) + d * (x - left)
        return (upper * (bottom - y) + lower * (y - top)) // (across * down)

    def holds(self, x: int, y: int) -> bool:
        left, top, right, bottom = self.box
        if not (left <= x <= right and top <= y <= bottom):
            return False
        if self.kind == "o":
            cx, cy, across, down = self.at
            return (x - cx) ** 2 * down**2 + (y - cy) ** 2 * across**2 <= across**2 * down**2
        return self._on_line(x, y) if self.kind == "l" else self._inside(x, y)

    def _on_line(self, x: int, y: int) -> bool:
        """Within half the thickness of the line; its ends are round."""
        wide, x1, y1, x2, y2 = self.at
        dx, dy = x2 - x1, y2 - y1
        along, length = (x - x1) * dx + (y - y1) * dy, dx * dx + dy * dy
        if along <= 0 or along >= length:
            ex, ey = (x1, y1) if along <= 0 else (x2, y2)
            return 4 * ((x - ex) ** 2 + (y - ey) ** 2) <= wide * wide
        return 4 * ((x - x1) * dy - (y - y1) * dx) ** 2 <= wide * wide * length

    def _inside(self, x: int, y: int) -> bool:
        """A way straight to the right crosses the border an odd number of times."""
        odd = False
        at = self.at
        for i in range(0, len(at), 2):
            x1, y1, x2, y2 = at[i - 2], at[i - 1], at[i], at[i + 1]
            if (y1 > y) != (y2 > y):
                side = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)
                odd ^= side < 0 if y2 > y1 else side > 0
        return odd


# The colours of a printed harbour: grey 0, 96, 176, 232 and 255.
INKS = ((0, (0x0D, 0x21, 0x26)), (96, (0x1E, 0x6E, 0x76)), (176, (0x9F, 0xCF, 0xCC)), (232, (0xF6, 0xEE, 0xD2)), (255, (0xFF, 0xD9, 0x7A)))


def colours() -> list[tuple[int, int, int]]:
    """Which colour stands for each of 256 greys."""
    result = []
    for (low, one), (high, other) in pairwise(INKS):
        result += [_between(one, other, grey - low, high - low) for grey in range(low, high)]
    return [*result, INKS[-1][1]]


def _between(one: tuple[int, int, int], other: tuple[int, int, int], part: int, whole: int) -> tuple[int, int, int]:
    red, green, blue = ((a * (whole - part) + b * part + whole // 2) // whole for a, b in zip(one, other, strict=True))
    return red, green, blue


def png(image: Greys) -> bytes:
    """A PNG whose palette gives each grey its colour (W3C, PNG third edition)."""
    lines = (image.values[y * image.width : (y + 1) * image.width] for y in range(image.height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", image.width, image.height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(bytes(colour) for colour in colours())),
        (b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines), 9)),
        (b"IEND", b""),
    )
    packed = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def read_png(data: bytes) -> Greys:
    """A picture that `png` has written."""
    width, height = struct.unpack(">II", data[16:24])
    start, end = data.index(b"IDAT") + 4, data.rindex(b"IEND") - 8
    lines = zlib.decompress(data[start:end])
    return Greys(width, height, b"".join(lines[y * (width + 1) + 1 : (y + 1) * (width + 1)] for y in range(height)))
