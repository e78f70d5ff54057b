"""What photos carry besides their picture, read from the files that lie in app/static/lab. Nothing here is kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.curriculum.content import Piece, PieceText
from app.curriculum.exif import Details, details, without_details
from app.curriculum.photos import GUESSES, HEIGHT, PHOTOS, WIDTH
from app.practice.doing import Doing

_PICTURES = Path(__file__).parents[1] / "static" / "lab"
ROWS = ("device", "program", "day", "place")


@dataclass(frozen=True)
class Inside:
    """One file as it is, or without its details."""

    size: int  # bytes
    details: Details

    def row(self, name: str) -> str:
        """What stands in a row of the table; lab-peek.js writes it the same way."""
        if name == "place":
            return "" if self.details.place is None else ", ".join(f"{degrees:.5f}" for degrees in self.details.place)
        return str(getattr(self.details, name))


@cache
def inside(name: str) -> tuple[Inside, Inside]:
    """A photo's file, and the same without its details."""
    data = (_PICTURES / f"photo-{name}.jpg").read_bytes()
    bare = without_details(data)
    return Inside(len(data), details(data)), Inside(len(bare), details(bare))


@dataclass(frozen=True)
class PhotoShown:
    piece: Piece
    text: PieceText
    guessed: list[str]
    looked: bool
    taken_out: bool

    @property
    def gives(self) -> tuple[str, ...]:
        return PHOTOS[self.piece.id].gives

    @property
    def inside(self) -> Inside:
        return inside(self.piece.id)[0]

    @property
    def bare(self) -> Inside:
        return inside(self.piece.id)[1]


def peek_on_page(doing: Doing) -> dict[str, Any]:
    text, out = doing.text.pieces, [*doing.ticked("out"), doing.sent.get("take", "")]
    looked = [*doing.ticked("looked"), doing.sent.get("look", ""), *out]
    photos = [
        PhotoShown(p, text[p.id], doing.ticked(f"guess-{p.id}"), p.id in looked, p.id in out) for p in doing.activity.of_role("picture")
    ]
    return {"photos": photos, "guesses": GUESSES, "rows": ROWS, "photo_size": (WIDTH, HEIGHT)}
